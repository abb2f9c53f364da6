//! Power cuts at any call of a scenario: writes that were not synced are lost, reordered or torn. What was acknowledged is
//! there, and the vault opens.

use std::path::Path;

use crate::place::{copy, folder};
use crate::replay::{Call, Cut, Dice, Disk, acknowledged, read_log};
use crate::tally::Tally;
use crate::{Amount, run, scenario};

/// Of every hundred cuts, how many in which scenario.
const SHARES: [(&str, usize); 5] = [("capture", 60), ("migrate", 15), ("shred", 10), ("secret", 10), ("wipe", 5)];

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    let mut dice = Dice::fresh();
    for (name, share) in SHARES {
        let cuts = amount.of(5_000) * share / 100;
        let rounds = cuts.div_ceil(500);
        for round in 0..rounds {
            let root = folder();
            scenario::prepare(name, root.path());
            let before = Disk::of(root.path());
            let log = root.path().with_extension("log");
            assert!(run::logged(name, root.path(), round, &log).well, "{name} does not run through");
            let calls = read_log(&std::fs::read(&log).unwrap());
            std::fs::remove_file(log).unwrap();
            for n in 0..cuts / rounds {
                let cut = [Cut::Lost, Cut::Reordered, Cut::Torn][n % 3];
                let at = dice.roll(calls.len() + 1);
                let bad = one(name, &before, &calls[..at], cut, root.path(), &mut dice);
                tally.case(bad.map(|what| format!("{name} cut at {at} of {}, {cut:?}: {what}", calls.len())));
            }
        }
    }
    tally
}

fn one(name: &str, before: &Disk, calls: &[Call], cut: Cut, made_under: &Path, dice: &mut Dice) -> Option<String> {
    let mut disk = before.clone();
    calls.iter().for_each(|call| disk.apply(call));
    let after = folder();
    disk.cut(cut, made_under, after.path(), dice);
    // Folders that hold nothing are there all the same.
    let empty = folder();
    copy(empty.path(), &after.path().join("keys"));
    scenario::check(name, after.path(), &acknowledged(calls)).err()
}
