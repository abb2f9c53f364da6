//! What can go wrong in the relay itself. What it refuses to others is in `answer`.

use wayside_model::{Coded, ErrorCode};

/// The relay cannot start, or cannot do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The database refused; nothing was acknowledged.
    #[error("database error {sqlite}")]
    Database {
        /// SQLite's extended result code.
        sqlite: i32,
    },
    /// The disk is full; nothing was acknowledged.
    #[error("the disk is full")]
    Full,
    /// The database does not take the settings that durability rests on.
    #[error("the database does not keep its promises: {0}")]
    Setting(&'static str),
    /// The database was written by a newer version.
    #[error("the database is of a newer version")]
    NewerSchema,
    /// A file of the folder cannot be read or written.
    #[error("a file of the relay: {0}")]
    File(std::io::ErrorKind),
    /// The desk's token file is not what the relay wrote. It is not replaced.
    #[error("the desk-token file is damaged")]
    DeskToken,
    /// No random bytes.
    #[error("no random bytes")]
    Random,
    /// The address cannot be listened on.
    #[error("cannot listen: {0}")]
    Listen(std::io::ErrorKind),
    /// More requests wait than the relay takes at once.
    #[error("too much to do at present")]
    Busy,
    /// The relay is stopping, or a part of it has stopped.
    #[error("the relay has stopped")]
    Stopped,
}

impl Coded for RelayError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Database { .. } | Self::Setting(_) | Self::File(_) | Self::DeskToken | Self::Random => {
                ErrorCode::RelayStorage
            }
            Self::Full => ErrorCode::StorageFull,
            Self::NewerSchema => ErrorCode::RelayNewerSchema,
            Self::Listen(_) => ErrorCode::RelayListen,
            Self::Busy | Self::Stopped => ErrorCode::SyncTransient,
        }
    }
}

impl From<rusqlite::Error> for RelayError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(error) if error.code == rusqlite::ErrorCode::DiskFull => Self::Full,
            Some(error) => Self::Database { sqlite: error.extended_code },
            // A value of an unexpected type or length: SQLITE_CORRUPT.
            None => Self::Database { sqlite: 11 },
        }
    }
}

impl From<std::io::Error> for RelayError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull { Self::Full } else { Self::File(error.kind()) }
    }
}
