//! Together the scenarios reach every error code that a host can cause, and every outcome. What a host cannot cause is a list
//! with reasons, which may not name more than is needed.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use wayside_field::ErrorCode;
use wayside_tests::{Scenario, all, root};

const OUTCOMES: [&str; 9] = ["N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9"];

fn unreached() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("tests/unreached.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// One line for each code that is neither reached nor excused, and for each excuse that is not one.
fn problems(scenarios: &[Scenario], excused: &BTreeMap<String, String>) -> Vec<String> {
    let reached: BTreeSet<&str> = scenarios.iter().flat_map(Scenario::codes).collect();
    let outcomes: BTreeSet<&str> = scenarios.iter().flat_map(Scenario::outcomes).collect();
    let known: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    let mut problems = Vec::new();
    for code in &known {
        match (reached.contains(code), excused.get(*code)) {
            (false, None) => problems.push(format!("no scenario reaches {code}")),
            (true, Some(_)) => problems.push(format!("{code} is reached and excused")),
            (false, Some(why)) if why.len() < 20 => problems.push(format!("{code} is excused without a reason")),
            _ => {}
        }
    }
    problems
        .extend(excused.keys().filter(|code| !known.contains(code.as_str())).map(|code| format!("{code} is no code")));
    problems.extend(OUTCOMES.iter().filter(|id| !outcomes.contains(*id)).map(|id| format!("no scenario reaches {id}")));
    problems
}

#[test]
fn every_code_and_every_outcome_is_reached() {
    let (scenarios, excused) = (all().unwrap(), unreached());
    let problems = problems(&scenarios, &excused);
    println!(
        "{} of {} codes are reached, {} not a host's",
        ErrorCode::ALL.len() - excused.len(),
        ErrorCode::ALL.len(),
        excused.len()
    );
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_is_not_reached_is_named() {
    let (mut scenarios, mut excused) = (all().unwrap(), unreached());
    scenarios.retain(|scenario| scenario.name != "guesses" && scenario.name != "urgent-need-recorded");
    excused.remove("bug");
    excused.insert("usage".to_owned(), String::new());
    excused.insert("answer.type".to_owned(), "an excuse for what is reached".to_owned());
    excused.insert("no.such".to_owned(), "an excuse for what does not exist".to_owned());
    let wanted = [
        "answer.type is reached and excused",
        "no scenario reaches vault.wait",
        "usage is excused without a reason",
        "no scenario reaches bug",
        "no.such is no code",
        "no scenario reaches N1",
    ];
    let mut found = problems(&scenarios, &excused);
    found.sort();
    let mut wanted = wanted.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(found, wanted);
}
