//! What the engine hands out.

use wayside_model::{Coded, ErrorCode, Timestamp};

use crate::{Report, Request, StoreError, SyncClass};

/// What to do now.
pub enum Step {
    /// Carry this out, then call [`complete`](crate::Engine::complete) or [`fail`](crate::Engine::fail) with its id.
    Send(Request),
    /// Nothing to do before this moment; why. Asking earlier is allowed and changes nothing.
    WaitUntil(Timestamp, SyncClass),
    /// The round is over: everything that can go went, and the control log is read to its end. Asking again starts the
    /// next round.
    Done(Report),
}

/// Only the device's own storage can fail here; what the network does is a [`Step`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The storage could not read or keep something. Nothing was lost; the call may be repeated.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Coded for SyncError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Store(error) => error.code(),
        }
    }
}
