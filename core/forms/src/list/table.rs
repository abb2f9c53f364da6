//! A list in memory: one text, cells as places in it, an index for each column that was ever searched.

use std::borrow::Cow;
use std::hash::Hasher;
use std::sync::OnceLock;

use crate::list::{List, ListUnreadable, ResourceError};
use crate::mix::Mix;

/// Rows below this are looked through faster than an index is made.
const WORTH_AN_INDEX: u32 = 24;
/// Columns of a list. Each is looked for among them.
pub(super) const COLUMNS: usize = 1_000;
/// No row, no cell.
const NONE: u32 = u32::MAX;

/// Start and length of a cell in the text; start [`NONE`] where the row has no such cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    start: u32,
    length: u32,
}

const ABSENT: Cell = Cell { start: NONE, length: 0 };

/// A list in memory. Rows can be added and changed; columns are made when first named.
#[derive(Default)]
pub struct Table {
    columns: Vec<String>,
    text: String,
    cells: Vec<Cell>,
    rows: u32,
    indexes: Vec<OnceLock<Index>>,
}

/// Rows by hash of one column's cell: the first row of each bucket, and for each row the next one of its bucket.
struct Index {
    heads: Vec<u32>,
    next: Vec<u32>,
}

impl Table {
    /// Reads comma-separated values with a header line (RFC 4180), or values separated by semicolons where the header has
    /// one, as Collect does.
    ///
    /// # Errors
    /// `form.malformed`: no header, two columns of one name, or a quote without its end. `form.too_large`: 2 GiB or more, or
    /// more than 1,000 columns.
    pub fn from_csv(bytes: &[u8]) -> Result<Self, ResourceError> {
        super::csv::read(bytes)
    }

    /// Reads a GeoJSON feature collection (RFC 7946): a row for each feature, its properties and `geometry` as a place,
    /// trace or shape as forms write them.
    ///
    /// # Errors
    /// `form.malformed`: not a feature collection of points, lines and polygons.
    pub fn from_geojson(bytes: &[u8]) -> Result<Self, ResourceError> {
        super::geojson::read(bytes)
    }

    /// Reads XML of the form `root/item/column`, as forms name the rows of an external list. Nothing where it is XML of
    /// another form, which [`crate::Resources::add_xml`] takes as a tree.
    ///
    /// # Errors
    /// `form.malformed`: not XML. `form.too_large`: beyond the default [`crate::Limits`] for a form.
    pub fn from_xml(xml: &str) -> Result<Option<Self>, ResourceError> {
        crate::secondary::rows(xml)
    }

    /// Without rows.
    ///
    /// # Errors
    /// `form.malformed`: two columns of one name. `form.too_large`: more than 1,000 columns.
    pub fn new(columns: Vec<String>) -> Result<Self, ResourceError> {
        let mut table = Self { text: String::new(), cells: Vec::new(), rows: 0, indexes: Vec::new(), columns };
        if table.columns.len() > COLUMNS {
            return Err(ResourceError::TooLarge);
        }
        let mut names: Vec<&String> = table.columns.iter().collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(ResourceError::Malformed { what: "two columns have one name" });
        }
        table.forget_indexes();
        Ok(table)
    }

    /// A table over a text that is there already; `cells` row by row. The caller has checked the places.
    pub(crate) fn from_parts(
        columns: Vec<String>,
        text: String,
        cells: Vec<(u32, u32)>,
    ) -> Result<Self, ResourceError> {
        let mut table = Self::new(columns)?;
        table.rows = (cells.len() / table.columns.len().max(1)) as u32;
        table.text = text;
        table.cells = cells.into_iter().map(|(start, length)| Cell { start, length }).collect();
        Ok(table)
    }

    /// The number of a column.
    pub fn column(&self, name: &str) -> Option<u32> {
        self.columns.iter().position(|column| column == name).map(|column| column as u32)
    }

    /// The number of a column, which is made where it is missing; rows have no cell in it then.
    pub fn column_or_new(&mut self, name: &str) -> u32 {
        if let Some(column) = self.column(name) {
            return column;
        }
        let (old, rows) = (self.columns.len(), self.rows as usize);
        self.columns.push(name.to_owned());
        let mut cells = Vec::with_capacity(rows * (old + 1));
        for row in 0..rows {
            cells.extend_from_slice(&self.cells[row * old..(row + 1) * old]);
            cells.push(ABSENT);
        }
        self.cells = cells;
        self.forget_indexes();
        old as u32
    }

    /// Adds a row without cells and returns its number.
    pub fn push_row(&mut self) -> u32 {
        self.cells.resize(self.cells.len() + self.columns.len(), ABSENT);
        self.rows += 1;
        self.forget_indexes();
        self.rows - 1
    }

    /// Sets a cell. A row or column that is not there changes nothing; a text beyond 2 GiB in all is refused.
    ///
    /// # Errors
    /// `form.too_large`
    pub fn set(&mut self, row: u32, column: u32, value: &str) -> Result<(), ResourceError> {
        let width = self.columns.len();
        if self.text.len() + value.len() >= NONE as usize / 2 {
            return Err(ResourceError::TooLarge);
        }
        let place = (row as usize).saturating_mul(width).saturating_add(column as usize);
        if (column as usize) < width
            && let Some(cell) = self.cells.get_mut(place)
        {
            *cell = Cell { start: self.text.len() as u32, length: value.len() as u32 };
            self.text.push_str(value);
            self.forget_indexes();
        }
        Ok(())
    }

    fn forget_indexes(&mut self) {
        self.indexes.clear();
        self.indexes.resize_with(self.columns.len(), OnceLock::new);
    }

    fn text_at(&self, row: u32, column: u32) -> Option<&str> {
        let width = self.columns.len();
        if column as usize >= width {
            return None;
        }
        let cell = self.cells.get(row as usize * width + column as usize)?;
        if cell.start == NONE {
            return None;
        }
        self.text.get(cell.start as usize..cell.start as usize + cell.length as usize)
    }

    fn index(&self, column: u32) -> Option<&Index> {
        let slot = self.indexes.get(column as usize)?;
        Some(slot.get_or_init(|| Index::of(self, column)))
    }
}

impl Index {
    fn of(table: &Table, column: u32) -> Self {
        let rows = table.rows as usize;
        let mut index = Self { heads: vec![NONE; rows.next_power_of_two().max(1)], next: vec![NONE; rows] };
        // From the end, so that each bucket lists its rows in ascending order.
        for row in (0..rows).rev() {
            if let Some(text) = table.text_at(row as u32, column) {
                let bucket = index.bucket(text);
                index.next[row] = index.heads[bucket];
                index.heads[bucket] = row as u32;
            }
        }
        index
    }

    fn bucket(&self, text: &str) -> usize {
        // A list made to collide costs its own searches a scan, no more. Heads are a power of two.
        let mut hash = Mix::default();
        hash.write(text.as_bytes());
        hash.finish() as usize & (self.heads.len() - 1)
    }

    fn rows(&self, text: &str) -> impl Iterator<Item = u32> {
        let mut at = self.heads[self.bucket(text)];
        std::iter::from_fn(move || {
            let row = at;
            at = *self.next.get(row as usize)?;
            Some(row)
        })
    }
}

impl List for Table {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn len(&self) -> u32 {
        self.rows
    }

    fn cell(&self, row: u32, column: u32) -> Result<Option<Cow<'_, str>>, ListUnreadable> {
        Ok(self.text_at(row, column).map(Cow::Borrowed))
    }

    fn find(&self, wanted: &[(u32, &str)], rows: &mut Vec<u32>) -> Result<(), ListUnreadable> {
        let fits = |row: u32| wanted.iter().all(|(column, text)| self.text_at(row, *column) == Some(text));
        let indexed =
            |(column, _): &&(u32, &str)| self.indexes.get(*column as usize).is_some_and(|one| one.get().is_some());
        let key = wanted.iter().find(indexed).or(wanted.first()).filter(|_| self.rows >= WORTH_AN_INDEX);
        match key.and_then(|(column, text)| self.index(*column).map(|index| index.rows(text))) {
            Some(candidates) => rows.extend(candidates.filter(|row| fits(*row))),
            None => rows.extend((0..self.rows).filter(|row| fits(*row))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(rows: u32) -> Table {
        let mut table = Table::new(vec!["n".into(), "parity".into()]).unwrap();
        for n in 0..rows {
            let row = table.push_row();
            table.set(row, 0, &n.to_string()).unwrap();
            if n % 3 != 0 {
                table.set(row, 1, if n % 2 == 0 { "even" } else { "odd" }).unwrap();
            }
        }
        table
    }

    fn found(table: &Table, wanted: &[(u32, &str)]) -> Vec<u32> {
        let mut rows = Vec::new();
        table.find(wanted, &mut rows).unwrap();
        rows
    }

    #[test]
    fn the_index_finds_what_a_scan_finds() {
        for rows in [0, 1, WORTH_AN_INDEX - 1, WORTH_AN_INDEX, 1000] {
            let table = numbered(rows);
            let even: Vec<u32> = (0..rows).filter(|n| n % 3 != 0 && n % 2 == 0).collect();
            assert_eq!(found(&table, &[(1, "even")]), even);
            assert_eq!(found(&table, &[(0, "8"), (1, "even")]), if rows > 8 { vec![8] } else { vec![] });
            assert_eq!(found(&table, &[(1, "even"), (0, "9")]), [0_u32; 0]);
            assert_eq!(found(&table, &[(1, "")]), [0_u32; 0], "an absent cell is not a blank one");
            assert_eq!(found(&table, &[]).len(), rows as usize);
        }
    }

    #[test]
    fn a_change_is_found_and_what_it_replaced_is_not() {
        let mut table = numbered(100);
        assert_eq!(found(&table, &[(0, "7")]), [7]);
        table.set(7, 0, "seven").unwrap();
        let column = table.column_or_new("note");
        table.set(7, column, "x").unwrap();
        assert_eq!(found(&table, &[(0, "7")]), [0_u32; 0]);
        assert_eq!(found(&table, &[(0, "seven"), (column, "x")]), [7]);
        assert_eq!(table.cell(8, column).unwrap(), None);
    }
}
