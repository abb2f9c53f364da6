//! Bytes as version 1 writes them, kept for the versions to come: what a device of today has sealed, noted or sent has to be
//! read by every later one. A sample is never made anew; a new format gets new samples beside these.

use std::path::PathBuf;

use wayside_model::{
    AgeStatement, AnswerState, CaseId, DeviceId, Event, EventBody, EventId, FormRef, RecordedAnswer, Route,
    ScreeningRecord, Timestamp,
};
use wayside_seal::ItemKind;
use wayside_seal::item::Header;
use wayside_sync::queue::{Queue, Row};
use wayside_sync::queue_state::State;
use wayside_sync::session::{Ack, Frame, Hello, Resume, read_frame, write_frame};
use wayside_sync::transfer;

const EPOCH: u32 = 7;

fn sample(name: &str, now: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name);
    if std::env::var_os("WAYSIDE_NEW_SAMPLES").is_some() && !path.exists() {
        std::fs::write(&path, now()).unwrap();
    }
    std::fs::read(path).unwrap()
}

fn frames() -> Vec<(&'static str, Frame)> {
    let hello = Hello {
        device: DeviceId::from_bytes([1; 16]),
        epoch: EPOCH,
        highest: 300,
        control: 12,
        now: Timestamp::from_millis(1_700_000_000_000),
    };
    let part = Frame::Part { id: [4; 16], offset: 1_200, total: 90_000, bytes: vec![5; 40] };
    let resume = Resume { relay_epoch: 2, has: vec![(1, 13), (17, 17)], open: Some(([4; 8], 1_200)) };
    vec![
        ("hello-1.bin", Frame::Hello(hello)),
        ("resume-1.bin", Frame::Resume(resume)),
        ("part-1.bin", part),
        ("ack-1.bin", Frame::Ack(Ack { items: 3, digest: [6; 16], control: 13 })),
        ("refused-1.bin", Frame::Refused([4; 16])),
        ("control-1.bin", Frame::Control { counter: 13, bytes: vec![7; 60] }),
    ]
}

#[test]
fn frames_of_version_1_are_read() {
    for (name, frame) in frames() {
        let mut out = Vec::new();
        write_frame(&frame, EPOCH, &mut out).unwrap();
        let kept = sample(name, || out.clone());
        assert_eq!(kept, out, "{name}");
        assert_eq!(read_frame(&kept, EPOCH), Ok(Some((frame, kept.len()))), "{name}");
    }
}

#[test]
fn a_queue_of_version_1_is_read() {
    let header = Header { kind: ItemKind::Envelope, priority: 1, device_epoch: EPOCH, id: [4; 16], seq: 17 };
    let at = Timestamp::from_millis(1_700_000_000_000);
    let mut queue = Queue::default();
    queue.add(Row { state: State::RelayStored { relay_epoch: 2, at }, ..Row::sealed(&header, [8; 32], 300, at) });
    let kept = sample("queue-1.bin", || queue.to_bytes());
    assert_eq!(kept, queue.to_bytes());
    assert_eq!(Queue::from_bytes(&kept), Some(queue));
}

fn record() -> Event {
    let id = [9; 16];
    let answer = |reference: &str, value: &str| RecordedAnswer {
        reference: reference.to_owned(),
        state: AnswerState::Given,
        value: value.to_owned(),
    };
    let at = Timestamp::from_millis(1_700_000_100_000);
    let record = ScreeningRecord {
        form: FormRef { id: "wayside-b2".to_owned(), version: "2".to_owned(), sha256: [3; 32] },
        answers: vec![answer("/data/work/unpaid", "no"), answer("/data/control/debt", "yes")],
        worker: "W1".to_owned(),
        site: "SITE-1".to_owned(),
        language: "English (en)".to_owned(),
        started: at,
        ended: at.plus_millis(900_000),
        gates: Vec::new(),
        consents: Vec::new(),
        age: AgeStatement::Unknown,
        route: Route::Adult,
        attachments: Vec::new(),
        explanation: None,
        stopped: None,
        bases: Vec::new(),
        withheld: Vec::new(),
        overrides: Vec::new(),
        log: None,
        wording: None,
        about_nobody: None,
    };
    Event { id: EventId::from_bytes(id), case: CaseId::from_bytes([2; 16]), at, body: EventBody::Screening(record) }
}

#[test]
fn a_record_of_version_1_is_read() {
    let event = record();
    let kept = sample("record-1.bin", || transfer::pack(&event).unwrap().to_vec());
    assert!(transfer::unpack(&kept, event.id).unwrap() == event);
    assert!(transfer::unpack(&kept, EventId::from_bytes([1; 16])).is_err(), "another envelope's id");
    for cut in 0..kept.len() {
        assert!(transfer::unpack(&kept[..cut], event.id).is_err(), "cut at {cut}");
    }
    let now = transfer::pack(&event).unwrap();
    assert!(now.len() < wayside_model::to_canonical(&event).len(), "the dictionary serves");
}
