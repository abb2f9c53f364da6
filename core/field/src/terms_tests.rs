//! What HQ decides of a form of others is obeyed here: whether it is about a person, and how long what it leaves may stay.

use wayside_model::{AgeStatement, ConsentLine, ErrorCode, EventBody, FormTerms, ScreeningRecord, Sensitivity};
use wayside_screening::forms::built_in;
use wayside_seal::ControlKind;
use wayside_seal::content::{Content, ContentKind};
use wayside_sync::transfer;
use wayside_vault::QueueState;

use crate::finish_tests::{say, screened};
use crate::testing::{NOW, Phone};
use crate::{
    FieldError, FormSession, FormSummary, Gate, Mode, PageKind, ReferralInput, SessionMode, Stage, StopReason,
    WithheldReason, control, lists,
};

const SHELTERS: &str = include_str!("../../../tests/scenarios/forms/shelters.xml");

fn terms(about_person: bool, days: Option<u32>) -> FormTerms {
    let purpose = "where beds are".to_owned();
    FormTerms { purpose, sensitivity: Sensitivity::Restricted, days, about_person }
}

fn content(kind: ContentKind, id: &str, whole: &str, terms: Option<Vec<u8>>) -> ControlKind {
    let content = Content::pack(kind, id, "1", whole.as_bytes(), None).unwrap();
    ControlKind::Content(content.with_terms(terms).to_bytes())
}

fn hears(phone: &Phone, kind: ControlKind) {
    phone.hears(kind, NOW);
    control::apply(phone.inner()).unwrap();
}

fn hears_form(phone: &Phone, id: &str, xml: &str, said: Option<FormTerms>) {
    let said = said.map(|terms| FormTerms::to_signed([(id, terms)]));
    hears(phone, content(ContentKind::Form, id, xml, said));
}

fn listed(phone: &Phone, id: &str) -> Option<FormSummary> {
    phone.vault.forms().unwrap().into_iter().find(|form| form.id == id)
}

fn refused(phone: &Phone, id: &str) -> Option<ErrorCode> {
    phone.vault.content().unwrap().into_iter().find(|held| held.id == id)?.refused.map(|refused| refused.code)
}

fn begin(phone: &Phone, form: &str) -> Result<FormSession, FieldError> {
    phone.vault.start_session(form, "en", SessionMode::Interview)
}

fn is_at_questions(session: &FormSession) -> bool {
    matches!(session.page().unwrap().kind, PageKind::Questions { .. })
}

/// The newest record, opened with the chain it was sealed by.
fn sealed(phone: &Phone, session: &mut FormSession) -> ScreeningRecord {
    let chain = phone.inner().settings().chain().unwrap();
    let report = session.finish().unwrap();
    let bytes = phone.inner().outbox().unwrap().bytes(report.event.as_bytes()).unwrap().unwrap();
    match transfer::unpack(&chain.open(&bytes).unwrap().plain, report.event).unwrap().body {
        EventBody::Screening(record) => record,
        _ => panic!("not a record"),
    }
}

#[test]
fn a_form_has_the_terms_that_hq_signed_and_the_strictest_without() {
    let phone = Phone::new();
    hears_form(&phone, "shelters", SHELTERS, None);
    assert_eq!(listed(&phone, "shelters").unwrap().terms, Some(FormTerms::default()), "of an older package");
    hears_form(&phone, "shelters", SHELTERS, Some(terms(true, Some(30))));
    assert_eq!(listed(&phone, "shelters").unwrap().terms, Some(terms(true, Some(30))));
    // What does not read, and what was said of another form, is nothing.
    hears(&phone, content(ContentKind::Form, "shelters", SHELTERS, Some(vec![1, 2, 3])));
    assert_eq!(listed(&phone, "shelters").unwrap().terms, Some(FormTerms::default()));
    let of_another = FormTerms::to_signed([("water", terms(false, None))]);
    hears(&phone, content(ContentKind::Form, "shelters", SHELTERS, Some(of_another)));
    assert!(listed(&phone, "shelters").unwrap().terms.unwrap().about_person);
    // The same bytes again, without a word of terms: what was said before does not go on.
    hears_form(&phone, "shelters", SHELTERS, Some(terms(false, None)));
    assert!(!listed(&phone, "shelters").unwrap().terms.unwrap().about_person);
    hears_form(&phone, "shelters", SHELTERS, None);
    assert!(listed(&phone, "shelters").unwrap().terms.unwrap().about_person);
    assert!(listed(&phone, "wayside-b2").unwrap().terms.is_none());
    // What somebody at hand brings is nobody's word.
    let mine = SHELTERS.replace("version=\"1\"", "version=\"2\"");
    assert_eq!(phone.vault.install_form(&mine).unwrap().terms, Some(FormTerms::default()));
    assert_eq!(begin(&phone, "shelters").err().unwrap().code, ErrorCode::SessionNotReady);
}

#[test]
fn terms_that_were_changed_on_the_way_are_not_taken() {
    let phone = Phone::new();
    let signed = phone.signed(content(
        ContentKind::Form,
        "shelters",
        SHELTERS,
        Some(FormTerms::to_signed([("shelters", terms(true, None))])),
    ));
    // The last of what was decided is whether it is about a person: true, in one byte.
    let at = signed.windows(2).rposition(|pair| pair == [0xf6, 0xf5]).unwrap() + 1;
    let mut changed = signed.clone();
    changed[at] = 0xf4;
    phone.gets(1, &changed);
    assert!(control::apply(phone.inner()).is_err() || listed(&phone, "shelters").is_none());
    assert!(listed(&phone, "shelters").is_none(), "nothing of it is here");

    let phone = Phone::new();
    phone.gets(1, &phone.signed(content(ContentKind::Form, "shelters", SHELTERS, None)));
    control::apply(phone.inner()).unwrap();
    assert!(listed(&phone, "shelters").is_some(), "unchanged it is taken");
}

#[test]
fn what_is_about_nobody_begins_at_its_questions_and_is_sealed_without_anybody() {
    let phone = Phone::new();
    hears_form(&phone, "shelters", SHELTERS, Some(terms(false, Some(30))));
    let mut session = begin(&phone, "shelters").unwrap();
    let standing = session.standing().unwrap();
    assert_eq!((standing.mode, standing.stage), (Mode::AboutNobody, Stage::Form));
    assert!(is_at_questions(&session) && !session.is_stored());
    say(&mut session, r#"[{"ref": "/data/title", "value": "North"}]"#);
    assert!(session.is_stored(), "durable at once");
    // Nothing of a person goes into it.
    let mode = |done: Result<(), FieldError>| assert_eq!(done.unwrap_err().code, ErrorCode::SessionMode);
    mode(session.pass_gate(Gate::Setting, true).map(drop));
    mode(session.set_age(AgeStatement::Unknown).map(drop));
    mode(session.withdraw(ConsentLine::C1));
    mode(session.withhold("family", WithheldReason::Other));
    mode(session.open_form("wayside-b2").map(drop));
    let to = ReferralInput {
        recipient: "S1".to_owned(),
        urgency: crate::Urgency::Routine,
        handover: crate::Handover::EncryptedFile,
        wants: String::new(),
        fields: Vec::new(),
        warned: true,
    };
    mode(session.refer(&to).map(drop));
    // Gone on with after the app has ended, and whatever HQ says since.
    let draft = session.id();
    drop(session);
    hears_form(&phone, "shelters", SHELTERS, None);
    let mut session = phone.vault.resume_session(draft).unwrap();
    assert!(is_at_questions(&session));
    say(&mut session, r#"[{"ref": "/data/beds", "value": "12"}]"#);
    let record = sealed(&phone, &mut session);
    assert!(record.is_about_nobody() && record.answers.iter().any(|answer| answer.value == "12"));
    assert!(record.gates.is_empty() && record.consents.is_empty() && record.bases.is_empty());
    assert!(record.age == AgeStatement::Unknown && record.explanation.is_none() && record.overrides.is_empty());
    assert!(session.finish().unwrap().case_code.is_empty());
    assert!(phone.vault.work_list().unwrap().is_empty() && phone.vault.drafts().unwrap().is_empty());
}

#[test]
fn stopped_it_is_kept_and_in_a_talk_with_a_person_it_does_not_open() {
    let phone = Phone::new();
    hears_form(&phone, "shelters", SHELTERS, Some(terms(false, None)));
    let mut session = begin(&phone, "shelters").unwrap();
    say(&mut session, r#"[{"ref": "/data/beds", "value": "3"}]"#);
    session.stop(StopReason::Stopped).unwrap();
    let record = sealed(&phone, &mut session);
    assert!(record.is_about_nobody() && record.stopped == Some(StopReason::Stopped));
    for mode in [SessionMode::SelfAnswer, SessionMode::Observation] {
        let refused = phone.vault.start_session("shelters", "en", mode).err().unwrap();
        assert_eq!(refused.code, ErrorCode::SessionMode);
    }
    let mut talk = screened(&phone);
    assert_eq!(talk.open_form("shelters").err().unwrap().code, ErrorCode::SessionMode);
    // About a person it runs as before: in the talk, and behind the gates.
    hears_form(&phone, "shelters", SHELTERS, Some(terms(true, None)));
    talk.open_form("shelters").unwrap();
    assert!(matches!(begin(&phone, "shelters").unwrap().page().unwrap().kind, PageKind::Gate(_)));
}

/// The site is not ready for a talk, and nobody is talked to.
#[test]
fn a_site_without_services_still_fills_what_is_about_nobody() {
    let phone = Phone::new();
    hears_form(&phone, "shelters", SHELTERS, Some(terms(false, None)));
    phone.work_at("ELSEWHERE");
    assert_eq!(begin(&phone, "wayside-b2").err().unwrap().code, ErrorCode::SessionNotReady);
    assert!(is_at_questions(&begin(&phone, "shelters").unwrap()));
}

#[test]
fn a_screening_form_is_about_a_person_whatever_a_package_says() {
    let phone = Phone::new();
    let b2 = built_in("wayside-b2").unwrap().xml();
    let nobody = |id: &str| Some(FormTerms::to_signed([(id, terms(false, None))]));
    // Under its own id in a bundle, under another, and with one attribute of ours alone.
    let bundle = serde_json::json!({"format": 1, "version": 1, "purpose": "training", "expires": "2099-01-01",
        "rule_sets": [], "forms": {"wayside-b2": b2}, "packs": []});
    hears(&phone, content(ContentKind::Bundle, "bundle", &bundle.to_string(), nobody("wayside-b2")));
    assert_eq!(refused(&phone, "bundle"), Some(ErrorCode::FormAboutPerson));
    let renamed = b2.replace("wayside-b2", "journey");
    let ours = SHELTERS.replace("<h:html ", "<h:html xmlns:w=\"urn:wayside:xforms:1\" ").replace(
        "nodeset=\"/data/title\"",
        "nodeset=\"/data/title\" w:sensitivity=\"restricted\" w:purpose=\"routing\"",
    );
    assert!(ours.contains("w:purpose"));
    for (id, xml) in [("journey", renamed.as_str()), ("shelters", ours.as_str())] {
        hears(&phone, content(ContentKind::Form, id, xml, nobody(id)));
        assert_eq!(refused(&phone, id), Some(ErrorCode::FormAboutPerson), "{id}");
        assert!(listed(&phone, id).is_none(), "{id}");
    }
    hears(&phone, content(ContentKind::Form, "journey", &renamed, None));
    assert_eq!(refused(&phone, "journey"), None, "as one about a person it is taken");
    // And where such a word stands in the vault all the same, nothing opens by it.
    let inner = phone.inner();
    for id in ["wayside-b2", "journey"] {
        let stored = inner.store.form(id).unwrap().unwrap();
        let word = wayside_model::to_canonical(&terms(false, None));
        inner.store.put_setting(&crate::terms::setting(&stored.sha256), &word).unwrap();
        let session = begin(&phone, id).unwrap();
        assert!(matches!(session.page().unwrap().kind, PageKind::Gate(_)), "{id}");
    }
}

#[test]
fn what_a_form_left_goes_with_its_term_and_not_before_hq_has_the_record() {
    let phone = Phone::new();
    hears_form(&phone, "shelters", SHELTERS, Some(terms(false, Some(30))));
    let mut session = begin(&phone, "shelters").unwrap();
    say(&mut session, r#"[{"ref": "/data/title", "value": "North"}, {"ref": "/data/beds", "value": "12"}]"#);
    let event = session.finish().unwrap().event;
    let beds = || lists::all_rows(phone.inner(), &lists::entities("shelters")).map_or(0, |rows| rows.len());
    let known = || match begin(&phone, "shelters").unwrap().page().unwrap().kind {
        PageKind::Questions { questions, .. } => questions[0].value.clone(),
        _ => String::new(),
    };
    let now = phone.days_later(29);
    phone.inner().store.note_contact(now).unwrap();
    phone.vault.apply_retention().unwrap();
    assert_eq!((beds(), known().as_str()), (1, "1 shelters, North has 12 beds in version 1"));
    phone.days_later(2);
    phone.vault.apply_retention().unwrap();
    assert_eq!(beds(), 1, "HQ has not acknowledged it");
    phone.inner().store.set_queue_state(event, QueueState::HqHasIt, NOW).unwrap();
    phone.vault.apply_retention().unwrap();
    assert_eq!((beds(), known().as_str()), (0, "0 shelters"));
}
