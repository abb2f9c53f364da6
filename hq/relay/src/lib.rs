#![doc = include_str!("../README.md")]

mod answer;
mod auth;
pub mod batch;
mod blobs;
mod body;
mod desk_token;
mod error;
mod limits;
mod listen;
mod meters;
mod routes;
mod serve;
mod store;
mod tls;

pub use blobs::BlobPlace;
pub use desk_token::read_desk_token;
pub use error::RelayError;
pub use limits::Limits;
pub use serve::{Database, RelayConfig, RunningRelay, TlsFiles, serve};
