//! Classes of failure; each has its own way to go on.

use minicbor::{Decode, Encode};
use wayside_model::{Coded, ErrorCode};

/// Why sending waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum SyncClass {
    /// No network. Not counted against any item.
    #[n(0)]
    NoPath,
    /// The link is too slow or dead.
    #[n(1)]
    Timeout,
    /// A captive portal or another stranger answers. Nothing is sent on until the relay shows itself.
    #[n(2)]
    Impostor,
    /// The relay is overloaded, down or of another version.
    #[n(3)]
    Transient,
    /// The relay does not know this device (any more). Uploads pause, all is kept, the control log is still read.
    #[n(4)]
    Credential,
    /// An answer that does not fit what was sent.
    #[n(5)]
    Integrity,
    /// The device's own storage does not take the result.
    #[n(6)]
    Storage,
}

impl Coded for SyncClass {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NoPath => ErrorCode::SyncNoPath,
            Self::Timeout => ErrorCode::SyncTimeout,
            Self::Impostor => ErrorCode::SyncImpostor,
            Self::Transient => ErrorCode::SyncTransient,
            Self::Credential => ErrorCode::SyncCredential,
            Self::Integrity => ErrorCode::SyncIntegrity,
            Self::Storage => ErrorCode::StorageIo,
        }
    }
}

impl wayside_model::LogSafe for SyncClass {}
