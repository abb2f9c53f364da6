//! The vault and the outbox as their users see them, and their files as an attacker does.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;
mod damage;
mod journal;
mod kill;
mod life;
mod old;
mod outbox;
mod records;
mod secrets;
mod traces;
mod unlock;
