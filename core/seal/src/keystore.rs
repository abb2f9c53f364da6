//! The device's key store, which the host implements. It takes part in each guess of the secret.

use wayside_model::{Coded, ErrorCode};

/// What holds the key store's keys. The host says it, the core maps it to the shortest secret it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HardwareLevel {
    /// Nothing: the key store adds no secret of its own.
    None,
    /// A file or the operating system's process; copied together with the flash.
    Software,
    /// A trusted execution environment of the main processor.
    Tee,
    /// Android StrongBox, a processor of its own.
    StrongBox,
    /// Apple's Secure Enclave.
    SecureEnclave,
}

impl wayside_model::LogSafe for HardwareLevel {}

/// Why a key store did not answer. None of these is ever counted as a wrong PIN, and none wipes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyStoreError {
    /// It cannot be reached now. Code `keystore.unavailable`.
    #[error("the key store is not available")]
    Unavailable,
    /// The person cancelled its prompt. Code `keystore.cancelled`.
    #[error("the key store's prompt was cancelled")]
    UserCancelled,
    /// The key is gone for good. Code `vault.key_lost`.
    #[error("the key store no longer has the key")]
    Invalidated,
    /// The host failed in a way it has no word for. Code `keystore.unavailable`.
    #[error("the key store failed")]
    Unexpected,
}

impl Coded for KeyStoreError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Unavailable | Self::Unexpected => ErrorCode::KeyStoreUnavailable,
            Self::UserCancelled => ErrorCode::KeyStoreCancelled,
            Self::Invalidated => ErrorCode::VaultKeyLost,
        }
    }
}

/// Keys that never leave the hardware. Called from the core's own threads, one call at a time.
pub trait KeyStore: Send + Sync {
    /// What holds the keys.
    fn level(&self) -> HardwareLevel;
    /// Makes a key under this alias. Does nothing where there is one.
    fn create(&self, alias: &str) -> Result<(), KeyStoreError>;
    /// HMAC-SHA-256 of `data` under the key, or any other keyed function of at least 32 bytes that always gives the same.
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError>;
    /// Destroys the key. Does nothing where there is none.
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError>;
    /// Whether the hardware itself limits how often a key is used.
    fn limited_use(&self) -> bool;
}
