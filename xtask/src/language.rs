//! The languages the core is offered in besides Rust.
use crate::failure::Failure;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Python,
    Kotlin,
    Swift,
}

impl Language {
    /// In the order they are tested: the quickest answer first.
    pub(crate) const ALL: [Self; 3] = [Self::Python, Self::Kotlin, Self::Swift];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, Failure> {
        let known = Self::ALL.into_iter().find(|l| l.name() == name);
        known.ok_or_else(|| Failure(format!("`{name}` is not one of python, kotlin, swift.")))
    }
}
