//! The indexed tree an instance is kept in: one arena, numbers for nodes, positions kept up to date.
//!
//! A leaf keeps its text in the element itself; its text node is the element's number with [`TEXT`] set. Only elements
//! that mix text and elements have text nodes of their own.

use crate::names::Name;

pub(crate) type NodeId = u32;

/// Marks the text node of a leaf.
pub(crate) const TEXT: NodeId = 1 << 31;
/// No node, no definition.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Document,
    Element,
    Attribute,
    Text,
}

#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Effective relevance. A node that is not relevant is blank in every expression.
    pub(crate) relevant: bool,
    /// The value is a number by its bind type, so that zero is false.
    pub(crate) numeric: bool,
    pub(crate) name: Name,
    pub(crate) parent: NodeId,
    /// Index among the parent's children or attributes.
    pub(crate) slot: u32,
    /// Place among siblings of the same name, from 1.
    pub(crate) position: u32,
    /// Number of the definition, for nodes of the primary instance.
    pub(crate) def: u32,
    pub(crate) children: Vec<NodeId>,
    pub(crate) attributes: Vec<NodeId>,
    pub(crate) text: String,
}

#[derive(Clone)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![Node::new(Kind::Document, Name::NONE)] }
    }
}

impl Node {
    fn new(kind: Kind, name: Name) -> Self {
        Self {
            kind,
            relevant: true,
            numeric: false,
            name,
            parent: NONE,
            slot: 0,
            position: 1,
            def: NONE,
            children: Vec::new(),
            attributes: Vec::new(),
            text: String::new(),
        }
    }
}

impl Tree {
    /// The document node.
    pub(crate) const ROOT: NodeId = 0;

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[(id & !TEXT) as usize]
    }
    pub(crate) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[(id & !TEXT) as usize]
    }
    pub(crate) fn children(&self, id: NodeId) -> &[NodeId] {
        if id & TEXT == 0 { &self.node(id).children } else { &[] }
    }
    pub(crate) fn attributes(&self, id: NodeId) -> &[NodeId] {
        if id & TEXT == 0 { &self.node(id).attributes } else { &[] }
    }
    pub(crate) fn parent(&self, id: NodeId) -> Option<NodeId> {
        if id & TEXT != 0 {
            return Some(id & !TEXT);
        }
        Some(self.node(id).parent).filter(|parent| *parent != NONE)
    }
    pub(crate) fn kind(&self, id: NodeId) -> Kind {
        if id & TEXT == 0 { self.node(id).kind } else { Kind::Text }
    }
    /// The element or attribute, never a text node.
    pub(crate) fn is_leaf(&self, id: NodeId) -> bool {
        self.node(id).children.is_empty()
    }
    pub(crate) fn child_named(&self, parent: NodeId, name: Name) -> Option<NodeId> {
        self.children(parent).iter().copied().find(|child| self.node(*child).name == name)
    }

    /// The child of this name at this place among its like, from 1. Instances of a repeat stand together, so one look at
    /// the first of them mostly finds it.
    pub(crate) fn nth_named(&self, parent: NodeId, name: Name, position: u32) -> Option<NodeId> {
        let children = self.children(parent);
        let first = children.iter().position(|child| self.node(*child).name == name)?;
        let is_it = |child: &NodeId| {
            let child = self.node(*child);
            child.name == name && child.position == position
        };
        let likely = first + (position as usize).checked_sub(1)?;
        children.get(likely).copied().filter(is_it).or_else(|| children[first..].iter().copied().find(is_it))
    }

    /// A node that hangs nowhere yet.
    pub(crate) fn create(&mut self, kind: Kind, name: Name) -> NodeId {
        self.nodes.push(Node::new(kind, name));
        self.nodes.len() as NodeId - 1
    }

    pub(crate) fn append(&mut self, parent: NodeId, child: NodeId) {
        let slot = self.node(parent).children.len();
        self.insert(parent, slot, child);
    }

    /// As [`Tree::append`] for somebody who knows the child's place among siblings of its name.
    pub(crate) fn append_at(&mut self, parent: NodeId, child: NodeId, position: u32) {
        let slot = self.node(parent).children.len() as u32;
        self.node_mut(parent).children.push(child);
        let node = self.node_mut(child);
        (node.parent, node.slot, node.position) = (parent, slot, position);
    }

    pub(crate) fn append_attribute(&mut self, parent: NodeId, attribute: NodeId) {
        let slot = self.node(parent).attributes.len() as u32;
        self.node_mut(parent).attributes.push(attribute);
        let node = self.node_mut(attribute);
        (node.parent, node.slot) = (parent, slot);
    }

    /// Puts `child` at index `slot` of the parent's children and renumbers what comes after it.
    pub(crate) fn insert(&mut self, parent: NodeId, slot: usize, child: NodeId) {
        self.node_mut(child).parent = parent;
        self.node_mut(parent).children.insert(slot, child);
        self.renumber(parent, slot, self.node(child).name);
    }

    /// Takes `child` out of its parent; the subtree stays in the arena.
    pub(crate) fn detach(&mut self, child: NodeId) {
        let (parent, slot, name) = (self.node(child).parent, self.node(child).slot as usize, self.node(child).name);
        if parent == NONE {
            return;
        }
        self.node_mut(parent).children.remove(slot);
        self.node_mut(child).parent = NONE;
        self.renumber(parent, slot, name);
    }

    fn renumber(&mut self, parent: NodeId, from: usize, name: Name) {
        let children = std::mem::take(&mut self.node_mut(parent).children);
        let before = children[..from].iter().rev().find(|id| self.node(**id).name == name);
        let mut position = before.map_or(0, |id| self.node(*id).position);
        for (slot, id) in children.iter().enumerate().skip(from) {
            let node = self.node_mut(*id);
            node.slot = slot as u32;
            if node.name == name {
                position += 1;
                node.position = position;
            }
        }
        self.node_mut(parent).children = children;
    }

    /// Copies a subtree; the copy hangs nowhere yet.
    pub(crate) fn copy(&mut self, source: NodeId) -> NodeId {
        let mut node = self.node(source).clone();
        let (children, attributes) = (std::mem::take(&mut node.children), std::mem::take(&mut node.attributes));
        (node.parent, node.position, node.slot) = (NONE, 1, 0);
        self.nodes.push(node);
        let copy = self.nodes.len() as NodeId - 1;
        for attribute in attributes {
            let attribute = self.copy(attribute);
            self.append_attribute(copy, attribute);
        }
        for child in children {
            let child = self.copy(child);
            self.append(copy, child);
        }
        copy
    }

    /// Every element of the subtree, the parent before its children.
    pub(crate) fn walk(&self, start: NodeId, visit: &mut impl FnMut(NodeId)) {
        visit(start);
        for child in &self.node(start).children {
            if self.node(*child).kind == Kind::Element {
                self.walk(*child, visit);
            }
        }
    }

    /// As [`Tree::walk`], each element followed by its attributes.
    pub(crate) fn walk_all(&self, start: NodeId, visit: &mut impl FnMut(NodeId)) {
        self.walk(start, &mut |node| {
            visit(node);
            self.node(node).attributes.iter().for_each(|attribute| visit(*attribute));
        });
    }
}
