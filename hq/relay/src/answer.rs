//! Answers: one media type, a stable code in every refusal, nothing about anybody.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use wayside_model::{Coded, ErrorCode};
use wayside_sync::wire::{MEDIA_TYPE, Problem, Stored, encode};

use crate::RelayError;

/// Shortest `Retry-After`, in seconds.
const RETRY_AFTER_S: u16 = 5;
/// Devices told to come back later are spread over so many seconds more, so that they do not come back together.
const RETRY_SPREAD_S: u16 = 120;

/// A success.
pub(crate) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    /// A body of the wire.
    pub(crate) fn of<T: minicbor::Encode<()>>(body: &T) -> Self {
        Self::bytes(encode(body))
    }
    /// Bytes that have their own form.
    pub(crate) const fn bytes(body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, body }
    }
    /// "Held, durably": 201 the first time, 200 after that.
    pub(crate) fn stored(sha256: [u8; 32], new: bool) -> Self {
        Self { status: if new { StatusCode::CREATED } else { StatusCode::OK }, body: encode(&Stored { sha256 }) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")];
        (self.status, headers, self.body).into_response()
    }
}

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: ErrorCode,
}

impl Refusal {
    pub(crate) const fn new(status: StatusCode, code: ErrorCode) -> Self {
        Self { status, code }
    }
    /// Nothing here.
    pub(crate) const NOT_FOUND: Self = Self::new(StatusCode::NOT_FOUND, ErrorCode::RelayNotFound);
    /// The same id with other bytes.
    pub(crate) const CONFLICT: Self = Self::new(StatusCode::CONFLICT, ErrorCode::SyncConflict);
    /// The query or the body is not understood.
    pub(crate) const MALFORMED: Self = Self::new(StatusCode::BAD_REQUEST, ErrorCode::SyncRefused);
    /// The body is beyond the limit.
    pub(crate) const TOO_LARGE: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::SyncRefused);
    /// The body did not come in time.
    pub(crate) const SLOW: Self = Self::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::SyncTransient);
    /// Asked too often.
    pub(crate) const TOO_MANY: Self = Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::SyncTransient);
    /// More at once than there is memory for.
    pub(crate) const BUSY: Self = Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::SyncTransient);
    /// What is held for this device leaves no room until the desk deletes some of it.
    pub(crate) const QUOTA: Self = Self::new(StatusCode::INSUFFICIENT_STORAGE, ErrorCode::StorageFull);

    /// This device has carried as much for others as it may.
    pub(crate) const CARRIED_ENOUGH: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::CarryFull);

    pub(crate) const fn code(&self) -> ErrorCode {
        self.code
    }
}

impl From<RelayError> for Refusal {
    fn from(error: RelayError) -> Self {
        let status = match error {
            RelayError::Busy | RelayError::Stopped | RelayError::Server { .. } | RelayError::Blobs => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            RelayError::Full => StatusCode::INSUFFICIENT_STORAGE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.code())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem { code: self.code.as_str().to_owned() };
        let mut response = Answer { status: self.status, body: encode(&problem) }.into_response();
        if self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s()));
        }
        // For the log: the code, never the body.
        response.extensions_mut().insert(self);
        response
    }
}

/// A wish that differs from one to the next.
pub(crate) fn retry_after_s() -> u16 {
    // Without random bytes all get the same wish; their own jitter still spreads them.
    RETRY_AFTER_S + u16::from_be_bytes(wayside_seal::random::bytes().unwrap_or([0; 2])) % RETRY_SPREAD_S
}
