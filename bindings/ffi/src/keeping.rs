//! Keeping a vault in order: retention, audit, secrets, training, and the ways in which everything goes at once.
use crate::cancel::CancelToken;
use crate::error::FieldError;
use crate::foreign::{KeyStore, Keys, ProgressListener, Transport, linked};
use crate::guard::guard;
use crate::sync::SyncReport;
use crate::vault::{OpenOptions, Vault, clock};
use crate::views::QueueStatus;
use std::path::Path;
use std::sync::Arc;
use wayside_field as field;
use wayside_field::{ErrorCode, Sensitive};

/// A code that opens the decoy instead of the vault.
#[derive(Clone, uniffi::Record)]
pub struct DuressCode {
    /// The code. Another than the worker's own.
    pub secret: String,
    /// Whether entering it also destroys the way into the worker's own vault. What is in the outbox stays sendable.
    pub wipes: bool,
}

/// What a look at the retention rules found and did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RetentionReport {
    /// Records that HQ has and that went by themselves.
    pub expired: u64,
    /// Ids of interviews that began more than seven days ago. They wait for a person: finish or discard them.
    pub old_drafts: Vec<String>,
    /// Ids of finished records that HQ has not acknowledged for more than thirty days. They wait for a person.
    pub old_unsent: Vec<String>,
    /// There was no contact with HQ for fourteen days: records are not shown until there is.
    pub reading_locked: bool,
}

/// One line of the audit log. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AuditEntry {
    /// Counted from 1.
    pub seq: u64,
    /// Whole hours since 1970.
    pub hour: i64,
    /// What was done, as `audit.open`.
    pub code: String,
    /// The device's signature covers it.
    pub signed: bool,
}

/// What is still on the device after `Vault.clearForBorder`.
#[derive(Debug, Clone, uniffi::Record)]
pub struct BorderReport {
    /// The sync that came first.
    pub sync: SyncReport,
    /// Interviews that are not finished. They can be read here.
    pub drafts: u32,
    /// The finished records; none of them can be read here.
    pub queue: QueueStatus,
}

#[uniffi::export]
impl Vault {
    /// Makes a vault for training. It needs no HQ, and nothing in it is sealed to anybody: a finished interview gives its
    /// outcomes and is gone. Its site and services are invented; `trainBeside` takes a worker's own.
    ///
    /// Errors: `vault.exists`, `vault.weak_secret`, `keystore.*`, `storage.*`.
    #[uniffi::constructor]
    pub fn train(options: OpenOptions, secret: String, keys: Arc<dyn KeyStore>) -> Result<Arc<Self>, FieldError> {
        let secret = Sensitive::new(secret);
        guard(|| {
            let mut train = field::TrainingOptions::new(options.directory);
            train.clock = clock(options.training_clock, options.offset_minutes);
            Ok(Self::new(field::Vault::train(train, &secret, &Keys(keys))?))
        })
    }

    /// Opens the vault for training of this folder, or makes it, and gives it what this open vault has from HQ now: forms,
    /// language packs with their sound, rule set, the site's services. Neither a key nor anything of a case comes over, and
    /// nothing goes back. This vault stays open; lock it if it is not needed meanwhile.
    ///
    /// Errors: `vault.exists` where the folder holds this very vault, or one that is not for training; `vault.rolled_back`
    /// where a person has to look at it first; those of `train` and `open`.
    pub fn train_beside(
        &self,
        options: OpenOptions,
        secret: String,
        keys: Arc<dyn KeyStore>,
    ) -> Result<Arc<Self>, FieldError> {
        let secret = Sensitive::new(secret);
        self.core.call(|core| {
            let mut train = field::TrainingOptions::new(options.directory);
            train.clock = clock(options.training_clock, options.offset_minutes);
            Ok(Self::new(core.train_beside(train, &secret, &Keys(keys))?))
        })
    }

    /// Gives the vault a new secret and, if wanted, a duress code; without one, a code that was set before is off. `old` is
    /// checked as a guess is.
    ///
    /// Errors: `vault.wrong_secret`, `vault.wait` with seconds, `vault.weak_secret` (also if both secrets are the same),
    /// `vault.key_lost`, `keystore.*`, `storage.*`. After an error the old secret still opens.
    #[uniffi::method(default(duress = None))]
    pub fn change_secret(
        &self,
        old: String,
        new: String,
        keys: Arc<dyn KeyStore>,
        duress: Option<DuressCode>,
    ) -> Result<(), FieldError> {
        let (old, new) = (Sensitive::new(old), Sensitive::new(new));
        let duress = duress.map(|duress| (Sensitive::new(duress.secret), duress.wipes));
        let duress = duress.as_ref().map(|(secret, wipes)| field::Duress { secret, wipes: *wipes });
        self.core.call(|core| Ok(core.change_secret(&old, &new, duress, &Keys(keys))?))
    }

    /// Opens the decoy, to make it look like one that is used: what is held in it stays there. Lock it before going on with
    /// this vault.
    ///
    /// Errors: `vault.missing` in a decoy.
    pub fn open_decoy(&self) -> Result<Arc<Self>, FieldError> {
        self.core.call(|core| Ok(Self::new(core.open_decoy()?)))
    }

    /// Looks through everything, about 25 ms per MiB; for a thread that may take its time, after every open.
    ///
    /// Errors: `vault.damaged`; `vault.rolled_back`, from when on nothing is written until `acceptRollback`.
    pub fn verify(&self) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.verify()?))
    }

    /// Lets go what may go, and says what waits for a person. Run it after an open and after a sync. No timer takes what HQ
    /// has not acknowledged.
    pub fn apply_retention(&self) -> Result<RetentionReport, FieldError> {
        self.core.call(|core| Ok(core.apply_retention()?.into()))
    }

    /// The audit log, oldest first.
    pub fn audit(&self) -> Result<Vec<AuditEntry>, FieldError> {
        self.core.call(|core| Ok(core.audit()?.into_iter().map(AuditEntry::from).collect()))
    }

    /// Border mode: one sync, then everything that HQ has goes from here, also if the sync fails. What HQ has not
    /// acknowledged stays.
    ///
    /// Errors: as `sync`, after what HQ had before was erased; `vault.rolled_back`.
    #[uniffi::method(default(listener = None))]
    pub fn clear_for_border(
        &self,
        transport: Arc<dyn Transport>,
        cancel: Arc<CancelToken>,
        listener: Option<Arc<dyn ProgressListener>>,
    ) -> Result<BorderReport, FieldError> {
        linked(transport, listener, |link, heard| {
            self.core.call(|core| Ok(core.clear_for_border(link, &cancel.core, heard)?.into()))
        })
    }

    /// Destroys the vault at once, also while another call is at work in it: first the keys on the disk, then those in
    /// memory. What is left of the files goes with `sweepVault`. The sealed outbox stays, and stays sendable. Always possible.
    ///
    /// Errors: `keystore.*`, `storage.*`: the vault is gone all the same.
    pub fn panic_wipe(&self, keys: Arc<dyn KeyStore>) -> Result<(), FieldError> {
        let mut done = Err(FieldError::of(ErrorCode::Bug));
        self.core.always(|core| done = core.panic_wipe(&Keys(keys)).map_err(FieldError::from));
        done
    }
}

/// Ends a wipe that was begun: the files that `Vault.panicWipe` left go. For the start of the app, before `Vault.open`.
///
/// Errors: `keystore.*`, `storage.*`; called again, it goes on.
#[uniffi::export]
pub fn sweep_vault(directory: String, keys: Arc<dyn KeyStore>) -> Result<(), FieldError> {
    guard(|| Ok(field::Vault::sweep(Path::new(&directory), &Keys(keys))?))
}

/// The folders within `directory` that hold a vault, by name: several workers on one phone have one each.
#[uniffi::export]
pub fn vaults_in(directory: String) -> Result<Vec<String>, FieldError> {
    guard(|| Ok(field::Vault::vaults_in(Path::new(&directory))))
}

impl From<field::RetentionReport> for RetentionReport {
    fn from(report: field::RetentionReport) -> Self {
        Self {
            expired: report.expired,
            old_drafts: report.old_drafts.iter().map(ToString::to_string).collect(),
            old_unsent: report.old_unsent.iter().map(ToString::to_string).collect(),
            reading_locked: report.reading_locked,
        }
    }
}

impl From<field::AuditView> for AuditEntry {
    fn from(entry: field::AuditView) -> Self {
        Self { seq: entry.seq, hour: entry.hour, code: entry.code.to_owned(), signed: entry.signed }
    }
}

impl From<field::BorderReport> for BorderReport {
    fn from(report: field::BorderReport) -> Self {
        Self { sync: report.sync.into(), drafts: report.drafts, queue: report.queue.into() }
    }
}
