//! The simulator as a program of its own, with the switches for planted faults that no shipping program has.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Instant;

use wayside_sim::{PlantedFault, WEAKNESSES, find_planted, find_weakness, run_seeds, shim, text};

const HELP: &str = "\
wayside-sim [--seeds N] [--from K]   run seeds and count what occurred; a promise broken or a count of zero fails
wayside-sim --planted [--from K]     plant each fault in turn and look for it in at most 10,000 seeds
wayside-sim --sqlcipher [--planted]  the same on real vaults and outboxes, whose files fail, tear and are cut off";

/// A planted fault has to be found in so many seeds.
const PLANTED_SEEDS: u64 = 10_000;
/// A protection of the vault taken away, in so many on real files.
const WEAKNESS_SEEDS: u64 = 2_000;

struct Options {
    planted: bool,
    sqlcipher: bool,
    seeds: u64,
    from: u64,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { planted: false, sqlcipher: false, seeds: 1_000, from: 0 };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--planted" => options.planted = true,
            "--sqlcipher" => options.sqlcipher = true,
            "--seeds" => options.seeds = arguments.next()?.parse().ok()?,
            "--from" => options.from = arguments.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some(options)
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    if options.sqlcipher && !shim::is_armed() {
        return shim::start_again().unwrap_or_else(|error| {
            eprintln!("The shim cannot be loaded: {}.", error.kind());
            ExitCode::FAILURE
        });
    }
    let well = match (options.planted, options.sqlcipher) {
        (true, false) => planted(options.from),
        (true, true) => weakened(options.from),
        (false, _) => seeds(&options),
    };
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn seeds(options: &Options) -> bool {
    let start = Instant::now();
    // The shim is armed for one phone of the whole program at a time.
    let threads = if options.sqlcipher { 1 } else { available_parallelism().map_or(1, NonZeroUsize::get) };
    let (tally, failed) = run_seeds(options.from, options.seeds, threads, &|done| {
        if done.is_multiple_of(if options.sqlcipher { 1_000 } else { 10_000 }) {
            eprintln!("{done} seeds, {} s", start.elapsed().as_secs());
        }
    });
    let seeds = (options.from, options.seeds);
    print!("{}", text::of_run(&tally, failed.as_ref(), seeds, start.elapsed().as_secs_f64()));
    let mut zeros = tally.zeros();
    if options.sqlcipher {
        for (what, count) in shim::befell() {
            println!("{count:8}  {what}");
            if count == 0 {
                zeros.push(what);
            }
        }
    }
    if !zeros.is_empty() {
        println!("never occurred: {}", zeros.join(", "));
    }
    failed.is_none() && zeros.is_empty()
}

/// The same over real files: a protection of the vault taken away has to show.
fn weakened(from: u64) -> bool {
    let mut found = 0;
    for (weakness, word) in WEAKNESSES {
        match find_weakness(weakness, from, WEAKNESS_SEEDS) {
            Some(place) => {
                found += 1;
                println!("{word:45} seed {:6}  tried {:5}  {:?}", place.seed, place.tried, place.violation);
            }
            None => println!("{word:45} not found in {WEAKNESS_SEEDS} seeds"),
        }
    }
    println!("{found} of {} planted faults found", WEAKNESSES.len());
    found == WEAKNESSES.len()
}

fn planted(from: u64) -> bool {
    let mut found = 0;
    for fault in PlantedFault::ALL {
        match find_planted(*fault, from, PLANTED_SEEDS).found {
            Some(place) => {
                found += 1;
                let violation = format!("{:?}", place.violation);
                println!("{:38} seed {:6}  tried {:5}  {violation}", fault.word(), place.seed, place.tried);
            }
            None => println!("{:38} not found in {PLANTED_SEEDS} seeds", fault.word()),
        }
    }
    println!("{found} of {} planted faults found", PlantedFault::ALL.len());
    found == PlantedFault::ALL.len()
}
