//! What HQ sent: entries of the control log, brought in by a sync and applied when the vault is open.

use wayside_model::{Coded, ErrorCode};
use wayside_seal::{ControlEntry, ControlKind, DeviceCertificate, Directory, Receipt};
use wayside_vault::QueueState;
use wayside_vault::outbox::Outbox;

use crate::content;
use crate::device::Identity;
use crate::error::FieldError;
use crate::orders;
use crate::recorder::{LogLevel, record};
use crate::vault::Inner;

/// Applies what came in and notes in the queue what the relay has taken. An entry that does not verify changes nothing and
/// is logged; the log is fetched again from before it, so that whoever forged it cannot keep HQ's own entries away.
pub(crate) fn apply(inner: &Inner) -> Result<(), FieldError> {
    let settings = inner.settings();
    let identity = settings.identity()?;
    let mut outbox = inner.outbox()?;
    note_what_the_relay_said(inner, &outbox)?;
    for (counter, bytes) in outbox.control()? {
        let directory = settings.directory(&identity)?;
        match ControlEntry::verify(&bytes, &directory.desk, identity.device) {
            Ok(entry) if entry.counter == counter => one(inner, &identity, &directory, &mut outbox, entry.kind)?,
            _ => {
                record(LogLevel::Warning, ErrorCode::SignatureWrong.as_str(), counter);
                return Ok(outbox.rewind_control(counter)?);
            }
        }
        outbox.clear_control(counter)?;
    }
    Ok(())
}

fn one(
    inner: &Inner,
    identity: &Identity,
    directory: &Directory,
    outbox: &mut Outbox,
    kind: ControlKind,
) -> Result<(), FieldError> {
    let settings = inner.settings();
    match kind {
        ControlKind::Certificate(bytes) => match DeviceCertificate::verify(&bytes, &directory.desk) {
            Ok(certificate) if certificate.device == identity.device => settings.put_certificate(&bytes),
            _ => refused(ErrorCode::SignatureWrong),
        },
        ControlKind::Directory(bytes) => {
            let now = inner.clock.now();
            match Directory::verify(&bytes, &identity.root_fingerprint, now, Some(directory.version)) {
                Ok(_) => settings.put_directory(&bytes),
                Err(error) => refused(error.code()),
            }
        }
        ControlKind::Revoked => settings.put_revoked(),
        ControlKind::Receipt(bytes) => receipt(inner, identity, outbox, &bytes),
        ControlKind::Content(bytes) => match content::take_in(inner, &bytes)? {
            Ok(()) => {
                record(LogLevel::Info, "content.installed", bytes.len() as u64);
                Ok(())
            }
            Err(code) => refused(code),
        },
        ControlKind::Minimum(sealed) => match orders::minimum(inner, identity, &sealed)? {
            Ok(()) => Ok(()),
            Err(code) => refused(code),
        },
        ControlKind::Erasure(hash) => orders::erase(inner, &hash),
        ControlKind::SetAside { id, code } => {
            let code = ErrorCode::ALL.iter().copied().find(|held| held.as_str() == code);
            orders::set_aside(inner, outbox, id, code.unwrap_or(ErrorCode::SyncRefused))
        }
        // The directory does not name the two keys that sign it yet: nothing of it may have half an effect.
        ControlKind::Wipe(_) => refused(ErrorCode::SealMalformed),
    }
}

/// Believes a receipt only for the bytes that were sealed here: same number, same hash.
fn receipt(inner: &Inner, identity: &Identity, outbox: &mut Outbox, bytes: &[u8]) -> Result<(), FieldError> {
    let Ok(receipt) = Receipt::verify(bytes, &identity.receipt_key()) else {
        return refused(ErrorCode::SealBroken);
    };
    if (receipt.device, receipt.epoch) != (identity.device, inner.settings().chain()?.epoch()) {
        return refused(ErrorCode::SealBroken);
    }
    let queue = inner.store.queue()?;
    for (seq, sha256) in &receipt.items {
        let Some(row) = queue.iter().find(|row| row.seq == *seq) else { continue };
        if row.sha256 != *sha256 {
            refused(ErrorCode::SealBroken)?;
            continue;
        }
        inner.store.set_queue_state(row.event, QueueState::HqHasIt, inner.clock.now().rounded())?;
        outbox.remove(row.event.as_bytes())?;
    }
    record(LogLevel::Info, "sync.receipt", receipt.items.len() as u64);
    Ok(())
}

fn note_what_the_relay_said(inner: &Inner, outbox: &Outbox) -> Result<(), FieldError> {
    let items = outbox.items()?;
    for row in inner.store.queue()?.iter().filter(|row| row.state == QueueState::Sealed) {
        let state = match items.iter().find(|item| item.id == *row.event.as_bytes()) {
            Some(item) if item.handed_over => QueueState::HandedOver,
            Some(item) if item.set_aside => QueueState::Quarantined,
            _ => continue,
        };
        inner.store.set_queue_state(row.event, state, inner.clock.now().rounded())?;
    }
    Ok(())
}

fn refused(code: ErrorCode) -> Result<(), FieldError> {
    record(LogLevel::Warning, code.as_str(), 0);
    Ok(())
}
