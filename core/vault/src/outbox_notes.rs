//! The small file `notes` of the outbox: what the sync engine keeps beside the items, opaque here.
//!
//! It may be lost: then it is made anew from the items and from what `state` says of them. So it has no copy.

use std::fs::{File, TryLockError};

use crate::VaultError;
use crate::durable;
use crate::outbox::Outbox;
use crate::outbox_state::{CAP, frame, unframe};

const MAGIC: &[u8; 8] = b"WAYOUTNT";

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
        let _held = self.hold()?;
        let old = durable::read(&self.notes_path(), CAP)?.unwrap_or_default();
        let old = unframe(MAGIC, &old);
        let new = change(old);
        if old != Some(new.as_slice()) {
            durable::replace(&self.notes_path(), &frame(MAGIC, &new))?;
        }
        Ok(())
    }

    /// The notes; `None` where there are none, or none that are whole.
    ///
    /// Errors: `storage.*`.
    pub fn notes(&self) -> Result<Option<Vec<u8>>, VaultError> {
        let _held = self.hold()?;
        let kept = durable::read(&self.notes_path(), CAP)?.unwrap_or_default();
        Ok(unframe(MAGIC, &kept).map(<[u8]>::to_vec))
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
