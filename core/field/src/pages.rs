//! What a screen needs, in one call.

use wayside_forms::{QuestionView, RepeatView};
use wayside_model::{AnswerState, Gate};
use wayside_screening::ScreeningError;
use wayside_screening::interview::{Pace, Stage};

use crate::prompts;
use crate::session::FormSession;
use crate::wording::PromptView;

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
    /// What is said to the person here, with the worker's words for it: the heading, questions, hints and choices, the urgent
    /// questions at the danger gate, what is to be explained at the consent gate. The screen above has the same words.
    pub prompts: Vec<PromptView>,
}

/// What kind of screen it is.
#[derive(Clone, PartialEq)]
pub enum PageKind {
    /// A gate stands before the questions.
    Gate(GateView),
    /// An urgent need is acted on: `FormSession::standing` has the protocol. The questions wait.
    Danger,
    /// Before this form comes the quick screen (B2): was there anything?
    Quick,
    /// The detailed conversation is to be offered.
    Offer,
    /// Before this form a worker and interpreter of the gender the person chooses are to be offered.
    Gender,
    /// Forty minutes are over: does the person want to go on?
    GoOn,
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
    let stopped = session.interview.gates().has_ended();
    let waits = waits_for(session);
    let mut screen = if waits.is_none() && !stopped { session.form.screen(session.position) } else { None };
    let at_question = screen.is_some();
    let can_finish = waits.is_none() && (stopped || session.form.validate().is_empty());
    let prompts = match &mut screen {
        Some(screen) => {
            let prompts = session.word(screen);
            hide(session, &mut screen.questions);
            prompts
        }
        None => said(session, waits.as_ref()),
    };
    let kind = match (waits, screen) {
        (Some(kind), _) => kind,
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
        can_finish,
        language: session.form.language().to_owned(),
        languages: session.loaded.form.languages().to_vec(),
        prompts,
    }
}

/// What is said at a gate. Words that cannot be read leave the gate shut all the same.
fn said(session: &FormSession, waits: Option<&PageKind>) -> Vec<PromptView> {
    let prompts = match waits {
        Some(PageKind::Danger) => prompts::urgent_questions(&session.inner, &session.speech),
        Some(PageKind::Gate(view)) if view.gate == Gate::Danger => {
            prompts::urgent_questions(&session.inner, &session.speech)
        }
        Some(PageKind::Gate(view)) if view.gate == Gate::Consent => {
            prompts::explanation_points(&session.inner, &session.speech)
        }
        _ => return Vec::new(),
    };
    prompts.unwrap_or_default()
}

/// Where the person answers alone, only what was answered on this screen shows, so that whoever turns back later, or holds
/// the device next, sees that there is an answer and not which.
fn hide(session: &FormSession, questions: &mut [QuestionView]) {
    if !session.interview.hides_answers() {
        return;
    }
    for question in questions.iter_mut().filter(|question| !session.fresh.contains(&question.reference)) {
        question.value.clear();
        if question.state != AnswerState::NotAsked {
            question.state = AnswerState::Given;
        }
    }
}

/// What stands before the questions, if anything. A form that is not for this person or worker shows its questions and
/// refuses their answers with the reason.
fn waits_for(session: &FormSession) -> Option<PageKind> {
    let interview = &session.interview;
    let form = session.loaded.reference.id.as_str();
    if interview.gates().has_ended() {
        return None;
    }
    match interview.may_open(form, session.now()) {
        Err(ScreeningError::GateShut(gate)) => {
            Some(PageKind::Gate(GateView { gate, refused: interview.gates().is_refused(gate) }))
        }
        Err(ScreeningError::Step) if interview.is_acting_on_danger() => Some(PageKind::Danger),
        Err(ScreeningError::Step) if interview.pace(session.now()) == Pace::AskWhetherToGoOn => Some(PageKind::GoOn),
        Err(ScreeningError::Step) if interview.stage() == Stage::Detailed => Some(PageKind::Gender),
        Err(ScreeningError::Step) if interview.stage() == Stage::Quick => Some(PageKind::Quick),
        Err(ScreeningError::Step) if interview.stage() == Stage::Offer => Some(PageKind::Offer),
        _ => None,
    }
}

/// The BCP 47 code in brackets of a form's own name of a language, or the name itself.
pub(crate) fn code(language: &str) -> &str {
    language.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(language)
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
