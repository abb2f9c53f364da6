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
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("vault.db")
    }
    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("vault.db-wal")
    }
    pub(crate) fn log_index(&self) -> PathBuf {
        self.0.join("vault.db-shm")
    }
    /// Stands while a vault is being made; what is beside it was never handed to anybody.
    pub(crate) fn unfinished_mark(&self) -> PathBuf {
        self.0.join("unfinished")
    }
    /// What holds keys, first to go in a wipe.
    pub(crate) fn key_files(&self) -> [PathBuf; 3] {
        [self.slots(), self.slots_copy(), self.keyring()]
    }
    /// The rest of the vault. The outbox is not part of it.
    pub(crate) fn data_files(&self) -> [PathBuf; 5] {
        [self.log(), self.log_index(), self.database(), self.guesses(), self.vault_id()]
    }
    pub(crate) fn outbox(&self) -> PathBuf {
        self.0.join("outbox")
    }
}
