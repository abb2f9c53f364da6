//! What does not fit is kept, named, and gets no receipt.

use crate::phone::Phone;
use crate::{PASSPHRASE, World, now, records, secret};
use wayside_desk::{Delivery, Desk, DeskError, DeviceState, Founding, RecordState};
use wayside_model::{Coded, ErrorCode, Event, EventId};
use wayside_seal::chain::next_head;
use wayside_seal::{Chain, Checkpoint, ControlKind, SigningKey, StretchParams, random, sha256};

fn codes(world: &World) -> Vec<String> {
    let mut codes: Vec<String> =
        world.desk.pull(now()).unwrap().problems.into_iter().map(|problem| problem.code).collect();
    codes.sort();
    codes
}

fn state(world: &World, event: &Event) -> (RecordState, Option<String>) {
    let row = world.desk.record(event.id).unwrap().row;
    (row.state, row.problem)
}

#[test]
fn a_changed_envelope_is_a_problem_and_gets_no_receipt() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let (good, changed, after) = (records::adult(&[], 30), records::adult(&["EX1"], 20), records::adult(&[], 10));
    phone.put(&phone.header.clone());
    phone.send_sealed(&good);
    phone.put(&phone.checkpoint());
    let mut bytes = phone.seal(&changed);
    let last = bytes.len() - 20;
    bytes[last] ^= 1;
    phone.put(&bytes);
    phone.put(&phone.checkpoint());
    phone.send_sealed(&after);
    phone.put(&phone.checkpoint());

    assert_eq!(codes(&world), ["seal.broken"]);
    assert_eq!(state(&world, &good), (RecordState::Verified, None));
    assert_eq!(state(&world, &changed), (RecordState::Problem, Some("seal.broken".to_owned())));
    assert!(world.desk.record(changed.id).unwrap().screening.is_none());
    assert_eq!(state(&world, &after), (RecordState::Verified, None), "it begins at a signed head again");
    let numbers: Vec<u64> = phone.receipted().iter().map(|(seq, _)| *seq).collect();
    assert_eq!(numbers, [1, 3]);
    assert_eq!(world.device(phone.id).gaps.len(), 1, "number 2 itself never came");
}

#[test]
fn a_missing_envelope_is_reported_and_mended_when_it_comes() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let (first, second) = (records::adult(&[], 30), records::adult(&["EX1"], 20));
    let held_back = phone.seal(&first);
    phone.put(&phone.header.clone());
    phone.send_sealed(&second);
    phone.put(&phone.checkpoint());

    let report = world.desk.pull(now()).unwrap();
    assert_eq!(report.receipts, 0);
    assert_eq!((report.gaps[0].first, report.gaps[0].last), (1, 1));
    assert_eq!(state(&world, &second), (RecordState::Problem, Some("desk.gap".to_owned())));
    phone.put(&held_back);
    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.records, report.receipts), (2, 2));
    assert!(report.gaps.is_empty() && report.problems.is_empty());
    assert_eq!(phone.receipted(), phone.made);
}

#[test]
fn without_a_checkpoint_or_header_nothing_is_verified() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let event = records::adult(&["EX1"], 20);
    phone.send_sealed(&event);
    assert_eq!(codes(&world), ["desk.no_header"]);
    phone.put(&phone.header.clone());
    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.records, report.receipts, report.unverified), (0, 0, 1));
    assert_eq!(state(&world, &event), (RecordState::Uncovered, None));
    phone.put(&phone.checkpoint());
    assert_eq!(world.desk.pull(now()).unwrap().receipts, 1);
}

#[test]
fn a_checkpoint_of_another_key_or_another_chain_vouches_for_nothing() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let event = records::adult(&["EX1"], 20);
    let start = Chain::from_bytes(&phone.chain.to_bytes()).unwrap();
    phone.put(&phone.header.clone());
    phone.send_sealed(&event);
    phone.put(&Checkpoint::make(&phone.chain, &SigningKey::generate().unwrap()).unwrap());
    assert_eq!(codes(&world), ["signature.wrong"]);
    assert_eq!(state(&world, &event).0, RecordState::Uncovered);

    let other = start.seal(random::id().unwrap(), 1, b"something else").unwrap();
    phone.put(&Checkpoint::make(&other.next, &phone.sign).unwrap());
    assert_eq!(codes(&world), ["desk.chain", "signature.wrong"]);
    assert_eq!(state(&world, &event), (RecordState::Problem, Some("desk.chain".to_owned())));
    assert!(phone.receipted().is_empty());
}

/// Two envelopes for one number, and one that holds no event. Their ids.
fn send_two_for_one_number_and_no_event(phone: &mut Phone) -> [EventId; 3] {
    let start = phone.chain.clone();
    let (one, two) = (records::adult(&[], 20), records::adult(&["EX1"], 10));
    let first = phone.seal(&one);
    phone.chain = start;
    let second = phone.seal(&two);
    let odd_id = random::id::<EventId>().unwrap();
    let odd = phone.chain.seal(odd_id, 1, b"no event").unwrap();
    phone.chain = odd.next;
    for bytes in [phone.header.clone(), first, second, odd.bytes, phone.checkpoint()] {
        phone.put(&bytes);
    }
    [one.id, two.id, odd_id]
}

#[test]
fn two_envelopes_for_one_number_and_one_that_holds_no_event() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    send_two_for_one_number_and_no_event(&mut phone);
    assert_eq!(codes(&world), ["desk.twice", "desk.twice", "seal.malformed"]);
    assert!(phone.receipted().is_empty());
}

#[test]
fn after_revocation_nothing_new_counts() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let (before, late) = (records::adult(&[], 30), records::adult(&["EX1"], 1));
    phone.upload(std::slice::from_ref(&before));
    world.desk.pull(now()).unwrap();
    // It reached the relay before the revocation and the desk after it.
    phone.upload(std::slice::from_ref(&late));
    assert_eq!(world.desk.revoke(phone.id, now()).unwrap(), Delivery::Sent);
    assert_eq!(world.desk.revoke(phone.id, now()).unwrap(), Delivery::Sent);

    assert_eq!(world.device(phone.id).state, DeviceState::Revoked);
    assert_eq!(phone.put(&phone.checkpoint()), 403, "the relay takes nothing more");
    assert_eq!(codes(&world), ["desk.revoked"]);
    assert_eq!(state(&world, &before).0, RecordState::Verified, "what was verified stays");
    assert_eq!(state(&world, &late), (RecordState::Problem, Some("desk.revoked".to_owned())));
    assert_eq!(phone.receipted().len(), 1);
    let revoked = phone.control().iter().filter(|kind| matches!(kind, ControlKind::Revoked)).count();
    assert_eq!(revoked, 1);
    assert!(matches!(world.desk.confirm(phone.id, now()), Err(DeskError::NotWaiting)));
}

#[test]
fn a_phone_refused_at_the_words_is_never_opened() {
    let world = World::new();
    let mut phone = world.phone("w-17");
    phone.upload(&[records::adult(&["EX1"], 20)]);
    world.desk.pull(now()).unwrap();
    world.desk.revoke(phone.id, now()).unwrap();
    assert_eq!(world.desk.pull(now()).unwrap().records, 0);
    assert!(world.desk.records().unwrap().is_empty());
}

#[test]
fn one_record_enrols_one_phone() {
    let world = World::new();
    let text = world.desk.enrol("screener", "North", "w-1", now()).unwrap().to_text();
    let first = Phone::enrol(&text);
    assert!(std::panic::catch_unwind(|| Phone::enrol(&text)).is_err(), "the relay refuses the second");
    assert_eq!(world.desk.pull(now()).unwrap().enrolments, 1);
    assert_eq!(world.desk.pull(now()).unwrap().enrolments, 0);
    assert_eq!(world.desk.devices().unwrap().len(), 1);
    assert!(matches!(world.desk.confirm(first.id, now()), Ok(Delivery::Sent)));
    assert!(matches!(world.desk.confirm(first.id, now()), Err(DeskError::NotWaiting)));
    let nobody = random::id().unwrap();
    assert!(matches!(world.desk.confirm(nobody, now()), Err(DeskError::UnknownDevice)));
    assert!(matches!(world.desk.revoke(nobody, now()), Err(DeskError::UnknownDevice)));
    assert!(matches!(world.desk.record(EventId::from_bytes([1; 16])), Err(DeskError::UnknownRecord)));
}

#[test]
fn founding_and_opening_refuse_what_is_wrong() {
    let world = World::new();
    let dir = world.folder.path().join("desk");
    let locked = Desk::open(&dir, &secret("not the passphrase at all really")).err().unwrap();
    assert_eq!(locked.code(), ErrorCode::DeskLocked);
    assert!(!format!("{locked} {locked:?}").contains("really"));
    assert!(matches!(Desk::open(&world.folder.path().join("none"), &secret(PASSPHRASE)), Err(DeskError::Missing)));

    let token = secret("00");
    let founding =
        |relay| Founding { org: "X", relay, relay_token: &token, relay_roots: None, stretch: StretchParams::FLOOR };
    let found =
        |dir, relay, words: &str| Desk::init(dir, &founding(relay), &secret(words), now()).err().unwrap().code();
    let new = world.folder.path().join("new");
    assert_eq!(found(&dir, "http://127.0.0.1:1", PASSPHRASE), ErrorCode::DeskExists);
    assert_eq!(found(&new, "http://127.0.0.1:1", "too short"), ErrorCode::VaultWeakSecret);
    assert_eq!(found(&new, "http://relay.example.org", PASSPHRASE), ErrorCode::DeskRelayAddress);
    assert!(!new.exists(), "nothing is left of a refusal");
    // The relay cannot be reached: the desk is founded all the same and publishes later.
    let founded = Desk::init(&new, &founding("http://127.0.0.1:1"), &secret(PASSPHRASE), now()).unwrap();
    assert_eq!(founded.directory, Delivery::Later { code: "sync.no_path" });
    assert_eq!(founded.desk.pull(now()).unwrap_err().code(), ErrorCode::SyncNoPath);
}

/// Ids the phone was told to set aside, with the codes.
fn told(phone: &Phone) -> Vec<([u8; 16], String)> {
    let aside = |kind| match kind {
        ControlKind::SetAside { id, code } => Some((id, code)),
        _ => None,
    };
    phone.control().into_iter().filter_map(aside).collect()
}

#[test]
fn what_hq_cannot_use_is_told_to_the_phone_once_and_shown() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let [one, two, odd] = send_two_for_one_number_and_no_event(&mut phone);
    for _ in 0..2 {
        world.desk.pull(now()).unwrap();
    }
    let mut expected = vec![
        (*one.as_bytes(), "desk.twice".to_owned()),
        (*two.as_bytes(), "desk.twice".to_owned()),
        (*odd.as_bytes(), "seal.malformed".to_owned()),
    ];
    expected.sort();
    let mut seen = told(&phone);
    seen.sort();
    assert_eq!(seen, expected);
    assert_eq!(world.device(phone.id).set_aside, 3);
    assert!(world.device(phone.id).gaps.is_empty(), "what came twice is not missing");
}

#[test]
fn what_was_changed_on_the_way_or_waits_for_others_is_not_told() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let (changed, held_back, after) = (records::adult(&[], 30), records::adult(&[], 20), records::adult(&[], 10));
    phone.put(&phone.header.clone());
    let mut bytes = phone.seal(&changed);
    let last = bytes.len() - 20;
    bytes[last] ^= 1;
    phone.put(&bytes);
    phone.seal(&held_back);
    phone.send_sealed(&after);
    phone.put(&phone.checkpoint());
    assert_eq!(codes(&world), ["desk.gap", "seal.broken"]);
    assert!(told(&phone).is_empty());
}

#[test]
fn an_envelope_that_opens_for_nobody_is_told_where_a_signed_checkpoint_covers_it() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let id = random::id::<EventId>().unwrap();
    let sealed = phone.chain.seal(id, 1, b"lost to a wrong key").unwrap();
    let mut bytes = sealed.bytes;
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    // As a phone would go on that sealed these very bytes.
    let mut after = sealed.next.to_bytes().to_vec();
    let head = next_head(phone.chain.head(), &sha256(&bytes));
    let at = after.len() - head.len();
    after[at..].copy_from_slice(&head);
    phone.chain = Chain::from_bytes(&after).unwrap();
    for bytes in [phone.header.clone(), bytes, phone.checkpoint()] {
        phone.put(&bytes);
    }
    assert_eq!(codes(&world), ["seal.broken"]);
    assert_eq!(told(&phone), [(*id.as_bytes(), "seal.broken".to_owned())]);
}
