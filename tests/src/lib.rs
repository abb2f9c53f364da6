#![doc = include_str!("../README.md")]

pub mod borders;
mod device;
mod expectation;
mod host;
mod hq;
mod player;
mod scenario;
mod tree;

pub use hq::Hq;
pub use player::play;
pub use scenario::{Scenario, Step, all};
pub use tree::root;
