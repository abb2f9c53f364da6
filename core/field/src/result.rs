//! Outcomes as a worker sees them: codes, a sentence, next steps.

use serde::{Deserialize, Serialize};
use wayside_screening::Explanation;

/// One outcome with what can be offered now. There is no score and no verdict.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeView {
    /// `N1` to `N9`.
    pub id: String,
    /// What it means, for the worker.
    pub text: String,
    /// What can be offered.
    pub steps: Vec<String>,
}

pub(crate) fn outcomes(explanation: &Explanation) -> Vec<OutcomeView> {
    explanation
        .outcomes
        .iter()
        .map(|outcome| OutcomeView {
            id: outcome.id.clone(),
            text: outcome.text.clone(),
            steps: outcome.steps.iter().map(|step| step.text.clone()).collect(),
        })
        .collect()
}
