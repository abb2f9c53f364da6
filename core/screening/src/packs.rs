//! Language packs: strings for the person, installed apart from forms. A pack says for each string how far its translation
//! was checked; one that lacks a safety-critical string stays out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
pub use wayside_model::Fallback;

use crate::ScreeningError;
use crate::words::verdict_in;

/// How far a translation was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody but the translator has seen it; shown with a mark.
    Draft,
    /// A second speaker has read it.
    Reviewed,
    /// Translated back and compared.
    BackTranslated,
    /// Used with people who speak it.
    FieldTested,
}

impl Status {
    /// The status of this name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "draft" => Some(Self::Draft),
            "reviewed" => Some(Self::Reviewed),
            "back_translated" => Some(Self::BackTranslated),
            "field_tested" => Some(Self::FieldTested),
            _ => None,
        }
    }
    /// Whether a second person has seen it.
    pub const fn is_reviewed(self) -> bool {
        !matches!(self, Self::Draft)
    }
}

/// One string.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackString {
    /// What the person reads or hears.
    pub text: String,
    /// The same in the worker's language, shown on the same screen.
    pub gloss: String,
    /// SHA-256 of the audio file, in hexadecimal digits; its name is the digits and `.opus`.
    #[serde(default)]
    pub audio: Option<String>,
    /// How far it was checked.
    pub status: Status,
}

/// Which way the script runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

/// A language pack.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Format of this document; 1.
    pub format: u32,
    /// Language, dialect included (BCP 47).
    pub language: String,
    /// Version, from 1.
    pub version: u32,
    /// Script (ISO 15924).
    pub script: String,
    /// Direction.
    pub direction: Direction,
    /// Languages to fall back on, nearest first: the language of a dialect, then a lingua franca.
    pub fallback: Vec<String>,
    /// Language of the glosses.
    pub gloss_language: String,
    /// Strings by key: form id and place, as `wayside-b0/data/decide_group/stop:label` of a question or a group
    /// ([`question_key`]); of a choice as `wayside-b2/yes:label` ([`choice_keys`]); of a hint as
    /// `wayside-b2/data/where:hint` ([`hint_key`]).
    pub strings: BTreeMap<String, PackString>,
}

/// Longest pack that is read, in bytes.
const LONGEST: usize = 4 << 20;

/// Keys of the safety-critical strings: the questions of consent and danger, what hints say to them, and the headings they
/// stand under. A test compares the list with the forms.
pub fn critical_keys() -> impl Iterator<Item = &'static str> {
    include_str!("../forms/critical.txt").lines()
}

impl Pack {
    /// Reads and checks a pack.
    ///
    /// # Errors
    /// `pack.malformed` with the place; `pack.incomplete` with the first safety-critical string that is missing.
    pub fn from_json(text: &str) -> Result<Self, ScreeningError> {
        let wrong = |at: String, problem: &str| ScreeningError::Pack { at, problem: problem.to_owned() };
        if text.len() > LONGEST {
            return Err(wrong("document".into(), "longer than 4 MiB"));
        }
        let pack: Self = serde_json::from_str(text).map_err(|error| {
            wrong(format!("line {}, column {}", error.line(), error.column()), "not of the shape of a pack")
        })?;
        if pack.format != 1 || pack.version == 0 {
            return Err(wrong("format".into(), "format 1 and a version from 1 are expected"));
        }
        let like_a_tag = |tag: &String| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !like_a_tag(&pack.language)
            || !pack.fallback.iter().all(like_a_tag)
            || pack.fallback.contains(&pack.language)
        {
            return Err(wrong("language".into(), "not a language tag, or it falls back on itself"));
        }
        for (key, string) in &pack.strings {
            let hash = |audio: &String| {
                audio.len() == 64 && audio.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            };
            if string.text.trim().is_empty() || string.gloss.trim().is_empty() {
                return Err(wrong(format!("strings.{key}"), "text or gloss is empty"));
            }
            if !string.audio.as_ref().is_none_or(hash) {
                return Err(wrong(format!("strings.{key}.audio"), "not a SHA-256"));
            }
            if let Some(word) = verdict_in(&string.text).or_else(|| verdict_in(&string.gloss)) {
                return Err(wrong(format!("strings.{key}"), &format!("“{word}” sounds like a verdict")));
            }
        }
        match critical_keys().find(|key| !pack.strings.contains_key(*key)) {
            Some(key) => Err(ScreeningError::PackIncomplete { key: key.to_owned() }),
            None => Ok(pack),
        }
    }

    /// Whether it may be in a production bundle: each safety-critical string is reviewed.
    ///
    /// # Errors
    /// `bundle.not_reviewed` with the first string that is not.
    pub fn check_reviewed(&self) -> Result<(), ScreeningError> {
        let open =
            critical_keys().find(|key| !self.strings.get(*key).is_some_and(|string| string.status.is_reviewed()));
        open.map_or(Ok(()), |key| Err(ScreeningError::NotReviewed { what: format!("{key} in {}", self.language) }))
    }

    /// Whether each audio file it names is there: `held` says so of a SHA-256 that the caller has computed of the file itself.
    ///
    /// # Errors
    /// `pack.audio` with the first string whose file is not.
    pub fn check_audio(&self, held: impl Fn(&str) -> bool) -> Result<(), ScreeningError> {
        let lacks = |string: &PackString| string.audio.as_ref().is_some_and(|hash| !held(hash));
        match self.strings.iter().find(|(_, string)| lacks(string)) {
            Some((key, _)) => Err(ScreeningError::PackAudio { key: key.clone() }),
            None => Ok(()),
        }
    }

    /// The string of the first of `keys` that it has.
    fn first_of(&self, keys: &[String]) -> Option<(&Self, &PackString)> {
        Some((self, keys.iter().find_map(|key| self.strings.get(key))?))
    }

    /// SHA-256 of all audio files it needs, each once.
    pub fn audio(&self) -> impl Iterator<Item = &str> {
        let all: std::collections::BTreeSet<&str> =
            self.strings.values().filter_map(|string| string.audio.as_deref()).collect();
        all.into_iter()
    }
}

/// Where the words of a question, a choice, a hint or a heading come from.
#[derive(Clone)]
pub struct Chosen<'p> {
    /// Language of the words (BCP 47); empty for a gloss that only the form has, in its first language.
    pub language: String,
    /// How far from what was asked for. Stands in the record: an answer to a glossed question is another answer.
    pub fallback: Fallback,
    /// The pack and its string; `None` for the form's own words. In a gloss the string's gloss is meant.
    pub pack: Option<(&'p Pack, &'p PackString)>,
}

/// Key of a question's words, or of the heading of a group.
pub fn question_key(form: &str, question: &str) -> String {
    format!("{form}{question}:label")
}

/// Key of a question's hint.
pub fn hint_key(form: &str, question: &str) -> String {
    format!("{form}{question}:hint")
}

/// Keys of a choice's words: at this question, or, where a pack has none for it, wherever the form has this choice.
pub fn choice_keys(form: &str, question: &str, choice: &str) -> [String; 2] {
    [format!("{form}{question}/{choice}:label"), format!("{form}/{choice}:label")]
}

/// The packs of a device.
#[derive(Clone, Default)]
pub struct Packs(BTreeMap<String, Pack>);

impl Packs {
    /// Adds a pack, or takes a newer one in place of the one held.
    ///
    /// # Errors
    /// `bundle.downgrade` for an older version; the pack held stays.
    pub fn install(&mut self, pack: Pack) -> Result<(), ScreeningError> {
        match self.0.get(&pack.language) {
            Some(held) if held.version > pack.version || (held.version == pack.version && *held != pack) => {
                Err(ScreeningError::Downgrade { held: held.version, offered: pack.version })
            }
            _ => {
                self.0.insert(pack.language.clone(), pack);
                Ok(())
            }
        }
    }

    /// All packs.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.0.values()
    }

    /// Languages there are packs for.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Languages to try, nearest first: the one asked for, that of its dialect, then lingua francas, as packs name them.
    pub fn chain(&self, language: &str) -> Vec<(String, Fallback)> {
        let base = language.split('-').next().unwrap_or(language);
        let named = [language, base].into_iter().filter_map(|tag| self.0.get(tag)).flat_map(|pack| &pack.fallback);
        let mut chain: Vec<(String, Fallback)> = Vec::new();
        for tag in [language, base].into_iter().chain(named.map(String::as_str)) {
            let fallback = match tag {
                _ if tag == language => Fallback::None,
                _ if tag.split('-').next() == Some(base) => Fallback::Language,
                _ => Fallback::LinguaFranca,
            };
            if chain.iter().all(|(held, _)| held != tag) {
                chain.push((tag.to_owned(), fallback));
            }
        }
        chain
    }

    /// Where the words of the first of `keys` that is found come from: along the chain a pack before the form's own words, of
    /// which there are `own` languages; else a gloss.
    pub fn choose(&self, language: &str, keys: &[String], own: &[&str]) -> Chosen<'_> {
        for (tag, fallback) in self.chain(language) {
            if let Some(found) = self.0.get(&tag).and_then(|pack| pack.first_of(keys)) {
                return Chosen { language: tag, fallback, pack: Some(found) };
            }
            if own.contains(&tag.as_str()) {
                return Chosen { language: tag, fallback, pack: None };
            }
        }
        let gloss = self.0.values().find_map(|pack| pack.first_of(keys));
        let language = gloss.map(|(pack, _)| pack.gloss_language.clone()).unwrap_or_default();
        Chosen { language, fallback: Fallback::Gloss, pack: gloss }
    }
}
