//! The planted faults: one at a time on the shipping path, each to be found among the seeds.

use wayside_sync::planted::plant;

pub use wayside_sync::planted::Fault as PlantedFault;
use wayside_vault::planted::Weakness;

use crate::checks::Violation;
use crate::run::run_seed;
use crate::tally::Tally;

/// A planted fault and how it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planted {
    /// Which.
    pub fault: PlantedFault,
    /// The first run that shows it; `None` if none did.
    pub found: Option<Found>,
}

/// Where a planted fault showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The seed.
    pub seed: u64,
    /// What it broke.
    pub violation: Violation,
    /// Seeds tried until then.
    pub tried: u64,
}

/// Plants one fault on the shipping path and looks for it among `limit` seeds.
pub fn find_planted(fault: PlantedFault, from: u64, limit: u64) -> Planted {
    let found = with_planted(fault, || {
        (0..limit).find_map(|n| {
            let failed = run_seed(from.wrapping_add(n), &mut Tally::new()).err()?;
            Some(Found { seed: failed.seed, violation: failed.violation, tried: n + 1 })
        })
    });
    Planted { fault, found }
}

/// A protection of the vault taken away, and the promise that has to break without it.
pub const WEAKNESSES: [(Weakness, &str); 2] = [
    (Weakness::OutboxErrorSwallowed, "an error of the outbox taken for success"),
    (Weakness::LifeIgnored, "a copy that was put back not asked for"),
];

/// Takes one protection of the vault away and looks for it among `limit` seeds on real files.
pub fn find_weakness(weakness: Weakness, from: u64, limit: u64) -> Option<Found> {
    wayside_vault::planted::plant(Some(weakness));
    let found = (0..limit).find_map(|n| {
        let failed = run_seed(from.wrapping_add(n), &mut Tally::new()).err()?;
        Some(Found { seed: failed.seed, violation: failed.violation, tried: n + 1 })
    });
    wayside_vault::planted::plant(None);
    found
}

/// Does something on this thread while a fault is planted.
pub fn with_planted<T>(fault: PlantedFault, work: impl FnOnce() -> T) -> T {
    plant(Some(fault));
    let result = work();
    plant(None);
    result
}
