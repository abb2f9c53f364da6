//! What finished and unfinished interviews look like to a person and to a script.

use serde::Serialize;
use serde_json::Value;
use wayside_field::{FinishReport, OutcomeView, QueueState, StepView};

/// A finished interview. No `Debug`: outcomes are about a person.
#[derive(Serialize)]
pub(crate) struct Finished {
    event: String,
    case_code: String,
    outcomes: Vec<OutcomeView>,
    steps: Vec<StepView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Value>,
    hard: bool,
}

impl From<FinishReport> for Finished {
    fn from(report: FinishReport) -> Self {
        Self {
            event: report.event.to_string(),
            case_code: report.case_code,
            outcomes: report.outcomes,
            steps: report.steps,
            // The core made this JSON; should it ever not read, the outcomes above still stand.
            explanation: report.explanation.and_then(|text| serde_json::from_str(&text).ok()),
            hard: report.hard,
        }
    }
}

impl Finished {
    /// For a person: the case code, each outcome, then what can be offered.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("Sealed to HQ and queued. Case {}\n", self.case_code);
        for outcome in &self.outcomes {
            text.push_str(&format!("\n{}  {}\n", outcome.id, outcome.text));
        }
        if self.hard {
            text.push_str("\nThat was a lot to hear. `wayside device call-me` reaches your supervisor.\n");
        }
        if !self.steps.is_empty() {
            text.push_str("\nWhat can be offered now:\n");
        }
        for step in &self.steps {
            let first = step.needs_consent.map_or(String::new(), |line| format!(" (first ask for {line:?})"));
            text.push_str(&format!("  - {}{first}\n", step.text));
        }
        text
    }
}

/// The state of a record, for scripts.
pub(crate) const fn state_name(state: QueueState) -> &'static str {
    match state {
        QueueState::Sealed => "sealed",
        QueueState::HandedOver => "handed_over",
        QueueState::HqHasIt => "hq_has_it",
        QueueState::Quarantined => "quarantined",
    }
}

/// The state of a record, for people.
pub(crate) const fn state_text(state: QueueState) -> &'static str {
    match state {
        QueueState::Sealed => "on this device only",
        QueueState::HandedOver => "handed over to the relay",
        QueueState::HqHasIt => "HQ has it",
        QueueState::Quarantined => "set aside: a person has to look",
    }
}
