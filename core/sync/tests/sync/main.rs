//! The engine against a link that does what it likes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod carried;
mod laws;
mod situations;
mod world;
