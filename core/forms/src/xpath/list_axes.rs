//! Axes over a list, whose nodes are only numbers.

use crate::secondary::Listed;
use crate::tree::{Kind, NodeId, TEXT};
use crate::xpath::ast::{Axis, Test};

/// Nodes of `axis` from `node` that pass the test, in the axis's own order.
pub(crate) fn select(listed: &Listed, node: NodeId, axis: Axis, test: Test, found: &mut Vec<NodeId>) {
    if let (Axis::Child, Test::Name(name)) = (axis, test)
        && node & TEXT == 0
    {
        if listed.is_step_to_items(node, name) {
            found.extend((0..listed.list.len()).map(|row| listed.item(row)));
            return;
        }
        if let Some(column) = listed.column(name) {
            found.extend(listed.cell_of(node, column));
            return;
        }
    }
    let mut visit = |id: NodeId| {
        if passes(listed, id, test) {
            found.push(id);
        }
    };
    match axis {
        Axis::SelfNode => visit(node),
        Axis::Child => listed.children(node, &mut visit),
        Axis::Parent => listed.parent(node).into_iter().for_each(visit),
        Axis::Descendant => descendants(listed, node, &mut visit),
        Axis::DescendantOrSelf => {
            visit(node);
            descendants(listed, node, &mut visit);
        }
        Axis::Ancestor | Axis::AncestorOrSelf => {
            let mut at = if axis == Axis::Ancestor { listed.parent(node) } else { Some(node) };
            while let Some(id) = at {
                visit(id);
                at = listed.parent(id);
            }
        }
        Axis::FollowingSibling | Axis::PrecedingSibling => {
            let mut siblings = Vec::new();
            if let Some(parent) = listed.parent(node) {
                listed.children(parent, &mut |id| siblings.push(id));
            }
            match axis {
                Axis::FollowingSibling => siblings.into_iter().filter(|id| *id > node).for_each(visit),
                _ => siblings.into_iter().rev().filter(|id| *id < node).for_each(visit),
            }
        }
        // Numbers are in document order, so what comes after the node's own subtree follows it.
        Axis::Following => {
            let mut last = node & !TEXT;
            descendants(listed, node, &mut |id| last = last.max(id & !TEXT));
            (last + 1..listed.node_count()).for_each(visit);
        }
        Axis::Preceding => {
            let mut above = Vec::new();
            let mut at = listed.parent(node);
            while let Some(id) = at {
                above.push(id);
                at = listed.parent(id);
            }
            (0..node & !TEXT).rev().filter(|id| !above.contains(id)).for_each(visit);
        }
        Axis::Attribute | Axis::Namespace => {}
    }
}

fn descendants(listed: &Listed, node: NodeId, visit: &mut impl FnMut(NodeId)) {
    let mut below = Vec::new();
    listed.children(node, &mut |id| below.push(id));
    below.reverse();
    while let Some(id) = below.pop() {
        visit(id);
        let from = below.len();
        listed.children(id, &mut |child| below.push(child));
        below[from..].reverse();
    }
}

fn passes(listed: &Listed, id: NodeId, test: Test) -> bool {
    match test {
        Test::Node => true,
        Test::Text => listed.kind(id) == Kind::Text,
        Test::Any => listed.kind(id) == Kind::Element,
        Test::Name(name) => listed.kind(id) == Kind::Element && listed.name(id) == name,
        Test::Nothing | Test::Namespace(_) => false,
    }
}
