//! A run in words.

use std::fmt::Write as _;

use crate::run::{Failed, shrink};
use crate::tally::Tally;

/// Every count, then what was broken with the fewest actions that still break it, or that nothing was.
/// `seeds`: the first one and how many.
pub fn of_run(tally: &Tally, failed: Option<&Failed>, seeds: (u64, u64), seconds: f64) -> String {
    let mut text = String::new();
    for (kind, name, count) in tally.lines() {
        let _ = writeln!(text, "{kind:6} {name:52} {count:12}");
    }
    let Some(failed) = failed else {
        let (from, count) = seeds;
        let _ = writeln!(text, "{count} seeds from {from}: every promise kept, {seconds:.0} s");
        return text;
    };
    let _ = writeln!(text, "seed {} broke {:?} after step {}; still with", failed.seed, failed.violation, failed.step);
    for action in shrink(failed) {
        let _ = writeln!(text, "  {action}");
    }
    text
}
