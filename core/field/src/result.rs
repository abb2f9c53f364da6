//! What a worker sees of an explanation: outcomes by code with a sentence, and next steps.

use serde::{Deserialize, Serialize};
use wayside_model::ConsentLine;
use wayside_screening::Explanation;

/// One outcome. There is no score and no verdict.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeView {
    /// `N1` to `N9`.
    pub id: String,
    /// What it means, for the worker.
    pub text: String,
}

/// One next step that can be offered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// Its id in the rule set.
    pub id: String,
    /// What to do.
    pub text: String,
    /// The consent line it needs first.
    pub needs_consent: Option<ConsentLine>,
}

pub(crate) fn outcomes(explanation: &Explanation) -> Vec<OutcomeView> {
    explanation
        .outcomes
        .iter()
        .map(|outcome| OutcomeView { id: outcome.id.clone(), text: outcome.text.clone() })
        .collect()
}

pub(crate) fn steps(explanation: &Explanation) -> Vec<StepView> {
    explanation
        .steps
        .iter()
        .map(|step| StepView { id: step.step.clone(), text: step.text.clone(), needs_consent: step.needs_consent })
        .collect()
}
