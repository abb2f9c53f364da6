//! What HQ decides of a form of others when it signs it. It stands inside what is signed, beside the form's own bytes, which are
//! the organisation's and stay as they came.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{from_canonical, to_canonical};

/// How sensitive what a form asks for is, the most sensitive last: that counts where nobody said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Sensitivity {
    /// For those who work at the site.
    #[n(0)]
    Restricted,
    /// For those who work with the case.
    #[n(1)]
    Confidential,
    /// For those who need it for this person, with a reason.
    #[default]
    #[n(2)]
    StrictlyConfidential,
}

impl Sensitivity {
    /// All of them, the most sensitive last.
    pub const ALL: [Self; 3] = [Self::Restricted, Self::Confidential, Self::StrictlyConfidential];

    /// The word for it, as forms and pages have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Confidential => "confidential",
            Self::StrictlyConfidential => "strictly_confidential",
        }
    }

    /// The one of a word; the strictest for a word that is none.
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.word() == word).unwrap_or_default()
    }
}

/// What HQ decided of a form of others. The default is what counts where nothing was decided, or where it cannot be read: about
/// a person, and strictly confidential.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct FormTerms {
    /// What its fields are for, where they do not say so themselves; empty where nobody said.
    #[n(0)]
    pub purpose: String,
    /// How sensitive they are, where they do not say so themselves.
    #[n(1)]
    pub sensitivity: Sensitivity,
    /// Whole days that its records are kept at HQ; `None`: as others of their class.
    #[n(2)]
    pub days: Option<u32>,
    /// Whether it asks about a person. Only where HQ says that it does not, it is filled without gates and consent.
    #[n(3)]
    pub about_person: bool,
}

impl Default for FormTerms {
    fn default() -> Self {
        Self { purpose: String::new(), sensitivity: Sensitivity::default(), days: None, about_person: true }
    }
}

/// What was decided of each form of a content, by the form's id.
#[derive(Encode, Decode)]
struct Decided(#[n(0)] Vec<TermsOf>);

#[derive(Encode, Decode)]
struct TermsOf {
    #[n(0)]
    form: String,
    #[n(1)]
    terms: FormTerms,
}

impl FormTerms {
    /// The terms of these forms, by their ids, as they stand in what HQ signs.
    pub fn to_signed<'a>(decided: impl IntoIterator<Item = (&'a str, Self)>) -> Vec<u8> {
        let of = |(form, terms): (&str, Self)| TermsOf { form: form.to_owned(), terms };
        to_canonical(&Decided(decided.into_iter().map(of).collect()))
    }

    /// What stands of this form in what HQ signed. It never fails: where nothing does, or it cannot be read, or it stands there
    /// twice, the default counts.
    pub fn in_signed(signed: Option<&[u8]>, form: &str) -> Self {
        let all = signed.and_then(|bytes| from_canonical::<Decided>(bytes).ok());
        let mut of_it = all.into_iter().flat_map(|all| all.0).filter(|one| one.form == form);
        match (of_it.next(), of_it.next()) {
            (Some(one), None) => one.terms,
            _ => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn water() -> FormTerms {
        FormTerms {
            purpose: "where water is".to_owned(),
            sensitivity: Sensitivity::Restricted,
            days: Some(30),
            about_person: false,
        }
    }

    #[test]
    fn what_is_not_there_or_does_not_read_is_about_a_person() {
        let signed = FormTerms::to_signed([("water", water()), ("needs", FormTerms::default())]);
        assert_eq!(FormTerms::in_signed(Some(&signed), "water"), water());
        let strictest = FormTerms::default();
        assert!(strictest.about_person && strictest.sensitivity == Sensitivity::StrictlyConfidential);
        assert_eq!(FormTerms::in_signed(None, "water"), strictest);
        assert_eq!(FormTerms::in_signed(Some(&signed), "other"), strictest);
        for cut in 0..signed.len() {
            assert_eq!(FormTerms::in_signed(Some(&signed[..cut]), "water"), strictest, "{cut}");
        }
        let twice = FormTerms::to_signed([("water", water()), ("water", water())]);
        assert_eq!(FormTerms::in_signed(Some(&twice), "water"), strictest);
        let sensitivity = signed.windows(2).position(|pair| pair == [0, 0x18]).unwrap();
        let mut unknown = signed.clone();
        unknown[sensitivity] = 3;
        assert_eq!(FormTerms::in_signed(Some(&unknown), "water"), strictest);
    }

    #[test]
    fn a_word_that_is_none_is_the_strictest() {
        assert!(Sensitivity::ALL.into_iter().all(|one| Sensitivity::of(one.word()) == one));
        assert_eq!(Sensitivity::of("public"), Sensitivity::StrictlyConfidential);
    }
}
