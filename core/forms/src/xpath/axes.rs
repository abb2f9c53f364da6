//! The axes of XPath 1.0 and the node tests.

use crate::tree::{Kind, NodeId, TEXT, Tree};
use crate::xpath::ast::{Axis, Test};
use crate::xpath::eval::World;

/// Nodes of `axis` from `node` that pass the test, in the axis's own order.
pub(crate) fn select(world: &World<'_>, tree: &Tree, node: NodeId, axis: Axis, test: Test, found: &mut Vec<NodeId>) {
    let mut visit = |id: NodeId| {
        if passes(world, tree, id, axis, test) {
            found.push(id);
        }
    };
    match axis {
        Axis::SelfNode => visit(node),
        Axis::Child => children(tree, node, &mut visit),
        Axis::Attribute => tree.attributes(node).iter().copied().for_each(visit),
        Axis::Parent => tree.parent(node).into_iter().for_each(visit),
        Axis::Descendant => descendants(tree, node, &mut visit),
        Axis::DescendantOrSelf => {
            visit(node);
            descendants(tree, node, &mut visit);
        }
        Axis::Ancestor => ancestors(tree, node, &mut visit),
        Axis::AncestorOrSelf => {
            visit(node);
            ancestors(tree, node, &mut visit);
        }
        Axis::FollowingSibling => siblings(tree, node).1.iter().copied().for_each(visit),
        Axis::PrecedingSibling => siblings(tree, node).0.iter().rev().copied().for_each(visit),
        Axis::Following => {
            let mut at = Some(node);
            while let Some(id) = at {
                for sibling in siblings(tree, id).1 {
                    visit(*sibling);
                    descendants(tree, *sibling, &mut visit);
                }
                at = tree.parent(id);
            }
        }
        Axis::Preceding => {
            let mut at = Some(node);
            while let Some(id) = at {
                for sibling in siblings(tree, id).0.iter().rev() {
                    let mut below = vec![*sibling];
                    descendants(tree, *sibling, &mut |id| below.push(id));
                    below.into_iter().rev().for_each(&mut visit);
                }
                at = tree.parent(id);
            }
        }
        Axis::Namespace => {}
    }
}

fn children(tree: &Tree, node: NodeId, visit: &mut impl FnMut(NodeId)) {
    let list = tree.children(node);
    if list.is_empty() && node & TEXT == 0 {
        let leaf = tree.node(node);
        if leaf.kind == Kind::Element && !leaf.text.is_empty() {
            visit(node | TEXT);
        }
    }
    list.iter().copied().for_each(visit);
}

fn descendants(tree: &Tree, node: NodeId, visit: &mut impl FnMut(NodeId)) {
    // A stack of our own: trees built in a session may be as deep as the form, but a stack costs nothing.
    let mut below = Vec::new();
    children(tree, node, &mut |id| below.push(id));
    below.reverse();
    while let Some(id) = below.pop() {
        visit(id);
        let from = below.len();
        children(tree, id, &mut |child| below.push(child));
        below[from..].reverse();
    }
}

fn ancestors(tree: &Tree, node: NodeId, visit: &mut impl FnMut(NodeId)) {
    let mut at = tree.parent(node);
    while let Some(id) = at {
        visit(id);
        at = tree.parent(id);
    }
}

/// Siblings before and after; attributes and texts of leaves have none.
fn siblings(tree: &Tree, node: NodeId) -> (&[NodeId], &[NodeId]) {
    match tree.parent(node) {
        Some(parent) if node & TEXT == 0 && tree.node(node).kind != Kind::Attribute => {
            let (before, rest) = tree.children(parent).split_at(tree.node(node).slot as usize);
            (before, &rest[1..])
        }
        _ => (&[], &[]),
    }
}

fn passes(world: &World<'_>, tree: &Tree, id: NodeId, axis: Axis, test: Test) -> bool {
    let principal = if axis == Axis::Attribute { Kind::Attribute } else { Kind::Element };
    match test {
        Test::Node => true,
        Test::Text => tree.kind(id) == Kind::Text,
        Test::Nothing => false,
        Test::Any => tree.kind(id) == principal,
        Test::Name(name) => id & TEXT == 0 && tree.node(id).name == name && tree.kind(id) == principal,
        Test::Namespace(name) => {
            let namespace = |name| world.names.get(name).map(|full| &full.namespace);
            tree.kind(id) == principal && namespace(tree.node(id).name) == namespace(name)
        }
    }
}
