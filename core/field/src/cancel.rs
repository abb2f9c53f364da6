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
    transports: Mutex<Vec<Arc<dyn Transport>>>,
}

impl CancelToken {
    /// A token that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the token, for good. Aborts the transports of running syncs on this thread, so a dead link does not hold it.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        let transports = self.watched().clone();
        transports.iter().for_each(|transport| transport.abort());
    }

    /// Whether it is set.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    pub(crate) fn check(&self) -> Result<(), FieldError> {
        if self.is_cancelled() { Err(ErrorCode::Cancelled.into()) } else { Ok(()) }
    }

    /// A call uses this transport from now on.
    pub(crate) fn watch(&self, transport: &Arc<dyn Transport>) {
        self.watched().push(Arc::clone(transport));
    }

    /// A call has ended.
    pub(crate) fn unwatch(&self, transport: &Arc<dyn Transport>) {
        let mut watched = self.watched();
        if let Some(at) = watched.iter().position(|other| Arc::ptr_eq(other, transport)) {
            watched.swap_remove(at);
        }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Vec<Arc<dyn Transport>>> {
        self.transports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{WireRequest, WireResponse};
    use std::sync::atomic::AtomicU32;
    use wayside_sync::Failure;

    #[derive(Default)]
    struct Aborted(AtomicU32);

    impl Transport for Aborted {
        fn exchange(&self, _: WireRequest) -> Result<WireResponse, Failure> {
            Err(Failure::NoPath)
        }
        fn abort(&self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn every_call_that_runs_is_aborted_and_none_that_has_ended() {
        let (token, transports) = (CancelToken::new(), [0, 1, 2].map(|_| Arc::new(Aborted::default())));
        let watched = transports.clone().map(|transport| transport as Arc<dyn Transport>);
        watched.iter().for_each(|transport| token.watch(transport));
        token.unwatch(&watched[1]);
        token.cancel();
        assert_eq!(transports.map(|transport| transport.0.load(Ordering::SeqCst)), [1, 0, 1]);
    }
}
