//! `wayside device sync`: drives the core's sync session over HTTP until nothing is left, or patience ends.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use wayside_field::{
    CancelToken, ErrorCode, FieldError, OutboxSession, ProgressListener as _, SyncProgress, SyncReport, SyncSession,
    SyncStep, Transport, Vault,
};
use wayside_model::Coded as _;
use wayside_sync::ReplyError;

use crate::device::args::SyncArgs;
use crate::device::home::Home;
use crate::error::CliError;
use crate::http::HttpTransport;
use crate::output::Output;
use crate::progress::TerminalProgress;

#[derive(Serialize)]
struct Synced {
    sent: u32,
    bytes: u64,
    received: u32,
    set_aside: u32,
    failures: u32,
    /// Items that a device nearby took. They wait for the relay as before.
    with_neighbour: u32,
    carried: Carrying,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<Queue>,
}

/// Items of other devices.
#[derive(Serialize)]
struct Carrying {
    /// So many are here.
    items: u32,
    /// So many of them the relay has.
    handed_over: u32,
}

#[derive(Serialize)]
struct Queue {
    sealed: u32,
    handed_over: u32,
    hq_has_it: u32,
    quarantined: u32,
}

/// Where sessions come from: the open vault, or only its outbox.
enum Source {
    Open(Vault),
    Locked(OutboxSession),
}

impl Source {
    fn begin(&self) -> Result<SyncSession, FieldError> {
        match self {
            Self::Open(vault) => vault.begin_sync(),
            Self::Locked(outbox) => outbox.begin_sync(),
        }
    }

    /// With a device nearby in place of the relay. What it refused is told as a refusal; what it took, it has.
    fn hand_over(
        &self,
        carrier: &str,
        code: &str,
        transport: &Arc<HttpTransport>,
        cancel: &CancelToken,
        progress: &TerminalProgress,
    ) -> Result<SyncReport, CliError> {
        let transport: Arc<dyn Transport> = Arc::<HttpTransport>::clone(transport);
        let report = match self {
            Self::Open(vault) => vault.sync_with_neighbour(carrier, code, transport, cancel, Some(progress)),
            Self::Locked(outbox) => outbox.sync_with_neighbour(carrier, code, transport, cancel, Some(progress)),
        }?;
        report.obstacle.map_or(Ok(report), |code| Err(FieldError::new(code).into()))
    }
}

/// Sends and fetches.
pub(crate) fn run(args: &SyncArgs, output: &Output) -> Result<(), CliError> {
    let source = if args.locked {
        Source::Locked(OutboxSession::open(&vault_dir(&args.open.dir))?)
    } else {
        Source::Open(args.open.open(None)?)
    };
    let cancel = Arc::new(CancelToken::new());
    let transport = Arc::new(args.way.transport()?);
    stop_on_interrupt(&cancel, &transport);
    let progress = TerminalProgress::new();
    let driven = match (&args.carrier, &args.code) {
        (Some(carrier), Some(code)) => source.hand_over(carrier, code, &transport, &cancel, &progress),
        _ => Drive { args, source: &source, transport: &transport, cancel: &cancel, progress: &progress }.run(),
    };
    progress.finish();
    if !Vault::is_present(&vault_dir(&args.open.dir)) {
        // An order from HQ came in; what it left of the files goes. Without one there is nothing to do.
        Vault::sweep(&vault_dir(&args.open.dir), &Home::new(&args.open.dir).keys())?;
    }
    if let Source::Open(vault) = &source {
        // What came in before the link failed counts too.
        vault.apply_received()?;
    }
    let synced = summary(driven?, &source, &vault_dir(&args.open.dir))?;
    output.result(&synced, || text(&synced))
}

fn vault_dir(dir: &Path) -> std::path::PathBuf {
    Home::new(dir).vault_dir()
}

/// One command's worth of sync. A session whose next try is too far off is put aside for a new one, as if a person had
/// asked again: the core forgets its back-off then, and nothing else.
struct Drive<'a> {
    args: &'a SyncArgs,
    source: &'a Source,
    transport: &'a HttpTransport,
    cancel: &'a CancelToken,
    progress: &'a TerminalProgress,
}

impl Drive<'_> {
    fn run(&self) -> Result<SyncReport, CliError> {
        let patience = Duration::from_secs(self.args.patience);
        let mut last_success = Instant::now();
        let mut before = SyncProgress { done: 0, total: 0, bytes: 0, failures: 0 };
        // The last thing that stood in the way; a refusal is told by it.
        let mut obstacle = None;
        let mut session = self.source.begin()?;
        loop {
            self.check()?;
            match session.next_step()? {
                SyncStep::Done(mut report) => {
                    report.progress = sum(before, report.progress);
                    return Ok(report);
                }
                SyncStep::Wait(until) => {
                    let wait = Duration::from_millis(
                        u64::try_from(until.as_millis() - crate::clock::now().as_millis()).unwrap_or_default(),
                    );
                    let within = self.args.retry_within.map(Duration::from_millis).unwrap_or(wait);
                    if last_success.elapsed() + wait.min(within) > patience {
                        return Err(FieldError::new(obstacle.unwrap_or(ErrorCode::SyncTransient)).into());
                    }
                    self.pause(wait.min(within))?;
                    if within < wait {
                        before = sum(before, session.progress());
                        session = self.source.begin()?;
                    }
                }
                SyncStep::Send(request) => {
                    let id = request.id;
                    match self.transport.exchange(request) {
                        Ok(response) => {
                            match wayside_sync::read_bytes(&to_wire(&response)) {
                                Ok(_) => last_success = Instant::now(),
                                Err(error) => obstacle = Some(error.code()),
                            }
                            session.complete(id, response)?;
                        }
                        Err(failure) => {
                            self.check()?;
                            obstacle = Some(ReplyError::from(failure).code());
                            session.fail(id, failure)?;
                        }
                    }
                    self.progress.on_progress(sum(before, session.progress()));
                }
            }
        }
    }

    fn check(&self) -> Result<(), FieldError> {
        if self.cancel.is_cancelled() { Err(FieldError::new(ErrorCode::Cancelled)) } else { Ok(()) }
    }

    /// Waits in small pieces, so that an interrupt is heard.
    fn pause(&self, wait: Duration) -> Result<(), FieldError> {
        let until = Instant::now() + wait;
        loop {
            self.check()?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
    }
}

/// Progress of this session on top of the ones before it. What those left unsent is counted in this one's total.
fn sum(before: SyncProgress, now: SyncProgress) -> SyncProgress {
    SyncProgress {
        done: before.done + now.done,
        total: before.done + now.total,
        bytes: before.bytes + now.bytes,
        failures: before.failures + now.failures,
    }
}

fn to_wire(response: &wayside_field::WireResponse) -> wayside_sync::Response {
    wayside_sync::Response {
        status: response.status,
        content_type: response.content_type.clone(),
        body: response.body.clone(),
        retry_after_s: response.retry_after_seconds,
    }
}

/// Ctrl-C sets the token and ends a running exchange; the command then ends by itself.
fn stop_on_interrupt(cancel: &Arc<CancelToken>, transport: &Arc<HttpTransport>) {
    let (cancel, transport) = (Arc::clone(cancel), Arc::clone(transport));
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            cancel.cancel();
            transport.abort();
        }
    });
}

fn summary(report: SyncReport, source: &Source, vault: &Path) -> Result<Synced, CliError> {
    // After an order for everything there is no outbox, and nothing is carried.
    let held = OutboxSession::open(vault).and_then(|outbox| outbox.carried()).unwrap_or_default();
    let queue = match source {
        Source::Locked(_) => None,
        Source::Open(vault) => {
            let status = vault.queue_status()?;
            Some(Queue {
                sealed: status.waiting,
                handed_over: status.handed_over,
                hq_has_it: status.hq_has_it,
                quarantined: status.quarantined,
            })
        }
    };
    Ok(Synced {
        sent: if report.with_neighbour > 0 { 0 } else { report.progress.done },
        with_neighbour: report.with_neighbour,
        bytes: report.progress.bytes,
        received: report.received,
        set_aside: report.set_aside,
        failures: report.progress.failures,
        carried: Carrying { items: held.items, handed_over: held.handed_over },
        queue,
    })
}

fn text(synced: &Synced) -> String {
    let mut text = format!(
        "Sent {} items ({} bytes), received {}; {} tries failed and were repeated.\n",
        synced.sent, synced.bytes, synced.received, synced.failures
    );
    if synced.carried.items > 0 {
        text.push_str(&format!(
            "Carried for other devices: {} items, {} of them handed over. They stay until HQ has them.\n",
            synced.carried.items, synced.carried.handed_over
        ));
    }
    if synced.with_neighbour > 0 {
        text.push_str(&format!(
            "A device nearby carries {} items now. They are not handed over: the next sync sends them, too.\n",
            synced.with_neighbour
        ));
    }
    if synced.set_aside > 0 {
        text.push_str(&format!("Set aside: {}. They are kept; a person has to look.\n", synced.set_aside));
    }
    if let Some(queue) = &synced.queue {
        text.push_str(&format!(
            "Records: {} on this device only, {} handed over, {} at HQ, {} set aside.\n",
            queue.sealed, queue.handed_over, queue.hq_has_it, queue.quarantined
        ));
    }
    text
}
