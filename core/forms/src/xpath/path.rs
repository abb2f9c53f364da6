//! Paths: where they start, how steps and predicates go on from there.

use std::borrow::Cow;

use crate::error::Problem;
use crate::secondary::Listed;
use crate::tree::{Kind, NodeId, Tree};
use crate::xpath::ast::{Axis, Expr, Path, Predicate, Start, Step, Test};
use crate::xpath::axes::select;
use crate::xpath::eval::{Context, Eval, Source};
use crate::xpath::list_axes::select as select_in_list;
use crate::xpath::value::{NodeRef, Value};

impl<'a> Eval<'a> {
    pub(crate) fn path(&self, path: &'a Path, c: &Context) -> Result<Vec<NodeRef>, Problem> {
        if path.simple {
            let mut nodes = Vec::new();
            self.visit(path, c, &mut |node| {
                nodes.push(node);
                false
            })?;
            return Ok(nodes);
        }
        let mut steps = path.steps.as_slice();
        let start = match &path.start {
            Start::Root => {
                let (node, rest) = self.through_current_repeats(steps, c);
                steps = rest;
                vec![node]
            }
            Start::Context => vec![c.node],
            Start::Current => vec![c.current],
            Start::Instance(tree) => vec![self.instance_root(*tree)?],
            Start::Filter(inner, predicates) => {
                let mut nodes = self.nodes(inner, c)?;
                for predicate in predicates {
                    nodes = self.filter(nodes, &predicate.expr, c)?;
                }
                nodes
            }
        };
        let mut nodes = self.steps(start, steps, c)?;
        nodes.retain(|node| self.is_there(*node, c));
        Ok(nodes)
    }

    /// Shows the nodes of a simple path in document order, until `see` is content; says whether it was.
    pub(crate) fn visit(
        &self,
        path: &'a Path,
        c: &Context,
        see: &mut dyn FnMut(NodeRef) -> bool,
    ) -> Result<bool, Problem> {
        let mut steps = path.steps.as_slice();
        let mut at = match path.start {
            Start::Root => {
                let (node, rest) = self.through_current_repeats(steps, c);
                steps = rest;
                node
            }
            Start::Current => c.current,
            Start::Instance(tree) => self.instance_root(tree)?,
            _ => c.node,
        };
        while let Some(step) = steps.first().filter(|step| step.axis != Axis::Child) {
            if step.axis == Axis::Parent {
                let parent = match self.world.source(at.tree) {
                    Source::Tree(tree) => tree.parent(at.node),
                    Source::List(listed) => listed.parent(at.node),
                    Source::Missing => None,
                };
                match parent {
                    Some(node) => at.node = node,
                    None => return Ok(false),
                }
            }
            steps = &steps[1..];
        }
        self.spend(steps.len() + 1)?;
        match self.world.source(at.tree) {
            Source::Tree(tree) => self.visit_tree(tree, at, steps, c, see),
            Source::List(listed) => self.visit_list(listed, at, steps, see),
            Source::Missing => Ok(false),
        }
    }

    fn visit_tree(
        &self,
        tree: &Tree,
        at: NodeRef,
        steps: &[Step],
        c: &Context,
        see: &mut dyn FnMut(NodeRef) -> bool,
    ) -> Result<bool, Problem> {
        let Some((step, rest)) = steps.split_first() else { return Ok(self.is_there(at, c) && see(at)) };
        let Test::Name(name) = step.test else { return Ok(false) };
        let children = tree.children(at.node);
        self.spend(children.len())?;
        for node in children {
            let known = tree.node(*node);
            if known.name == name
                && known.kind == Kind::Element
                && self.visit_tree(tree, NodeRef { tree: at.tree, node: *node }, rest, c, see)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn visit_list(
        &self,
        listed: &Listed,
        at: NodeRef,
        steps: &[Step],
        see: &mut dyn FnMut(NodeRef) -> bool,
    ) -> Result<bool, Problem> {
        let Some((step, rest)) = steps.split_first() else { return Ok(see(at)) };
        let mut found = Vec::new();
        select_in_list(listed, at.node, step.axis, step.test, &mut found);
        self.spend(found.len())?;
        for node in found {
            if self.visit_list(listed, NodeRef { tree: at.tree, node }, rest, see)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn instance_root(&self, tree: u32) -> Result<NodeRef, Problem> {
        match self.world.source(tree) {
            Source::Missing => Err(Problem::Missing),
            _ => Ok(NodeRef { tree, node: Tree::ROOT }),
        }
    }

    /// What is not relevant is not there, except where the expression stands on it or below.
    fn is_there(&self, node: NodeRef, c: &Context) -> bool {
        node.tree != 0 || self.world.primary.node(node.node).relevant || self.is_above(node, c)
    }

    /// Where the expression stands is there for it, relevant or not: a repeat's relevance may ask for its own position.
    /// What such a node holds is blank all the same.
    fn is_above(&self, node: NodeRef, c: &Context) -> bool {
        let mut at = Some(c.current.node).filter(|_| c.current.tree == 0);
        while let Some(id) = at {
            if id == node.node {
                return true;
            }
            at = self.world.primary.parent(id);
        }
        false
    }

    /// An absolute path that goes through a repeat the expression stands in means the current instance of it
    /// (forms.md 2.3, "contextualise"). As long as names agree with the context's own ancestors, the ancestor is taken;
    /// the last step and steps with predicates are left alone, so that `count(/data/repeat)` counts all.
    fn through_current_repeats(&self, steps: &'a [Step], c: &Context) -> (NodeRef, &'a [Step]) {
        let inside = if c.node.tree == 0 { c.node } else { c.current };
        if inside.tree != 0 {
            return (NodeRef { tree: 0, node: Tree::ROOT }, steps);
        }
        let tree = self.world.primary;
        let mut chain: Vec<NodeId> = Vec::with_capacity(8);
        let mut at = Some(inside.node);
        while let Some(id) = at {
            chain.push(id);
            at = tree.parent(id);
        }
        chain.pop();
        let (mut node, mut used) = (Tree::ROOT, 0);
        while let (Some(step), Some(id)) = (steps.get(used), chain.pop()) {
            let fits = step.axis == Axis::Child
                && step.predicates.is_empty()
                && step.test == Test::Name(tree.node(id).name)
                && used + 1 < steps.len();
            if !fits {
                break;
            }
            node = id;
            used += 1;
        }
        (NodeRef { tree: 0, node }, &steps[used..])
    }

    pub(crate) fn steps(&self, start: Vec<NodeRef>, steps: &'a [Step], c: &Context) -> Result<Vec<NodeRef>, Problem> {
        let mut nodes = start;
        for step in steps {
            nodes = self.step(&nodes, step, c)?;
            if nodes.is_empty() {
                break;
            }
        }
        Ok(nodes)
    }

    fn step(&self, from: &[NodeRef], step: &'a Step, c: &Context) -> Result<Vec<NodeRef>, Problem> {
        let mut all = Vec::new();
        let mut found = Vec::new();
        for node in from {
            let mut predicates = step.predicates.as_slice();
            match self.world.source(node.tree) {
                Source::Tree(tree) => {
                    self.spend(1 + if step.axis == Axis::Child { tree.children(node.node).len() } else { 1 })?;
                    select(&self.world, tree, node.node, step.axis, step.test, &mut found);
                }
                Source::List(listed) => match step.test {
                    Test::Name(name) if step.axis == Axis::Child && listed.is_step_to_items(node.node, name) => {
                        predicates = self.items(listed, predicates, c, &mut found)?;
                    }
                    test => select_in_list(listed, node.node, step.axis, test, &mut found),
                },
                Source::Missing => {}
            }
            self.spend(found.len())?;
            let mut nodes: Vec<_> = found.drain(..).map(|id| NodeRef { tree: node.tree, node: id }).collect();
            for predicate in predicates {
                nodes = self.filter(nodes, &predicate.expr, c)?;
            }
            if all.is_empty() {
                all = nodes;
            } else {
                all.append(&mut nodes);
            }
        }
        let in_order = match step.axis {
            Axis::Child | Axis::Attribute | Axis::SelfNode => true,
            axis => from.len() == 1 && !axis.is_reverse(),
        };
        if !in_order {
            self.sort(&mut all);
        }
        Ok(all)
    }

    /// The items of a list that the first predicates leave, as far as the list can answer them; returns the other predicates.
    fn items(
        &self,
        listed: &Listed,
        predicates: &'a [Predicate],
        c: &Context,
        found: &mut Vec<NodeId>,
    ) -> Result<&'a [Predicate], Problem> {
        let mut wanted: Vec<(u32, Cow<'a, str>)> = Vec::new();
        let mut used = 0;
        for predicate in predicates {
            let (Some(name), Expr::Compare(_, value)) = (predicate.key, &predicate.expr) else { break };
            let Some((_, value)) = value.first() else { break };
            let text = match self.eval(value, c)? {
                Value::Text(text) => text,
                // Any node may be the equal one; with one node there is no choice.
                Value::Nodes(nodes) if nodes.len() == 1 => self.text_of(nodes[0]),
                // Nothing is equal to no node.
                Value::Nodes(nodes) if nodes.is_empty() => return Ok(&[]),
                _ => break,
            };
            // A column that the list does not have fits nothing.
            let Some(column) = listed.column(name) else { return Ok(&[]) };
            wanted.push((column, text));
            used += 1;
        }
        if used == 0 {
            found.extend((0..listed.list.len()).map(|row| listed.item(row)));
            return Ok(predicates);
        }
        let wanted: Vec<(u32, &str)> = wanted.iter().map(|(column, text)| (*column, &**text)).collect();
        let mut rows = Vec::new();
        listed.list.find(&wanted, &mut rows).map_err(|_| Problem::List)?;
        found.extend(rows.into_iter().map(|row| listed.item(row)));
        Ok(&predicates[used..])
    }

    /// Keeps the nodes for which the predicate holds; a number means the position.
    fn filter(&self, nodes: Vec<NodeRef>, predicate: &'a Expr, c: &Context) -> Result<Vec<NodeRef>, Problem> {
        let size = nodes.len();
        if let Expr::Number(number) = predicate {
            let wanted = *number;
            let index = wanted as usize;
            let hit = index >= 1 && index <= size && wanted.fract() == 0.0;
            return Ok(if hit { vec![nodes[index - 1]] } else { Vec::new() });
        }
        let mut kept = Vec::new();
        for (index, node) in nodes.into_iter().enumerate() {
            let here = Context { node, position: index + 1, size, current: c.current };
            let keep = match self.eval(predicate, &here)? {
                Value::Number(number) => number == here.position as f64,
                value => self.to_boolean(&value),
            };
            if keep {
                kept.push(node);
            }
        }
        Ok(kept)
    }
}
