//! Drafts that go on, also in a newer version of their form, and corrections of what was sent.
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

mod common;

use std::sync::Arc;

use common::{NOW, env, parse};
use wayside_forms::{Env, Form, MisfitKind, Resources, Session};
use wayside_model::{AnswerState, Timestamp};

const BINDS: &str = "<bind nodeset='/data/age' type='int'/><bind nodeset='/data/why' relevant='/data/age &lt; 18'/>
    <bind nodeset='/data/n' calculate='count(/data/person)'/><bind nodeset='/data/meta/instanceID' jr:preload='uid'/>
    <setvalue event='odk-instance-first-load' ref='/data/first' value='concat(/data/first, \"F\")'/>
    <setvalue event='odk-instance-load' ref='/data/loads' value='concat(/data/loads, \"L\")'/>";
const BODY: &str = "<input ref='/data/age'/><input ref='/data/why'/>
    <select1 ref='/data/one'><item><value>a</value></item><item><value>b</value></item></select1>
    <group ref='/data/person'><repeat nodeset='/data/person'><input ref='/data/person/name'/></repeat></group>";

fn form() -> Arc<Form> {
    let instance = "<data id='d' version='1'><age/><why/><one/><person><name/></person><n/><first/><loads/><meta><instanceID/></meta></data>";
    Arc::new(parse(instance, BINDS, BODY).unwrap())
}

fn filled() -> Session {
    let mut session = Session::start(form(), env()).unwrap();
    session.answer("/data/age", "12").unwrap();
    session.answer("/data/why", "alone").unwrap();
    session.answer("/data/age", "40").unwrap();
    session.answer("/data/one", "b").unwrap();
    session.answer("/data/person[1]/name", "x & y").unwrap();
    session.add_repeat("/data/person").unwrap();
    session.mark("/data/person[2]/name", AnswerState::Declined).unwrap();
    session
}

#[test]
fn a_draft_goes_on_as_it_was() {
    let before = filled();
    let draft = before.draft_xml();
    let other = Env { instance_id: "0002".into(), ..env() };
    let reopened = Session::reopen(form(), other, &Resources::new(), &draft).unwrap();
    assert!(reopened.misfits.is_empty());
    let mut session = reopened.session;
    assert_eq!(session.value("/data/why"), Some(""), "not relevant, but kept:");
    session.answer("/data/age", "12").unwrap();
    assert_eq!(session.value("/data/why"), Some("alone"));
    session.answer("/data/age", "40").unwrap();
    assert_eq!(session.value("/data/meta/instanceID"), Some("uuid:0001"));
    assert_eq!((session.value("/data/first"), session.value("/data/loads")), (Some("F"), Some("LL")));
    assert_eq!(session.value("/data/n"), Some("2"));
    assert_eq!(session.state("/data/person[2]/name"), Some(AnswerState::Declined));
    let ended = Timestamp::from_millis(NOW);
    let without_loads = |xml: String| xml.replace("<loads>LL", "<loads>L");
    assert_eq!(without_loads(session.submission_xml(ended)), before.submission_xml(ended));
    // An instance that was taken out does not come back.
    session.remove_repeat("/data/person[1]").unwrap();
    session.remove_repeat("/data/person[1]").unwrap();
    let again = Session::reopen(form(), env(), &Resources::new(), &session.draft_xml()).unwrap();
    assert_eq!(again.session.value("/data/n"), Some("0"));
}

#[test]
fn a_draft_moves_to_a_newer_form_and_what_does_not_fit_is_named() {
    let instance = "<data id='d' version='2'><person><name><given/></name></person><age/><one/><added>new</added><n/><first/><loads/><meta><instanceID/></meta></data>";
    let binds = "<bind nodeset='/data/age' type='date'/><bind nodeset='/data/n' calculate='count(/data/person)'/>";
    let body = "<input ref='/data/age'/><select1 ref='/data/one'><item><value>a</value></item></select1>
        <repeat nodeset='/data/person'><input ref='/data/person/name/given'/></repeat><input ref='/data/added'/>";
    let newer = Arc::new(parse(instance, binds, body).unwrap());
    let moved = Session::reopen(newer, env(), &Resources::new(), &filled().draft_xml()).unwrap();
    let report: Vec<_> =
        moved.misfits.iter().map(|misfit| (misfit.reference.as_str(), misfit.kind, misfit.value.as_str())).collect();
    let wanted = [
        ("/data/age", MisfitKind::Type, "40"),
        ("/data/why", MisfitKind::Gone, "alone"),
        ("/data/one", MisfitKind::Choice, "b"),
        ("/data/person/name", MisfitKind::Shape, "x & y"),
    ];
    assert_eq!(report, wanted);
    assert_eq!(moved.session.value("/data/added"), Some("new"));
    assert_eq!(moved.session.value("/data/n"), Some("2"));
}

#[test]
fn a_correction_names_what_it_replaces() {
    let sent = filled().submission_xml(Timestamp::from_millis(NOW));
    let correct = |xml: &str, id: &str| {
        let env = Env { instance_id: id.into(), ..env() };
        Session::edit(form(), env, &Resources::new(), xml).unwrap().session
    };
    let session = correct(&sent, "0002");
    let ids = |session: &Session| {
        ["instanceID", "deprecatedID"].map(|name| session.value(&format!("/data/meta/{name}")).unwrap().to_owned())
    };
    assert_eq!(ids(&session), ["uuid:0002", "uuid:0001"]);
    let again = correct(&session.submission_xml(Timestamp::from_millis(NOW)), "0003");
    assert_eq!(ids(&again), ["uuid:0003", "uuid:0002"]);
}

#[test]
fn another_forms_instance_is_refused() {
    let reopen = |xml: &str| Session::reopen(form(), env(), &Resources::new(), xml).map(|_| ());
    assert!(reopen("<data/>").is_ok());
    for bad in ["<other/>", "<data>", "<!DOCTYPE data []><data/>", ""] {
        assert!(reopen(bad).is_err(), "{bad}");
    }
}
