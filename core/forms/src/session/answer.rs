//! Answers given by the person and values set by the core.

use wayside_model::AnswerState;

use crate::error::AnswerError;
use crate::form::control::Control;
use crate::form::{Question, QuestionKind};
use crate::session::Session;
use crate::tree::{Kind, NONE, NodeId};

/// Choice codes that mean a state and not a value.
pub(super) const UNKNOWN: &str = "unknown";
pub(super) const DECLINED: &str = "declined";

impl Session {
    /// Sets a value for the core: also on nodes that are hidden, read-only or not relevant. Not checked against the type.
    ///
    /// # Errors
    /// `answer.unknown_ref`
    pub fn preset(&mut self, reference: &str, value: &str) -> Result<(), AnswerError> {
        let node = self.find(reference).filter(|node| self.holds_value(*node)).ok_or(AnswerError::UnknownReference)?;
        self.set_value(node, value.to_owned());
        self.settle();
        Ok(())
    }

    /// Takes an answer: type, choices, relevance, read-only and constraint are checked, then everything that depends on it
    /// is computed. An empty value takes the answer back.
    ///
    /// # Errors
    /// `answer.unknown_ref`, `answer.not_relevant`, `answer.read_only`, `answer.type`, `answer.choice`,
    /// `answer.constraint`. The session is unchanged then.
    pub fn answer(&mut self, reference: &str, value: &str) -> Result<(), AnswerError> {
        let (node, question) = self.askable(reference)?;
        let kind = question.kind;
        let control = self.control_of(question).ok_or(AnswerError::UnknownReference)?;
        let text = self.checked(control, kind, node, value)?;
        if !text.is_empty() && text != self.tree.node(node).text {
            let before = std::mem::replace(&mut self.tree.node_mut(node).text, text.clone());
            let holds = self.constraint_holds(node);
            self.tree.node_mut(node).text = before;
            if !holds {
                return Err(AnswerError::Constraint);
            }
        }
        self.state_mut(node).mark = None;
        self.set_value(node, text);
        self.settle();
        Ok(())
    }

    /// Records that a question has no value and why. Where its choices have a code `unknown` or `declined`, that choice is
    /// taken; else the state is kept beside the blank node. It counts as an answer to a required question.
    /// [`AnswerState::Given`] is refused: a value is given with [`Session::answer`].
    ///
    /// # Errors
    /// As [`Session::answer`].
    pub fn mark(&mut self, reference: &str, state: AnswerState) -> Result<(), AnswerError> {
        let (node, question) = self.askable(reference)?;
        let control = self.control_of(question).ok_or(AnswerError::UnknownReference)?;
        let code = match state {
            AnswerState::Given => return Err(AnswerError::Type),
            AnswerState::Unknown => UNKNOWN,
            AnswerState::Declined => DECLINED,
            AnswerState::NotAsked => "",
        };
        let is_list = matches!(question.kind, QuestionKind::SelectOne | QuestionKind::SelectMultiple);
        let has_code =
            !code.is_empty() && is_list && self.choice_codes(control, node).iter().any(|known| known == code);
        let (text, mark) = if has_code { (code, None) } else { ("", Some(state)) };
        self.set_value(node, text.to_owned());
        self.state_mut(node).mark = mark.filter(|mark| *mark != AnswerState::NotAsked);
        self.settle();
        Ok(())
    }

    /// What kind of answer the node has.
    pub fn state(&self, reference: &str) -> Option<AnswerState> {
        let node = self.find(reference).filter(|node| self.tree.is_leaf(*node))?;
        Some(self.answer_state(node))
    }

    pub(super) fn answer_state(&self, node: NodeId) -> AnswerState {
        let text = self.tree.node(node).text.as_str();
        if let Some(mark) = self.state_of(node).mark {
            return mark;
        }
        let is_list = self.question_of(node).is_some_and(|question| question.kind.has_choices());
        match text {
            "" => AnswerState::NotAsked,
            UNKNOWN if is_list => AnswerState::Unknown,
            DECLINED if is_list => AnswerState::Declined,
            _ => AnswerState::Given,
        }
    }

    /// An element or attribute that holds a value and no nodes, also none that a repeat could bring.
    pub(super) fn holds_value(&self, node: NodeId) -> bool {
        let is_value = matches!(self.tree.kind(node), Kind::Element | Kind::Attribute) && self.tree.is_leaf(node);
        let def = self.tree.node(node).def;
        is_value && (def == NONE || self.form.schema.is_leaf(def))
    }

    /// The node and question of a reference that may be answered at present.
    fn askable(&self, reference: &str) -> Result<(NodeId, &Question), AnswerError> {
        let node = self.find(reference).ok_or(AnswerError::UnknownReference)?;
        let question = self.question_of(node).filter(|question| question.control.is_some());
        let question = question.ok_or(AnswerError::UnknownReference)?;
        if !self.tree.node(node).relevant {
            return Err(AnswerError::NotRelevant);
        }
        if self.state_of(node).read_only_here || question.kind == QuestionKind::Note {
            return Err(AnswerError::ReadOnly);
        }
        Ok((node, question))
    }

    pub(super) fn question_of(&self, node: NodeId) -> Option<&Question> {
        let def = self.form.schema.defs.get(self.tree.node(node).def as usize)?;
        self.form.questions.get(def.question? as usize)
    }

    pub(super) fn control_of(&self, question: &Question) -> Option<&Control> {
        self.form.controls.get(question.control? as usize)
    }

    /// The constraint of a node for what it holds now. One that cannot run stops nobody.
    pub(super) fn constraint_holds(&self, node: NodeId) -> bool {
        let bind = self.form.binds.get(&self.tree.node(node).def);
        let Some(constraint) = bind.and_then(|bind| bind.constraint.as_ref()) else { return true };
        let (holds, _) = self.look(node, |eval, here| eval.boolean(constraint, here));
        holds.unwrap_or(true)
    }
}
