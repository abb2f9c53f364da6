//! Incremental recalculation: what changed puts its readers into a queue; the queue runs by rank until it is empty.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

use crate::error::Problem;
use crate::form::Form;
use crate::form::control::Event;
use crate::form::graph::{Reader, Role};
use crate::form::schema::{DOCUMENT, DefId, ValueType};
use crate::mix::Mixed;
use crate::session::{Cause, Session};
use crate::tree::{NONE, NodeId, Tree};
use crate::xpath::budget::Budget;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::value::{NodeRef, Value, When};

/// Runs allowed before a settling is given up, beside twenty for each node: only values that feed each other across the
/// instances of a repeat without an end come near it.
const RUNS: usize = 100_000;

/// Computations to run, by rank, then node, then number.
#[derive(Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<(u32, NodeId, u32)>>,
    waiting: HashSet<(NodeId, u32), Mixed>,
}

impl Queue {
    fn push(&mut self, rank: u32, node: NodeId, computation: u32) {
        if self.waiting.insert((node, computation)) {
            self.heap.push(Reverse((rank, node, computation)));
        }
    }

    fn pop(&mut self) -> Option<(NodeId, u32)> {
        let Reverse((_, node, computation)) = self.heap.pop()?;
        self.waiting.remove(&(node, computation));
        Some((node, computation))
    }

    fn clear(&mut self) {
        self.heap.clear();
        self.waiting.clear();
    }
}

impl Session {
    /// Runs everything that waits, then the actions of what changed, until nothing changes.
    pub(super) fn settle(&mut self) {
        let form = Arc::clone(&self.form);
        let mut left = RUNS + 20 * self.tree.len();
        self.steps = form.limits.steps;
        self.run_all(&form, &mut left);
        self.steps = form.limits.steps;
    }

    fn run_all(&mut self, form: &Form, left: &mut usize) {
        loop {
            while let Some((node, computation)) = self.queue.pop() {
                if self.state_of(node).detached {
                    continue;
                }
                if *left == 0 {
                    self.report(node, Cause::Settling, Some(Problem::Unsettled));
                    self.queue.clear();
                    self.changed.clear();
                    self.created.clear();
                    return;
                }
                *left -= 1;
                self.run(form, computation, node);
            }
            let (created, changed) = (std::mem::take(&mut self.created), std::mem::take(&mut self.changed));
            if created.is_empty() && changed.is_empty() {
                return;
            }
            *left = left.saturating_sub(created.len() + changed.len());
            created.into_iter().for_each(|node| self.raise(Event::NewRepeat, node));
            changed.into_iter().for_each(|node| self.raise(Event::ValueChanged, node));
        }
    }

    /// Puts every computation of the form into the queue and settles: the same result as what incremental runs keep.
    #[cfg(test)]
    pub(crate) fn recalculate_all(&mut self) {
        let mut nodes = Vec::new();
        self.tree.walk_all(Tree::ROOT, &mut |node| nodes.push(node));
        nodes.into_iter().for_each(|node| self.enqueue_on(node));
        self.settle();
    }

    /// All computations of one node.
    pub(super) fn enqueue_on(&mut self, node: NodeId) {
        let def = self.tree.node(node).def;
        if def != NONE {
            for number in &self.form.graph.on[def as usize] {
                let rank = self.form.graph.computations[*number as usize].rank;
                self.queue.push(rank, node, *number);
            }
        }
    }

    /// One computation on all its nodes below `anchor`.
    pub(super) fn enqueue_below(&mut self, anchor: NodeId, computation: u32, target: DefId) {
        let rank = self.form.graph.computations[computation as usize].rank;
        let single = self.singles[target as usize];
        if single != NONE {
            self.queue.push(rank, single, computation);
            return;
        }
        let top = if anchor == Tree::ROOT { DOCUMENT } else { self.tree.node(anchor).def };
        let mut path: Vec<DefId> = self.form.schema.chain(target).take_while(|def| *def != top).collect();
        let mut nodes = vec![anchor];
        while let Some(def) = path.pop() {
            let tree = &self.tree;
            let is_attribute = self.form.schema.def(def).is_attribute;
            let below = |node: &NodeId| if is_attribute { tree.attributes(*node) } else { tree.children(*node) };
            nodes = nodes
                .iter()
                .flat_map(|node| below(node).iter().copied().filter(|child| tree.node(*child).def == def))
                .collect();
        }
        nodes.into_iter().for_each(|node| self.queue.push(rank, node, computation));
    }

    /// Everything that reads the value of `node`.
    pub(super) fn enqueue_value_readers(&mut self, node: NodeId) {
        let form = Arc::clone(&self.form);
        self.enqueue_readers(&form.graph.value[self.tree.node(node).def as usize], node, &form);
    }

    /// Everything that reads which nodes of `def` there are below `parent`.
    pub(super) fn enqueue_structure_readers(&mut self, def: DefId, parent: NodeId) {
        let form = Arc::clone(&self.form);
        self.enqueue_readers(&form.graph.structure[def as usize], parent, &form);
    }

    /// Everything that reads where instances of `def` stand below `parent`, from the first that moved on.
    pub(super) fn enqueue_position_readers(&mut self, def: DefId, parent: NodeId, from: u32) {
        let form = Arc::clone(&self.form);
        for reader in &form.graph.position[def as usize] {
            // A reader that looks ahead is concerned before its own instance moves.
            let from = i64::from(from) - i64::from(reader.shift.max(0));
            let target = form.graph.computations[reader.computation as usize].target;
            for slot in 0..self.tree.children(parent).len() {
                let child = self.tree.children(parent)[slot];
                let known = self.tree.node(child);
                if known.def == def && i64::from(known.position) >= from {
                    self.enqueue_below(child, reader.computation, target);
                }
            }
        }
    }

    fn enqueue_readers(&mut self, readers: &[Reader], node: NodeId, form: &Form) {
        for reader in readers {
            let mut anchor = node;
            while anchor != Tree::ROOT && self.tree.node(anchor).def != reader.pin {
                anchor = self.tree.parent(anchor).unwrap_or(Tree::ROOT);
            }
            if reader.shift != 0 {
                match self.shifted(anchor, -reader.shift) {
                    Some(other) => anchor = other,
                    None => continue,
                }
            }
            let target = form.graph.computations[reader.computation as usize].target;
            self.enqueue_below(anchor, reader.computation, target);
        }
    }

    /// The instance so many places on.
    fn shifted(&self, instance: NodeId, places: i32) -> Option<NodeId> {
        let here = self.tree.node(instance);
        let position = u32::try_from(i64::from(here.position) + i64::from(places)).ok()?;
        self.tree.nth_named(self.tree.parent(instance)?, here.name, position)
    }

    fn run(&mut self, form: &Form, number: u32, node: NodeId) {
        let computation = &form.graph.computations[number as usize];
        let value_type = form.schema.def(computation.target).value_type;
        let (outcome, after) = self.look(node, |eval, here| {
            let value = eval.eval(&computation.expr, here)?;
            Ok(match computation.role {
                Role::Calculate => Outcome::Text(as_stored(eval, value, value_type)),
                Role::Count(_) => Outcome::Number(eval.to_number(&value)),
                _ => Outcome::Truth(eval.to_boolean(&value)),
            })
        });
        self.keep(after);
        self.report(node, Cause::Computation(number), outcome.as_ref().err().copied());
        // A rule that cannot run leaves the question open to be asked and answered.
        let truth = |default| match outcome {
            Ok(Outcome::Truth(truth)) => truth,
            _ => default,
        };
        match computation.role {
            Role::Relevant => self.set_relevant(node, truth(true)),
            Role::ReadOnly => self.set_read_only(node, truth(false)),
            Role::Required => self.state_mut(node).required = truth(false),
            Role::Count(repeat) => {
                if let Ok(Outcome::Number(count)) = outcome {
                    self.set_count(node, repeat, count);
                }
            }
            Role::Calculate => match outcome {
                Ok(Outcome::Text(text)) => self.set_value(node, text),
                _ => self.set_value(node, String::new()),
            },
        }
    }

    /// Runs `f` with an evaluator that stands on `node`; also tells what it left behind.
    pub(super) fn look<'a, T>(
        &'a self,
        node: NodeId,
        f: impl FnOnce(&Eval<'a>, &Context) -> Result<T, Problem>,
    ) -> (Result<T, Problem>, Used) {
        let eval = Eval::new(self.world(), self.random, self.budget());
        let result = f(&eval, &Context::at(NodeRef { tree: 0, node }));
        let result = if eval.missed_something() { result.and(Err(Problem::List)) } else { result };
        (result, Used { random: eval.random.get(), steps: eval.budget.steps() })
    }

    /// As [`Session::look`] for an expression that another one led to.
    pub(super) fn look_within<'a, T>(
        &'a self,
        here: NodeRef,
        budget: &Budget,
        f: impl FnOnce(&Eval<'a>, &Context) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let eval = Eval::new(self.world(), self.random, budget.detour());
        let result = f(&eval, &Context::at(here));
        budget.settle(&eval.budget);
        if eval.missed_something() { result.and(Err(Problem::List)) } else { result }
    }

    pub(super) fn keep(&mut self, used: Used) {
        self.random = used.random;
        self.taken += self.steps.saturating_sub(used.steps);
        self.steps = used.steps;
    }

    /// Stores a value and wakes what reads it.
    pub(super) fn set_value(&mut self, node: NodeId, text: String) {
        if self.tree.node(node).text == text {
            return;
        }
        let known = self.tree.node_mut(node);
        known.text = text;
        let (relevant, def) = (known.relevant, known.def);
        self.state_mut(node).mark = None;
        if relevant {
            self.enqueue_value_readers(node);
        }
        if self.watched.contains(&def) {
            self.changed.push(node);
        }
    }
}

/// What an evaluation left behind.
pub(super) struct Used {
    random: u64,
    /// Steps that are left.
    steps: u64,
}

enum Outcome {
    Text(String),
    Number(f64),
    Truth(bool),
}

/// The text an instance holds for a computed value: NaN is blank, whole numbers and days as their type wants them.
pub(super) fn as_stored<'a>(eval: &Eval<'a>, value: Value<'a>, value_type: ValueType) -> String {
    match value {
        Value::Number(number) if number.is_nan() => String::new(),
        Value::Number(number) if value_type == ValueType::Integer => crate::xpath::number::write(number.trunc()),
        Value::When(when @ When::Moment(_)) if value_type == ValueType::Date => {
            eval.world.clock.write(When::Day(eval.world.clock.day_of(when)))
        }
        Value::Number(number) if value_type == ValueType::Date && number.abs() < 3_660_000.0 => {
            eval.world.clock.write(When::Day(number.floor() as i64))
        }
        Value::When(when) if value_type == ValueType::Time => eval.world.clock.write_time(when),
        value => {
            let text = eval.to_text(value).into_owned();
            if text == "NaN" { String::new() } else { text }
        }
    }
}
