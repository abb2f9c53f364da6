//! Worked examples: facts, positive dimensions with their branch, outcomes. No real people.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;
#[path = "common/site.rs"]
mod site;

use common::{because, outcomes, positive, rules, stated, steps};
use wayside_model::Route::{self, Adult, Child};
use wayside_model::{AgeBasis, AgeStatement, Calendar, ConsentLine, ConsentValue, Gate};
use wayside_screening::interview::{Interview, Mode, Policy};
use wayside_screening::locks::Keep;
use wayside_screening::referral::{AfterRevocation, Handover, Referral, State, Urgency};
use wayside_screening::{Facts, FindingState, Ledger, QuickFinding, age, evaluate};

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

/// Examples 20 to 24: what no list of codes says.
#[test]
fn the_examples_beyond_the_table() {
    let (rules, services) = (rules(), site::services());
    // 20: "I agreed to it" is no input: there is nowhere to put it, and the result says so.
    let agreed = stated(&rules, "AL", Adult, "DR1 DR2 EX1 EX2 CO1 CO14", "", "");
    assert!(
        outcomes(&agreed) == "N3" && agreed.caveats.iter().any(|caveat| caveat.contains("they agreed plays no part"))
    );
    // 21: born 1998 of the Ethiopian calendar, screened in June 2023. Read as Gregorian it would be an adult.
    let born = |calendar| {
        let statement = AgeStatement::Born { calendar, year: 1998, month: None, day: None, basis: AgeBasis::Statement };
        age::route(&statement, "2023-06-15".parse().unwrap()).unwrap().route
    };
    assert!(born(Calendar::Ethiopian) == Child && born(Calendar::Gregorian) == Adult);
    assert_eq!(outcomes(&stated(&rules, "CL", born(Calendar::Ethiopian), "", "", "")), "N2 N9");
    // 22: weights that are not verified give a list and no dimension.
    let listed = stated(&rules, "AS", Adult, "CO7 EX2", "", "");
    assert!(listed.dimensions.iter().all(|d| !d.lower && !d.upper && d.branch.is_none()));
    // 23: a record refused, "held" said: advice is shown, nothing may be stored.
    let mut talk = Interview::begin(
        Mode::Interview,
        &site::site(&services, "trained"),
        Policy { observation: true, questions_after_help: false },
        site::NOW,
    );
    for gate in [Gate::Setting, Gate::Interpreter] {
        talk.look(gate, true, site::NOW).unwrap();
    }
    talk.urgent(&[FindingState::Absent; 8], false, None, site::NOW).unwrap();
    let adult = AgeStatement::Between { low: 30, high: 30, basis: AgeBasis::Statement };
    talk.set_age(&adult, site::today(), site::NOW).unwrap();
    talk.explained(true);
    talk.consent(site::said(ConsentLine::C1, ConsentValue::Yes)).unwrap();
    talk.consent(site::said(ConsentLine::C2, ConsentValue::No)).unwrap();
    assert!(talk.may_open("wayside-b2", site::NOW).is_ok());
    assert_eq!(talk.keep("wayside-b2"), Keep::MemoryOnly);
    let mut facts = Facts::new(None, Adult);
    facts.quick.push(QuickFinding { item: "held".into(), state: FindingState::Present, because: String::new() });
    let advice = evaluate(&rules, &facts).unwrap();
    assert!(outcomes(&advice) == "N4" && steps(&advice).contains(&"safety_plan"));
    // 24: a line taken back elsewhere revokes the referral here, and the recipient is told if it was sent.
    let mut ledger = Ledger::new();
    ledger.append(site::refer(ConsentValue::Yes, "clinic", &["needs"]));
    let mut referral =
        Referral::draft(&services, "clinic", Urgency::Day, Handover::CodeOnly, &["needs"], site::NOW).unwrap();
    for state in [State::Offered, State::Wanted, State::Sent] {
        referral.step(state, &ledger, site::NOW).unwrap();
    }
    let mut elsewhere = ledger.clone();
    elsewhere.append(site::refer(ConsentValue::Withdrawn, "clinic", &["needs"]));
    ledger.merge(&elsewhere);
    assert_eq!(referral.follow(&ledger, site::NOW), Some(AfterRevocation::NotifyRecipient));
}
