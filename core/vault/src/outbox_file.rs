//! Reading and writing `outbox/outbox`.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use wayside_seal::Sha256;

use crate::outbox_log::{self, Entry, Index, START, STEP, Source};
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
        durable::replace_with(&self.path, |file| outbox_log::write_new(file, 1, std::iter::empty()))
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
            let index = outbox_log::read(&mut self.source()?)?.ok_or(DAMAGED)?;
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
        let mut len = file.metadata()?.len();
        file.seek(SeekFrom::Start(at as u64))?;
        file.write_all(&bytes)?;
        if end as u64 > len {
            let padding = outbox_log::padding(end)?;
            file.write_all(&padding)?;
            len = (end + padding.len()) as u64;
        }
        file.sync_all()?;
        let (place, sector) = outbox_log::end_sector(generation, end);
        file.seek(SeekFrom::Start(place as u64))?;
        file.write_all(&sector)?;
        file.sync_all()?;
        // So that the next one does not look through everything again.
        self.known = self.known.take().filter(|(_, index)| !index.damaged).and_then(|(_, mut index)| {
            index.entries.push(outbox_log::entry(item, end - bytes.len() + outbox_log::ITEM_HEAD)?);
            Some((len, Index { generation, end, ..index }))
        });
        Ok(())
    }

    /// Writes a new file without these items. Of a file that is damaged a copy is kept: its damaged part may be worth something.
    pub(crate) fn remove(&mut self, gone: &[[u8; 16]]) -> Result<(), VaultError> {
        let index = self.index()?.clone();
        if !index.entries.iter().any(|entry| gone.contains(&entry.header.id)) {
            return Ok(());
        }
        if index.damaged {
            self.keep_damaged()?;
        }
        let mut source = self.source()?;
        let kept = index.entries.iter().filter(|entry| !gone.contains(&entry.header.id));
        let mut items = kept.map(|entry| source.get(entry.at.clone())?.ok_or(VaultError::Bug));
        durable::replace_with(&self.path, |file| outbox_log::write_new(file, index.generation + 1, &mut items))?;
        self.known = None;
        Ok(())
    }

    fn keep_damaged(&self) -> Result<(), VaultError> {
        let (mut sum, mut piece) = (Sha256::default(), vec![0; STEP]);
        let mut file = self.open(OpenOptions::new().read(true))?;
        loop {
            match file.read(&mut piece)? {
                0 => break,
                len => sum.update(piece.get(..len).unwrap_or_default()),
            }
        }
        let name: String = sum.finish().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        file.rewind()?;
        durable::replace_with(&self.path.with_added_extension(format!("damaged-{name}")), |copy| {
            Ok(std::io::copy(&mut file, copy).map(drop)?)
        })
    }

    fn source(&self) -> Result<Source, VaultError> {
        Source::new(self.open(OpenOptions::new().read(true))?)
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
