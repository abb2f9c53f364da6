//! What is published on the page, and whose it is to bring and to sign.

use serde::Serialize;
use wayside_seal::content::ContentKind;

use crate::people::PersonRole;

/// What can be published on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedKind {
    /// A site's directory of services.
    Services,
    /// A form of somebody else.
    Form,
    /// A newer version of the rule set that comes with the program.
    RuleSet,
    /// A language pack, with its audio files.
    Pack,
    /// Rule sets, forms, a directory and language packs that devices take as a whole or not at all.
    Bundle,
}

impl PublishedKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Services, Self::Form, Self::RuleSet, Self::Pack, Self::Bundle];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Form => "form",
            Self::RuleSet => "rule_set",
            Self::Pack => "pack",
            Self::Bundle => "bundle",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether other files come with it: the audio of a pack, the parts of a bundle.
    pub const fn has_files(self) -> bool {
        matches!(self, Self::Pack | Self::Bundle)
    }

    pub(super) const fn content(self) -> ContentKind {
        match self {
            Self::Services => ContentKind::Services,
            Self::Form => ContentKind::Form,
            Self::RuleSet => ContentKind::RuleSet,
            Self::Pack => ContentKind::LanguagePack,
            Self::Bundle => ContentKind::Bundle,
        }
    }

    /// Who reads it (domain rules: the directory of services is for everybody but the key officer).
    pub(crate) const fn is_seen_by(self, role: PersonRole) -> bool {
        match self {
            Self::Services => !matches!(role, PersonRole::KeyOfficer),
            _ => matches!(role, PersonRole::CaseManager | PersonRole::KeyOfficer),
        }
    }

    /// Who brings it.
    pub(crate) const fn is_brought_by(self, role: PersonRole) -> bool {
        match self {
            Self::Services => matches!(role, PersonRole::SiteFocalPoint | PersonRole::CaseManager),
            _ => matches!(role, PersonRole::CaseManager),
        }
    }

    /// Who signs it: what every device asks for, says and works out is for who guards data protection, and never for who
    /// brought it.
    pub(crate) const fn is_signed_by(self, role: PersonRole) -> bool {
        match self {
            Self::Services => matches!(role, PersonRole::CaseManager),
            _ => matches!(role, PersonRole::KeyOfficer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_signs_what_they_must_not() {
        for role in PersonRole::ALL {
            for kind in PublishedKind::ALL {
                let (brings, signs) = (kind.is_brought_by(role), kind.is_signed_by(role));
                assert!(!(brings || signs) || kind.is_seen_by(role), "{role:?} {kind:?}");
                // A directory is one site's, and a focal point's to bring.
                assert!(!(brings && signs) || kind == PublishedKind::Services, "{role:?} {kind:?}");
            }
        }
    }
}
