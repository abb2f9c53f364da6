//! Files that leave the desk, and how long HQ keeps what it has.

use wayside_desk::{ExportFormat, RequestKind, RetentionClass};
use wayside_model::{ConsentLine, ConsentValue};

use crate::service::code_of;
use crate::{World, now, records};

const DAY: i64 = 24 * 3_600_000;

#[test]
fn each_format_holds_the_queue_and_stands_in_the_audit() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let mut strange = records::adult(&["DR1", "CO1", "EX1"], 30);
    records::interview(&mut strange).site = "=2+3,\"x\"".to_owned();
    let child = records::child(20);
    phone.upload(&[strange.clone(), child.clone()]);
    world.desk.pull(now()).unwrap();
    let file = |format| world.desk.export(format, now()).unwrap();
    let csv = String::from_utf8(file(ExportFormat::Csv)).unwrap();
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.contains(&code_of(strange.case)) && csv.contains("\"'=2+3,\"\"x\"\"\""), "{csv}");
    let json: serde_json::Value = serde_json::from_slice(&file(ExportFormat::Json)).unwrap();
    assert_eq!(json.as_array().map(Vec::len), Some(2));
    assert!(file(ExportFormat::Xlsx).starts_with(b"PK\x03\x04"));
    let htcds = String::from_utf8(file(ExportFormat::Htcds)).unwrap();
    let line = htcds.lines().find(|line| line.contains(&code_of(strange.case))).unwrap();
    for part in ["FalsePromises", "WithholdsDocuments", "ExcessiveWorkingHours", ",true,"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let status = htcds.lines().next().unwrap().split(',').position(|name| name == "traffickingStatus").unwrap();
    assert!(htcds.lines().skip(1).all(|line| line.split(',').nth(status) == Some("")), "a screening decides nothing");
    assert!(htcds.lines().any(|line| line.contains(&code_of(child.case)) && line.contains(",true,")));
    let audit = world.desk.audit(None).unwrap();
    assert_eq!(audit.iter().filter(|entry| entry.action == "exported").count(), 4);
    // A restricted case is in none of them.
    let ask =
        world.desk.ask(RequestKind::Restriction, &code_of(child.case), "disputed by the guardian", now()).unwrap();
    world.desk.decide(ask, true, "until it is clear", now()).unwrap();
    for format in ExportFormat::ALL {
        assert!(!String::from_utf8_lossy(&world.desk.export(format, now()).unwrap()).contains(&code_of(child.case)));
    }
}

#[test]
fn a_person_gets_their_own_data_as_a_text() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let event = records::adult(&["EX1"], 30);
    phone.upload(&[event.clone(), records::adult(&["CO1"], 20)]);
    world.desk.pull(now()).unwrap();
    let text = world.desk.own_copy(&code_of(event.case), now()).unwrap();
    for part in [
        "What Example Aid keeps about you",
        "Talk and take part",
        "does not want to say",
        "Screening is not identification",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("w-17") && !text.to_lowercase().contains("victim"));
    assert!(world.desk.own_copy("lusab-babad", now()).is_err());
    assert!(world.desk.audit(None).unwrap().iter().any(|entry| entry.action == "own_copy_made"));
}

#[test]
fn at_the_end_of_its_time_a_case_waits_for_a_person() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let (adult, child) = (records::adult(&["EX1"], 30), records::child(20));
    phone.upload(&[adult.clone(), child.clone()]);
    world.desk.pull(now()).unwrap();
    world.desk.set_retention(RetentionClass::Adult, 10, now()).unwrap();
    let later = |days: i64| now().plus_millis(days * DAY);
    world.desk.pull(later(9)).unwrap();
    assert!(world.desk.requests().unwrap().is_empty());
    for _ in 0..2 {
        world.desk.pull(later(11)).unwrap();
    }
    let requests = world.desk.requests().unwrap();
    assert_eq!(requests.len(), 1, "once, and only of the class whose time is over");
    assert_eq!((requests[0].kind, &requests[0].case_code), (RequestKind::Erasure, &code_of(adult.case)));
    assert_eq!(world.desk.records().unwrap().len(), 2, "nothing goes by itself");
    let code = code_of(adult.case);
    assert!(world.desk.extend(&code, later(40), "x", later(11)).is_err(), "no reason");
    world.desk.extend(&code, later(40), "a court asked for it", later(11)).unwrap();
    world.desk.pull(later(39)).unwrap();
    assert!(world.desk.requests().unwrap().iter().all(|row| row.decision.is_some()));
    world.desk.pull(later(41)).unwrap();
    assert_eq!(world.desk.requests().unwrap().iter().filter(|row| row.decision.is_none()).count(), 1);
}

#[test]
fn a_withdrawn_line_is_no_yes_in_an_export() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let mut event = records::adult(&["EX1"], 30);
    let record = records::interview(&mut event);
    let mut research = record.consents[0].clone();
    (research.line, research.value) = (ConsentLine::C7, ConsentValue::Yes);
    record.consents.push(research);
    phone.upload(&[event.clone()]);
    world.desk.pull(now()).unwrap();
    let cells = || {
        let text = String::from_utf8(world.desk.export(ExportFormat::Htcds, now()).unwrap()).unwrap();
        text.lines().nth(1).unwrap().split(',').map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(cells()[5], "true");
    let said = wayside_screening::follow_up::ByCode::Withdrawal {
        code: code_of(event.case),
        line: ConsentLine::C7,
        recipient: None,
        at: now().rounded(),
    };
    phone.upload(&[crate::service::by_code(event.case, &said)]);
    world.desk.pull(now()).unwrap();
    assert_eq!(cells()[5], "false");
}
