//! A small form and records of it, for the tests.

use wayside_model::{
    AgeStatement, AnswerState, CaseId, Event, EventBody, EventId, FormRef, RecordedAnswer, Route, ScreeningRecord,
    Timestamp,
};

use super::{Field, FieldKind, Layout};

pub(crate) const ID: EventId = EventId::from_bytes([9; 16]);

fn form() -> FormRef {
    FormRef { id: "f".to_owned(), version: "3".to_owned(), sha256: [1; 32] }
}

pub(crate) fn layout() -> Layout {
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    let kinds = [
        FieldKind::One(codes(&["yes", "no", "unknown"])),
        FieldKind::Many(codes(&["a", "b", "c", "d"])),
        FieldKind::Whole { low: -5, high: 120 },
        FieldKind::Date,
        FieldKind::Point,
        FieldKind::Text,
    ];
    let field = |(n, kind)| Field { reference: format!("/data/q{n}"), kind };
    Layout {
        form: form(),
        languages: vec!["ar".to_owned(), "en".to_owned()],
        fields: kinds.into_iter().enumerate().map(field).collect(),
    }
}

pub(crate) fn with(answers: &[(usize, AnswerState, &str)], language: &str, start: i64, took: i64) -> Event {
    let answers = answers.iter().map(|(n, state, value)| RecordedAnswer {
        reference: format!("/data/q{n}"),
        state: *state,
        value: (*value).to_owned(),
    });
    let started = Timestamp::from_millis(start);
    let ended = started.plus_millis(took);
    let record = ScreeningRecord {
        form: form(),
        worker: "W-1".to_owned(),
        site: "S-1".to_owned(),
        language: language.to_owned(),
        started,
        ended,
        gates: Vec::new(),
        consents: Vec::new(),
        age: AgeStatement::Unknown,
        route: Route::Adult,
        answers: answers.collect(),
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
    Event { id: ID, case: CaseId::from_bytes([9; 16]), at: ended, body: EventBody::Screening(record) }
}

/// The record of the frozen samples.
pub(crate) fn event() -> Event {
    let given = AnswerState::Given;
    let answers = [
        (0, given, "no"),
        (1, given, "a c"),
        (2, AnswerState::Declined, ""),
        (3, given, "1987-03-31"),
        (4, given, "-0.93602 9.56367 0 0"),
        (5, given, "wants shelter, ماء"),
    ];
    with(&answers, "en", 1_700_000_100_000, 900_000)
}
