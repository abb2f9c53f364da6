//! Invented records. Nobody in them exists.

use wayside_model::{
    AgeBasis, AgeStatement, AnswerState, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, Event,
    EventBody, FormRef, Gate, GateRecord, RecordedAnswer, Route, ScreeningRecord, Timestamp,
};
use wayside_screening::forms::built_in;
use wayside_screening::{Facts, FindingState, evaluate, ilo_delphi_2009};
use wayside_seal::{random, sha256};

use crate::now;

pub(crate) fn event(body: ScreeningRecord) -> Event {
    Event { id: random::id().unwrap(), case: random::id().unwrap(), at: body.ended, body: EventBody::Screening(body) }
}

/// The interview inside an event.
pub(crate) fn interview(event: &mut Event) -> &mut ScreeningRecord {
    match &mut event.body {
        EventBody::Screening(record) => record,
        _ => panic!("another kind of event"),
    }
}

/// An adult with these indicators present; `age_minutes` before now.
pub(crate) fn adult(present: &[&str], age_minutes: i64) -> Event {
    let rules = ilo_delphi_2009().unwrap();
    let mut facts = Facts::stated(rules, "AL", Route::Adult, present, &["CO5"], &["CO2"]).unwrap();
    for finding in &mut facts.findings {
        finding.because = format!("/data/{}", finding.code.to_lowercase());
    }
    event(record(Route::Adult, &facts, now().plus_millis(-age_minutes * 60_000).rounded()))
}

/// A person who is a child by what is known.
pub(crate) fn child(age_minutes: i64) -> Event {
    let mut facts = Facts::new(None, Route::Child);
    facts.opened_dimensions = Some(Vec::new());
    event(record(Route::Child, &facts, now().plus_millis(-age_minutes * 60_000).rounded()))
}

fn record(route: Route, facts: &Facts, ended: Timestamp) -> ScreeningRecord {
    let rules = ilo_delphi_2009().unwrap();
    let form = built_in("wayside-b3-al").unwrap();
    let explanation = serde_json::to_string(&evaluate(rules, facts).unwrap()).unwrap();
    let given = |line| ConsentEntry {
        line,
        value: ConsentValue::Yes,
        by: ConsentGiver::Person,
        how: ConsentHow::Oral,
        recipient: None,
        language: "fr".to_owned(),
        at: ended,
        interpreter: None,
        script: None,
        data_set: None,
    };
    let answer = |state| match state {
        FindingState::Present => (AnswerState::Given, "yes"),
        FindingState::Declined => (AnswerState::Declined, ""),
        FindingState::Unknown => (AnswerState::Unknown, ""),
        _ => (AnswerState::Given, "no"),
    };
    let answers = facts.findings.iter().map(|finding| {
        let (state, value) = answer(finding.state);
        RecordedAnswer { reference: finding.because.clone(), state, value: value.to_owned() }
    });
    ScreeningRecord {
        form: FormRef { id: form.id.to_owned(), version: "1".to_owned(), sha256: sha256(form.xml().as_bytes()) },
        worker: "w-17".to_owned(),
        site: "Northern transit site".to_owned(),
        language: "fr".to_owned(),
        started: ended.plus_millis(-25 * 60_000),
        ended,
        gates: Gate::ALL.map(|gate| GateRecord { gate, passed: true, at: ended }).to_vec(),
        consents: vec![given(ConsentLine::C1), given(ConsentLine::C2)],
        age: AgeStatement::Between { low: 24, high: 26, basis: AgeBasis::Statement },
        route,
        answers: answers.collect(),
        attachments: Vec::new(),
        explanation: Some(explanation),
        stopped: None,
        bases: Vec::new(),
        withheld: Vec::new(),
        overrides: Vec::new(),
        log: None,
        wording: None,
        about_nobody: None,
    }
}

/// With indicators in every dimension, with signs of need alone, with few, with none, and a child's.
pub(crate) fn of_every_kind() -> [Event; 5] {
    [
        adult(&["DR1", "DR2", "EX1", "EX2", "CO1", "CO14"], 40),
        adult(&["RV4", "RV6", "RV9"], 30),
        adult(&["DR1", "CR5"], 20),
        adult(&[], 10),
        child(50),
    ]
}
