#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a search that cannot go on has failed")]

mod content;
mod erase;
mod handoff;
mod iofault;
mod keys;
mod keystore;
mod kill;
mod memory;
mod paths;
mod place;
mod plant;
mod powercut;
mod replay;
mod rollback;
mod run;
mod scan;
mod scenario;
mod tally;
mod tamper;
mod worker;

use std::process::ExitCode;

use tally::Tally;

const HELP: &str = "\
cargo xtask faults COMMAND [--quick] [--planted]
COMMAND is scan, tamper, rollback, kill, powercut, iofault, erase, keystore, memory, handoff or all.
--quick    at least 2 % of the cases
--planted  takes one protection away at a time; ends well only if the search finds each";

/// How much is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Amount {
    Full,
    Quick,
}

impl Amount {
    /// The number for this amount: `full`, or a fiftieth of it and at least one.
    fn of(self, full: usize) -> usize {
        match self {
            Self::Full => full,
            Self::Quick => full.div_ceil(50),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "worker") {
        return worker::main(&arguments[1..]);
    }
    let amount = if arguments.iter().any(|a| a == "--quick") { Amount::Quick } else { Amount::Full };
    let planted = arguments.iter().any(|a| a == "--planted");
    let known = |a: &&String| *a == "--quick" || *a == "--planted";
    let rest: Vec<&str> = arguments.iter().filter(|a| !known(a)).map(String::as_str).collect();
    let names: Vec<&str> = match rest.as_slice() {
        ["all"] => COMMANDS.iter().map(|(name, _)| *name).collect(),
        [name] if COMMANDS.iter().any(|(known, _)| known == name) => vec![*name],
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    let mut well = true;
    for name in names {
        let run = COMMANDS.iter().find(|(known, _)| *known == name).unwrap().1;
        if !planted {
            well &= run(amount).ends_well(name, None);
            continue;
        }
        for protection in plant::of(name) {
            plant::take_away(protection);
            well &= run(amount).ends_well(name, Some(protection));
            plant::give_back();
        }
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

type Command = fn(Amount) -> Tally;

const COMMANDS: [(&str, Command); 10] = [
    ("scan", scan::run),
    ("tamper", tamper::run),
    ("rollback", rollback::run),
    ("kill", kill::run),
    ("powercut", powercut::run),
    ("iofault", iofault::run),
    ("erase", erase::run),
    ("keystore", keystore::run),
    ("memory", memory::run),
    ("handoff", handoff::run),
];
