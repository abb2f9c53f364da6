//! `setvalue`: when its event is raised, where it points, what it sets.

use std::collections::HashSet;
use std::sync::Arc;

use crate::error::Problem;
use crate::form::Form;
use crate::form::control::{Action, ActionValue, Event, RequestKind};
use crate::form::schema::DefId;
use crate::mix::Mixed;
use crate::session::settle::as_stored;
use crate::session::{Cause, Session};
use crate::tree::{NONE, NodeId, Tree};

/// Something the form wants from the host, which gives it with [`Session::preset`], at once or when it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is wanted.
    pub kind: RequestKind,
    /// The node it is for.
    pub reference: String,
}

/// Definitions whose changes raise an event.
pub(super) fn watched(form: &Form) -> HashSet<DefId, Mixed> {
    let on_change = form.actions.iter().filter(|action| action.events.contains(&Event::ValueChanged));
    on_change.filter_map(|action| action.source).collect()
}

impl Session {
    /// What the form wants from the host since this was last asked, in order. Look after starting and after each answer.
    pub fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    /// Actions of a first load.
    pub(super) fn first_load(&mut self) {
        let form = Arc::clone(&self.form);
        let loading =
            |action: &&Action| action.events.iter().any(|event| matches!(event, Event::FirstLoad | Event::Load));
        for action in form.actions.iter().filter(loading) {
            self.run_everywhere(action);
        }
    }

    /// On the model, or on every instance of the control or repeat the action stands in.
    pub(super) fn run_everywhere(&mut self, action: &Action) {
        let places = match action.source {
            None => self.tree.children(Tree::ROOT).to_vec(),
            Some(def) => self.all_of(def),
        };
        for place in places {
            self.act(action, place);
            self.settle();
        }
    }

    /// Runs the actions that stand in the control or repeat of `node` and wait for `event`.
    pub(super) fn raise(&mut self, event: Event, node: NodeId) {
        let form = Arc::clone(&self.form);
        let def = self.tree.node(node).def;
        for action in form.actions.iter().filter(|action| action.events.contains(&event)) {
            if action.source == Some(def) && !self.state_of(node).detached {
                self.act(action, node);
            }
        }
    }

    fn act(&mut self, action: &Action, place: NodeId) {
        let (found, _) = self.look(place, |eval, here| eval.nodes(&action.target, here));
        let target = match found {
            Ok(nodes) => nodes.into_iter().find(|node| node.tree == 0).map(|node| node.node),
            Err(problem) => {
                self.report(place, Cause::Action, Some(problem));
                None
            }
        };
        let Some(target) = target else { return };
        if !self.holds_value(target) {
            self.report(place, Cause::Action, Some(Problem::NotNodes));
            return;
        }
        let def = self.tree.node(target).def;
        let value_type = if def == NONE { Default::default() } else { self.form.schema.def(def).value_type };
        let value = match &action.value {
            ActionValue::Plain(text) => Ok(text.clone()),
            ActionValue::Asked(kind) => {
                let request = Request { kind: *kind, reference: self.reference(target) };
                if !self.requests.contains(&request) {
                    self.requests.push(request);
                }
                return;
            }
            ActionValue::Computed(expr) => {
                let (value, after) = self.look(target, |eval, here| {
                    let value = eval.eval(expr, here)?;
                    Ok(as_stored(eval, value, value_type))
                });
                self.keep(after);
                value
            }
        };
        match value {
            Ok(text) => self.set_value(target, text),
            Err(problem) => self.report(target, Cause::Action, Some(problem)),
        }
    }

    /// Every node of a definition that is part of the instance.
    pub(super) fn all_of(&self, def: DefId) -> Vec<NodeId> {
        let mut found = Vec::new();
        self.tree.walk_all(Tree::ROOT, &mut |node| {
            if self.tree.node(node).def == def {
                found.push(node);
            }
        });
        found
    }
}
