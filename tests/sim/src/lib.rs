#![doc = include_str!("../README.md")]

mod checks;
mod desk;
mod faults;
#[cfg(feature = "planted")]
mod hunt;
mod link;
mod neighbour;
mod oracle;
mod orders;
mod phone;
mod plan;
mod real;
mod relay;
mod rng;
mod run;
pub mod shim;
mod sync;
mod tally;
pub mod text;
mod truth;
mod world;

pub use checks::Violation;
#[cfg(feature = "planted")]
pub use hunt::{Found, Planted, PlantedFault, WEAKNESSES, find_planted, find_weakness, with_planted};
pub use run::{Failed, replay, run_seed, run_seeds, shrink};
pub use tally::Tally;
