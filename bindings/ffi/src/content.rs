//! What HQ has handed out, and in what words a person hears a question.
use crate::error::FieldError;
use crate::form_session::FormSession;
use crate::values::{mirror, origin};
use crate::vault::Vault;
use wayside_field as field;

mirror! {
    /// How far the words said to a person are from the language asked for.
    Fallback = Fallback [out] {
        /// In the language asked for.
        None,
        /// In the language of the dialect asked for.
        Language,
        /// In a lingua franca.
        LinguaFranca,
        /// Only in the worker's language; the worker or an interpreter says it.
        Gloss,
    }
}

mirror! {
    /// What of a screen is said.
    PromptPart = PromptPart [out] {
        /// A question, or a point at a gate.
        Question,
        /// A choice of a question.
        Choice,
        /// The hint of a question.
        Hint,
        /// The heading of the screen.
        Heading,
    }
}

/// What is said to a person on a screen.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct PromptView {
    /// Names it, for `FormSession.audio`.
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
    /// The same in the worker's language, to be shown beside it.
    pub gloss: String,
    /// Whether there is sound for it. Never play it by itself.
    pub has_audio: bool,
}

/// Something that HQ handed out.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ContentView {
    /// Its id: `ruleset/ilo-delphi-2009`, `pack/fr`, `services/SITE-1`, `bundle`, or a form's own.
    pub id: String,
    /// The version in use; empty where none of HQ's ever was.
    pub version: String,
    /// What HQ sent after it and this device did not take.
    pub refused: Option<RefusedContent>,
}

/// Something that was refused. It changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedContent {
    /// Its version.
    pub version: String,
    /// Why: a stable code.
    pub code: String,
    /// What is wrong, and where in HQ's document.
    pub at: String,
}

#[uniffi::export]
impl Vault {
    /// What HQ has handed out to this device: versions in use, and what was refused, with its place.
    pub fn content(&self) -> Result<Vec<ContentView>, FieldError> {
        self.core.call(|core| Ok(core.content()?.into_iter().map(ContentView::from).collect()))
    }
}

#[uniffi::export]
impl FormSession {
    /// The sound of something that is said on the screen shown, by the key of its prompt: the bytes of an Opus file; nothing
    /// where it has none. Play it when the person asks, through the earpiece.
    ///
    /// Errors: `session.closed`, `vault.tampered`.
    pub fn audio(&self, key: String) -> Result<Option<Vec<u8>>, FieldError> {
        self.core.call(|core| Ok(core.audio(&key)?))
    }
}

impl From<field::PromptView> for PromptView {
    fn from(prompt: field::PromptView) -> Self {
        Self {
            key: prompt.key,
            part: prompt.part.into(),
            question: prompt.question,
            choice: prompt.choice,
            text: prompt.text,
            language: prompt.language,
            fallback: prompt.fallback.into(),
            draft: prompt.draft,
            gloss: prompt.gloss,
            has_audio: prompt.audio.is_some(),
        }
    }
}

impl From<field::ContentView> for ContentView {
    fn from(content: field::ContentView) -> Self {
        let refused = content.refused.map(|refused| RefusedContent {
            version: refused.version,
            code: refused.code.as_str().to_owned(),
            at: refused.at,
        });
        Self { id: content.id, version: content.version, refused }
    }
}
