//! The relay over real HTTP, with real items.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod blobs;
mod carried;
mod client;
mod crash;
mod desk;
mod device;
mod engine;
mod hostile;
mod phone;
mod process;
mod tls;
mod uploads;
