//! What somebody brings: a file, and the files that belong to it.

use std::path::Path;

use wayside_forms::Form;
use wayside_model::FormTerms;
use wayside_screening::ScreeningError;

use super::{PublishedKind, others_in};
use crate::checked::Checked;
use crate::{BundleList, Desk, DeskError, HandedForm, Whom};

/// A file by the name it has where it comes from.
pub(crate) struct BroughtFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Something that is brought to be published.
pub(crate) struct Brought {
    pub(crate) kind: PublishedKind,
    /// The document; of a bundle the list of its files.
    pub(crate) text: String,
    /// Audio of a pack; parts of a bundle, with their audio.
    pub(crate) files: Vec<BroughtFile>,
    /// What is decided of forms of others.
    pub(crate) terms: FormTerms,
}

impl Brought {
    /// The document that would be signed.
    pub(super) fn document(&self) -> Result<String, DeskError> {
        match self.kind {
            PublishedKind::Bundle => BundleList::from_json(&self.text)?.compose(|name| self.text_of(name)),
            _ => Ok(self.text.clone()),
        }
    }

    pub(super) fn audio(&self) -> Vec<Vec<u8>> {
        let is_audio = |file: &&BroughtFile| file.name.ends_with(".opus");
        match self.kind.has_files() {
            true => self.files.iter().filter(is_audio).map(|file| file.bytes.clone()).collect(),
            false => Vec::new(),
        }
    }

    /// The text of the one file of this name. A browser gives names without their folders.
    fn text_of(&self, name: &str) -> Result<String, DeskError> {
        let last = Path::new(name).file_name().unwrap_or_default();
        let wrong = |problem| ScreeningError::Bundle { at: last.to_string_lossy().into_owned(), problem };
        let mut found = self.files.iter().filter(|file| Path::new(&file.name).ends_with(last));
        match (found.next(), found.next()) {
            (Some(file), None) => {
                Ok(String::from_utf8(file.bytes.clone()).map_err(|_| wrong("this file is not a text"))?)
            }
            (None, _) => Err(wrong("this file did not come with the list").into()),
            (Some(_), Some(_)) => Err(wrong("two files of this name came with the list").into()),
        }
    }
}

impl Desk {
    /// What is to be handed out, checked as the calls that hand it out do, with what is decided of forms of others in it.
    pub(super) fn checked(
        &self,
        kind: PublishedKind,
        text: &str,
        audio: &[Vec<u8>],
        terms: &FormTerms,
    ) -> Result<Checked, DeskError> {
        let checked = self.check(kind, text, audio)?;
        let has_others = !others_in(checked.content.kind, &checked.content.id, text)?.is_empty();
        checked.decided(has_others.then_some(terms), Whom::Everybody)
    }

    fn check(&self, kind: PublishedKind, text: &str, audio: &[Vec<u8>]) -> Result<Checked, DeskError> {
        let whom = Whom::Everybody;
        match kind {
            PublishedKind::Services => self.checked_services(text, whom),
            PublishedKind::Form => {
                let form = Form::parse(text)?;
                self.checked_form(&HandedForm { id: form.id(), version: form.version(), xml: text, terms: None }, whom)
            }
            PublishedKind::RuleSet => self.checked_rule_set(text, whom),
            PublishedKind::Pack => self.checked_pack(text, audio, whom),
            PublishedKind::Bundle => self.checked_bundle(text, audio, whom),
        }
    }
}
