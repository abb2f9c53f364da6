//! The built-in rule set, and rule sets that must be refused.
#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use std::collections::BTreeMap;

use common::{WEIGHTS, rules};
use wayside_model::{Coded, ErrorCode};
use wayside_screening::{RuleSet, ScreeningError, Weight};

const TEXT: &str = include_str!("../rulesets/ilo-delphi-2009.json");

#[test]
fn weights_are_those_of_the_table_written_down_twice() {
    let rules = rules();
    let mut counted: BTreeMap<(&str, char), usize> = BTreeMap::new();
    let mut codes = 0;
    for (dimension, prefix, adult, child) in WEIGHTS {
        for (n, (al, cl)) in adult.chars().zip(child.chars()).enumerate() {
            let code = format!("{prefix}{}", n + 1);
            let indicator = rules.indicator(&code).unwrap();
            assert_eq!(indicator.dimension, dimension, "{code}");
            for (profile, wanted) in [("AL", al), ("CL", cl)] {
                let held = match indicator.weights.get(profile) {
                    Some(Weight::S) => 'S',
                    Some(Weight::M) => 'M',
                    Some(Weight::W) => 'W',
                    None => '-',
                };
                assert_eq!(held, wanted, "{code} in {profile}");
                *counted.entry((profile, held)).or_default() += 1;
            }
            codes += 1;
        }
    }
    assert_eq!((codes, rules.indicators().len()), (67, 67));
    let count = |profile, weight| counted.get(&(profile, weight)).copied().unwrap_or(0);
    assert_eq!([count("AL", 'S'), count("AL", 'M'), count("AL", 'W'), count("AL", '-')], [7, 53, 7, 0]);
    assert_eq!([count("CL", 'S'), count("CL", 'M'), count("CL", 'W'), count("CL", '-')], [15, 50, 0, 2]);
}

#[test]
fn each_item_has_a_source_and_nobody_has_signed_it_off() {
    let rules = rules();
    assert!(rules.indicators().iter().all(|indicator| !indicator.source.is_empty()));
    assert!(rules.quick().iter().all(|item| !item.source.is_empty()));
    assert_eq!(rules.quick().len(), 9);
    assert!(rules.guards().iter().all(|guard| guard.ours));
    assert!(rules.verification().reviewed_by.is_none());
    let flagged = rules.quick().iter().filter(|item| item.guards.contains(&"S2".to_owned()));
    assert_eq!(flagged.map(|item| item.code.as_str()).collect::<Vec<_>>(), ["forced", "held", "sexual", "marriage"]);
}

/// The error's place, or what serde says, after one change to the built-in text.
fn refused(from: &str, to: &str) -> String {
    assert!(TEXT.contains(from), "the text has {from}");
    match RuleSet::from_json(&TEXT.replacen(from, to, 1)) {
        Ok(_) => panic!("accepted after {from} became {to}"),
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::RuleSetMalformed);
            error.to_string()
        }
    }
}

#[test]
fn a_rule_set_that_contradicts_itself_is_refused_with_the_place() {
    for (from, to, said) in [
        (r#""code": "DR2""#, r#""code": "DR1""#, "indicators[1]: DR1 is there twice"),
        (r#"{"AL": "S", "CL": "S"}"#, r#"{"AL": "S", "AL": "M"}"#, "a profile has two weights"),
        (r#"{"AL": "S", "CL": "S"}"#, r#"{"AL": "S", "XL": "S"}"#, "indicators[0].weights.XL: there is no such"),
        (r#"{"AL": "S", "CL": "S"}"#, r#"{"AS": "S"}"#, "indicators[0].weights.AS: a weight for a profile"),
        (r#"{"AL": "S", "CL": "S"}"#, r#"{"AL": "X"}"#, "line "),
        (r#""dimension": "D1", "text""#, r#""dimension": "D9", "text""#, "indicators[0].dimension: there is no D9"),
        (r#""phases": ["before", "way"]"#, r#""phases": []"#, "indicators[0].phases"),
        (
            r#"{"branch": "3M", "s": 0, "m": 3"#,
            r#"{"branch": "3M", "s": 0, "m": 2"#,
            "combinations[3].branch: its numbers",
        ),
        (r#""branch": "2S", "s": 2"#, r#""branch": "1S", "s": 1"#, "combinations[1]: holds another"),
        (r#""branch": "2S", "s": 2"#, r#""branch": "", "s": 0"#, "combinations[0]: holds without any"),
        (
            r#"{"id": "ilo-ec", "element": "deceptive"#,
            r#"{"id": "nobody", "element": "deceptive"#,
            "indicators[0].source[0]",
        ),
        (r#"["CO1", "CO2", "CO3", "CO4"]"#, r#"["CO1", "CO77"]"#, "guards[0].when: there is no CO77"),
        (r#""ours": true"#, r#""ours": false"#, "guards[0].ours"),
        (r#"{"recorded": "urgent"}"#, r#"{"outcome": "N99"}"#, "outcomes[0].when: there is no N99"),
        (r#"{"recorded": "urgent"}"#, r#"{"outcome": "N1"}"#, "outcomes[0].when: N1 depends on itself"),
        (r#"{"recorded": "urgent"}"#, r#"{"outcome": "N6"}"#, ""),
        (r#"{"outcome": "N3"}"#, r#"{"outcome": "N6"}"#, "depends on itself"),
        (r#""points_to": ["D4", "D5"]"#, r#""points_to": ["D44"]"#, "quick[0].points_to[0]"),
        (r#""guards": ["S2"]"#, r#""guards": ["S9"]"#, "quick[1].guards[0]"),
        (r#"["danger_protocol", "#, r#"["dance_protocol", "#, "outcomes[0].steps[0]"),
        (r#""version": 1"#, r#""version": 0"#, "version: versions count from 1"),
        (r#""version": 1"#, r#""version": 1, "extra": 1"#, "unknown field"),
        (r#""reviewed_by": null"#, r#""reviewed_by": "somebody""#, "verification"),
        ("Nothing is recorded.", "Not a victim.", "text of N9: “victim” sounds like a verdict"),
        (r#""name": "exploitation""#, r#""name": "confirmed victim""#, "text of D4: “"),
        ("\n \"sources\"", "\n , \"sources\"", "line 6"),
    ] {
        if said.is_empty() {
            // N6 needs N3, N4, N5, N8 and none of them N1: no circle, so this change is allowed.
            assert!(RuleSet::from_json(&TEXT.replacen(from, to, 1)).is_ok());
            continue;
        }
        let error = refused(from, to);
        assert!(error.contains(said), "{error}\nwanted: {said}");
    }
}

#[test]
fn an_endless_text_is_not_read() {
    let long = format!("{TEXT}{}", " ".repeat(1 << 20));
    assert!(matches!(RuleSet::from_json(&long), Err(ScreeningError::RuleSetSyntax { line: 0, .. })));
    let deep = "[".repeat(100_000);
    assert!(RuleSet::from_json(&deep).is_err());
}

#[test]
fn text_that_is_not_a_code_does_not_get_into_an_error() {
    let rules = rules();
    let error =
        |code| match wayside_screening::Facts::stated(&rules, "AL", wayside_model::Route::Adult, &[code], &[], &[]) {
            Ok(_) => panic!("{code} accepted"),
            Err(error) => error,
        };
    assert_eq!(error("DR11").to_string(), "the rule set has no indicator DR11");
    assert_eq!(error("DR11").code(), ErrorCode::IndicatorUnknown);
    assert!(!error("call +39 351 000").to_string().contains("351"));
}
