//! Cancelling, as the host sees it.
use crate::guard::guard_or;
use std::sync::Arc;
use wayside_field as field;

/// Ends a running call from another thread: the call comes back by itself with the code `cancelled`. Setting it is for
/// good; take a new token for the next call.
#[derive(Default, uniffi::Object)]
pub struct CancelToken {
    pub(crate) core: field::CancelToken,
}

#[uniffi::export]
impl CancelToken {
    /// A token that is not set.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Sets it, and calls `Transport.abort` on this thread where a sync is waiting for the network. Twice is fine.
    pub fn cancel(&self) {
        guard_or((), || self.core.cancel());
    }

    /// Whether it is set.
    pub fn is_cancelled(&self) -> bool {
        self.core.is_cancelled()
    }
}
