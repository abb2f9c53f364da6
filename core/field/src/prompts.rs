//! The words at the gates, in the language of the interview: they are those of the built-in forms B0 and B1, so that there
//! is one text, one translation and one review of each.

use std::sync::Arc;

use wayside_forms::{Env, Form, Session};
use wayside_model::{AnswerState, ErrorCode, RecordedAnswer, Timestamp};
use wayside_screening::FindingState;
use wayside_screening::forms::{NAMESPACE, built_in};

use crate::error::FieldError;
use crate::pages::code;
use crate::wording::{Own, PromptView, Speech};

/// The urgent questions (B1), in the order in which `FormSession::urgent` takes their answers.
const URGENT: [&str; 8] = ["life", "controller", "medical", "assault", "mind", "child", "basic", "others"];

/// Index of the question about sexual violence, which starts the medical clocks.
pub(crate) const ASSAULT: usize = 3;

/// The eight urgent questions.
pub(crate) fn urgent_questions(speech: &Speech) -> Result<Vec<PromptView>, FieldError> {
    let prompts = prompts("wayside-b1", speech, |name, _| URGENT.contains(&name))?;
    if prompts.len() == URGENT.len() { Ok(prompts) } else { Err(ErrorCode::Bug.into()) }
}

/// What has to be explained and understood before a consent: the points of B0 that stand at the consent gate.
pub(crate) fn explanation_points(speech: &Speech) -> Result<Vec<PromptView>, FieldError> {
    let points = prompts("wayside-b0", speech, |_, ours| ours("gate") == Some("consent") && ours("consent").is_none())?;
    if points.is_empty() { Err(ErrorCode::Bug.into()) } else { Ok(points) }
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

fn prompts(
    form: &str,
    speech: &Speech,
    wanted: impl Fn(&str, Ours<'_>) -> bool,
) -> Result<Vec<PromptView>, FieldError> {
    let form = Arc::new(Form::parse(built_in(form).ok_or(ErrorCode::Bug)?.xml)?);
    let mut session = Session::start(Arc::clone(&form), nobody())?;
    session.set_language(&speech.resolve(form.languages()));
    let languages: Vec<&str> = form.languages().iter().map(|name| code(name)).collect();
    let mut prompts = Vec::new();
    for index in 0..session.screens().len() {
        let glosses = session.in_language(form.default_language(), |session| session.screen(index)).flatten();
        let glosses = glosses.map(|screen| screen.questions).unwrap_or_default();
        for question in session.screen(index).map(|screen| screen.questions).unwrap_or_default() {
            let ours = |name: &str| form.bind_extension(&question.reference, NAMESPACE, name);
            let name = question.reference.rsplit('/').next().unwrap_or_default();
            if wanted(name, &ours) {
                let gloss = glosses.iter().find(|gloss| gloss.reference == question.reference);
                let prompt = speech.prompt(&Own {
                    form: form.id(),
                    languages: &languages,
                    shown: code(session.language()),
                    question: &question.reference,
                    choice: None,
                    text: &question.label,
                    gloss: gloss.map_or("", |gloss| &gloss.label),
                    status: ours("status"),
                });
                prompts.push(PromptView { question: String::new(), ..prompt });
            }
        }
    }
    Ok(prompts)
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
    use wayside_model::Fallback;

    fn said(language: &str) -> (Vec<PromptView>, Vec<PromptView>) {
        let speech = Speech::without_packs(language);
        (urgent_questions(&speech).unwrap(), explanation_points(&speech).unwrap())
    }

    #[test]
    fn the_words_at_the_gates_are_there_in_every_language() {
        let english = said("en");
        assert_eq!((english.0.len(), english.1.len()), (8, 8));
        for language in ["fr", "ar", "es", "ti", "prs"] {
            let own = said(language);
            assert_eq!((own.0.len(), own.1.len()), (8, 8), "{language}");
            let differs = |(own, english): (&PromptView, &PromptView)| {
                own.text != english.text && own.gloss == english.text && own.draft && own.language == language
            };
            assert!(own.0.iter().zip(&english.0).all(differs), "{language}");
        }
        assert!(english.0[ASSAULT].text.contains("sexual violence"));
        let dialect = said("ar-LY");
        assert!(dialect.0.iter().all(|own| own.language == "ar" && own.fallback == Fallback::Language));
        assert!(said("zu").0.iter().all(|own| own.language == "en" && own.fallback == Fallback::Gloss));
    }
}
