//! Reading and writing `outbox/outbox`.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use wayside_seal::sha256;

use crate::outbox_log::{self, Entry, Index, START};
use crate::{Part, VaultError, durable};

const DAMAGED: VaultError = VaultError::Damaged(Part::OutboxItems);

/// The file, and what was last read of it. Used under the outbox's lock only.
pub(crate) struct ItemFile {
    path: PathBuf,
    /// With the length the file had.
    known: Option<(u64, Index)>,
}

impl ItemFile {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path, known: None }
    }

    pub(crate) fn create(&self) -> Result<(), VaultError> {
        Ok(durable::replace(&self.path, &outbox_log::make(1, &[])?)?)
    }

    /// What the file holds now; looked through again only if somebody has written since.
    pub(crate) fn index(&mut self) -> Result<&Index, VaultError> {
        let mut file = self.open(OpenOptions::new().read(true))?;
        let len = file.metadata()?.len();
        let mut head = [0; START];
        file.read_exact(&mut head).map_err(|_| DAMAGED)?;
        let generation = outbox_log::newest_end(&head).map(|(generation, _)| generation);
        let fresh =
            |(known, index): &(u64, Index)| *known == len && generation == Some(index.generation) && !index.damaged;
        if !self.known.as_ref().is_some_and(fresh) {
            let index = outbox_log::read(&self.whole()?).ok_or(DAMAGED)?;
            self.known = Some((len, index));
        }
        self.known.as_ref().map(|(_, index)| index).ok_or(VaultError::Bug)
    }

    /// The bytes of an item that the index names.
    pub(crate) fn bytes(&self, entry: &Entry) -> Result<Vec<u8>, VaultError> {
        let mut file = self.open(OpenOptions::new().read(true))?;
        file.seek(SeekFrom::Start(entry.at.start as u64))?;
        let mut bytes = vec![0; entry.at.len()];
        file.read_exact(&mut bytes).map_err(|_| DAMAGED)?;
        if outbox_log::still_whole(entry, &bytes) { Ok(bytes) } else { Err(DAMAGED) }
    }

    /// Appends an item. It is on the disk before the end moves behind it.
    pub(crate) fn append(&mut self, item: &[u8]) -> Result<(), VaultError> {
        let index = self.index()?;
        let (at, generation) = (index.end, index.generation + 1);
        let bytes = outbox_log::item_bytes(at, item);
        let end = at + bytes.len();
        let mut file = self.open(OpenOptions::new().read(true).write(true))?;
        let len = usize::try_from(file.metadata()?.len()).map_err(|_| VaultError::Bug)?;
        file.seek(SeekFrom::Start(at as u64))?;
        file.write_all(&bytes)?;
        if end > len {
            file.write_all(&outbox_log::padding(end)?)?;
        }
        file.sync_all()?;
        let (at, sector) = outbox_log::end_sector(generation, end);
        file.seek(SeekFrom::Start(at as u64))?;
        file.write_all(&sector)?;
        file.sync_all()?;
        Ok(())
    }

    /// Writes a new file without these items. Of a file that is damaged a copy is kept: its damaged part may be worth something.
    pub(crate) fn remove(&mut self, gone: &[[u8; 16]]) -> Result<(), VaultError> {
        let index = self.index()?.clone();
        if !index.entries.iter().any(|entry| gone.contains(&entry.header.id)) {
            return Ok(());
        }
        let file = self.whole()?;
        if index.damaged {
            let sum = sha256(&file);
            let name: String = sum.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            durable::replace(&self.path.with_added_extension(format!("damaged-{name}")), &file)?;
        }
        let kept = index.entries.iter().filter(|entry| !gone.contains(&entry.header.id));
        let kept: Option<Vec<&[u8]>> = kept.map(|entry| file.get(entry.at.clone())).collect();
        let new = outbox_log::make(index.generation + 1, &kept.ok_or(VaultError::Bug)?)?;
        durable::replace(&self.path, &new)?;
        self.known = None;
        Ok(())
    }

    fn whole(&self) -> Result<Vec<u8>, VaultError> {
        let mut bytes = Vec::new();
        self.open(OpenOptions::new().read(true))?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A missing file is damage: it was made together with the outbox.
    fn open(&self, options: &OpenOptions) -> Result<File, VaultError> {
        let path: &Path = &self.path;
        options.open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => DAMAGED,
            _ => error.into(),
        })
    }
}
