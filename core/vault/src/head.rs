//! `head`: where the vault stood when it was last written, outside the database. An old copy of the database, of a page or
//! of the keyring, and a lost write-ahead log, do not fit it.
//!
//! Sectors of 512 bytes written in turn; each holds one seal of generation 8 · digest 32 · audit entries 8 · audit head 32 ·
//! keyring epoch 8 · slot epoch 8, then zeros. It is written after the commit it tells of, so it never runs ahead of the
//! database, whatever a power cut takes; that is why it needs no sync of its own at each commit, only at suspend and lock.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use wayside_seal::{Key, aead, random};

use crate::{VaultError, durable};

const SECTOR: usize = 512;
const COUNT: usize = 2;
const PLAIN: usize = 8 + 32 + 8 + 32 + 8 + 8;

/// Where a vault stands.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    /// Commits so far.
    pub(crate) generation: u64,
    /// Over all rows, see [`crate::digest`].
    pub(crate) digest: [u8; 32],
    pub(crate) audit_seq: u64,
    pub(crate) audit_head: [u8; 32],
    pub(crate) keyring_epoch: u64,
    pub(crate) slots_epoch: u64,
}

impl Mark {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PLAIN);
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        bytes.extend_from_slice(&self.digest);
        bytes.extend_from_slice(&self.audit_seq.to_le_bytes());
        bytes.extend_from_slice(&self.audit_head);
        bytes.extend_from_slice(&self.keyring_epoch.to_le_bytes());
        bytes.extend_from_slice(&self.slots_epoch.to_le_bytes());
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (generation, rest) = bytes.split_first_chunk()?;
        let (digest, rest) = rest.split_first_chunk()?;
        let (audit_seq, rest) = rest.split_first_chunk()?;
        let (audit_head, rest) = rest.split_first_chunk()?;
        let (keyring_epoch, rest) = rest.split_first_chunk()?;
        let (slots_epoch, rest) = rest.split_first_chunk()?;
        rest.is_empty().then_some(Self {
            generation: u64::from_le_bytes(*generation),
            digest: *digest,
            audit_seq: u64::from_le_bytes(*audit_seq),
            audit_head: *audit_head,
            keyring_epoch: u64::from_le_bytes(*keyring_epoch),
            slots_epoch: u64::from_le_bytes(*slots_epoch),
        })
    }
}

/// The open file.
pub(crate) struct HeadFile {
    /// `None` where the file was missing.
    file: Option<File>,
    path: PathBuf,
    key: Key,
    /// Of a write that failed: the next one tries again.
    owed: bool,
}

impl HeadFile {
    /// Makes the file anew with this mark, durable.
    pub(crate) fn create(path: &Path, key: Key, mark: Mark) -> Result<Self, VaultError> {
        let mut bytes = vec![0; SECTOR * COUNT];
        random::fill(&mut bytes)?;
        let number = number(mark);
        bytes.splice(number * SECTOR..(number + 1) * SECTOR, sector(&key, number, mark)?);
        durable::replace(path, &bytes)?;
        Ok(Self { file: Some(open(path)?), path: path.to_owned(), key, owed: false })
    }

    /// Stands for a file that is missing, until [`HeadFile::renew`].
    pub(crate) const fn detached(path: PathBuf, key: Key) -> Self {
        Self { file: None, path, key, owed: false }
    }

    /// Makes the file anew: a person has accepted where the vault stands.
    pub(crate) fn renew(&mut self, mark: Mark) -> Result<(), VaultError> {
        *self = Self::create(&self.path, self.key.clone(), mark)?;
        Ok(())
    }

    /// Opens the file; the mark is `None` where there is no whole one in it. Without the file there is none at all.
    pub(crate) fn read(path: &Path, key: Key) -> Result<(Option<Self>, Option<Mark>), VaultError> {
        let Some(bytes) = durable::read(path, (SECTOR * COUNT) as u64)? else { return Ok((None, None)) };
        let sectors = bytes.chunks_exact(SECTOR).enumerate().take(COUNT);
        let marks = sectors.filter_map(|(number, bytes)| parse(&key, number, bytes));
        let newest = marks.max_by_key(|mark| mark.generation);
        Ok((Some(Self { file: Some(open(path)?), path: path.to_owned(), key, owed: false }), newest))
    }

    /// Writes the mark of a commit that is durable already. A failure is not the commit's: it is kept for [`HeadFile::sync`].
    pub(crate) fn write(&mut self, mark: Mark) {
        self.owed = self.try_write(mark).is_err();
    }

    /// Writes the mark and makes it durable.
    pub(crate) fn sync(&mut self, mark: Mark) -> Result<(), VaultError> {
        if self.owed {
            self.try_write(mark)?;
            self.owed = false;
        }
        if let Some(file) = &self.file {
            file.sync_data()?;
        }
        Ok(())
    }

    fn try_write(&mut self, mark: Mark) -> Result<(), VaultError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let number = number(mark);
        let bytes = sector(&self.key, number, mark)?;
        file.seek(SeekFrom::Start((number * SECTOR) as u64))?;
        Ok(file.write_all(&bytes)?)
    }
}

fn open(path: &Path) -> Result<File, VaultError> {
    Ok(std::fs::OpenOptions::new().read(true).write(true).open(path)?)
}

fn number(mark: Mark) -> usize {
    usize::from(!mark.generation.is_multiple_of(COUNT as u64))
}

fn sector(key: &Key, number: usize, mark: Mark) -> Result<Vec<u8>, VaultError> {
    let mut bytes = aead::seal(key, &aad(number), &mark.to_bytes())?;
    bytes.resize(SECTOR, 0);
    Ok(bytes)
}

fn parse(key: &Key, number: usize, bytes: &[u8]) -> Option<Mark> {
    let (sealed, zeros) = bytes.split_at_checked(PLAIN + aead::OVERHEAD)?;
    let plain = aead::open(key, &aad(number), sealed).ok()?;
    zeros.iter().all(|byte| *byte == 0).then(|| Mark::parse(&plain))?
}

fn aad(number: usize) -> Vec<u8> {
    [b"head|1|".as_slice(), &(number as u64).to_le_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::from_bytes([1; 32])
    }
    fn mark(generation: u64) -> Mark {
        Mark { generation, digest: [3; 32], audit_seq: 4, keyring_epoch: 5, slots_epoch: 6, ..Mark::default() }
    }

    #[test]
    fn the_newest_counts_and_the_one_before_stands_in() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        assert!(HeadFile::read(&path, key()).unwrap().1.is_none());
        let mut head = HeadFile::create(&path, key(), mark(7)).unwrap();
        head.write(mark(8));
        head.sync(mark(8)).unwrap();
        assert!(HeadFile::read(&path, key()).unwrap().1 == Some(mark(8)));
        let whole = std::fs::read(&path).unwrap();
        for at in 0..SECTOR {
            let mut torn = whole.clone();
            torn[at] ^= 1;
            std::fs::write(&path, &torn).unwrap();
            assert!(HeadFile::read(&path, key()).unwrap().1 == Some(mark(7)), "byte {at}");
        }
        std::fs::write(&path, &whole).unwrap();
        assert!(HeadFile::read(&path, Key::from_bytes([2; 32])).unwrap().1.is_none());
        assert_eq!(whole.windows(8).filter(|w| *w == 8_u64.to_le_bytes()).count(), 0, "numbers do not show");
    }
}
