//! `wayside desk pull`, `list` and `show`.

use wayside_desk::{Desk, RecordState, RecordView, heard_in};
use wayside_model::{AnswerState, EventId, Route};

use crate::clock;
use crate::desk::args::ShowArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

/// Fetches, opens, hands out receipts.
pub(crate) fn pull(desk: &Desk, output: &Output) -> Result<(), CliError> {
    let report = desk.pull(clock::now())?;
    output.result(&report, || {
        let mut text = format!(
            "{} items fetched, {} records opened, {} envelopes kept sealed, {} receipts sent.\n",
            report.items, report.records, report.unverified, report.receipts
        );
        if !report.gaps.is_empty() || !report.problems.is_empty() {
            text.push_str(&format!(
                "To look at: {} gaps, {} problems. `wayside desk list` shows them.\n",
                report.gaps.len(),
                report.problems.len()
            ));
        }
        text
    })
}

/// Lists the records.
pub(crate) fn list(desk: &Desk, output: &Output) -> Result<(), CliError> {
    desk.note_owner("queue_listed", "", clock::now())?;
    let rows = desk.records()?;
    output.result(&rows, || {
        let mut table = Table::new(&["record", "case", "form", "way", "outcomes", "at", "state"]);
        for row in &rows {
            table.row([
                row.id.to_string(),
                row.case_code.clone(),
                row.form.clone(),
                route_text(row.route).to_owned(),
                row.outcomes.join(" "),
                clock::text(row.at),
                row.problem.clone().unwrap_or_else(|| state_text(row.state).to_owned()),
            ]);
        }
        table.text("No record has come.")
    })
}

const fn route_text(route: Option<Route>) -> &'static str {
    match route {
        Some(Route::Adult) => "adult",
        Some(Route::Child) => "child",
        None => "",
    }
}

const fn state_text(state: RecordState) -> &'static str {
    match state {
        RecordState::Verified => "verified",
        RecordState::Uncovered => "not covered by a signed checkpoint yet",
        RecordState::Problem => "a problem",
    }
}

/// Reads a record's id.
pub(crate) fn record_id(text: &str) -> Result<EventId, CliError> {
    text.parse().map_err(|_| CliError::Usage("A record's id is 32 hexadecimal digits.".into()))
}

/// Shows one record.
pub(crate) fn show(desk: &Desk, args: &ShowArgs, output: &Output) -> Result<(), CliError> {
    let id = record_id(&args.id)?;
    desk.note_owner("record_opened", &args.id, clock::now())?;
    let record = desk.record(id)?;
    output.result(&record, || text(&record))
}

fn text(record: &RecordView) -> String {
    let row = &record.row;
    let mut text = format!(
        "Case {}  {}  {}\nForm {}  site {}  worker {}  {}\n",
        row.case_code,
        route_text(row.route),
        state_text(row.state),
        row.form,
        row.site,
        row.worker,
        clock::text(row.at)
    );
    let Some(screening) = &record.screening else {
        text.push_str("It did not open.\n");
        return text;
    };
    if let Some(wording) = &screening.wording {
        text.push_str(&format!("Language asked for {}\n", wording.asked));
        for heard in &wording.heard {
            text.push_str(&format!("  {} answers: {}\n", heard.questions.len(), heard_in(&heard.from)));
        }
    }
    if let Some(explanation) = &screening.explanation {
        text.push_str(&format!("\nRule set {}\n", explanation.ruleset));
        for outcome in &explanation.outcomes {
            text.push_str(&format!("{}  {} ({})\n", outcome.id, outcome.text, outcome.because.join(", ")));
        }
        let mut table = Table::new(&["dimension", "branch", "indicator", "answer behind it"]);
        for dimension in &explanation.dimensions {
            for because in &dimension.because {
                table.row([
                    format!("{} {}", dimension.id, dimension.name),
                    dimension.branch.clone().unwrap_or_else(|| "not met".to_owned()),
                    format!("{} {}", because.indicator, because.text),
                    because.answer_id.clone(),
                ]);
            }
        }
        text.push_str(&format!("\n{}", table.text("No indicator is recorded.")));
        for caveat in &explanation.caveats {
            text.push_str(&format!("Note: {caveat}\n"));
        }
    }
    let mut table = Table::new(&["question", "answer"]);
    for answer in &screening.answers {
        table.row([
            answer.question.clone().unwrap_or_else(|| answer.reference.clone()),
            match answer.state {
                AnswerState::Given => answer.shown.clone().unwrap_or_else(|| answer.value.clone()),
                AnswerState::Unknown => "(does not know)".to_owned(),
                AnswerState::Declined => "(does not want to say)".to_owned(),
                AnswerState::NotAsked => "(not asked)".to_owned(),
            },
        ]);
    }
    text.push_str(&format!("\n{}", table.text("No answer is recorded.")));
    text
}
