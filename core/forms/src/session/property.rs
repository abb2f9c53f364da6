//! Incremental recalculation gives what a full one gives, whatever is done in whatever order.

use std::sync::Arc;

use proptest::prelude::*;
use wayside_model::Timestamp;

use crate::form::Form;
use crate::session::{Env, Session};
use crate::tree::Tree;

/// Everything that has been hard for engines: nested repeats, references across instances, counts, relevance in repeats.
const FORM: &str = include_str!("../../tests/data/tangle.xml");

#[derive(Debug, Clone)]
enum Step {
    Top(&'static str, u8),
    Add(Option<u8>),
    Remove(u8, Option<u8>),
    Outer(u8, &'static str, u8),
    Inner(u8, u8, u8),
}

fn step() -> impl Strategy<Value = Step> {
    let small = 0_u8..5;
    prop_oneof![
        (prop_oneof![Just("gate"), Just("limit"), Just("count")], small.clone())
            .prop_map(|(name, value)| Step::Top(name, value)),
        proptest::option::of(small.clone()).prop_map(Step::Add),
        (small.clone(), proptest::option::of(small.clone())).prop_map(|(outer, inner)| Step::Remove(outer, inner)),
        (small.clone(), prop_oneof![Just("a"), Just("show")], small.clone())
            .prop_map(|(outer, name, value)| Step::Outer(outer, name, value)),
        (small.clone(), small.clone(), small).prop_map(|(outer, inner, value)| Step::Inner(outer, inner, value)),
    ]
}

fn apply(session: &mut Session, step: &Step) {
    // Many steps point to nodes that do not exist or are not relevant; refusing them must change nothing.
    let _ = match step {
        Step::Top(name, value) => session.answer(&format!("/data/{name}"), &value.to_string()),
        Step::Add(None) => session.add_repeat("/data/outer").map(|_| ()),
        Step::Add(Some(outer)) => session.add_repeat(&format!("/data/outer[{outer}]/inner")).map(|_| ()),
        Step::Remove(outer, None) => session.remove_repeat(&format!("/data/outer[{outer}]")),
        Step::Remove(outer, Some(inner)) => session.remove_repeat(&format!("/data/outer[{outer}]/inner[{inner}]")),
        Step::Outer(outer, name, value) => session.answer(&format!("/data/outer[{outer}]/{name}"), &value.to_string()),
        Step::Inner(outer, inner, value) => {
            session.answer(&format!("/data/outer[{outer}]/inner[{inner}]/x"), &value.to_string())
        }
    };
}

/// Every node with its value and states.
fn picture(session: &Session) -> Vec<String> {
    let mut lines = Vec::new();
    session.tree.walk(Tree::ROOT, &mut |node| {
        let (here, state) = (session.tree.node(node), session.state_of(node));
        lines.push(format!(
            "{} {:?} relevant {} required {} locked {} {:?}",
            session.reference(node),
            here.text,
            here.relevant,
            state.required,
            state.read_only_here,
            state.problem
        ));
    });
    lines
}

fn session() -> Session {
    let env = Env {
        now: Timestamp::from_millis(0),
        offset_minutes: 0,
        instance_id: "i".into(),
        random_seed: 0,
        device_id: String::new(),
        username: String::new(),
        email: String::new(),
        phone_number: String::new(),
    };
    Session::start(Arc::new(Form::parse(FORM).unwrap()), env).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn incremental_is_full(steps in proptest::collection::vec(step(), 1..25)) {
        let mut session = session();
        for step in &steps {
            apply(&mut session, step);
            let incremental = picture(&session);
            session.recalculate_all();
            prop_assert_eq!(incremental, picture(&session), "after {:?}", step);
        }
    }
}

#[test]
fn a_change_that_wakes_nobody_is_found() {
    let mut session = session();
    session.answer("/data/outer[1]/a", "3").unwrap();
    let node = session.find("/data/outer[1]/a").unwrap();
    session.tree.node_mut(node).text = "4".into();
    let stale = picture(&session);
    session.recalculate_all();
    assert_ne!(stale, picture(&session));
}
