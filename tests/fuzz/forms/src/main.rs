//! `wayside-forms-fuzz TARGET RUNS [SEED]`, `wayside-forms-fuzz hostile`

use std::process::ExitCode;

use wayside_forms::Limits;
use wayside_forms_fuzz::driver::{Ending, run};
use wayside_forms_fuzz::hostile;
use wayside_forms_fuzz::targets::{Fault, Target};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|name| name == "hostile") {
        return refusals();
    }
    let number = |index: usize| arguments.get(index).and_then(|text| text.parse::<u64>().ok());
    let target = arguments.first().and_then(|name| Target::from_name(name));
    let (Some(target), Some(runs)) = (target, number(1)) else {
        eprintln!("usage: wayside-forms-fuzz form|xpath|session RUNS [SEED], or wayside-forms-fuzz hostile");
        return ExitCode::from(2);
    };
    match run(target, Fault::None, runs, number(2).unwrap_or(1)) {
        Ending::Clean { runs } => {
            println!("{runs} runs, nothing found");
            ExitCode::SUCCESS
        }
        Ending::Found { run, why, input } => {
            let file = format!("found-{target:?}-{run}").to_lowercase();
            let stored = std::fs::write(&file, input);
            println!("run {run}: {why}; input {}", if stored.is_ok() { &file } else { "could not be stored" });
            ExitCode::FAILURE
        }
    }
}

/// What refusing each hostile form takes; fails where that is too much.
fn refusals() -> ExitCode {
    let mut all_held = true;
    for hostile in hostile::all() {
        let (error, weight) = hostile::refuse(&hostile.source, &Limits::default());
        let held = hostile::is_held(error, weight);
        all_held &= held;
        let (mib, verdict) = (weight.peak as f64 / f64::from(1 << 20), if held { "" } else { "  TOO MUCH" });
        let error = error.map_or_else(|| "not refused".to_owned(), |error| error.to_string());
        println!("{:6.1} ms {mib:6.1} MiB  {}: {error}{verdict}", weight.millis, hostile.name);
    }
    if all_held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
