//! What HQ hands out to devices: forms, rule sets, language packs, service lists, dictionaries. Whole, or as a patch from
//! the version the device holds.

use minicbor::{Decode, Encode};
use wayside_model::{from_canonical, to_canonical};

use crate::{SealError, sha256};

/// Largest content, unpacked: 8 MiB.
pub const MAX_CONTENT: usize = 8 * 1024 * 1024;
const LEVEL: i32 = 19;

/// Kinds of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum ContentKind {
    /// A form, XForms XML.
    #[n(0)]
    Form,
    /// A rule set, JSON.
    #[n(1)]
    RuleSet,
    /// The words of a language.
    #[n(2)]
    LanguagePack,
    /// Services people can be referred to.
    #[n(3)]
    Services,
    /// A dictionary for the text of envelopes.
    #[n(4)]
    Dictionary,
    /// Audio files of language packs: a [`Files`].
    #[n(5)]
    Audio,
    /// Rule set, forms, services and language packs that are taken as one, JSON.
    #[n(6)]
    Bundle,
}

/// One content, packed. It is proven by the control entry around it; the hash shows that it was unpacked right.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Content {
    /// What it is.
    #[n(0)]
    pub kind: ContentKind,
    /// Its id; the same for all versions.
    #[n(1)]
    pub id: String,
    /// Its version. Older versions stay readable and sendable.
    #[n(2)]
    pub version: String,
    /// SHA-256 of the whole.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
    /// SHA-256 of the version this is a patch from; `None` where it is whole.
    #[n(4)]
    pub base: Option<Base>,
    /// zstd, with the base as its dictionary.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub packed: Vec<u8>,
    /// What HQ decided of the forms of others in it, as `wayside_model::FormTerms` writes it; `None` in what came before there
    /// were terms, and where there is no such form.
    #[n(6)]
    pub terms: Option<Terms>,
}

/// What was decided of forms, as bytes: it is for whoever fills them to read, and for nobody on the way.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Terms(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

/// Files that travel together. What each is called is its hash, which whoever reads them makes anew.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Files(#[n(0)] pub Vec<FileBytes>);

/// The bytes of one file.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct FileBytes(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

/// Names the version a patch starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Base(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl Content {
    /// Packs `whole`, as a patch from `base` where the device holds that. Fails with `seal.too_large`.
    pub fn pack(
        kind: ContentKind,
        id: &str,
        version: &str,
        whole: &[u8],
        base: Option<&[u8]>,
    ) -> Result<Self, SealError> {
        if whole.len() > MAX_CONTENT {
            return Err(SealError::TooLarge);
        }
        let packed = crate::zip::pack(whole, base.unwrap_or_default(), LEVEL)?;
        let base = base.map(|base| Base(sha256(base)));
        let (id, version) = (id.to_owned(), version.to_owned());
        Ok(Self { kind, id, version, sha256: sha256(whole), base, packed, terms: None })
    }

    /// The same with what was decided of the forms of others in it.
    pub fn with_terms(self, terms: Option<Vec<u8>>) -> Self {
        Self { terms: terms.map(Terms), ..self }
    }

    /// The bytes for a control entry.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_canonical(self)
    }

    /// Reads what [`Content::to_bytes`] wrote. Fails with `seal.malformed`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        Ok(from_canonical(bytes)?)
    }

    /// The whole, from `held` where it is a patch. Fails with `seal.order` where another version is held, so that HQ sends the
    /// whole; `seal.broken` where the result is not what HQ packed; nothing half-done is returned.
    pub fn unpack(&self, held: Option<&[u8]>) -> Result<Vec<u8>, SealError> {
        let base = match (self.base, held) {
            (None, _) => &[][..],
            (Some(base), Some(held)) if sha256(held) == base.0 => held,
            (Some(_), _) => return Err(SealError::OutOfOrder),
        };
        let whole = crate::zip::unpack(&self.packed, base, MAX_CONTENT)?;
        if sha256(&whole) == self.sha256 { Ok(whole) } else { Err(SealError::Broken) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 800 services, 12 of them changed: design 3.9 has 289 bytes for the patch, beside 33,042 for the whole.
    #[test]
    fn a_patch_costs_what_changed() {
        let list = |changed: usize| {
            let line = |n: usize| {
                let opens = if n.is_multiple_of(67) && n / 67 < changed { "closed" } else { "open" };
                format!(
                    "{n};Service {};{opens};{}\n",
                    n * 7_919 % 10_007,
                    sha256(&n.to_le_bytes()).map(|b| char::from(b'a' + b % 26)).iter().collect::<String>()
                )
            };
            (0..800).map(line).collect::<String>().into_bytes()
        };
        let (old, new) = (list(0), list(12));
        let whole = Content::pack(ContentKind::Services, "services", "2", &new, None).unwrap();
        let patch = Content::pack(ContentKind::Services, "services", "2", &new, Some(&old)).unwrap();
        assert_eq!(whole.unpack(None).unwrap(), new);
        assert_eq!(patch.unpack(Some(&old)).unwrap(), new);
        assert!(
            patch.packed.len() < 400 && whole.packed.len() > 10_000,
            "{} of {}",
            patch.packed.len(),
            whole.packed.len()
        );
        assert_eq!(patch.unpack(None).err(), Some(SealError::OutOfOrder));
        assert_eq!(patch.unpack(Some(&new)).err(), Some(SealError::OutOfOrder));
        let mut damaged = patch.clone();
        damaged.packed[10] ^= 1;
        assert!(damaged.unpack(Some(&old)).is_err());
        assert_eq!(Content::from_bytes(&patch.to_bytes()), Ok(patch));
    }

    #[test]
    fn terms_add_to_the_bytes_and_change_none() {
        let plain = Content::pack(ContentKind::Form, "water", "1", b"<form/>", None).unwrap();
        let decided = plain.clone().with_terms(Some(vec![1, 2, 3]));
        let (before, after) = (plain.to_bytes(), decided.to_bytes());
        // One more in the list, and what was there as it was.
        assert_eq!((before[0] + 1, &before[1..]), (after[0], &after[1..before.len()]));
        assert_eq!(Content::from_bytes(&after), Ok(decided));
        assert_eq!(Content::from_bytes(&before).map(|content| content.terms), Ok(None));
    }
}
