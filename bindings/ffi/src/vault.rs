//! The vault.
use crate::cancel::CancelToken;
use crate::error::FieldError;
use crate::foreign::{KeyStore, Keys, Network, ProgressListener, Transport, linked};
use crate::form_session::FormSession;
use crate::guard::{Shared, guard, guard_or};
use crate::planted::panic_if_asked;
use crate::standing::{Missing, SessionMode};
use crate::sync::{SyncReport, SyncSession};
use crate::values::timestamp;
use crate::views::{DraftView, FormFile, FormSummary, QueueItem, QueueStatus, VaultStatus};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use wayside_field as field;
use wayside_field::{Clock, Sensitive};

/// How to enrol.
#[derive(Clone, uniffi::Record)]
pub struct EnrolOptions {
    /// Where the vault will be: a folder of the app's own, with nothing of a vault in it.
    pub directory: String,
    /// The text of the enrolment record, as its QR code carries it.
    pub record: String,
    /// Minutes that local time is ahead of UTC; ages are reckoned by the local day.
    #[uniffi(default = 0)]
    pub offset_minutes: i32,
}

/// How to open.
#[derive(Clone, uniffi::Record)]
pub struct OpenOptions {
    /// The vault's folder.
    pub directory: String,
    /// Minutes that local time is ahead of UTC; ages are reckoned by the local day.
    #[uniffi(default = 0)]
    pub offset_minutes: i32,
    /// For training: a clock that shows this moment now and runs on. Without it the clock is the system's.
    #[uniffi(default = None)]
    pub training_clock: Option<SystemTime>,
}

/// One worker's encrypted store on one device. All calls block.
#[derive(uniffi::Object)]
pub struct Vault {
    pub(crate) core: Shared<field::Vault>,
}

impl Vault {
    pub(crate) fn new(core: field::Vault) -> Arc<Self> {
        Arc::new(Self { core: Shared::new(core) })
    }
}

#[uniffi::export]
impl Vault {
    /// Makes a vault from an enrolment record. The device counts at HQ only when a person there has compared the words of
    /// `status` and confirmed.
    ///
    /// Errors: `enrol.*`, `directory.*`, `vault.exists`, `vault.weak_secret`, `sync.*`, `keystore.*`, `storage.*`.
    #[uniffi::constructor]
    pub fn enrol(
        options: EnrolOptions,
        secret: String,
        keys: Arc<dyn KeyStore>,
        transport: Arc<dyn Transport>,
    ) -> Result<Arc<Self>, FieldError> {
        let secret = Sensitive::new(secret);
        guard(|| {
            let mut enrol = field::EnrolOptions::new(options.directory, options.record);
            enrol.clock = clock(None, options.offset_minutes);
            let enrolled = field::Vault::enrol(enrol, &secret, &Keys(keys), &Network(transport))?;
            Ok(Self::new(enrolled.vault))
        })
    }

    /// Opens a vault. Never deletes or makes anything, whatever goes wrong.
    ///
    /// Errors: `vault.missing`, `vault.wrong_secret`, `vault.wait` with seconds, `vault.key_lost`, `vault.damaged`,
    /// `vault.not_encrypted`, `vault.newer_schema`, `vault.busy`, `keystore.*`, `storage.*`.
    #[uniffi::constructor]
    pub fn open(options: OpenOptions, secret: String, keys: Arc<dyn KeyStore>) -> Result<Arc<Self>, FieldError> {
        let secret = Sensitive::new(secret);
        guard(|| {
            let mut open = field::OpenOptions::new(options.directory);
            open.clock = clock(options.training_clock, options.offset_minutes);
            Ok(Self::new(field::Vault::open(open, &secret, &Keys(keys))?))
        })
    }

    /// What the device is, and the words to compare with HQ.
    pub fn status(&self) -> Result<VaultStatus, FieldError> {
        self.core.call(|core| Ok(core.status()?.into()))
    }

    /// A person has looked at a vault whose status says `rolled_back` and decided to go on with it.
    ///
    /// Errors: `storage.*`.
    pub fn accept_rollback(&self) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.accept_rollback()?))
    }

    /// Installs the forms that come with this build and puts them in use; drafts go on with the forms they began with.
    pub fn install_built_in(&self) -> Result<Vec<FormSummary>, FieldError> {
        self.core.call(|core| Ok(core.install_built_in()?.into_iter().map(FormSummary::from).collect()))
    }

    /// Installs a form that somebody brought, to look at. It can be used once HQ has sent the very same form, signed.
    ///
    /// Errors: `form.*` with line and column; the forms installed before stay.
    pub fn install_form(&self, xml: String) -> Result<FormSummary, FieldError> {
        self.core.call(|core| Ok(core.install_form(&xml)?.into()))
    }

    /// As `install_form`, with the lists of choices that come with the form; their rows are kept in the vault. A file that
    /// the form does not name is left out; one that is missing is a problem of the questions that need it. A list of entities
    /// (columns `name` and `__version`) is shared by all forms; what was changed here and is newer stays.
    ///
    /// Errors: as `install_form`; `form.malformed`, `form.too_large` for a file; `storage.*`.
    pub fn install_form_with(&self, xml: String, files: Vec<FormFile>) -> Result<FormSummary, FieldError> {
        let files: Vec<field::FormFile> = files.into_iter().map(field::FormFile::from).collect();
        self.core.call(|core| Ok(core.install_form_with(&xml, &files)?.into()))
    }

    /// The installed forms.
    pub fn forms(&self) -> Result<Vec<FormSummary>, FieldError> {
        self.core.call(|core| Ok(core.forms()?.into_iter().map(FormSummary::from).collect()))
    }

    /// What keeps this device from holding an interview. Ready where it is empty; until then a leaflet is all there is.
    pub fn readiness(&self) -> Result<Vec<Missing>, FieldError> {
        self.core.call(|core| Ok(core.readiness()?.into_iter().map(Missing::from).collect()))
    }

    /// What to do in danger at this site, step by step; empty until HQ has sent it.
    pub fn danger_protocol(&self, language: String) -> Result<Vec<String>, FieldError> {
        self.core.call(|core| {
            panic_if_asked(&language);
            Ok(core.danger_protocol(&language)?)
        })
    }

    /// Begins a session with a person, with this form first. Nothing is stored before a consent, or a legal basis, covers it.
    /// A form of others that HQ signed as not about a person begins without gates and consent, and every answer is durable at
    /// once; no other form can follow in its session.
    ///
    /// Errors: `session.not_ready` (see `readiness`; also for a form that HQ has not signed), `session.training`,
    /// `session.mode` where the site does not let observations be recorded, and for any mode but `Interview` of a form that is not
    /// about a person; `form.unknown`.
    pub fn start_session(
        &self,
        form: String,
        language: String,
        mode: SessionMode,
    ) -> Result<Arc<FormSession>, FieldError> {
        self.core.call(|core| Ok(FormSession::new(core.start_session(&form, &language, mode.into())?)))
    }

    /// Goes on with a draft, as it was after the last call that came back.
    ///
    /// Errors: `session.unknown`, `vault.tampered`.
    pub fn resume_session(&self, draft: String) -> Result<Arc<FormSession>, FieldError> {
        self.core.call(|core| {
            let draft = draft.parse().map_err(|_| FieldError::of(field::ErrorCode::SessionUnknown))?;
            Ok(FormSession::new(core.resume_session(draft)?))
        })
    }

    /// The interviews that are not finished.
    pub fn drafts(&self) -> Result<Vec<DraftView>, FieldError> {
        self.core.call(|core| Ok(core.drafts()?.into_iter().map(DraftView::from).collect()))
    }

    /// The finished records, oldest first.
    pub fn queue(&self) -> Result<Vec<QueueItem>, FieldError> {
        self.core.call(|core| Ok(core.queue()?.into_iter().map(QueueItem::from).collect()))
    }

    /// How many records are where.
    pub fn queue_status(&self) -> Result<QueueStatus, FieldError> {
        self.core.call(|core| Ok(core.queue_status()?.into()))
    }

    /// Syncs on this thread until nothing is left to do, `cancel` is set, or the relay asks for more patience than a
    /// minute. A link that fails is no error: it stands in the report.
    ///
    /// Errors: `cancelled`, `sync.credential`, `storage.*`.
    #[uniffi::method(default(listener = None))]
    pub fn sync(
        &self,
        transport: Arc<dyn Transport>,
        cancel: Arc<CancelToken>,
        listener: Option<Arc<dyn ProgressListener>>,
    ) -> Result<SyncReport, FieldError> {
        linked(transport, listener, |link, heard| {
            self.core.call(|core| Ok(core.sync(link, &cancel.core, heard)?.into()))
        })
    }

    /// A sync that the host drives step by step. What comes in is applied by `apply_received`, or at the next open.
    pub fn begin_sync(&self) -> Result<Arc<SyncSession>, FieldError> {
        self.core.call(|core| Ok(SyncSession::new(core.begin_sync()?)))
    }

    /// Applies what a host-driven sync brought: certificate, receipts, revocation, a newer directory.
    pub fn apply_received(&self) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.apply_received()?))
    }

    /// Ends writes and drops every file lock. Call before the system freezes the app. Twice is fine.
    pub fn suspend(&self) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.suspend()?))
    }

    /// Undoes `suspend`. Twice is fine.
    pub fn resume(&self) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.resume()?))
    }

    /// Ends use of this vault now, whatever else still holds it, and wipes the keys. The outbox stays sendable. Always
    /// possible, and twice is fine.
    pub fn lock(&self) {
        self.core.always(field::Vault::lock);
    }
}

/// Whether there is anything of a vault in this folder, whole or not.
#[uniffi::export]
pub fn vault_is_present(directory: String) -> bool {
    // When in doubt there is one: nobody then enrols over it.
    guard_or(true, || field::Vault::is_present(Path::new(&directory)))
}

/// Destroys the keys, then the files. The sealed outbox stays, and stays sendable.
///
/// Errors: `keystore.*`, `storage.*`; called again, it goes on where it was.
#[uniffi::export]
pub fn wipe_vault(directory: String, keys: Arc<dyn KeyStore>) -> Result<(), FieldError> {
    guard(|| Ok(field::Vault::wipe(Path::new(&directory), &Keys(keys))?))
}

pub(crate) fn clock(training: Option<SystemTime>, offset_minutes: i32) -> Arc<dyn Clock> {
    let start = training.map_or_else(|| field::SystemClock.now(), timestamp);
    Arc::new(field::SetClock::starting_at(start, offset_minutes))
}
