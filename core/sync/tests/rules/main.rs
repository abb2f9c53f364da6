//! Laws of the merge rules, the queue's states, HQ's intake and what a carrier keeps. `PROPTEST_CASES` sets how many cases; 100,000 take a minute.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod carrier;
mod intake;
mod merge;
mod samples;
mod states;
