//! Laws of the merge rules, the queue's states, HQ's intake what a carrier keeps and what it answers. `PROPTEST_CASES` sets how many cases; 100,000 take a minute.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod carrier;
mod intake;
mod merge;
mod neighbour;
mod samples;
mod states;
