//! Why a command did not do what it was asked.

use std::io;

use wayside_field::{FieldError, Place};
use wayside_model::{Coded, ErrorCode};

/// Why a command failed. Names no file, person or secret: what the user typed, the user knows.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The core of a device refused.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The desk refused.
    #[error(transparent)]
    Desk(#[from] wayside_desk::DeskError),
    /// The relay refused.
    #[error(transparent)]
    Relay(#[from] wayside_relay::RelayError),
    /// Something was sealed, signed or enrolled wrongly.
    #[error(transparent)]
    Seal(#[from] wayside_seal::SealError),
    /// A file named by the user, or a stream, could not be read or written.
    #[error("{what}: {}", kind_text(*kind))]
    File {
        /// Which file, in the words of the help.
        what: &'static str,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// A code of the table, with a place in words.
    #[error("{place}")]
    At {
        /// The code.
        code: ErrorCode,
        /// Where.
        place: String,
    },
    /// The command was not used as its help says.
    #[error("{0}")]
    Usage(String),
    /// The demo could not go on.
    #[error("{0}")]
    Demo(String),
    /// The demo has told, in its summary, what does not hold.
    #[error("these checks failed: {0}")]
    Checks(String),
}

impl CliError {
    /// The exit code: 2 for a command that was not used as its help says, 1 for all else.
    pub(crate) fn exit_code(&self) -> u8 {
        if self.code() == ErrorCode::Usage { 2 } else { 1 }
    }

    /// Whether the command's own document has said it already.
    pub(crate) const fn is_told(&self) -> bool {
        matches!(self, Self::Checks(_))
    }

    /// Makes an I/O error into one that says which file it was, in the words of the help.
    pub(crate) fn file(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::File { what, kind: error.kind() }
    }

    /// Where it went wrong, if more is known than the code.
    pub(crate) fn place(&self) -> Option<String> {
        match self {
            Self::Field(error) => match error.place {
                Place::None => None,
                Place::Line { line, column } => Some(format!("line {line}, column {column}")),
                Place::Entry(number) => Some(format!("entry {number}")),
                Place::Gate(gate) => Some(format!("gate {}", gate.name())),
                Place::Seconds(seconds) => Some(format!("{seconds} seconds left")),
            },
            Self::Desk(wayside_desk::DeskError::Content(error)) => Some(error.to_string()),
            Self::Desk(_) | Self::Relay(_) | Self::Seal(_) => None,
            Self::File { .. } | Self::At { .. } | Self::Usage(_) | Self::Demo(_) | Self::Checks(_) => {
                Some(self.to_string())
            }
        }
    }
}

impl Coded for CliError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Field(error) => error.code(),
            Self::Desk(error) => error.code(),
            Self::Relay(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::File { .. } => ErrorCode::StorageIo,
            Self::At { code, .. } => *code,
            Self::Usage(_) => ErrorCode::Usage,
            Self::Demo(_) | Self::Checks(_) => ErrorCode::DemoCheck,
        }
    }
}

fn kind_text(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "is not there",
        io::ErrorKind::PermissionDenied => "may not be opened",
        io::ErrorKind::AlreadyExists => "is there already",
        io::ErrorKind::InvalidData => "is not plain text",
        io::ErrorKind::AddrInUse => "the address is in use",
        _ => "could not be read or written",
    }
}
