#![doc = include_str!("../README.md")]

mod checks;
mod desk;
mod faults;
mod link;
mod oracle;
mod orders;
mod phone;
mod plan;
mod relay;
mod rng;
mod run;
mod sync;
mod tally;
mod truth;
mod world;

pub use checks::Violation;
pub use run::{Failed, Found, Planted, find_planted, replay, run_seed, run_seeds, shrink};
pub use tally::Tally;
pub use wayside_sync::planted::Fault;
