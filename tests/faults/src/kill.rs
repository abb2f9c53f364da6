//! `kill -9` before every call that changes a file, in every scenario: what was acknowledged is there, once.

use crate::place::{copy, folder};
use crate::run::{self, Harm};
use crate::tally::Tally;
use crate::{Amount, scenario};

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    let mut wanted = amount.of(10_000);
    let mut rounds = Vec::new();
    for name in scenario::ALL {
        let base = folder();
        scenario::prepare(name, base.path());
        let root = folder();
        copy(base.path(), root.path());
        let calls = run::calls(name, root.path(), 0);
        tally.note(format!("{name}: {calls} calls"));
        rounds.push((name, base, calls));
    }
    let all: usize = rounds.iter().map(|(_, _, calls)| calls).sum();
    // Fewer than all: evenly spread, another offset in each round.
    let step = (all / wanted.max(1)).max(1);
    for seed in 0.. {
        for (name, base, calls) in &rounds {
            for kill_at in (1 + seed % step..=*calls).step_by(step) {
                if wanted == 0 {
                    return tally;
                }
                let root = folder();
                copy(base.path(), root.path());
                let ran = run::scenario(name, root.path(), seed, Harm { kill_at: Some(kill_at), fail_at: None });
                let result = scenario::check(name, root.path(), &ran.lines);
                // The number of calls differs a little from run to run: one that ended by itself was not killed.
                if ran.killed || result.is_err() {
                    tally.case(result.err().map(|what| format!("{name} killed at {kill_at}, seed {seed}: {what}")));
                    wanted -= 1;
                }
            }
        }
    }
    tally
}
