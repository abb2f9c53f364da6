//! Files of what a role may see. That one was made goes into the audit before it is handed out.

use crate::access::{Right, Viewer};
use crate::views::RecordRow;
use crate::{Desk, DeskError, audit, words};
use wayside_model::Timestamp;

impl Desk {
    /// The work queue as CSV (RFC 4180): case code, form, outcomes, site, day. No answer, no device, no worker.
    pub(crate) fn export_queue(&self, viewer: &Viewer, now: Timestamp) -> Result<String, DeskError> {
        let rows: Vec<RecordRow> =
            self.records()?.into_iter().filter(|row| viewer.may_see(Right::Export, row)).collect();
        self.store.write(|tx| {
            audit::append(tx, viewer.session(), "exported", &format!("queue, {} lines", rows.len()), "", now)
        })?;
        let mut text = "case,form,outcomes,site,day\r\n".to_owned();
        for row in rows.iter().filter(|row| !row.case_code.is_empty()) {
            let fields =
                [&row.case_code, &row.form, &row.outcomes.join(" "), &row.site, &words::iso(row.at)[..10].to_owned()];
            text.push_str(&fields.map(|field| csv(field)).join(","));
            text.push_str("\r\n");
        }
        Ok(text)
    }
}

/// A field that no spreadsheet takes for a formula or for two fields.
fn csv(field: &str) -> String {
    let guarded =
        if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field.to_owned() };
    if guarded.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn fields_stay_fields_and_text_stays_text() {
        assert_eq!(csv("Northern site"), "Northern site");
        assert_eq!(csv("a,\"b\"\r\nc"), "\"a,\"\"b\"\"\r\nc\"");
        assert_eq!(csv("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(csv("@sum(1,2)"), "\"'@sum(1,2)\"");
    }
}
