//! The keys of cases, in a small file of their own: the pages and the log of a database linger in flash, a whole file that
//! is replaced is much smaller to lose. A case is shredded by writing the next epoch of the file without its key.
//!
//! Magic 8 · format 4 · epoch 8 · vault id 16, then one seal over: number of keys 4, keys of case id 16 and key 32, zeros
//! up to a multiple of 4 KiB. There is no copy on purpose: it would hold what was shredded.

use std::collections::BTreeMap;
use std::path::PathBuf;

use wayside_model::CaseId;
use wayside_seal::{Key, aead};
use zeroize::Zeroizing;

use crate::keys::VaultKeys;
use crate::planted::{self, Weakness};
use crate::{Part, VaultError, durable};

const MAGIC: &[u8; 8] = b"WAYKEYRG";
const FORMAT: u32 = 1;
const HEAD: usize = 8 + 4 + 8 + 16;
const ENTRY: usize = 16 + 32;
/// So that the size of the file does not tell how many drafts there are.
const STEP: usize = 4096;
/// Far beyond the drafts of one worker; a larger file is not ours.
const CAP: u64 = 4 * 1024 * 1024;

pub(crate) struct Keyring {
    path: PathBuf,
    epoch: u64,
    /// Each in a place of its own, so that moving entries about leaves no copy of a key behind.
    entries: BTreeMap<CaseId, Box<Key>>,
}

impl Keyring {
    /// Writes an empty keyring of epoch 1.
    pub(crate) fn create(path: PathBuf, keys: &VaultKeys) -> Result<Self, VaultError> {
        let mut keyring = Self { path, epoch: 0, entries: BTreeMap::new() };
        keyring.advance(keys, BTreeMap::new())?;
        Ok(keyring)
    }

    /// Reads it. A missing file, one that does not open, and one older than `least_epoch` are damage.
    pub(crate) fn read(path: PathBuf, keys: &VaultKeys, least_epoch: u64) -> Result<Self, VaultError> {
        let damaged = VaultError::Damaged(Part::Keyring);
        let bytes = durable::read(&path, CAP)?.ok_or(damaged)?;
        Self::open(path, &bytes, keys, least_epoch)
    }

    pub(crate) fn open(path: PathBuf, bytes: &[u8], keys: &VaultKeys, least_epoch: u64) -> Result<Self, VaultError> {
        let damaged = VaultError::Damaged(Part::Keyring);
        let (head, sealed) = bytes.split_at_checked(HEAD).ok_or(damaged)?;
        let epoch = head.get(12..20).and_then(|epoch| epoch.try_into().ok()).map(u64::from_le_bytes).ok_or(damaged)?;
        if head != header(keys, epoch) || epoch < least_epoch {
            return Err(damaged);
        }
        let plain = aead::open(&keys.keyring(epoch), head, sealed).map_err(|_| damaged)?;
        Ok(Self { path, epoch, entries: parse(&plain).ok_or(damaged)? })
    }

    /// Grows with every change.
    pub(crate) const fn epoch(&self) -> u64 {
        self.epoch
    }
    pub(crate) fn key(&self, case: CaseId) -> Option<&Key> {
        self.entries.get(&case).map(|key| &**key)
    }
    #[cfg(feature = "inspect")]
    pub(crate) fn cases(&self) -> impl Iterator<Item = CaseId> {
        self.entries.keys().copied()
    }
    /// The case's key; makes one where there is none, durable before this returns.
    pub(crate) fn key_or_new(&mut self, keys: &VaultKeys, case: CaseId) -> Result<Key, VaultError> {
        if let Some(key) = self.key(case) {
            return Ok(key.clone());
        }
        let key = Key::random()?;
        let mut entries = self.entries.clone();
        entries.insert(case, Box::new(key.clone()));
        self.advance(keys, entries)?;
        Ok(key)
    }
    /// Destroys the keys of all cases that `keep` does not name.
    pub(crate) fn shred(&mut self, keys: &VaultKeys, keep: impl Fn(CaseId) -> bool) -> Result<(), VaultError> {
        let kept: BTreeMap<_, _> =
            self.entries.iter().filter(|(case, _)| keep(**case)).map(|(case, key)| (*case, key.clone())).collect();
        if kept.len() == self.entries.len() || planted::is(Weakness::CaseKeyKept) {
            return Ok(());
        }
        self.advance(keys, kept)
    }

    /// Writes the next epoch. In memory nothing changes unless the file is durable.
    fn advance(&mut self, keys: &VaultKeys, entries: BTreeMap<CaseId, Box<Key>>) -> Result<(), VaultError> {
        let epoch = self.epoch.checked_add(1).ok_or(VaultError::Bug)?;
        let size = (4 + entries.len() * ENTRY).next_multiple_of(STEP);
        if (HEAD + size + aead::OVERHEAD) as u64 > CAP {
            return Err(VaultError::StorageFull);
        }
        let mut plain = Zeroizing::new(Vec::with_capacity(size));
        plain.extend_from_slice(&u32::try_from(entries.len()).map_err(|_| VaultError::Bug)?.to_le_bytes());
        for (case, key) in &entries {
            plain.extend_from_slice(case.as_bytes());
            plain.extend_from_slice(key.expose());
        }
        plain.resize(size, 0);
        let mut bytes = header(keys, epoch);
        let sealed = aead::seal(&keys.keyring(epoch), &bytes, &plain)?;
        bytes.extend_from_slice(&sealed);
        durable::replace(&self.path, &bytes)?;
        self.epoch = epoch;
        self.entries = entries;
        Ok(())
    }

    /// Where it lies.
    #[cfg(test)]
    fn path(&self) -> &std::path::Path {
        &self.path
    }
}

fn header(keys: &VaultKeys, epoch: u64) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&epoch.to_le_bytes());
    bytes.extend_from_slice(keys.vault().as_bytes());
    bytes
}

fn parse(plain: &[u8]) -> Option<BTreeMap<CaseId, Box<Key>>> {
    let (count, rest) = plain.split_first_chunk()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    let (entries, zeros) = rest.split_at_checked(count.checked_mul(ENTRY)?)?;
    if zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    entries
        .chunks_exact(ENTRY)
        .map(|entry| {
            let (case, key) = entry.split_first_chunk::<16>()?;
            Some((CaseId::from_bytes(*case), Box::new(Key::from_bytes(key.try_into().ok()?))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_model::VaultId;

    fn keys() -> VaultKeys {
        VaultKeys::new(Key::from_bytes([1; 32]), VaultId::from_bytes([2; 16]))
    }
    fn case(number: u8) -> CaseId {
        CaseId::from_bytes([number; 16])
    }

    #[test]
    fn a_shredded_key_is_gone_and_the_others_stay() {
        let dir = tempfile::tempdir().unwrap();
        let mut keyring = Keyring::create(dir.path().join("keyring"), &keys()).unwrap();
        let kept = keyring.key_or_new(&keys(), case(1)).unwrap();
        let gone = keyring.key_or_new(&keys(), case(2)).unwrap();
        assert!(keyring.key_or_new(&keys(), case(1)).unwrap() == kept);
        let epoch = keyring.epoch();
        keyring.shred(&keys(), |id| id == case(1)).unwrap();
        let keyring = Keyring::read(keyring.path().to_owned(), &keys(), epoch + 1).unwrap();
        assert!(keyring.key(case(1)) == Some(&kept) && keyring.key(case(2)).is_none() && kept != gone);
        assert_eq!(Keyring::read(keyring.path().to_owned(), &keys(), epoch + 2).err(), Some(damaged()));
    }

    fn damaged() -> VaultError {
        VaultError::Damaged(Part::Keyring)
    }

    #[test]
    fn size_does_not_tell_the_number() {
        let dir = tempfile::tempdir().unwrap();
        let mut keyring = Keyring::create(dir.path().join("keyring"), &keys()).unwrap();
        let len = |keyring: &Keyring| std::fs::metadata(keyring.path()).unwrap().len();
        let empty = len(&keyring);
        (0..85).for_each(|number| drop(keyring.key_or_new(&keys(), case(number)).unwrap()));
        assert_eq!(len(&keyring), empty);
        keyring.key_or_new(&keys(), case(85)).unwrap();
        assert_eq!(len(&keyring), empty + STEP as u64);
    }

    #[test]
    fn every_changed_byte_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keyring");
        Keyring::create(path.clone(), &keys()).unwrap().key_or_new(&keys(), case(1)).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by(7).chain(0..100) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            std::fs::write(&path, changed).unwrap();
            assert_eq!(Keyring::read(path.clone(), &keys(), 0).err(), Some(damaged()), "byte {at}");
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(Keyring::read(path, &keys(), 0).err(), Some(damaged()));
    }
}
