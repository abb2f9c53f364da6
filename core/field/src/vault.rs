//! The vault as the host sees it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wayside_model::{Coded as _, DeviceId, DraftId, ErrorCode, EventId, Sensitive, Timestamp};
use wayside_seal::KeyStore;
use wayside_vault::outbox::Outbox;
use wayside_vault::{AuditAction, QueueRow, VaultError};

use crate::cancel::CancelToken;
use crate::device::Settings;
use crate::error::FieldError;
use crate::forms::FormSummary;
use crate::journal::SessionMode;
use crate::lists::FormFile;
use crate::ports::{Clock, ProgressListener, SystemClock, Transport};
use crate::recorder::{LogLevel, record};
use crate::session::FormSession;
use crate::sync_run::{SyncReport, SyncSession};
use crate::{carry, control, duress, files_sent, finish, forms, recorder, site, sync_run, wipe_order};

pub use wayside_screening::readiness::Missing;
pub use wayside_vault::QueueState;

/// How to open a vault.
#[derive(Clone)]
pub struct OpenOptions {
    /// The vault's folder; the app's own, never one that apps share.
    pub directory: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl OpenOptions {
    /// This folder, with the system's clock.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), clock: Arc::new(SystemClock) }
    }
}

pub(crate) struct Inner {
    pub(crate) directory: PathBuf,
    pub(crate) store: wayside_vault::Vault,
    pub(crate) clock: Arc<dyn Clock>,
    sealing: Mutex<()>,
}

impl Inner {
    pub(crate) fn new(directory: PathBuf, store: wayside_vault::Vault, clock: Arc<dyn Clock>) -> Self {
        Self { directory, store, clock, sealing: Mutex::new(()) }
    }

    /// To be held from reading the chain until what was sealed with it is queued: two envelopes of one number would tell HQ
    /// that somebody has changed something.
    pub(crate) fn sealing(&self) -> MutexGuard<'_, ()> {
        self.sealing.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings(&self.store)
    }
    /// What could not be done before, or came in while the vault was locked. It stands in the audit log that the vault was
    /// opened; a full disk keeps nobody from reading.
    fn catch_up(&self) -> Result<(), FieldError> {
        finish::mend(self)?;
        self.note_hq()?;
        control::apply(self)?;
        match self.store.keep_time(self.clock.now()).and_then(|()| self.store.note(AuditAction::Open, b"")) {
            Err(error @ (VaultError::StorageFull | VaultError::StorageIo)) => {
                record(LogLevel::Warning, error.code().as_str(), 0);
                Ok(())
            }
            noted => Ok(noted?),
        }
    }
    /// For vaults that were made before bundles. Without room for it bundles wait; nothing else does.
    fn note_hq(&self) -> Result<(), FieldError> {
        if self.is_training()? {
            return Ok(());
        }
        match carry::note_hq(self) {
            Err(error) if matches!(error.code, ErrorCode::StorageFull | ErrorCode::StorageIo) => Ok(()),
            noted => noted,
        }
    }
    /// Whether nothing that is finished here is ever sent to anybody.
    pub(crate) fn is_training(&self) -> Result<bool, FieldError> {
        Ok(self.store.is_training()?)
    }
    /// Where finished records of this vault are: a decoy has an outbox of its own, which nobody sends.
    pub(crate) fn outbox(&self) -> Result<Outbox, FieldError> {
        Ok(Outbox::open(self.store.folder())?)
    }
}

/// One worker's encrypted store on one device. All calls block; call them off the main thread.
#[derive(Clone)]
pub struct Vault {
    pub(crate) inner: Arc<Inner>,
}

/// An interview that is not finished. There is no name and no answer in it.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftView {
    /// Its id, for `resume_session`.
    pub id: DraftId,
    /// Form id.
    pub form: String,
    /// When it began, rounded.
    pub started: Timestamp,
}

/// One finished record on its way.
#[derive(Clone, PartialEq, Eq)]
pub struct QueueItemView {
    /// Its event id.
    pub event: EventId,
    /// Where it is.
    pub state: QueueState,
    /// Since when.
    pub since: Timestamp,
}

/// How many records are where. "Handed over" is not "HQ has it": only HQ's own receipt counts for the latter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueStatus {
    /// Sealed and on the phone only.
    pub waiting: u32,
    /// The relay has them.
    pub handed_over: u32,
    /// HQ has opened them and sent its receipt.
    pub hq_has_it: u32,
    /// Set aside; a person has to look.
    pub quarantined: u32,
    /// Sealed items of other devices that this one carries: no records of its own. They stay until HQ's receipt for them comes,
    /// or for thirty days.
    pub carried: u32,
    /// Those of them that the relay has. That is not yet HQ.
    pub carried_handed_over: u32,
    /// Of `waiting`, those that a neighbour carries as well. They wait for the relay all the same, and that phone may be lost.
    pub with_neighbour: u32,
}

/// What the device is.
#[derive(Clone, PartialEq, Eq)]
pub struct VaultStatus {
    /// Its id.
    pub device: DeviceId,
    /// HQ has confirmed it.
    pub confirmed: bool,
    /// HQ has revoked it: capture goes on, sync does not.
    pub revoked: bool,
    /// Role, from the certificate.
    pub role: String,
    /// Site, from the certificate.
    pub site: String,
    /// Words to compare with HQ.
    pub words: String,
    /// What is here is older than what was written last: an old copy was put back, or a file was lost. Reading goes on;
    /// writing is refused with `vault.rolled_back` until a person decides ([`Vault::accept_rollback`]).
    pub rolled_back: bool,
    /// It is for training: nothing in it is sealed to anybody. Say so on every screen.
    pub training: bool,
}

impl Vault {
    pub(crate) fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// Opens the vault of this folder. Never deletes or creates anything, whatever goes wrong. A finish that was cut off
    /// half-way is completed, and control entries that came in while the vault was locked are applied. A vault that is older
    /// than what it wrote last opens too, so that a person can look and decide: see [`VaultStatus::rolled_back`].
    ///
    /// Errors: `vault.missing`, `vault.wrong_secret`, `vault.wait`, `vault.key_lost`, `vault.damaged`,
    /// `vault.not_encrypted`, `vault.newer_schema`, `vault.busy`, `keystore.*`, `storage.*`.
    pub fn open(options: OpenOptions, secret: &Sensitive<String>, keys: &dyn KeyStore) -> Result<Self, FieldError> {
        let store = wayside_vault::Vault::open(&options.directory, secret, keys)?;
        let inner = Inner::new(options.directory, store, options.clock);
        if inner.store.rolled_back()?.is_none() {
            inner.catch_up()?;
        }
        Ok(Self::of(inner))
    }

    /// A person has looked and decided to go on with an older copy. It stands in the audit log. Without one it does nothing.
    ///
    /// Errors: `storage.*`.
    pub fn accept_rollback(&self) -> Result<(), FieldError> {
        if self.inner.store.rolled_back()?.is_some() {
            self.inner.store.accept_rollback()?;
            self.inner.catch_up()?;
        }
        Ok(())
    }

    /// Whether there is anything of a vault in this folder, whole or not.
    pub fn is_present(directory: &Path) -> bool {
        wayside_vault::Vault::is_present(directory)
    }

    /// Installs the forms that come with this build and puts them in use, but for those that a bundle of HQ's replaced; drafts
    /// go on with the forms they began with.
    pub fn install_built_in(&self) -> Result<Vec<FormSummary>, FieldError> {
        let installed = forms::install_built_in(&self.inner)?;
        duress::furnish(&self.inner)?;
        Ok(installed)
    }

    /// Installs a form that somebody brought, to look at. It can be used once HQ has sent the very same form, signed; then
    /// it runs behind the same gates and consent as the built-in ones.
    ///
    /// Errors: `form.*` with line and column; the forms installed before stay.
    pub fn install_form(&self, xml: &str) -> Result<FormSummary, FieldError> {
        self.install_form_with(xml, &[])
    }

    /// As [`Vault::install_form`], with the files that come with the form: its lists of choices, whose rows are kept in the
    /// vault. A file that the form does not name is left out; one that is missing is a problem of the questions that need it.
    /// A list of entities (columns `name` and `__version`) is shared by all forms; what was changed here and is newer stays.
    ///
    /// Errors: as `install_form`; `form.malformed`, `form.too_large` for a file; `storage.*`.
    pub fn install_form_with(&self, xml: &str, files: &[FormFile]) -> Result<FormSummary, FieldError> {
        let installed = forms::install(&self.inner, xml, files)?;
        duress::furnish(&self.inner)?;
        Ok(installed)
    }

    /// The installed forms.
    pub fn forms(&self) -> Result<Vec<FormSummary>, FieldError> {
        forms::list(&self.inner)
    }

    /// What keeps this device from holding an interview: HQ's confirmation with the worker's training, the site's services
    /// directory, somebody who stands behind the worker. Ready where it is empty; until then a leaflet is all there is.
    pub fn readiness(&self) -> Result<Vec<Missing>, FieldError> {
        site::missing(&self.inner)
    }

    /// What to do in danger at this site, step by step; empty until HQ has sent it.
    pub fn danger_protocol(&self, language: &str) -> Result<Vec<String>, FieldError> {
        site::danger_protocol(&self.inner, language)
    }

    /// Begins a session with a person, with this form first. Nothing is stored before a consent, or a legal basis, covers it.
    /// A form of others that HQ signed as not about a person begins without gates and consent, and every answer is durable at
    /// once; no other form can follow in its session.
    ///
    /// Errors: `session.not_ready` (see [`Self::readiness`]; also for a form that HQ has not signed), `session.training`,
    /// `session.mode` where the site does not let observations be recorded, and for any mode but `Interview` of a form that is not
    /// about a person; `form.unknown`.
    pub fn start_session(&self, form: &str, language: &str, mode: SessionMode) -> Result<FormSession, FieldError> {
        FormSession::start(Arc::clone(&self.inner), form, language, mode)
    }

    /// Goes on with a draft, as it was after the last entry that was acknowledged.
    ///
    /// Errors: `session.unknown`, `vault.tampered`.
    pub fn resume_session(&self, draft: DraftId) -> Result<FormSession, FieldError> {
        FormSession::resume(Arc::clone(&self.inner), draft)
    }

    /// The interviews that are not finished.
    pub fn drafts(&self) -> Result<Vec<DraftView>, FieldError> {
        crate::journal::drafts(&self.inner)
    }

    /// The finished records, oldest first. One whose files go apart is as far as the last of them.
    pub fn queue(&self) -> Result<Vec<QueueItemView>, FieldError> {
        let rows = self.records()?;
        Ok(rows.into_iter().map(|row| QueueItemView { event: row.event, state: row.state, since: row.at }).collect())
    }

    fn records(&self) -> Result<Vec<QueueRow>, FieldError> {
        // What was sent meanwhile without the secret counts at once. In training nothing is sent; what is wrong with an outbox
        // a sync says.
        if !self.inner.is_training()?
            && let Err(error) = control::note_what_the_relay_said(&self.inner)
        {
            record(LogLevel::Info, error.code.as_str(), 0);
        }
        files_sent::records(&self.inner)
    }

    /// How many records are where, as [`Self::queue`] says it of each, and how much is carried for others.
    pub fn queue_status(&self) -> Result<QueueStatus, FieldError> {
        // Where the outbox cannot be read, as in training, nothing is carried; what is wrong with it a sync says.
        let carried = self.without_secret().and_then(|outbox| outbox.carried()).unwrap_or_default();
        let (carried, carried_handed_over) = (carried.items, carried.handed_over);
        let mut status = QueueStatus { carried, carried_handed_over, ..QueueStatus::default() };
        for row in self.records()? {
            *match row.state {
                QueueState::Sealed => &mut status.waiting,
                QueueState::HandedOver => &mut status.handed_over,
                QueueState::HqHasIt => &mut status.hq_has_it,
                QueueState::Quarantined => &mut status.quarantined,
            } += 1;
        }
        status.with_neighbour = files_sent::with_neighbour(&self.inner)?;
        Ok(status)
    }

    /// What the device is.
    pub fn status(&self) -> Result<VaultStatus, FieldError> {
        let settings = self.inner.settings();
        let identity = settings.identity()?;
        let certificate = settings.certificate(&settings.directory(&identity)?)?;
        Ok(VaultStatus {
            device: identity.device,
            confirmed: certificate.is_some(),
            revoked: settings.is_revoked()?,
            role: certificate.as_ref().map(|c| c.role.clone()).unwrap_or_default(),
            site: certificate.map(|c| c.site).unwrap_or_default(),
            words: identity.words.clone(),
            rolled_back: self.inner.store.rolled_back()?.is_some(),
            training: self.inner.is_training()?,
        })
    }

    /// Syncs on this thread until nothing is left to do, `cancel` is set, or the relay asks for more patience than a minute.
    ///
    /// In a decoy it sends what waits in the worker's own outbox, and what comes in waits for the worker's own vault; what it
    /// reports is the decoy's own.
    ///
    /// Errors: `cancelled`; `sync.credential`; `vault.training`; `vault.wiped_by_order` where two officers at HQ ordered it: the
    /// vault is gone and cannot be used any more, [`Self::sweep`] clears up, the outbox goes on being sent. A link that fails is not an error: it stands in the report.
    pub fn sync(
        &self,
        transport: Arc<dyn Transport>,
        cancel: &CancelToken,
        listener: Option<&dyn ProgressListener>,
    ) -> Result<SyncReport, FieldError> {
        self.drive(self.begin_sync()?, transport, cancel, listener)
    }

    pub(crate) fn drive(
        &self,
        mut session: SyncSession,
        transport: Arc<dyn Transport>,
        cancel: &CancelToken,
        listener: Option<&dyn ProgressListener>,
    ) -> Result<SyncReport, FieldError> {
        let report = sync_run::drive(&mut session, transport, cancel, listener);
        if session.has_obeyed() {
            report?;
            return Err(ErrorCode::VaultWipedByOrder.into());
        }
        self.apply_received()?;
        report
    }

    /// A sync that the host drives step by step, for transfers the system runs while the process sleeps. Receipts that
    /// come in are applied by `apply_received`, or at the next open.
    ///
    /// Errors: `vault.training`, `storage.*`.
    pub fn begin_sync(&self) -> Result<SyncSession, FieldError> {
        if self.inner.is_training()? {
            return Err(ErrorCode::VaultTraining.into());
        }
        self.showing(SyncSession::open(&self.inner.directory, Arc::clone(&self.inner.clock))?)
    }

    /// In a decoy, what is its own.
    pub(crate) fn showing(&self, session: SyncSession) -> Result<SyncSession, FieldError> {
        if self.inner.store.is_decoy() { session.showing(&self.inner.outbox()?) } else { Ok(session) }
    }

    /// Applies what a host-driven sync has brought: certificate, receipts, revocation, a newer directory.
    ///
    /// Errors: `vault.wiped_by_order` where an order to wipe this device came in, see [`SyncSession`]; `storage.*`.
    pub fn apply_received(&self) -> Result<(), FieldError> {
        if wipe_order::was_obeyed(&self.inner.directory) {
            return Err(ErrorCode::VaultWipedByOrder.into());
        }
        control::apply(&self.inner)?;
        self.inner.sign_audit()
    }

    /// Ends writes and drops every file lock. Call before the system freezes the app. Twice is fine.
    pub fn suspend(&self) -> Result<(), FieldError> {
        Ok(self.inner.store.suspend()?)
    }

    /// Undoes `suspend`. Twice is fine.
    pub fn resume(&self) -> Result<(), FieldError> {
        Ok(self.inner.store.resume()?)
    }

    /// Ends use of this vault now, whatever else still holds it, and wipes the keys. The outbox stays sendable.
    /// The end of the audit log is signed first. A call that is at work in another thread has 100 ms to end; then it fails
    /// with `vault.suspended`. Nothing that was acknowledged is lost by it.
    pub fn lock(&self) {
        self.inner.store.make_way();
        // Locking cannot fail: what is not signed now is signed after the next open.
        let _ = self.inner.sign_audit();
        self.inner.store.lock();
        recorder::record(recorder::LogLevel::Info, "vault.lock", 0);
    }

    /// Destroys the keys, then the files. The sealed outbox stays, and stays sendable.
    ///
    /// Errors: `keystore.*`, `storage.*`; called again, it goes on where it was.
    pub fn wipe(directory: &Path, keys: &dyn KeyStore) -> Result<(), FieldError> {
        Ok(wayside_vault::Vault::wipe(directory, keys)?)
    }
}
