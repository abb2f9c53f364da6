//! Drives the sync engine: by itself over the host's transport, or step by step for the host.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use wayside_model::{Coded, ErrorCode, Timestamp};
use wayside_seal::random;
use wayside_sync::queue::Queue;
use wayside_sync::{Engine, Failure, Step, Store as _, wire};
use wayside_vault::outbox::Outbox;
use wayside_vault::{SyncMark, VaultError};

use crate::cancel::CancelToken;
use crate::control;
use crate::enrol::{from_host, to_host_as};
use crate::error::FieldError;
use crate::neighbour;
use crate::outbox_queue::OutboxQueue;
use crate::ports::{Clock, ProgressListener, Transport, WireRequest, WireResponse};
use crate::vault::Vault;
use crate::wipe_order::{self, Obeyed};

/// How long one `sync` call waits in all before it gives the rest back to the host.
const PATIENCE_MILLIS: i64 = 60_000;
/// The same where it goes to a phone nearby: somebody stands beside it, and its address or its code may be a wrong one.
const PATIENCE_NEARBY_MILLIS: i64 = 5_000;
/// Larger items go in parts and are resumed at the byte the relay has. Below, a part costs more round trips than a cut
/// costs bytes: at 9.6 kbit/s this is a quarter of a minute.
const WHOLE_BYTES: usize = 16 * 1024;

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
    /// Items of other devices, carried here, that the relay has taken in this sync. They are carried on until HQ has them.
    pub carried: u32,
    /// Items that a neighbour took to carry, where this was a sync with one. They wait for the relay as before.
    pub with_neighbour: u32,
    /// Items set aside: kept, and a person has to look.
    pub set_aside: u32,
    /// Everything was sent and everything fetched.
    pub complete: bool,
    /// Why it is not complete, by code; what a neighbour refused among it.
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

/// One sync, driven step by step. What may go and what became of it is in the outbox's queue, so another sync, also of
/// another process, goes on where this one ends. It holds a lock in the outbox's folder until it is dropped, also while the
/// vault is suspended: in the app's own container the systems allow that.
///
/// An order to wipe this device is obeyed when it comes in, before the next step: the vault's keys are destroyed, and what is
/// sealed goes on being sent unless the order says everything. [`Vault::is_present`] says so; then [`Vault::sweep`] clears up.
pub struct SyncSession {
    directory: PathBuf,
    obeyed: Obeyed,
    engine: Engine,
    queue: OutboxQueue,
    /// Where it goes, and what is spoken there.
    address: String,
    media_type: &'static str,
    /// What is shown instead of what is sent; see [`Shown`].
    shown: Option<Shown>,
    /// None while another sync goes on.
    _mark: Option<SyncMark>,
}

/// In a decoy the worker's own outbox is sent, and the decoy's is shown: lengths of what waits there, in their order.
struct Shown(Vec<u64>);

impl Shown {
    fn of(outbox: &Outbox) -> Result<Self, VaultError> {
        let waiting = outbox.items()?.into_iter().filter(|item| !item.handed_over);
        Ok(Self(waiting.map(|item| item.len).collect()))
    }

    /// As far as the sync itself is, of what it is said to send.
    fn progress(&self, own: SyncProgress, complete: bool) -> SyncProgress {
        let total = self.0.len();
        let done = match (complete, own.total) {
            (true, _) => total,
            (false, 0) => 0,
            (false, of) => total * own.done as usize / of as usize,
        };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        SyncProgress { done: number(done), total: number(total), bytes: self.0.iter().take(done).sum(), ..own }
    }
}

impl SyncSession {
    pub(crate) fn open(directory: &Path, clock: Arc<dyn Clock>) -> Result<Self, FieldError> {
        let queue = OutboxQueue::new(Outbox::open(directory)?, clock);
        let address = queue.relay();
        Self::begin(directory, engine()?, queue, address, wire::MEDIA_TYPE)
    }

    /// With a phone nearby that carries, in place of the relay.
    pub(crate) fn with_neighbour(
        directory: &Path,
        clock: Arc<dyn Clock>,
        address: &str,
        code: &str,
    ) -> Result<Self, FieldError> {
        let outbox = Outbox::open(directory)?;
        let (to, desk) = neighbour::trusted(&outbox, code)?;
        let queue = OutboxQueue::new(outbox, clock).checking(desk);
        Self::begin(directory, engine()?.to_neighbour(to), queue, address.to_owned(), wire::CARRIER_MEDIA_TYPE)
    }

    fn begin(
        directory: &Path,
        engine: Engine,
        queue: OutboxQueue,
        address: String,
        media_type: &'static str,
    ) -> Result<Self, FieldError> {
        let mark = queue.begin()?;
        let mut session = Self {
            directory: directory.to_owned(),
            obeyed: Obeyed::Nothing,
            engine,
            queue,
            address,
            media_type,
            shown: None,
            _mark: mark,
        };
        // What an earlier sync brought in and was cut off before.
        session.obey()?;
        Ok(session)
    }

    /// Shows what waits in this outbox, of a decoy, in place of what is sent.
    pub(crate) fn showing(mut self, decoy: &Outbox) -> Result<Self, FieldError> {
        self.shown = Some(Shown::of(decoy)?);
        Ok(self)
    }

    fn obey(&mut self) -> Result<(), FieldError> {
        self.queue.take_receipts()?;
        let obeyed = wipe_order::obey(&self.directory, self.queue.now())?;
        if obeyed != Obeyed::Nothing {
            self.obeyed = obeyed;
        }
        Ok(())
    }

    /// Whether an order was obeyed: then there is no vault any more.
    pub(crate) fn has_obeyed(&self) -> bool {
        self.obeyed != Obeyed::Nothing
    }

    /// What to do next. Calling it twice without an answer in between gives the same request.
    ///
    /// Errors: `sync.credential`, `storage.*`.
    pub fn next_step(&mut self) -> Result<SyncStep, FieldError> {
        let step = self.step()?;
        if self.obeyed != Obeyed::Everything {
            // The system may end the process while it carries the request out; that says nothing of the item.
            self.engine.let_go(&self.queue)?;
        }
        Ok(step)
    }

    fn step(&mut self) -> Result<SyncStep, FieldError> {
        if self.obeyed == Obeyed::Everything {
            return Ok(SyncStep::Done(self.report(false, None)));
        }
        Ok(match self.engine.next_step(&self.queue, self.queue.now())? {
            Step::Send(request) => SyncStep::Send(to_host_as(self.media_type, &self.address, request)),
            Step::WaitUntil(until, _) => SyncStep::Wait(until),
            Step::Done(_) => {
                if self.is_with_relay() {
                    self.hand_over_decoy();
                }
                SyncStep::Done(self.report(true, None))
            }
        })
    }

    fn is_with_relay(&self) -> bool {
        self.media_type == wire::MEDIA_TYPE
    }

    fn patience_millis(&self) -> i64 {
        if self.is_with_relay() { PATIENCE_MILLIS } else { PATIENCE_NEARBY_MILLIS }
    }

    /// What a decoy has finished shows as other records do once a sync is complete, also one in the background: it would tell
    /// itself otherwise. What cannot be noted now is noted by the next sync.
    fn hand_over_decoy(&self) {
        let Some(outbox) = Outbox::of_decoy(&self.directory) else { return };
        let waiting: Vec<_> = outbox.items().unwrap_or_default().into_iter().filter(|item| !item.handed_over).collect();
        let mut queue = OutboxQueue::new(outbox, self.queue.clock());
        for item in waiting {
            let _ = queue.mark_handed_over(&item.id);
        }
    }

    /// Gives back what the relay answered.
    pub fn complete(&mut self, request_id: u64, response: WireResponse) -> Result<(), FieldError> {
        let (now, before) = (self.queue.now(), self.engine.report().control_entries);
        self.engine.complete(&mut self.queue, request_id, from_host(response), now)?;
        if self.engine.report().control_entries > before { self.obey() } else { Ok(()) }
    }

    /// Says that there was no answer.
    pub fn fail(&mut self, request_id: u64, failure: Failure) -> Result<(), FieldError> {
        let now = self.queue.now();
        self.engine.fail(request_id, failure, now);
        Ok(())
    }

    /// The network changed, the phone charges, the app came to the front: waits end, and the next step tries at once.
    pub fn wake(&mut self) {
        self.engine.wake();
    }

    /// On a link that costs money or is weak, photos and sounds wait for the worker's yes; off it they go on.
    ///
    /// Errors: `storage.*`.
    pub fn metered(&mut self, metered: bool) -> Result<(), FieldError> {
        Ok(self.queue.metered(metered)?)
    }

    /// How far it is.
    pub fn progress(&self) -> SyncProgress {
        self.progress_now(false)
    }

    fn progress_now(&self, complete: bool) -> SyncProgress {
        let own = self.engine.progress();
        let own = SyncProgress { done: own.done, total: own.total, bytes: own.bytes, failures: own.failures };
        self.shown.as_ref().map_or(own, |shown| shown.progress(own, complete))
    }

    fn report(&self, complete: bool, retry_at: Option<Timestamp>) -> SyncReport {
        let report = self.engine.report();
        let (complete, progress) = (complete && report.refused.is_none(), self.progress_now(complete));
        SyncReport {
            progress,
            received: report.control_entries,
            carried: report.carried,
            with_neighbour: match self.shown {
                None => report.with_neighbour,
                Some(_) if self.is_with_relay() => 0,
                Some(_) => progress.done,
            },
            set_aside: match self.shown {
                None => u32::try_from(report.set_aside.len()).unwrap_or(u32::MAX),
                Some(_) => 0,
            },
            complete,
            obstacle: report.refused.or(report.obstacle.map(|class| class.code())).filter(|_| !complete),
            retry_at,
        }
    }
}

impl Vault {
    /// A person, or an update of the app, says: try what was set aside again.
    ///
    /// Errors: `storage.*`.
    pub fn retry_set_aside(&self) -> Result<(), FieldError> {
        OutboxQueue::new(self.inner.outbox()?, Arc::clone(&self.inner.clock)).change(Queue::retry_all)?;
        control::apply(&self.inner)
    }
}

fn engine() -> Result<Engine, FieldError> {
    Ok(Engine::new(u64::from_le_bytes(random::bytes()?)).with_parts_above(WHOLE_BYTES))
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

/// What is in hand when a drive ends in good order did not end the program.
impl Drop for SyncSession {
    fn drop(&mut self) {
        // Without room for the note the item is at worst taken for one that ended a program, once.
        let _ = self.engine.let_go(&self.queue);
    }
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
        match session.step()? {
            SyncStep::Done(report) => return Ok(report),
            SyncStep::Wait(until) => {
                let millis = until.as_millis() - session.queue.now().as_millis();
                waited += millis.max(0);
                if waited > session.patience_millis() {
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
                        // The system took the link away. It is no failure, so no wait would follow.
                        if failure == Failure::Cancelled {
                            return Ok(session.report(false, None));
                        }
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
