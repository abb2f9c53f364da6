//! Comma-separated values (RFC 4180), read without copying a cell that needs no change.

use crate::list::{ResourceError, Table};

/// Bytes of a file that is taken: places in it are 32-bit numbers.
const LARGEST: usize = u32::MAX as usize / 4;

pub(super) fn read(bytes: &[u8]) -> Result<Table, ResourceError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if bytes.len() > LARGEST {
        return Err(ResourceError::TooLarge);
    }
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    let header_end = text.find('\n').unwrap_or(text.len());
    let separator = if text[..header_end].contains(';') { b';' } else { b',' };
    let mut lines = Lines { source: text.as_bytes(), at: 0, separator, unquoted: String::new() };
    let mut header = Vec::new();
    lines.line(&mut header)?;
    let place = |cell: (u32, u32)| cell.0 as usize..cell.0 as usize + cell.1 as usize;
    let all = |lines: &Lines<'_>, cell: (u32, u32)| -> String {
        let (source, unquoted) = (lines.source, lines.unquoted.as_bytes());
        let range = place(cell);
        let bytes = if range.start >= source.len() {
            unquoted.get(range.start - source.len()..range.end - source.len())
        } else {
            source.get(range)
        };
        String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
    };
    let columns: Vec<String> = header.iter().map(|cell| all(&lines, *cell).trim().to_owned()).collect();
    if columns.iter().all(String::is_empty) {
        return Err(ResourceError::Malformed { what: "there is no header line" });
    }
    let width = columns.len();
    // A guess from the header's length saves most of the growing.
    let mut cells = Vec::with_capacity(lines.source.len() / header_end.max(1) * width);
    while lines.at < lines.source.len() {
        let from = cells.len();
        lines.line(&mut cells)?;
        let is_blank = cells.len() == from + 1 && cells[from].1 == 0;
        // A short line has blank cells at its end; what stands beyond the header has no name.
        cells.resize(if is_blank { from } else { from + width }, (0, 0));
    }
    let unquoted = std::mem::take(&mut lines.unquoted);
    if text.len() + unquoted.len() > LARGEST * 2 {
        return Err(ResourceError::TooLarge);
    }
    text.push_str(&unquoted);
    Table::from_parts(columns, text, cells)
}

struct Lines<'s> {
    source: &'s [u8],
    at: usize,
    separator: u8,
    /// Cells with doubled quotes, as they read without them; their places follow the source.
    unquoted: String,
}

impl Lines<'_> {
    /// Start and length of every cell up to the end of the line.
    fn line(&mut self, cells: &mut Vec<(u32, u32)>) -> Result<(), ResourceError> {
        loop {
            if self.source.get(self.at) == Some(&b'"') {
                cells.push(self.quoted()?);
            } else {
                let rest = &self.source[self.at..];
                let is_end = |byte: &u8| *byte == self.separator || *byte == b'\n' || *byte == b'\r';
                let length = rest.iter().position(is_end).unwrap_or(rest.len());
                cells.push((self.at as u32, length as u32));
                self.at += length;
            }
            match self.source.get(self.at) {
                Some(byte) if *byte == self.separator => self.at += 1,
                Some(b'\r') if self.source.get(self.at + 1) == Some(&b'\n') => {
                    self.at += 2;
                    return Ok(());
                }
                Some(b'\n' | b'\r') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) => return Err(ResourceError::Malformed { what: "something stands behind a closing quote" }),
                None => return Ok(()),
            }
        }
    }

    fn quoted(&mut self) -> Result<(u32, u32), ResourceError> {
        let start = self.at + 1;
        let mut at = start;
        let mut doubled = false;
        loop {
            let rest = self.source.get(at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|byte| *byte == b'"') else {
                return Err(ResourceError::Malformed { what: "a quote has no end" });
            };
            at += length;
            if self.source.get(at + 1) != Some(&b'"') {
                break;
            }
            doubled = true;
            at += 2;
        }
        self.at = at + 1;
        if !doubled {
            return Ok((start as u32, (at - start) as u32));
        }
        let place = self.source.len() + self.unquoted.len();
        // The source is valid text and quotes are single bytes, so the cut is one too.
        let cell = String::from_utf8_lossy(&self.source[start..at]).replace("\"\"", "\"");
        self.unquoted.push_str(&cell);
        Ok((place as u32, cell.len() as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::List;

    fn cells(source: &str) -> Vec<Vec<Option<String>>> {
        let table = Table::from_csv(source.as_bytes()).unwrap();
        let cell = |row, column| table.cell(row, column).unwrap().map(|text| text.into_owned());
        (0..table.len())
            .map(|row| (0..table.columns().len() as u32).map(|column| cell(row, column)).collect())
            .collect()
    }

    fn row(values: &[&str]) -> Vec<Option<String>> {
        values.iter().map(|value| Some((*value).to_owned())).collect()
    }

    #[test]
    fn quotes_lines_and_separators() {
        assert_eq!(cells("a,b\n1,2\n3,4\n"), [row(&["1", "2"]), row(&["3", "4"])]);
        assert_eq!(cells("\u{feff}a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n"), [row(&["1", "x, \"y\"\nz"])]);
        assert_eq!(cells("a;b\n1,5;2"), [row(&["1,5", "2"])]);
        assert_eq!(cells("a,b\n1\n\n1,2,3\n,\n"), [row(&["1", ""]), row(&["1", "2"]), row(&["", ""])]);
        assert_eq!(cells("\"a\"\"q\",b\n\"\",é\n"), [row(&["", "é"])]);
        assert_eq!(cells("a,b"), Vec::<Vec<Option<String>>>::new());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bad in ["", "\n1,2", "a,a\n1,2", "a,b\n\"1,2", "a\n\"1\"2"] {
            assert!(Table::from_csv(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }
}
