//! What a sealed record leaves on an enrolled device: contact that was agreed, files that follow, and all of it after cuts.

use std::sync::Arc;

use wayside_model::{CaseId, ConsentLine, ErrorCode, Event, EventBody, EventId, FilePart, Timestamp};
use wayside_screening::follow_up::{ContactRule, NextAction};
use wayside_seal::ControlKind;
use wayside_seal::control::case_hash;
use wayside_sync::Store as _;
use wayside_sync::transfer::{self, FILE_PART};
use wayside_vault::{FinishRequest, QueueState};

use crate::files::Owed;
use crate::outbox_queue::OutboxQueue;
use crate::testing::{NOW, Phone};
use crate::{
    CaseRequest, Entry, FormSession, SessionMode, after_finish, control, epochs, files, files_sent, finish, worklist,
};

const CASE: CaseId = CaseId::from_bytes([8; 16]);
const RECORD: EventId = EventId::from_bytes([9; 16]);
const ANOTHER: EventId = EventId::from_bytes([11; 16]);
const FILE: EventId = EventId::from_bytes([10; 16]);

pub(crate) fn say(session: &mut FormSession, entries: &str) {
    let entries: Vec<Entry> = serde_json::from_str(entries).unwrap();
    for entry in &entries {
        session.apply(entry).unwrap();
    }
}

/// A quick screen that is finished, in a session that goes on.
pub(crate) fn screened(phone: &Phone) -> FormSession {
    let mut session = phone.vault.start_session("wayside-b2", "en", SessionMode::Interview).unwrap();
    say(
        &mut session,
        r#"[{"gate": "setting", "pass": true}, {"gate": "interpreter", "pass": true},
        {"urgent": ["absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent"]},
        {"gate": "age", "pass": true, "age": {"between": {"low": 30, "high": 40, "basis": "statement"}}},
        {"explained": true},
        {"consent": "C1", "value": "yes", "by": "self", "how": "oral"},
        {"consent": "C2", "value": "yes", "by": "self", "how": "oral"}]"#,
    );
    session.finish().unwrap();
    session
}

/// Contact is agreed in B6 and planned.
fn planned(phone: &Phone) -> (FormSession, String) {
    let mut session = screened(phone);
    session.open_form("wayside-b6").unwrap();
    say(
        &mut session,
        r#"[{"consent": "C5", "value": "yes", "by": "self", "how": "oral"},
        {"ref": "/data/contact_group/contact", "value": "yes"},
        {"ref": "/data/contact_group/channel", "value": "in_person"},
        {"ref": "/data/contact_group/hours", "value": "morning midday afternoon evening"}]"#,
    );
    session.finish().unwrap();
    let code = phone.vault.work_list().unwrap().remove(0).code;
    phone.vault.set_next(&code, NextAction::Contact, at_noon()).unwrap();
    assert_eq!(phone.vault.work_list().unwrap()[0].action, NextAction::Contact);
    (session, code)
}

fn at_noon() -> Timestamp {
    let day = NOW.as_millis().div_euclid(86_400_000) + 1;
    Timestamp::from_millis(day * 86_400_000 + 12 * 3_600_000)
}

fn assert_ended(phone: &Phone, code: &str, what: &str) {
    assert_eq!(phone.vault.work_list().unwrap()[0].action, NextAction::None, "{what}");
    let refused = phone.vault.set_next(code, NextAction::Contact, at_noon()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::ContactForbidden, "{what}");
}

#[test]
fn a_line_taken_back_later_in_the_session_ends_the_planned_contact() {
    let phone = Phone::new();
    let (mut session, code) = planned(&phone);
    say(&mut session, r#"[{"consent": "C5", "value": "no", "by": "self", "how": "oral"}]"#);
    assert_ended(&phone, &code, "refused between two forms");

    for line in [ConsentLine::C1, ConsentLine::C2, ConsentLine::C5] {
        let phone = Phone::new();
        let (mut session, code) = planned(&phone);
        session.open_form("wayside-b4").unwrap();
        session.withdraw(line).unwrap();
        assert_ended(&phone, &code, "taken back in another form");
    }
    let phone = Phone::new();
    let (_, code) = planned(&phone);
    phone.vault.request(&code, CaseRequest::Withdrawal { line: ConsentLine::C6, recipient: None }).unwrap();
    assert_eq!(phone.vault.work_list().unwrap()[0].action, NextAction::Contact, "statistics are another matter");
}

#[test]
fn a_code_is_of_the_interpreter_gate_alone() {
    let phone = Phone::new();
    let mut session = phone.vault.start_session("wayside-b2", "en", SessionMode::Interview).unwrap();
    for entry in [
        r#"{"gate": "setting", "pass": true, "interpreter": "INT-4"}"#,
        r#"{"gate": "interpreter", "pass": false, "interpreter": "INT-4"}"#,
    ] {
        let entry: Entry = serde_json::from_str(entry).unwrap();
        assert_eq!(session.apply(&entry).err().map(|error| error.code), Some(ErrorCode::EntryMalformed));
    }
}

#[test]
fn who_refuses_contact_in_any_form_is_not_contacted() {
    let phone = Phone::new();
    let mut session = screened(&phone);
    session.open_form("wayside-b6").unwrap();
    say(&mut session, r#"[{"consent": "C5", "value": "no", "by": "self", "how": "oral"}]"#);
    session.finish().unwrap();
    let code = phone.vault.work_list().unwrap().remove(0).code;
    assert_ended(&phone, &code, "without an answer to the question of B6");
}

#[test]
fn a_withdrawal_that_cannot_be_sent_ends_the_contact_all_the_same() {
    let phone = Phone::new();
    let (_session, code) = planned(&phone);
    // The chain is gone: nothing can be sealed.
    phone.inner().store.put_setting("chain", b"").unwrap();
    let request = CaseRequest::Withdrawal { line: ConsentLine::C5, recipient: None };
    assert!(phone.vault.request(&code, request).is_err());
    assert_ended(&phone, &code, "cut off before HQ was told");
}

/// A record whose file of two parts and a bit is captured, queued as its finish leaves it.
fn with_a_file(phone: &Phone) -> [Owed; 1] {
    let store = &phone.inner().store;
    store.start_attachment(FILE, CASE).unwrap();
    store.append_attachment(FILE, &vec![5; 2 * FILE_PART + 1]).unwrap();
    store.end_attachment(FILE).unwrap();
    queue_record(phone, &[FILE]);
    [Owed { file: FILE, goes: true }]
}

fn queue_record(phone: &Phone, kept: &[EventId]) {
    let inner = phone.inner();
    let chain = inner.settings().chain().unwrap();
    let sealed = chain.seal(RECORD, 1, b"record").unwrap();
    inner.outbox().unwrap().add(&sealed.bytes).unwrap();
    let request = FinishRequest {
        draft: None,
        event: RECORD,
        seq: epochs::place(chain.epoch(), chain.next_seq()),
        envelope_sha256: sealed.sha256,
        chain: &sealed.next.to_bytes(),
        at: NOW,
        kept,
    };
    inner.store.finish(&request).unwrap();
}

#[test]
fn a_part_that_was_cut_off_between_outbox_and_vault_keeps_its_number() {
    let phone = Phone::new();
    let (inner, owed) = (phone.inner(), with_a_file(&phone));
    let (n, id) = (0, transfer::part_event(FILE, 0));
    let part = FilePart { file: FILE, n, bytes: vec![5; FILE_PART] };
    // Sealed at another moment than the next try.
    let event = Event { id, case: CASE, at: Timestamp::from_millis(0), body: EventBody::FilePart(part) };
    let sealed = inner.settings().chain().unwrap().seal(id, 4, &transfer::pack(&event).unwrap()).unwrap();
    inner.outbox().unwrap().add(&sealed.bytes).unwrap();
    files::send(inner, RECORD, CASE, &owed).unwrap();
    let rows = inner.store.queue().unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    for item in inner.outbox().unwrap().items().unwrap() {
        if let Some(row) = rows.iter().find(|row| *row.event.as_bytes() == item.id) {
            assert_eq!(row.sha256, item.sha256, "what HQ gets is what its receipt is believed for");
        }
    }
    assert!(inner.store.attachment(FILE).unwrap().is_none());
}

#[test]
fn what_goes_out_in_the_background_is_seen_while_the_vault_is_open() {
    let phone = Phone::new();
    drop(screened(&phone));
    let seen = || {
        let (status, rows) = (phone.vault.queue_status().unwrap(), phone.vault.queue().unwrap());
        ([status.waiting, status.handed_over, status.quarantined], rows[0].state)
    };
    assert_eq!(seen(), ([1, 0, 0], QueueState::Sealed));
    // As a session without the secret does, with an outbox of its own.
    let mut beside = OutboxQueue::new(phone.inner().outbox().unwrap(), Arc::clone(&phone.inner().clock));
    for item in phone.inner().outbox().unwrap().items().unwrap() {
        beside.mark_handed_over(&item.id).unwrap();
    }
    assert_eq!(seen(), ([0, 1, 0], QueueState::HandedOver));
}

#[test]
fn a_file_counts_with_its_record_and_the_record_is_at_hq_when_all_of_it_is() {
    let phone = Phone::new();
    let (inner, owed) = (phone.inner(), with_a_file(&phone));
    let state = |event, state| inner.store.set_queue_state(event, state, NOW).unwrap();
    let seen = || {
        let rows = files_sent::records(inner).unwrap();
        [QueueState::Sealed, QueueState::HandedOver, QueueState::HqHasIt, QueueState::Quarantined]
            .map(|state| rows.iter().filter(|row| row.state == state).count())
    };
    files_sent::note(inner, RECORD, &owed).unwrap();
    state(RECORD, QueueState::HqHasIt);
    assert_eq!(seen(), [1, 0, 0, 0], "its file is not sealed yet");
    files::send(inner, RECORD, CASE, &owed).unwrap();
    assert_eq!(inner.store.queue().unwrap().len(), 4);
    let parts = [0, 1, 2].map(|n| transfer::part_event(FILE, n));
    assert_eq!(seen(), [1, 0, 0, 0]);
    parts.into_iter().for_each(|part| state(part, QueueState::HandedOver));
    assert_eq!(seen(), [0, 1, 0, 0]);
    state(parts[1], QueueState::Quarantined);
    assert_eq!(seen(), [0, 0, 0, 1]);
    parts.into_iter().for_each(|part| state(part, QueueState::HqHasIt));
    assert_eq!(seen(), [0, 0, 1, 0]);
    assert!(phone.vault.queue().unwrap().iter().map(|item| item.event).eq([RECORD]));
    let old = [parts[0], RECORD, parts[2], ANOTHER].to_vec();
    assert_eq!(files_sent::records_of(inner, old).unwrap(), [RECORD, ANOTHER]);
}

#[test]
fn what_was_agreed_of_contact_is_kept_after_a_cut() {
    let phone = Phone::new();
    let (inner, session) = (phone.inner(), screened(&phone));
    let rule = ContactRule::DoNotContact;
    let remains = after_finish::of(inner, (RECORD, CASE), &session.form, false, Vec::new(), Some(&rule)).unwrap();
    remains.prepare(inner).unwrap();
    assert!(worklist::contact_rule_of(inner, CASE).unwrap().is_none());
    // The commit was the last thing: the case is not in the list yet.
    queue_record(&phone, &[]);
    finish::mend(inner).unwrap();
    assert!(worklist::contact_rule_of(inner, CASE).unwrap() == Some(rule));
}

#[test]
fn where_reading_is_locked_sealing_goes_on_and_an_erasure_is_obeyed() {
    let phone = Phone::new();
    let mut session = screened(&phone);
    let case = worklist::cases(phone.inner()).unwrap()[0];
    let now = phone.days_later(15);
    assert_eq!(phone.vault.work_list().err().map(|error| error.code), Some(ErrorCode::VaultLease));
    session.open_form("wayside-b6").unwrap();
    say(&mut session, r#"[{"consent": "C5", "value": "no", "by": "self", "how": "oral"}]"#);
    session.finish().unwrap();
    assert_eq!(phone.vault.queue_status().unwrap().waiting, 2);
    phone.hears(ControlKind::Erasure(case_hash(case)), now);
    control::apply(phone.inner()).unwrap();
    assert!(phone.inner().store.was_erased(case.as_bytes()).unwrap());
    assert!(phone.vault.work_list().unwrap().is_empty());
}
