//! A phone nearby that carries, with no file between.
use crate::cancel::CancelToken;
use crate::error::FieldError;
use crate::foreign::{ProgressListener, Transport, linked};
use crate::guard::Guarded;
use crate::outbox_session::OutboxSession;
use crate::sync::{HttpMethod, SyncReport, WireResponse};
use crate::vault::Vault;
use std::sync::Arc;
use wayside_field as field;

/// A request of a neighbour as the host's socket received it. Log nothing of it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct CarryRequest {
    /// Method.
    pub method: HttpMethod,
    /// Path with query, without the host.
    pub path: String,
    /// The `Authorization` field, empty where there was none.
    pub authorization: String,
    /// Body, of `largestCarryBody` bytes at most: refuse what is longer.
    pub body: Vec<u8>,
}

/// Longest body of a neighbour's request, in bytes.
#[uniffi::export]
pub fn largest_carry_body() -> u64 {
    field::LARGEST_CARRY_BODY as u64
}

/// This device as the one that carries, for as long as its code is shown. Works while the vault is locked.
#[derive(uniffi::Object)]
pub struct CarrySession {
    core: Guarded<field::CarrySession>,
}

impl CarrySession {
    pub(crate) fn new(core: field::CarrySession) -> Arc<Self> {
        Arc::new(Self { core: Guarded::new(core) })
    }
}

#[uniffi::export]
impl CarrySession {
    /// What the neighbour types or scans; new with each session.
    pub fn code(&self) -> Result<String, FieldError> {
        self.core.call(|core| Ok(core.code().to_owned()))
    }

    /// Answers one request; send the answer as it is. What it says was taken is on the disk. What cannot be taken is refused in
    /// the answer, by code.
    pub fn answer(&self, request: CarryRequest) -> Result<WireResponse, FieldError> {
        self.core.call(|core| Ok(core.answer(&request.into()).into()))
    }
}

#[uniffi::export]
impl OutboxSession {
    /// Begins to carry for neighbours: the host listens, hands each request to the session and shows its code.
    ///
    /// Errors: `vault.locked` where HQ's keys were never noted here: open the vault once; `storage.*`.
    pub fn begin_carry(&self) -> Result<Arc<CarrySession>, FieldError> {
        self.core.call(|core| Ok(CarrySession::new(core.begin_carry()?)))
    }

    /// Offers all that waits here to the phone at `address` that shows `code`, and takes in HQ's entries that it holds for this
    /// device. Everything goes on waiting for the relay.
    ///
    /// Errors: as `beginCarry`; `cancelled`; `signature.wrong` where that phone brings what HQ did not sign.
    #[uniffi::method(default(listener = None))]
    pub fn sync_with_neighbour(
        &self,
        address: String,
        code: String,
        transport: Arc<dyn Transport>,
        cancel: Arc<CancelToken>,
        listener: Option<Arc<dyn ProgressListener>>,
    ) -> Result<SyncReport, FieldError> {
        linked(transport, listener, |link, heard| {
            self.core.call(|core| Ok(core.sync_with_neighbour(&address, &code, link, &cancel.core, heard)?.into()))
        })
    }
}

#[uniffi::export]
impl Vault {
    /// As `OutboxSession.beginCarry`.
    ///
    /// Errors: as there; `vault.training`.
    pub fn begin_carry(&self) -> Result<Arc<CarrySession>, FieldError> {
        self.core.call(|core| Ok(CarrySession::new(core.begin_carry()?)))
    }

    /// As `OutboxSession.syncWithNeighbour`; what HQ sent counts at once.
    ///
    /// Errors: as there; `vault.training`; `vault.wiped_by_order` as `sync`.
    #[uniffi::method(default(listener = None))]
    pub fn sync_with_neighbour(
        &self,
        address: String,
        code: String,
        transport: Arc<dyn Transport>,
        cancel: Arc<CancelToken>,
        listener: Option<Arc<dyn ProgressListener>>,
    ) -> Result<SyncReport, FieldError> {
        linked(transport, listener, |link, heard| {
            self.core.call(|core| Ok(core.sync_with_neighbour(&address, &code, link, &cancel.core, heard)?.into()))
        })
    }
}

impl From<CarryRequest> for field::CarryRequest {
    fn from(request: CarryRequest) -> Self {
        let method = match request.method {
            HttpMethod::Get => field::Method::Get,
            HttpMethod::Put => field::Method::Put,
            HttpMethod::Post => field::Method::Post,
        };
        Self { method, path: request.path, authorization: request.authorization, body: request.body }
    }
}

impl From<field::WireResponse> for WireResponse {
    fn from(response: field::WireResponse) -> Self {
        Self {
            status: response.status,
            content_type: response.content_type,
            retry_after_seconds: response.retry_after_seconds,
            body: response.body,
        }
    }
}
