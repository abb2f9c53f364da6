//! 0 done, 1 refused by code, 2 not used as the help says; and what goes to stdout.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{json, plain};

#[test]
fn not_as_the_help_says_is_two() {
    for args in [
        &[][..],
        &["device"],
        &["nonsense"],
        &["device", "fill", "DIR"],
        &["device", "fill", "DIR", "FORM"],
        &["device", "enrol", "DIR"],
        &["device", "status", "DIR", "--pin", "123456"],
        &["demo", "--sabotage", "no-such-check"],
        &["desk", "show"],
        &["relay", "serve", "--listen", "nowhere"],
        &["sim", "--planted"],
    ] {
        let ran = plain(args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{args:?}");
    }
    assert_eq!(json(&["device", "fill", "DIR"]).json()["refused"]["code"], "usage");
}

#[test]
fn refused_is_one_with_a_stable_code() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    for (args, code) in [
        (&["device", "drafts", dir][..], "vault.missing"),
        (&["device", "sync", dir], "vault.missing"),
        (&["device", "status", dir], "vault.missing"),
        (&["device", "wipe", dir, "--yes"], "vault.missing"),
        (&["device", "inspect", dir, "--for", "x"], "vault.missing"),
        (&["desk", "--dir", dir, "list"], "desk.missing"),
        (&["device", "enrol", dir, "--record", "/no/such/file"], "storage.io"),
    ] {
        assert_eq!(json(args).refused(), code, "{args:?}");
    }
    let ran = plain(&["desk", "--dir", dir, "list"]);
    assert!(ran.stdout.is_empty() && ran.stderr.starts_with("refused: desk.missing: "), "{}", ran.stderr);
}

#[test]
fn no_terminal_and_no_file_is_a_usage_error_that_says_what_to_give() {
    let place = common::Place::new();
    let ran = json(&["desk", "--dir", &place.path("desk"), "list"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--pin-file"), "{}", ran.stderr);
}

#[test]
fn json_is_alone_on_stdout() {
    for args in [&["glossary"][..], &["help-markdown"], &["demo", "--list-checks"]] {
        let ran = json(args);
        assert_eq!(ran.code, 0, "{args:?}");
        ran.json();
    }
    // The flag may stand after the command, too.
    assert!(serde_json::from_str::<serde_json::Value>(&plain(&["glossary", "--json"]).stdout).is_ok());
}
