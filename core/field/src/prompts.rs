//! The words at the gates, in the language of the interview: they are those of the built-in forms B0 and B1, so that there
//! is one text, one translation and one review of each. A newer one of HQ is said as soon as it is in use.

use std::sync::Arc;

use wayside_forms::{Env, Session};
use wayside_model::{AnswerState, ErrorCode, RecordedAnswer, Timestamp};
use wayside_screening::FindingState;
use wayside_screening::forms::{NAMESPACE, built_in};

use crate::error::FieldError;
use crate::forms::{self, LoadedForm};
use crate::pages::code;
use crate::vault::Inner;
use crate::wording::{Own, PromptPart, PromptView, ReadOut, Speech};

/// The urgent questions (B1), in the order in which `FormSession::urgent` takes their answers.
const URGENT: [&str; 8] = ["life", "controller", "medical", "assault", "mind", "child", "basic", "others"];

/// Index of the question about sexual violence, which starts the medical clocks.
pub(crate) const ASSAULT: usize = 3;

/// The eight urgent questions, with their hints.
pub(crate) fn urgent_questions(inner: &Inner, speech: &Speech) -> Result<Vec<PromptView>, FieldError> {
    let is_urgent = |name: &str| URGENT.contains(&name);
    let form = in_use(inner, "wayside-b1", |form| names(form).filter(|name| is_urgent(name)).count() == URGENT.len())?;
    said(&form, speech, |reference| is_urgent(name_of(reference)))
}

/// What has to be explained and understood before a consent: the points of B0 that stand at the consent gate.
pub(crate) fn explanation_points(inner: &Inner, speech: &Speech) -> Result<Vec<PromptView>, FieldError> {
    let form = before_we_talk(inner)?;
    let points = points_of(&form);
    said(&form, speech, |reference| points.iter().any(|point| point == reference))
}

/// What is read out at the consent gate.
pub(crate) fn consent_script(inner: &Inner, speech: &Speech) -> Result<ReadOut, FieldError> {
    let form = before_we_talk(inner)?;
    let shown = speech.resolve(form.form.languages());
    Ok(speech.read_out(&form, code(&shown), &points_of(&form)))
}

/// The questions of a form that stand at the consent gate and are not themselves a line of the ledger.
pub(crate) fn points_of(form: &LoadedForm) -> Vec<String> {
    let is_point = |(_, ours): &(&str, Vec<(&str, &str)>)| {
        ours.contains(&("gate", "consent")) && ours.iter().all(|(name, _)| *name != "consent")
    };
    form.fields().into_iter().filter(is_point).map(|(reference, _)| reference.to_owned()).collect()
}

fn before_we_talk(inner: &Inner) -> Result<LoadedForm, FieldError> {
    in_use(inner, "wayside-b0", |form| !points_of(form).is_empty())
}

/// The form whose words are said: HQ's own where it has sent one that says everything, else the one of this build.
fn in_use(inner: &Inner, id: &str, is_whole: impl Fn(&LoadedForm) -> bool) -> Result<LoadedForm, FieldError> {
    if let Some(stored) = inner.store.form(id)? {
        let form = LoadedForm::parse(&stored.xml)?;
        if is_whole(&form) && forms::is_signed(inner, &form.reference)? {
            return Ok(form);
        }
    }
    LoadedForm::parse(built_in(id).ok_or(ErrorCode::Bug)?.xml())
}

fn name_of(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}

fn names(form: &LoadedForm) -> impl Iterator<Item = &str> {
    form.form.questions().map(|question| name_of(question.reference()))
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

fn said(loaded: &LoadedForm, speech: &Speech, wanted: impl Fn(&str) -> bool) -> Result<Vec<PromptView>, FieldError> {
    let form = &loaded.form;
    let mut session = Session::start(Arc::clone(form), nobody())?;
    session.set_language(&speech.resolve(form.languages()));
    let languages: Vec<&str> = form.languages().iter().map(|name| code(name)).collect();
    let mut prompts = Vec::new();
    for index in 0..session.screens().len() {
        let glosses = session.in_language(form.default_language(), |session| session.screen(index)).flatten();
        let glosses = glosses.map(|screen| screen.questions).unwrap_or_default();
        for question in session.screen(index).map(|screen| screen.questions).unwrap_or_default() {
            if !wanted(&question.reference) {
                continue;
            }
            let gloss = glosses.iter().find(|gloss| gloss.reference == question.reference);
            let own = Own {
                form: form.id(),
                languages: &languages,
                shown: code(session.language()),
                part: PromptPart::Question,
                place: &question.reference,
                choice: None,
                text: &question.label,
                gloss: gloss.map_or("", |gloss| &gloss.label),
                status: form.bind_extension(&question.reference, NAMESPACE, "status"),
            };
            prompts.push(PromptView { question: String::new(), ..speech.prompt(&own) });
            if !question.hint.is_empty() {
                let (text, gloss) = (question.hint.as_str(), gloss.map_or("", |gloss| &gloss.hint));
                let hint = Own { part: PromptPart::Hint, text, gloss, ..own };
                prompts.push(PromptView { question: String::new(), ..speech.prompt(&hint) });
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
    use crate::testing::Phone;
    use wayside_model::{Fallback, FormTerms};

    fn said(language: &str) -> (Vec<PromptView>, Vec<PromptView>) {
        let (phone, speech) = (Phone::new(), Speech::without_packs(language));
        let (urgent, points) = (urgent_questions(phone.inner(), &speech), explanation_points(phone.inner(), &speech));
        let (hints, urgent) = urgent.unwrap().into_iter().partition::<Vec<_>, _>(|said| said.part == PromptPart::Hint);
        assert_eq!(hints.len(), 2);
        assert!(hints.iter().all(|hint| hint.key.ends_with(":hint") && hint.gloss != urgent[0].gloss));
        (urgent, points.unwrap())
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

    #[test]
    fn what_is_read_out_is_what_is_in_use() {
        let (phone, speech) = (Phone::new(), Speech::without_packs("en"));
        let inner = phone.inner();
        let first = || explanation_points(inner, &speech).unwrap()[0].text.clone();
        let script = |speech: &Speech| consent_script(inner, speech).map(|read| (read.script, read.language)).unwrap();
        assert_eq!(script(&speech), ("wayside-b0@1".to_owned(), "en".to_owned()));
        assert_eq!(script(&Speech::without_packs("ti-ER")).1, "ti");
        let own = built_in("wayside-b0").unwrap().xml();
        let changed = own
            .replacen(r#"version="1""#, r#"version="2""#, 1)
            .replace("<value>Has the person got", "<value>Does the person have");
        let loaded = LoadedForm::parse(&changed).unwrap();
        let before = first();
        forms::keep(inner, &loaded, &changed, &[]).unwrap();
        assert_eq!((script(&speech).0.as_str(), first() != before), ("wayside-b0@1", false), "HQ has not signed it");
        let signed = |form: &LoadedForm, xml: &str| forms::keep_signed(inner, form, xml, &FormTerms::default());
        signed(&loaded, &changed).unwrap();
        assert_eq!((script(&speech).0.as_str(), first() != before), ("wayside-b0@2", true), "HQ has signed it");
        let lacks = changed.replace(r#"wayside:gate="consent""#, "");
        signed(&LoadedForm::parse(&lacks).unwrap(), &lacks).unwrap();
        assert_eq!(script(&speech).0, "wayside-b0@1", "one without the points is not what is said");
    }
}
