//! A referral from the phone to the service's desk and its states back to the phone, over a real relay.

use std::path::Path;

use wayside_desk::{Delivery, Desk, DeskError, SERVICE_ROLE, ServiceDesk};
use wayside_model::{
    CaseId, Coded, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, ErrorCode, Event, EventBody,
    EventId, ReferralLetter, Timestamp,
};
use wayside_screening::follow_up::ByCode;
use wayside_screening::referral::State;
use wayside_seal::hpke::PublicKey;
use wayside_seal::minimum::Minimum;
use wayside_seal::words::proquint;
use wayside_seal::{ControlKind, StretchParams, random, referral};

use crate::phone::Phone;
use crate::{PASSPHRASE, World, now, records, secret};

const CODE: &str = "north-clinic";
const SAID: &str = "a wound that does not heal";

/// A service desk that HQ has confirmed.
pub(crate) fn confirmed_service(world: &World, code: &str) -> ServiceDesk {
    let record = world.desk.enrol(SERVICE_ROLE, "", code, now()).unwrap().to_text();
    let dir = world.folder.path().join(code);
    let founded = ServiceDesk::init(&dir, &record, code, &secret(PASSPHRASE), StretchParams::FLOOR, now()).unwrap();
    assert_eq!(founded.request, Delivery::Sent);
    world.desk.pull(now()).unwrap();
    assert_eq!(world.device(founded.desk.device()).words, founded.words, "the same words on both sides");
    assert!(matches!(founded.desk.answer(random::id().unwrap(), State::Accepted, now()), Err(DeskError::NotConfirmed)));
    world.desk.confirm(founded.desk.device(), now()).unwrap();
    assert!(founded.desk.pull(now()).unwrap().confirmed);
    founded.desk
}

/// The referral's event as a phone makes it: a letter of consented fields, sealed to the service, inside an event for HQ.
pub(crate) fn referral_of(phone: &Phone, case: CaseId, code: &str, key: &PublicKey) -> Event {
    let at = now().rounded();
    let consent = ConsentEntry {
        line: ConsentLine::C4,
        value: ConsentValue::Yes,
        by: ConsentGiver::Person,
        how: ConsentHow::Oral,
        recipient: Some(code.to_owned()),
        language: "fr".to_owned(),
        at,
        interpreter: None,
        script: None,
        data_set: Some(vec!["needs".to_owned(), "language".to_owned()]),
    };
    let letter = ReferralLetter {
        recipient: code.to_owned(),
        urgency: "day".to_owned(),
        wants: "to see a doctor".to_owned(),
        fields: vec![("needs".to_owned(), SAID.to_owned()), ("language".to_owned(), "fr".to_owned())],
        consent,
        follow_up: at.plus_millis(24 * 3_600_000),
    };
    let id: EventId = random::id().unwrap();
    let sent = referral::seal(&letter, id, phone.id, key, &phone.sign).unwrap();
    Event { id, case, at, body: EventBody::Referral(sent) }
}

pub(crate) fn by_code(case: CaseId, said: &ByCode) -> Event {
    let body = EventBody::ByCode(serde_json::to_string(said).unwrap());
    Event { id: random::id().unwrap(), case, at: now().rounded(), body }
}

/// The case's code as the worker keeps it.
pub(crate) fn code_of(case: CaseId) -> String {
    proquint(&case.as_bytes()[..4])
}

fn seal_key(world: &World, service: &ServiceDesk) -> PublicKey {
    let key = world.desk.seal_key(service.device()).unwrap();
    assert_eq!(world.desk.service_keys().unwrap().get(service.name()), Some(&key), "as the directory names it");
    key
}

/// States of a referral as its phone learned them.
fn states(phone: &Phone, of: EventId) -> Vec<String> {
    let told = phone.control().into_iter().filter_map(|kind| match kind {
        ControlKind::Minimum(bytes) => Minimum::open(&bytes, phone.id, &phone.seal).ok(),
        _ => None,
    });
    told.filter_map(|told| match told {
        Minimum::ReferralState { referral, state } if referral == of => Some(state),
        _ => None,
    })
    .collect()
}

fn holds(dir: &Path, text: &str) -> bool {
    std::fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, text);
        }
        std::fs::read(path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
    })
}

#[test]
fn a_referral_goes_to_the_service_and_its_states_come_back() {
    let world = World::new();
    let service = confirmed_service(&world, CODE);
    let other = confirmed_service(&world, "south-shelter");
    let mut phone = world.confirmed_phone("w-17");
    let screening = records::adult(&["EX1"], 10);
    let event = referral_of(&phone, screening.case, CODE, &seal_key(&world, &service));
    phone.upload(&[screening.clone(), event.clone()]);
    assert_eq!(world.desk.pull(now()).unwrap().records, 2);
    assert_eq!(phone.receipted(), phone.made, "a referral gets its receipt like a record");
    assert_eq!(world.desk.records().unwrap().len(), 1, "and is no record");

    let row = &world.desk.referrals().unwrap()[0];
    assert_eq!((row.recipient.as_str(), row.handed_on, row.state()), (CODE, true, State::Sent));
    assert_eq!((row.case_code.clone(), row.fields.join(" ")), (code_of(screening.case), "needs language".to_owned()));

    // The service alone reads it.
    let pulled = service.pull(now()).unwrap();
    assert_eq!((pulled.letters, pulled.sent, pulled.problems.len()), (1, 1, 0));
    assert_eq!(other.pull(now()).unwrap().letters, 0);
    assert!(other.letters().unwrap().is_empty());
    let letter = service.letter(event.id).unwrap();
    assert_eq!(letter.fields, [("needs".to_owned(), SAID.to_owned()), ("language".to_owned(), "fr".to_owned())]);
    assert!(letter.consent.is_some_and(|line| line.recipient.as_deref() == Some(CODE)));
    for dir in ["relay", "desk", CODE] {
        assert!(!holds(&world.folder.path().join(dir), SAID), "{dir} holds it in clear");
    }
    std::fs::write(world.folder.path().join("relay").join("planted"), format!("x{SAID}x")).unwrap();
    assert!(holds(&world.folder.path().join("relay"), SAID), "the search finds");

    // Its answers, in order; a step that may not follow is refused.
    assert!(matches!(service.answer(event.id, State::Done, now()), Err(DeskError::ReferralState)));
    for state in [State::Accepted, State::Started, State::Done] {
        assert_eq!(service.answer(event.id, state, now()).unwrap(), Delivery::Sent);
    }
    world.desk.pull(now()).unwrap();
    let row = &world.desk.referrals().unwrap()[0];
    let steps: Vec<_> = row.steps.iter().map(|step| step.state.as_str()).collect();
    assert_eq!(steps, ["sent", "received", "accepted", "started", "done"]);
    assert_eq!(states(&phone, event.id), ["received", "accepted", "started", "done"]);
    // HQ's receipts reach the service, and a second look changes nothing.
    assert_eq!(service.pull(now()).unwrap().sent, 0);
    world.desk.pull(now()).unwrap();
    assert_eq!(world.desk.rebuild().unwrap(), 6, "a record, a referral, four answers");
    assert_eq!(world.desk.referrals().unwrap()[0].steps.len(), 5);
    assert_eq!(states(&phone, event.id).len(), 4, "nothing is told twice");
}

#[test]
fn a_withdrawal_reaches_the_service_as_a_request() {
    let world = World::new();
    let service = confirmed_service(&world, CODE);
    let mut phone = world.confirmed_phone("w-17");
    let (handed, waiting) = (records::adult(&["EX1"], 10), records::adult(&["EX1"], 20));
    let sent = referral_of(&phone, handed.case, CODE, &seal_key(&world, &service));
    phone.upload(&[handed.clone(), sent.clone()]);
    world.desk.pull(now()).unwrap();
    service.pull(now()).unwrap();
    world.desk.pull(now()).unwrap();

    let code = code_of(handed.case);
    let recipient = Some(CODE.to_owned());
    let taken_back = |code: &str| ByCode::Withdrawal {
        code: code.to_owned(),
        line: ConsentLine::C4,
        recipient: recipient.clone(),
        at: now().rounded(),
    };
    // One is with the service already; the other is taken back in the same session in which it is sent.
    let late = referral_of(&phone, waiting.case, CODE, &seal_key(&world, &service));
    phone.upload(&[
        by_code(handed.case, &taken_back(&code)),
        waiting.clone(),
        late.clone(),
        by_code(waiting.case, &taken_back(&code_of(waiting.case))),
    ]);
    world.desk.pull(now()).unwrap();
    let pulled = service.pull(now()).unwrap();
    assert_eq!((pulled.letters, pulled.taken_back), (0, 1), "what was not handed on stays at HQ");
    let letter = service.letter(sent.id).unwrap();
    assert!(letter.row.taken_back.is_some() && !letter.fields.is_empty(), "a request: a person erases it");
    assert!(matches!(service.answer(sent.id, State::Accepted, now()), Err(DeskError::ReferralState)));
    service.erase(sent.id, now()).unwrap();
    let letter = service.letter(sent.id).unwrap();
    assert!(letter.fields.is_empty() && letter.consent.is_none() && letter.wants.is_empty());
    assert_eq!(states(&phone, sent.id), ["received", "revoked"]);
    let view = world.desk.record(handed.id).unwrap();
    assert_eq!(view.screening.unwrap().withdrawn.len(), 1, "the record shows it");
}

#[test]
fn a_referral_that_comes_in_after_its_withdrawal_goes_to_nobody() {
    let world = World::new();
    let service = confirmed_service(&world, CODE);
    let other = confirmed_service(&world, "south-shelter");
    let mut phone = world.confirmed_phone("w-17");
    let screening = records::adult(&["EX1"], 10);
    let to_it = referral_of(&phone, screening.case, CODE, &seal_key(&world, &service));
    let to_another = referral_of(&phone, screening.case, "south-shelter", &seal_key(&world, &other));
    let taken_back = ByCode::Withdrawal {
        code: code_of(screening.case),
        line: ConsentLine::C4,
        recipient: Some(CODE.to_owned()),
        at: now().rounded(),
    };
    phone.upload(&[screening.clone(), by_code(screening.case, &taken_back)]);
    world.desk.pull(now()).unwrap();
    phone.upload(&[to_it.clone(), to_another.clone()]);
    world.desk.pull(now()).unwrap();
    assert_eq!(service.pull(now()).unwrap().letters, 0, "withdrawal wins, whatever comes in first");
    assert_eq!(other.pull(now()).unwrap().letters, 1, "it was for one service");
    assert_eq!(states(&phone, to_it.id), ["revoked"]);
    assert!(!states(&phone, to_another.id).contains(&"revoked".to_owned()));
}

#[test]
fn nobody_else_makes_a_referral_or_an_answer() {
    let world = World::new();
    let service = confirmed_service(&world, CODE);
    let other = confirmed_service(&world, "south-shelter");
    let (mut phone, mut stranger) = (world.confirmed_phone("w-17"), world.confirmed_phone("w-18"));
    let case: CaseId = random::id().unwrap();
    // Sealed to another service's key under this code: HQ does not hand it on, and says why.
    let wrong_key = referral_of(&phone, case, CODE, &seal_key(&world, &other));
    // Another phone's letter in an event of one's own.
    let mut stolen = referral_of(&stranger, case, CODE, &seal_key(&world, &service));
    let good = referral_of(&phone, case, CODE, &seal_key(&world, &service));
    phone.upload(&[wrong_key.clone(), stolen.clone(), good.clone()]);
    world.desk.pull(now()).unwrap();
    let rows = world.desk.referrals().unwrap();
    let problem = |id| rows.iter().find(|row| row.id == id).unwrap().problem.clone();
    assert_eq!(problem(wrong_key.id).as_deref(), Some("seal.broken"));
    assert_eq!(problem(stolen.id).as_deref(), Some("seal.broken"));
    assert_eq!(problem(good.id), None);
    assert_eq!(service.pull(now()).unwrap().letters, 1);

    // A phone answers in the service's place: no effect.
    let answer = |state: &str| {
        let body = EventBody::ReferralAnswer { referral: good.id, state: state.to_owned() };
        Event { id: random::id().unwrap(), case, at: now().rounded(), body }
    };
    stolen.id = random::id().unwrap();
    stranger.upload(&[answer("declined"), answer("victim")]);
    world.desk.pull(now()).unwrap();
    let row = world.desk.referrals().unwrap().into_iter().find(|row| row.id == good.id).unwrap();
    assert_eq!(row.state(), State::Received);

    // After HQ ended the service, nothing more of it counts.
    world.desk.revoke(service.device(), now()).unwrap();
    service.pull(now()).unwrap();
    let refused = service.answer(good.id, State::Accepted, now()).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::DeskRevoked);
}

#[test]
fn a_service_desk_opens_with_its_passphrase_alone() {
    let world = World::new();
    let service = confirmed_service(&world, CODE);
    let dir = world.folder.path().join(CODE);
    drop(service);
    assert!(ServiceDesk::is_in(&dir) && !ServiceDesk::is_in(&world.folder.path().join("desk")));
    assert!(matches!(ServiceDesk::open(&dir, &secret("other")), Err(DeskError::Locked)));
    assert!(matches!(Desk::open(&dir, &secret(PASSPHRASE)), Err(DeskError::Missing)));
    let again = ServiceDesk::init(&dir, "x", CODE, &secret(PASSPHRASE), StretchParams::FLOOR, now());
    assert_eq!(again.err().map(|error| error.code()), Some(ErrorCode::EnrolMalformed));
    let old = world.desk.enrol(SERVICE_ROLE, "", CODE, Timestamp::from_millis(0)).unwrap().to_text();
    let late = ServiceDesk::init(&dir, &old, CODE, &secret(PASSPHRASE), StretchParams::FLOOR, now());
    assert_eq!(late.err().map(|error| error.code()), Some(ErrorCode::EnrolExpired));
    let service = ServiceDesk::open(&dir, &secret(PASSPHRASE)).unwrap();
    assert_eq!((service.name(), service.org().unwrap().as_str()), (CODE, "Example Aid"));
    assert!(service.pull(now()).unwrap().confirmed);
}
