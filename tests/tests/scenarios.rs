//! Every scenario holds through the Rust API, and each one can fail.

#![expect(clippy::print_stdout, reason = "the figures are for whoever runs this with --nocapture")]

use std::time::Instant;
use wayside_tests::{Hq, Scenario, all, play};

fn timed(scenario: &Scenario, hq: &Hq) -> Result<(), String> {
    let start = Instant::now();
    let result = play(scenario, hq);
    println!("{:<28} {:>5} ms", scenario.name, start.elapsed().as_millis());
    result
}

#[test]
fn every_scenario_holds() {
    let hq = Hq::start().unwrap();
    let scenarios = all().unwrap();
    let problems: Vec<String> = scenarios.iter().filter_map(|scenario| timed(scenario, &hq).err()).collect();
    println!("rust: {} of {}", scenarios.len() - problems.len(), scenarios.len());
    assert!(!scenarios.is_empty() && problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn without_its_cause_no_scenario_holds() {
    let hq = Hq::start().unwrap();
    let mut blind = Vec::new();
    for scenario in all().unwrap() {
        let cause = scenario.cause().unwrap_or_else(|| panic!("{} looks at nothing", scenario.name));
        if play(&scenario.without(cause), &hq).is_ok() {
            blind.push(format!("{} holds without its step {}", scenario.name, cause + 1));
        }
    }
    assert!(blind.is_empty(), "{}", blind.join("\n"));
}
