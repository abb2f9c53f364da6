//! What can go wrong at the desk. No passphrase, key, path or word of a record is ever in it.

use wayside_model::{Coded, ErrorCode};

/// An error of the desk. Its code is in [`Coded::code`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The passphrase does not open the key file (`desk.locked`).
    #[error("the passphrase does not open the desk's keys")]
    Locked,
    /// There is a desk in the folder already (`desk.exists`).
    #[error("there is a desk in this folder already")]
    Exists,
    /// There is no desk in the folder (`desk.missing`).
    #[error("there is no desk in this folder")]
    Missing,
    /// A file of the desk is not in its form, or the database does not open with its key (`desk.damaged`).
    #[error("a file of the desk is damaged")]
    Damaged,
    /// A newer version wrote this desk (`desk.newer`).
    #[error("a newer version wrote this desk")]
    Newer,
    /// The build has no database encryption (`vault.not_encrypted`).
    #[error("this build has no working database encryption")]
    NotEncrypted,
    /// No such device (`desk.unknown_device`).
    #[error("there is no device of this id")]
    UnknownDevice,
    /// Somebody decided already, or the time to decide is over (`desk.not_waiting`).
    #[error("it does not wait to be decided")]
    NotWaiting,
    /// HQ has not confirmed this service desk yet (`desk.not_confirmed`).
    #[error("HQ has not confirmed this desk yet")]
    NotConfirmed,
    /// The referral cannot take this step now (`referral.state`).
    #[error("the referral cannot take this step now")]
    ReferralState,
    /// This role may not do it (`desk.not_allowed`).
    #[error("this role may not do it")]
    NotAllowed,
    /// Two people are needed, and this one has signed already (`desk.same_person`).
    #[error("another person has to sign")]
    SamePerson,
    /// The directory does not name this officer yet (`desk.directory_due`).
    #[error("the directory does not name this officer yet")]
    DirectoryDue,
    /// It needs a key that is not in use here (`desk.sealed`).
    #[error("the key that opens this is not in use here")]
    Sealed,
    /// Two different shares of the recovery secret are needed (`desk.shares`).
    #[error("two different shares of the recovery secret are needed")]
    Shares,
    /// Put back from a copy, and the relay's log was not read back yet (`desk.restored`).
    #[error("the desk was put back from a copy and has not read the relay's log yet")]
    Restored,
    /// A reason is missing, or says nothing (`session.reason`).
    #[error("a reason is missing")]
    NoReason,
    /// Nobody at HQ says yes for a person (`referral.consent`).
    #[error("the person said otherwise last")]
    NoConsent,
    /// HQ ended this service desk (`desk.revoked`).
    #[error("HQ ended this desk")]
    Revoked,
    /// Parts of the file have not come, or are not verified (`desk.file_parts`).
    #[error("parts of this file have not come yet")]
    FileParts,
    /// The parts together are not the file that the record names (`desk.file_wrong`).
    #[error("the parts are not the file that the record names")]
    FileWrong,
    /// No such record (`desk.unknown_record`).
    #[error("there is no record of this id")]
    UnknownRecord,
    /// The page is only served on this machine (`desk.not_loopback`).
    #[error("the page is only served on a loopback address")]
    NotLoopback,
    /// The relay's address is not usable: HTTPS, or plain HTTP on this machine; or the certificates to trust are none
    /// (`desk.relay_address`).
    #[error("the relay's address is not usable")]
    RelayAddress,
    /// The relay did not take or give what was asked; the code says which way it failed (`sync.*`, `enrol.*`, `relay.*`).
    #[error("the relay did not do it: {0}")]
    Relay(ErrorCode),
    /// A file or the database could not be read or written (`storage.io`).
    #[error("the storage could not be read or written")]
    Storage,
    /// The storage is full (`storage.full`).
    #[error("the storage is full")]
    StorageFull,
    /// Another process holds the desk's database (`vault.busy`).
    #[error("another process holds the desk's database")]
    Busy,
    /// Sealed bytes, a signature or a key (code of the seal layer).
    #[error(transparent)]
    Seal(#[from] wayside_seal::SealError),
    /// What was to be handed out is not in its form (`services.*`, `bundle.downgrade`).
    #[error(transparent)]
    Content(#[from] wayside_screening::ScreeningError),
    /// A form does not read as one (`form.*`).
    #[error("the form does not read: {0}")]
    Form(ErrorCode),
    /// A form must not take the id of one that comes with the program (`form.forbidden`).
    #[error("a form of this id comes with the program")]
    FormForbidden,
    /// A screening form is about a person, whatever is said of it (`form.about_person`).
    #[error("a screening form is about a person")]
    FormAboutPerson,
    /// The bundle is another organisation's (`carry.foreign`).
    #[error("the bundle is another organisation's")]
    ForeignBundle,
    /// A thread panicked before; nothing was written by this call (`bug`).
    #[error("the desk is in an unknown state")]
    Bug,
}

impl DeskError {
    /// Whether it lies in what somebody brought, and not in the desk or its disk.
    pub(crate) const fn is_refusal(&self) -> bool {
        matches!(self, Self::Content(_) | Self::Form(_) | Self::FormForbidden | Self::FormAboutPerson | Self::NoReason)
    }
}

impl Coded for DeskError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Content(error) => error.code(),
            Self::FormForbidden => ErrorCode::FormForbidden,
            Self::FormAboutPerson => ErrorCode::FormAboutPerson,
            Self::ForeignBundle => ErrorCode::CarryForeign,
            Self::Form(code) => *code,
            Self::Locked => ErrorCode::DeskLocked,
            Self::Sealed => ErrorCode::DeskSealed,
            Self::Exists => ErrorCode::DeskExists,
            Self::Missing => ErrorCode::DeskMissing,
            Self::Damaged => ErrorCode::DeskDamaged,
            Self::Newer => ErrorCode::DeskNewer,
            Self::NotEncrypted => ErrorCode::VaultNotEncrypted,
            Self::UnknownDevice => ErrorCode::DeskUnknownDevice,
            Self::NotWaiting => ErrorCode::DeskNotWaiting,
            Self::NotConfirmed => ErrorCode::DeskNotConfirmed,
            Self::ReferralState => ErrorCode::ReferralState,
            Self::NotAllowed => ErrorCode::DeskNotAllowed,
            Self::SamePerson => ErrorCode::DeskSamePerson,
            Self::DirectoryDue => ErrorCode::DeskDirectoryDue,
            Self::Shares => ErrorCode::DeskShares,
            Self::Restored => ErrorCode::DeskRestored,
            Self::NoReason => ErrorCode::SessionReason,
            Self::NoConsent => ErrorCode::ReferralConsent,
            Self::Revoked => ErrorCode::DeskRevoked,
            Self::FileParts => ErrorCode::DeskFileParts,
            Self::FileWrong => ErrorCode::DeskFileWrong,
            Self::UnknownRecord => ErrorCode::DeskUnknownRecord,
            Self::NotLoopback => ErrorCode::DeskNotLoopback,
            Self::RelayAddress => ErrorCode::DeskRelayAddress,
            Self::Relay(code) => *code,
            Self::Storage => ErrorCode::StorageIo,
            Self::StorageFull => ErrorCode::StorageFull,
            Self::Busy => ErrorCode::VaultBusy,
            Self::Seal(error) => error.code(),
            Self::Bug => ErrorCode::Bug,
        }
    }
}

impl From<rusqlite::Error> for DeskError {
    /// Keeps the class only: SQLite's text can name tables and values.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Sqlite;
        match error.sqlite_error_code() {
            Some(Sqlite::DiskFull) => Self::StorageFull,
            Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => Self::Busy,
            Some(Sqlite::NotADatabase | Sqlite::DatabaseCorrupt) => Self::Damaged,
            _ => Self::Storage,
        }
    }
}

impl From<std::io::Error> for DeskError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::StorageFull,
            _ => Self::Storage,
        }
    }
}

impl From<wayside_model::Malformed> for DeskError {
    /// Only our own stored bytes are read this way.
    fn from(_: wayside_model::Malformed) -> Self {
        Self::Damaged
    }
}

impl From<wayside_forms::FormError> for DeskError {
    fn from(error: wayside_forms::FormError) -> Self {
        Self::Form(error.code())
    }
}
