//! The simulator itself: it is repeatable, it passes on the shipping code, and it finds what is planted. Long runs are
//! `wayside sim`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use wayside_sim::{Fault, Tally, find_planted, replay, run_seeds, shrink};

#[test]
fn the_shipping_code_holds() {
    let (tally, failed) = run_seeds(1_000, 200, 2, &|_| {});
    assert_eq!(failed, None);
    assert!(tally.lines().map(|(_, _, count)| count).sum::<u64>() > 1_000);
    assert!(tally.zeros().len() < 4, "hardly anything occurred: {:?}", tally.zeros());
    assert!(!Tally::new().zeros().is_empty());
}

#[test]
fn a_seed_comes_to_the_same_again() {
    assert_eq!(replay(7), replay(7));
    assert_ne!(replay(7).0, replay(8).0);
}

#[test]
fn planted_faults_are_found_and_made_small() {
    for fault in [Fault::NotFoundDeletes, Fault::RecreateOnOpen, Fault::RelayShownAsHq, Fault::PhotoBeforeUrgent] {
        let found = find_planted(fault, 0, 200).found.unwrap_or_else(|| panic!("{fault:?} was not found"));
        wayside_sync::planted::plant(Some(fault));
        let (lines, failed) = replay(found.seed);
        let failed = failed.unwrap_err();
        assert_eq!(failed.violation, found.violation);
        let few = shrink(&failed);
        wayside_sync::planted::plant(None);
        assert!(!few.is_empty() && few.len() < lines.len(), "{} of {}", few.len(), lines.len());
    }
}
