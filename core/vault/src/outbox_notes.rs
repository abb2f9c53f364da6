//! The files `notes`, `carried` and `carried-notes` of the outbox, opaque here: what the sync engine keeps beside the items, what
//! is carried for other devices, and what it keeps beside that.
//!
//! All may be lost, so they have no copy: notes are made anew from the items and from what `state` says of them, and what is
//! carried is still with the device it comes from. `carried` grows by a piece with what comes in, because all of it may be
//! eight megabytes; the others are written whole.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::VaultError;
use crate::durable;
use crate::outbox::Outbox;
use crate::outbox_state::{CAP, frame, unframe, unframe_all};

const NOTES: &[u8; 8] = b"WAYOUTNT";
const CARRIED: &[u8; 8] = b"WAYOUTCA";
const CARRIED_NOTES: &[u8; 8] = b"WAYOUTCN";

/// What [`Outbox::change_carried`] writes.
pub enum CarriedChange {
    /// All is as it was.
    Nothing,
    /// This piece behind the others.
    Added(Vec<u8>),
    /// This piece in the place of all others.
    Whole(Vec<u8>),
}

/// Stands while a sync goes on, also against other processes. Falls with the process, however that ends.
pub struct SyncMark {
    _file: File,
}

impl Outbox {
    /// Changes the notes, under the outbox's lock; they are on the disk when this returns. `change` gets `None` where there
    /// are none, or none that are whole. Who can write the outbox can write them: they decide when something is sent,
    /// never whether it may be removed.
    ///
    /// Errors: `storage.*`.
    pub fn change_notes(&self, change: impl FnOnce(Option<&[u8]>) -> Vec<u8>) -> Result<(), VaultError> {
        self.change_file(&self.notes_path(), NOTES, change)
    }

    /// The notes; `None` where there are none, or none that are whole.
    ///
    /// Errors: `storage.*`.
    pub fn notes(&self) -> Result<Option<Vec<u8>>, VaultError> {
        self.read_file(&self.notes_path(), NOTES)
    }

    /// Changes what is carried for other devices, under the outbox's lock; it is on the disk when this returns. `change` gets
    /// the pieces that are there, in the order they were written, up to the first that is not whole.
    ///
    /// Errors: `storage.*`.
    pub fn change_carried(&self, change: impl FnOnce(&[&[u8]]) -> CarriedChange) -> Result<(), VaultError> {
        let _held = self.hold()?;
        let path = self.carried_path();
        let old = durable::read(&path, CAP)?.unwrap_or_default();
        let (pieces, end) = unframe_all(CARRIED, &old);
        match change(&pieces) {
            CarriedChange::Nothing => {}
            CarriedChange::Added(piece) if end > 0 => durable::append(&path, end as u64, &frame(CARRIED, &piece))?,
            CarriedChange::Added(piece) | CarriedChange::Whole(piece) => {
                durable::replace(&path, &frame(CARRIED, &piece))?;
            }
        }
        Ok(())
    }

    /// The pieces of what is carried, as [`Outbox::change_carried`] shows them.
    ///
    /// Errors: `storage.*`.
    pub fn carried(&self) -> Result<Vec<Vec<u8>>, VaultError> {
        let _held = self.hold()?;
        let kept = durable::read(&self.carried_path(), CAP)?.unwrap_or_default();
        Ok(unframe_all(CARRIED, &kept).0.into_iter().map(<[u8]>::to_vec).collect())
    }

    /// Changes the notes about what is carried, as [`Outbox::change_notes`] does those of the own items.
    ///
    /// Errors: `storage.*`.
    pub fn change_carried_notes(&self, change: impl FnOnce(Option<&[u8]>) -> Vec<u8>) -> Result<(), VaultError> {
        self.change_file(&self.carried_notes_path(), CARRIED_NOTES, change)
    }

    /// The notes about what is carried; `None` where there are none, or none that are whole.
    ///
    /// Errors: `storage.*`.
    pub fn carried_notes(&self) -> Result<Option<Vec<u8>>, VaultError> {
        self.read_file(&self.carried_notes_path(), CARRIED_NOTES)
    }

    fn change_file(
        &self,
        path: &Path,
        magic: &[u8; 8],
        change: impl FnOnce(Option<&[u8]>) -> Vec<u8>,
    ) -> Result<(), VaultError> {
        let _held = self.hold()?;
        let old = durable::read(path, CAP)?.unwrap_or_default();
        let old = unframe(magic, &old);
        let new = change(old);
        if old != Some(new.as_slice()) {
            durable::replace(path, &frame(magic, &new))?;
        }
        Ok(())
    }

    fn read_file(&self, path: &Path, magic: &[u8; 8]) -> Result<Option<Vec<u8>>, VaultError> {
        let _held = self.hold()?;
        let kept = durable::read(path, CAP)?.unwrap_or_default();
        Ok(unframe(magic, &kept).map(<[u8]>::to_vec))
    }

    /// Says that a sync begins; `None` while another goes on.
    ///
    /// Errors: `storage.*`.
    pub fn mark_sync(&self) -> Result<Option<SyncMark>, VaultError> {
        let file = durable::options().read(true).write(true).create(true).open(self.sync_mark_path())?;
        match file.try_lock() {
            Ok(()) => Ok(Some(SyncMark { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
