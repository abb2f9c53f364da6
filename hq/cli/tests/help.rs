//! Help stands on every level, and the page made of it is always the same.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::plain;

#[test]
fn every_level_explains_itself() {
    let page = plain(&["help-markdown"]).stdout;
    let commands: Vec<Vec<&str>> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## `wayside")?.strip_suffix('`'))
        .map(|rest| rest.split_whitespace().collect())
        .collect();
    assert!(commands.len() > 25, "{} commands", commands.len());
    for command in &commands {
        let ran = plain(&[command.as_slice(), &["--help"]].concat());
        assert_eq!(ran.code, 0, "{command:?}");
        assert!(ran.stdout.contains("Usage: wayside") && ran.stderr.is_empty(), "{command:?}");
    }
    for wanted in [&["device", "wipe"][..], &["desk", "devices", "revoke"], &["relay", "serve"], &["demo"]] {
        assert!(commands.contains(&wanted.to_vec()), "{wanted:?}");
    }
}

#[test]
fn the_pages_for_the_repository_do_not_change_between_runs() {
    for page in ["help-markdown", "glossary"] {
        let first = common::command(&[page]).env("COLUMNS", "40").env("TERM", "dumb").output().unwrap();
        let second = common::command(&[page]).env("COLUMNS", "200").env("CLICOLOR_FORCE", "1").output().unwrap();
        assert!(first.stdout == second.stdout && !first.stdout.is_empty(), "{page}");
    }
    assert!(plain(&["glossary"]).stdout.contains("| `vault.wrong_secret` |"));
}
