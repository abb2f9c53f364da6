//! Shared by the tests: short ways to state facts and to read results.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it, and fails by panicking")]

use wayside_model::Route;
use wayside_screening::{Explanation, Facts, RuleSet, evaluate, ilo_delphi_2009};

pub(crate) fn rules() -> RuleSet {
    ilo_delphi_2009().unwrap().clone()
}

/// Codes from a list written as text.
pub(crate) fn codes(text: &str) -> Vec<&str> {
    text.split_ascii_whitespace().collect()
}

pub(crate) fn stated(
    rules: &RuleSet,
    profile: &str,
    route: Route,
    present: &str,
    unknown: &str,
    declined: &str,
) -> Explanation {
    let facts = Facts::stated(rules, profile, route, &codes(present), &codes(unknown), &codes(declined)).unwrap();
    evaluate(rules, &facts).unwrap()
}

/// Ids of the outcomes, joined by blanks.
pub(crate) fn outcomes(explanation: &Explanation) -> String {
    explanation.outcomes.iter().map(|outcome| outcome.id.as_str()).collect::<Vec<_>>().join(" ")
}

/// Positive dimensions with their branch, as `D1:1S+1M`, joined by blanks.
pub(crate) fn positive(explanation: &Explanation) -> String {
    let positive = explanation.dimensions.iter().filter(|d| d.lower);
    positive.map(|d| format!("{}:{}", d.id, d.branch.as_deref().unwrap_or("-"))).collect::<Vec<_>>().join(" ")
}

/// What an outcome rests on, joined by blanks.
pub(crate) fn because(explanation: &Explanation, outcome: &str) -> String {
    explanation.outcomes.iter().find(|held| held.id == outcome).map_or_else(String::new, |held| held.because.join(" "))
}

pub(crate) fn steps(explanation: &Explanation) -> Vec<&str> {
    explanation.steps.iter().map(|step| step.step.as_str()).collect()
}

/// The weights as domain knowledge has them, written down a second time: S, M, W, or `-` for "not in this list".
pub(crate) const WEIGHTS: [(&str, &str, &str, &str); 6] = [
    ("D1", "DR", "SMMMMMMMMW", "SMMMMMMMMS"),
    ("D2", "CR", "SMMMMMMMMM", "SSSSMMMMMM"),
    ("D3", "RV", "MMMMMMMMMMMMMMWW", "MMMMMMM-MMMMMMMM"),
    ("D4", "EX", "SMMMMMMMW", "SMMMMMM-M"),
    ("D5", "CO", "SSSSMMMMMMMMMMW", "SSSSSSSSMMMMMMM"),
    ("D6", "DV", "MMMMMWW", "MMMMMMM"),
];
