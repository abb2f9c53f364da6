//! Sync: what goes to the relay and comes back, and a sync that the host drives step by step.
use crate::error::FieldError;
use crate::foreign::TransportError;
use crate::guard::Guarded;
use crate::values::moment;
use std::sync::Arc;
use std::time::SystemTime;
use wayside_field as field;

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HttpMethod {
    /// GET.
    Get,
    /// PUT.
    Put,
    /// POST.
    Post,
}

/// One header field. No `Debug`: it may be the upload token.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Header {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// One request to the relay. Send it as it is, and log nothing of it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct WireRequest {
    /// Names it in `complete` and `fail`.
    pub id: u64,
    /// Method.
    pub method: HttpMethod,
    /// Absolute address.
    pub url: String,
    /// Header fields.
    pub headers: Vec<Header>,
    /// Body; empty for none.
    pub body: Vec<u8>,
}

/// What came back, whoever sent it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct WireResponse {
    /// Status code, whatever it is.
    pub status: u16,
    /// The `Content-Type` field, empty if there was none.
    pub content_type: String,
    /// `Retry-After` in seconds, if it was a number.
    #[uniffi(default = None)]
    pub retry_after_seconds: Option<u32>,
    /// Body.
    pub body: Vec<u8>,
}

/// How far a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct SyncProgress {
    /// Items the relay has taken in this sync.
    pub done: u32,
    /// Items there were to send.
    pub total: u32,
    /// Bytes sent so far, bodies only.
    pub bytes: u64,
    /// Tries that failed and will be repeated.
    pub failures: u32,
}

/// What a sync did. Only the queue says what HQ has.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// How far it came.
    pub progress: SyncProgress,
    /// Control entries that came in.
    pub received: u32,
    /// Items of other devices, carried here, that the relay has taken in this sync. They are carried on until HQ has them.
    pub carried: u32,
    /// Items that a neighbour took to carry, where this was a sync with one. They wait for the relay as before.
    #[uniffi(default = 0)]
    pub with_neighbour: u32,
    /// Items set aside: kept, and a person has to look.
    pub set_aside: u32,
    /// Everything was sent and everything fetched.
    pub complete: bool,
    /// Why it is not complete, by code; what a neighbour refused among it.
    pub obstacle: Option<String>,
    /// When trying again is worth it, where that is known.
    pub retry_at: Option<SystemTime>,
}

/// What the host does next.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SyncStep {
    /// Send this, then call `complete` or `fail` with its id.
    Send {
        /// What to send.
        request: WireRequest,
    },
    /// Ask again at this time.
    Wait {
        /// When.
        until: SystemTime,
    },
    /// Nothing is left to do.
    Done {
        /// What it did.
        report: SyncReport,
    },
}

/// One sync that the host drives, for transfers the system runs while the process sleeps.
#[derive(uniffi::Object)]
pub struct SyncSession {
    core: Guarded<field::SyncSession>,
}

impl SyncSession {
    pub(crate) fn new(core: field::SyncSession) -> Arc<Self> {
        Arc::new(Self { core: Guarded::new(core) })
    }
}

#[uniffi::export]
impl SyncSession {
    /// What to do next. Asking twice without an answer in between gives the same request.
    pub fn next_step(&self) -> Result<SyncStep, FieldError> {
        self.core.call(|core| Ok(core.next_step()?.into()))
    }

    /// Gives back what the relay answered.
    pub fn complete(&self, request_id: u64, response: WireResponse) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.complete(request_id, response.into())?))
    }

    /// Says that there was no answer.
    pub fn fail(&self, request_id: u64, failure: TransportError) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.fail(request_id, failure.into())?))
    }

    /// How far it is.
    pub fn progress(&self) -> Result<SyncProgress, FieldError> {
        self.core.call(|core| Ok(core.progress().into()))
    }
}

impl From<field::WireRequest> for WireRequest {
    fn from(request: field::WireRequest) -> Self {
        let method = match request.method {
            field::Method::Get => HttpMethod::Get,
            field::Method::Put => HttpMethod::Put,
            field::Method::Post => HttpMethod::Post,
        };
        let headers = request.headers.into_iter().map(|(name, value)| Header { name, value }).collect();
        Self { id: request.id, method, url: request.url, headers, body: request.body }
    }
}

impl From<WireResponse> for field::WireResponse {
    fn from(response: WireResponse) -> Self {
        Self {
            status: response.status,
            content_type: response.content_type,
            retry_after_seconds: response.retry_after_seconds,
            body: response.body,
        }
    }
}

impl From<field::SyncProgress> for SyncProgress {
    fn from(progress: field::SyncProgress) -> Self {
        Self { done: progress.done, total: progress.total, bytes: progress.bytes, failures: progress.failures }
    }
}

impl From<field::SyncReport> for SyncReport {
    fn from(report: field::SyncReport) -> Self {
        Self {
            progress: report.progress.into(),
            received: report.received,
            carried: report.carried,
            with_neighbour: report.with_neighbour,
            set_aside: report.set_aside,
            complete: report.complete,
            obstacle: report.obstacle.map(|code| code.as_str().to_owned()),
            retry_at: report.retry_at.map(moment),
        }
    }
}

impl From<field::SyncStep> for SyncStep {
    fn from(step: field::SyncStep) -> Self {
        match step {
            field::SyncStep::Send(request) => Self::Send { request: request.into() },
            field::SyncStep::Wait(until) => Self::Wait { until: moment(until) },
            field::SyncStep::Done(report) => Self::Done { report: report.into() },
        }
    }
}
