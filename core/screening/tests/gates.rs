//! The gates, one by one.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use wayside_model::{
    AgeBasis, AgeStatement, CivilDate, Coded, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue,
    ErrorCode, Gate, Route, StopReason, Timestamp,
};
use wayside_screening::gates::{Coverage, Gates};
use wayside_screening::{Ledger, ScreeningError};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_123_456);
const ADULT: AgeStatement = AgeStatement::Between { low: 24, high: 26, basis: AgeBasis::Statement };

fn today() -> CivilDate {
    "2024-05-01".parse().unwrap()
}

fn said(line: ConsentLine, value: ConsentValue) -> ConsentEntry {
    let (by, how) = (ConsentGiver::Person, ConsentHow::Oral);
    ConsentEntry {
        line,
        value,
        by,
        how,
        recipient: None,
        language: "ti".into(),
        at: NOW,
        interpreter: None,
        script: None,
        data_set: None,
    }
}

fn at_consent() -> Gates {
    let mut gates = Gates::new();
    for gate in [Gate::Services, Gate::Setting, Gate::Interpreter, Gate::Danger] {
        assert_eq!(gates.expects(), Some(gate));
        gates.look(gate, true, NOW).unwrap();
    }
    assert_eq!(gates.expects(), Some(Gate::Age));
    gates.set_age(&ADULT, today(), NOW).unwrap();
    assert_eq!(gates.expects(), Some(Gate::Consent));
    gates
}

fn open() -> Gates {
    let mut gates = at_consent();
    gates.consent(said(ConsentLine::C1, ConsentValue::Yes)).unwrap();
    gates.consent(said(ConsentLine::C2, ConsentValue::Yes)).unwrap();
    assert!(gates.is_open_for_questions());
    gates
}

fn code(result: Result<(), ScreeningError>) -> ErrorCode {
    result.unwrap_err().code()
}

#[test]
fn in_order_and_only_by_the_right_key() {
    let mut gates = Gates::new();
    assert_eq!(code(gates.look(Gate::Setting, true, NOW)), ErrorCode::SessionGateOrder);
    assert_eq!(code(gates.set_age(&ADULT, today(), NOW).map(|_| ())), ErrorCode::SessionGateOrder);
    assert_eq!(code(gates.consent(said(ConsentLine::C1, ConsentValue::Yes))), ErrorCode::SessionGateOrder);
    let mut gates = at_consent();
    assert_eq!(code(gates.look(Gate::Age, true, NOW)), ErrorCode::SessionGate);
    assert_eq!(code(gates.look(Gate::Consent, true, NOW)), ErrorCode::SessionGate);
    assert_eq!(code(gates.consent(said(ConsentLine::C2, ConsentValue::Yes))), ErrorCode::SessionConsent);
    assert!(!gates.is_open_for_questions());
    let gates = open();
    assert_eq!((gates.expects(), gates.coverage()), (None, Coverage::Record));
    assert_eq!(gates.records().len(), 7);
    assert!(gates.records().iter().all(|record| record.at == NOW.rounded()));
}

#[test]
fn a_gate_that_fails_shuts_what_is_behind_it() {
    let mut gates = open();
    gates.look(Gate::Setting, false, NOW).unwrap();
    assert_eq!((gates.expects(), gates.is_open_for_questions()), (Some(Gate::Setting), false));
    assert!(gates.is_refused(Gate::Setting) && !gates.is_refused(Gate::Danger));
    assert_eq!(code(gates.look(Gate::Danger, true, NOW)), ErrorCode::SessionGateOrder);
    gates.look(Gate::Setting, true, NOW).unwrap();
    assert!(gates.is_open_for_questions(), "the person need not be asked everything again");
    let last: Vec<_> = gates.records().iter().rev().take(2).map(|record| (record.gate, record.passed)).collect();
    assert_eq!(last, [(Gate::Setting, true), (Gate::Setting, false)]);
}

#[test]
fn a_refused_record_opens_nothing_and_a_refused_talk_ends() {
    let mut gates = at_consent();
    gates.consent(said(ConsentLine::C1, ConsentValue::Yes)).unwrap();
    gates.consent(said(ConsentLine::C2, ConsentValue::No)).unwrap();
    assert_eq!((gates.coverage(), gates.has_ended(), gates.is_open_for_questions()), (Coverage::None, false, false));
    let mut gates = at_consent();
    gates.consent(said(ConsentLine::C1, ConsentValue::No)).unwrap();
    assert!(gates.has_ended());
    assert_eq!(code(gates.consent(said(ConsentLine::C1, ConsentValue::Yes))), ErrorCode::SessionClosed);
}

#[test]
fn taking_it_back_wins_also_after_the_end() {
    for line in [ConsentLine::C1, ConsentLine::C2] {
        let mut gates = open();
        gates.stop(StopReason::Stopped);
        assert_eq!(gates.coverage(), Coverage::Record, "what was agreed stays");
        gates.withdraw(line, NOW);
        assert_eq!(gates.coverage(), Coverage::None);
        let last = gates.ledger().last().unwrap();
        assert_eq!((last.value, last.language.as_str()), (ConsentValue::Withdrawn, "ti"));
        let length = gates.ledger().len();
        gates.withdraw(line, NOW);
        assert_eq!(gates.ledger().len(), length, "said once");
    }
    let mut gates = open();
    gates.consent(said(ConsentLine::C2, ConsentValue::No)).unwrap();
    assert!(gates.has_ended() && gates.coverage() == Coverage::None);
    let mut gates = at_consent();
    gates.withdraw(ConsentLine::C2, NOW);
    assert_eq!(gates.ledger()[0].value, ConsentValue::No, "nothing to take back is a no");
}

#[test]
fn stop_and_danger_from_every_state() {
    for reason in [StopReason::Stopped, StopReason::Danger] {
        for mut gates in [Gates::new(), at_consent(), open()] {
            gates.stop(reason);
            assert_eq!((gates.stopped(), gates.expects(), gates.is_open_for_questions()), (Some(reason), None, false));
            assert_eq!(code(gates.look(Gate::Services, true, NOW)), ErrorCode::SessionClosed);
        }
    }
}

#[test]
fn a_form_for_adults_needs_an_adult() {
    let mut gates = at_consent();
    assert!(gates.may_use(true).is_ok());
    gates.set_age(&AgeStatement::Unknown, today(), NOW).unwrap();
    assert_eq!(gates.route(), Route::Child);
    assert_eq!(code(gates.may_use(true)), ErrorCode::SessionChildRoute);
    assert!(gates.may_use(false).is_ok());
    let turned = AgeStatement::Between { low: 30, high: 20, basis: AgeBasis::Statement };
    assert_eq!(code(gates.set_age(&turned, today(), NOW).map(|_| ())), ErrorCode::AgeImplausible);
    assert_eq!(gates.route(), Route::Child, "the statement before still stands");
    gates.look(Gate::Age, false, NOW).unwrap();
    assert!(gates.age().is_none() && gates.route() == Route::Child);
    assert_eq!(Gates::new().route(), Route::Child);
}

#[test]
fn other_lines_need_the_record_and_a_referral_its_recipient() {
    let refer =
        |value, to: Option<&str>| ConsentEntry { recipient: to.map(str::to_owned), ..said(ConsentLine::C4, value) };
    let mut gates = at_consent();
    assert_eq!(code(gates.consent(said(ConsentLine::C6, ConsentValue::Yes))), ErrorCode::SessionConsent);
    let mut gates = open();
    gates.consent(said(ConsentLine::C6, ConsentValue::Yes)).unwrap();
    assert_eq!(code(gates.consent(refer(ConsentValue::Yes, None))), ErrorCode::SessionConsent);
    let odd = ConsentEntry { recipient: Some("x".into()), ..said(ConsentLine::C5, ConsentValue::Yes) };
    assert_eq!(code(gates.consent(odd)), ErrorCode::SessionConsent);
    gates.consent(refer(ConsentValue::Yes, Some("clinic"))).unwrap();
    gates.consent(refer(ConsentValue::Withdrawn, Some("clinic"))).unwrap();
    assert_eq!(code(gates.consent(refer(ConsentValue::Yes, Some("clinic")))), ErrorCode::SessionConsent);
    gates.consent(refer(ConsentValue::Yes, Some("legal aid"))).unwrap();
    gates.withdraw(ConsentLine::C4, NOW);
    let withdrawn = ConsentEntry { at: NOW.rounded(), ..refer(ConsentValue::Withdrawn, Some("legal aid")) };
    assert!(gates.ledger().last() == Some(&withdrawn));
    assert!(gates.is_open_for_questions(), "the record itself still stands");
}

#[test]
fn withdrawal_wins_over_an_old_copy() {
    let yes = ConsentEntry { recipient: Some("x".into()), ..said(ConsentLine::C4, ConsentValue::Yes) };
    let mut here = Ledger::new();
    here.append(yes.clone());
    let old_copy = here.clone();
    let later = ConsentEntry { value: ConsentValue::Withdrawn, at: NOW.plus_millis(1), ..yes.clone() };
    here.append(later);
    let newer = ConsentEntry { at: NOW.plus_millis(2), ..yes };
    let mut other = old_copy.clone();
    other.append(newer);
    for (mut one, two) in [(here.clone(), other.clone()), (other.clone(), here.clone())] {
        assert_eq!(other.standing(ConsentLine::C4, Some("x")), Some(ConsentValue::Yes), "before the merge");
        one.merge(&two);
        assert_eq!(one.standing(ConsentLine::C4, Some("x")), Some(ConsentValue::Withdrawn));
        assert_eq!(one.entries().len(), 3);
        assert_eq!(one.standing(ConsentLine::C4, Some("y")), None);
    }
}
