//! A table as comma-separated values, as a workbook, as JSON.

use rust_xlsxwriter::{Format, Workbook};

use super::Sheet;
use crate::DeskError;

pub(super) fn csv(sheet: &Sheet) -> String {
    let mut text = sheet.head.join(",");
    text.push_str("\r\n");
    for row in &sheet.rows {
        text.push_str(&row.iter().map(|cell| field(cell)).collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    text
}

/// A field that no spreadsheet takes for a formula or for two fields.
fn field(cell: &str) -> String {
    let guarded = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

/// Every cell is text: nothing is ever a formula. The file names no author.
pub(super) fn xlsx(sheet: &Sheet) -> Result<Vec<u8>, DeskError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let page = workbook.add_worksheet();
    let wrong = |_| DeskError::Bug;
    page.set_freeze_panes(1, 0).map_err(wrong)?;
    for (column, name) in (0..).zip(&sheet.head) {
        page.write_string_with_format(0, column, *name, &bold).map_err(wrong)?;
        page.set_column_width(column, 22).map_err(wrong)?;
    }
    for (line, row) in (1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(row) {
            page.write_string(line, column, cell.as_str()).map_err(wrong)?;
        }
    }
    workbook.save_to_buffer().map_err(wrong)
}

pub(super) fn json(sheet: &Sheet) -> Result<Vec<u8>, DeskError> {
    let object = |row: &Vec<String>| {
        let cells = sheet.head.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.as_str().into()));
        serde_json::Value::Object(cells.collect())
    };
    serde_json::to_vec_pretty(&sheet.rows.iter().map(object).collect::<Vec<_>>()).map_err(|_| DeskError::Bug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stay_fields_and_text_stays_text() {
        assert_eq!(field("Northern site"), "Northern site");
        assert_eq!(field("a,\"b\"\r\nc"), "\"a,\"\"b\"\"\r\nc\"");
        assert_eq!(field("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(field("@sum(1,2)"), "\"'@sum(1,2)\"");
    }

    #[test]
    fn a_workbook_holds_text_and_no_formula() {
        let sheet = Sheet { head: vec!["case"], rows: vec![vec!["=1+1".to_owned()]] };
        let bytes = xlsx(&sheet).unwrap();
        assert!(bytes.starts_with(b"PK"));
        assert!(!bytes.windows(3).any(|part| part == b"<f>"));
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&json(&sheet).unwrap()).unwrap()[0]["case"], "=1+1");
    }
}
