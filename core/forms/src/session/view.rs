//! What a shell shows of a screen: plain values, no engine.

use wayside_model::AnswerState;

use crate::error::Problem;
use crate::form::control::Control;
use crate::form::text::Label;
use crate::form::{MediaKind, QuestionKind, Range};
use crate::session::Session;
use crate::session::labels::Kind;
use crate::session::screens::ScreenKind;
use crate::session::validate::ViolationKind;
use crate::tree::NodeId;
use crate::xpath::value::NodeRef;

/// A file beside a label, as `jr://images/…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Kind of file.
    pub kind: MediaKind,
    /// URI as the form has it.
    pub uri: String,
}

/// One choice.
#[derive(Clone, PartialEq, Eq)]
pub struct ChoiceView {
    /// Code, as the instance holds it.
    pub value: String,
    /// Label in the session's language.
    pub label: String,
    /// Files beside the label.
    pub media: Vec<Media>,
}

/// One question of a screen.
#[derive(Clone, PartialEq)]
pub struct QuestionView {
    /// Reference, with positions.
    pub reference: String,
    /// Kind of answer.
    pub kind: QuestionKind,
    /// Label in the session's language.
    pub label: String,
    /// A shorter label, for where there is little room; may be empty.
    pub short: String,
    /// Hint; may be empty.
    pub hint: String,
    /// Longer guidance for the worker; may be empty.
    pub guidance: String,
    /// Files beside the label.
    pub media: Vec<Media>,
    /// The value as the instance holds it; empty where there is none.
    pub value: String,
    /// Kind of answer it has at present.
    pub state: AnswerState,
    /// An answer is required.
    pub required: bool,
    /// Cannot be answered by hand.
    pub read_only: bool,
    /// Choices, in order; empty for kinds without.
    pub choices: Vec<ChoiceView>,
    /// Bounds of a range question.
    pub range: Option<Range>,
    /// Appearance tokens as the form has them; the engine gives them no meaning.
    pub appearance: String,
    /// What an upload takes, as `image/*`; empty for other kinds and where the form does not say.
    pub media_type: String,
    /// The form's message for an answer outside its constraint; may be empty.
    pub constraint_message: String,
    /// The form's message for a missing answer; may be empty.
    pub required_message: String,
    /// What went wrong in the question's own expressions or in the filter of its choices.
    pub problem: Option<Problem>,
}

/// A repeat that can be added to or taken from on a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatView {
    /// Reference for [`Session::add_repeat`].
    pub reference: String,
    /// Label in the session's language; may be empty.
    pub label: String,
    /// Instances at present.
    pub count: usize,
    /// The person may add an instance.
    pub can_add: bool,
    /// The person may take one out.
    pub can_remove: bool,
}

/// The label of a group or a repeat that a screen stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleView {
    /// Its place, without positions; empty for a group that has none in the instance.
    pub reference: String,
    /// Label in the session's language.
    pub label: String,
}

/// Everything a shell needs to show one screen.
#[derive(Clone, PartialEq)]
pub struct ScreenView {
    /// The question, group, instance or repeat the screen is for.
    pub reference: String,
    /// Kind of screen.
    pub kind: ScreenKind,
    /// The groups around it that have a label, outermost first.
    pub titles: Vec<TitleView>,
    /// Questions, in order.
    pub questions: Vec<QuestionView>,
    /// Repeats that end on this screen.
    pub repeats: Vec<RepeatView>,
}

impl ScreenView {
    /// The label of the innermost group; empty where there is none.
    pub fn title(&self) -> &str {
        self.titles.last().map_or("", |title| title.label.as_str())
    }
}

impl Session {
    /// One question as a screen would show it, by its reference; nothing where the form asks no such question.
    pub fn question(&self, reference: &str) -> Option<QuestionView> {
        let node = self.find(reference)?;
        self.question_view(self.control_of(self.question_of(node)?)?, node)
    }

    pub(super) fn question_view(&self, control: &Control, node: NodeId) -> Option<QuestionView> {
        let question = self.question_of(node)?;
        let state = self.state_of(node);
        let here = NodeRef { tree: 0, node };
        let (choices, problem) = match self.choices(control, node) {
            Ok(choices) => (choices, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        Some(QuestionView {
            reference: self.reference(node),
            kind: question.kind,
            label: self.label(&control.label, node),
            short: self.other_form(&control.label, Kind::Short, node).unwrap_or_default(),
            hint: self.label(&control.hint, node),
            guidance: self.other_form(&control.hint, Kind::Guidance, node).unwrap_or_default(),
            media: match &control.label {
                Label::Translated(id) => self.media(id, here, &self.budget()),
                _ => Vec::new(),
            },
            value: self.tree.node(node).text.clone(),
            state: self.answer_state(node),
            required: state.required,
            read_only: state.read_only_here,
            choices,
            range: control.range,
            appearance: control.appearance.clone(),
            media_type: control.media_type.clone(),
            constraint_message: self.message(node, ViolationKind::Constraint),
            required_message: self.message(node, ViolationKind::Required),
            problem: problem.or(state.problem.map(|(_, problem)| problem)),
        })
    }
}
