//! No word of ours sounds like a verdict, and no explanation holds a number that ranks people.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use common::{rules, stated};
use wayside_model::Route;
use wayside_screening::forms::BUILT_IN;
use wayside_screening::words::{VERDICT_WORDS, verdict_in};

#[test]
fn forms_rules_and_explanations_hold_no_verdict() {
    for form in BUILT_IN {
        assert_eq!(verdict_in(form.xml()), None, "{}", form.id);
        assert_eq!(verdict_in(form.title), None);
    }
    let rules = rules();
    let everything: Vec<&str> = rules.indicators().iter().map(|indicator| indicator.code.as_str()).collect();
    for route in [Route::Adult, Route::Child] {
        for profile in rules.profiles() {
            for present in [String::new(), everything.join(" "), "RV1 RV2 RV3".to_owned(), "EX1 EX2".to_owned()] {
                let found = stated(&rules, &profile.id, route, &present, "", "");
                let json = serde_json::to_string(&found).unwrap();
                assert_eq!(verdict_in(&json), None, "{present}");
            }
        }
    }
}

#[test]
fn the_search_finds_a_planted_word() {
    for (text, word) in [
        ("This person is a Victim of it.", "victim"),
        ("She was trafficked.", "trafficked"),
        ("Scored 7 of 10", "score"),
        ("la victime", "victim"),
        ("c’est un risque élevé", "risque élevé"),
        ("es una víctima", "víctima"),
        ("هو من الضحايا", "ضحايا"),
        ("او قربانی است", "قربانی"),
        ("እቲ ግዳይ", "ግዳይ"),
    ] {
        assert_eq!(verdict_in(text), Some(word), "{text}");
    }
    for fine in ["indicators consistent with trafficking", "underscore", "told to lie", ""] {
        assert_eq!(verdict_in(fine), None, "{fine}");
    }
    assert!(VERDICT_WORDS.iter().all(|(_, words)| words.iter().all(|word| *word == word.to_lowercase())));
}

#[test]
fn an_explanation_has_exactly_these_numbers() {
    let found = stated(&rules(), "AL", Route::Adult, "DR1 DR2", "EX1", "");
    let value = serde_json::to_value(&found).unwrap();
    let mut numbers = std::collections::BTreeSet::new();
    collect("", &value, &mut numbers);
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), [".dimensions.m", ".dimensions.s", ".dimensions.w"]);
}

fn collect(path: &str, value: &serde_json::Value, numbers: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Number(_) => _ = numbers.insert(path.to_owned()),
        serde_json::Value::Array(list) => list.iter().for_each(|item| collect(path, item, numbers)),
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(name, item)| collect(&format!("{path}.{name}"), item, numbers));
        }
        _ => {}
    }
}
