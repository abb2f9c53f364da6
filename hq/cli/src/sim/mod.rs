//! `wayside sim`: phones, relays, carriers and a desk over simulated months, from seeds.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Instant;

use clap::Args;
use serde::Serialize;
use wayside_sim::{Failed, replay, run_seeds, shrink, text};

use crate::error::CliError;
use crate::output::Output;

/// Run phones, relays, carriers and a desk over simulated months, from seeds, and check what must hold.
#[derive(Args)]
pub(crate) struct SimArgs {
    /// How many seeds to run.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0, value_name = "K")]
    from: u64,
    /// Run this one seed again and show its actions.
    #[arg(long, value_name = "SEED", conflicts_with = "planted")]
    replay: Option<u64>,
    /// Says which command plants faults: this program has no switch for them.
    #[arg(long)]
    planted: bool,
}

const PLANTED_ELSEWHERE: &str = "planted faults are not in this program, because what ships has no switch for them; \
    run `cargo xtask sim --planted` in the source tree";

#[derive(Serialize)]
struct Count {
    kind: &'static str,
    name: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct Ran {
    seeds: u64,
    from: u64,
    seconds: f64,
    counts: Vec<Count>,
    never_occurred: Vec<&'static str>,
    failed: Option<Shown>,
}

#[derive(Serialize)]
struct Shown {
    seed: u64,
    violation: String,
    step: usize,
    /// The fewest actions that still break the promise.
    actions: Vec<String>,
}

impl Shown {
    fn of(failed: &Failed) -> Self {
        let violation = format!("{:?}", failed.violation);
        Self { seed: failed.seed, violation, step: failed.step, actions: shrink(failed) }
    }
}

/// Runs what was asked for; fails where a promise was broken or something never occurred.
pub(crate) fn run(args: &SimArgs, output: &Output) -> Result<(), CliError> {
    if args.planted {
        return Err(CliError::Usage(PLANTED_ELSEWHERE.to_owned()));
    }
    if let Some(seed) = args.replay {
        let (lines, result) = replay(seed);
        let failed = result.err().map(|failed| Shown::of(&failed));
        output.result(&(&lines, &failed), || lines.join("\n"))?;
        return failed.map_or(Ok(()), |failed| Err(CliError::Checks(failed.violation)));
    }
    let start = Instant::now();
    let threads = available_parallelism().map_or(1, NonZeroUsize::get);
    let (tally, failed) = run_seeds(args.from, args.seeds, threads, &|_| {});
    let ran = Ran {
        seeds: args.seeds,
        from: args.from,
        seconds: start.elapsed().as_secs_f64(),
        counts: tally.lines().map(|(kind, name, count)| Count { kind, name, count }).collect(),
        never_occurred: tally.zeros(),
        failed: failed.as_ref().map(Shown::of),
    };
    output.result(&ran, || text::of_run(&tally, failed.as_ref(), (args.from, args.seeds), ran.seconds))?;
    if let Some(failed) = ran.failed {
        return Err(CliError::Checks(format!("seed {}: {}", failed.seed, failed.violation)));
    }
    if ran.never_occurred.is_empty() { Ok(()) } else { Err(CliError::Checks(ran.never_occurred.join(", "))) }
}
