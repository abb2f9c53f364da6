//! Choice lists that are too big for memory: rows of texts with named columns, some of which can be searched. The vault does
//! not know what a row means.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{from_canonical, to_canonical};

use crate::{Vault, VaultError};

/// What is known of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListInfo {
    /// SHA-256 of the file it came from, as it was given.
    pub sha256: [u8; 32],
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Which of them can be searched.
    pub indexed: Vec<String>,
    /// Number of rows.
    pub rows: u64,
}

/// A list to keep.
pub struct NewList<'a> {
    /// Its name.
    pub name: &'a str,
    /// SHA-256 of the file it came from.
    pub sha256: [u8; 32],
    /// Names of the columns; each once.
    pub columns: &'a [&'a str],
    /// Which of them can be searched.
    pub indexed: &'a [&'a str],
}

impl Vault {
    /// Keeps a list in place of the one of the same name. The rows come one by one, and all go in with one commit.
    ///
    /// Errors: `bug` if a row has another number of texts than there are columns, or an indexed column is none.
    pub fn put_list(&self, list: &NewList<'_>, rows: &mut dyn Iterator<Item = Vec<String>>) -> Result<(), VaultError> {
        let position = |name: &&str| list.columns.iter().position(|column| column == name).ok_or(VaultError::Bug);
        let indexed: Vec<usize> = list.indexed.iter().map(position).collect::<Result<_, _>>()?;
        let columns: Vec<String> = list.columns.iter().map(|&column| column.to_owned()).collect();
        let positions: Vec<u32> = indexed.iter().map(|&position| position as u32).collect();
        self.write(|writing| {
            let connection = writing.connection;
            delete(connection, list.name)?;
            let sql = "INSERT INTO list (name, sha256, columns, indexed) VALUES (?1, ?2, ?3, ?4)";
            connection.execute(sql, (list.name, list.sha256, to_canonical(&columns), to_canonical(&positions)))?;
            let number = connection.last_insert_rowid();
            let mut row_in = connection.prepare("INSERT INTO list_row (list, n, cells) VALUES (?1, ?2, ?3)")?;
            let mut searched: Vec<Vec<(String, i64)>> = vec![Vec::new(); indexed.len()];
            for (n, mut cells) in (0_i64..).zip(rows) {
                if cells.len() != columns.len() {
                    return Err(VaultError::Bug);
                }
                row_in.execute((number, n, to_canonical(&cells)))?;
                for (values, &position) in searched.iter_mut().zip(&indexed) {
                    let value = cells.get_mut(position).map(std::mem::take).ok_or(VaultError::Bug)?;
                    values.push((value, n));
                }
            }
            let mut cell_in =
                connection.prepare("INSERT INTO list_cell (list, position, value, n) VALUES (?1, ?2, ?3, ?4)")?;
            // In the order of the key each goes behind the one before; in the order of the rows each would look for its place
            // in a tree of encrypted pages.
            for (mut values, &position) in searched.into_iter().zip(&indexed) {
                values.sort_unstable();
                for (value, n) in values {
                    cell_in.execute((number, position as i64, value, n))?;
                }
            }
            Ok(())
        })
    }

    /// Puts one row in place of the one of this number, or adds it where the number is the next one.
    ///
    /// Errors: `bug` if there is no such list, the row has another number of texts than there are columns, or its number
    /// leaves a gap.
    pub fn put_list_row(&self, name: &str, n: u64, cells: &[String]) -> Result<(), VaultError> {
        self.write(|writing| {
            let connection = writing.connection;
            let (number, info) = find(connection, name)?.ok_or(VaultError::UnknownItem)?;
            let n = i64::try_from(n).ok().filter(|_| cells.len() == info.columns.len()).ok_or(VaultError::Bug)?;
            let is_indexed = |position: &usize| info.columns.get(*position).is_some_and(|c| info.indexed.contains(c));
            let indexed: Vec<usize> = (0..info.columns.len()).filter(is_indexed).collect();
            let select = "SELECT cells FROM list_row WHERE list = ?1 AND n = ?2";
            let before: Option<Vec<u8>> = connection.query_row(select, (number, n), |row| row.get(0)).optional()?;
            match before {
                Some(before) => {
                    let before: Vec<String> = from_canonical(&before).map_err(|_| VaultError::Tampered)?;
                    // By the whole key: by number alone it would go through all cells of the list.
                    let sql = "DELETE FROM list_cell WHERE list = ?1 AND position = ?2 AND value = ?3 AND n = ?4";
                    for position in &indexed {
                        connection.execute(sql, (number, *position as i64, before.get(*position), n))?;
                    }
                    connection.execute("DELETE FROM list_row WHERE list = ?1 AND n = ?2", (number, n))?;
                }
                None => {
                    let select = "SELECT count(*) FROM list_row WHERE list = ?1";
                    let rows: i64 = connection.query_row(select, [number], |row| row.get(0))?;
                    if rows != n {
                        return Err(VaultError::Bug);
                    }
                }
            }
            let sql = "INSERT INTO list_row (list, n, cells) VALUES (?1, ?2, ?3)";
            connection.execute(sql, (number, n, to_canonical(&cells.to_vec())))?;
            let sql = "INSERT INTO list_cell (list, position, value, n) VALUES (?1, ?2, ?3, ?4)";
            for position in indexed {
                connection.execute(sql, (number, position as i64, cells.get(position), n))?;
            }
            Ok(())
        })
    }

    /// Hands the rows from `first` on to `see`, at most `count`, as [`Vault::list_rows`] does.
    ///
    /// Errors: `bug` if there is no such list.
    pub fn list_part(
        &self,
        name: &str,
        first: u64,
        count: u32,
        see: &mut dyn FnMut(u64, Vec<String>),
    ) -> Result<(), VaultError> {
        self.with(|open| {
            let (number, _) = find(&open.connection, name)?.ok_or(VaultError::UnknownItem)?;
            let mut part = open.connection.prepare_cached(PART)?;
            let first = i64::try_from(first).map_err(|_| VaultError::Bug)?;
            let mut rows = part.query((number, first, first.saturating_add(i64::from(count))))?;
            while let Some(row) = rows.next()? {
                let cells: Vec<u8> = row.get(1)?;
                let cells = from_canonical(&cells).map_err(|_| VaultError::Tampered)?;
                see(row.get::<_, i64>(0)?.unsigned_abs(), cells);
            }
            Ok(())
        })
    }

    /// The names of all lists.
    pub fn lists(&self) -> Result<Vec<String>, VaultError> {
        self.with(|open| {
            let mut select = open.connection.prepare("SELECT name FROM list ORDER BY name")?;
            let names = select.query_map([], |row| row.get(0))?;
            Ok(names.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets a list.
    pub fn erase_list(&self, name: &str) -> Result<(), VaultError> {
        self.write(|writing| delete(writing.connection, name))
    }

    /// What is known of a list; `None` if there is none of this name.
    pub fn list(&self, name: &str) -> Result<Option<ListInfo>, VaultError> {
        self.with(|open| {
            let Some((number, info)) = find(&open.connection, name)? else { return Ok(None) };
            let select = "SELECT count(*) FROM list_row WHERE list = ?1";
            let rows: i64 = open.connection.prepare_cached(select)?.query_row([number], |row| row.get(0))?;
            Ok(Some(ListInfo { rows: rows.unsigned_abs(), ..info }))
        })
    }

    /// Hands rows to `see` in the order of the list, until it says false: all of them, or those whose searchable columns
    /// hold exactly these values. A row has its number from 0 and its texts in the order of the columns.
    ///
    /// Errors: `bug` if there is no such list, or a column cannot be searched.
    pub fn list_rows(
        &self,
        name: &str,
        filter: &[(&str, &str)],
        see: &mut dyn FnMut(u64, Vec<String>) -> bool,
    ) -> Result<(), VaultError> {
        self.with(|open| {
            let (number, info) = find(&open.connection, name)?.ok_or(VaultError::UnknownItem)?;
            let mut wanted = Vec::new();
            for (column, value) in filter {
                let position = info.columns.iter().position(|known| known == column);
                let position = position.filter(|_| info.indexed.iter().any(|known| known == column));
                wanted.push((position.ok_or(VaultError::UnknownItem)? as i64, *value));
            }
            let rows = numbers(&open.connection, number, &wanted)?;
            let mut one = open.connection.prepare_cached("SELECT cells FROM list_row WHERE list = ?1 AND n = ?2")?;
            let mut hand_out = |n: i64, cells: Vec<u8>| {
                let cells: Vec<String> = from_canonical(&cells).map_err(|_| VaultError::Tampered)?;
                Ok::<_, VaultError>(see(n.unsigned_abs(), cells))
            };
            if let Some(rows) = rows {
                for n in rows {
                    let cells = one.query_row((number, n), |row| row.get(0))?;
                    if !hand_out(n, cells)? {
                        return Ok(());
                    }
                }
                return Ok(());
            }
            let mut all = open.connection.prepare_cached("SELECT n, cells FROM list_row WHERE list = ?1 ORDER BY n")?;
            let mut rows = all.query([number])?;
            while let Some(row) = rows.next()? {
                if !hand_out(row.get(0)?, row.get(1)?)? {
                    return Ok(());
                }
            }
            Ok(())
        })
    }
}

/// Rows by the value of a column that can be searched.
const BY_VALUE: &str = "SELECT n FROM list_cell WHERE list = ?1 AND position = ?2 AND value = ?3 ORDER BY n";
/// Rows by their numbers.
const PART: &str = "SELECT n, cells FROM list_row WHERE list = ?1 AND n >= ?2 AND n < ?3 ORDER BY n";

/// The rows that fit every wanted value, in order; `None` if nothing is wanted.
fn numbers(connection: &Connection, list: i64, wanted: &[(i64, &str)]) -> Result<Option<Vec<i64>>, VaultError> {
    let mut select = connection.prepare_cached(BY_VALUE)?;
    let mut found: Option<Vec<i64>> = None;
    for (position, value) in wanted {
        let rows = select.query_map((list, position, value), |row| row.get(0))?;
        let rows: Vec<i64> = rows.collect::<Result<_, _>>()?;
        found = Some(match found {
            None => rows,
            Some(before) => before.into_iter().filter(|n| rows.binary_search(n).is_ok()).collect(),
        });
    }
    Ok(found)
}

fn find(connection: &Connection, name: &str) -> Result<Option<(i64, ListInfo)>, VaultError> {
    let select = "SELECT number, sha256, columns, indexed FROM list WHERE name = ?1";
    let mut select = connection.prepare_cached(select)?;
    let found = select.query_row([name], |row| {
        Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?, row.get::<_, Vec<u8>>(3)?))
    });
    let Some((number, sha256, columns, indexed)) = found.optional()? else { return Ok(None) };
    let columns: Vec<String> = from_canonical(&columns).map_err(|_| VaultError::Tampered)?;
    let indexed: Vec<u32> = from_canonical(&indexed).map_err(|_| VaultError::Tampered)?;
    let indexed = indexed.iter().filter_map(|&position| columns.get(position as usize).cloned()).collect();
    Ok(Some((number, ListInfo { sha256, columns, indexed, rows: 0 })))
}

fn delete(connection: &Connection, name: &str) -> Result<(), VaultError> {
    for delete in [
        "DELETE FROM list_cell WHERE list = (SELECT number FROM list WHERE name = ?1)",
        "DELETE FROM list_row WHERE list = (SELECT number FROM list WHERE name = ?1)",
        "DELETE FROM list WHERE name = ?1",
    ] {
        connection.execute(delete, [name])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryKeys;
    use wayside_model::Sensitive;
    use wayside_seal::StretchParams;

    fn made() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let secret = Sensitive::new("294017".to_owned());
        let vault = Vault::create(folder.path(), &secret, &MemoryKeys::default(), StretchParams::FLOOR).unwrap();
        (folder, vault)
    }

    /// What SQLite does for a statement, as it says itself.
    fn plan(vault: &Vault, sql: &str) -> String {
        let explained = format!("EXPLAIN QUERY PLAN {sql}");
        vault
            .with(|open| {
                let mut select = open.connection.prepare(&explained)?;
                let lines = select.query_map(["1", "2", "3"], |row| row.get::<_, String>(3))?;
                Ok(lines.collect::<Result<Vec<_>, _>>()?.join("; "))
            })
            .unwrap()
    }

    fn is_by_index(plan: &str) -> bool {
        plan.contains("SEARCH") && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE")
    }

    #[test]
    fn no_statement_goes_through_all_rows() {
        let (_dir, vault) = made();
        for sql in [BY_VALUE, PART] {
            let plan = plan(&vault, sql);
            assert!(is_by_index(&plan), "{plan}");
        }
        // A plus sign keeps SQLite from using an index.
        let without =
            BY_VALUE.replace("list = ?1 AND position = ?2 AND value", "+list = ?1 AND +position = ?2 AND +value");
        assert!(!is_by_index(&plan(&vault, &without)), "the planted scan must be found");
    }

    #[test]
    fn one_row_is_replaced_or_added() {
        let (_dir, vault) = made();
        let list = NewList { name: "l", sha256: [1; 32], columns: &["name", "label"], indexed: &["name"] };
        let row = |name: &str, label: &str| vec![name.to_owned(), label.to_owned()];
        vault.put_list(&list, &mut (0..5).map(|n| row(&format!("n{n}"), "old"))).unwrap();
        vault.put_list_row("l", 3, &row("x", "new")).unwrap();
        vault.put_list_row("l", 5, &row("y", "added")).unwrap();
        assert_eq!(vault.put_list_row("l", 7, &row("z", "gap")).err(), Some(VaultError::Bug));
        assert_eq!(vault.put_list_row("l", 0, &["short".to_owned()]).err(), Some(VaultError::Bug));
        let found = |name: &str| {
            let mut found = Vec::new();
            vault
                .list_rows("l", &[("name", name)], &mut |n, cells| {
                    found.push((n, cells[1].clone()));
                    true
                })
                .unwrap();
            found
        };
        assert_eq!((found("n3"), found("x"), found("y")), (vec![], vec![(3, "new".into())], vec![(5, "added".into())]));
        let mut part = Vec::new();
        vault.list_part("l", 3, 2, &mut |n, cells| part.push((n, cells[0].clone()))).unwrap();
        assert_eq!(part, [(3, "x".to_owned()), (4, "n4".to_owned())]);
    }
}
