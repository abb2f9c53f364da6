//! String values and document order.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::tree::{Kind, NodeId, TEXT, Tree};

impl Tree {
    /// The XPath string value. What is not relevant is blank.
    pub(crate) fn string_value(&self, id: NodeId) -> Cow<'_, str> {
        let node = self.node(id);
        if !node.relevant {
            return Cow::Borrowed("");
        }
        if id & TEXT != 0 || node.children.is_empty() {
            return Cow::Borrowed(&node.text);
        }
        let mut text = String::new();
        self.collect_text(id, &mut text);
        Cow::Owned(text)
    }

    fn collect_text(&self, id: NodeId, text: &mut String) {
        let node = self.node(id);
        if node.relevant {
            text.push_str(&node.text);
            node.children.iter().for_each(|child| self.collect_text(*child, text));
        }
    }

    fn path(&self, id: NodeId) -> Vec<NodeId> {
        let mut path = vec![id];
        let mut at = id;
        while let Some(parent) = self.parent(at) {
            path.push(parent);
            at = parent;
        }
        path.reverse();
        path
    }

    /// Which of two nodes of this tree comes first in the document.
    pub(crate) fn compare(&self, left: NodeId, right: NodeId) -> Ordering {
        if left == right {
            return Ordering::Equal;
        }
        let (left, right) = (self.path(left), self.path(right));
        let common = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
        match (left.get(common), right.get(common)) {
            (None, _) => Ordering::Less,
            (_, None) => Ordering::Greater,
            (Some(a), Some(b)) => self.sibling_key(*a).cmp(&self.sibling_key(*b)),
        }
    }

    /// Attributes come before children.
    fn sibling_key(&self, id: NodeId) -> (bool, u32) {
        if id & TEXT != 0 {
            return (true, 0);
        }
        let node = self.node(id);
        (node.kind != Kind::Attribute, node.slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Names;

    #[test]
    fn positions_follow_removal_and_order_is_the_documents() {
        let mut names = Names::default();
        let (r, x) = (names.intern("", "", "r"), names.intern("", "", "x"));
        let mut tree = Tree::default();
        let ids: Vec<_> = [r, x, r, r].map(|name| tree.create(Kind::Element, name)).to_vec();
        ids.iter().for_each(|id| tree.append(Tree::ROOT, *id));
        assert_eq!(ids.iter().map(|id| tree.node(*id).position).collect::<Vec<_>>(), [1, 1, 2, 3]);
        tree.detach(ids[0]);
        assert_eq!(ids[1..].iter().map(|id| tree.node(*id).position).collect::<Vec<_>>(), [1, 1, 2]);
        assert_eq!(tree.compare(ids[1], ids[3]), Ordering::Less);
        assert_eq!(tree.compare(ids[3], ids[2]), Ordering::Greater);
    }
}
