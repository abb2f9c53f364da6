//! Cancelling. A call is never abandoned: the token is set, the call ends by itself and leaves nothing half-done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use wayside_model::ErrorCode;

use crate::error::FieldError;
use crate::ports::Transport;

/// Ends a running call from another thread. Can be given to one call or to several.
#[derive(Default)]
pub struct CancelToken {
    cancelled: AtomicBool,
    transport: Mutex<Option<Arc<dyn Transport>>>,
}

impl CancelToken {
    /// A token that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the token, for good. Aborts the transport of a running sync on this thread, so a dead link does not hold it.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        let transport = self.watched().clone();
        if let Some(transport) = transport {
            transport.abort();
        }
    }

    /// Whether it is set.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    pub(crate) fn check(&self) -> Result<(), FieldError> {
        if self.is_cancelled() { Err(ErrorCode::Cancelled.into()) } else { Ok(()) }
    }

    pub(crate) fn watch(&self, transport: Option<Arc<dyn Transport>>) {
        *self.watched() = transport;
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Option<Arc<dyn Transport>>> {
        self.transport.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
