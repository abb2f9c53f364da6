#![doc = include_str!("../README.md")]

pub mod borders;
#[cfg(test)]
mod cut_short;
mod device;
mod expectation;
mod host;
#[cfg(test)]
mod hostile_relay;
mod hq;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod large_files;
#[cfg(test)]
mod nearby;
#[cfg(test)]
mod phone_sync;
mod player;
#[cfg(test)]
mod real_processes;
#[cfg(test)]
mod restored;
#[cfg(test)]
mod robust;
mod scenario;
mod tree;
#[cfg(test)]
mod trial;
#[cfg(test)]
mod wipe_order;

pub use hq::Hq;
pub use player::play;
pub use scenario::{Scenario, Step, all};
pub use tree::root;
