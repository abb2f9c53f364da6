//! An interview in the terminal: gates, back, decline, stop.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Place, with_input};

/// Setting, interpreter without a code, and eight urgent questions.
const GATES: &str = "y\ny\n\nn\nn\nn\nn\nn\nn\nn\nn\n";

fn talk(input: &str) -> (Place, common::Ran) {
    let place = Place::new().with_device();
    let args = place.device_args("fill", &["wayside-b2", "--interactive"]);
    let args: Vec<&str> = std::iter::once("--json").chain(args.iter().map(String::as_str)).collect();
    let ran = with_input(&args, input);
    (place, ran)
}

#[test]
fn answers_back_and_decline_then_stop() {
    // First screen of three questions; `b` on the second screen goes back to it; then a declined answer and a stop.
    let input = format!("{GATES}30-35\ny\ny\ny\n1\n2\n2\nb\n\nd\n\n1\ns\n");
    let (place, ran) = talk(&input);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["state"], "finished", "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("1 of ").count(), 2, "the first screen came twice: {}", ran.stderr);
    assert_eq!(place.device("queue", &[]).done().as_array().unwrap().len(), 1);
}

#[test]
fn a_gate_that_does_not_open_holds_everything_back() {
    let (place, ran) = talk("n\nn\ns\n");
    assert_eq!(ran.json()["state"], "discarded", "{}", ran.stderr);
    assert!(ran.stderr.contains("did not open"), "{}", ran.stderr);
    assert_eq!(place.device("drafts", &[]).done().as_array().unwrap().len(), 0);
}

#[test]
fn no_consent_no_record() {
    let (place, ran) = talk(&format!("{GATES}30-35\ny\ny\nn\n"));
    assert_eq!(ran.json()["state"], "nothing_stored", "{}", ran.stderr);
    assert_eq!(place.device("queue", &[]).done().as_array().unwrap().len(), 0);
}

#[test]
fn a_stop_or_the_end_of_input_at_the_consent_gate_ends_it() {
    for input in [format!("{GATES}30-35\ns\n"), format!("{GATES}30-35\n")] {
        let (place, ran) = talk(&input);
        assert_eq!(ran.json()["state"], "discarded", "{}", ran.stderr);
        assert_eq!(place.device("drafts", &[]).done().as_array().unwrap().len(), 0);
    }
}

#[test]
fn a_calendar_has_to_be_said() {
    let (_, ran) = talk(&format!("{GATES}2002\nx\n2002\ne\ny\ny\ny\ns\n"));
    assert!(ran.stderr.contains("entry.malformed"), "{}", ran.stderr);
    assert_eq!(ran.json()["state"], "finished", "{}", ran.stderr);
}

#[test]
fn an_interpreter_is_a_code_and_no_name() {
    let gates = GATES.replacen("y\ny\n\n", "y\ny\nAmina Bello\ny\nINT-4\n", 1);
    let (place, ran) = talk(&format!("{gates}30-35\ny\ny\ny\n1\ns\n"));
    assert!(ran.stderr.contains("answer.constraint"), "{}", ran.stderr);
    assert_eq!(ran.json()["state"], "finished", "{}", ran.stderr);
    place.device("sync", &[]).done();
    place.desk(&["pull"]).done();
    let id = place.desk(&["list"]).done()[0]["id"].as_str().unwrap().to_owned();
    let consents = place.desk(&["show", &id]).done()["screening"]["consents"].clone();
    assert!(consents.as_array().unwrap().iter().all(|line| line["interpreter"] == "INT-4"), "{consents}");
}
