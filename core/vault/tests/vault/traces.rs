//! What is on the disk in the clear (nothing), and what is left of something erased (nothing). Every search hits first.

use crate::common::{CANARY, Place, case_id, draft_id, finish_request, hits_inside};

fn with_drafts(count: u8) -> (Place, wayside_vault::Vault) {
    let place = Place::new();
    let vault = place.create().unwrap();
    for n in 1..=count {
        vault.start_draft(draft_id(n), case_id(n), CANARY.as_bytes()).unwrap();
        for _ in 0..20 {
            vault.append_steps(draft_id(n), &[CANARY.as_bytes(), &[n; 700]]).unwrap();
        }
    }
    (place, vault)
}

#[test]
fn no_file_holds_anything_in_the_clear() {
    let (place, vault) = with_drafts(2);
    vault.put_setting("a-name-of-ours", CANARY.as_bytes()).unwrap();
    let xml = format!("<form>{CANARY}</form>");
    vault.put_form("form-id", "1", &wayside_seal::sha256(xml.as_bytes()), &xml).unwrap();
    let nothing = |when: &str| {
        for needle in [
            CANARY.as_bytes(),
            b"a-name-of-ours",
            b"draft_by_case",
            b"form-id",
            b"SQLite format",
            case_id(1).as_bytes(),
        ] {
            assert_eq!(place.holds(needle), 0, "{when}");
        }
    };
    nothing("open");
    assert!(std::fs::metadata(place.file("vault.db-wal")).unwrap().len() > 0, "the log was looked at too");
    // The searches can find something: the pages do hold it once they are decrypted, and so do files in the clear.
    assert!(hits_inside(&vault, CANARY.as_bytes()) > 40);
    for needle in [b"a-name-of-ours".as_slice(), b"draft_by_case", b"form-id", case_id(1).as_bytes()] {
        assert!(hits_inside(&vault, needle) > 0);
    }
    vault.suspend().unwrap();
    nothing("suspended");
    vault.resume().unwrap();
    vault.erase_draft(draft_id(1)).unwrap();
    vault.finish(&finish_request(2)).unwrap();
    nothing("finished");
    drop(vault);
    nothing("closed");
    std::fs::write(place.file("planted"), format!("..{CANARY}..")).unwrap();
    assert_eq!(place.holds(CANARY.as_bytes()), 1);
}

#[test]
fn an_erased_draft_is_gone_from_everything_the_keys_can_read() {
    let (_place, vault) = with_drafts(1);
    let sealed = sealed_steps(&vault);
    assert!(sealed.len() > 20);
    assert!(hits_inside(&vault, CANARY.as_bytes()) > 0 && hits_inside(&vault, case_id(1).as_bytes()) > 0);
    vault.erase_draft(draft_id(1)).unwrap();
    nothing_left(&vault, &sealed);
    assert_eq!(vault.erase_draft(draft_id(1)).err(), Some(wayside_vault::VaultError::UnknownDraft));
}

#[test]
fn a_finished_interview_leaves_nothing_readable() {
    let (_place, vault) = with_drafts(1);
    let sealed = sealed_steps(&vault);
    vault.finish(&finish_request(1)).unwrap();
    nothing_left(&vault, &sealed);
    assert!(hits_inside(&vault, &[1; 32]) > 0, "what should stay does: the hash of its envelope");
}

#[test]
fn others_stay() {
    let (_place, vault) = with_drafts(2);
    vault.erase_draft(draft_id(1)).unwrap();
    assert_eq!(vault.draft(draft_id(2)).unwrap().unwrap().steps.len(), 40);
    assert!(hits_inside(&vault, CANARY.as_bytes()) > 0);
}

#[test]
fn a_case_with_two_drafts_keeps_its_key_until_the_last_is_gone() {
    let (_place, vault) = with_drafts(1);
    vault.start_draft(draft_id(7), case_id(1), b"second").unwrap();
    vault.erase_draft(draft_id(1)).unwrap();
    assert_eq!(vault.draft(draft_id(7)).unwrap().unwrap().header.as_slice(), b"second");
    vault.erase_draft(draft_id(7)).unwrap();
    assert_eq!(hits_inside(&vault, case_id(1).as_bytes()), 0);
}

/// Pieces of the pages that are this draft's sealed rows: everything of 64 bytes that follows the draft's id in a page.
fn sealed_steps(vault: &wayside_vault::Vault) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    vault
        .scan_pages(&mut |place, bytes| {
            if place.starts_with("draft") || place.starts_with("keyring") {
                return;
            }
            // Each of these steps ends with the mark of its commit: two numbers of eight bytes, both small here.
            let is_mark = |w: &[u8]| w[0] != 0 && w[8] != 0 && w[2..8] == [0; 6] && w[10..] == [0; 6];
            let marks = bytes.windows(16).enumerate().filter(|(at, w)| *at >= 64 && is_mark(w));
            pieces.extend(marks.map(|(at, _)| bytes[at - 64..at].to_vec()));
        })
        .unwrap();
    pieces
}

fn nothing_left(vault: &wayside_vault::Vault, sealed: &[Vec<u8>]) {
    assert_eq!(hits_inside(vault, CANARY.as_bytes()), 0);
    assert_eq!(hits_inside(vault, case_id(1).as_bytes()), 0, "not even the pseudonym");
    let left = sealed.iter().filter(|piece| hits_inside(vault, piece) > 0).count();
    assert_eq!(left, 0, "of {} sealed pieces", sealed.len());
}
