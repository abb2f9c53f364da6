//! Erasing, correcting, restricting; wiping by two signatures.

use wayside_desk::{Delivery, DeskError, PersonRole, RecordState, RequestKind};
use wayside_model::{Coded, ConsentLine, Event};
use wayside_screening::follow_up::{ByCode, ErasureReason};
use wayside_seal::control::case_hash;
use wayside_seal::{ControlKind, StretchParams, WipeOrder};

use crate::phone::Phone;
use crate::service::{by_code, code_of, confirmed_service, referral_of};
use crate::{World, now, records, secret};

/// Something no other record has.
const NEEDLE: &str = "the salt pans of Velmora";

fn told(needle: &str) -> Event {
    let mut event = records::adult(&["EX1"], 10);
    records::interview(&mut event).answers[0].value = needle.to_owned();
    event
}

fn erasures(phone: &Phone) -> Vec<[u8; 32]> {
    let entries = phone.control().into_iter();
    entries.filter_map(|kind| if let ControlKind::Erasure(hash) = kind { Some(hash) } else { None }).collect()
}

/// Everything the desk would say of records, as text.
fn all_it_says(world: &World) -> String {
    let rows = world.desk.records().unwrap();
    let views: Vec<_> = rows.iter().map(|row| world.desk.record(row.id).unwrap()).collect();
    serde_json::to_string(&(views, world.desk.requests().unwrap())).unwrap()
}

#[test]
fn an_erased_case_is_gone_everywhere_and_stays_so() {
    let world = World::new();
    let service = confirmed_service(&world, "north-clinic");
    let (mut phone, other) = (world.confirmed_phone("w-17"), world.confirmed_phone("w-18"));
    let (gone, stays) = (told(NEEDLE), records::adult(&["EX1"], 20));
    let code = code_of(gone.case);
    let referral = referral_of(&phone, gone.case, "north-clinic", &world.desk.seal_key(service.device()).unwrap());
    let correction = ByCode::Correction { code: code.clone(), text: format!("not {NEEDLE}") };
    phone.upload(&[gone.clone(), stays.clone(), referral.clone(), by_code(stays.case, &correction)]);
    world.desk.pull(now()).unwrap();
    service.pull(now()).unwrap();
    assert!(all_it_says(&world).contains(NEEDLE), "the search finds before");
    let before = world.items_at_the_relay();

    assert_eq!(world.desk.erase(&code, now()).unwrap(), Delivery::Sent);
    assert!(!all_it_says(&world).contains(NEEDLE));
    assert_eq!(world.desk.records().unwrap().len(), 1);
    assert!(matches!(world.desk.record(gone.id), Err(DeskError::UnknownRecord)));
    assert_eq!(before - world.items_at_the_relay(), 3, "record, referral, correction");
    for device in [&phone, &other] {
        assert_eq!(erasures(device), [case_hash(gone.case)], "also one that never had it");
    }
    assert_eq!(service.pull(now()).unwrap().taken_back, 1);
    assert!(world.desk.referrals().unwrap()[0].fields.is_empty());

    // Making everything again from what is kept, sending again, a late copy, and pulling: it stays erased, the chain holds.
    world.desk.rebuild().unwrap();
    assert!(!all_it_says(&world).contains(NEEDLE));
    let again = told(NEEDLE);
    phone.upload(&[Event { case: gone.case, ..again }, records::adult(&[], 5)]);
    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.gaps.len(), report.problems.len()), (0, 0));
    assert!(!all_it_says(&world).contains(NEEDLE));
    assert_eq!(world.desk.records().unwrap().len(), 2);
    assert!(world.desk.records().unwrap().iter().all(|row| row.state == RecordState::Verified));
    assert_eq!(phone.receipted(), phone.made, "HQ had every one of them");
    world.desk.pull(now()).unwrap();
    assert_eq!(before - world.items_at_the_relay(), 1, "three new ones came, the late copy went");
    assert!(matches!(world.desk.erase(&code, now()), Err(DeskError::UnknownRecord)));
    assert_eq!(erasures(&phone).len(), 1);
}

#[test]
fn requests_wait_for_a_decision_and_take_effect() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let (one, two, three) = (told("one"), told("two"), told("three"));
    let code = |event: &Event| code_of(event.case);
    let withdrawal =
        ByCode::Withdrawal { code: code(&one), line: ConsentLine::C2, recipient: None, at: now().rounded() };
    let erasure = ByCode::Erasure { code: code(&two), reason: ErasureReason::PersonAsked };
    let correction = ByCode::Correction { code: code(&three), text: "the year is another".to_owned() };
    phone.upload(&[
        one.clone(),
        two.clone(),
        three.clone(),
        by_code(one.case, &withdrawal),
        by_code(two.case, &erasure),
        by_code(three.case, &correction),
    ]);
    world.desk.pull(now()).unwrap();
    let requests = world.desk.requests().unwrap();
    let of = |event: &Event| requests.iter().find(|row| row.case_code == code(event)).unwrap();
    assert_eq!(
        (of(&one).kind, of(&two).kind, of(&three).kind),
        (RequestKind::Erasure, RequestKind::Erasure, RequestKind::Rectification)
    );
    assert_eq!(world.desk.records().unwrap().len(), 3, "nothing goes before somebody decided");

    assert!(world.desk.decide(of(&one).id, true, "x", now()).is_err(), "no reason");
    world.desk.decide(of(&one).id, true, "withdrawn by the person", now()).unwrap();
    world.desk.decide(of(&two).id, false, "another law demands it", now()).unwrap();
    world.desk.decide(of(&three).id, true, "checked with the worker", now()).unwrap();
    assert!(matches!(world.desk.decide(of(&two).id, true, "once more", now()), Err(DeskError::NotWaiting)));
    assert_eq!(world.desk.records().unwrap().len(), 2);
    let corrected = world.desk.record(three.id).unwrap().screening.unwrap();
    assert_eq!(corrected.corrections[0].text, "the year is another");
    assert_eq!(corrected.answers[0].value, "three", "the record itself is never changed");
    assert!(world.desk.record(two.id).unwrap().screening.unwrap().corrections.is_empty());

    // A restricted record is kept and not used.
    let ask = world.desk.ask(RequestKind::Restriction, &code(&two), "its truth is disputed", now()).unwrap();
    assert!(world.desk.ask(RequestKind::Restriction, "lusab-babad", "no such case", now()).is_err());
    world.desk.decide(ask, true, "until it is clear", now()).unwrap();
    let shut = world.desk.record(two.id).unwrap();
    assert!(
        shut.row.restricted && shut.screening.is_some_and(|view| view.answers.is_empty() && view.explanation.is_none())
    );
    world.desk.lift_restriction(&code(&two), now()).unwrap();
    let open = world.desk.record(two.id).unwrap();
    assert!(!open.row.restricted && open.screening.is_some_and(|view| !view.answers.is_empty()));
    world.desk.verify_audit().unwrap();
}

#[test]
fn two_officers_sign_a_wipe_and_no_less() {
    let world = World::new();
    let phone = world.confirmed_phone("w-17");
    let words = |name: &str| secret(&format!("{name} river stone lamp winter field"));
    for (name, role) in
        [("ko-1", PersonRole::KeyOfficer), ("ko-2", PersonRole::KeyOfficer), ("cm-1", PersonRole::CaseManager)]
    {
        world.desk.add_person(name, role, "", &words(name), StretchParams::FLOOR, now()).unwrap();
    }
    let orders = || {
        let entries = phone.control().into_iter();
        entries
            .filter_map(|kind| if let ControlKind::Wipe(bytes) = kind { Some(bytes) } else { None })
            .collect::<Vec<_>>()
    };
    let number = world.desk.ask_wipe(phone.id, false, now()).unwrap();
    let sign = |name: &str, key: &str| world.desk.approve_wipe(name, &words(key), phone.id, number, now());
    assert!(matches!(sign("cm-1", "cm-1"), Err(DeskError::NotAllowed)));
    assert!(matches!(sign("ko-1", "ko-1"), Err(DeskError::DirectoryDue)), "devices do not know the officer yet");
    let root = world.folder.path().join("desk/root.key");
    let sign_directory = |root: &std::path::Path| world.desk.sign_directory(root, &secret(crate::PASSPHRASE), now());
    assert!(world.desk.directory().unwrap().due);
    assert!(matches!(sign_directory(&root.with_extension("gone")), Err(DeskError::Missing)));
    assert!(matches!(world.desk.sign_directory(&root, &words("ko-1"), now()), Err(DeskError::Locked)));
    let elsewhere = World::new();
    let refused = sign_directory(&elsewhere.folder.path().join("desk/root.key")).unwrap_err();
    assert_eq!(refused.code().as_str(), "directory.untrusted");
    assert_eq!(sign_directory(&root).unwrap(), (2, Delivery::Sent));
    let view = world.desk.directory().unwrap();
    assert_eq!((view.version, view.due, view.officers.join(" ")), (2, false, "ko-1 ko-2".to_owned()));
    assert!(matches!(sign("ko-1", "ko-2"), Err(DeskError::Locked)), "another's passphrase");
    sign("ko-1", "ko-1").unwrap();
    assert!(matches!(sign("ko-1", "ko-1"), Err(DeskError::SamePerson)));
    assert!(orders().is_empty(), "one signature sends nothing");
    assert_eq!(sign("ko-2", "ko-2").unwrap(), Delivery::Sent);
    let sent = orders();
    // What the phone checks it by, which came before it.
    let held = phone.newest_directory();
    let keys = held.officers_at(now());
    assert_eq!((held.version, keys.len()), (2, 2));
    let order = WipeOrder::verify(&sent[0], &keys, phone.id, now(), 0).unwrap();
    assert_eq!((order.number, order.everything, sent.len()), (number, false, 1));
    assert!(WipeOrder::verify(&sent[0], &keys[..1], phone.id, now(), 0).is_err());
    assert!(WipeOrder::verify(&sent[0], &keys, world.confirmed_phone("w-18").id, now(), 0).is_err());
    let late = now().plus_millis(91 * 24 * 3_600_000);
    let second = world.desk.ask_wipe(phone.id, true, now()).unwrap();
    let refused = world.desk.approve_wipe("ko-1", &words("ko-1"), phone.id, second, late).unwrap_err();
    assert_eq!(refused.code().as_str(), "seal.order");
    let rows = world.desk.wipes().unwrap();
    assert_eq!((rows[0].number, rows[0].sent, rows[1].approved_by.join(" ")), (second, false, "ko-1 ko-2".to_owned()));
    let late = now().plus_millis(366 * 24 * 60 * 60 * 1000);
    let third = world.desk.ask_wipe(phone.id, false, late).unwrap();
    let signed = world.desk.approve_wipe("ko-1", &words("ko-1"), phone.id, third, late);
    assert!(matches!(signed, Err(DeskError::DirectoryDue)), "the directory names nobody after its year");
    world.desk.end_person("ko-2", now()).unwrap();
    assert!(world.desk.directory().unwrap().due);
    assert_eq!(sign_directory(&root).unwrap(), (3, Delivery::Sent));
    let keys = phone.newest_directory().officers_at(now());
    assert!(WipeOrder::verify(&sent[0], &keys, phone.id, now(), 0).is_err(), "who went counts no more");
    assert_eq!(world.confirmed_phone("w-20").newest_directory().version, 3, "one that enrols later has it at once");
    world.desk.verify_audit().unwrap();
}
