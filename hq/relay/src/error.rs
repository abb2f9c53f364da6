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
    /// The PostgreSQL server refused or cannot be reached; nothing was acknowledged.
    #[error("database server: {}", core::str::from_utf8(.state).unwrap_or("?"))]
    Server {
        /// Its SQLSTATE; `08000` where no answer came.
        state: [u8; 5],
    },
    /// The database's address is not one, or it would be spoken to in clear over a network.
    #[error("the database's address is not usable")]
    DatabaseUrl,
    /// A row does not have the form the relay writes.
    #[error("a row of another form")]
    Row,
    /// The blob store refused or cannot be reached; nothing was acknowledged.
    #[error("the blob store does not answer as it should")]
    Blobs,
    /// A certificate or its key cannot be used.
    #[error("a certificate or key cannot be used")]
    Certificate,
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
            Self::Database { .. }
            | Self::Server { .. }
            | Self::DatabaseUrl
            | Self::Row
            | Self::Blobs
            | Self::Setting(_)
            | Self::File(_)
            | Self::DeskToken
            | Self::Random => ErrorCode::RelayStorage,
            Self::Full => ErrorCode::StorageFull,
            Self::NewerSchema => ErrorCode::RelayNewerSchema,
            Self::Listen(_) | Self::Certificate => ErrorCode::RelayListen,
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

impl From<tokio_postgres::Error> for RelayError {
    fn from(error: tokio_postgres::Error) -> Self {
        // Only the state: the server's own words may quote what it was given.
        match error.code().map(|state| state.code()) {
            Some("53100") => Self::Full,
            Some(state) => Self::Server { state: state.as_bytes().try_into().unwrap_or(*b"?????") },
            None => Self::Server { state: *b"08000" },
        }
    }
}

impl From<std::io::Error> for RelayError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull { Self::Full } else { Self::File(error.kind()) }
    }
}
