//! Answers: what is taken, what is refused, what an unknown or declined one is.

mod common;

use common::start;
use wayside_forms::{QuestionKind, ViolationKind};
use wayside_model::AnswerState::{Declined, Given, NotAsked, Unknown};
use wayside_model::{Coded, ErrorCode};

const WAYSIDE: &str = "urn:wayside:xforms:1";

fn session() -> wayside_forms::Session {
    start(
        "<data id='a' version='2'><n/><d/><one/><many/><order/><t/><r/><p/><note/><calc/><gate/><text/></data>",
        "<bind nodeset='/data/n' type='int' constraint='. &lt; 130' jr:constraintMsg='Too old' required='true()'/>
         <bind nodeset='/data/d' type='date'/>
         <bind nodeset='/data/r' type='decimal'/>
         <bind nodeset='/data/p' type='geopoint'/>
         <bind nodeset='/data/note' readonly='true()'/>
         <bind nodeset='/data/calc' calculate='/data/n * 2'/>
         <bind nodeset='/data/one' relevant='/data/gate != \"shut\"' wayside:indicator='DR1'/>",
        "<input ref='/data/n'/><input ref='/data/d'/>
         <select1 ref='/data/one'><item><label>Y</label><value>yes</value></item><item><value>declined</value></item></select1>
         <select ref='/data/many'><item><value>a</value></item><item><value>b</value></item></select>
         <odk:rank ref='/data/order'><item><value>a</value></item><item><value>b</value></item></odk:rank>
         <trigger ref='/data/t'/><range ref='/data/r' start='1' end='5' step='0.5'/>
         <input ref='/data/p'/><input ref='/data/note'/><input ref='/data/gate'/><input ref='/data/text'/>",
    )
}

#[test]
fn kinds_and_attributes() {
    let session = session();
    let form = session.form();
    let kinds: Vec<_> = form.questions().map(|question| question.kind()).collect();
    use QuestionKind::*;
    let wanted = [Integer, Date, SelectOne, SelectMultiple, Rank, Trigger, Range, Geopoint, Note, Hidden, Text, Text];
    assert_eq!(kinds, wanted);
    assert_eq!((form.id(), form.version(), form.title()), ("a", "2", "Test"));
    let one = form.question("/data/one").unwrap();
    assert_eq!(one.extension(WAYSIDE, "indicator"), Some("DR1"));
    assert_eq!(one.extension(WAYSIDE, "fact"), None);
    assert_eq!(form.bind_extension("/data/one", WAYSIDE, "indicator"), Some("DR1"));
    assert_eq!(form.choice_values("/data/one"), ["yes", "declined"]);
}

#[test]
fn each_wrong_answer_has_its_code_and_changes_nothing() {
    let mut session = session();
    session.answer("/data/n", "30").unwrap();
    session.answer("/data/gate", "shut").unwrap();
    let before = session.submission_xml(common::env().now);
    for (reference, value, code) in [
        ("/data/none", "1", ErrorCode::AnswerUnknownRef),
        ("/data/calc", "1", ErrorCode::AnswerUnknownRef),
        ("/data", "1", ErrorCode::AnswerUnknownRef),
        ("/data/n", "1.5", ErrorCode::AnswerType),
        ("/data/n", "+3", ErrorCode::AnswerType),
        ("/data/n", "200", ErrorCode::AnswerConstraint),
        ("/data/d", "2024-02-30", ErrorCode::AnswerType),
        ("/data/one", "yes", ErrorCode::AnswerNotRelevant),
        ("/data/many", "a c", ErrorCode::AnswerChoice),
        ("/data/many", "a a", ErrorCode::AnswerChoice),
        ("/data/order", "b", ErrorCode::AnswerChoice),
        ("/data/t", "yes", ErrorCode::AnswerType),
        ("/data/r", "5.5", ErrorCode::AnswerType),
        ("/data/p", "91 0", ErrorCode::AnswerType),
        ("/data/note", "x", ErrorCode::AnswerReadOnly),
    ] {
        let error = session.answer(reference, value).unwrap_err();
        assert_eq!(error.code(), code, "{reference} {value}");
    }
    assert_eq!(session.submission_xml(common::env().now), before);
    for (reference, value) in
        [("/data/many", "b a"), ("/data/order", "b a"), ("/data/t", "OK"), ("/data/r", "1,5"), ("/data/p", "1 2")]
    {
        session.answer(reference, value).unwrap();
    }
    assert_eq!(session.value("/data/r"), Some("1.5"));
}

#[test]
fn unknown_and_declined_are_answers() {
    let mut session = session();
    assert_eq!(session.validate().len(), 1);
    session.mark("/data/n", Unknown).unwrap();
    assert_eq!((session.state("/data/n"), session.value("/data/n")), (Some(Unknown), Some("")));
    assert!(session.validate().is_empty(), "a marked question is answered");
    session.mark("/data/one", Declined).unwrap();
    assert_eq!((session.state("/data/one"), session.value("/data/one")), (Some(Declined), Some("declined")));
    session.mark("/data/one", Unknown).unwrap();
    assert_eq!((session.state("/data/one"), session.value("/data/one")), (Some(Unknown), Some("")));
    session.answer("/data/n", "30").unwrap();
    assert_eq!(session.state("/data/n"), Some(Given));
    session.mark("/data/n", NotAsked).unwrap();
    assert_eq!(session.state("/data/n"), Some(NotAsked));
    assert!(session.mark("/data/n", Given).is_err());
    let answers = session.answers();
    let list: Vec<_> = answers.iter().map(|answer| (answer.reference.as_str(), answer.state)).collect();
    assert_eq!(list[..3], [("/data/n", NotAsked), ("/data/d", NotAsked), ("/data/one", Unknown)]);
    assert!(list.iter().all(|(reference, _)| *reference != "/data/note"));
    assert!(list.iter().any(|(reference, _)| *reference == "/data/calc"));
}

#[test]
fn violations_carry_the_forms_message() {
    let mut session = session();
    session.preset("/data/n", "200").unwrap();
    let [violation] = &session.validate()[..] else { panic!("one violation") };
    assert_eq!((violation.kind, violation.message.as_str()), (ViolationKind::Constraint, "Too old"));
    assert_eq!(violation.reference, "/data/n");
}
