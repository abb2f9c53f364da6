//! Texts of a form: labels, hints, messages, translations.

use std::collections::HashMap;

use crate::form::builder::Formula;
use crate::xpath::ast::Expr;

/// A text with expressions in it.
pub(crate) struct Text {
    pub(crate) parts: Vec<Part>,
}

pub(crate) enum Part {
    Plain(String),
    /// `<output value="…"/>`
    Output(Formula),
}

/// Where a label comes from.
#[derive(Default)]
pub(crate) enum Label {
    #[default]
    None,
    Plain(Text),
    /// Id of a translated text.
    Translated(String),
    /// An expression that gives the text.
    Computed(Expr),
}

/// What a `form` attribute of a translation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextForm {
    Plain,
    Short,
    Guidance,
    Media(MediaKind),
}

/// A file beside a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A larger picture.
    BigImage,
    /// A sound.
    Audio,
    /// A film.
    Video,
}

impl TextForm {
    /// Nothing for forms that no client of the field knows.
    pub(crate) fn from_name(name: Option<&str>) -> Option<Self> {
        Some(match name {
            None | Some("long") => Self::Plain,
            Some("short") => Self::Short,
            Some("guidance") => Self::Guidance,
            Some("image") => Self::Media(MediaKind::Image),
            Some("big-image") => Self::Media(MediaKind::BigImage),
            Some("audio") => Self::Media(MediaKind::Audio),
            Some("video") => Self::Media(MediaKind::Video),
            _ => return None,
        })
    }
}

/// All translations of a form.
#[derive(Default)]
pub(crate) struct Itext {
    pub(crate) languages: Vec<String>,
    pub(crate) default: usize,
    pub(crate) texts: HashMap<String, Vec<(usize, TextForm, Text)>>,
}

impl Itext {
    /// The text in `language`, or in the default one where it is missing.
    pub(crate) fn find(&self, id: &str, language: usize, form: TextForm) -> Option<&Text> {
        let entries = self.texts.get(id)?;
        let of = |language: usize| entries.iter().find(|entry| entry.0 == language && entry.1 == form);
        of(language).or_else(|| of(self.default)).map(|entry| &entry.2)
    }

    /// Kinds of files that stand beside the text.
    pub(crate) fn media(&self, id: &str) -> Vec<MediaKind> {
        let mut kinds = Vec::new();
        for (_, form, _) in self.texts.get(id).into_iter().flatten() {
            if let TextForm::Media(kind) = form
                && !kinds.contains(kind)
            {
                kinds.push(*kind);
            }
        }
        kinds
    }
}
