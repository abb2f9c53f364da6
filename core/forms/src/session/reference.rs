//! References as text: `/data/group/question`, `/data/repeat[2]/question`. Without a number the first instance is meant.

use crate::form::schema::{DOCUMENT, DefId};
use crate::session::Session;
use crate::tree::{Kind, NodeId, Tree};

impl Session {
    /// The node of the instance that a reference names.
    pub(super) fn find(&self, reference: &str) -> Option<NodeId> {
        let rest = reference.strip_prefix('/')?;
        rest.split('/').try_fold(Tree::ROOT, |node, step| {
            if let Some(name) = step.strip_prefix('@') {
                let named = |attribute: &NodeId| self.is_named(self.tree.node(*attribute).name, name);
                return self.tree.attributes(node).iter().copied().find(named);
            }
            let (name, position) = split(step)?;
            let matching = |child: &NodeId| {
                let child = self.tree.node(*child);
                child.position == position && self.is_named(child.name, name)
            };
            self.tree.children(node).iter().copied().find(matching)
        })
    }

    fn is_named(&self, name: crate::names::Name, written: &str) -> bool {
        match self.form.names.get(name) {
            Some(full) => match written.split_once(':') {
                Some((prefix, local)) => *full.prefix == *prefix && *full.local == *local,
                None => full.prefix.is_empty() && *full.local == *written,
            },
            None => false,
        }
    }

    /// A repeat named without its own position: the node it belongs to, and its definition.
    pub(super) fn find_repeat(&self, reference: &str) -> Option<(NodeId, DefId)> {
        let (parent, last) = reference.rsplit_once('/')?;
        let (name, _) = split(last)?;
        let parent = self.find(parent)?;
        let above = self.form.schema.def(self.tree.node(parent).def);
        let named =
            |def: &DefId| self.form.schema.def(*def).is_repeat && self.is_named(self.form.schema.def(*def).name, name);
        above.children.iter().copied().find(named).map(|def| (parent, def))
    }

    /// The reference of a node, with a position at every repeat.
    pub(super) fn reference(&self, node: NodeId) -> String {
        let mut steps = Vec::new();
        let mut at = node;
        while at != Tree::ROOT {
            let here = self.tree.node(at);
            let mark = if here.kind == Kind::Attribute { "@" } else { "" };
            let mut step = format!("{mark}{}", self.form.names.qualified(here.name));
            if self.form.schema.defs.get(here.def as usize).is_some_and(|def| def.is_repeat) || here.position > 1 {
                step.push_str(&format!("[{}]", here.position));
            }
            steps.push(step);
            at = self.tree.parent(at).unwrap_or(Tree::ROOT);
        }
        steps.iter().rev().fold(String::new(), |path, step| path + "/" + step)
    }

    /// The node of `def` that is nearest to `from`: in the same instance of every repeat both are in, else the first.
    pub(super) fn nearest(&self, from: NodeId, def: DefId) -> Option<NodeId> {
        let chain: Vec<DefId> = self.form.schema.chain(def).collect();
        let mut node = from;
        while node != Tree::ROOT && !chain.contains(&self.tree.node(node).def) {
            node = self.tree.parent(node)?;
        }
        let top = if node == Tree::ROOT { DOCUMENT } else { self.tree.node(node).def };
        let path = chain.into_iter().take_while(|step| *step != top).collect::<Vec<_>>();
        path.into_iter().rev().try_fold(node, |node, step| {
            self.tree.children(node).iter().copied().find(|child| self.tree.node(*child).def == step)
        })
    }
}

/// `name[2]` to name and position.
fn split(step: &str) -> Option<(&str, u32)> {
    match step.strip_suffix(']') {
        None => Some((step, 1)),
        Some(step) => {
            let (name, position) = step.split_once('[')?;
            Some((name, position.trim().parse().ok()?))
        }
    }
}
