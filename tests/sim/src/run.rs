//! Runs of seeds: many on all cores, one again, one made small.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::checks::Violation;
use crate::plan::{Plan, plan};
use crate::rng::Rng;
use crate::tally::Tally;
use crate::world::World;

/// A run that broke a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// The seed that shows it again.
    pub seed: u64,
    /// What was broken.
    pub violation: Violation,
    /// After which action; the number of actions where it showed at the end.
    pub step: usize,
}

fn run_plan(plan: &Plan, tally: &mut Tally) -> Result<(), Failed> {
    let mut world = World::new(plan);
    let mut result = Ok(());
    for (step, action) in plan.actions.iter().enumerate() {
        let outcome = world.act(action).and_then(|()| world.check(action.phone, action.case));
        world.count_states();
        if let Err(violation) = outcome {
            result = Err(Failed { seed: plan.seed, violation, step });
            break;
        }
    }
    if result.is_ok() {
        let settled = world.settle(&mut Rng::new(plan.seed ^ 0x0005_e771));
        world.count_states();
        result = settled.map_err(|violation| Failed { seed: plan.seed, violation, step: plan.actions.len() });
    }
    world.tally.verdicts(world.desk.verdicts);
    tally.add(&world.tally);
    result
}

/// One seed.
pub fn run_seed(seed: u64, tally: &mut Tally) -> Result<(), Failed> {
    run_plan(&plan(seed), tally)
}

/// The actions of one seed as they are carried out, one line each, with what it comes to.
pub fn replay(seed: u64) -> (Vec<String>, Result<(), Failed>) {
    let plan = plan(seed);
    let lines = plan.actions.iter().enumerate();
    let lines = lines.map(|(n, action)| format!("{n:3} phone {} case {} {:?}", action.phone, action.case, action.what));
    (lines.collect(), run_plan(&plan, &mut Tally::new()))
}

/// The same violation with as few actions as leaving out one after the other comes to.
pub fn shrink(failed: &Failed) -> Vec<String> {
    let mut plan = plan(failed.seed);
    let breaks =
        |plan: &Plan| run_plan(plan, &mut Tally::new()).is_err_and(|found| found.violation == failed.violation);
    let mut size = plan.actions.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < plan.actions.len() {
            let mut fewer = plan.clone();
            fewer.actions.drain(at..(at + size).min(plan.actions.len()));
            if breaks(&fewer) {
                plan = fewer;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    plan.actions.iter().map(|action| format!("phone {} case {} {:?}", action.phone, action.case, action.what)).collect()
}

/// Seeds from `from` on, on `threads` threads. The tally of all and the failed run with the lowest seed that was met.
/// `seen` is called now and then with the number of seeds done.
pub fn run_seeds(from: u64, count: u64, threads: usize, seen: &(dyn Fn(u64) + Sync)) -> (Tally, Option<Failed>) {
    let (next, done, stop) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let worker = || {
        let (mut tally, mut first) = (Tally::new(), None::<Failed>);
        while !stop.load(Ordering::Relaxed) {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= count {
                break;
            }
            if let Err(failed) = run_seed(from.wrapping_add(n), &mut tally) {
                first = Some(failed);
                stop.store(true, Ordering::Relaxed);
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(1_000) {
                seen(done);
            }
        }
        (tally, first)
    };
    let (mut tally, mut first) = (Tally::new(), None::<Failed>);
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(worker)).collect();
        for handle in handles {
            if let Ok((part, failed)) = handle.join() {
                tally.add(&part);
                first = match (first, failed) {
                    (Some(one), Some(two)) => Some(if one.seed <= two.seed { one } else { two }),
                    (one, two) => one.or(two),
                };
            }
        }
    });
    (tally, first)
}
