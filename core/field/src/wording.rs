//! In what words a person hears a question: a language pack before the form's own words, along the chain from dialect to
//! gloss; the worker's words beside it; and the sound, where there is any.

use minicbor::{Decode, Encode};
use wayside_forms::ScreenView;
use wayside_model::{ConsentLine, Fallback, Heard, HeardIn, RecordedAnswer, Wording};
use wayside_screening::form_check::translation_status;
use wayside_screening::forms::NAMESPACE;
use wayside_screening::packs::{Packs, choice_keys, hint_key, question_key};

use crate::error::FieldError;
use crate::forms::{LoadedForm, without_positions};
use crate::installed;
use crate::pages::code;
use crate::session::FormSession;
use crate::vault::Inner;

/// What of a screen is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptPart {
    /// A question, or a point at a gate.
    Question,
    /// A choice of a question.
    Choice,
    /// The hint of a question.
    Hint,
    /// The heading of the screen.
    Heading,
}

/// What is said to a person on a screen.
#[derive(Clone, PartialEq, Eq)]
pub struct PromptView {
    /// Names it, for [`FormSession::audio`].
    pub key: String,
    /// What of the screen it is.
    pub part: PromptPart,
    /// The question; empty at a gate and for a heading.
    pub question: String,
    /// The choice, where it is one's words.
    pub choice: Option<String>,
    /// What the person reads or hears.
    pub text: String,
    /// The language of that (BCP 47).
    pub language: String,
    /// How far that is from the language asked for.
    pub fallback: Fallback,
    /// Nobody has reviewed the translation: show a mark.
    pub draft: bool,
    /// The same in the worker's language.
    pub gloss: String,
    /// SHA-256 of the sound, in hexadecimal digits, where there is any. It is never played by itself.
    pub audio: Option<String>,
}

/// What was read out to a person before they agreed to something.
#[derive(Clone, Encode, Decode)]
pub(crate) struct ReadOut {
    /// As [`wayside_model::ConsentEntry::script`] has it.
    #[n(0)]
    pub(crate) script: String,
    /// The language of most of it (BCP 47).
    #[n(1)]
    pub(crate) language: String,
    /// Code of the interpreter, in drafts of an earlier build; since then it stands with the gate.
    #[n(2)]
    pub(crate) interpreter: Option<String>,
}

/// The words of one session: as the packs were when it began, so that what was heard does not change under it.
pub(crate) struct Speech {
    packs: Packs,
    /// The language asked for (BCP 47), dialect included.
    asked: String,
}

/// Own words of a form.
#[derive(Clone, Copy)]
pub(crate) struct Own<'a> {
    pub(crate) form: &'a str,
    /// Languages the form has (BCP 47).
    pub(crate) languages: &'a [&'a str],
    /// The language it is shown in.
    pub(crate) shown: &'a str,
    pub(crate) part: PromptPart,
    /// The question or the group, without positions.
    pub(crate) place: &'a str,
    pub(crate) choice: Option<&'a str>,
    pub(crate) text: &'a str,
    pub(crate) gloss: &'a str,
    /// Its attribute `status`, if any.
    pub(crate) status: Option<&'a str>,
}

impl Speech {
    pub(crate) fn load(inner: &Inner, language: &str) -> Result<Self, FieldError> {
        Ok(Self { packs: installed::packs(inner)?, asked: code(language).to_owned() })
    }

    #[cfg(test)]
    pub(crate) fn without_packs(language: &str) -> Self {
        Self { packs: Packs::default(), asked: language.to_owned() }
    }

    pub(crate) fn asked(&self) -> &str {
        &self.asked
    }

    pub(crate) fn ask(&mut self, language: &str) {
        code(language).clone_into(&mut self.asked);
    }

    /// The form's own name of the nearest language it has; its first where it has none.
    pub(crate) fn resolve(&self, languages: &[String]) -> String {
        let chain = self.packs.chain(&self.asked);
        let named = chain.iter().find_map(|(tag, _)| languages.iter().find(|name| code(name) == tag));
        named.or(languages.first()).cloned().unwrap_or_default()
    }

    pub(crate) fn prompt(&self, own: &Own<'_>) -> PromptView {
        let keys = match (own.part, own.choice) {
            (PromptPart::Hint, _) => vec![hint_key(own.form, own.place)],
            (_, Some(choice)) => choice_keys(own.form, own.place, choice).to_vec(),
            (_, None) => vec![question_key(own.form, own.place)],
        };
        let chosen = self.packs.choose(&self.asked, &keys, own.languages);
        let mut view = PromptView {
            key: keys.into_iter().next().unwrap_or_default(),
            part: own.part,
            question: own.place.to_owned(),
            choice: own.choice.map(str::to_owned),
            text: own.text.to_owned(),
            language: if chosen.language.is_empty() { own.shown.to_owned() } else { chosen.language },
            fallback: chosen.fallback,
            draft: false,
            gloss: own.gloss.to_owned(),
            audio: None,
        };
        match chosen.pack {
            Some((_, string)) => {
                let is_gloss = chosen.fallback == Fallback::Gloss;
                view.text.clone_from(if is_gloss { &string.gloss } else { &string.text });
                view.gloss.clone_from(&string.gloss);
                view.draft = !string.status.is_reviewed();
                view.audio = if is_gloss { None } else { string.audio.clone() };
            }
            None => {
                let status = own.status.and_then(|status| translation_status(status, &view.language));
                view.draft = status.is_some_and(|status| !status.is_reviewed());
            }
        }
        view
    }

    /// What is read out when these questions of a form are.
    pub(crate) fn read_out(&self, form: &LoadedForm, shown: &str, questions: &[String]) -> ReadOut {
        let (id, own) = (form.reference.id.as_str(), codes(form));
        let mut sources = vec![format!("{id}@{}", form.reference.version)];
        let mut languages: Vec<(String, usize)> = Vec::new();
        for question in questions {
            let chosen = self.packs.choose(&self.asked, &[question_key(id, question)], &own);
            let source = chosen.pack.map(|(pack, _)| format!("{}@{}", pack.language, pack.version));
            sources.extend(source.filter(|source| !sources.contains(source)));
            let language = if chosen.language.is_empty() { shown.to_owned() } else { chosen.language };
            match languages.iter_mut().find(|(held, _)| *held == language) {
                Some((_, count)) => *count += 1,
                None => languages.push((language, 1)),
            }
        }
        // The first of those that are read as often.
        let most = languages.into_iter().rev().max_by_key(|(_, count)| *count);
        let language = most.map_or_else(|| shown.to_owned(), |(language, _)| language);
        ReadOut { script: sources.join("+"), language, interpreter: None }
    }

    /// Where the words of a question come from; `None` for the form's own in the language asked for.
    fn heard(&self, form: &str, languages: &[&str], shown: &str, question: &str) -> Option<HeardIn> {
        let chosen = self.packs.choose(&self.asked, &[question_key(form, question)], languages);
        let pack = chosen.pack.map_or(0, |(pack, _)| pack.version);
        let glosses_of =
            chosen.pack.filter(|_| chosen.fallback == Fallback::Gloss).map(|(pack, _)| pack.language.clone());
        let language = if chosen.language.is_empty() { shown.to_owned() } else { chosen.language };
        (pack > 0 || chosen.fallback != Fallback::None).then_some(HeardIn {
            language,
            pack,
            fallback: chosen.fallback,
            glosses_of,
        })
    }
}

impl FormSession {
    /// The sound of something that is said on the screen shown, as the bytes of an Opus file; `None` where it has none. The
    /// host plays it when the person asks, through the earpiece.
    ///
    /// Errors: `session.closed`; `vault.tampered` where the bytes are not what was handed out.
    pub fn audio(&self, key: &str) -> Result<Option<Vec<u8>>, FieldError> {
        let prompts = self.page()?.prompts;
        let sha256 = prompts.into_iter().find(|prompt| prompt.key == key).and_then(|prompt| prompt.audio);
        sha256.map_or(Ok(None), |sha256| installed::audio(&self.inner, &sha256))
    }

    /// What was read out for a consent line: the question of the open form that asks for it, else what was explained at the
    /// gate.
    pub(crate) fn read_for(&self, line: ConsentLine) -> Option<ReadOut> {
        let line = format!("{line:?}");
        let fields = self.loaded.fields().into_iter();
        let own = fields.filter(|(_, ours)| ours.contains(&("consent", line.as_str())));
        let own: Vec<String> = own.map(|(reference, _)| reference.to_owned()).collect();
        if own.is_empty() {
            return self.read_out.clone();
        }
        Some(self.speech.read_out(&self.loaded, code(self.form.language()), &own))
    }

    /// Where the words came from in which this question is put now.
    pub(crate) fn heard_now(&self, reference: &str) -> Option<HeardIn> {
        let languages = codes(&self.loaded);
        let shown = code(self.form.language());
        self.speech.heard(&self.loaded.reference.id, &languages, shown, &without_positions(reference))
    }

    /// In what words the questions with these answers were put.
    pub(crate) fn wording(&self, answers: &[RecordedAnswer]) -> Option<Wording> {
        let mut heard: Vec<Heard> = Vec::new();
        for answer in answers {
            let Some(from) = self.heard.get(&answer.reference) else { continue };
            match heard.iter_mut().find(|held| held.from == *from) {
                Some(held) => held.questions.push(answer.reference.clone()),
                None => heard.push(Heard { from: from.clone(), questions: vec![answer.reference.clone()] }),
            }
        }
        (!heard.is_empty()).then(|| Wording { asked: self.speech.asked().to_owned(), heard })
    }

    /// Puts the words the person hears into a screen, and gives what is to be shown and played beside them.
    pub(crate) fn word(&self, screen: &mut ScreenView) -> Vec<PromptView> {
        let (form, languages) = (self.loaded.reference.id.as_str(), codes(&self.loaded));
        let shown = code(self.form.language()).to_owned();
        let position = self.position;
        let first = self.form.form().default_language().to_owned();
        let glosses = self.form.in_language(&first, |form| form.screen(position)).flatten();
        let gloss_of_title = glosses.as_ref().map(|screen| screen.title().to_owned()).unwrap_or_default();
        let glosses = glosses.map(|screen| screen.questions).unwrap_or_default();
        let status = |place: &str| self.loaded.form.bind_extension(place, NAMESPACE, "status");
        let base = Own {
            form,
            languages: &languages,
            shown: &shown,
            part: PromptPart::Heading,
            place: "",
            choice: None,
            text: "",
            gloss: "",
            status: None,
        };
        let mut prompts = Vec::new();
        if let Some(title) = screen.titles.last_mut() {
            let (place, status) = (title.reference.as_str(), status(&title.reference));
            let own = Own { place, text: &title.label, gloss: &gloss_of_title, status, ..base };
            let words = self.speech.prompt(&own);
            title.label.clone_from(&words.text);
            prompts.push(PromptView { question: String::new(), ..words });
        }
        for question in &mut screen.questions {
            let place = without_positions(&question.reference);
            let base = Own { part: PromptPart::Question, place: &place, status: status(&place), ..base };
            let gloss = glosses.iter().find(|gloss| gloss.reference == question.reference);
            let mut say = |own: &Own<'_>| {
                let words = self.speech.prompt(own);
                prompts.push(PromptView { question: question.reference.clone(), ..words.clone() });
                words.text
            };
            let text = gloss.map_or("", |gloss| &gloss.label);
            question.label = say(&Own { text: &question.label, gloss: text, ..base });
            if !question.hint.is_empty() {
                let (part, gloss) = (PromptPart::Hint, gloss.map_or("", |gloss| &gloss.hint));
                question.hint = say(&Own { part, text: &question.hint, gloss, ..base });
            }
            for choice in &mut question.choices {
                let gloss = gloss.and_then(|gloss| gloss.choices.iter().find(|held| held.value == choice.value));
                let (part, gloss) = (PromptPart::Choice, gloss.map_or("", |gloss| &gloss.label));
                choice.label = say(&Own { part, choice: Some(&choice.value), text: &choice.label, gloss, ..base });
            }
        }
        prompts
    }
}

fn codes(form: &LoadedForm) -> Vec<&str> {
    form.form.languages().iter().map(|name| code(name)).collect()
}
