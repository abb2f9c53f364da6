//! Drafts, finish, queue, forms.

use crate::common::{Place, case_id, draft_id, event_id, finish_request};
use wayside_model::Timestamp;
use wayside_vault::{CHAIN, Counters, FinishRequest, QueueState, VaultError};

#[test]
fn steps_come_back_in_order_after_a_new_start() {
    let place = Place::new();
    let vault = place.create().unwrap();
    vault.start_draft(draft_id(1), case_id(1), b"header").unwrap();
    assert_eq!(vault.append_steps(draft_id(1), &[b"one", b"two"]).unwrap(), 2);
    assert_eq!(vault.append_steps(draft_id(1), &[b"three"]).unwrap(), 3);
    assert_eq!(vault.append_steps(draft_id(1), &[]).unwrap(), 3);
    drop(vault);
    let vault = place.open().unwrap();
    let draft = vault.draft(draft_id(1)).unwrap().unwrap();
    assert!(draft.case == case_id(1) && draft.header.as_slice() == b"header");
    let steps: Vec<&[u8]> = draft.steps.iter().map(|step| step.as_slice()).collect();
    assert_eq!(steps, [b"one".as_slice(), b"two", b"three"]);
    assert_eq!(vault.drafts().unwrap().iter().map(|d| (d.id, d.steps)).collect::<Vec<_>>(), [(draft_id(1), 3)]);
    assert!(vault.draft(draft_id(2)).unwrap().is_none());
    assert_eq!(vault.append_steps(draft_id(2), &[b"x"]).err(), Some(VaultError::UnknownDraft));
    assert_eq!(vault.start_draft(draft_id(1), case_id(2), b"").err(), Some(VaultError::Conflict));
}

#[test]
fn finish_is_one_step_and_can_be_repeated() {
    let place = Place::new();
    let vault = place.create().unwrap();
    vault.start_draft(draft_id(1), case_id(1), b"").unwrap();
    vault.finish(&finish_request(1)).unwrap();
    assert_eq!(vault.setting(CHAIN).unwrap().unwrap().as_slice(), b"the chain after it");
    assert_eq!(vault.drafts().unwrap(), []);
    let rows = vault.queue().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].seq, rows[0].state, rows[0].sha256), (1, QueueState::Sealed, [1; 32]));

    vault.put_setting(CHAIN, b"a later chain").unwrap();
    vault.finish(&finish_request(1)).unwrap();
    assert_eq!(vault.queue().unwrap(), rows);
    assert_eq!(vault.setting(CHAIN).unwrap().unwrap().as_slice(), b"a later chain", "a repeat does not turn it back");
    vault.verify().unwrap();
    let other = FinishRequest { envelope_sha256: [8; 32], ..finish_request(1) };
    assert_eq!(vault.finish(&other), Err(VaultError::Conflict));
}

#[test]
fn a_finish_that_cannot_be_changes_nothing() {
    let place = Place::new();
    let vault = place.create().unwrap();
    assert_eq!(vault.finish(&finish_request(1)), Err(VaultError::UnknownDraft));
    assert_eq!(vault.queue().unwrap(), []);
    assert!(vault.setting(CHAIN).unwrap().is_none());
    vault.finish(&FinishRequest { draft: None, ..finish_request(1) }).unwrap();
    assert_eq!(vault.queue().unwrap().len(), 1);
}

#[test]
fn a_receipt_is_never_taken_back() {
    let place = Place::new();
    let vault = place.create().unwrap();
    for n in 1..=3 {
        vault.finish(&FinishRequest { draft: None, ..finish_request(n) }).unwrap();
    }
    let at = Timestamp::from_millis(5000);
    assert_eq!(vault.set_queue_state(event_id(9), QueueState::HqHasIt, at), Err(VaultError::UnknownItem));
    vault.set_queue_state(event_id(1), QueueState::HandedOver, at).unwrap();
    vault.set_queue_state(event_id(2), QueueState::HqHasIt, at).unwrap();
    vault.set_queue_state(event_id(2), QueueState::Sealed, Timestamp::from_millis(9000)).unwrap();
    let rows = vault.queue().unwrap();
    let states: Vec<_> = rows.iter().map(|row| (row.seq, row.state, row.at.as_millis())).collect();
    let expected = [(1, QueueState::HandedOver, 5000), (2, QueueState::HqHasIt, 5000), (3, QueueState::Sealed, 1000)];
    assert_eq!(states, expected);
    let counters = vault.counters().unwrap();
    assert_eq!(counters, Counters { sealed: 1, handed_over: 1, hq_has_it: 1, ..Counters::default() });
    assert!(vault.has_unacknowledged().unwrap());
    for n in [1, 3] {
        vault.set_queue_state(event_id(n), QueueState::HqHasIt, at).unwrap();
    }
    assert!(!vault.has_unacknowledged().unwrap());
    vault.verify().unwrap();
}

#[test]
fn the_form_in_use_is_the_last_installed() {
    let place = Place::new();
    let vault = place.create().unwrap();
    let put = |version: &str, xml: &str| vault.put_form("f", version, &wayside_seal::sha256(xml.as_bytes()), xml);
    put("1", "<one/>").unwrap();
    put("2", "<two/>").unwrap();
    put("2", "<two/>").unwrap();
    assert_eq!(vault.form("f").unwrap().unwrap().version, "2");
    let first = vault.form_exactly("f", &wayside_seal::sha256(b"<one/>")).unwrap().unwrap();
    assert_eq!(first.xml, "<one/>");
    put("1", "<one/>").unwrap();
    assert_eq!(vault.form("f").unwrap().unwrap().version, "1");
    assert_eq!(vault.forms().unwrap().len(), 1);
    assert!(vault.form("g").unwrap().is_none());
    assert_eq!(vault.put_form("f", "3", &[0; 32], "<three/>"), Err(VaultError::Bug));
}

#[test]
fn settings_are_replaced() {
    let place = Place::new();
    let vault = place.create().unwrap();
    assert!(vault.setting("x").unwrap().is_none());
    vault.put_setting("x", b"1").unwrap();
    vault.put_setting("x", b"2").unwrap();
    assert_eq!(vault.setting("x").unwrap().unwrap().as_slice(), b"2");
}
