//! What an expression reads, found without running it.

use std::collections::HashSet;

use crate::form::graph::{Dependency, Reads};
use crate::form::schema::{DOCUMENT, DefId, Schema};
use crate::mix::Mixed;
use crate::tree::NONE;
use crate::xpath::ast::{Axis, Expr, Operator, Path, Predicate, Start, Step, Test};
use crate::xpath::functions::Function;

/// A definition an expression stands on, and the innermost repeat whose instance is the same as the target's.
/// `def` is [`NONE`] in a secondary instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    def: DefId,
    pin: DefId,
}

const ELSEWHERE: At = At { def: NONE, pin: DOCUMENT };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Value,
    Count,
}

pub(crate) struct Analysis<'s> {
    schema: &'s Schema,
    target: At,
    /// Itemset expressions by the name of their question, for `jr:choice-name`.
    itemsets: &'s dyn Fn(&str) -> Option<(DefId, &'s Expr)>,
    found: Vec<Dependency>,
    /// The same, once there are many.
    many: HashSet<Dependency, Mixed>,
    speaks: bool,
    /// Itemsets that the expression needs besides, and those it needs that are read already: they may need each other.
    waiting: Vec<(DefId, &'s Expr)>,
    known: Vec<DefId>,
    /// Dependencies that may still be looked at, of this expression and those after it.
    left: usize,
}

/// What `expr` reads when it runs on nodes of `target`, whether it uses translated texts, and how many dependencies may
/// still be looked at after it.
pub(crate) fn analyse<'s>(
    schema: &'s Schema,
    target: DefId,
    expr: &'s Expr,
    itemsets: &'s dyn Fn(&str) -> Option<(DefId, &'s Expr)>,
    left: usize,
) -> (Vec<Dependency>, bool, usize) {
    let here = At { def: target, pin: schema.def(target).scope };
    let mut analysis = Analysis {
        schema,
        target: here,
        itemsets,
        found: Vec::new(),
        many: HashSet::default(),
        speaks: false,
        waiting: Vec::new(),
        known: Vec::new(),
        left,
    };
    analysis.read(expr, here, Use::Value);
    while let Some((def, nodes)) = analysis.waiting.pop() {
        analysis.target = At { def, pin: DOCUMENT };
        analysis.read(nodes, analysis.target, Use::Value);
    }
    (analysis.found, analysis.speaks, analysis.left)
}

impl<'s> Analysis<'s> {
    fn read(&mut self, expr: &'s Expr, at: At, purpose: Use) {
        for place in self.walk(expr, at) {
            self.record(place, purpose);
        }
    }

    /// Notes what the parts of `expr` read; returns where it leads if it is a path.
    fn walk(&mut self, expr: &'s Expr, at: At) -> Vec<At> {
        match expr {
            Expr::Number(_) | Expr::Text(_) => {}
            Expr::Or(list) | Expr::And(list) => list.iter().for_each(|part| self.read(part, at, Use::Value)),
            Expr::Compare(first, rest) => {
                self.read(first, at, Use::Value);
                rest.iter().for_each(|(_, part)| self.read(part, at, Use::Value));
            }
            Expr::Arithmetic(first, rest) => {
                self.read(first, at, Use::Value);
                rest.iter().for_each(|(_, part)| self.read(part, at, Use::Value));
            }
            Expr::Negate(inner) => self.read(inner, at, Use::Value),
            Expr::Union(list) => return list.iter().flat_map(|part| self.walk(part, at)).collect(),
            Expr::Call(function, arguments) => return self.call(*function, arguments, at),
            Expr::Path(path) => return self.path(path, at),
        }
        Vec::new()
    }

    fn call(&mut self, function: Function, arguments: &'s [Expr], at: At) -> Vec<At> {
        match function {
            Function::Current => return vec![self.target],
            Function::Randomize => {
                arguments.iter().skip(1).for_each(|part| self.read(part, at, Use::Value));
                return arguments.first().map(|nodes| self.walk(nodes, at)).unwrap_or_default();
            }
            Function::Position => {
                if let Some(repeat) = arguments.first().and_then(|node| self.own_repeat(node, at)) {
                    self.note_at(repeat, repeat, Reads::Position, 0);
                    return Vec::new();
                }
            }
            Function::IndexedRepeat => {
                if let Some(places) = self.neighbour(arguments, at) {
                    return places;
                }
                let places = arguments.first().map(|target| self.walk(target, at)).unwrap_or_default();
                arguments.iter().skip(1).for_each(|part| self.read(part, at, Use::Count));
                places.iter().filter(|place| place.def != NONE).for_each(|place| self.across(place.def));
                return places;
            }
            Function::ChoiceName => {
                self.speaks = true;
                if let Some(Expr::Text(question)) = arguments.get(1)
                    && let Some((def, nodes)) = (self.itemsets)(question)
                    && !self.known.contains(&def)
                {
                    self.known.push(def);
                    self.waiting.push((def, nodes));
                }
            }
            Function::Itext => self.speaks = true,
            _ => {}
        }
        let purpose = if function.only_counts() { Use::Count } else { Use::Value };
        arguments.iter().for_each(|part| self.read(part, at, purpose));
        Vec::new()
    }

    /// The repeat whose instance the target stands in and which `node` leads up to.
    fn own_repeat(&self, node: &Expr, at: At) -> Option<DefId> {
        let Expr::Path(Path { start, steps, .. }) = node else { return None };
        let from = match start {
            Start::Context if at == self.target => at,
            Start::Current => self.target,
            _ => return None,
        };
        let mut def = from.def;
        for step in steps {
            match (step.axis, step.test, step.predicates.is_empty()) {
                (Axis::SelfNode, Test::Node, true) => {}
                (Axis::Parent, Test::Node, true) => def = self.schema.def(def).parent,
                _ => return None,
            }
        }
        (def != NONE && self.schema.def(def).is_repeat).then_some(def)
    }

    /// `indexed-repeat(node, repeat, position(..) - 1)` reads one other instance of the target's own repeat: a change there
    /// concerns this one instance and no other.
    fn neighbour(&mut self, arguments: &'s [Expr], at: At) -> Option<Vec<At>> {
        let [node, repeat, index] = arguments else { return None };
        let (position, shift) = match index {
            Expr::Arithmetic(first, rest) => match rest.as_slice() {
                [(Operator::Add, Expr::Number(places))] => (&**first, *places),
                [(Operator::Subtract, Expr::Number(places))] => (&**first, -*places),
                _ => return None,
            },
            other => (other, 0.0),
        };
        let Expr::Call(Function::Position, of) = position else { return None };
        let own = self.own_repeat(of.first()?, at)?;
        let absolute = |expr: &Expr| match expr {
            Expr::Path(Path { start: Start::Root, steps, .. }) => self.definition(steps),
            _ => None,
        };
        let (node, repeat) = (absolute(node)?, absolute(repeat)?);
        let schema = self.schema;
        let is_outermost = schema.def(schema.def(own).parent).scope == DOCUMENT;
        let is_small = shift.fract() == 0.0 && shift.abs() < 1e6;
        if repeat != own || !is_outermost || !is_small || schema.def(node).scope != own || !schema.is_leaf(node) {
            return None;
        }
        self.note_at(own, own, Reads::Position, shift as i32);
        self.note_at(node, own, Reads::Value, shift as i32);
        // Nothing more is read when what this gives is used.
        Some(vec![ELSEWHERE])
    }

    /// The definition a path of plain names leads to.
    fn definition(&self, steps: &[Step]) -> Option<DefId> {
        steps.iter().try_fold(DOCUMENT, |def, step| match (step.axis, step.test) {
            (Axis::Child, Test::Name(name)) if step.predicates.is_empty() => self.schema.child(def, name),
            _ => None,
        })
    }

    /// The value of `def` in any instance of any repeat above it.
    fn across(&mut self, def: DefId) {
        let schema = self.schema;
        for repeat in schema.chain(def).filter(|id| schema.def(*id).is_repeat) {
            self.note(repeat, DOCUMENT, Reads::Structure);
        }
        self.record(At { def, pin: DOCUMENT }, Use::Value);
    }

    fn path(&mut self, path: &'s Path, at: At) -> Vec<At> {
        let mut steps = path.steps.as_slice();
        let mut places = match &path.start {
            Start::Root => {
                let inside = if at.def == NONE { self.target } else { at };
                let (place, rest) = self.through_current_repeats(steps, inside);
                steps = rest;
                vec![place]
            }
            Start::Context => vec![at],
            Start::Current => vec![self.target],
            Start::Instance(0) => vec![At { def: DOCUMENT, pin: DOCUMENT }],
            Start::Instance(_) => vec![ELSEWHERE],
            Start::Filter(inner, predicates) => {
                let mut places = self.walk(inner, at);
                if places.is_empty() {
                    places.push(ELSEWHERE);
                }
                self.predicates(predicates, &places);
                places
            }
        };
        for step in steps {
            places = self.step(&places, step);
            self.predicates(&step.predicates, &places);
        }
        places
    }

    /// As the evaluator does it: names that agree with the context's own ancestors mean those.
    fn through_current_repeats(&self, steps: &'s [Step], at: At) -> (At, &'s [Step]) {
        let mut chain: Vec<DefId> = self.schema.chain(at.def).collect();
        let (mut def, mut used) = (DOCUMENT, 0);
        while let (Some(step), Some(id)) = (steps.get(used), chain.pop()) {
            let fits = step.axis == Axis::Child
                && step.predicates.is_empty()
                && step.test == Test::Name(self.schema.def(id).name)
                && used + 1 < steps.len();
            if !fits {
                break;
            }
            def = id;
            used += 1;
        }
        let scope = self.schema.def(def).scope;
        let deeper = |a: DefId, b: DefId| self.schema.def(a).depth > self.schema.def(b).depth;
        // Inside a predicate the context may be any instance below its pin.
        let pin = if deeper(scope, at.pin) { at.pin } else { scope };
        (At { def, pin }, &steps[used..])
    }

    fn predicates(&mut self, predicates: &'s [Predicate], places: &[At]) {
        for predicate in predicates {
            for place in places {
                self.read(&predicate.expr, *place, Use::Value);
            }
        }
    }

    fn step(&mut self, from: &[At], step: &Step) -> Vec<At> {
        let schema = self.schema;
        let mut to = Vec::new();
        for at in from {
            if at.def == NONE {
                to.push(ELSEWHERE);
                continue;
            }
            match step.axis {
                Axis::SelfNode => to.push(*at),
                Axis::Parent => to.extend(self.parent(*at)),
                Axis::Ancestor | Axis::AncestorOrSelf => {
                    let mut above = *at;
                    if step.axis == Axis::AncestorOrSelf {
                        to.push(above);
                    }
                    while let Some(next) = self.parent(above) {
                        to.push(next);
                        above = next;
                    }
                }
                Axis::Child => {
                    // A name is looked up: a group may hold most of a long form.
                    if let Test::Name(name) = step.test {
                        let child = schema.child(at.def, name);
                        to.extend(child.map(|def| At { def, pin: at.pin }));
                        child.into_iter().for_each(|def| self.enter(def, at.pin));
                        continue;
                    }
                    for child in &schema.def(at.def).children {
                        if fits(schema, *child, step.test) {
                            self.enter(*child, at.pin);
                            to.push(At { def: *child, pin: at.pin });
                        }
                    }
                }
                Axis::Attribute => {
                    let attributes = schema.def(at.def).attributes.iter().copied();
                    to.extend(
                        attributes.filter(|def| fits(schema, *def, step.test)).map(|def| At { def, pin: at.pin }),
                    );
                }
                Axis::Namespace => {}
                // Everything that such an axis can reach: below the parent for siblings, else below the document.
                axis => {
                    let start = match axis {
                        Axis::Descendant | Axis::DescendantOrSelf => *at,
                        Axis::FollowingSibling | Axis::PrecedingSibling => self.parent(*at).unwrap_or(*at),
                        _ => At { def: DOCUMENT, pin: DOCUMENT },
                    };
                    for def in schema.subtree(start.def) {
                        self.enter(def, start.pin);
                        if fits(schema, def, step.test) {
                            to.push(At { def, pin: start.pin });
                        }
                    }
                }
            }
        }
        to
    }

    fn enter(&mut self, def: DefId, pin: DefId) {
        if self.schema.def(def).is_repeat {
            self.note(def, pin, Reads::Structure);
        }
    }

    fn parent(&self, at: At) -> Option<At> {
        let parent = self.schema.def(at.def).parent;
        if parent == NONE {
            return None;
        }
        let pin = if at.pin == at.def { self.schema.def(parent).scope } else { at.pin };
        Some(At { def: parent, pin })
    }

    fn record(&mut self, at: At, purpose: Use) {
        if at.def == NONE {
            return;
        }
        if self.schema.is_leaf(at.def) {
            self.note(at.def, at.pin, Reads::Value);
        } else if purpose == Use::Count {
            self.note(at.def, at.pin, Reads::Structure);
        } else {
            // The value of a group is all text in it.
            for def in self.schema.subtree(at.def) {
                let what = if self.schema.is_leaf(def) { Reads::Value } else { Reads::Structure };
                self.note(def, at.pin, what);
            }
        }
    }

    fn note(&mut self, def: DefId, pin: DefId, what: Reads) {
        // The document is always there and holds no text of its own.
        if def == DOCUMENT {
            return;
        }
        // Which instances a repeat has is a matter of the node above it.
        let pin = if what == Reads::Structure && pin == def {
            self.schema.def(self.schema.def(def).parent).scope
        } else {
            pin
        };
        self.note_at(def, pin, what, 0);
    }

    fn note_at(&mut self, def: DefId, pin: DefId, what: Reads, shift: i32) {
        let dependency = Dependency { def, pin, what, shift };
        // Expressions that read a few nodes are the rule; one that reads many must not cost their square.
        const FEW: usize = 32;
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return;
        }
        if self.found.len() == FEW && self.many.is_empty() {
            self.many.extend(&self.found);
        }
        let is_new =
            if self.found.len() < FEW { !self.found.contains(&dependency) } else { self.many.insert(dependency) };
        if is_new {
            self.found.push(dependency);
        }
    }
}

fn fits(schema: &Schema, def: DefId, test: Test) -> bool {
    match test {
        Test::Name(name) => schema.def(def).name == name,
        Test::Any | Test::Node | Test::Namespace(_) => true,
        Test::Text | Test::Nothing => false,
    }
}
