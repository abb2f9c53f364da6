//! Where everything is.

use std::path::{Path, PathBuf};

/// The names inside a vault's folder.
#[derive(Clone)]
pub(crate) struct Layout(PathBuf);

impl Layout {
    pub(crate) fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }
    pub(crate) fn vault_id(&self) -> PathBuf {
        self.0.join("vault.id")
    }
    pub(crate) fn slots(&self) -> PathBuf {
        self.0.join("slots")
    }
    pub(crate) fn slots_copy(&self) -> PathBuf {
        self.0.join("slots.bak")
    }
    pub(crate) fn guesses(&self) -> PathBuf {
        self.0.join("guesses")
    }
    pub(crate) fn keyring(&self) -> PathBuf {
        self.0.join("keyring")
    }
    pub(crate) fn head(&self) -> PathBuf {
        self.0.join("head")
    }
    /// Sealed attachments.
    pub(crate) fn blobs(&self) -> PathBuf {
        self.0.join("blobs")
    }
    /// The decoy, laid out as the vault itself. Every vault has one, also where no duress code is set.
    pub(crate) fn decoy(&self) -> Self {
        Self(self.0.join("other"))
    }
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("vault.db")
    }
    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("vault.db-wal")
    }
    pub(crate) fn log_index(&self) -> PathBuf {
        self.0.join("vault.db-shm")
    }
    /// Stands while a vault is being made or wiped: what is beside it is nobody's.
    pub(crate) fn unfinished_mark(&self) -> PathBuf {
        self.0.join("unfinished")
    }
    /// The database as it was before a change of its schema, until the change is done.
    pub(crate) fn database_copy(&self) -> PathBuf {
        self.0.join("vault.db.before")
    }
    /// What holds keys, first to go in a wipe.
    pub(crate) fn key_files(&self) -> [PathBuf; 3] {
        [self.slots(), self.slots_copy(), self.keyring()]
    }
    /// The rest of the vault. The outbox is not part of it.
    pub(crate) fn data_files(&self) -> [PathBuf; 7] {
        [
            self.log(),
            self.log_index(),
            self.database_copy(),
            self.database(),
            self.guesses(),
            self.head(),
            self.vault_id(),
        ]
    }
    pub(crate) fn outbox(&self) -> PathBuf {
        self.0.join("outbox")
    }
}
