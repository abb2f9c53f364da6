//! Paths: where they start, how steps and predicates go on from there.

use crate::error::Problem;
use crate::tree::{NodeId, Tree};
use crate::xpath::ast::{Axis, Expr, Path, Start, Step, Test};
use crate::xpath::axes::select;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::value::{NodeRef, Value};

impl<'a> Eval<'a> {
    pub(crate) fn path(&self, path: &'a Path, c: &Context) -> Result<Vec<NodeRef>, Problem> {
        let mut steps = path.steps.as_slice();
        let start = match &path.start {
            Start::Root => {
                let (node, rest) = self.through_current_repeats(steps, c);
                steps = rest;
                vec![node]
            }
            Start::Context => vec![c.node],
            Start::Current => vec![c.current],
            Start::Instance(tree) => vec![NodeRef { tree: *tree, node: Tree::ROOT }],
            Start::Filter(inner, predicates) => {
                let mut nodes = self.nodes(inner, c)?;
                for predicate in predicates {
                    nodes = self.filter(nodes, predicate, c)?;
                }
                nodes
            }
        };
        let mut nodes = self.steps(start, steps, c)?;
        nodes.retain(|node| node.tree != 0 || self.world.primary.node(node.node).relevant || self.is_above(*node, c));
        Ok(nodes)
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
            let tree = self.world.tree(node.tree);
            self.spend(1 + if step.axis == Axis::Child { tree.children(node.node).len() } else { 1 })?;
            select(&self.world, tree, node.node, step.axis, step.test, &mut found);
            self.spend(found.len())?;
            let mut nodes: Vec<_> = found.drain(..).map(|id| NodeRef { tree: node.tree, node: id }).collect();
            for predicate in &step.predicates {
                nodes = self.filter(nodes, predicate, c)?;
            }
            all.append(&mut nodes);
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
