//! The demo holds, and each of its checks can be shown to fail, alone.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Mutex;

use common::json;
use serde_json::Value;

fn names(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn all_checks() -> Vec<String> {
    let checks = json(&["demo", "--list-checks"]).done();
    checks.as_array().unwrap().iter().map(|row| row["check"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_whole_path_holds() {
    let summary = json(&["demo", "--once"]).done();
    assert_eq!(names(&summary["failed"]), Vec::<String>::new(), "{summary:#}");
    assert_eq!(names(&summary["not_reached"]), Vec::<String>::new(), "{summary:#}");
    assert_eq!(summary["checks"].as_array().unwrap().len(), all_checks().len());
    let processes = summary["processes"].as_array().unwrap();
    assert!(processes.len() > 20 && processes.iter().all(|process| process["pid"].as_u64().unwrap() > 0));
}

#[test]
fn each_sabotage_fails_its_check_and_no_other() {
    let left = Mutex::new(all_checks());
    assert!(left.lock().unwrap().len() >= 20);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(check) = { left.lock().unwrap().pop() } {
                    let ran = json(&["demo", "--once", "--sabotage", &check]);
                    let summary = ran.json();
                    if ran.code != 1 || names(&summary["failed"]) != [check.as_str()] {
                        wrong.lock().unwrap().push(format!(
                            "{check}: exit {}, failed {}, not reached {}, {}",
                            ran.code, summary["failed"], summary["not_reached"], ran.stderr
                        ));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
