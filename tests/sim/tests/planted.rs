//! The simulator finds what is planted on the shipping path, and makes the run small. All of them: `cargo xtask sim --planted`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use wayside_sim::{PlantedFault, find_planted, replay, shrink, with_planted};

#[test]
fn planted_faults_are_found_and_made_small() {
    for fault in [
        PlantedFault::NotFoundDeletes,
        PlantedFault::RecreateOnOpen,
        PlantedFault::RelayShownAsHq,
        PlantedFault::PhotoBeforeUrgent,
    ] {
        let found = find_planted(fault, 0, 200).found.unwrap_or_else(|| panic!("{fault:?} was not found"));
        let (lines, failed, few) = with_planted(fault, || {
            let (lines, failed) = replay(found.seed);
            let failed = failed.unwrap_err();
            let few = shrink(&failed);
            (lines, failed, few)
        });
        assert_eq!(failed.violation, found.violation);
        assert!(!few.is_empty() && few.len() < lines.len(), "{} of {}", few.len(), lines.len());
    }
}
