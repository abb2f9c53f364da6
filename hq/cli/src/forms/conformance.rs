//! `wayside conformance`: judged by the file alone, with the runner that the engine's own tests use.

use serde::Serialize;
use wayside_forms::conformance::{self, Report};

use crate::error::CliError;
use crate::forms::args::{ConformanceArgs, ConformanceKind};
use crate::output::Output;

#[derive(Serialize)]
struct Document {
    passed: usize,
    total: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
}

#[derive(Serialize)]
struct Failed {
    id: String,
    expected: String,
    got: String,
}

pub(super) fn run(args: &ConformanceArgs, output: &Output) -> Result<(), CliError> {
    let (file, judge): (_, fn(&str) -> _) = match &args.kind {
        ConformanceKind::Xpath(file) => (file, conformance::xpath),
        ConformanceKind::Traces(file) => (file, conformance::traces),
    };
    let text = std::fs::read_to_string(&file.file).map_err(CliError::file("the file of cases"))?;
    let Report { passed, total, failed } = judge(&text).map_err(|error| CliError::Usage(error.to_string()))?;
    let failed = failed.into_iter().filter(|_| file.failed);
    let failed = failed.map(|one| Failed { id: one.id, expected: one.expected, got: one.got }).collect();
    let document = Document { passed, total, failed };
    output.result(&document, || {
        let line = |one: &Failed| format!("{}: expected {}, got {}\n", one.id, one.expected, one.got);
        let listed: String = document.failed.iter().map(line).collect();
        format!("{listed}passed {passed} of {total}")
    })
}
