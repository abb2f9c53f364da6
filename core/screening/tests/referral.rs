//! Services, referrals, contact, and what withdrawal does to them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

#[path = "common/site.rs"]
mod site;

use serde_json::json;
use site::{NOW, directory, refer, said, services, today};
use wayside_model::{Coded, ConsentLine, ConsentValue, ErrorCode};
use wayside_model::{Withheld, WithheldReason};
use wayside_screening::follow_up::{
    ByCode, Caller, Channel, ContactRule, ErasureReason, IfOther, NextAction, WorkItem,
};
use wayside_screening::referral::{AfterRevocation, DATA_FIELDS, Handover, Referral, State, Urgency};
use wayside_screening::services::{Need, Sector, Services, Sex};
use wayside_screening::{Ledger, ScreeningError};

fn codes(need: &Need) -> Vec<String> {
    services().suggest(need, today()).into_iter().map(|service| service.code.clone()).collect()
}

fn code<T>(result: Result<T, ScreeningError>) -> Option<ErrorCode> {
    result.err().map(|error| error.code())
}

#[test]
fn services_are_those_the_person_can_use() {
    let speaks = |languages: &[&str]| languages.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    let woman = Need { sex: Some(Sex::Female), age: Some((24, 26)), languages: speaks(&["ti-ER"]), ..Need::default() };
    assert_eq!(codes(&woman), ["clinic", "women-house", "legal-aid"], "those that speak the language first");
    let man = Need { sex: Some(Sex::Male), ..woman.clone() };
    assert_eq!(codes(&man), ["clinic", "legal-aid"]);
    let child = Need { age: Some((15, 17)), sex: None, languages: speaks(&["ar"]), ..Need::default() };
    assert_eq!(codes(&child), ["clinic", "child-office", "legal-aid"]);
    let nothing_known = codes(&Need::default());
    assert!(!nothing_known.contains(&"consulate".to_owned()), "who may seek asylum never hears of an embassy");
    assert!(nothing_known.contains(&"women-house".to_owned()), "unknown shuts nothing else out");
    assert!(!nothing_known.contains(&"old-place".to_owned()), "an entry that has expired");
    assert!(codes(&Need { no_asylum: true, ..Need::default() }).contains(&"consulate".to_owned()));
    assert_eq!(codes(&Need { sectors: vec![Sector::Legal], ..Need::default() }), ["legal-aid"]);
    assert!(services().suggest(&woman, "2024-09-01".parse().unwrap()).is_empty(), "the whole directory has expired");
}

#[test]
fn a_bad_directory_is_refused_with_its_place_and_the_old_one_stays() {
    let held = services();
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut next = directory();
        next["version"] = json!(5);
        change(&mut next);
        match held.successor(&next.to_string()) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(refused(&|_| ()), "accepted");
    assert!(refused(&|d| d["services"][1]["code"] = json!("clinic")).contains("services[1].code"));
    assert!(refused(&|d| d["services"][0]["code"] = json!("The Clinic")).contains("services[0].code"));
    assert!(refused(&|d| d["services"][2]["eligible"]["to_age"] = json!(3)).contains("services[2].eligible"));
    assert!(refused(&|d| d["services"][2]["expires"] = json!("2024-03-01")).contains("services[2].expires"));
    assert!(refused(&|d| d["services"][2]["sector"] = json!("police")).contains("line 1"));
    assert!(refused(&|d| d["danger_protocol"] = json!({})).contains("danger_protocol"));
    assert!(refused(&|d| d["version"] = json!(3)).contains("version 3 was offered in place of 4"));
    assert!(refused(&|d| d["site"] = json!("camp-9")).contains("was offered in place"));
    assert!(
        refused(&|d| {
            d["version"] = json!(4);
            d["expires"] = json!("2025-01-01");
        })
        .contains("in place of 4")
    );
    assert_eq!(held.version, 4);
    assert_eq!(code(held.service("nobody")), Some(ErrorCode::ServicesUnknown));
    assert!(Services::from_json("{").is_err());
}

fn wanted(recipient: &str, fields: &[&str]) -> Referral {
    let mut referral = Referral::draft(&services(), recipient, Urgency::Day, Handover::CodeOnly, fields, NOW).unwrap();
    referral.step(State::Offered, &Ledger::new(), NOW).unwrap();
    referral.step(State::Wanted, &Ledger::new(), NOW).unwrap();
    referral
}

#[test]
fn nothing_is_sent_without_the_line_for_this_recipient_and_these_data() {
    let send = |referral: &mut Referral, ledger: &Ledger| code(referral.step(State::Sent, ledger, NOW));
    let mut referral = wanted("clinic", &["needs", "language"]);
    let mut ledger = Ledger::new();
    assert_eq!(send(&mut referral, &ledger), Some(ErrorCode::ReferralConsent));
    ledger.append(refer(ConsentValue::Yes, "legal-aid", &["needs", "language"]));
    assert_eq!(send(&mut referral, &ledger), Some(ErrorCode::ReferralConsent), "another recipient's line");
    ledger.append(refer(ConsentValue::Yes, "clinic", &["needs"]));
    assert_eq!(send(&mut referral, &ledger), Some(ErrorCode::ReferralConsent), "language was not agreed to");
    ledger.append(refer(ConsentValue::Yes, "clinic", &["needs", "language"]));
    assert_eq!(send(&mut referral, &ledger), None);

    let mut named = wanted("clinic", &["name"]);
    ledger.append(refer(ConsentValue::Yes, "clinic", &["needs", "language", "name"]));
    assert_eq!(send(&mut named, &ledger), Some(ErrorCode::ReferralConsent), "a name needs C3 too");
    ledger.append(said(ConsentLine::C3, ConsentValue::Yes));
    assert_eq!(send(&mut named, &ledger), None);

    let mut reporting = wanted("women-house", &[]);
    ledger.append(refer(ConsentValue::Yes, "women-house", &[]));
    assert!(reporting.needs_warning());
    assert_eq!(send(&mut reporting, &ledger), Some(ErrorCode::ReferralWarning));
    reporting.warned = true;
    ledger.withhold(Withheld { from: "women-house".into(), reason: WithheldReason::FearOfHarm, at: NOW });
    assert_eq!(send(&mut reporting, &ledger), Some(ErrorCode::ReferralWithheld));
    let unknown = Referral::draft(&services(), "clinic", Urgency::Now, Handover::Phone, &["shoe size"], NOW);
    assert_eq!(code(unknown), Some(ErrorCode::ReferralState));
    assert_eq!(DATA_FIELDS.len(), 7);
}

#[test]
fn only_steps_that_may_follow_follow() {
    let mut ledger = Ledger::new();
    ledger.append(refer(ConsentValue::Yes, "clinic", &[]));
    let path = [State::Sent, State::Received, State::Accepted, State::Started, State::Done];
    let mut referral = wanted("clinic", &[]);
    for state in path {
        let before = referral.state();
        for other in State::ALL.into_iter().filter(|other| !before.leads_to(*other)) {
            assert_eq!(
                code(referral.step(other, &ledger, NOW)),
                Some(ErrorCode::ReferralState),
                "{before:?} {other:?}"
            );
        }
        referral.step(state, &ledger, NOW).unwrap();
    }
    assert_eq!((referral.state(), referral.history().len()), (State::Done, 8));
    assert_eq!(code(referral.revoke(NOW)), Some(ErrorCode::ReferralState));
    let ends: Vec<_> = State::ALL.into_iter().filter(|state| state.is_final()).collect();
    assert!(ends.iter().all(|end| State::ALL.iter().all(|next| !end.leads_to(*next))));
}

#[test]
fn withdrawal_on_one_device_revokes_on_the_other() {
    let mut here = Ledger::new();
    here.append(refer(ConsentValue::Yes, "clinic", &["needs"]));
    let mut there = here.clone();
    let mut sent = wanted("clinic", &["needs"]);
    sent.step(State::Sent, &there, NOW).unwrap();
    assert_eq!(sent.follow(&there, NOW), None, "it stands");
    here.append(refer(ConsentValue::Withdrawn, "clinic", &["needs"]));
    there.merge(&here);
    assert_eq!(there.withdrawn_at(ConsentLine::C4, Some("clinic")), Some(NOW));
    assert_eq!(sent.follow(&there, NOW), Some(AfterRevocation::NotifyRecipient));
    assert_eq!(sent.state(), State::Revoked);
    let mut unsent = wanted("clinic", &["needs"]);
    assert_eq!(unsent.follow(&there, NOW), Some(AfterRevocation::Nothing));
    assert!(there.data_set("clinic").is_empty());
}

#[test]
fn merging_is_the_same_in_every_order_and_twice() {
    let mut one = Ledger::new();
    one.append(refer(ConsentValue::Yes, "clinic", &["needs"]));
    one.withhold(Withheld { from: "family".into(), reason: WithheldReason::TellsThemselves, at: NOW });
    let mut two = Ledger::new();
    two.append(said(ConsentLine::C6, ConsentValue::No));
    two.append(refer(ConsentValue::Withdrawn, "clinic", &["needs"]));
    let (mut a, mut b) = (one.clone(), two.clone());
    a.merge(&two);
    b.merge(&one);
    assert!(a == b);
    let once = a.clone();
    a.merge(&two);
    assert!(a == once);
    let text = serde_json::to_string(&a).unwrap();
    assert!(serde_json::from_str::<Ledger>(&text).unwrap() == a);
}

#[test]
fn copies_that_know_another_order_agree_on_the_narrower_yes() {
    let one = |fields: &[&str]| {
        let mut ledger = Ledger::new();
        ledger.append(refer(ConsentValue::Yes, "clinic", fields));
        ledger
    };
    let (wide, narrow) = (one(&["needs", "contact"]), one(&["needs"]));
    let (mut a, mut b) = (wide.clone(), narrow.clone());
    a.merge(&narrow);
    b.merge(&wide);
    assert!(a == b);
    assert_eq!(a.data_set("clinic").into_iter().collect::<Vec<_>>(), ["needs"]);
}

#[test]
fn contact_only_as_the_person_said() {
    let mut ledger = Ledger::new();
    let rule = ContactRule::Only {
        channel: Channel::Call,
        hours: vec![(9, 12), (22, 2)],
        caller: None,
        code_word: "lemon".into(),
        trusted_may_answer: false,
        if_other: IfOther::WrongNumber,
        story: String::new(),
    };
    assert_eq!(code(rule.check(&ledger, Channel::Call, 10)), Some(ErrorCode::ContactForbidden), "no line C5");
    ledger.append(said(ConsentLine::C5, ConsentValue::Yes));
    for (channel, hour, allowed) in [
        (Channel::Call, 9, true),
        (Channel::Call, 12, false),
        (Channel::Call, 23, true),
        (Channel::Call, 1, true),
        (Channel::Call, 3, false),
        (Channel::Message, 10, false),
        (Channel::Call, 30, false),
    ] {
        assert_eq!(rule.check(&ledger, channel, hour).is_ok(), allowed, "{channel:?} {hour}");
    }
    assert!(ContactRule::default().check(&ledger, Channel::InPerson, 10).is_err(), "do not contact");
    let story = |if_other: &'static str| {
        let given =
            [("contact", "yes"), ("channel", "call"), ("if_other", if_other), ("cover_story", "about the shoes")];
        let rule = ContactRule::of_answers(|name| given.iter().find(|one| one.0 == name).map(|one| one.1));
        match rule.unwrap() {
            ContactRule::Only { story, .. } => story,
            ContactRule::DoNotContact => "none".into(),
        }
    };
    assert_eq!((story("cover").as_str(), story("hang_up").as_str()), ("about the shoes", ""));
    let caller = |by: &'static str| {
        let given = [("contact", "yes"), ("channel", "call"), ("contact_by", by)];
        match ContactRule::of_answers(|name| given.iter().find(|one| one.0 == name).map(|one| one.1)) {
            Some(ContactRule::Only { caller, .. }) => caller,
            _ => None,
        }
    };
    let callers = ["same_worker", "colleague", "chosen_gender", "somebody"].map(caller);
    assert_eq!(callers, [Some(Caller::SameWorker), Some(Caller::Colleague), Some(Caller::ChosenGender), None]);
    let before = r#"{"only": {"channel": "call", "hours": [[9, 12]], "code_word": "", "trusted_may_answer": false, "if_other": "cover"}}"#;
    assert!(serde_json::from_str::<ContactRule>(before).is_ok(), "a rule from before stories were kept");
    ledger.append(said(ConsentLine::C5, ConsentValue::Withdrawn));
    assert!(rule.check(&ledger, Channel::Call, 10).is_err());
}

#[test]
fn a_worker_keeps_a_code_an_action_and_a_day() {
    let item = WorkItem { code: "brisk-otter-12".into(), action: NextAction::Contact, due: NOW };
    assert!(item.is_due(NOW) && !item.is_due(NOW.plus_millis(-1)));
    let value = serde_json::to_value(&item).unwrap();
    assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), ["action", "code", "due"]);
    let order = ByCode::Erasure { code: item.code, reason: ErasureReason::PersonAsked };
    let text = serde_json::to_string(&order).unwrap();
    assert!(serde_json::from_str::<ByCode>(&text).unwrap() == order);
}
