//! `vault.id`: which vault this is. Written last when a vault is made: its presence says that the rest is complete.
//!
//! Magic 8 · format 4 · vault id 16 · version that made it, padded with zeros 32 · kind 1 · key check 32 · SHA-256 of all
//! before. Format 1 had no kind.

use std::path::Path;

use subtle::ConstantTimeEq;
use wayside_model::VaultId;
use wayside_seal::sha256;

use crate::keys::VaultKeys;
use crate::{Part, VaultError, durable};

const MAGIC: &[u8; 8] = b"WAYVAULT";
const FORMAT: u32 = 2;
const FIRST_HEAD: usize = 8 + 4 + 16 + 32;
const HEAD: usize = FIRST_HEAD + 1;
const LEN: usize = HEAD + 32 + 32;

/// What a vault is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Work.
    Work,
    /// Training: nothing in it is about anybody, and it has no outbox.
    Training,
}

pub(crate) struct Identity {
    pub(crate) vault: VaultId,
    pub(crate) kind: Kind,
    head: Vec<u8>,
    check: [u8; 32],
}

impl Identity {
    pub(crate) fn write(path: &Path, vault: VaultId, kind: Kind, keys: &VaultKeys) -> Result<(), VaultError> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(vault.as_bytes());
        bytes.extend(env!("CARGO_PKG_VERSION").bytes().chain(std::iter::repeat(0)).take(32));
        bytes.push(match kind {
            Kind::Work => 0,
            Kind::Training => 1,
        });
        bytes.extend_from_slice(keys.check(&bytes).expose());
        bytes.extend_from_slice(&sha256(&bytes));
        Ok(durable::replace(path, &bytes)?)
    }

    /// `None` where there is no file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, VaultError> {
        let Some(bytes) = durable::read(path, LEN as u64)? else { return Ok(None) };
        Self::parse(&bytes).map(Some).ok_or(VaultError::Damaged(Part::VaultId))
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (covered, sum) = bytes.split_last_chunk::<32>()?;
        let (head, check) = covered.split_last_chunk::<32>()?;
        let format = u32::from_le_bytes(head.get(8..12)?.try_into().ok()?);
        let kind = match (format, head.len(), head.get(FIRST_HEAD)) {
            (1, FIRST_HEAD, None) | (FORMAT, HEAD, Some(0)) => Kind::Work,
            (FORMAT, HEAD, Some(1)) => Kind::Training,
            _ => return None,
        };
        let vault = VaultId::from_bytes(head.get(12..28)?.try_into().ok()?);
        let whole = head.starts_with(MAGIC) && sha256(covered) == *sum;
        whole.then(|| Self { vault, kind, head: head.to_vec(), check: *check })
    }

    /// Whether these are the keys of this vault. From here on, a database that does not decrypt is damaged.
    pub(crate) fn confirm(&self, keys: &VaultKeys) -> Result<(), VaultError> {
        let fits: bool = keys.check(&self.head).expose().ct_eq(&self.check).into();
        if fits { Ok(()) } else { Err(VaultError::Damaged(Part::VaultId)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_seal::Key;

    #[test]
    fn belongs_to_one_vault_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vault.id");
        assert!(Identity::read(&path).unwrap().is_none());
        let vault = VaultId::from_bytes([4; 16]);
        let keys = VaultKeys::new(Key::from_bytes([1; 32]), vault);
        Identity::write(&path, vault, Kind::Training, &keys).unwrap();
        let identity = Identity::read(&path).unwrap().unwrap();
        assert_eq!((identity.vault, identity.kind), (vault, Kind::Training));
        assert_eq!(identity.confirm(&keys), Ok(()));
        let others = VaultKeys::new(Key::from_bytes([2; 32]), vault);
        assert_eq!(identity.confirm(&others), Err(VaultError::Damaged(Part::VaultId)));
    }
}
