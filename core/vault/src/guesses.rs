//! How often the secret was wrong. Written and synced before a guess is looked at, so that pulling the battery between the
//! guess and its answer gives no free guess. Whether too many wrong guesses wipe the vault is the slot file's policy.
//!
//! Two sectors of 512 bytes, written in turn: magic 8 · attempt 8 · wrong guesses 4 · boot clock 8 · MAC 32 · zeros. The MAC's
//! key comes from a key of the key store that is made anew for each attempt, and the one before is deleted: a file that is
//! put back from a copy no longer fits. A file of the first version (52 bytes, without a key) is taken over once, before the
//! first guess of a build that counts under keys: whether that has been only the key store can say, for every file of a vault
//! can be changed or put back.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;

use subtle::ConstantTimeEq;
use wayside_model::VaultId;
use wayside_seal::{Key, KeyStore, random, sha256};

use crate::slots::SlotHeader;
use crate::unlock::ask;
use crate::{VaultError, durable};

const FIRST_MAGIC: &[u8; 8] = b"WAYGUESS";
const FIRST_LEN: usize = 8 + 4 + 8 + 32;
const MAGIC: &[u8; 8] = b"WAYGUES2";
const SECTOR: usize = 512;
const BODY: usize = 8 + 8 + 4 + 8;

/// Seconds to wait after so many wrong guesses (security design 3.4): five are free, then the wait grows to an hour.
const FREE: u32 = 5;
const WAITS: [u32; 5] = [30, 60, 5 * 60, 15 * 60, 60 * 60];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Guesses {
    pub(crate) count: u32,
    /// Of the last guess, on the boot clock.
    at_millis: u64,
}

impl Guesses {
    pub(crate) const NONE: Self = Self { count: 0, at_millis: 0 };

    /// What a missing, damaged or restored file counts as: the longest wait, beginning now. Who can change the file must not
    /// gain a guess by it.
    const fn worst(now: u64) -> Self {
        Self { count: FREE + WAITS.len() as u32 - 1, at_millis: now }
    }

    /// Whole seconds until a guess is looked at; 0 if it is looked at now. After a restart of the device the boot clock is
    /// behind the time of the guess: then the wait begins with the restart.
    pub(crate) fn wait_seconds(self, now: u64) -> u32 {
        let Some(over) = self.count.checked_sub(FREE) else { return 0 };
        let step = (over as usize).min(WAITS.len() - 1);
        let wait = u64::from(WAITS.get(step).copied().unwrap_or(0)) * 1000;
        let passed = now.checked_sub(self.at_millis).unwrap_or(now);
        u32::try_from(wait.saturating_sub(passed).div_ceil(1000)).unwrap_or(u32::MAX)
    }

    fn parse_first(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<32>()?;
        if bytes.len() != FIRST_LEN || sha256(body) != *sum || !body.starts_with(FIRST_MAGIC) {
            return None;
        }
        let count = u32::from_le_bytes(body.get(8..12)?.try_into().ok()?);
        let at_millis = u64::from_le_bytes(body.get(12..20)?.try_into().ok()?);
        Some(Self { count, at_millis })
    }
}

/// Asks whether the key store still gives what it gave when the slots were made. A key store that gives wrong output must not
/// look like a changed file, nor spoil a file.
pub(crate) type Healthy<'a> = &'a dyn Fn() -> Result<(), VaultError>;

/// The file of one vault, with the key of its newest attempt.
pub(crate) struct Counter<'a> {
    path: PathBuf,
    vault: VaultId,
    keys: &'a dyn KeyStore,
    healthy: Healthy<'a>,
    attempt: u64,
    key: Key,
    pub(crate) guesses: Guesses,
}

impl<'a> Counter<'a> {
    /// Makes the file of a new vault.
    pub(crate) fn create(path: PathBuf, vault: VaultId, keys: &'a dyn KeyStore) -> Result<Self, VaultError> {
        Self::begin(path, vault, keys, &|| Ok(()), Guesses::NONE)
    }

    fn begin(
        path: PathBuf,
        vault: VaultId,
        keys: &'a dyn KeyStore,
        healthy: Healthy<'a>,
        guesses: Guesses,
    ) -> Result<Self, VaultError> {
        let key = fresh_key(vault, keys, 0)?;
        healthy()?;
        let counter = Self { path, vault, keys, healthy, attempt: 0, key, guesses };
        let mut file = vec![0; 2 * SECTOR];
        random::fill(&mut file)?;
        file.splice(..SECTOR, counter.sector(guesses));
        durable::replace(&counter.path, &file)?;
        keys.delete(&alias(vault, 1))?;
        Ok(counter)
    }

    /// Reads the file. Fails with what the key store says, never because of the file. `looks_first`: the other files are
    /// those of a vault that was never opened since the first version; without that no file of the first version is taken.
    pub(crate) fn load(
        path: PathBuf,
        vault: VaultId,
        keys: &'a dyn KeyStore,
        healthy: Healthy<'a>,
        looks_first: bool,
        now: u64,
    ) -> Result<Self, VaultError> {
        let bytes = durable::read(&path, (2 * SECTOR) as u64)?.unwrap_or_default();
        if let Some((attempt, guesses, mac)) = newest(&bytes) {
            match key_of(vault, keys, attempt) {
                Ok(key) => {
                    let fits = tag(&key, attempt, guesses).ct_eq(&mac);
                    if bool::from(fits) {
                        return Ok(Self { path, vault, keys, healthy, attempt, key, guesses });
                    }
                }
                Err(VaultError::KeyLost) => {}
                Err(error) => return Err(error),
            }
        } else if let Some(first) = Guesses::parse_first(&bytes)
            && looks_first
            && begin_taking_over(vault, keys)?
        {
            let counter = Self::begin(path, vault, keys, healthy, first)?;
            keys.delete(&taking_over_alias(vault))?;
            return Ok(counter);
        }
        healthy()?;
        Self::begin(path, vault, keys, healthy, Guesses::worst(now))
    }

    /// Counts one guess, durable before this returns.
    pub(crate) fn count_one(&mut self, now: u64) -> Result<(), VaultError> {
        let attempt = self.attempt.checked_add(1).ok_or(VaultError::Bug)?;
        let key = fresh_key(self.vault, self.keys, attempt)?;
        (self.healthy)()?;
        let counted = Guesses { count: self.guesses.count.saturating_add(1), at_millis: now };
        let before = std::mem::replace(&mut self.guesses, counted);
        let old = (std::mem::replace(&mut self.attempt, attempt), std::mem::replace(&mut self.key, key));
        if let Err(error) = self.write(true) {
            (self.guesses, self.attempt, self.key) = (before, old.0, old.1);
            return Err(error);
        }
        if let Err(error) = self.keys.delete(&alias(self.vault, old.0)) {
            // The guess is not looked at, so it was none.
            self.set(before)?;
            return Err(error.into());
        }
        Ok(())
    }

    /// No guess was looked at after all, or the last one was right. Needs no key store. It is not synced: a cut leaves
    /// one guess too many on the count, never one too few.
    pub(crate) fn set(&mut self, guesses: Guesses) -> Result<(), VaultError> {
        self.guesses = guesses;
        self.write(false)
    }

    fn write(&self, sync: bool) -> Result<(), VaultError> {
        let mut file = OpenOptions::new().write(true).open(&self.path)?;
        file.seek(SeekFrom::Start((self.attempt % 2) * SECTOR as u64))?;
        file.write_all(&self.sector(self.guesses))?;
        if sync {
            file.sync_data()?;
        }
        Ok(())
    }

    fn sector(&self, guesses: Guesses) -> Vec<u8> {
        let mut bytes = body(self.attempt, guesses);
        bytes.extend_from_slice(&tag(&self.key, self.attempt, guesses));
        bytes.resize(SECTOR, 0);
        bytes
    }
}

/// The key store's names of the keys that guesses are counted under.
pub(crate) fn aliases(vault: VaultId) -> [String; 3] {
    [alias(vault, 0), alias(vault, 1), taking_over_alias(vault)]
}

/// The key of this name stands for a taking over that has begun: one that was cut off goes on.
fn taking_over_alias(vault: VaultId) -> String {
    format!("{}.gt", SlotHeader::alias_stem(vault))
}

/// Whether a file of the first version may be taken over: no guess was ever counted under a key.
fn begin_taking_over(vault: VaultId, keys: &dyn KeyStore) -> Result<bool, VaultError> {
    let has = |alias: String| match ask(keys, &alias, b"wayside/guesses/1") {
        Err(VaultError::KeyLost) => Ok(false),
        answer => answer.map(|_| true),
    };
    if !has(taking_over_alias(vault))? {
        if has(alias(vault, 0))? || has(alias(vault, 1))? {
            return Ok(false);
        }
        keys.create(&taking_over_alias(vault))?;
    }
    Ok(true)
}

fn alias(vault: VaultId, attempt: u64) -> String {
    format!("{}.g{}", SlotHeader::alias_stem(vault), attempt % 2)
}

fn fresh_key(vault: VaultId, keys: &dyn KeyStore, attempt: u64) -> Result<Key, VaultError> {
    let alias = alias(vault, attempt);
    keys.delete(&alias)?;
    keys.create(&alias)?;
    key_of(vault, keys, attempt)
}

fn key_of(vault: VaultId, keys: &dyn KeyStore, attempt: u64) -> Result<Key, VaultError> {
    Ok(Key::from_bytes(sha256(&ask(keys, &alias(vault, attempt), b"wayside/guesses/1")?)))
}

fn body(attempt: u64, guesses: Guesses) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&attempt.to_le_bytes());
    bytes.extend_from_slice(&guesses.count.to_le_bytes());
    bytes.extend_from_slice(&guesses.at_millis.to_le_bytes());
    bytes
}

fn tag(key: &Key, attempt: u64, guesses: Guesses) -> [u8; 32] {
    *key.derive("wayside/guesses-mac/1", &body(attempt, guesses)).expose()
}

/// The sector of the higher attempt; whether it fits its MAC is for the key to say.
fn newest(file: &[u8]) -> Option<(u64, Guesses, [u8; 32])> {
    if file.len() != 2 * SECTOR {
        return None;
    }
    file.chunks_exact(SECTOR).filter_map(parse).max_by_key(|(attempt, ..)| *attempt)
}

fn parse(sector: &[u8]) -> Option<(u64, Guesses, [u8; 32])> {
    let rest = sector.strip_prefix(MAGIC)?;
    let (attempt, rest) = rest.split_first_chunk()?;
    let (count, rest) = rest.split_first_chunk()?;
    let (at, rest) = rest.split_first_chunk()?;
    let (mac, zeros) = rest.split_first_chunk::<32>()?;
    let guesses = Guesses { count: u32::from_le_bytes(*count), at_millis: u64::from_le_bytes(*at) };
    zeros.iter().all(|byte| *byte == 0).then_some((u64::from_le_bytes(*attempt), guesses, *mac))
}

const _: () = assert!(BODY + 32 <= SECTOR);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryKeys;
    use std::path::Path;

    const VAULT: VaultId = VaultId::from_bytes([4; 16]);

    fn after(count: u32) -> Guesses {
        Guesses { count, at_millis: 1_000_000 }
    }
    fn load<'k>(path: &Path, keys: &'k MemoryKeys, now: u64) -> Counter<'k> {
        load_of(path, keys, false, now)
    }
    fn load_of<'k>(path: &Path, keys: &'k MemoryKeys, looks_first: bool, now: u64) -> Counter<'k> {
        Counter::load(path.to_owned(), VAULT, keys, &|| Ok(()), looks_first, now).unwrap()
    }

    #[test]
    fn the_wait_grows() {
        for (count, wait) in
            [(0, 0), (4, 0), (5, 30), (6, 60), (7, 300), (8, 900), (9, 3600), (10, 3600), (u32::MAX, 3600)]
        {
            assert_eq!(after(count).wait_seconds(1_000_000), wait, "{count}");
        }
        assert_eq!(after(5).wait_seconds(1_029_001), 1);
        assert_eq!(after(5).wait_seconds(1_030_000), 0);
    }

    #[test]
    fn a_restart_begins_the_wait_anew() {
        assert_eq!(after(5).wait_seconds(10_000), 20);
        assert_eq!(after(5).wait_seconds(0), 30);
    }

    #[test]
    fn removing_or_changing_the_file_gains_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (path, keys) = (dir.path().join("guesses"), MemoryKeys::default());
        assert_eq!(load(&path, &keys, 5_000).guesses.wait_seconds(5_000), 3600);
        assert_eq!(load(&path, &keys, 65_000).guesses.wait_seconds(65_000), 3540, "it begins once, not at each look");
        let mut counter = Counter::create(path.clone(), VAULT, &keys).unwrap();
        counter.count_one(7).unwrap();
        assert_eq!(load(&path, &keys, 9).guesses, Guesses { count: 1, at_millis: 7 });
        let whole = std::fs::read(&path).unwrap();
        for at in SECTOR..SECTOR + BODY + 32 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(load(&path, &keys, 9).guesses.wait_seconds(9), 3600, "byte {at}");
            // The look has begun a new file; the copy of before no longer fits its key.
            std::fs::write(&path, &whole).unwrap();
            assert_eq!(load(&path, &keys, 9).guesses.wait_seconds(9), 3600);
            counter = Counter::create(path.clone(), VAULT, &keys).unwrap();
            counter.count_one(7).unwrap();
            std::fs::write(&path, std::fs::read(&path).unwrap()).unwrap();
        }
        drop(counter);
    }

    #[test]
    fn a_copy_from_before_a_guess_no_longer_fits() {
        let dir = tempfile::tempdir().unwrap();
        let (path, keys) = (dir.path().join("guesses"), MemoryKeys::default());
        drop(Counter::create(path.clone(), VAULT, &keys).unwrap());
        let copy = std::fs::read(&path).unwrap();
        load(&path, &keys, 1).count_one(1).unwrap();
        std::fs::write(&path, &copy).unwrap();
        assert_eq!(load(&path, &keys, 2).guesses.count, 9);
    }

    #[test]
    fn a_file_of_the_first_version_is_taken_over_once() {
        let dir = tempfile::tempdir().unwrap();
        let (path, keys) = (dir.path().join("guesses"), MemoryKeys::default());
        let mut first = FIRST_MAGIC.to_vec();
        first.extend_from_slice(&3_u32.to_le_bytes());
        first.extend_from_slice(&50_u64.to_le_bytes());
        first.extend_from_slice(&sha256(&first));
        std::fs::write(&path, &first).unwrap();
        assert_eq!(load(&path, &keys, 60).guesses.count, 9, "not into a vault of today");
        for cut_off in [false, true] {
            let keys = MemoryKeys::default();
            if cut_off {
                // Behind the file's new key, before the file.
                assert!(begin_taking_over(VAULT, &keys).unwrap());
                fresh_key(VAULT, &keys, 0).unwrap();
            }
            std::fs::write(&path, &first).unwrap();
            assert_eq!(load_of(&path, &keys, true, 60).guesses, Guesses { count: 3, at_millis: 50 });
            for guess in 0..3 {
                std::fs::write(&path, &first).unwrap();
                assert_eq!(load_of(&path, &keys, true, 60).guesses.count, 9, "not a second time, after {guess}");
                load(&path, &keys, 60).count_one(60).unwrap();
            }
        }
    }

    #[test]
    fn what_was_no_guess_is_taken_off_without_the_key_store() {
        let dir = tempfile::tempdir().unwrap();
        let (path, keys) = (dir.path().join("guesses"), MemoryKeys::default());
        let mut counter = Counter::create(path.clone(), VAULT, &keys).unwrap();
        counter.count_one(1).unwrap();
        counter.set(Guesses::NONE).unwrap();
        drop(counter);
        assert_eq!(load(&path, &keys, 1).guesses, Guesses::NONE);
    }
}
