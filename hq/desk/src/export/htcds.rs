//! Records in the words of the Human Trafficking Case Data Standard. The columns are the standard's names, several values
//! stand with semicolons between. A formal status stays empty: a screening decides nothing.

use wayside_screening::Ledger;
use wayside_screening::htcds::{self, ATTRIBUTION};

use super::Sheet;
use crate::access::Viewer;
use crate::one_record::{self, Depth};
use crate::views::{RecordRow, ScreeningView};
use crate::{Desk, DeskError};

const HEAD: [&str; 9] = [
    "caseCode",
    "minor",
    "methodsOfControl",
    "typeOfExploitation",
    "consent",
    "consentResearch",
    "traffickingStatus",
    "traffickingStatusDecisionMakingOrg",
    "attribution",
];

/// Only records whose results the viewer may open: with a reason recorded, as on the page.
pub(super) fn sheet(desk: &Desk, viewer: &Viewer, rows: &[RecordRow]) -> Result<Sheet, DeskError> {
    let mut lines = Vec::new();
    for row in rows {
        if !desk.has_reason(viewer, row.id)? {
            continue;
        }
        let view = desk.read_for(viewer, |c, keys| one_record::record(c, keys, row.id, Depth::WHOLE))?;
        lines.extend(view.screening.and_then(|screening| line(&row.case_code, screening)));
    }
    Ok(Sheet { head: HEAD.to_vec(), rows: lines })
}

fn line(code: &str, screening: ScreeningView) -> Option<Vec<String>> {
    let explanation = screening.explanation?;
    let mut ledger = Ledger::new();
    screening.consents.into_iter().for_each(|entry| ledger.append(entry));
    let taken_back = |line| screening.withdrawn.iter().any(|it| it.line == line);
    let mapped = htcds::map(&explanation, &ledger, None);
    let said = |value: Option<bool>, line| match value {
        Some(true) if taken_back(line) => "false".to_owned(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    Some(vec![
        code.to_owned(),
        mapped.minor.to_string(),
        mapped.methods_of_control.join(";"),
        mapped.type_of_exploitation.join(";"),
        said(mapped.consent, wayside_model::ConsentLine::C1),
        said(mapped.consent_research, wayside_model::ConsentLine::C7),
        String::new(),
        String::new(),
        ATTRIBUTION.to_owned(),
    ])
}
