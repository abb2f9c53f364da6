//! The end of the demo: what held, which processes took part, where to look.

use serde::Serialize;

use crate::demo::checks::Check;
use crate::demo::step_hq::Hq;
use crate::demo::world::{Finding, Process, World};
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

#[derive(Serialize)]
struct Summary<'a> {
    relay: &'a str,
    desk: &'a str,
    work_folder: String,
    checks: Vec<Finding>,
    failed: Vec<String>,
    not_reached: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_early: Option<String>,
    processes: Vec<Process>,
}

/// Prints the summary.
pub(crate) fn print(
    world: &World<'_>,
    hq: &Hq,
    walked: &Result<(), CliError>,
    output: &Output,
) -> Result<(), CliError> {
    let checks = world.findings();
    let failed = checks.iter().filter(|finding| !finding.holds).map(|finding| finding.check.clone()).collect();
    let reached = |check: &Check| checks.iter().any(|finding| finding.check == check.name());
    let not_reached = Check::ALL.iter().filter(|check| !reached(check)).map(|check| check.name()).collect();
    let summary = Summary {
        relay: hq.relay_url(),
        desk: hq.desk_url(),
        work_folder: world.dir.to_string_lossy().into_owned(),
        checks,
        failed,
        not_reached,
        ended_early: walked.as_ref().err().map(ToString::to_string),
        processes: world.processes(),
    };
    output.result(&summary, || text(&summary))
}

fn text(summary: &Summary<'_>) -> String {
    let mut text = String::from("\nProcesses\n");
    let mut table = Table::new(&["process", "did"]);
    for process in &summary.processes {
        table.row([process.pid.to_string(), process.name.clone()]);
    }
    text.extend(table.text("").lines().map(|line| format!("   {line}\n")));
    let held = summary.checks.len() - summary.failed.len();
    text.push_str(&format!("\nrelay {}  desk {}\n", summary.relay, summary.desk));
    if let Some(why) = &summary.ended_early {
        text.push_str(&format!("The walk ended early: {why}\n"));
    }
    if !summary.not_reached.is_empty() {
        text.push_str(&format!("Not reached: {}\n", summary.not_reached.join(", ")));
    }
    match summary.failed.as_slice() {
        [] => text.push_str(&format!("{held} checks hold.\n")),
        failed => text.push_str(&format!("{held} checks hold; FAILED: {}\n", failed.join(", "))),
    }
    text
}

#[derive(Serialize)]
struct Row {
    check: String,
    promise: &'static str,
    sabotage: &'static str,
}

/// Prints the checks with their faults.
pub(crate) fn list_checks(output: &Output) -> Result<(), CliError> {
    let rows: Vec<Row> = Check::ALL
        .iter()
        .map(|check| Row { check: check.name(), promise: check.promise(), sabotage: check.fault() })
        .collect();
    output.result(&rows, || {
        let mut table = Table::new(&["check", "what holds", "what --sabotage does"]);
        for row in &rows {
            table.row([row.check.clone(), row.promise.to_owned(), row.sabotage.to_owned()]);
        }
        table.text("")
    })
}
