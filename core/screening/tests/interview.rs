//! A session step by step.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;
#[path = "common/site.rs"]
mod site;

use common::{rules, stated};
use site::{NOW, said, services, site, today};
use wayside_model::{
    AgeBasis, AgeStatement, Coded, ConsentLine, ConsentValue, ErrorCode, Gate, LegalBasis, Route, StopReason,
};
use wayside_model::{Withheld, WithheldReason};
use wayside_screening::authority::Authority;
use wayside_screening::forms::BUILT_IN;
use wayside_screening::interview::{Interview, Mode, OnStop, Pace, Policy, Stage};
use wayside_screening::locks::Keep;
use wayside_screening::overrides::{self, OverrideReason};
use wayside_screening::readiness::{Missing, Support};
use wayside_screening::{FindingState, ScreeningError};

const OBSERVE: Policy = Policy { observation: true, questions_after_help: false };
const CLEAR: [FindingState; 8] = [FindingState::Absent; 8];
const ADULT: AgeStatement = AgeStatement::Between { low: 24, high: 26, basis: AgeBasis::Statement };

fn begin(role: &str) -> Interview {
    Interview::begin(Mode::Interview, &site(&services(), role), OBSERVE, NOW)
}

fn at_consent(role: &str) -> Interview {
    let mut talk = begin(role);
    talk.look(Gate::Setting, true, NOW).unwrap();
    talk.look(Gate::Interpreter, true, NOW).unwrap();
    talk.urgent(&CLEAR, false, None, NOW).unwrap();
    talk.set_age(&ADULT, today(), NOW).unwrap();
    assert_eq!(code(talk.consent(said(ConsentLine::C1, ConsentValue::Yes))), Some(ErrorCode::SessionConsent));
    talk.explained(true);
    talk
}

fn open(role: &str) -> Interview {
    let mut talk = at_consent(role);
    talk.consent(said(ConsentLine::C1, ConsentValue::Yes)).unwrap();
    talk.consent(said(ConsentLine::C2, ConsentValue::Yes)).unwrap();
    assert_eq!(talk.stage(), Stage::Quick);
    talk
}

fn code<T>(result: Result<T, ScreeningError>) -> Option<ErrorCode> {
    result.err().map(|error| error.code())
}

fn openable(talk: &Interview) -> Vec<&'static str> {
    let short = |id: &'static str| id.trim_start_matches("wayside-");
    BUILT_IN.iter().filter(|form| talk.may_open(form.id, NOW).is_ok()).map(|form| short(form.id)).collect()
}

#[test]
fn a_site_that_is_not_ready_gives_a_leaflet() {
    let services = services();
    let ready = site(&services, "screener trained");
    let nothing = wayside_screening::readiness::Site {
        services: None,
        forms_signed: false,
        authority: Authority::of_role("screener"),
        support: Support::None,
        ..ready
    };
    let late = wayside_screening::readiness::Site { today: "2024-09-01".parse().unwrap(), ..ready };
    let emptied = wayside_screening::readiness::Site { today: "2024-08-01".parse().unwrap(), ..ready };
    let elsewhere = wayside_screening::readiness::Site { site: "camp-4", ..ready };
    for (site, missing) in [
        (nothing, vec![Missing::Services, Missing::Forms, Missing::Training, Missing::Supervisor]),
        (late, vec![Missing::ServicesExpired]),
        (emptied, vec![Missing::NoService]),
        (elsewhere, vec![Missing::Services]),
    ] {
        let mut talk = Interview::begin(Mode::Interview, &site, OBSERVE, NOW);
        assert_eq!((talk.mode(), talk.missing()), (Mode::Leaflet, missing.as_slice()));
        assert_eq!(code(talk.look(Gate::Setting, true, NOW)), Some(ErrorCode::SessionNotReady));
        assert!(openable(&talk).is_empty());
        assert!(BUILT_IN.iter().all(|form| talk.keep(form.id) == Keep::Nothing));
    }
    assert!(begin("screener trained").missing().is_empty());
}

#[test]
fn gates_are_not_opened_by_a_tick() {
    let mut talk = begin("trained");
    for gate in [Gate::Services, Gate::Danger, Gate::Consent] {
        assert_eq!(code(talk.look(gate, true, NOW)), Some(ErrorCode::SessionGate));
    }
    assert_eq!(openable(&talk), ["b0", "b7"]);
    talk.look(Gate::Setting, true, NOW).unwrap();
    assert_eq!(openable(&talk), ["b0", "b1", "b7"], "urgent needs come first");
    assert_eq!(code(talk.set_age(&ADULT, today(), NOW)), Some(ErrorCode::SessionGateOrder));
    // The urgent questions may be put before the interpreter is settled; the gate follows when its turn comes.
    talk.urgent(&CLEAR, false, None, NOW).unwrap();
    assert!(!talk.gates().stands_open(Gate::Danger));
    talk.look(Gate::Interpreter, true, NOW).unwrap();
    assert!(talk.gates().stands_open(Gate::Danger));
    let mut one_left = CLEAR;
    one_left[3] = FindingState::NotAsked;
    assert_eq!(code(begin("trained").urgent(&one_left, false, None, NOW)), Some(ErrorCode::SessionGate));
}

#[test]
fn after_help_the_questions_go_on_where_the_site_says_so_and_for_that_one_yes_alone() {
    let services = services();
    let with = |questions_after_help| {
        let policy = Policy { observation: true, questions_after_help };
        let mut talk = Interview::begin(Mode::Interview, &site(&services, "trained"), policy, NOW);
        talk.look(Gate::Setting, true, NOW).unwrap();
        talk.look(Gate::Interpreter, true, NOW).unwrap();
        talk
    };
    let mut answers = CLEAR;
    answers[3] = FindingState::Present;
    let mut off = with(false);
    off.urgent(&answers, true, Some(20), NOW).unwrap();
    assert_eq!(code(off.help_found()), Some(ErrorCode::SessionMode), "off unless the site switches it on");
    off.urgent(&answers, true, Some(20), NOW).unwrap();
    assert!(off.is_acting_on_danger() && !off.gates().stands_open(Gate::Danger));
    let mut on = with(true);
    assert_eq!(code(on.help_found()), Some(ErrorCode::SessionStep), "nothing to find help for");
    on.urgent(&answers, true, Some(20), NOW).unwrap();
    on.help_found().unwrap();
    assert!(on.is_acting_on_danger(), "not before the questions were put anew");
    let mut more = answers;
    more[0] = FindingState::Observed;
    on.urgent(&more, true, Some(20), NOW).unwrap();
    assert!(on.is_acting_on_danger(), "another need is another need");
    on.urgent(&answers, true, Some(20), NOW).unwrap();
    assert!(!on.is_acting_on_danger() && on.gates().stands_open(Gate::Danger));
    on.urgent(&CLEAR, false, None, NOW).unwrap();
    on.urgent(&answers, true, Some(1), NOW).unwrap();
    assert!(on.is_acting_on_danger(), "a yes after a no is another one");
}

#[test]
fn an_urgent_need_pauses_everything_and_shows_the_clocks() {
    let mut talk = open("trained");
    let mut answers = CLEAR;
    answers[3] = FindingState::Present;
    talk.urgent(&answers, true, Some(60), NOW).unwrap();
    assert!(talk.is_acting_on_danger());
    assert_eq!(talk.clocks().unwrap().minutes_left(NOW), (12 * 60, 60 * 60));
    assert_eq!((openable(&talk), talk.stage()), (vec!["b1"], Stage::Gates));
    assert_eq!(code(talk.quick_answered(true)), Some(ErrorCode::SessionStep));
    talk.urgent(&CLEAR, false, None, NOW).unwrap();
    assert_eq!((talk.stage(), talk.clocks()), (Stage::Quick, None));
    let mut early = begin("trained");
    early.look(Gate::Setting, true, NOW).unwrap();
    answers[0] = FindingState::Observed;
    early.urgent(&answers, false, None, NOW).unwrap();
    assert!(early.is_acting_on_danger() && early.clocks().is_none());
    early.look(Gate::Interpreter, true, NOW).unwrap();
    assert!(!early.gates().stands_open(Gate::Danger));
}

#[test]
fn the_way_to_the_detailed_form_and_to_the_end() {
    let mut talk = open("trained");
    assert_eq!(openable(&talk), ["b0", "b1", "b2", "b4", "b6", "b7"]);
    assert_eq!(code(talk.may_open("wayside-b3-al", NOW)), Some(ErrorCode::SessionStep));
    talk.quick_answered(true).unwrap();
    assert_eq!(talk.stage(), Stage::Offer);
    talk.answer_offer(true).unwrap();
    assert!(talk.may_open("wayside-b3-al", NOW).is_ok());
    assert_eq!(code(talk.may_open("wayside-b3-as", NOW)), Some(ErrorCode::SessionTraining));
    assert_eq!(code(talk.may_open("wayside-b3-c", NOW)), Some(ErrorCode::SessionTraining));
    for stage in [Stage::Review, Stage::Options, Stage::FollowUp, Stage::Closed] {
        talk.proceed().unwrap();
        assert_eq!(talk.stage(), stage);
    }
    assert_eq!(code(talk.may_open("wayside-b2", NOW)), Some(ErrorCode::SessionClosed));
    assert_eq!(code(talk.proceed()), Some(ErrorCode::SessionStep));
    let mut nothing = open("trained");
    nothing.quick_answered(false).unwrap();
    assert_eq!(nothing.stage(), Stage::Review, "nothing recorded: no detailed form");
    let mut declined = open("trained");
    declined.quick_answered(true).unwrap();
    declined.answer_offer(false).unwrap();
    assert_eq!(declined.stage(), Stage::Review);
}

#[test]
fn certificates_open_the_specialist_forms_offline() {
    let mut talk = open("screener specialist");
    talk.quick_answered(true).unwrap();
    talk.answer_offer(true).unwrap();
    assert_eq!(code(talk.may_open("wayside-b3-as", NOW)), Some(ErrorCode::SessionStep), "the choice was not offered");
    talk.offer_gender_choice(true);
    assert!(talk.may_open("wayside-b3-as", NOW).is_ok());
    let mut child = open("child_protection");
    child.set_age(&AgeStatement::Unknown, today(), NOW).unwrap();
    assert_eq!(child.gates().route(), Route::Child);
    assert_eq!(openable(&child), ["b0", "b1", "b2", "b3-c", "b4", "b5", "b6", "b7"]);
    let mut other = open("trained");
    other.set_age(&AgeStatement::Unknown, today(), NOW).unwrap();
    assert_eq!(openable(&other), ["b0", "b1", "b4", "b5", "b6", "b7"]);
    assert!(!Authority::of_role("chief everything").has(wayside_screening::forms::Training::Trained));
}

#[test]
fn an_interpreter_by_phone_is_for_the_quick_screen_only() {
    let mut talk = open("trained");
    talk.interpret_remotely(NOW).unwrap();
    talk.quick_answered(true).unwrap();
    assert_eq!(code(talk.answer_offer(true)), Some(ErrorCode::SessionStep));
    talk.look(Gate::Interpreter, true, NOW).unwrap();
    assert!(talk.answer_offer(true).is_ok(), "somebody safe has come");
}

#[test]
fn before_a_covering_line_answers_live_in_memory() {
    let mut talk = at_consent("trained");
    assert!(BUILT_IN.iter().all(|form| talk.keep(form.id) == Keep::MemoryOnly));
    assert_eq!(code(talk.rely_on(LegalBasis::VitalInterest, " ", NOW)), Some(ErrorCode::SessionReason));
    assert_eq!(code(talk.rely_on(LegalBasis::Contract, "x", NOW)), Some(ErrorCode::SessionReason));
    assert_eq!(code(talk.rely_on(LegalBasis::BestInterests, "x", NOW)), Some(ErrorCode::SessionReason), "an adult");
    talk.rely_on(LegalBasis::VitalInterest, "vital_interest", NOW).unwrap();
    let stored: Vec<_> = BUILT_IN.iter().filter(|f| talk.keep(f.id) == Keep::Stored).map(|f| f.id).collect();
    assert_eq!(stored, ["wayside-b1", "wayside-b5", "wayside-b7"]);
    assert!(open("trained").keep("their-own-form") == Keep::Stored);
    assert!(at_consent("trained").may_open("their-own-form", NOW).is_err(), "the same gates for the forms of others");
}

#[test]
fn refused_recording_is_anonymous_advice_and_leaves_nothing() {
    let mut talk = at_consent("trained");
    talk.consent(said(ConsentLine::C1, ConsentValue::Yes)).unwrap();
    talk.consent(said(ConsentLine::C2, ConsentValue::No)).unwrap();
    assert_eq!((talk.mode(), talk.stage()), (Mode::AnonymousAdvice, Stage::Quick));
    assert_eq!(openable(&talk), ["b0", "b1", "b2"]);
    talk.quick_answered(true).unwrap();
    assert_eq!(talk.stage(), Stage::Review, "advice, no detailed form");
    talk.rely_on(LegalBasis::VitalInterest, "vital_interest", NOW).unwrap();
    assert!(BUILT_IN.iter().all(|form| talk.keep(form.id) == Keep::MemoryOnly));
    let mut refused = at_consent("trained");
    refused.consent(said(ConsentLine::C1, ConsentValue::No)).unwrap();
    assert_eq!((refused.stage(), refused.keep("wayside-b1")), (Stage::Closed, Keep::Nothing));
}

#[test]
fn withdrawal_discards_and_stop_keeps_what_was_agreed() {
    for line in [ConsentLine::C1, ConsentLine::C2] {
        let mut talk = open("trained");
        talk.withdraw(line, NOW);
        assert!(talk.is_discarded() && talk.stage() == Stage::Closed);
        assert!(BUILT_IN.iter().all(|form| talk.keep(form.id) == Keep::Nothing));
    }
    let mut kept = open("trained");
    kept.stop(OnStop::KeepAgreed);
    assert_eq!((kept.keep("wayside-b2"), kept.stage()), (Keep::Stored, Stage::Closed));
    let mut dropped = open("trained");
    dropped.stop(OnStop::DropAll);
    assert_eq!(dropped.keep("wayside-b2"), Keep::Nothing);
    let mut danger = open("trained");
    danger.danger();
    assert_eq!(danger.gates().stopped(), Some(StopReason::Danger));
}

#[test]
fn observation_asks_nobody() {
    let mut talk = begin("trained");
    talk.look(Gate::Setting, false, NOW).unwrap();
    talk.observe_only().unwrap();
    assert_eq!(openable(&talk), ["b1", "b7"]);
    assert_eq!(code(talk.look(Gate::Setting, true, NOW)), Some(ErrorCode::SessionMode));
    assert_eq!(talk.keep("wayside-b7"), Keep::MemoryOnly);
    talk.rely_on(LegalBasis::OtherInterest, "other_interest", NOW).unwrap();
    assert_eq!(talk.keep("wayside-b7"), Keep::Stored);
    let services = services();
    let off = Policy { observation: false, questions_after_help: false };
    let mut never = Interview::begin(Mode::Interview, &site(&services, "trained"), off, NOW);
    assert_eq!(code(never.observe_only()), Some(ErrorCode::SessionMode));
    assert_eq!(code(never.rely_on(LegalBasis::OtherInterest, "x", NOW)), Some(ErrorCode::SessionMode));
    assert!(!openable(&never).contains(&"b7"));
}

#[test]
fn after_forty_minutes_the_person_is_asked() {
    let mut talk = open("trained");
    let after = |minutes: i64| NOW.plus_millis(minutes * 60_000);
    let paces = [29, 30, 39, 40].map(|minutes| talk.pace(after(minutes)));
    assert_eq!(paces, [Pace::Fine, Pace::SuggestStop, Pace::SuggestStop, Pace::AskWhetherToGoOn]);
    assert_eq!(code(talk.may_open("wayside-b2", after(41))), Some(ErrorCode::SessionStep));
    assert!(talk.may_open("wayside-b1", after(41)).is_ok(), "danger can always be said");
    talk.go_on(after(41));
    assert!(talk.may_open("wayside-b2", after(42)).is_ok());
}

#[test]
fn self_answer_hides_what_is_said() {
    let services = services();
    let talk = Interview::begin(Mode::SelfAnswer, &site(&services, "trained"), OBSERVE, NOW);
    assert!(talk.hides_answers() && !begin("trained").hides_answers());
}

#[test]
fn advice_in_between_does_not_show_what_was_hidden() {
    let services = services();
    let mut talk = Interview::begin(Mode::SelfAnswer, &site(&services, "trained"), OBSERVE, NOW);
    for gate in [Gate::Setting, Gate::Interpreter] {
        talk.look(gate, true, NOW).unwrap();
    }
    talk.urgent(&CLEAR, false, None, NOW).unwrap();
    talk.set_age(&AgeStatement::Unknown, today(), NOW).unwrap();
    talk.explained(true);
    talk.consent(said(ConsentLine::C1, ConsentValue::Yes)).unwrap();
    talk.consent(said(ConsentLine::C2, ConsentValue::No)).unwrap();
    assert_eq!(talk.mode(), Mode::AnonymousAdvice);
    talk.consent(said(ConsentLine::C2, ConsentValue::Yes)).unwrap();
    assert!(talk.mode() == Mode::SelfAnswer && talk.hides_answers());
}

#[test]
fn a_childs_best_interests_cover_no_adult() {
    let mut talk = at_consent("trained");
    talk.set_age(&AgeStatement::Unknown, today(), NOW).unwrap();
    talk.rely_on(LegalBasis::BestInterests, "alone", NOW).unwrap();
    assert_eq!(talk.keep("wayside-b5"), Keep::Stored);
    talk.set_age(&ADULT, today(), NOW).unwrap();
    assert_eq!(talk.keep("wayside-b5"), Keep::MemoryOnly);
}

#[test]
fn that_danger_was_looked_at_is_recorded_also_where_there_was_some() {
    let mut talk = begin("trained");
    for gate in [Gate::Setting, Gate::Interpreter] {
        talk.look(gate, true, NOW).unwrap();
    }
    let mut answers = CLEAR;
    answers[0] = FindingState::Present;
    talk.urgent(&answers, false, None, NOW).unwrap();
    let looked = talk.gates().records().iter().filter(|record| record.gate == Gate::Danger);
    assert_eq!(looked.map(|record| record.passed).collect::<Vec<_>>(), [false]);
}

#[test]
fn an_override_stands_beside_the_result() {
    let rules = rules();
    let found = stated(&rules, "AL", Route::Adult, "CO3", "", "");
    let make = |added: &[&str], aside: &[&str], role: &str| {
        overrides::make(&rules, &found, added, aside, OverrideReason::PersonsView, Authority::of_role(role), NOW)
    };
    let up = make(&["N3"], &[], "trained").unwrap();
    assert!(!up.supervised && up.added == ["N3"]);
    assert_eq!(code(make(&[], &["N4"], "trained")), Some(ErrorCode::SessionSupervisor));
    assert!(make(&[], &["N4"], "supervisor").unwrap().supervised);
    assert_eq!(code(make(&["N4"], &[], "trained")), Some(ErrorCode::SessionReason), "it holds already");
    assert_eq!(code(make(&["N77"], &[], "trained")), Some(ErrorCode::RuleSetUnknown));
    let child = stated(&rules, "CL", Route::Child, "CO3", "", "");
    let never =
        overrides::make(&rules, &child, &[], &["N2"], OverrideReason::Observed, Authority::of_role("supervisor"), NOW);
    assert_eq!(code(never), Some(ErrorCode::SessionReason));
    let mut talk = open("trained");
    talk.add_override(up);
    assert_eq!(talk.overrides().len(), 1);
    assert_eq!(common::outcomes(&found), "N4", "the computed result is untouched");
}

#[test]
fn who_must_not_know_is_written_down() {
    let mut talk = open("trained");
    talk.withhold(Withheld { from: "clinic".into(), reason: WithheldReason::FearOfHarm, at: NOW });
    assert!(talk.gates().book().is_withheld_from("clinic") && !talk.gates().book().is_withheld_from("legal-aid"));
}

#[test]
fn the_answers_of_the_first_form_open_gates_and_no_more() {
    let document = roxmltree::Document::parse(wayside_screening::forms::built_in("wayside-b0").unwrap().xml()).unwrap();
    let binds: Vec<_> = document.descendants().filter(|node| node.has_tag_name("bind")).collect();
    let taken = |changed: &[(&str, &'static str)]| {
        let items: Vec<wayside_screening::Item<'_>> = (binds.iter())
            .map(|bind| {
                let reference = bind.attribute("nodeset").unwrap();
                let ours = bind.attributes().filter(|a| a.namespace() == Some("urn:wayside:xforms:1"));
                let other = changed.iter().find(|(name, _)| reference.ends_with(&format!("/{name}")));
                wayside_screening::Item {
                    reference,
                    extensions: ours.map(|a| (a.name(), a.value())).collect(),
                    state: wayside_model::AnswerState::Given,
                    value: other.map_or("yes", |(_, value)| *value),
                }
            })
            .collect();
        let mut talk = begin("trained");
        let result = talk.before_talk(&items, NOW);
        (talk, code(result))
    };
    let open = |talk: &Interview| [Gate::Setting, Gate::Interpreter].map(|gate| talk.gates().stands_open(gate));
    let (mut talk, refused) = taken(&[]);
    assert_eq!((open(&talk), refused), ([true, true], None));
    talk.urgent(&CLEAR, false, None, NOW).unwrap();
    talk.set_age(&ADULT, today(), NOW).unwrap();
    assert!(talk.gates().ledger().is_empty(), "a tick in a form is no consent");
    assert!(talk.consent(said(ConsentLine::C1, ConsentValue::Yes)).is_ok());
    assert_eq!(open(&taken(&[("companions", "no")]).0), [false, false]);
    assert_eq!(open(&taken(&[("interpreter_choice", "no")]).0), [true, false]);
    let alone = [("interpreter_origin", "none"), ("interpreter_rules", "none"), ("interpreter_choice", "none")];
    assert_eq!(open(&taken(&alone).0), [true, true]);
    assert_eq!(taken(&[("service", "no")]).1, Some(ErrorCode::SessionGate));
    for untold in ["told_purpose", "told_withdraw", "leaflet", "stop"] {
        let (mut talk, _) = taken(&[(untold, "no")]);
        talk.urgent(&CLEAR, false, None, NOW).unwrap();
        talk.set_age(&ADULT, today(), NOW).unwrap();
        let spoken = talk.consent(said(ConsentLine::C1, ConsentValue::Yes));
        assert_eq!(code(spoken), Some(ErrorCode::SessionConsent), "{untold}");
    }
}

#[test]
fn steps_name_the_services_that_can_take_them_on() {
    let rules = rules();
    let mut found = stated(&rules, "AL", Route::Adult, "DR1 DR2 EX1 EX2", "", "");
    let need = wayside_screening::services::Need { no_asylum: true, ..Default::default() };
    found.name_services(&rules, &services(), &need, today());
    let entries = |id: &str| found.steps.iter().find(|step| step.step == id).unwrap().directory_entries.join(" ");
    assert_eq!((entries("legal_advice"), entries("safe_accommodation")), ("legal-aid".into(), "women-house".into()));
    assert!(found.steps.iter().all(|step| !step.directory_entries.contains(&"consulate".to_owned())));
    let text = include_str!("../rulesets/ilo-delphi-2009.json");
    let changed = text.replacen(r#""sectors": ["legal"]"#, r#""sectors": ["embassy"]"#, 1);
    assert!(wayside_screening::RuleSet::from_json(&changed).err().unwrap().to_string().contains("embassy"));
}

#[test]
fn the_interpreter_at_the_gate_is_known_by_a_code_until_the_gate_is_looked_at_again() {
    let mut talk = begin("screener trained");
    assert_eq!(code(talk.accept_interpreter("INT-4", false, NOW)), Some(ErrorCode::SessionGateOrder));
    assert_eq!(talk.interpreter(), None);
    talk.look(Gate::Setting, true, NOW).unwrap();
    for name in ["", "Amina Bello", "መምህር", "INT_4", "INT-4444444444"] {
        let refused = talk.accept_interpreter(name, false, NOW).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::AnswerConstraint, "{name}");
        assert!(!talk.gates().stands_open(Gate::Interpreter) && talk.interpreter().is_none(), "{name}");
        assert!(name.is_empty() || !refused.to_string().contains(name));
    }
    talk.accept_interpreter("INT-4", true, NOW).unwrap();
    assert_eq!((talk.interpreter(), talk.is_quick_only()), (Some("INT-4"), true));
    talk.accept_interpreter("INT-5", false, NOW).unwrap();
    assert_eq!((talk.interpreter(), talk.is_quick_only()), (Some("INT-5"), false));
    assert_eq!(code(talk.accept_interpreter("Amina Bello", false, NOW)), Some(ErrorCode::AnswerConstraint));
    assert_eq!(talk.interpreter(), Some("INT-5"), "the one before still stands");
    talk.look(Gate::Interpreter, false, NOW).unwrap();
    assert_eq!(talk.interpreter(), None, "sent away");
    talk.accept_interpreter("INT-6", false, NOW).unwrap();
    talk.look(Gate::Interpreter, true, NOW).unwrap();
    assert_eq!(talk.interpreter(), None, "there is none, or nobody noted a code");
    talk.interpret_remotely(NOW).unwrap();
    assert_eq!((talk.interpreter(), talk.is_quick_only()), (None, true));
}

#[test]
fn what_is_about_nobody_takes_no_step_of_a_person_and_opens_no_form_of_ours() {
    // Whatever the worker is trained for.
    let mut walk = Interview::about_nobody(Authority::of_role("screener trained specialist child_protection"), NOW);
    assert_eq!((walk.mode(), walk.stage()), (Mode::AboutNobody, Stage::Form));
    assert!(openable(&walk).is_empty() && walk.may_open("shelters", NOW).is_ok());
    assert_eq!((walk.keep("shelters"), walk.keep("wayside-b2")), (Keep::Stored, Keep::Nothing));
    let mode = |refused: Option<ErrorCode>| assert_eq!(refused, Some(ErrorCode::SessionMode));
    mode(code(walk.look(Gate::Setting, true, NOW)));
    mode(code(walk.accept_interpreter("INT-1", false, NOW)));
    mode(code(walk.urgent(&CLEAR, false, None, NOW)));
    mode(code(walk.set_age(&ADULT, today(), NOW)));
    mode(code(walk.consent(said(ConsentLine::C1, ConsentValue::Yes))));
    mode(code(walk.consent(said(ConsentLine::C1, ConsentValue::Withdrawn))));
    mode(code(walk.rely_on(LegalBasis::VitalInterest, "because", NOW)));
    walk.withdraw(ConsentLine::C1, NOW);
    assert!(walk.gates().records().is_empty() && walk.gates().ledger().is_empty());
    walk.stop(OnStop::KeepAgreed);
    assert_eq!(walk.stage(), Stage::Closed);
}
