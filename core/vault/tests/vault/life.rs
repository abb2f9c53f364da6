//! Copies of a whole vault, put back: nothing inside tells, the key store does.

use std::path::Path;

use wayside_vault::{AuditAction, CHAIN, Vault};

use crate::common::{Place, folder};

fn copy(from: &Path, to: &Path, left_out: &str) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let (path, name) = (file.path(), file.file_name());
        if path.is_dir() {
            std::fs::create_dir_all(to.join(&name)).unwrap();
            copy(&path, &to.join(&name), left_out);
        } else if name != left_out {
            std::fs::copy(&path, to.join(&name)).unwrap();
        }
    }
}

/// All but the count of guesses, whose copy would make the worker wait for an hour first.
fn copy_of(place: &Place) -> tempfile::TempDir {
    let kept = folder();
    copy(place.path(), kept.path(), "guesses");
    kept
}

fn restored(vault: &Vault) -> usize {
    vault.audit().unwrap().iter().filter(|entry| entry.action == AuditAction::Restore).count()
}

#[test]
fn the_copy_that_was_opened_last_owes_nothing() {
    let place = Place::new();
    drop(place.create().unwrap());
    for _ in 0..3 {
        let vault = place.open().unwrap();
        assert!(!vault.owes_epoch().unwrap() && restored(&vault) == 0);
    }
}

#[test]
fn a_copy_from_before_an_opening_owes_an_epoch_until_it_is_begun() {
    let place = Place::new();
    drop(place.create().unwrap());
    // Of a vault that was just made, and of one that is in use.
    for round in 0..3 {
        let kept = copy_of(&place);
        let vault = place.open().unwrap();
        vault.put_setting(CHAIN, b"further on").unwrap();
        vault.lock();
        copy(kept.path(), place.path(), "guesses");
        for opening in 1..3 {
            let vault = place.open().unwrap();
            assert_eq!(vault.rolled_back().unwrap(), None, "nothing inside tells");
            assert!(vault.owes_epoch().unwrap(), "round {round}, opening {opening}");
        }
        let vault = place.open().unwrap();
        assert_eq!(restored(&vault), round + 1, "once for each");
        vault.begin_epoch(&[(CHAIN, b"of a new epoch")]).unwrap();
        assert!(!vault.owes_epoch().unwrap());
        assert_eq!(vault.setting(CHAIN).unwrap().unwrap().as_slice(), b"of a new epoch");
        vault.lock();
        assert!(!place.open().unwrap().owes_epoch().unwrap());
    }
}

#[test]
fn an_opening_that_the_key_store_cuts_off_gives_no_copy_a_second_life() {
    for calls in 0..20 {
        let place = Place::new();
        drop(place.create().unwrap());
        let kept = copy_of(&place);
        place.keys.fail(wayside_seal::KeyStoreError::Unavailable, calls);
        let cut_off = place.open().is_err();
        place.keys.work_again();
        let vault = place.open().unwrap();
        if !cut_off {
            assert!(!vault.owes_epoch().unwrap());
        }
        vault.lock();
        drop(vault);
        copy(kept.path(), place.path(), "guesses");
        assert!(place.open().unwrap().owes_epoch().unwrap(), "cut off after {calls} calls");
    }
}

#[test]
fn an_accepted_rollback_owes_one_too() {
    let place = Place::new();
    drop(place.create().unwrap());
    std::fs::remove_file(place.file("head")).unwrap();
    let vault = place.open().unwrap();
    assert!(vault.rolled_back().unwrap().is_some() && !vault.owes_epoch().unwrap());
    vault.accept_rollback().unwrap();
    assert!(vault.owes_epoch().unwrap());
}
