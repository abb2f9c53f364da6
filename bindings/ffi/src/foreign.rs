//! What the host fills in, and the adapters that the core sees. Whatever a host throws arrives as one word without text:
//! an exception's text can hold a name, a path or a whole stack.
use crate::sync::{SyncProgress, WireRequest, WireResponse};
use crate::values::HardwareLevel;
use std::sync::Arc;
use wayside_field as field;

/// The device's key store. Its keys never leave the hardware; it takes part in every guess of the secret.
#[uniffi::export(foreign)]
pub trait KeyStore: Send + Sync {
    /// What holds the keys. It decides how long a secret must be; failing to say counts as nothing.
    fn level(&self) -> Result<HardwareLevel, KeyStoreError>;
    /// Makes a key under this alias. Does nothing where there is one.
    fn create(&self, alias: String) -> Result<(), KeyStoreError>;
    /// HMAC-SHA-256 of `data` under the key, or any other keyed function of at least 32 bytes that always gives the same.
    fn mac(&self, alias: String, data: Vec<u8>) -> Result<Vec<u8>, KeyStoreError>;
    /// Destroys the key. Does nothing where there is none.
    fn delete(&self, alias: String) -> Result<(), KeyStoreError>;
    /// Whether the hardware itself limits how often a key is used.
    fn limited_use(&self) -> Result<bool, KeyStoreError>;
}

/// The way to the relay. Blocks on the thread that called the core.
#[uniffi::export(foreign)]
pub trait Transport: Send + Sync {
    /// One request, one response, whatever its status. Does not follow redirects: only a captive portal sends them.
    fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError>;
    /// Makes a running `exchange` end with `Cancelled` as soon as possible. Called from another thread.
    fn abort(&self) -> Result<(), TransportError>;
}

/// Hears how far a sync is. Must return quickly and must not call the vault.
#[uniffi::export(foreign)]
pub trait ProgressListener: Send + Sync {
    /// Called after every exchange. What it throws is dropped.
    fn on_progress(&self, progress: SyncProgress) -> Result<(), CallbackError>;
}

/// Hears log lines from `Warning` up.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// One line. What it throws is dropped.
    fn write(&self, line: crate::log::LogLine) -> Result<(), CallbackError>;
}

/// Why a key store did not answer. None of these counts as a wrong secret, and none deletes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeyStoreError {
    /// It cannot be reached now.
    #[error("unavailable")]
    Unavailable,
    /// The person cancelled its prompt.
    #[error("cancelled by the person")]
    UserCancelled,
    /// The key is gone for good.
    #[error("key invalidated")]
    Invalidated,
    /// Anything else the host threw.
    #[error("unexpected")]
    Unexpected,
}

/// Why no response came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportError {
    /// No network, no name, connection refused or reset.
    #[error("no path")]
    NoPath,
    /// No answer in time.
    #[error("timeout")]
    Timeout,
    /// The peer's certificate is not the expected one.
    #[error("untrusted peer")]
    UntrustedPeer,
    /// `abort` ended it.
    #[error("cancelled")]
    Cancelled,
    /// Anything else the host threw.
    #[error("unexpected")]
    Unexpected,
}

/// A listener or sink failed. It carries nothing, and the core goes on as if it had not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CallbackError {
    /// It failed.
    #[error("failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TransportError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CallbackError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

impl From<KeyStoreError> for field::KeyStoreError {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::Unavailable => Self::Unavailable,
            KeyStoreError::UserCancelled => Self::UserCancelled,
            KeyStoreError::Invalidated => Self::Invalidated,
            KeyStoreError::Unexpected => Self::Unexpected,
        }
    }
}

impl From<TransportError> for field::Failure {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::NoPath => Self::NoPath,
            TransportError::Timeout => Self::Timeout,
            TransportError::UntrustedPeer => Self::UntrustedPeer,
            TransportError::Cancelled => Self::Cancelled,
            TransportError::Unexpected => Self::Unexpected,
        }
    }
}

/// The host's key store as the core sees it.
pub(crate) struct Keys(pub(crate) Arc<dyn KeyStore>);

impl field::KeyStore for Keys {
    fn level(&self) -> field::HardwareLevel {
        self.0.level().map_or(field::HardwareLevel::None, Into::into)
    }
    fn create(&self, alias: &str) -> Result<(), field::KeyStoreError> {
        Ok(self.0.create(alias.to_owned())?)
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, field::KeyStoreError> {
        Ok(self.0.mac(alias.to_owned(), data.to_vec())?)
    }
    fn delete(&self, alias: &str) -> Result<(), field::KeyStoreError> {
        Ok(self.0.delete(alias.to_owned())?)
    }
    fn limited_use(&self) -> bool {
        self.0.limited_use().unwrap_or(false)
    }
}

/// The host's network as the core sees it.
pub(crate) struct Network(pub(crate) Arc<dyn Transport>);

impl field::Transport for Network {
    fn exchange(&self, request: field::WireRequest) -> Result<field::WireResponse, field::Failure> {
        Ok(self.0.exchange(request.into())?.into())
    }
    fn abort(&self) {
        // A transport that cannot be ended is waited for; there is nobody to tell.
        let _ = self.0.abort();
    }
}

/// The host's listener as the core sees it.
pub(crate) struct Listener(pub(crate) Arc<dyn ProgressListener>);

impl field::ProgressListener for Listener {
    fn on_progress(&self, progress: field::SyncProgress) {
        let _ = self.0.on_progress(progress.into());
    }
}

/// Calls with the host's link and listener as the core takes them.
pub(crate) fn linked<T>(
    transport: Arc<dyn Transport>,
    listener: Option<Arc<dyn ProgressListener>>,
    call: impl FnOnce(Arc<dyn field::Transport>, Option<&dyn field::ProgressListener>) -> T,
) -> T {
    let listener = listener.map(Listener);
    call(Arc::new(Network(transport)), listener.as_ref().map(|listener| listener as &dyn field::ProgressListener))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_host_stop_here() {
        let thrown = || uniffi::UnexpectedUniFFICallbackError { reason: "java.io.IOException: Amina.kt:12".into() };
        let all = [
            format!("{:?}", KeyStoreError::from(thrown())),
            format!("{:?}", TransportError::from(thrown())),
            format!("{:?}", CallbackError::from(thrown())),
        ];
        assert_eq!(all, ["Unexpected", "Unexpected", "Failed"]);
        assert!(format!("{:?}", thrown()).contains("Amina"), "there were words to stop");
    }
}
