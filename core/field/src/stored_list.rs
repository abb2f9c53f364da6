//! A list in the vault as the forms engine sees it.

use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wayside_forms::{List, ListUnreadable};
use wayside_vault::Vault;

use crate::error::FieldError;

/// Holds, for each row, the numbers of the columns in which it has no cell: the vault itself knows texts only.
pub(crate) const ABSENT: &str = "\u{0}absent";
/// Rows kept after they were read. A question shows its choices more than once.
const KEPT: usize = 4096;
/// Rows read at once when they are read one after the other.
const TOGETHER: u32 = 256;

/// Rows of a list that stay in the vault; a filter on columns that can be searched is a look-up in an index.
///
/// The vault may be suspended or locked while a session holds the list: then it cannot be read, and the questions that need
/// it say so.
pub struct StoredList<V> {
    vault: V,
    name: String,
    columns: Vec<String>,
    /// Whether the column can be searched.
    indexed: Vec<bool>,
    rows: u32,
    has_gaps: bool,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    rows: HashMap<u32, Vec<String>>,
    /// The row that was last not here.
    last: Option<u32>,
}

impl<V: Borrow<Vault> + Send + Sync> StoredList<V> {
    /// The list of this name; nothing where there is none.
    ///
    /// Errors: `vault.locked`, `vault.suspended`, `storage.*`.
    pub fn open(vault: V, name: &str) -> Result<Option<Self>, FieldError> {
        let Some(info) = vault.borrow().list(name)? else { return Ok(None) };
        let mut columns = info.columns;
        let has_gaps = columns.last().is_some_and(|column| column == ABSENT);
        if has_gaps {
            columns.pop();
        }
        let indexed = columns.iter().map(|column| info.indexed.contains(column)).collect();
        // A list of more rows is not made; see `Table`.
        let rows = u32::try_from(info.rows).unwrap_or(u32::MAX);
        let seen = Mutex::new(Seen::default());
        Ok(Some(Self { vault, name: name.to_owned(), columns, indexed, rows, has_gaps, seen }))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // What is kept is what was read: a panic elsewhere cannot have spoilt it.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings a row into `seen`.
    fn fetch(&self, seen: &mut Seen, row: u32) -> Result<(), ListUnreadable> {
        let is_next = seen.last.is_some_and(|last| (last + 1..=last + TOGETHER).contains(&row));
        let count = if is_next { TOGETHER } else { 1 };
        seen.last = Some(row);
        make_room(seen, count as usize);
        let keep = &mut |n: u64, cells| {
            if let Ok(n) = u32::try_from(n) {
                seen.rows.insert(n, cells);
            }
        };
        self.vault.borrow().list_part(&self.name, u64::from(row), count, keep).map_err(|_| ListUnreadable)
    }

    fn has_cell(&self, cells: &[String], column: u32) -> bool {
        let gaps = cells.last().filter(|_| self.has_gaps).map_or("", String::as_str);
        gaps.is_empty() || !gaps.split(' ').any(|gap| gap.parse() == Ok(column))
    }

    fn text<'c>(&self, cells: &'c [String], column: u32) -> Option<&'c str> {
        cells.get(column as usize).filter(|_| self.has_cell(cells, column)).map(String::as_str)
    }
}

fn make_room(seen: &mut Seen, count: usize) {
    if seen.rows.len() + count > KEPT {
        seen.rows.clear();
    }
}

impl<V: Borrow<Vault> + Send + Sync> List for StoredList<V> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn len(&self) -> u32 {
        self.rows
    }

    fn cell(&self, row: u32, column: u32) -> Result<Option<Cow<'_, str>>, ListUnreadable> {
        if row >= self.rows || column as usize >= self.columns.len() {
            return Ok(None);
        }
        let mut seen = self.seen();
        if !seen.rows.contains_key(&row) {
            self.fetch(&mut seen, row)?;
        }
        let cells = seen.rows.get(&row).ok_or(ListUnreadable)?;
        Ok(self.text(cells, column).map(|text| Cow::Owned(text.to_owned())))
    }

    fn find(&self, wanted: &[(u32, &str)], rows: &mut Vec<u32>) -> Result<(), ListUnreadable> {
        let is_indexed = |column: u32| self.indexed.get(column as usize).copied().unwrap_or(false);
        let name = |column: u32| self.columns.get(column as usize).map(String::as_str);
        let by_index: Vec<(&str, &str)> = wanted
            .iter()
            .filter(|(column, _)| is_indexed(*column))
            .filter_map(|(column, text)| name(*column).map(|name| (name, *text)))
            .collect();
        let mut seen = self.seen();
        let mut see = |n: u64, cells: Vec<String>| {
            let fits = wanted.iter().all(|(column, text)| self.text(&cells, *column) == Some(*text));
            if let Ok(n) = u32::try_from(n)
                && fits
            {
                rows.push(n);
                make_room(&mut seen, 1);
                seen.rows.insert(n, cells);
            }
            true
        };
        self.vault.borrow().list_rows(&self.name, &by_index, &mut see).map_err(|_| ListUnreadable)
    }
}
