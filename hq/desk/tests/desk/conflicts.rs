//! Two talks with one person that contradict each other.

use wayside_desk::{Desk, DeskError, PersonRole, RequestKind};
use wayside_model::{ConsentLine, ConsentValue, Event};
use wayside_screening::follow_up::ByCode;
use wayside_seal::StretchParams;

use crate::service::{by_code, code_of};
use crate::web::Page;
use crate::{PASSPHRASE, World, now, records, secret};

/// A talk in which line C6 was answered so.
fn talk(indicators: &[&str], value: ConsentValue, minutes: i64) -> Event {
    let mut event = records::adult(indicators, minutes);
    let record = records::interview(&mut event);
    let mut line = record.consents[0].clone();
    (line.line, line.value) = (ConsentLine::C6, value);
    record.consents.push(line);
    event
}

#[test]
fn both_sides_are_shown_and_a_person_decides() {
    let world = World::new();
    let (mut one, mut two) = (world.confirmed_phone("w-17"), world.confirmed_phone("w-18"));
    let first = talk(&["DR1", "DR2", "EX1", "EX2", "CO1", "CO14"], ConsentValue::No, 60);
    let second = talk(&[], ConsentValue::Yes, 10);
    one.upload(std::slice::from_ref(&first));
    two.upload(std::slice::from_ref(&second));
    world.desk.pull(now()).unwrap();
    assert!(world.desk.conflicts().unwrap().is_empty(), "two people, as far as anybody knows");
    let again = ByCode::TalkedAgain { code: code_of(first.case), again: code_of(second.case) };
    two.upload(&[by_code(second.case, &again)]);
    world.desk.pull(now()).unwrap();
    let conflicts = world.desk.conflicts().unwrap();
    let code = code_of(first.case);
    let sides = |field: &str| {
        let it = conflicts.iter().find(|it| it.field == field).unwrap();
        assert_eq!(it.case_code, code);
        it.sides.iter().map(|side| (side.value.clone(), side.acts)).collect::<Vec<_>>()
    };
    assert_eq!(conflicts.len(), 2);
    assert_eq!(sides("C6"), [("no".to_owned(), true), ("yes".to_owned(), false)], "the restrictive one counts");
    let steps = sides("next step");
    assert_eq!((steps[0].clone(), steps[1].1), (("N3".to_owned(), true), false), "the urgent one counts");
    assert_ne!(steps[1].0, "N3");

    let decide = |field: &str, value: &str, why: &str| world.desk.decide_conflict(&code, field, value, why, now());
    assert!(decide("C6", "yes", "x").is_err(), "no reason");
    assert!(decide("C6", "maybe", "asked the worker").is_err(), "no such side");
    assert!(decide("C9", "yes", "asked the worker").is_err(), "no such contradiction");
    // What is restricted is not used: it says nothing in a list, and contradicts nothing.
    let list = || world.desk.records().unwrap();
    assert!(list().iter().any(|row| row.id == first.id && row.outcomes == ["N3"] && row.urgency() == 2));
    let ask = world.desk.ask(RequestKind::Restriction, &code, "its truth is disputed", now()).unwrap();
    world.desk.decide(ask, true, "until it is clear", now()).unwrap();
    assert!(world.desk.conflicts().unwrap().is_empty());
    assert!(list().iter().any(|row| row.id == first.id && row.restricted && row.outcomes.is_empty()));
    assert!(world.desk.record(first.id).unwrap().row.outcomes.is_empty());
    world.desk.lift_restriction(&code, now()).unwrap();
    assert_eq!(world.desk.conflicts().unwrap().len(), 2, "and stands again when that is lifted");
    decide("C6", "yes", "it was said last, the worker confirms").unwrap();
    decide("next step", "N3", "the first talk holds").unwrap();
    assert!(world.desk.conflicts().unwrap().is_empty());
    world.desk.rebuild().unwrap();
    assert!(world.desk.conflicts().unwrap().is_empty(), "decided is decided");
    // What nobody had seen when it was decided shows again.
    let third = talk(&[], ConsentValue::No, 5);
    one.upload(&[
        third.clone(),
        by_code(third.case, &ByCode::TalkedAgain { code: code.clone(), again: code_of(third.case) }),
    ]);
    world.desk.pull(now()).unwrap();
    let fields: Vec<_> = world.desk.conflicts().unwrap().into_iter().map(|it| it.field).collect();
    assert_eq!(fields, ["C6", "next step"]);
    // Nobody at HQ says yes where the person said no later.
    assert!(decide("C6", "yes", "it would be convenient").is_err());
    decide("C6", "no", "it was said last").unwrap();
    // A withdrawal contradicts nothing: it ends the line.
    let taken_back = ByCode::Withdrawal { code, line: ConsentLine::C6, recipient: None, at: now().rounded() };
    one.upload(&[by_code(first.case, &taken_back)]);
    world.desk.pull(now()).unwrap();
    assert!(world.desk.conflicts().unwrap().iter().all(|it| it.field != "C6"));
    world.desk.verify_audit().unwrap();
}

/// A less urgent step than the one that counts is a matter of two people.
#[test]
fn a_step_downwards_needs_two_people() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let urgent = talk(&["DR1", "DR2", "EX1", "EX2", "CO1", "CO14"], ConsentValue::Yes, 60);
    let later = talk(&[], ConsentValue::Yes, 10);
    let again = ByCode::TalkedAgain { code: code_of(urgent.case), again: code_of(later.case) };
    phone.upload(&[urgent.clone(), later.clone(), by_code(later.case, &again)]);
    world.desk.pull(now()).unwrap();
    let code = code_of(urgent.case);
    let conflict = || world.desk.conflicts().unwrap().into_iter().find(|it| it.field == "next step");
    let lower = conflict().unwrap().sides[1].value.clone();
    let owner = world.desk.decide_conflict(&code, "next step", &lower, "nobody in particular", now());
    assert!(matches!(owner, Err(DeskError::SamePerson)));
    let words = |name: &str| format!("{name} river stone lamp winter field");
    for name in ["cm-1", "cm-2"] {
        let role = PersonRole::CaseManager;
        world.desk.add_person(name, role, "", &secret(&words(name)), StretchParams::FLOOR, now()).unwrap();
    }
    let page = Page::of(Desk::open(&world.folder.path().join("desk"), &secret(PASSPHRASE)).unwrap());
    let decide = |name: &str| {
        let answer = page.post("/sign-in", &format!("name={name}&passphrase={}", words(name).replace(' ', "+")), "");
        let cookie = answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned();
        let body = format!("case={code}&field=next+step&value={lower}&reason=seen+with+the+team");
        (page.post("/conflicts", &body, &cookie), page.get_as("/requests", &cookie))
    };
    let (answer, shown) = decide("cm-1");
    assert!(answer.starts_with("HTTP/1.1 303") && shown.contains("waits for a second person"), "{answer}");
    assert_eq!(conflict().unwrap().waits_for_second.as_deref(), Some(lower.as_str()));
    assert!(conflict().unwrap().sides[0].acts && conflict().unwrap().sides[0].value == "N3", "it goes on counting");
    let (answer, _) = decide("cm-1");
    assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("desk.same_person"), "{answer}");
    phone.upload(&[talk(&[], ConsentValue::Yes, 5)]);
    world.desk.pull(now()).unwrap();
    let (answer, _) = decide("cm-2");
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(conflict().is_none(), "another case changes nothing of what was seen");
    world.desk.verify_audit().unwrap();
}
