//! Random cases against a second account of the whole rule: other algorithm (sets are tried one by one instead of counted),
//! other source (the weights as domain knowledge writes them down), outcomes as plain sentences of logic.
//!
//! 4,000 cases in the quick run; `WAYSIDE_CASES=120000 cargo test -p wayside-screening --release --test reference` for more.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use std::collections::BTreeSet;

use common::{WEIGHTS, rules};
use serde_json::{Value, json};
use wayside_screening::RuleSet;
use wayside_screening::cases::Case;

/// A small generator with a fixed seed, so that a failing case can be found again by its number.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

type Coded = (String, char);

/// What a set of indicators does, looked up pair by pair and triple by triple.
fn positive(set: &[&Coded]) -> bool {
    let is = |n: usize, weight| set[n].1 == weight;
    let pairs = (0..set.len()).flat_map(|a| (0..a).map(move |b| (b, a)));
    // A strong indicator with any other one is enough; so are three that are at least medium, or two and a weak one.
    if pairs.clone().any(|(a, b)| is(a, 'S') || is(b, 'S')) {
        return true;
    }
    pairs.flat_map(|(a, b)| (b + 1..set.len()).map(move |c| (a, b, c))).any(|(a, b, c)| {
        let weak = [a, b, c].into_iter().filter(|n| is(*n, 'W')).count();
        weak <= 1
    })
}

/// All sets of up to three of a list.
fn small_sets(of: &[Coded]) -> Vec<Vec<&Coded>> {
    let mut sets = vec![vec![]];
    for a in 0..of.len() {
        sets.push(vec![&of[a]]);
        for b in a + 1..of.len() {
            sets.push(vec![&of[a], &of[b]]);
            for c in b + 1..of.len() {
                sets.push(vec![&of[a], &of[b], &of[c]]);
            }
        }
    }
    sets
}

fn without<'a>(set: &[&'a Coded], out: usize) -> Vec<&'a Coded> {
    set.iter().enumerate().filter(|(n, _)| *n != out).map(|(_, held)| *held).collect()
}

fn minimal_sets(present: &[Coded]) -> BTreeSet<Vec<String>> {
    let minimal = |set: &Vec<&Coded>| positive(set) && (0..set.len()).all(|out| !positive(&without(set, out)));
    let sets = small_sets(present).into_iter().filter(minimal);
    sets.map(|set| set.into_iter().map(|held| held.0.clone()).collect()).collect()
}

/// No smallest set has more than three members, so two others beside the code are enough to look at.
fn could_change(present: &[Coded], open: &[Coded]) -> BTreeSet<String> {
    let base: Vec<&Coded> = present.iter().collect();
    let turns = |code: &&Coded| {
        let others: Vec<Coded> = open.iter().filter(|other| other.0 != code.0).cloned().collect();
        small_sets(&others).into_iter().filter(|set| set.len() <= 2).any(|set| {
            let before = [base.clone(), set].concat();
            let after = [before.clone(), vec![*code]].concat();
            !positive(&before) && positive(&after)
        })
    };
    open.iter().filter(turns).map(|code| code.0.clone()).collect()
}

struct Expected {
    dimensions: Vec<Value>,
    outcomes: Vec<&'static str>,
}

fn expected(case: &Value) -> Expected {
    let list = |name: &str| -> BTreeSet<String> {
        case[name].as_array().into_iter().flatten().map(|code| code.as_str().unwrap().to_owned()).collect()
    };
    let (present, open) = (list("present"), list("unknown").union(&list("declined")).cloned().collect::<BTreeSet<_>>());
    let profile = case["profile"].as_str().unwrap();
    let verified = ["AL", "CL"].contains(&profile);
    let mut dimensions = Vec::new();
    let mut lower = Vec::new();
    let mut undetermined = false;
    for (id, prefix, adult, child) in WEIGHTS {
        let weights = if profile == "AL" { adult } else { child };
        let coded: Vec<Coded> = (weights.chars().enumerate())
            .filter(|(_, weight)| verified && *weight != '-')
            .map(|(n, weight)| (format!("{prefix}{}", n + 1), weight))
            .collect();
        let with = |held: &BTreeSet<String>| coded.iter().filter(|(code, _)| held.contains(code)).cloned().collect();
        let (has, could): (Vec<Coded>, Vec<Coded>) = (with(&present), with(&open));
        let is = positive(&has.iter().collect::<Vec<_>>());
        let may_be = positive(&has.iter().chain(&could).collect::<Vec<_>>());
        let count = |wanted| has.iter().filter(|(_, weight)| *weight == wanted).count();
        let (s, m, w) = (count('S'), count('M'), count('W'));
        let branch = match (s, m, w) {
            (2.., ..) => Some("2S"),
            (1, 1.., _) => Some("1S+1M"),
            (1, 0, 1..) => Some("1S+1W"),
            (0, 3.., _) => Some("3M"),
            (0, 2, 1..) => Some("2M+1W"),
            _ => None,
        };
        let open_codes = if may_be && !is { could_change(&has, &could) } else { BTreeSet::new() };
        let minimal = if is { minimal_sets(&has) } else { BTreeSet::new() };
        dimensions.push(json!({
            "id": id, "lower": is, "upper": may_be, "s": s, "m": m, "w": w, "branch": branch,
            "minimal_sets": minimal, "could_change": open_codes,
        }));
        lower.push(is);
        undetermined |= may_be && !is;
    }
    let [d1, d2, d3, d4, d5, d6] = lower.try_into().unwrap();
    let child = case["age"].as_array().is_none_or(|age| age[0].as_u64().unwrap() < 18);
    let any = |codes: &[&str]| codes.iter().any(|code| present.contains(*code));
    let exploitation = present.iter().any(|code| code.starts_with("EX"));
    let beyond_labour = !verified && !present.is_empty();
    let (means, used) = (d1 || d2 || d5, d3 || d6);
    let n3 = if child { exploitation || d4 || beyond_labour } else { (means || used) && d4 };
    let control = means || any(&["CO1", "CO2", "CO3", "CO4"]);
    let n4 = (control && !d4) || (!child && beyond_labour && !n3);
    let n5 = !child && d4 && !means && !used;
    let n8 = used && !means && !d4;
    let n6 = !present.is_empty() && !n3 && !n4 && !n5 && !n8;
    let all = [
        ("N2", child),
        ("N3", n3),
        ("N4", n4),
        ("N5", n5),
        ("N6", n6),
        ("N7", undetermined),
        ("N8", n8),
        ("N9", present.is_empty()),
    ];
    Expected { dimensions, outcomes: all.into_iter().filter(|(_, holds)| *holds).map(|(id, _)| id).collect() }
}

fn random_case(draw: &mut Draw, n: u64, codes: &[String]) -> Value {
    let profile = ["AL", "CL", "AL", "CL", "AL", "CL", "AS", "CS"][draw.below(8) as usize];
    // Few, some or many: each weight class should be seen alone and in crowds.
    let (present, open) = ([2, 6, 15, 40][draw.below(4) as usize], [0, 3, 10, 30][draw.below(4) as usize]);
    let mut case = json!({"id": n, "profile": profile, "present": [], "unknown": [], "declined": []});
    for code in codes {
        let at = draw.below(100);
        let list = match at {
            _ if at < present => "present",
            _ if at < present + open => ["unknown", "declined"][draw.below(2) as usize],
            _ => continue,
        };
        case[list].as_array_mut().unwrap().push(json!(code));
    }
    if draw.below(4) > 0 {
        let low = draw.below(40);
        case["age"] = json!([low, low + draw.below(10)]);
    }
    case
}

/// The explanation with its lists in the reference's order.
fn found(rules: &RuleSet, case: &Value) -> (Vec<Value>, Vec<String>, Value) {
    let result = Case::from_json(&case.to_string()).unwrap().evaluate(rules).unwrap();
    let object = serde_json::to_value(&result).unwrap();
    let sorted = |value: &Value| {
        let mut list = value.as_array().unwrap().clone();
        list.iter_mut().filter_map(Value::as_array_mut).for_each(|set| set.sort_by_key(place));
        let set: BTreeSet<String> = list.iter().map(Value::to_string).collect();
        assert_eq!(set.len(), list.len(), "each once");
        set
    };
    let dimensions = object["dimensions"].as_array().unwrap().iter().map(|d| {
        json!({
            "id": d["id"], "lower": d["lower"], "upper": d["upper"], "s": d["s"], "m": d["m"], "w": d["w"],
            "branch": d["branch"], "minimal_sets": sorted(&d["minimal_sets"]), "could_change": sorted(&d["could_change"]),
        })
    });
    let outcomes = object["outcomes"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned());
    (dimensions.collect(), outcomes.collect(), object["id"].clone())
}

/// The number of a code, so that DR2 comes before DR10.
fn place(code: &Value) -> u32 {
    code.as_str().unwrap().trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().unwrap()
}

fn disagreement(rules: &RuleSet, case: &Value) -> Option<String> {
    let mut wanted = expected(case);
    for dimension in &mut wanted.dimensions {
        for list in ["minimal_sets", "could_change"] {
            let texts: BTreeSet<String> = dimension[list].as_array().unwrap().iter().map(Value::to_string).collect();
            dimension[list] = json!(texts);
        }
    }
    let (dimensions, outcomes, id) = found(rules, case);
    let same = dimensions == wanted.dimensions && outcomes == wanted.outcomes && id == case["id"];
    (!same).then(|| format!("{case}\n{dimensions:?}\n{:?}\n{outcomes:?} {:?}", wanted.dimensions, wanted.outcomes))
}

fn codes(rules: &RuleSet) -> Vec<String> {
    rules.indicators().iter().map(|indicator| indicator.code.clone()).collect()
}

#[test]
fn random_cases_agree_with_the_second_account() {
    let cases: u64 = std::env::var("WAYSIDE_CASES").map_or(4_000, |count| count.parse().unwrap());
    let (rules, mut draw) = (rules(), Draw(20_091_201));
    let codes = codes(&rules);
    let mut seen = BTreeSet::new();
    for n in 0..cases {
        let case = random_case(&mut draw, n, &codes);
        if let Some(text) = disagreement(&rules, &case) {
            panic!("{text}");
        }
        seen.extend(expected(&case).outcomes);
    }
    println!("{cases} cases agree");
    assert_eq!(seen.len(), 8, "each outcome that codes can lead to was seen: {seen:?}");
}

#[test]
fn a_changed_rule_is_noticed() {
    let text = include_str!("../rulesets/ilo-delphi-2009.json");
    for (from, to) in [
        (r#"{"branch": "1S+1W", "s": 1, "m": 0, "w": 1}"#, r#"{"branch": "1S+2W", "s": 1, "m": 0, "w": 2}"#),
        (r#"{"AL": "S", "CL": "S"}"#, r#"{"AL": "M", "CL": "S"}"#),
        (r#"["CO1", "CO2", "CO3", "CO4"]"#, r#"["CO1", "CO2", "CO3"]"#),
        (r#"{"under_profile": ["AS", "CS"]}"#, r#"{"under_profile": ["AS"]}"#),
        (r#"{"not": {"dimension": "D4"}}"#, r#"{"not": {"dimension": "D6"}}"#),
    ] {
        assert!(text.contains(from), "{from}");
        let changed = RuleSet::from_json(&text.replacen(from, to, 1)).unwrap();
        let (codes, mut draw) = (codes(&changed), Draw(7));
        let first = (0..3_000).find(|n| disagreement(&changed, &random_case(&mut draw, *n, &codes)).is_some());
        assert!(first.is_some(), "{to} went unnoticed");
    }
}

#[test]
fn a_bad_line_is_refused_with_its_place() {
    let rules = rules();
    let refused = |line: &str| match Case::from_json(line).and_then(|case| case.evaluate(&rules)) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    };
    for (line, said) in [
        (r#"{"id": 1, "profile": "AL", "present": ["DR99"]}"#, "no indicator DR99"),
        (r#"{"id": 1, "profile": "XL"}"#, "no profile XL"),
        (r#"{"id": 1, "profile": "AL", "presnt": ["DR1"]}"#, "column"),
        (r#"{"id": 1, "profile": "AL", "present": ["DR1"], "declined": ["DR1"]}"#, "declined[0] is there twice"),
        (r#"{"id": 1, "profile": "AL", "age": [30, 20]}"#, "turned round"),
        (r#"{"profile": "AL"}"#, "column"),
    ] {
        assert!(refused(line).contains(said), "{line}: {}", refused(line));
    }
    let case = r#"{"id": {"any": "shape"}, "profile": "AL"}"#;
    let result = Case::from_json(case).unwrap().evaluate(&rules).unwrap();
    assert_eq!(serde_json::to_value(&result).unwrap()["id"], json!({"any": "shape"}));
}

#[test]
fn an_older_or_a_second_text_does_not_take_the_place() {
    let (rules, text) = (rules(), include_str!("../rulesets/ilo-delphi-2009.json"));
    let newer = text.replacen(r#""version": 1"#, r#""version": 2"#, 1);
    let held = rules.successor(&newer).unwrap();
    assert_eq!(held.version(), 2);
    let said = |text: &str| held.successor(text).map(|rules| rules.version()).map_err(|error| error.to_string());
    assert_eq!(said(text), Err("rule set version 1 was offered in place of 2".to_owned()));
    assert_eq!(said(&newer), Ok(2));
    let second = newer.replacen(r#"{"AL": "S", "CL": "S"}"#, r#"{"AL": "M", "CL": "S"}"#, 1);
    assert!(said(&second).is_err(), "another text under the same version");
    assert!(said(&newer.replacen("ilo-delphi-2009", "other", 1)).is_err());
    assert!(said("{").is_err());
    assert_eq!(held.version(), 2, "what was held stays");
}
