//! The same answers in any order give the same instance, where the form allows it.

#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

mod common;

use common::{NOW, start};
use proptest::prelude::*;
use wayside_forms::Session;
use wayside_model::Timestamp;

const ANSWERS: [(&str, &str); 7] =
    [("a", "1"), ("b", "2"), ("c", "3"), ("g/d", "x"), ("r[1]/x", "4"), ("r[2]/x", "5"), ("r[3]/x", "6")];

/// Everything computed follows from the answers alone; `extra` is put into the question that is answered last or first.
fn session(extra: &str) -> Session {
    let instance = "<data id='o'><a/><b/><c/><g><d/></g><sum/><all/><first/><r><x/><share/></r><r><x/><share/></r><r><x/><share/></r></data>";
    let model = "<bind nodeset='/data/sum' calculate='coalesce(/data/a, 0) + coalesce(/data/b, 0) + sum(/data/r/x)'/>
         <bind nodeset='/data/g' relevant='/data/c != 4'/>
         <bind nodeset='/data/all' calculate='concat(/data/g/d, join(\"-\", /data/r/share), /data/sum)'/>
         <bind nodeset='/data/r/share' calculate='../x div /data/sum'/>";
    let body = format!(
        "<input ref='/data/a'>{extra}</input><input ref='/data/b'>{extra}</input><input ref='/data/c'/><input ref='/data/g/d'/>
         <group ref='/data/r'><repeat nodeset='/data/r'><input ref='/data/r/x'/></repeat></group>"
    );
    start(instance, model, &body)
}

fn filled(extra: &str, order: &[usize]) -> String {
    let mut session = session(extra);
    for number in order {
        let (name, value) = ANSWERS[*number];
        session.answer(&format!("/data/{name}"), value).unwrap();
    }
    session.submission_xml(Timestamp::from_millis(NOW))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn order_does_not_matter(order in Just((0..ANSWERS.len()).collect::<Vec<_>>()).prop_shuffle()) {
        let straight: Vec<usize> = (0..ANSWERS.len()).collect();
        prop_assert_eq!(filled("", &straight), filled("", &order));
    }
}

#[test]
fn a_form_in_which_order_matters_is_told_apart() {
    let remember =
        "<setvalue event='xforms-value-changed' ref='/data/first' value='concat(/data/first, /data/a, /data/b)'/>";
    let (straight, swapped) = ([0, 1, 2, 3, 4, 5, 6], [1, 0, 2, 3, 4, 5, 6]);
    assert_eq!(filled("", &straight), filled("", &swapped));
    assert_ne!(filled(remember, &straight), filled(remember, &swapped));
}
