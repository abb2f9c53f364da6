//! `wayside-forms-fuzz TARGET RUNS [SEED]`

use std::process::ExitCode;

use wayside_forms_fuzz::driver::{Ending, run};
use wayside_forms_fuzz::targets::{Fault, Target};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).and_then(|text| text.parse::<u64>().ok());
    let target = arguments.first().and_then(|name| Target::from_name(name));
    let (Some(target), Some(runs)) = (target, number(1)) else {
        eprintln!("usage: wayside-forms-fuzz form|xpath|session RUNS [SEED]");
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
