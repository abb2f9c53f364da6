//! A phone nearby that carries, with no file between: what this device answers to a neighbour that hands over to it, and
//! handing over to one. The host has the socket; both ends work while the vault is locked. What is taken here is carried as
//! what a bundle brings ([`crate::BundleReport`]): under the quota, until HQ's receipt comes.
//!
//! A neighbour is not the relay. It is never shown the upload token, its answers are of another media type, and what it takes
//! goes on waiting here for the relay.

use std::path::PathBuf;
use std::sync::Arc;

use wayside_model::{Coded as _, ErrorCode};
use wayside_seal::{VerifyingKey, random};
use wayside_sync::carrier_side::{Asked, CarrierSide};
use wayside_sync::{Method, Response, wire};
use wayside_vault::VaultError;
use wayside_vault::outbox::Outbox;

use crate::cancel::CancelToken;
use crate::carried;
use crate::carry;
use crate::error::FieldError;
use crate::outbox_session::OutboxSession;
use crate::ports::{Clock, ProgressListener, Transport, WireResponse};
use crate::recorder::{LogLevel, record};
use crate::sync_run::{self, SyncReport, SyncSession};
use crate::vault::Vault;

/// A request of a neighbour as the host's socket received it. No `Debug`: it holds the code.
pub struct CarryRequest {
    /// Method.
    pub method: Method,
    /// Path with query, without the host.
    pub path: String,
    /// The `Authorization` field, empty where there was none.
    pub authorization: String,
    /// Body, of [`LARGEST_CARRY_BODY`] bytes at most: the host cuts off or refuses what is longer.
    pub body: Vec<u8>,
}

/// Longest body of a neighbour's request, in bytes.
pub const LARGEST_CARRY_BODY: usize = wire::MAX_BODY_BYTES;

/// This device as the one that carries, for as long as its code is shown. What came in parts and is not whole is kept in
/// memory only, under the quota; it begins anew with another session.
pub struct CarrySession {
    directory: PathBuf,
    clock: Arc<dyn Clock>,
    side: CarrierSide,
}

impl CarrySession {
    /// What the neighbour has to type or scan: 16 hexadecimal digits, new with each session. It lets items in, and says
    /// nothing of what is here but HQ's own entries for the device that asks.
    pub fn code(&self) -> &str {
        self.side.code()
    }

    /// Answers one request. Send the answer as it is, with the media type it names. What it says was taken is on the disk.
    /// It never fails: what cannot be taken is refused by code, `carry.stranger`, `carry.foreign`, `carry.full`,
    /// `seal.malformed` and `sync.conflict` among them; where the storage does not take it, the neighbour tries again.
    pub fn answer(&mut self, request: &CarryRequest) -> WireResponse {
        let Response { status, content_type, body, retry_after_s } = self.try_answer(request).unwrap_or_else(|error| {
            record(LogLevel::Warning, error.code().as_str(), 0);
            CarrierSide::unable(error.code())
        });
        WireResponse { status, content_type, retry_after_seconds: retry_after_s, body }
    }

    fn try_answer(&mut self, request: &CarryRequest) -> Result<Response, VaultError> {
        let (outbox, now) = (Outbox::open(&self.directory)?, self.clock.now());
        let code = request.authorization.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let asked = Asked {
            method: request.method,
            path: &request.path,
            code: code.map(|(_, code)| code.trim()),
            body: &request.body,
        };
        if request.method == Method::Get || !self.side.is_known(&asked) {
            return Ok(self.side.answer(&asked, &mut carried::load(&outbox, now)?, now));
        }
        carried::change(&outbox, now, |carrier| {
            let before = carrier.count();
            let answer = self.side.answer(&asked, carrier, now);
            if carrier.count() > before {
                record(LogLevel::Info, "carry.taken", carrier.count() as u64);
            }
            answer
        })
    }
}

impl OutboxSession {
    /// Begins to carry for neighbours: the host listens, hands each request to [`CarrySession::answer`], and shows
    /// [`CarrySession::code`] to those who stand beside the phone. Anybody on the same network can knock; without the code
    /// nothing is taken and nothing said.
    ///
    /// Errors: `vault.locked` where HQ's keys were never noted here: open the vault once; `storage.*`.
    pub fn begin_carry(&self) -> Result<CarrySession, FieldError> {
        let outbox = Outbox::open(self.directory())?;
        let hq = carry::hq(&outbox)?;
        let code = wire::hex(&random::bytes::<8>()?);
        let side = CarrierSide::new(hq.tenant, outbox.config().device, code);
        Ok(CarrySession { directory: self.directory().to_owned(), clock: self.clock(), side })
    }

    /// Offers all that waits here to the phone at `address`, which carries and shows `code`, and takes in HQ's entries that it
    /// holds for this device, each checked against HQ's key. Everything goes on waiting for the relay: the report's
    /// `with_neighbour` counts what that phone took, `obstacle` says by code what it refused. Where nobody answers it waits five
    /// seconds in all and not a minute as for the relay: somebody stands there and looks.
    ///
    /// Errors: as [`OutboxSession::begin_carry`]; `cancelled`; `signature.wrong` where that phone brings what HQ did not sign.
    pub fn sync_with_neighbour(
        &self,
        address: &str,
        code: &str,
        transport: Arc<dyn Transport>,
        cancel: &CancelToken,
        listener: Option<&dyn ProgressListener>,
    ) -> Result<SyncReport, FieldError> {
        let mut session = SyncSession::with_neighbour(self.directory(), self.clock(), address, code)?;
        sync_run::drive(&mut session, transport, cancel, listener)
    }
}

impl Vault {
    /// As [`OutboxSession::begin_carry`].
    ///
    /// Errors: as there; `vault.training`.
    pub fn begin_carry(&self) -> Result<CarrySession, FieldError> {
        self.without_secret()?.begin_carry()
    }

    /// As [`OutboxSession::sync_with_neighbour`]; what HQ sent counts at once. In a decoy as [`Vault::sync`].
    ///
    /// Errors: as there; `vault.training`; `vault.wiped_by_order` as [`Vault::sync`].
    pub fn sync_with_neighbour(
        &self,
        address: &str,
        code: &str,
        transport: Arc<dyn Transport>,
        cancel: &CancelToken,
        listener: Option<&dyn ProgressListener>,
    ) -> Result<SyncReport, FieldError> {
        if self.inner.is_training()? {
            return Err(ErrorCode::VaultTraining.into());
        }
        let (directory, clock) = (&self.inner.directory, Arc::clone(&self.inner.clock));
        let session = self.showing(SyncSession::with_neighbour(directory, clock, address, code)?)?;
        self.drive(session, transport, cancel, listener)
    }
}

/// By whose key HQ's entries that a neighbour brings are checked, and of whose organisation it has to be.
pub(crate) fn trusted(outbox: &Outbox, code: &str) -> Result<(wayside_sync::Neighbour, VerifyingKey), FieldError> {
    let (hq, own) = (carry::hq(outbox)?, outbox.config().device);
    let neighbour = wayside_sync::Neighbour { tenant: hq.tenant, own, code: code.trim().to_owned() };
    Ok((neighbour, VerifyingKey::from_bytes(hq.desk)))
}
