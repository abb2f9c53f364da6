//! Two talks with one person that contradict each other.

use wayside_model::{ConsentLine, ConsentValue, Event};
use wayside_screening::follow_up::ByCode;

use crate::service::{by_code, code_of};
use crate::{World, now, records};

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
