//! What a screen needs, in one call.

use wayside_forms::{QuestionView, RepeatView};
use wayside_model::{AnswerState, Gate};

use crate::session::FormSession;

/// One screen of an interview. No `Debug`: it shows answers.
#[derive(Clone, PartialEq)]
pub struct PageView {
    /// Title of the form.
    pub title: String,
    /// What this screen is.
    pub kind: PageKind,
    /// Number of this screen, from 1; 0 at a gate.
    pub position: u32,
    /// Number of screens at present.
    pub of: u32,
    /// Whether `finish` would be accepted.
    pub can_finish: bool,
    /// The form's name of the language shown.
    pub language: String,
    /// All languages of the form.
    pub languages: Vec<String>,
}

/// What kind of screen it is.
#[derive(Clone, PartialEq)]
pub enum PageKind {
    /// A gate stands before the questions.
    Gate(GateView),
    /// Questions to put, one or a list.
    Questions {
        /// Title of the group, where the page is one.
        heading: String,
        /// The questions.
        questions: Vec<QuestionView>,
        /// Repeats that can be added to or taken from here.
        repeats: Vec<RepeatView>,
    },
    /// All questions were passed, or the interview was stopped.
    End,
}

/// A gate that is not open.
#[derive(Clone, PartialEq, Eq)]
pub struct GateView {
    /// Which.
    pub gate: Gate,
    /// It was looked at and did not open.
    pub refused: bool,
}

pub(crate) fn page(session: &FormSession) -> PageView {
    let screens = session.form.screens();
    let gate = session.gates.expects();
    let stopped = session.gates.has_ended();
    let screen = if gate.is_none() && !stopped { session.form.screen(session.position) } else { None };
    let at_question = screen.is_some();
    let kind = match (gate, screen) {
        (Some(gate), _) => PageKind::Gate(GateView { gate, refused: session.gates.is_refused(gate) }),
        (None, Some(screen)) => PageKind::Questions {
            heading: screen.title().to_owned(),
            questions: screen.questions,
            repeats: screen.repeats,
        },
        (None, None) => PageKind::End,
    };
    PageView {
        title: session.loaded.form.title().to_owned(),
        kind,
        position: if at_question { count(session.position + 1) } else { 0 },
        of: count(screens.len()),
        can_finish: gate.is_none() && (stopped || session.form.validate().is_empty()),
        language: session.form.language().to_owned(),
        languages: session.loaded.form.languages().to_vec(),
    }
}

/// The first screen with a question that has no answer yet: where a resumed interview goes on.
pub(crate) fn first_unanswered(form: &wayside_forms::Session) -> usize {
    let waits = |question: &QuestionView| question.state == AnswerState::NotAsked && !question.read_only;
    let open = |index: &usize| form.screen(*index).is_some_and(|screen| screen.questions.iter().any(waits));
    let count = form.screens().len();
    (0..count).find(open).unwrap_or(count)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
