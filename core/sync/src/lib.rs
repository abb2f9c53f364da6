#![doc = include_str!("../README.md")]

mod backoff;
pub mod carrier;
pub mod carrier_side;
mod choice;
mod class;
pub mod clock;
mod engine;
mod http;
pub mod intake;
pub mod lifecycle;
pub mod merge;
mod parts;
mod peer;
#[cfg(feature = "planted")]
pub mod planted;
#[cfg(not(feature = "planted"))]
mod planted;
pub mod queue;
mod queue_bytes;
pub mod queue_state;
mod reply;
mod report;
pub mod session;
mod step;
mod store;
pub mod transfer;
mod trouble;
pub mod wire;

pub use backoff::{LONGEST_WAIT_MS, LONGEST_WAIT_URGENT_MS, SHORTEST_WAIT_MS};
pub use class::SyncClass;
pub use engine::Engine;
pub use http::{Failure, Method, Request, Response};
pub use parts::FIRST_PART_BYTES;
pub use peer::Neighbour;

pub use reply::{ReplyError, read, read_bytes, read_stored};
pub use report::{Progress, Report, SetAside};
pub use step::{Step, SyncError};
pub use store::{ItemView, Store, StoreError};
pub use wayside_seal::item::ItemKind;
