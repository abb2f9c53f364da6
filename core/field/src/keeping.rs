//! Keeping a vault in order: what goes by itself, what waits for a person, who did what, and how everything goes at once.

use std::path::Path;
use std::sync::Arc;

use wayside_model::{DraftId, ErrorCode, EventId, Held, LogMark, LogPlace};
use wayside_seal::KeyStore;
use wayside_vault::Policy;

use crate::cancel::CancelToken;
use crate::entity_cases;
use crate::error::FieldError;
use crate::files_sent;
use crate::lists;
use crate::ports::{ProgressListener, Transport};
use crate::recorder::{LogLevel, record};
use crate::sync_run::SyncReport;
use crate::term_ends;
use crate::vault::{Inner, QueueStatus, Vault};
use crate::worklist;

/// What a look at the retention rules found and did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetentionReport {
    /// Records that HQ has and that went by themselves.
    pub expired: u64,
    /// Interviews that began more than seven days ago. They wait for a person: finish or discard them.
    pub old_drafts: Vec<DraftId>,
    /// Finished records that HQ has not acknowledged for more than thirty days. They wait for a person.
    pub old_unsent: Vec<EventId>,
    /// There was no contact with HQ for fourteen days: records are not shown until there is. Capture and sealing go on.
    pub reading_locked: bool,
}

/// One line of the audit log. It names nobody: what an entry was about is in the vault as a keyed hash alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditView {
    /// Counted from 1.
    pub seq: u64,
    /// Whole hours since 1970.
    pub hour: i64,
    /// What was done: `audit.open`, `audit.view`, `audit.erase`, `audit.expire`, `audit.export`, `audit.secret`,
    /// `audit.rollback`, `audit.border` or `audit.restored`.
    pub code: &'static str,
    /// The device's signature covers it: who takes it away or changes it is found out.
    pub signed: bool,
}

/// What is still on the device after [`Vault::clear_for_border`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BorderReport {
    /// The sync that came first.
    pub sync: SyncReport,
    /// Interviews that are not finished. They can be read here.
    pub drafts: u32,
    /// The finished records; none of them can be read here.
    pub queue: QueueStatus,
}

impl Vault {
    /// Ends a wipe that was begun: the files that [`Vault::panic_wipe`] left go. For the start of the app, before
    /// [`Vault::open`]. Takes nothing where none was begun.
    ///
    /// Errors: `keystore.*`, `storage.*`; called again, it goes on.
    pub fn sweep(directory: &Path, keys: &dyn KeyStore) -> Result<(), FieldError> {
        Ok(wayside_vault::Vault::sweep(directory, keys)?)
    }

    /// Looks through everything: every page, the structure, the rows against what was written last, the audit log against
    /// its chain. About 25 ms per MiB; for a thread that may take its time, after every open.
    ///
    /// Errors: `vault.damaged`; `vault.rolled_back`, from when on nothing is written until [`Vault::accept_rollback`].
    pub fn verify(&self) -> Result<(), FieldError> {
        Ok(self.inner.store.verify()?)
    }

    /// Lets go what may go, and says what waits for a person. Run it after an open and after a sync.
    ///
    /// No timer takes what HQ has not acknowledged. What a form of others left here, as entities or as its last instance, goes
    /// when HQ's days for it are over.
    pub fn apply_retention(&self) -> Result<RetentionReport, FieldError> {
        let begun: Vec<_> = self.drafts()?.iter().map(|draft| (draft.id, draft.started)).collect();
        let report = self.inner.store.apply_retention(self.inner.clock.now(), &Policy::default(), &begun)?;
        if report.lease_ended {
            entity_cases::forget(&self.inner, &|_| true)?;
        }
        term_ends::apply(&self.inner)?;
        entity_cases::forget_unkept(&self.inner)?;
        let old_unsent = files_sent::records_of(&self.inner, report.old_unsent)?;
        for (code, count) in [
            ("retention.expired", report.expired),
            ("retention.old_drafts", report.old_drafts.len() as u64),
            ("retention.old_unsent", old_unsent.len() as u64),
        ] {
            if count > 0 {
                record(LogLevel::Info, code, count);
            }
        }
        Ok(RetentionReport {
            expired: report.expired,
            old_drafts: report.old_drafts,
            old_unsent,
            reading_locked: report.reading_locked,
        })
    }

    /// The audit log, oldest first.
    pub fn audit(&self) -> Result<Vec<AuditView>, FieldError> {
        let entries = self.inner.store.audit()?;
        let newest = entries.last().map_or(0, |entry| entry.seq);
        let signed = newest.saturating_sub(self.inner.store.audit_unsigned()?);
        let view = |entry: &wayside_vault::AuditEntry| AuditView {
            seq: entry.seq,
            hour: entry.hour,
            code: entry.action.code(),
            signed: entry.seq <= signed,
        };
        Ok(entries.iter().map(view).collect())
    }

    /// Border mode: one sync, then everything that HQ has goes from here, and what interviews left for the next ones: entities
    /// that came from one, and what forms would read of the last. It goes also if the sync fails; what HQ has not
    /// acknowledged stays sealed in the outbox, for only a person may give that up.
    ///
    /// Errors: as [`Vault::sync`], after what HQ had before was erased; `vault.rolled_back`.
    pub fn clear_for_border(
        &self,
        transport: Arc<dyn Transport>,
        cancel: &CancelToken,
        listener: Option<&dyn ProgressListener>,
    ) -> Result<BorderReport, FieldError> {
        let sync = self.sync(transport, cancel, listener);
        entity_cases::forget(&self.inner, &|_| true)?;
        lists::forget_last_saved(&self.inner)?;
        term_ends::clear(&self.inner)?;
        let left = self.inner.store.erase_acknowledged()?;
        record(LogLevel::Info, "vault.border", 0);
        let drafts = u32::try_from(left.drafts).unwrap_or(u32::MAX);
        Ok(BorderReport { sync: sync?, drafts, queue: self.queue_status()? })
    }

    /// Destroys the vault at once, also while another call is at work in it: first the keys on the disk, then those in
    /// memory. At most 100 ms, whatever the size. What is left of the files goes with [`Vault::sweep`]. The sealed outbox
    /// stays, and stays sendable.
    ///
    /// Errors: `keystore.*`, `storage.*`: the vault is gone all the same.
    pub fn panic_wipe(&self, keys: &dyn KeyStore) -> Result<(), FieldError> {
        Ok(self.inner.store.panic_wipe(keys)?)
    }

    /// The folders within `directory` that hold a vault, by name: several workers on one phone have one each, and none
    /// opens another's. Empty where the folder cannot be read.
    pub fn vaults_in(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        let with_vault = entries.filter(|entry| Self::is_present(&entry.path()));
        let mut names: Vec<String> = with_vault.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}

/// Number of the log's entry that HQ was told of last.
const LOG_TOLD: &str = "audit-told";

/// How the audit log stands and what else lies here, for the record that is sealed now of this draft.
pub(crate) fn log_mark(inner: &Inner, sealed: DraftId) -> Result<LogMark, FieldError> {
    let (seq, head) = inner.store.audit_end()?;
    let told =
        inner.store.setting(LOG_TOLD)?.and_then(|bytes| Some(u64::from_le_bytes(bytes.as_slice().try_into().ok()?)));
    let before = match told {
        Some(told) => inner.store.audit_hash(told)?.map(|head| place(told, &head)),
        None => None,
    };
    let drafts = inner.store.drafts()?.iter().filter(|draft| draft.id != sealed).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let held = match worklist::open_cases(inner) {
        Ok(cases) => Some(Held { drafts: count(drafts), cases: count(cases.len()) }),
        // Sealing goes on where reading is locked.
        Err(error) if error.code == ErrorCode::VaultLease => None,
        Err(error) => return Err(error),
    };
    Ok(LogMark { end: place(seq, &head), before, held })
}

/// The record that says so is queued.
pub(crate) fn note_told(inner: &Inner, log: Option<&LogMark>) -> Result<(), FieldError> {
    log.map_or(Ok(()), |log| Ok(inner.store.put_setting(LOG_TOLD, &log.end.seq.to_le_bytes())?))
}

fn place(seq: u64, head: &[u8; 32]) -> LogPlace {
    LogPlace { seq, head: head.first_chunk().copied().unwrap_or_default() }
}

impl Inner {
    /// Signs the end of the audit log, if anything came after the last signed one.
    pub(crate) fn sign_audit(&self) -> Result<(), FieldError> {
        if self.store.audit_unsigned()? > 0 {
            self.store.sign_audit(&self.settings().identity()?.signing_key()?)?;
        }
        Ok(())
    }
}
