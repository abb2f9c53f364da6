//! What the host gives: a clock, a way to the relay, ears for progress. The core owns no socket, thread or clock.

use std::time::{SystemTime, UNIX_EPOCH};

use wayside_model::Timestamp;
use wayside_sync::{Failure, Method};

use crate::sync_run::SyncProgress;

/// The host's clock.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Minutes that local time is ahead of UTC.
    fn offset_minutes(&self) -> i32;
}

/// The system's clock, in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
    fn offset_minutes(&self) -> i32 {
        0
    }
}

/// A clock that was set to a moment and runs on from there: for training, and for interviews played from files, whose
/// ages must not change with the day on which they are played.
#[derive(Debug, Clone, Copy)]
pub struct SetClock {
    ahead_millis: i64,
    offset_minutes: i32,
}

impl SetClock {
    /// A clock that shows `now` at this moment.
    pub fn starting_at(now: Timestamp, offset_minutes: i32) -> Self {
        Self { ahead_millis: now.as_millis() - SystemClock.now().as_millis(), offset_minutes }
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_millis(self.ahead_millis)
    }
    fn offset_minutes(&self) -> i32 {
        self.offset_minutes
    }
}

/// One exchange with the relay. No `Debug`: it carries the upload token.
#[derive(Clone, PartialEq, Eq)]
pub struct WireRequest {
    /// Names the exchange in `SyncSession::complete` and `fail`.
    pub id: u64,
    /// Method.
    pub method: Method,
    /// Absolute address.
    pub url: String,
    /// Header fields to send as they are; among them `Authorization`.
    pub headers: Vec<(String, String)>,
    /// Body; empty for none.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub struct WireResponse {
    /// Status code.
    pub status: u16,
    /// The `Content-Type` field, empty if there was none.
    pub content_type: String,
    /// `Retry-After` in seconds, if it was there.
    pub retry_after_seconds: Option<u32>,
    /// Body.
    pub body: Vec<u8>,
}

/// The host's network. Blocking; called on the thread that called the core, never while the core holds a lock.
pub trait Transport: Send + Sync {
    /// One request, one response. Redirects are not followed: the relay sends none, a captive portal does.
    fn exchange(&self, request: WireRequest) -> Result<WireResponse, Failure>;
    /// Ends a running `exchange` as soon as possible, and every one after it, with `Failure::Cancelled`. Called from another
    /// thread, which may be a moment before the exchange begins.
    fn abort(&self);
}

/// Hears how far a sync is. Must return quickly and must not call the vault.
pub trait ProgressListener: Send + Sync {
    /// Called after every exchange.
    fn on_progress(&self, progress: SyncProgress);
}

/// Hears log lines from `LogLevel::Warning` up.
pub trait LogSink: Send + Sync {
    /// One line.
    fn write(&self, line: crate::recorder::LogLine);
}
