//! The simulator itself: it is repeatable, and it passes on the shipping code. Long runs are `wayside sim`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use wayside_sim::{Tally, replay, run_seeds};

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
