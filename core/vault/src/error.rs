use std::io;

use rusqlite::ffi::ErrorCode as Sqlite;
use wayside_model::{Coded, ErrorCode, LogSafe};
use wayside_seal::{KeyStoreError, SealError};

/// A part of the vault on disk, for naming what is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// `vault.id`.
    VaultId,
    /// `slots` and its copy.
    Slots,
    /// `keyring`.
    Keyring,
    /// `vault.db` or its log.
    Database,
    /// `head`.
    Head,
    /// A file in `blobs/`.
    Attachment,
    /// `outbox/config`.
    OutboxConfig,
    /// `outbox/state`.
    OutboxState,
    /// `outbox/outbox`.
    OutboxItems,
}

impl LogSafe for Part {}

/// Everything that can go wrong in this crate. Holds no key, no path, no SQL and nothing that was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// No vault (or no outbox) in the folder. Code `vault.missing`.
    #[error("there is no vault in this folder")]
    Missing,
    /// Something is in the folder already; nothing was written over it. Code `vault.exists`.
    #[error("there is a vault in this folder already")]
    Exists,
    /// No slot opens with this secret. Code `vault.wrong_secret`.
    #[error("the secret is wrong")]
    WrongSecret,
    /// Too many wrong guesses. This one was not looked at. Code `vault.wait`.
    #[error("wait {seconds} s before the next guess")]
    Wait {
        /// Seconds until a guess is looked at again.
        seconds: u32,
    },
    /// The secret is too short for this key store. Code `vault.weak_secret`.
    #[error("the secret is too short for this key store")]
    WeakSecret,
    /// The key store no longer has this vault's key. Code `vault.key_lost`.
    #[error("the key store no longer has the key")]
    KeyLost,
    /// The key store did not answer; not counted as a guess. Its own code.
    #[error("the key store did not answer: {0}")]
    KeyStore(KeyStoreError),
    /// A part is damaged or missing. It was left as it is. Code `vault.damaged`.
    #[error("damaged: {0:?}")]
    Damaged(Part),
    /// A stored record does not fit its seal or its hash. Code `vault.tampered`.
    #[error("a stored record does not fit its seal")]
    Tampered,
    /// A part is older than what the vault last wrote, or a change of it was lost: an old copy, or a log that is gone.
    /// Reading goes on, nothing is written until a person decides. Code `vault.rolled_back`.
    #[error("older than what was last written: {0:?}")]
    RolledBack(Part),
    /// This was one wrong guess too many: the vault was wiped, as its policy says. The outbox stays. Code `vault.wiped`.
    #[error("the vault was wiped after too many wrong guesses")]
    Wiped,
    /// No contact with HQ for so long that records are not shown. Code `vault.lease`.
    #[error("records are not shown until the next contact with HQ")]
    LeaseOver,
    /// The database library has no encryption. Code `vault.not_encrypted`.
    #[error("the database library has no encryption")]
    NotEncrypted,
    /// A setting of the database that protects the data did not take. Code `bug`.
    #[error("the database refuses the setting {0}")]
    Setting(&'static str),
    /// Written by a newer version. Nothing was changed. Code `vault.newer_schema`.
    #[error("schema {found} is newer than {known}")]
    NewerSchema {
        /// Number in the file.
        found: u32,
        /// Highest number this build knows.
        known: u32,
    },
    /// The vault is locked. Code `vault.locked`.
    #[error("the vault is locked")]
    Locked,
    /// The vault is suspended. Code `vault.suspended`.
    #[error("the vault is suspended")]
    Suspended,
    /// Another process or handle holds the vault. Code `vault.busy`.
    #[error("another process holds the vault")]
    Busy,
    /// No space left; what was acknowledged before stands. Code `storage.full`.
    #[error("the storage is full")]
    StorageFull,
    /// The storage failed. Code `storage.io`.
    #[error("the storage failed")]
    StorageIo,
    /// No draft of this id. Code `session.unknown`.
    #[error("there is no such draft")]
    UnknownDraft,
    /// No item or queue row of this id. Code `bug`.
    #[error("there is no such item")]
    UnknownItem,
    /// The same id stands for other bytes already; nothing was written. Code `bug`.
    #[error("the id is taken by other bytes")]
    Conflict,
    /// Something in sealing failed. Its own code.
    #[error("sealing failed: {0}")]
    Seal(SealError),
    /// The core is at fault. Code `bug`.
    #[error("a bug in the vault")]
    Bug,
}

impl VaultError {
    /// Seconds until another guess is looked at; `None` for every error that is not a wait.
    pub const fn wait_seconds(&self) -> Option<u32> {
        match self {
            Self::Wait { seconds } => Some(*seconds),
            _ => None,
        }
    }
}

impl Coded for VaultError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Missing => ErrorCode::VaultMissing,
            Self::Exists => ErrorCode::VaultExists,
            Self::WrongSecret => ErrorCode::VaultWrongSecret,
            Self::Wait { .. } => ErrorCode::VaultWait,
            Self::WeakSecret => ErrorCode::VaultWeakSecret,
            Self::KeyLost => ErrorCode::VaultKeyLost,
            Self::KeyStore(error) => error.code(),
            Self::Damaged(_) => ErrorCode::VaultDamaged,
            Self::Tampered => ErrorCode::VaultTampered,
            Self::RolledBack(_) => ErrorCode::VaultRolledBack,
            Self::Wiped => ErrorCode::VaultWiped,
            Self::LeaseOver => ErrorCode::VaultLease,
            Self::NotEncrypted => ErrorCode::VaultNotEncrypted,
            Self::NewerSchema { .. } => ErrorCode::VaultNewerSchema,
            Self::Locked => ErrorCode::VaultLocked,
            Self::Suspended => ErrorCode::VaultSuspended,
            Self::Busy => ErrorCode::VaultBusy,
            Self::StorageFull => ErrorCode::StorageFull,
            Self::StorageIo => ErrorCode::StorageIo,
            Self::UnknownDraft => ErrorCode::SessionUnknown,
            Self::Seal(error) => error.code(),
            Self::Setting(_) | Self::UnknownItem | Self::Conflict | Self::Bug => ErrorCode::Bug,
        }
    }
}

impl From<KeyStoreError> for VaultError {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::Invalidated => Self::KeyLost,
            other => Self::KeyStore(other),
        }
    }
}

impl From<SealError> for VaultError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::WeakSecret => Self::WeakSecret,
            other => Self::Seal(other),
        }
    }
}

impl From<io::Error> for VaultError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::StorageFull
            }
            _ => Self::StorageIo,
        }
    }
}

/// The one place where SQLite's errors become ours. Their text is dropped: it can hold SQL, and SQL can hold values.
impl From<rusqlite::Error> for VaultError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // After the key check of our own, "not a database" can only mean damage.
            Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase) => Self::Damaged(Part::Database),
            Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked | Sqlite::FileLockingProtocolFailed) => Self::Busy,
            Some(Sqlite::DiskFull) => Self::StorageFull,
            Some(Sqlite::SystemIoFailure | Sqlite::CannotOpen | Sqlite::ReadOnly | Sqlite::PermissionDenied) => {
                Self::StorageIo
            }
            // Android and iOS take the file away while the phone is locked (pitfall P6).
            Some(Sqlite::AuthorizationForStatementDenied | Sqlite::OperationInterrupted) => Self::Suspended,
            Some(_) => Self::Bug,
            // A value of another type than the schema has: only a changed page gives that.
            None => Self::Damaged(Part::Database),
        }
    }
}
