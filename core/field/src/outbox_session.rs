//! Sync while the vault is locked, or when its key store is dead: the outbox needs no secret.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wayside_model::Timestamp;
use wayside_vault::outbox::Outbox;

use crate::cancel::CancelToken;
use crate::error::FieldError;
use crate::ports::{Clock, ProgressListener, SystemClock, Transport};
use crate::sync_run::{self, SyncReport, SyncSession};

/// The outbox of a vault, without its secret. It can send what was sealed and take in what HQ sends; receipts are believed,
/// and envelopes removed, only when the vault is open again.
pub struct OutboxSession {
    directory: PathBuf,
    clock: Arc<dyn Clock>,
}

impl OutboxSession {
    /// The outbox of this folder.
    ///
    /// Errors: `vault.missing`, `vault.damaged`, `storage.*`.
    pub fn open(directory: &Path) -> Result<Self, FieldError> {
        Outbox::open(directory)?;
        Ok(Self::with_clock(directory, Arc::new(SystemClock)))
    }

    pub(crate) fn with_clock(directory: &Path, clock: Arc<dyn Clock>) -> Self {
        Self { directory: directory.to_owned(), clock }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// As `Vault::sync`.
    pub fn sync(
        &self,
        transport: Arc<dyn Transport>,
        cancel: &CancelToken,
        listener: Option<&dyn ProgressListener>,
    ) -> Result<SyncReport, FieldError> {
        sync_run::drive(&mut self.begin_sync()?, transport, cancel, listener)
    }

    /// As `Vault::begin_sync`.
    pub fn begin_sync(&self) -> Result<SyncSession, FieldError> {
        SyncSession::open(&self.directory, Arc::clone(&self.clock))
    }
}
