//! Relevance and read-only are inherited from groups and repeats.

use crate::session::Session;
use crate::tree::{NONE, NodeId, Tree};

impl Session {
    pub(super) fn set_relevant(&mut self, node: NodeId, relevant: bool) {
        self.state_mut(node).relevant = relevant;
        self.refresh_relevance(node);
    }

    /// Values are kept while a node is not relevant; everything that reads them runs again, because they count as blank.
    pub(super) fn refresh_relevance(&mut self, node: NodeId) {
        let above = self.tree.parent(node).is_none_or(|parent| self.tree.node(parent).relevant);
        let relevant = above && self.state_of(node).relevant;
        if self.tree.node(node).relevant == relevant {
            return;
        }
        self.tree.node_mut(node).relevant = relevant;
        let def = self.tree.node(node).def;
        if def != NONE {
            self.enqueue_structure_readers(def, self.tree.parent(node).unwrap_or(Tree::ROOT));
            if self.tree.is_leaf(node) {
                self.enqueue_value_readers(node);
            }
        }
        for attribute in self.tree.attributes(node).to_vec() {
            self.refresh_relevance(attribute);
        }
        for child in self.tree.children(node).to_vec() {
            self.refresh_relevance(child);
        }
    }

    pub(super) fn set_read_only(&mut self, node: NodeId, read_only: bool) {
        self.state_mut(node).read_only = read_only;
        self.refresh_read_only(node);
    }

    pub(super) fn refresh_read_only(&mut self, node: NodeId) {
        let above = self.tree.parent(node).is_some_and(|parent| self.state_of(parent).read_only_here);
        let read_only = above || self.state_of(node).read_only;
        if self.state_of(node).read_only_here == read_only {
            return;
        }
        self.state_mut(node).read_only_here = read_only;
        for child in self.tree.children(node).to_vec() {
            self.refresh_read_only(child);
        }
    }
}
