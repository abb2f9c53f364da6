//! How much work the engine does, counted in its own steps, so that a slower way is found on any machine. The limits are a
//! tenth above what was counted when they were set; who makes the engine faster may lower them.

#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in what its tests share")]

mod common;

use common::start;
use std::fmt::Write as _;

/// 25 sections of 20 questions, each with a gate, a score over its own section and a share of the total.
fn long_form(score: &str) -> (String, String, String) {
    let (mut instance, mut model, mut body) = (String::from("<data id='long'><total/>"), String::new(), String::new());
    let names: Vec<String> = (0..25).map(|section| format!("/data/s{section}/score")).collect();
    let _ = write!(model, "<bind nodeset='/data/total' calculate='{}'/>", names.join(" + "));
    for section in 0..25 {
        let _ = write!(instance, "<s{section}><gate/>");
        for question in 0..20 {
            let _ = write!(instance, "<q{question}/>");
            let path = format!("/data/s{section}/q{question}");
            let _ = write!(model, "<bind nodeset='{path}' type='int' relevant='../gate != 2'/>");
            let _ = write!(body, "<input ref='{path}'><label>{question}</label></input>");
        }
        let _ = write!(instance, "<score/></s{section}>");
        let _ = write!(body, "<input ref='/data/s{section}/gate'/>");
        let _ = write!(
            model,
            "<bind nodeset='/data/s{section}/score' calculate='{}'/>",
            score.replace('N', &section.to_string())
        );
    }
    (instance + "</data>", model, body)
}

const OWN: &str = "coalesce(/data/sN/gate, 0) + coalesce(../q0, 0) + coalesce(../q1, 0)";

/// Steps to begin, to give one answer, and to give all.
fn work(score: &str) -> [u64; 3] {
    let (instance, model, body) = long_form(score);
    let mut session = start(&instance, &model, &body);
    let begun = session.steps_taken();
    session.answer("/data/s12/q1", "7").unwrap();
    let one = session.steps_taken() - begun;
    for section in 0..25 {
        for question in 0..20 {
            session.answer(&format!("/data/s{section}/q{question}"), "3").unwrap();
        }
    }
    [begun, one, session.steps_taken() - begun - one]
}

fn is_within(work: &[u64], limits: &[u64]) -> bool {
    work.iter().zip(limits).all(|(steps, limit)| steps <= limit)
}

const LONG: [u64; 3] = [17_900, 1_520, 75_800];
const ROSTER: u64 = 27_200;
const FILTER: u64 = 65;

#[test]
fn a_long_form_runs_what_depends_on_an_answer_and_no_more() {
    let counted = work(OWN);
    assert!(is_within(&counted, &LONG), "{counted:?}");
    // Planted: a score that looks through the whole form, as an engine without a graph would run it.
    let slower = work(&format!("{OWN} + 0 * count(/data/*/q1[. != \"\"])"));
    assert!(!is_within(&slower[1..], &LONG[1..]), "{slower:?}");
}

fn roster(calculation: &str) -> u64 {
    let model = format!(
        "<bind nodeset='/data/r/y' calculate=\"{calculation}\"/><bind nodeset='/data/n' calculate='count(/data/r)'/>"
    );
    let body = "<group ref='/data/r'><repeat nodeset='/data/r'><input ref='/data/r/x'/></repeat></group>";
    let mut session = start("<data id='roster'><n/><r jr:template=''><x/><y/></r></data>", &model, body);
    for number in 1..=200 {
        session.add_repeat("/data/r").unwrap();
        session.answer(&format!("/data/r[{number}]/x"), "3").unwrap();
    }
    session.steps_taken()
}

#[test]
fn a_roster_costs_its_length_and_not_its_square() {
    let counted = roster("../x * 2 + position(..)");
    assert!(counted <= ROSTER, "{counted}");
    let slower = roster("../x * 2 + count(/data/r[x != ''])");
    assert!(slower > 10 * ROSTER, "{slower}");
}

fn filter(filter: &str) -> u64 {
    let rows: String =
        (0..10_000).map(|n| format!("<item><name>n{n}</name><region>r{}</region></item>", n % 200)).collect();
    let model = format!(
        "<instance id='l'><root>{rows}</root></instance><bind nodeset='/data/n' calculate=\"count(instance('l')/root/item[{filter}])\"/>"
    );
    let mut session = start("<data id='list'><q/><n/></data>", &model, "<input ref='/data/q'/>");
    let begun = session.steps_taken();
    session.answer("/data/q", "r7").unwrap();
    assert_eq!(session.value("/data/n"), Some("50"));
    session.steps_taken() - begun
}

#[test]
fn a_filter_of_ten_thousand_rows_is_a_look_up() {
    let counted = filter("region = /data/q");
    assert!(counted <= FILTER, "{counted}");
    let slower = filter("concat(region, '') = /data/q");
    assert!(slower > 10 * FILTER, "{slower}");
}
