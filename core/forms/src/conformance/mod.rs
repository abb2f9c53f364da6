//! Judges this engine by cases and traces that were recorded from other engines (feature `conformance`).
//!
//! The files say everything: nothing here knows a case, a form or an expression, and what cannot be done is a failure. Their
//! format: `xpath.json` holds documents and expressions with the result they must have, `traces.json` holds forms, steps of
//! somebody filling them in, and the state of every node after each step.

mod traces;
mod xpath;

use std::fmt;

use serde_json::Value as Json;

pub use traces::run as traces;
pub use xpath::run as xpath;

/// How many cases pass, and which do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Cases that pass.
    pub passed: usize,
    /// All cases of the file.
    pub total: usize,
    /// Those that do not pass, in the order of the file.
    pub failed: Vec<Failure>,
}

/// A case that does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its id in the file.
    pub id: String,
    /// What the file expects, and where.
    pub expected: String,
    /// What this engine gives.
    pub got: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.id, self.expected, self.got)
    }
}

/// The file is not one of the two kinds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a conformance file: {0}")]
pub struct NotConformance(&'static str);

/// What a case expects and what it gets instead.
struct Difference {
    expected: String,
    got: String,
}

impl Difference {
    fn new(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { expected: expected.into(), got: got.into() }
    }
}

fn read(file: &str, key: &'static str) -> Result<(Json, Vec<Json>), NotConformance> {
    let mut all: Json = serde_json::from_str(file).map_err(|_| NotConformance("no JSON"))?;
    match all.get_mut(key).map(Json::take) {
        Some(Json::Array(cases)) => Ok((all, cases)),
        _ => Err(NotConformance("no cases or traces in it")),
    }
}

fn judge(cases: &[Json], run: impl Fn(&Json) -> Result<(), Difference>) -> Report {
    let failed: Vec<Failure> = cases
        .iter()
        .filter_map(|case| {
            let Difference { expected, got } = run(case).err()?;
            Some(Failure { id: text(case, "id").to_owned(), expected, got })
        })
        .collect();
    Report { passed: cases.len() - failed.len(), total: cases.len(), failed }
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// Minutes east of UTC for the zones that recordings were made in: those of one offset all year, as the engine's clock has.
fn offset(zone: &str) -> Option<i32> {
    Some(match zone {
        "" | "UTC" | "Etc/UTC" | "GMT" | "Africa/Abidjan" => 0,
        "America/Phoenix" => -420,
        "Africa/Lagos" => 60,
        "Africa/Johannesburg" => 120,
        "Africa/Nairobi" => 180,
        "Asia/Kolkata" => 330,
        "Asia/Kathmandu" => 345,
        "Asia/Tokyo" => 540,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
