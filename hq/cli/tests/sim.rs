//! `wayside sim`: counts what occurred, fails where something never did, and shows one seed again.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{json, plain};

#[test]
fn what_never_occurred_fails_the_run() {
    let ran = json(&["sim", "--seeds", "2", "--from", "40"]);
    let shown = ran.json();
    assert_eq!((ran.code, &shown["failed"]), (1, &serde_json::Value::Null));
    assert!(!shown["never_occurred"].as_array().unwrap().is_empty());
    let counted = shown["counts"].as_array().unwrap().iter().filter(|count| count["count"].as_u64() > Some(0)).count();
    assert!(counted > 5, "{shown:#}");
}

#[test]
fn one_seed_is_shown_again() {
    let (one, again, other) =
        (plain(&["sim", "--replay", "7"]), plain(&["sim", "--replay", "7"]), plain(&["sim", "--replay", "8"]));
    assert_eq!((one.code, again.code), (0, 0));
    assert!(one.stdout == again.stdout && one.stdout != other.stdout && one.stdout.contains("phone 0"));
}

#[test]
fn the_program_says_where_faults_are_planted() {
    let ran = plain(&["sim", "--planted"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("cargo xtask sim --planted"), "{}", ran.stderr);
}
