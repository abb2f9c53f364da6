//! The answers of a session, for the record.

use wayside_model::{AnswerState, RecordedAnswer};

use crate::form::QuestionKind;
use crate::session::Session;
use crate::tree::{NodeId, Tree};

impl Session {
    /// Every relevant question or calculation in the order of the instance, those without an answer too.
    pub fn answers(&self) -> Vec<RecordedAnswer> {
        self.relevant_leaves()
            .into_iter()
            .filter(|node| {
                self.question_of(*node).is_some_and(|question| {
                    (question.has_control() || question.calculated) && question.kind != QuestionKind::Note
                })
            })
            .map(|node| {
                let state = self.answer_state(node);
                let value = if state == AnswerState::Given { self.tree.node(node).text.clone() } else { String::new() };
                RecordedAnswer { reference: self.reference(node), state, value }
            })
            .collect()
    }

    pub(super) fn relevant_leaves(&self) -> Vec<NodeId> {
        let mut leaves = Vec::new();
        self.tree.walk(Tree::ROOT, &mut |node| {
            if self.tree.is_leaf(node) && self.tree.node(node).relevant {
                leaves.push(node);
            }
        });
        leaves
    }
}
