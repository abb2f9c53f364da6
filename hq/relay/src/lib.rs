#![doc = include_str!("../README.md")]

mod answer;
mod auth;
mod body;
mod database;
mod desk_token;
mod error;
mod routes;
mod serve;
mod tables;
mod writer;

pub use desk_token::read_desk_token;
pub use error::RelayError;
pub use serve::{RelayConfig, RunningRelay, serve};
