//! How many subsets of a dimension's indicators make it positive, by enumeration against the published table.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use common::{WEIGHTS, rules};
use wayside_screening::RuleSet;

fn enumerate(rules: &RuleSet, dimension: &str, profile: &str) -> Count {
    let counts = rules.subset_counts(profile).unwrap();
    counts.into_iter().find(|(id, _, _)| id == dimension).map(|(_, positive, all)| (positive, all)).unwrap()
}

/// Positive subsets and all subsets.
type Count = (u32, u32);

const TABLE: [(&str, Count, Count); 6] = [
    ("D1", (977, 1024), (985, 1024)),
    ("D2", (977, 1024), (998, 1024)),
    ("D3", (65_385, 65_536), (32_647, 32_768)),
    ("D4", (474, 512), (226, 256)),
    ("D5", (32_697, 32_768), (32_731, 32_768)),
    ("D6", (94, 128), (99, 128)),
];

#[test]
fn counts_are_the_published_ones() {
    let rules = rules();
    for (dimension, adult, child) in TABLE {
        assert_eq!(enumerate(&rules, dimension, "AL"), adult, "{dimension} AL");
        assert_eq!(enumerate(&rules, dimension, "CL"), child, "{dimension} CL");
    }
}

#[test]
fn one_changed_weight_or_combination_changes_a_count() {
    let text = include_str!("../rulesets/ilo-delphi-2009.json");
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from));
        let rules = RuleSet::from_json(&text.replacen(from, to, 1)).unwrap();
        TABLE
            .iter()
            .any(|(d, adult, child)| enumerate(&rules, d, "AL") != *adult || enumerate(&rules, d, "CL") != *child)
    };
    // A dimension's only weak indicator counts like a medium one, so it is a strong one that is changed here.
    assert!(changed(r#"{"AL": "S", "CL": "S"}"#, r#"{"AL": "M", "CL": "S"}"#));
    assert!(changed(r#"{"AL": "W", "CL": "S"}"#, r#"{"AL": "W", "CL": "M"}"#));
    assert!(changed(r#"{"branch": "3M", "s": 0, "m": 3"#, r#"{"branch": "4M", "s": 0, "m": 4"#));
    assert_eq!(WEIGHTS.len(), TABLE.len());
}
