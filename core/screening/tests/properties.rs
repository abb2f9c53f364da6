//! The engine against a slow reference that looks at every subset, and properties that hold for all facts.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use common::{WEIGHTS, rules};
use proptest::prelude::*;
use std::sync::LazyLock;
use wayside_model::Route;
use wayside_screening::{Explanation, Facts, Finding, FindingState, RuleSet, evaluate};

static RULES: LazyLock<RuleSet> = LazyLock::new(rules);
const STATES: [FindingState; 6] = [
    FindingState::Absent,
    FindingState::Present,
    FindingState::Observed,
    FindingState::Unknown,
    FindingState::Declined,
    FindingState::NotAsked,
];

/// The published rule as it is printed, apart from the engine's combinations.
fn positive(weights: &[char]) -> bool {
    let count = |wanted| weights.iter().filter(|weight| **weight == wanted).count();
    let (s, m, w) = (count('S'), count('M'), count('W'));
    s >= 2 || (s >= 1 && m + w >= 1) || m >= 3 || (m >= 2 && w >= 1)
}

/// Code and weight of each indicator in a list.
fn list(profile: &str, dimension: usize) -> Vec<(String, char)> {
    let (_, prefix, adult, child) = WEIGHTS[dimension];
    let weights = if profile == "AL" { adult } else { child };
    let coded = weights.chars().enumerate().map(|(n, weight)| (format!("{prefix}{}", n + 1), weight));
    coded.filter(|(_, weight)| *weight != '-').collect()
}

fn facts(profile: &str, route: Route, states: &[(String, FindingState)]) -> Facts {
    let mut facts = Facts::new(Some(profile), route);
    facts.findings = states
        .iter()
        .map(|(code, state)| Finding { code: code.clone(), state: *state, because: String::new(), phase: None })
        .collect();
    facts
}

fn json(explanation: &Explanation) -> String {
    serde_json::to_string(explanation).unwrap()
}

/// A profile, a route and a state for every indicator; mostly absent, few of them open, so that subsets can be looked at.
fn cases() -> impl Strategy<Value = (&'static str, Route, Vec<(String, FindingState)>)> {
    let state = prop_oneof![
        12 => Just(FindingState::Absent), 4 => Just(FindingState::Present), 1 => Just(FindingState::Observed),
        1 => Just(FindingState::Unknown), 1 => Just(FindingState::Declined), 1 => Just(FindingState::NotAsked),
    ];
    let routes = prop_oneof![Just(Route::Adult), Just(Route::Child)];
    (prop_oneof![Just("AL"), Just("CL")], routes, proptest::collection::vec(state, 67)).prop_map(
        |(profile, route, s)| {
            let codes = RULES.indicators().iter().map(|indicator| indicator.code.clone());
            (profile, route, codes.zip(s).collect())
        },
    )
}

fn subsets<T: Clone>(of: &[T]) -> Vec<Vec<T>> {
    let pick =
        |bits: usize| of.iter().enumerate().filter(|(n, _)| bits & (1 << n) != 0).map(|(_, x)| x.clone()).collect();
    (0..1_usize << of.len()).map(pick).collect()
}

/// 400 in the quick run; `WAYSIDE_CASES=100000 cargo test -p wayside-screening --release --test properties` for more.
fn count() -> u32 {
    std::env::var("WAYSIDE_CASES").map_or(400, |count| count.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: count(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dimensions_agree_with_the_slow_reference((profile, route, states) in cases()) {
        let found = evaluate(&RULES, &facts(profile, route, &states)).unwrap();
        for (n, result) in found.dimensions.iter().enumerate() {
            let with = |wanted: fn(FindingState) -> bool| -> Vec<(String, char)> {
                let held = |code: &str| states.iter().any(|(held, state)| held == code && wanted(*state));
                list(profile, n).into_iter().filter(|(code, _)| held(code)).collect()
            };
            let (present, open) = (with(FindingState::is_present), with(FindingState::is_open));
            let weights = |list: &[(String, char)]| list.iter().map(|(_, weight)| *weight).collect::<Vec<_>>();
            let lower = positive(&weights(&present));
            let upper = positive(&weights(&[present.clone(), open.clone()].concat()));
            prop_assert_eq!((result.lower, result.upper), (lower, upper));
            prop_assert_eq!(result.branch.is_some(), lower);
            prop_assert!(!result.lower || result.upper);

            if present.len() <= 10 {
                let enough: Vec<_> = subsets(&present).into_iter().filter(|set| positive(&weights(set))).collect();
                let smallest = enough.iter().filter(|set| {
                    (0..set.len()).all(|out| {
                        let rest: Vec<_> = set.iter().enumerate().filter(|(n, _)| *n != out).map(|(_, x)| x.clone()).collect();
                        !positive(&weights(&rest))
                    })
                });
                let mut wanted: Vec<Vec<String>> = smallest.map(|set| set.iter().map(|(code, _)| code.clone()).collect()).collect();
                let mut sets = result.minimal_sets.clone();
                wanted.sort();
                sets.sort();
                prop_assert_eq!(sets, wanted);
            }
            if open.len() <= 8 {
                let turns = |code: &(String, char)| {
                    let others: Vec<_> = open.iter().filter(|other| other.0 != code.0).cloned().collect();
                    subsets(&others).into_iter().any(|set| {
                        let without = [present.clone(), set].concat();
                        !positive(&weights(&without)) && positive(&weights(&[without, vec![code.clone()]].concat()))
                    })
                };
                let wanted: Vec<String> = if upper && !lower { open.iter().filter(|code| turns(code)).map(|(code, _)| code.clone()).collect() } else { vec![] };
                prop_assert_eq!(&result.could_change, &wanted);
            }
        }
    }

    #[test]
    fn order_does_not_matter((profile, route, states) in cases(), seed: u64) {
        let straight = evaluate(&RULES, &facts(profile, route, &states)).unwrap();
        let mut mixed = states;
        let mut draw = seed | 1;
        for n in (1..mixed.len()).rev() {
            draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            mixed.swap(n, usize::try_from(draw >> 33).unwrap() % (n + 1));
        }
        prop_assert_eq!(json(&straight), json(&evaluate(&RULES, &facts(profile, route, &mixed)).unwrap()));
    }

    #[test]
    fn one_more_indicator_never_takes_a_dimension_away((profile, route, states) in cases(), at in 0_usize..67) {
        let before = evaluate(&RULES, &facts(profile, route, &states)).unwrap();
        let mut more = states;
        more[at].1 = FindingState::Present;
        let after = evaluate(&RULES, &facts(profile, route, &more)).unwrap();
        for (old, new) in before.dimensions.iter().zip(&after.dimensions) {
            prop_assert!((!old.lower || new.lower) && (!old.upper || new.upper));
        }
        prop_assert!(!has(&before, "N3") || has(&after, "N3"));
        prop_assert!(!has(&after, "N9"));
        prop_assert_eq!(has(&after, "N2"), route == Route::Child);
    }

    #[test]
    fn vulnerability_alone_is_never_more_than_vulnerability(states in proptest::collection::vec(0_usize..6, 23)) {
        let codes = RULES.indicators().iter().filter(|i| i.dimension == "D3" || i.dimension == "D6");
        let mut all: Vec<_> = codes.zip(states).map(|(i, n)| (i.code.clone(), STATES[n])).collect();
        let rest = RULES.indicators().iter().filter(|i| i.dimension != "D3" && i.dimension != "D6");
        all.extend(rest.map(|i| (i.code.clone(), FindingState::Absent)));
        let found = evaluate(&RULES, &facts("AL", Route::Adult, &all)).unwrap();
        prop_assert!(found.outcomes.iter().all(|o| ["N6", "N7", "N8", "N9"].contains(&o.id.as_str())));
    }

    #[test]
    fn an_explanation_survives_being_written_down((profile, route, states) in cases()) {
        let found = evaluate(&RULES, &facts(profile, route, &states)).unwrap();
        let back: Explanation = serde_json::from_str(&json(&found)).unwrap();
        prop_assert!(back == found);
    }
}

fn has(explanation: &Explanation, id: &str) -> bool {
    explanation.outcomes.iter().any(|outcome| outcome.id == id)
}

#[test]
fn the_reference_notices_a_changed_rule() {
    let text = include_str!("../rulesets/ilo-delphi-2009.json");
    let strict = text.replacen(
        r#"{"branch": "1S+1W", "s": 1, "m": 0, "w": 1}"#,
        r#"{"branch": "1S+2W", "s": 1, "m": 0, "w": 2}"#,
        1,
    );
    let strict = RuleSet::from_json(&strict).unwrap();
    let states = [("DR1".to_owned(), FindingState::Present), ("DR10".to_owned(), FindingState::Present)];
    let found = evaluate(&strict, &facts("AL", Route::Adult, &states)).unwrap();
    assert!(!found.dimensions[0].lower && positive(&['S', 'W']));
}
