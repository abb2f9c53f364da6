//! The quick screen, exploitation types, blocks that were not opened, and the two facts of later forms.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use common::{because, outcomes, rules, stated, steps};
use wayside_model::Route::{self, Adult, Child};
use wayside_screening::{Explanation, Facts, FindingState, QuickFinding, evaluate};

fn screened(route: Route, yes: &[&str], declined: &[&str]) -> Explanation {
    let rules = rules();
    let mut facts = Facts::new(None, route);
    for item in rules.quick() {
        let code = item.code.as_str();
        let state = match (yes.contains(&code), declined.contains(&code)) {
            (true, _) => FindingState::Present,
            (_, true) => FindingState::Declined,
            _ => FindingState::Absent,
        };
        facts.quick.push(QuickFinding { item: item.code.clone(), state, because: format!("/data/{code}") });
    }
    evaluate(&rules, &facts).unwrap()
}

#[test]
fn any_yes_offers_the_detailed_conversation_to_an_adult() {
    for item in ["unpaid", "papers", "debt", "threats", "lie"] {
        let found = screened(Adult, &[item], &[]);
        assert_eq!(outcomes(&found), "N6", "{item}");
        assert_eq!(because(&found, "N6"), item);
        assert!(steps(&found).contains(&"offer_detailed_form"), "{item}");
        let child = screened(Child, &[item], &[]);
        assert_eq!(outcomes(&child), "N2 N6", "{item}");
        assert!(!steps(&child).contains(&"offer_detailed_form"), "{item}: that form is for adults");
    }
}

#[test]
fn what_the_labour_list_does_not_cover_leads_to_a_specialist() {
    for item in ["forced", "held", "sexual", "marriage"] {
        let found = screened(Adult, &[item], &[]);
        assert_eq!((outcomes(&found), because(&found, "N4")), ("N4".to_owned(), "S2".to_owned()), "{item}");
        for step in ["safety_plan", "specialist_referral", "offer_detailed_form"] {
            assert!(steps(&found).contains(&step), "{item}: {step}");
        }
        assert_eq!(outcomes(&screened(Child, &[item], &[])), "N2 N3", "{item}");
    }
    let off = rules().with_guard("S2", false).unwrap();
    let mut facts = Facts::new(None, Adult);
    facts.quick.push(QuickFinding { item: "held".into(), state: FindingState::Present, because: String::new() });
    assert_eq!(outcomes(&evaluate(&off, &facts).unwrap()), "N6");
}

#[test]
fn nothing_said_is_nothing_recorded() {
    let none = screened(Adult, &[], &["held", "debt"]);
    assert_eq!(outcomes(&none), "N9");
    assert_eq!(steps(&none), ["information", "come_back"]);
    assert!(none.outcomes[0].text.contains("does not mean that nothing happened"));
    assert_eq!(none.ruleset, "ilo-delphi-2009/quick@1");
    assert!(none.dimensions.iter().all(|d| !d.explored && !d.upper && d.could_change.is_empty()));
    assert_eq!(outcomes(&screened(Child, &[], &[])), "N2 N9");
}

#[test]
fn a_yes_points_to_blocks_and_counts_in_none() {
    let found = screened(Adult, &["held"], &[]);
    let held = found.quick.iter().find(|quick| quick.item == "held").unwrap();
    assert_eq!(held.points_to, ["D2", "D5"]);
    assert_eq!(held.answer_id, "/data/held");
    assert!(found.dimensions.iter().all(|d| d.because.is_empty() && d.s == 0));
}

#[test]
fn a_type_beyond_labour_sets_off_the_guard() {
    let rules = rules();
    let with = |route, kinds: &[&str], present: &str| {
        let codes: Vec<_> = present.split_ascii_whitespace().collect();
        let mut facts = Facts::stated(&rules, "AL", route, &codes, &[], &[]).unwrap();
        facts.types = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        evaluate(&rules, &facts).unwrap()
    };
    assert_eq!(outcomes(&with(Adult, &["labour"], "")), "N6");
    assert_eq!(outcomes(&with(Adult, &["ransom"], "")), "N4");
    assert_eq!(outcomes(&with(Child, &["begging"], "")), "N2 N3");
    let exploited = with(Adult, &["sexual"], "EX1 EX2");
    assert_eq!(outcomes(&exploited), "N4 N5");
    let all = with(Adult, &["sexual"], "DR1 DR2 EX1 EX2");
    assert_eq!(outcomes(&all), "N3");
    assert!(steps(&all).contains(&"safety_plan"), "the guard's steps are offered beside those of N3");
    let mut facts = Facts::new(Some("AL"), Adult);
    facts.types = vec!["piracy".into()];
    assert!(evaluate(&rules, &facts).is_err());
}

#[test]
fn a_block_that_was_not_opened_is_not_undetermined() {
    let rules = rules();
    let mut facts = Facts::new(Some("AL"), Adult);
    facts.findings = Facts::stated(&rules, "AL", Adult, &["DR1"], &[], &[]).unwrap().findings;
    facts.findings.retain(|finding| finding.code.starts_with("DR"));
    facts.opened_dimensions = Some(vec!["D1".into()]);
    let found = evaluate(&rules, &facts).unwrap();
    assert_eq!(outcomes(&found), "N6");
    let d4 = &found.dimensions[3];
    assert!(!d4.explored && d4.upper && !d4.lower && d4.could_change.is_empty(), "both bounds stay in the object");
    facts.opened_dimensions = None;
    let all = evaluate(&rules, &facts).unwrap();
    assert_eq!(outcomes(&all), "N6 N7");
    assert_eq!(because(&all, "N7"), "D2 D3 D4 D5 D6");
}

#[test]
fn urgent_need_comes_first_and_vulnerability_stands_beside() {
    let rules = rules();
    let mut facts = Facts::new(None, Adult);
    (facts.urgent, facts.high_vulnerability) = (true, true);
    let found = evaluate(&rules, &facts).unwrap();
    assert_eq!(outcomes(&found), "N1 N8");
    assert_eq!(found.steps[0].step, "danger_protocol");
}

#[test]
fn agreeing_is_no_input_and_no_embassy_is_named() {
    let rules = rules();
    let found = stated(&rules, "AL", Adult, "DR1 DR2 EX1 EX2 CO1 CO14", "", "");
    assert!(found.caveats.iter().any(|caveat| caveat.contains("they agreed plays no part")));
    assert!(rules.steps().iter().all(|step| !step.text.to_lowercase().contains("embassy")));
    assert!(rules.steps().iter().all(|step| step.needs_consent != Some(wayside_model::ConsentLine::C8)));
}

#[test]
fn names_the_rule_set_does_not_have_are_refused() {
    let rules = rules();
    let mut facts = Facts::new(Some("XL"), Adult);
    assert!(evaluate(&rules, &facts).is_err());
    facts.profile = None;
    facts.quick.push(QuickFinding { item: "shoes".into(), state: FindingState::Present, because: String::new() });
    assert!(evaluate(&rules, &facts).is_err());
}
