//! The built-in forms: what they ask, and that their screening attributes say what the rule set knows.
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests fail by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{because, outcomes, rules};
use roxmltree::{Document, Node};
use wayside_model::{AnswerState, Route};
use wayside_screening::form_check::{check_field, translation_status};
use wayside_screening::forms::{BUILT_IN, built_in};
use wayside_screening::packs::Status;
use wayside_screening::{Facts, FindingState, Item, Phase, ScreeningError, evaluate};

const OURS: &str = "urn:wayside:xforms:1";

fn document(id: &str) -> Document<'static> {
    Document::parse(built_in(id).unwrap().xml()).unwrap()
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

/// A label, choice or message in one language: its id and its text.
fn texts(document: &Document<'_>, language: &str) -> BTreeMap<String, String> {
    let translation = document.descendants().find(|node| node.attribute("lang") == Some(language)).unwrap();
    let texts = translation.children().filter(Node::is_element);
    texts
        .map(|text| {
            let value = text.descendants().find_map(|node| node.text().filter(|value| !value.trim().is_empty()));
            (text.attribute("id").unwrap().to_owned(), value.unwrap_or("-").to_owned())
        })
        .collect()
}

fn attribute(bind: Node<'_, '_>, name: &str) -> Option<String> {
    ours(bind).into_iter().find(|(held, _)| held == name).map(|(_, value)| value)
}

/// What a form asks about: items named on questions, and factors that are choices with a source of their own.
fn items(document: &Document<'static>) -> BTreeSet<String> {
    let named = binds(document).into_iter().filter_map(|bind| attribute(bind, "item"));
    let mut all: BTreeSet<String> =
        named.flat_map(|item| item.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    for list in document.descendants().filter(|node| node.has_tag_name("instance") && node.has_attribute("id")) {
        for item in list.descendants().filter(|node| node.has_tag_name("item")) {
            let child = |name| item.children().find(|node| node.has_tag_name(name)).and_then(|node| node.text());
            if child("source").is_some_and(|source| !source.is_empty()) {
                all.insert(format!("{}/{}", list.attribute("id").unwrap(), child("name").unwrap()));
            }
        }
    }
    all
}

#[test]
fn each_form_has_its_items_and_each_item_its_source() {
    let counts: Vec<(&str, usize)> = BUILT_IN.iter().map(|form| (form.id, items(&document(form.id)).len())).collect();
    let wanted = [
        ("wayside-b0", 12),
        ("wayside-b1", 8),
        ("wayside-b2", 9),
        ("wayside-b3-al", 67),
        ("wayside-b3-as", 67),
        ("wayside-b3-c", 65),
        ("wayside-b4", 40),
        ("wayside-b5", 10),
        ("wayside-b6", 20),
        ("wayside-b7", 10),
    ];
    assert_eq!(counts, wanted);
    for form in BUILT_IN {
        let document = document(form.id);
        for bind in binds(&document).into_iter().filter(|bind| attribute(*bind, "purpose").is_some()) {
            let routing = attribute(bind, "purpose").unwrap() == "routing";
            let source = attribute(bind, "source").unwrap_or_default();
            assert!(routing || source.len() > 5, "{} {:?}", form.id, bind.attribute("nodeset"));
        }
    }
}

#[test]
fn a_packed_form_is_its_file_byte_by_byte() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("forms");
    let mut files: BTreeSet<String> = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "xml") {
            files.insert(std::fs::read_to_string(path).unwrap());
        }
    }
    let held: BTreeSet<String> = BUILT_IN.iter().map(|form| form.xml().to_owned()).collect();
    assert_eq!(held.len(), BUILT_IN.len());
    assert!(held == files, "a form is not what its file says");
}

#[test]
fn the_quick_screen_puts_its_nine_items_to_adults_only() {
    let (rules, document) = (rules(), document("wayside-b2"));
    let mut asked = BTreeSet::new();
    for bind in binds(&document) {
        if let Some(item) = attribute(bind, "quick") {
            let known = rules.quick().iter().find(|known| known.code == item).unwrap();
            let private = bind.attribute("nodeset").unwrap().starts_with("/data/private/");
            assert_eq!(private, known.adults_only, "{item}");
            asked.insert(item);
        }
    }
    assert_eq!(asked.len(), 9);
    for (group, route) in [("private", "adult"), ("work", "adult"), ("control", "adult"), ("child", "child")] {
        let place = format!("/data/{group}");
        let bind = binds(&document).into_iter().find(|bind| bind.attribute("nodeset") == Some(&place)).unwrap();
        let relevant = bind.attribute("relevant").unwrap().split_whitespace().collect::<String>();
        assert_eq!(relevant, format!("/data/route='{route}'"));
    }
}

#[test]
fn every_indicator_of_the_profile_can_be_recorded() {
    let rules = rules();
    for (id, profile, count, two) in
        [("wayside-b3-al", "AL", 67, 9), ("wayside-b3-as", "AS", 67, 9), ("wayside-b3-c", "CL", 65, 9)]
    {
        let document = document(id);
        let mut reached: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for bind in binds(&document) {
            let Some(codes) = attribute(bind, "indicator") else { continue };
            for part in codes.split_ascii_whitespace() {
                let (phase, code) = part.split_once(':').unwrap_or(("", part));
                let phase = ["before", "way", "place"].into_iter().find(|known| *known == phase).unwrap_or("any");
                assert!(reached.entry(code.to_owned()).or_default().insert(phase), "{code} is asked twice in {phase}");
            }
        }
        let listed = rules.indicators().iter().filter(|held| profile == "AS" || held.weights.contains_key(profile));
        let all: BTreeSet<_> = listed.map(|indicator| indicator.code.clone()).collect();
        assert_eq!(reached.keys().cloned().collect::<BTreeSet<_>>(), all, "{id}");
        assert_eq!(reached.len(), count, "{id}");
        let two_phases = reached.values().filter(|phases| phases.contains("place")).count();
        assert_eq!(two_phases, two, "{id}: facts that are asked once and are two indicators");
    }
}

#[test]
fn what_is_named_in_attributes_exists() {
    let rules = rules();
    let signs: BTreeSet<_> = rules.signs().iter().map(|sign| sign.code.clone()).collect();
    let named: BTreeSet<_> =
        binds(&document("wayside-b7")).into_iter().filter_map(|bind| attribute(bind, "sign")).collect();
    assert_eq!((named.len(), &named), (10, &signs));
    let urgent = binds(&document("wayside-b1")).into_iter().filter_map(|bind| attribute(bind, "urgent")).count();
    assert_eq!(urgent, 8);
}

#[test]
fn every_field_says_how_sensitive_it_is_and_what_for() {
    for form in BUILT_IN {
        let document = document(form.id);
        let groups: BTreeSet<_> = (document.descendants())
            .filter(|node| node.has_tag_name(("http://www.w3.org/2002/xforms", "group")))
            .filter_map(|group| group.attribute("ref"))
            .collect();
        let mut fields = 0;
        for bind in binds(&document) {
            let node = bind.attribute("nodeset").unwrap();
            if node == "/data/meta/instanceID" || groups.contains(node) {
                continue;
            }
            let attributes: BTreeMap<_, _> = ours(bind).into_iter().collect();
            let attributes: Vec<_> = attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            check_field(node, &attributes).unwrap();
            fields += 1;
        }
        assert!(fields >= 10, "{}: {fields}", form.id);
    }
    assert!(check_field("/data/x", &[("purpose", "screening")]).is_err());
    assert!(check_field("/data/x", &[("purpose", "fun"), ("sensitivity", "restricted")]).is_err());
    assert!(check_field("/data/x", &[("purpose", "safety"), ("sensitivity", "secret")]).is_err());
}

const LANGUAGES: [(&str, &str); 6] = [
    ("en", "English (en)"),
    ("fr", "French (fr)"),
    ("es", "Spanish (es)"),
    ("ar", "Arabic (ar)"),
    ("prs", "Dari (prs)"),
    ("ti", "Tigrinya (ti)"),
];

/// Words that are rightly written the same in English and in another language.
const SAME: [(&str, &str); 1] = [("es", "No")];

#[test]
fn all_six_languages_are_whole_and_differ() {
    let mut strings = 0;
    for form in BUILT_IN {
        let document = document(form.id);
        let english = texts(&document, LANGUAGES[0].1);
        assert!(english.values().all(|text| text != "-"), "{}", form.id);
        for (code, language) in &LANGUAGES[1..] {
            let other = texts(&document, language);
            assert_eq!(english.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{} {code}", form.id);
            for (id, text) in &other {
                let same = english[id] == *text && !SAME.contains(&(code, text.as_str()));
                assert!(text != "-" && !same, "{} {code} {id}: {text}", form.id);
                let script = match *code {
                    "ar" | "prs" => Some('\u{600}'..='\u{6ff}'),
                    "ti" => Some('\u{1200}'..='\u{137f}'),
                    _ => None,
                };
                assert!(script.is_none_or(|script| text.chars().any(|c| script.contains(&c))), "{code} {id}: {text}");
                strings += 1;
            }
        }
        assert!(document.descendants().filter(|node| node.has_attribute("lang")).count() == LANGUAGES.len());
    }
    println!("{strings} translated strings");
}

/// A status stands on the question (label, hint and message together) and on each choice.
#[test]
fn each_string_has_a_translation_status() {
    let mut drafts = 0;
    for form in BUILT_IN {
        let document = document(form.id);
        let status: BTreeMap<String, String> = (binds(&document).into_iter())
            .filter_map(|bind| Some((bind.attribute("nodeset")?.to_owned(), attribute(bind, "status")?)))
            .collect();
        for id in texts(&document, LANGUAGES[0].1).keys() {
            let held = match id.split_once(':') {
                Some((place, _)) => status.get(place).cloned(),
                None => document
                    .descendants()
                    .filter(|node| node.has_tag_name("item"))
                    .find(|item| item.children().any(|child| child.text() == Some(id)))
                    .and_then(|item| item.children().find(|child| child.has_tag_name("status")))
                    .and_then(|status| status.text().map(str::to_owned)),
            };
            let held = held.unwrap_or_else(|| panic!("{} {id} has no status", form.id));
            for (code, _) in LANGUAGES {
                drafts += usize::from(translation_status(&held, code).unwrap() == Status::Draft);
            }
        }
    }
    assert!(drafts > 4_000, "{drafts}: nobody has reviewed anything yet");
    assert_eq!(translation_status("draft fr:reviewed", "fr"), Some(Status::Reviewed));
    assert_eq!(translation_status("draft fr:reviewed", "ar"), Some(Status::Draft));
    assert_eq!(translation_status("splendid", "ar"), None);
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
        assert!(text(&labels[2]).trim().starts_with("Alguien se aprovech"), "{code}");
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

#[test]
fn urgent_needs_signs_and_ratings_become_facts() {
    let rules = rules();
    let of = |id, answers: &[(&str, &str)]| evaluate(&rules, &answered(id, answers).unwrap()).unwrap();
    let urgent =
        of("wayside-b1", &[("assault", "yes"), ("assault_hours", "60"), ("basic", "observed"), ("mind", "no")]);
    assert_eq!((outcomes(&urgent), because(&urgent, "N1")), ("N1".to_owned(), "assault basic".to_owned()));
    assert_eq!(outcomes(&of("wayside-b1", &[("life", "no"), ("medical", "declined")])), "N9");
    assert_eq!(because(&of("wayside-b2", &[("safe", "no")]), "N1"), "child_unsafe");
    assert_eq!(outcomes(&of("wayside-b2", &[("safe", "yes")])), "N9");
    let seen = of("wayside-b7", &[("fear", "yes"), ("scripted", "yes"), ("place", "no")]);
    assert_eq!((outcomes(&seen), because(&seen, "N6")), ("N6".to_owned(), "scripted fear".to_owned()));
    assert!(seen.dimensions.iter().all(|d| (d.s, d.m, d.w, d.upper) == (0, 0, 0, false) || !d.explored));
    assert!(seen.steps.iter().any(|step| step.step == "look_again"));
    assert_eq!(outcomes(&of("wayside-b4", &[("individual_rating", "high")])), "N8");
    assert_eq!(outcomes(&of("wayside-b4", &[("individual_rating", "medium")])), "N9");
    let child =
        answered("wayside-b3-c", &[("ex1", "not_asked"), ("dr10", "observed"), ("papers", "not_asked")]).unwrap();
    assert_eq!(state(&child, "EX1"), [(FindingState::NotAsked, None)]);
    assert_eq!(child.opened_dimensions, Some(vec!["D1".to_owned()]));
}
