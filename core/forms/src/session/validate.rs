//! What stands in the way of finishing.

use crate::form::QuestionKind;
use crate::form::text::Label;
use crate::session::Session;
use crate::tree::NodeId;

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViolationKind {
    /// A required question has no answer.
    Required,
    /// The answer is outside what the form allows.
    Constraint,
}

/// One thing that stands in the way of finishing.
#[derive(Clone, PartialEq, Eq)]
pub struct Violation {
    /// The question, with positions.
    pub reference: String,
    /// What is wrong.
    pub kind: ViolationKind,
    /// The form's message in the session's language; empty where it has none.
    pub message: String,
}

impl Session {
    /// Checks every relevant question. Navigation and drafts do not need it; finishing does.
    pub fn validate(&self) -> Vec<Violation> {
        let leaves = self.relevant_leaves();
        leaves.into_iter().filter_map(|node| self.violation(node)).collect()
    }

    pub(super) fn violation(&self, node: NodeId) -> Option<Violation> {
        let question = self.question_of(node)?;
        if question.control.is_none() || question.kind == QuestionKind::Note {
            return None;
        }
        let state = self.state_of(node);
        let blank = self.tree.node(node).text.is_empty();
        let kind = if state.required && blank && state.mark.is_none() {
            ViolationKind::Required
        } else if !blank && !self.constraint_holds(node) {
            ViolationKind::Constraint
        } else {
            return None;
        };
        Some(Violation { reference: self.reference(node), kind, message: self.message(node, kind) })
    }

    pub(super) fn message(&self, node: NodeId, kind: ViolationKind) -> String {
        let bind = self.form.binds.get(&self.tree.node(node).def);
        let label = bind.map_or(&Label::None, |bind| match kind {
            ViolationKind::Required => &bind.required_message,
            ViolationKind::Constraint => &bind.constraint_message,
        });
        self.label(label, node)
    }
}
