//! The built-in forms: what they ask, and that their screening attributes say what the rule set knows.
#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{because, outcomes, rules};
use roxmltree::{Document, Node};
use wayside_model::{AnswerState, Route};
use wayside_screening::forms::{BUILT_IN, built_in};
use wayside_screening::{Facts, FindingState, Item, Phase, ScreeningError, evaluate};

const OURS: &str = "urn:wayside:xforms:1";

fn document(id: &str) -> Document<'static> {
    Document::parse(built_in(id).unwrap().xml).unwrap()
}

fn binds<'a>(document: &'a Document<'static>) -> Vec<Node<'a, 'static>> {
    document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2002/xforms", "bind"))).collect()
}

fn ours(bind: Node<'_, '_>) -> Vec<(String, String)> {
    let attributes = bind.attributes().filter(|attribute| attribute.namespace() == Some(OURS));
    attributes.map(|attribute| (attribute.name().to_owned(), attribute.value().to_owned())).collect()
}

/// The facts that a form gives for some answers, by the last part of the reference; everything else is not asked.
fn answered(id: &str, answers: &[(&str, &str)]) -> Result<Facts, ScreeningError> {
    let document = document(id);
    let nodes: Vec<(String, Vec<(String, String)>)> =
        binds(&document).into_iter().map(|bind| (bind.attribute("nodeset").unwrap().to_owned(), ours(bind))).collect();
    let profiles = nodes.iter().flat_map(|(_, held)| held).filter(|(name, _)| name == "profile");
    let profile = profiles.map(|(_, value)| value.as_str()).next().unwrap();
    let given: BTreeMap<_, _> = answers.iter().copied().collect();
    let mut used = 0;
    let items: Vec<Item<'_>> = (nodes.iter())
        .map(|(reference, extensions)| {
            let value = given.get(reference.rsplit('/').next().unwrap()).copied();
            used += usize::from(value.is_some());
            Item {
                reference,
                extensions: extensions.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
                state: if value.is_some() { AnswerState::Given } else { AnswerState::NotAsked },
                value: value.unwrap_or(""),
            }
        })
        .collect();
    assert_eq!(used, answers.len(), "each answer belongs to a node");
    Facts::collect(&rules(), profile, &items, Route::Adult, "en")
}

fn state(facts: &Facts, code: &str) -> Vec<(FindingState, Option<Phase>)> {
    facts.findings.iter().filter(|finding| finding.code == code).map(|finding| (finding.state, finding.phase)).collect()
}

#[test]
fn the_quick_screen_has_its_nine_items() {
    let (rules, document) = (rules(), document("wayside-b2"));
    let mut asked = BTreeSet::new();
    for bind in binds(&document) {
        if let Some((_, item)) = ours(bind).into_iter().find(|(name, _)| name == "quick") {
            let known = rules.quick().iter().find(|known| known.code == item).unwrap();
            let private = bind.attribute("nodeset").unwrap().starts_with("/data/private/");
            assert_eq!(private, known.adults_only, "{item}");
            asked.insert(item);
        }
    }
    assert_eq!(asked.len(), 9);
    let private = binds(&document).into_iter().find(|bind| bind.attribute("nodeset") == Some("/data/private")).unwrap();
    assert_eq!(private.attribute("relevant").unwrap().split_whitespace().collect::<String>(), "/data/route='adult'");
}

#[test]
fn all_sixty_seven_indicators_can_be_recorded() {
    let (rules, document) = (rules(), document("wayside-b3-al"));
    let mut reached: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for bind in binds(&document) {
        let attributes = ours(bind);
        let Some((_, codes)) = attributes.iter().find(|(name, _)| name == "indicator") else { continue };
        for part in codes.split_ascii_whitespace() {
            let (phase, code) = part.split_once(':').unwrap_or(("", part));
            let phase = ["before", "way", "place"].into_iter().find(|known| *known == phase).unwrap_or("any");
            assert!(reached.entry(code.to_owned()).or_default().insert(phase), "{code} is asked twice in {phase}");
        }
    }
    let all: BTreeSet<_> = rules.indicators().iter().map(|indicator| indicator.code.clone()).collect();
    assert_eq!(reached.keys().cloned().collect::<BTreeSet<_>>(), all);
    assert_eq!(reached.len(), 67);
    assert!(reached.keys().all(|code| !rules.indicator(code).unwrap().source.is_empty()));
    let two_phases = reached.values().filter(|phases| phases.contains("place")).count();
    assert_eq!(two_phases, 9, "facts that are asked once and are two indicators");
}

#[test]
fn every_field_says_how_sensitive_it_is_and_what_for() {
    for form in BUILT_IN {
        let document = document(form.id);
        let groups = [
            "/data/private",
            "/data/offer",
            "/data/control",
            "/data/pull",
            "/data/work",
            "/data/held",
            "/data/dependence",
        ];
        for bind in binds(&document) {
            let node = bind.attribute("nodeset").unwrap();
            if node == "/data/meta/instanceID" || groups.contains(&node) {
                continue;
            }
            let attributes: BTreeMap<_, _> = ours(bind).into_iter().collect();
            let levels = ["restricted", "confidential", "strictly_confidential"];
            assert!(attributes.get("sensitivity").is_some_and(|level| levels.contains(&level.as_str())), "{node}");
            let purposes = ["routing", "screening", "referral"];
            assert!(attributes.get("purpose").is_some_and(|purpose| purposes.contains(&purpose.as_str())), "{node}");
        }
    }
}

#[test]
fn both_languages_are_whole_and_differ() {
    for form in BUILT_IN {
        let document = document(form.id);
        let texts = |language: &str| -> BTreeMap<String, String> {
            let translation = document.descendants().find(|node| node.attribute("lang") == Some(language)).unwrap();
            let texts = translation.children().filter(Node::is_element);
            texts
                .map(|text| {
                    let value =
                        text.descendants().find_map(|node| node.text().filter(|value| !value.trim().is_empty()));
                    (text.attribute("id").unwrap().to_owned(), value.unwrap_or("-").to_owned())
                })
                .collect()
        };
        let (english, french) = (texts("English (en)"), texts("French (fr)"));
        assert_eq!(english.keys().collect::<Vec<_>>(), french.keys().collect::<Vec<_>>());
        let same: Vec<_> = english.iter().filter(|(id, text)| french[*id] == **text).collect();
        assert!(same.is_empty(), "{same:?}");
        assert!(!english.values().chain(french.values()).any(|text| text == "-"));
    }
}

#[test]
fn used_vulnerability_always_names_somebody_who_used_it() {
    let rules = rules();
    let document = document("wayside-b3-al");
    let mut looked_at = 0;
    for bind in binds(&document) {
        let Some((_, code)) = ours(bind).into_iter().find(|(name, _)| name == "indicator") else { continue };
        let Some(indicator) = rules.indicator(&code).filter(|i| ["D3", "D6"].contains(&i.dimension.as_str())) else {
            continue;
        };
        let id = format!("{}:label", bind.attribute("nodeset").unwrap());
        let labels: Vec<_> = document.descendants().filter(|node| node.attribute("id") == Some(&id)).collect();
        let text = |label: &Node<'_, '_>| label.descendants().filter_map(|node| node.text()).collect::<String>();
        assert!(text(&labels[0]).trim().starts_with("Somebody use"), "{code}");
        assert!(text(&labels[1]).trim().starts_with("Quelqu'un s"), "{code}");
        assert!(indicator.text.starts_with("Somebody use"), "{code}");
        looked_at += 1;
    }
    assert_eq!(looked_at, 23);
}

#[test]
fn a_fact_becomes_the_indicator_of_its_phase() {
    use FindingState::{Absent, Declined, Present, Unknown};
    let facts = |answers: &[(&str, &str)]| answered("wayside-b3-al", answers).unwrap();
    let both = facts(&[("papers", "yes"), ("papers_when", "way place")]);
    assert_eq!(state(&both, "CR5"), [(Present, Some(Phase::Way))]);
    assert_eq!(state(&both, "CO1"), [(Present, Some(Phase::Place))]);
    let early = facts(&[("papers", "observed"), ("papers_when", "before")]);
    assert_eq!(state(&early, "CR5"), [(FindingState::Observed, Some(Phase::Before))]);
    assert_eq!(state(&early, "CO1"), [(Absent, None)]);
    for (answer, wanted) in [("yes", Unknown), ("no", Absent), ("unknown", Unknown), ("declined", Declined)] {
        let found = facts(&[("papers", answer)]);
        assert_eq!(
            (state(&found, "CR5"), state(&found, "CO1")),
            (vec![(wanted, None)], vec![(wanted, None)]),
            "{answer}"
        );
    }
    assert_eq!(both.opened_dimensions, Some(vec!["D2".to_owned(), "D5".to_owned()]));
}

#[test]
fn answers_lead_to_outcomes() {
    let rules = rules();
    let detailed = [("dr1", "yes"), ("dr2", "yes"), ("ex1", "observed"), ("ex2", "yes"), ("types", "labour")];
    let found = evaluate(&rules, &answered("wayside-b3-al", &detailed).unwrap()).unwrap();
    assert_eq!(outcomes(&found), "N3");
    assert_eq!(found.dimensions[0].because[0].answer_id, "/data/offer/offer_1/dr1");
    assert_eq!(found.types, ["labour"]);
    assert!(found.caveats.iter().any(|caveat| caveat == "Language of the interview: en."));
    let begun = answered("wayside-b3-al", &[("dr2", "yes"), ("dr3", "no")]).unwrap();
    let found = evaluate(&rules, &begun).unwrap();
    assert_eq!(outcomes(&found), "N6 N7");
    assert_eq!(because(&found, "N7"), "D1", "the other blocks were not opened");
    let quick = answered("wayside-b2", &[("held", "yes"), ("debt", "declined")]).unwrap();
    assert!(quick.profile.is_none());
    let found = evaluate(&rules, &quick).unwrap();
    assert_eq!(outcomes(&found), "N4");
    assert!(found.quick.iter().any(|item| item.item == "debt" && item.state == FindingState::Declined));
}

#[test]
fn attributes_that_do_not_fit_are_refused() {
    let rules = rules();
    let item = |reference, extensions: &[(&'static str, &'static str)], value| Item {
        reference,
        extensions: extensions.to_vec(),
        state: AnswerState::Given,
        value,
    };
    let fails = |profile: &str, items: Vec<Item<'_>>| match Facts::collect(&rules, profile, &items, Route::Adult, "") {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    };
    let fact = |mapping: &'static str| item("/data/x", &[("fact", "x"), ("indicator", mapping)], "yes");
    let when = |value| item("/data/w", &[("when", "x")], value);
    for (items, said) in [
        (vec![item("/data/a", &[("indicator", "ZZ9")], "yes")], "no indicator ZZ9"),
        (vec![item("/data/a", &[("indicator", "DR1")], "maybe")], "/data/a: an option here has no meaning"),
        (vec![item("/data/x", &[("fact", "x")], "no")], "/data/x: no indicator is named"),
        (vec![fact("way:CO1"), when("way")], "/data/x: an indicator is asked in a phase it cannot"),
        (vec![fact("someday:CO1"), when("place")], "/data/x: an option here is not a phase"),
        (vec![fact("place:CO1"), when("someday")], "/data/w: an option here is not a phase"),
        (vec![fact("CO1"), when("place")], "/data/x: a phase is not joined"),
    ] {
        let error = fails("AL", items.into_iter().rev().collect());
        assert!(error.contains(said), "{error}");
    }
    assert!(fails("XX", vec![]).contains("no profile XX"));
}

#[test]
fn a_question_that_is_not_relevant_may_be_left_out() {
    let rules = rules();
    let fact = |value| Item {
        reference: "/data/x",
        extensions: vec![("fact", "x"), ("indicator", "way:CR5 place:CO1")],
        state: AnswerState::Given,
        value,
    };
    let of = |value| {
        let facts = Facts::collect(&rules, "AL", &[fact(value)], Route::Adult, "").unwrap();
        [state(&facts, "CR5"), state(&facts, "CO1")].concat()
    };
    assert_eq!(of("no"), [(FindingState::Absent, None); 2]);
    assert_eq!(of("yes"), [(FindingState::Unknown, None); 2]);
}
