//! Drives the sync engine: by itself over the host's transport, or step by step for the host.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use wayside_model::{Coded, ErrorCode, Timestamp};
use wayside_seal::random;
use wayside_sync::{Engine, Failure, ItemView, Step, Store, StoreError};
use wayside_vault::outbox::Outbox;

use crate::cancel::CancelToken;
use crate::enrol::{from_host, to_host};
use crate::error::FieldError;
use crate::ports::{Clock, ProgressListener, Transport, WireRequest, WireResponse};

/// How long one `sync` call waits in all before it gives the rest back to the host.
const PATIENCE_MILLIS: i64 = 60_000;

/// How far a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What a sync did. Only `Vault::queue_status` says what HQ has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncReport {
    /// How far it came.
    pub progress: SyncProgress,
    /// Control entries that came in.
    pub received: u32,
    /// Items set aside: kept, and a person has to look.
    pub set_aside: u32,
    /// Everything was sent and everything fetched.
    pub complete: bool,
    /// Why it is not complete, by code.
    pub obstacle: Option<ErrorCode>,
    /// When trying again is worth it, where that is known.
    pub retry_at: Option<Timestamp>,
}

/// What the host does next.
pub enum SyncStep {
    /// Send this, then call `complete` or `fail` with its id.
    Send(WireRequest),
    /// Wait until then, then ask again.
    Wait(Timestamp),
    /// Nothing is left to do.
    Done(SyncReport),
}

/// One sync, driven step by step.
pub struct SyncSession {
    engine: Engine,
    store: OutboxStore,
    relay: String,
    clock: Arc<dyn Clock>,
}

impl SyncSession {
    pub(crate) fn open(directory: &Path, clock: Arc<dyn Clock>) -> Result<Self, FieldError> {
        let outbox = Outbox::open(directory)?;
        let relay = outbox.config().relay.clone();
        let engine = Engine::new(u64::from_le_bytes(random::bytes()?));
        Ok(Self { engine, store: OutboxStore { outbox }, relay, clock })
    }

    /// What to do next. Calling it twice without an answer in between gives the same request.
    ///
    /// Errors: `sync.credential`, `storage.*`.
    pub fn next_step(&mut self) -> Result<SyncStep, FieldError> {
        Ok(match self.engine.next_step(&self.store, self.clock.now())? {
            Step::Send(request) => SyncStep::Send(to_host(&self.relay, request)),
            Step::WaitUntil(until, _) => SyncStep::Wait(until),
            Step::Done(_) => SyncStep::Done(self.report(true, None)),
        })
    }

    /// Gives back what the relay answered.
    pub fn complete(&mut self, request_id: u64, response: WireResponse) -> Result<(), FieldError> {
        let now = self.clock.now();
        Ok(self.engine.complete(&mut self.store, request_id, from_host(response), now)?)
    }

    /// Says that there was no answer.
    pub fn fail(&mut self, request_id: u64, failure: Failure) -> Result<(), FieldError> {
        let now = self.clock.now();
        self.engine.fail(request_id, failure, now);
        Ok(())
    }

    /// How far it is.
    pub fn progress(&self) -> SyncProgress {
        let progress = self.engine.progress();
        SyncProgress { done: progress.done, total: progress.total, bytes: progress.bytes, failures: progress.failures }
    }

    fn report(&self, complete: bool, retry_at: Option<Timestamp>) -> SyncReport {
        let report = self.engine.report();
        SyncReport {
            progress: self.progress(),
            received: report.control_entries,
            set_aside: u32::try_from(report.set_aside.len()).unwrap_or(u32::MAX),
            complete,
            obstacle: report.obstacle.filter(|_| !complete).map(|class| class.code()),
            retry_at,
        }
    }
}

pub(crate) fn drive(
    session: &mut SyncSession,
    transport: Arc<dyn Transport>,
    cancel: &CancelToken,
    listener: Option<&dyn ProgressListener>,
) -> Result<SyncReport, FieldError> {
    cancel.watch(&transport);
    let result = drive_watched(session, transport.as_ref(), cancel, listener);
    cancel.unwatch(&transport);
    result
}

fn drive_watched(
    session: &mut SyncSession,
    transport: &dyn Transport,
    cancel: &CancelToken,
    listener: Option<&dyn ProgressListener>,
) -> Result<SyncReport, FieldError> {
    let mut waited = 0;
    loop {
        cancel.check()?;
        match session.next_step()? {
            SyncStep::Done(report) => return Ok(report),
            SyncStep::Wait(until) => {
                let millis = until.as_millis() - session.clock.now().as_millis();
                waited += millis.max(0);
                if waited > PATIENCE_MILLIS {
                    return Ok(session.report(false, Some(until)));
                }
                sleep(millis, cancel)?;
            }
            SyncStep::Send(request) => {
                let id = request.id;
                match transport.exchange(request) {
                    Ok(response) => session.complete(id, response)?,
                    Err(failure) => {
                        cancel.check()?;
                        session.fail(id, failure)?;
                    }
                }
                if let Some(listener) = listener {
                    listener.on_progress(session.progress());
                }
            }
        }
    }
}

/// Waits in small pieces, so that a cancel is heard.
fn sleep(millis: i64, cancel: &CancelToken) -> Result<(), FieldError> {
    const PIECE: i64 = 20;
    let mut left = millis;
    while left > 0 {
        cancel.check()?;
        let piece = left.min(PIECE);
        std::thread::sleep(Duration::from_millis(piece.unsigned_abs()));
        left -= piece;
    }
    Ok(())
}

/// The engine's storage port over the outbox file.
struct OutboxStore {
    outbox: Outbox,
}

fn store_error(error: wayside_vault::VaultError) -> StoreError {
    StoreError(error.code())
}

impl Store for OutboxStore {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        let items = self.outbox.items().map_err(store_error)?;
        Ok(items
            .into_iter()
            .map(|item| ItemView {
                id: item.id,
                kind: item.kind,
                seq: item.seq,
                priority: item.priority,
                len: item.len,
                handed_over: item.handed_over,
                set_aside: item.set_aside,
            })
            .collect())
    }

    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        self.outbox.bytes(id).map_err(store_error)
    }

    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.outbox.mark_handed_over(id).map_err(store_error)
    }

    fn set_aside(&mut self, id: &[u8; 16], code: ErrorCode) -> Result<(), StoreError> {
        self.outbox.set_aside(id, code).map_err(store_error)
    }

    fn control_position(&self) -> Result<u64, StoreError> {
        self.outbox.control_position().map_err(store_error)
    }

    fn add_control(&mut self, counter: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.outbox.add_control(counter, bytes).map_err(store_error)
    }

    fn upload_token(&self) -> String {
        self.outbox.config().upload_token_hex()
    }
}
