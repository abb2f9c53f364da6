//! Worked examples: facts, positive dimensions with their branch, outcomes. No real people.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use common::{because, outcomes, positive, rules, stated, steps};
use wayside_model::Route::{self, Adult, Child};

struct Example {
    n: u8,
    profile: &'static str,
    route: Route,
    present: &'static str,
    unknown: &'static str,
    declined: &'static str,
    positive: &'static str,
    outcomes: &'static str,
}

#[rustfmt::skip]
const EXAMPLES: &[Example] = &[
    Example { n: 1, profile: "AL", route: Adult, present: "", unknown: "", declined: "", positive: "", outcomes: "N9" },
    Example { n: 2, profile: "AL", route: Adult, present: "EX1", unknown: "", declined: "", positive: "", outcomes: "N6" },
    Example { n: 3, profile: "AL", route: Adult, present: "EX1 EX2", unknown: "", declined: "", positive: "D4:1S+1M", outcomes: "N5" },
    Example { n: 4, profile: "AL", route: Adult, present: "DR1 DR2 EX1 EX2", unknown: "", declined: "", positive: "D1:1S+1M D4:1S+1M", outcomes: "N3" },
    Example { n: 5, profile: "AL", route: Adult, present: "DR1 DR2 EX1 EX2 CO1 CO14", unknown: "", declined: "", positive: "D1:1S+1M D4:1S+1M D5:1S+1M", outcomes: "N3" },
    Example { n: 6, profile: "AL", route: Adult, present: "DR1 DR4 CR4 CR5 CR7", unknown: "EX1 EX2 EX3 EX4 EX5 EX6 EX7 EX8 EX9", declined: "", positive: "D1:1S+1M D2:3M", outcomes: "N4 N7" },
    Example { n: 7, profile: "AL", route: Adult, present: "RV4 RV6 RV9", unknown: "", declined: "", positive: "D3:3M", outcomes: "N8" },
    Example { n: 8, profile: "AL", route: Adult, present: "RV4 RV6 RV9 EX2 EX3 EX4", unknown: "", declined: "", positive: "D3:3M D4:3M", outcomes: "N3" },
    Example { n: 9, profile: "AL", route: Adult, present: "CO3", unknown: "", declined: "", positive: "", outcomes: "N4" },
    Example { n: 10, profile: "AL", route: Adult, present: "CR6", unknown: "", declined: "", positive: "", outcomes: "N6" },
    Example { n: 11, profile: "AL", route: Adult, present: "CO3 CO1", unknown: "", declined: "", positive: "D5:2S", outcomes: "N4" },
    Example { n: 12, profile: "AL", route: Adult, present: "CO5 CO10 CO15", unknown: "", declined: "", positive: "D5:2M+1W", outcomes: "N4" },
    Example { n: 13, profile: "CL", route: Child, present: "CO5 CO10 CO15", unknown: "", declined: "", positive: "D5:1S+1M", outcomes: "N2 N4" },
    Example { n: 14, profile: "AL", route: Adult, present: "DV1 DV3", unknown: "", declined: "", positive: "", outcomes: "N6" },
    Example { n: 15, profile: "AL", route: Adult, present: "DV1 DV3 DV6", unknown: "", declined: "", positive: "D6:2M+1W", outcomes: "N8" },
    Example { n: 16, profile: "AL", route: Adult, present: "CO1", unknown: "", declined: "CO2", positive: "", outcomes: "N4 N7" },
    Example { n: 17, profile: "CL", route: Child, present: "EX1 EX6", unknown: "", declined: "", positive: "D4:1S+1M", outcomes: "N2 N3" },
    Example { n: 18, profile: "CL", route: Child, present: "DR10", unknown: "", declined: "", positive: "", outcomes: "N2 N6" },
    Example { n: 19, profile: "AL", route: Child, present: "EX2", unknown: "", declined: "", positive: "", outcomes: "N2 N3" },
];

#[test]
fn each_example_has_its_result() {
    let rules = rules();
    for e in EXAMPLES {
        let found = stated(&rules, e.profile, e.route, e.present, e.unknown, e.declined);
        assert_eq!(positive(&found), e.positive, "example {}", e.n);
        assert_eq!(outcomes(&found), e.outcomes, "example {}", e.n);
    }
}

#[test]
fn an_altered_expectation_would_be_noticed() {
    let rules = rules();
    let missed = EXAMPLES.windows(2).filter(|pair| {
        let (e, other) = (&pair[0], &pair[1]);
        let found = stated(&rules, e.profile, e.route, other.present, other.unknown, other.declined);
        positive(&found) == e.positive && outcomes(&found) == e.outcomes
    });
    // 12 and 13 are the same facts read for an adult and for a child.
    assert_eq!(missed.map(|pair| pair[0].n).collect::<Vec<_>>(), [12]);
}

#[test]
fn the_explanation_says_what_it_rests_on() {
    let rules = rules();
    let both = stated(&rules, "AL", Adult, "DR1 DR2 EX1 EX2", "", "");
    assert_eq!(because(&both, "N3"), "D1 D4");
    assert_eq!(both.ruleset, "ilo-delphi-2009/AL@1");
    let d1 = &both.dimensions[0];
    assert_eq!((d1.s, d1.m, d1.w), (1, 1, 0));
    assert_eq!(d1.minimal_sets, [["DR1", "DR2"]]);
    assert!(d1.because.iter().all(|because| !because.source.is_empty()));

    let s1 = stated(&rules, "AL", Adult, "CO3", "", "");
    assert_eq!(because(&s1, "N4"), "S1", "not the published rule, and it says so");
    assert!(s1.caveats.iter().any(|caveat| caveat.contains("S1") && caveat.contains("not of the ILO")));
    let both_rules = stated(&rules, "AL", Adult, "CO3 CO1", "", "");
    assert_eq!(because(&both_rules, "N4"), "D5 S1");
    assert_eq!(because(&stated(&rules, "AL", Adult, "CO5 CO10 CO15", "", ""), "N4"), "D5");

    let open = stated(&rules, "AL", Adult, "CO1", "", "CO2");
    let d5 = &open.dimensions[4];
    assert!((!d5.lower, d5.upper) == (true, true) && d5.could_change == ["CO2"] && d5.minimal_sets.is_empty());
    assert_eq!(because(&open, "N7"), "D5");

    let vulnerable = stated(&rules, "AL", Adult, "RV4 RV6 RV9 EX2 EX3 EX4", "", "");
    assert!(vulnerable.caveats.iter().any(|caveat| caveat.contains("used vulnerability only")));
    assert!(!both.caveats.iter().any(|caveat| caveat.contains("used vulnerability only")));
}

#[test]
fn ten_is_weak_for_an_adult_and_strong_for_a_child() {
    let rules = rules();
    let count = |profile| {
        let d1 = stated(&rules, profile, Child, "DR10", "", "").dimensions.remove(0);
        (d1.s, d1.m, d1.w, d1.lower)
    };
    assert_eq!((count("CL"), count("AL")), ((1, 0, 0, false), (0, 0, 1, false)));
}

#[test]
fn unverified_weights_give_a_list_and_no_dimension() {
    let rules = rules();
    for (profile, route, wanted) in [("AS", Adult, "N4"), ("CS", Child, "N2 N3")] {
        let found = stated(&rules, profile, route, "CO7 EX1 EX2 DR1 DR2", "CO8", "");
        assert_eq!(outcomes(&found), wanted);
        assert!(found.dimensions.iter().all(|d| !d.lower && !d.upper && (d.s, d.m, d.w) == (0, 0, 0)));
        assert_eq!(found.dimensions[4].because[0].indicator, "CO7");
        assert!(found.caveats.iter().any(|caveat| caveat.contains("not verified")));
        assert!(steps(&found).contains(&"specialist_referral"));
    }
    assert_eq!(outcomes(&stated(&rules, "AS", Adult, "", "", "")), "N9");
}

#[test]
fn guards_can_be_switched_off() {
    let off = rules().with_guard("S1", false).unwrap();
    let found = stated(&off, "AL", Adult, "CO3", "", "");
    assert_eq!(outcomes(&found), "N6");
    assert!(found.caveats.iter().any(|caveat| caveat.contains("S1 is switched off")));
    assert!(rules().with_guard("S7", false).is_err());
}
