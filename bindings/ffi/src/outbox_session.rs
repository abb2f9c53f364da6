//! Sync while the vault is locked.
use crate::cancel::CancelToken;
use crate::error::FieldError;
use crate::foreign::{ProgressListener, Transport, linked};
use crate::guard::Shared;
use crate::guard::guard;
use crate::sync::{SyncReport, SyncSession};
use std::path::Path;
use std::sync::Arc;
use wayside_field as field;

/// The outbox of a vault, without its secret: it sends what was sealed and takes in what HQ sends. Receipts are believed,
/// and envelopes removed, only when the vault is open again.
#[derive(uniffi::Object)]
pub struct OutboxSession {
    pub(crate) core: Shared<field::OutboxSession>,
}

#[uniffi::export]
impl OutboxSession {
    /// The outbox of this folder.
    ///
    /// Errors: `vault.missing`, `vault.damaged`, `storage.*`.
    #[uniffi::constructor]
    pub fn open(directory: String) -> Result<Arc<Self>, FieldError> {
        guard(|| {
            let core = field::OutboxSession::open(Path::new(&directory))?;
            Ok(Arc::new(Self { core: Shared::new(core) }))
        })
    }

    /// As `Vault.sync`.
    #[uniffi::method(default(listener = None))]
    pub fn sync(
        &self,
        transport: Arc<dyn Transport>,
        cancel: Arc<CancelToken>,
        listener: Option<Arc<dyn ProgressListener>>,
    ) -> Result<SyncReport, FieldError> {
        linked(transport, listener, |link, heard| {
            self.core.call(|core| Ok(core.sync(link, &cancel.core, heard)?.into()))
        })
    }

    /// As `Vault.beginSync`.
    pub fn begin_sync(&self) -> Result<Arc<SyncSession>, FieldError> {
        self.core.call(|core| Ok(SyncSession::new(core.begin_sync()?)))
    }
}
