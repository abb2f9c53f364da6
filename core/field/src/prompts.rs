//! The words at the gates, in the language of the interview: they are those of the built-in forms B0 and B1, so that there
//! is one text, one translation and one review of each.

use std::sync::Arc;

use wayside_forms::{Env, Form, Session};
use wayside_model::{AnswerState, ErrorCode, RecordedAnswer, Timestamp};
use wayside_screening::FindingState;
use wayside_screening::forms::built_in;

use crate::error::FieldError;
use crate::forms::NAMESPACE;
use crate::session::resolve_language;

/// The urgent questions (B1), in the order in which `FormSession::urgent` takes their answers.
const URGENT: [&str; 8] = ["life", "controller", "medical", "assault", "mind", "child", "basic", "others"];

/// Index of the question about sexual violence, which starts the medical clocks.
pub(crate) const ASSAULT: usize = 3;

/// The eight urgent questions.
pub(crate) fn urgent_questions(language: &str) -> Result<Vec<String>, FieldError> {
    let labels = labels("wayside-b1", language, |name, _| URGENT.contains(&name))?;
    if labels.len() == URGENT.len() { Ok(labels) } else { Err(ErrorCode::Bug.into()) }
}

/// What has to be explained and understood before a consent: the points of B0 that stand at the consent gate.
pub(crate) fn explanation_points(language: &str) -> Result<Vec<String>, FieldError> {
    let labels =
        labels("wayside-b0", language, |_, ours| ours("gate") == Some("consent") && ours("consent").is_none())?;
    if labels.is_empty() { Err(ErrorCode::Bug.into()) } else { Ok(labels) }
}

/// What the answers of B1 say to the urgent questions, and how many hours ago. What is not answered was not asked.
pub(crate) fn urgent_answers(answers: &[RecordedAnswer]) -> ([FindingState; 8], Option<u16>) {
    let given = |name: &str| answers.iter().find(|answer| answer.reference.rsplit('/').next() == Some(name));
    let state = |name: &str| match given(name).map(|answer| (answer.state, answer.value.as_str())) {
        Some((AnswerState::Given, "yes")) => FindingState::Present,
        Some((AnswerState::Given, "observed")) => FindingState::Observed,
        Some((AnswerState::Given, "no")) => FindingState::Absent,
        Some((AnswerState::Given, "declined") | (AnswerState::Declined, _)) => FindingState::Declined,
        Some((AnswerState::Given, _) | (AnswerState::Unknown, _)) => FindingState::Unknown,
        Some((AnswerState::NotAsked, _)) | None => FindingState::NotAsked,
    };
    (URGENT.map(state), given("assault_hours").and_then(|answer| answer.value.parse().ok()))
}

type Ours<'a> = &'a dyn Fn(&str) -> Option<&'a str>;

fn labels(form: &str, language: &str, wanted: impl Fn(&str, Ours<'_>) -> bool) -> Result<Vec<String>, FieldError> {
    let form = Arc::new(Form::parse(built_in(form).ok_or(ErrorCode::Bug)?.xml)?);
    let mut session = Session::start(Arc::clone(&form), nobody())?;
    session.set_language(&resolve_language(form.languages(), language));
    let mut labels = Vec::new();
    for index in 0..session.screens().len() {
        for question in session.screen(index).map(|screen| screen.questions).unwrap_or_default() {
            let ours = |name: &str| form.bind_extension(&question.reference, NAMESPACE, name);
            let name = question.reference.rsplit('/').next().unwrap_or_default();
            if wanted(name, &ours) {
                labels.push(question.label);
            }
        }
    }
    Ok(labels)
}

/// A form that nobody fills in.
fn nobody() -> Env {
    Env {
        now: Timestamp::from_millis(0),
        offset_minutes: 0,
        instance_id: String::new(),
        random_seed: 0,
        device_id: String::new(),
        username: String::new(),
        email: String::new(),
        phone_number: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_at_the_gates_are_there_in_every_language() {
        let english = (urgent_questions("en").unwrap(), explanation_points("en").unwrap());
        assert_eq!((english.0.len(), english.1.len()), (8, 8));
        for language in ["fr", "ar", "es", "ti", "prs"] {
            let own = (urgent_questions(language).unwrap(), explanation_points(language).unwrap());
            assert_eq!((own.0.len(), own.1.len()), (8, 8), "{language}");
            assert!(own.0.iter().zip(&english.0).all(|(own, english)| own != english && !own.is_empty()), "{language}");
        }
        assert!(english.0[ASSAULT].contains("sexual violence"));
    }
}
