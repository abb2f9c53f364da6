//! What HQ sent: entries of the control log, brought in by a sync and applied when the vault is open.

use std::sync::Arc;

use wayside_model::{Coded, ErrorCode, EventId, Timestamp};
use wayside_seal::item::Header;
use wayside_seal::{ControlEntry, ControlKind, DeviceCertificate, Directory, ItemKind, Receipt};
use wayside_sync::queue::{Queue, Row};
use wayside_sync::queue_state::{Quarantine, State, Word};
use wayside_vault::QueueState;
use wayside_vault::outbox::Outbox;

use crate::carried;
use crate::carry;
use crate::content;
use crate::device::Identity;
use crate::duress;
use crate::epochs;
use crate::error::FieldError;
use crate::finish;
use crate::orders;
use crate::outbox_queue::OutboxQueue;
use crate::recorder::{LogLevel, record};
use crate::vault::Inner;
use crate::wipe_order::{self, Obeyed};

/// How long a sealed envelope stays after HQ's receipt. It cannot be read here, so it has no further use.
const GRACE_MILLIS: i64 = 0;

/// Applies what came in and notes in the queue what the relay has taken. An entry that does not verify changes nothing and
/// is logged; the log is fetched again from before it, so that whoever forged it cannot keep HQ's own entries away.
pub(crate) fn apply(inner: &Inner) -> Result<(), FieldError> {
    if inner.is_training()? {
        return Ok(());
    }
    let settings = inner.settings();
    let identity = settings.identity()?;
    let mut outbox = inner.outbox()?;
    wipe_order::keep_trust(&outbox, &identity, &settings.signed_directory()?)?;
    note_what_the_relay_said(inner)?;
    let came_in = outbox.control()?;
    let is_news = !came_in.is_empty();
    for (counter, bytes) in came_in {
        let directory = settings.directory(&identity)?;
        match ControlEntry::verify(&bytes, &directory.desk, identity.device) {
            Ok(entry) if entry.counter == counter => {
                // The counter only rises, so this is nothing that HQ said before. First, because where there was no contact for
                // so long that reading is locked, what HQ says of a case could not be applied, at this open or any other.
                if let Some(at) = entry.at {
                    inner.store.note_contact(at)?;
                }
                one(inner, &identity, &directory, &mut outbox, entry)?;
            }
            _ => {
                record(LogLevel::Warning, ErrorCode::SignatureWrong.as_str(), counter);
                outbox.rewind_control(counter)?;
                break;
            }
        }
        outbox.clear_control(counter)?;
    }
    if inner.store.owes_epoch()? {
        finish::mend(inner)?;
    }
    if is_news {
        // A decoy that is not ready where the vault is would tell.
        duress::furnish(inner)?;
    }
    Ok(())
}

fn one(
    inner: &Inner,
    identity: &Identity,
    directory: &Directory,
    outbox: &mut Outbox,
    entry: ControlEntry,
) -> Result<(), FieldError> {
    let settings = inner.settings();
    match entry.kind {
        ControlKind::Certificate(bytes) => match DeviceCertificate::verify(&bytes, &directory.desk) {
            Ok(certificate) if certificate.device == identity.device => settings.put_certificate(&bytes),
            _ => refused(ErrorCode::SignatureWrong),
        },
        ControlKind::Directory(bytes) => {
            let now = inner.clock.now();
            match Directory::verify(&bytes, &identity.root_fingerprint, now, Some(directory.version)) {
                Ok(_) => {
                    settings.put_directory(&bytes)?;
                    carry::note_hq(inner)?;
                    wipe_order::keep_trust(outbox, identity, &bytes)
                }
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
        ControlKind::Carried { device, entry } => {
            Ok(carried::take_receipt(outbox, device, &entry, &directory.desk, inner.clock.now())?)
        }
        ControlKind::SetAside { id, code } => {
            let code = ErrorCode::ALL.iter().copied().find(|held| held.as_str() == code);
            orders::set_aside(inner, id, code.unwrap_or(ErrorCode::SyncRefused))
        }
        ControlKind::Wipe(order) => {
            match wipe_order::refusal(outbox, directory, &order, entry.at, inner.clock.now())? {
                Some(code) => refused(code),
                None => match wipe_order::obey(&inner.directory, inner.clock.now())? {
                    Obeyed::Nothing => Ok(()),
                    Obeyed::Vault | Obeyed::Everything => Err(ErrorCode::VaultWipedByOrder.into()),
                },
            }
        }
    }
}

/// Believes a receipt only for the bytes that were sealed here: same number, same hash. What was sealed stands in the vault,
/// where nobody else can write; the outbox's own notes have no say in what is removed.
fn receipt(inner: &Inner, identity: &Identity, outbox: &mut Outbox, bytes: &[u8]) -> Result<(), FieldError> {
    let epoch = Receipt::peek(bytes).ok().filter(|(device, _)| *device == identity.device).map(|(_, epoch)| epoch);
    let Some(key) = epoch.map(|epoch| epochs::receipt_key(inner, identity, epoch)).transpose()?.flatten() else {
        // Also a receipt of an epoch that another copy of this vault began: nothing here was sealed in it.
        return refused(ErrorCode::SealBroken);
    };
    let Ok(receipt) = Receipt::verify(bytes, &key) else { return refused(ErrorCode::SealBroken) };
    let now = inner.clock.now().rounded();
    let mut sealed = sealed_here(inner, receipt.epoch, now)?;
    let done = sealed.receipt(&receipt, now);
    let chain = inner.settings().chain()?;
    let is_beyond = receipt.items.iter().any(|(seq, _)| *seq >= chain.next_seq());
    if receipt.epoch == chain.epoch() && (is_beyond || !done.alarms.is_empty()) && !inner.store.owes_epoch()? {
        // HQ has numbers of this epoch that were not given here: another copy of this vault is, or was, in use.
        inner.store.owe_epoch()?;
    }
    for seq in done.alarms {
        record(LogLevel::Warning, ErrorCode::SealBroken.as_str(), seq);
    }
    epochs::arrived(inner, receipt.epoch)?;
    for id in done.acked {
        inner.store.set_queue_state(EventId::from_bytes(id), QueueState::HqHasIt, now)?;
    }
    let mut gone = sealed.purge(now, GRACE_MILLIS);
    let queue = OutboxQueue::new(inner.outbox()?, Arc::clone(&inner.clock));
    queue.change(|queue| drop(queue.receipt(&receipt, now)))?;
    let is_done = |row: &&Row| row.kind == ItemKind::Checkpoint && matches!(row.state, State::HqAcked { .. });
    gone.extend(queue.read()?.rows().filter(is_done).map(|row| row.id));
    let held: Vec<[u8; 16]> = outbox.items()?.iter().map(|item| item.id).collect();
    gone.retain(|id| held.contains(id));
    outbox.remove_all(&gone)?;
    record(LogLevel::Info, "sync.receipt", receipt.items.len() as u64);
    Ok(())
}

/// The vault's rows of an epoch as the queue's rules read them.
fn sealed_here(inner: &Inner, epoch: u32, now: Timestamp) -> Result<Queue, FieldError> {
    let mut queue = Queue::default();
    for row in inner.store.queue()? {
        let id = *row.event.as_bytes();
        let (device_epoch, seq) = epochs::of_place(row.seq);
        if device_epoch != epoch {
            continue;
        }
        let header = Header { kind: ItemKind::Envelope, priority: 0, device_epoch, id, seq };
        let state = match row.state {
            QueueState::Sealed => State::Queued,
            QueueState::HandedOver => State::RelayStored { relay_epoch: 0, at: row.at },
            QueueState::HqHasIt => State::HqAcked { at: now },
            QueueState::Quarantined => State::Quarantined(Quarantine::Refused),
        };
        queue.add(Row { state, ..Row::sealed(&header, row.sha256, 0, row.at) });
    }
    Ok(queue)
}

/// What the outbox's queue says of an event goes into the vault's list for people; HQ's word alone comes from a receipt.
pub(crate) fn note_what_the_relay_said(inner: &Inner) -> Result<(), FieldError> {
    let queue = OutboxQueue::new(inner.outbox()?, Arc::clone(&inner.clock)).read()?;
    for row in inner.store.queue()?.iter().filter(|row| row.state != QueueState::HqHasIt) {
        let state = match queue.word(row.event.as_bytes()) {
            Some(Word::HandedOver) => QueueState::HandedOver,
            Some(Word::NeedsYou) => QueueState::Quarantined,
            Some(Word::OnThisDevice) => QueueState::Sealed,
            Some(Word::Draft | Word::HqHasIt | Word::Erased) | None => continue,
        };
        if state != row.state {
            inner.store.set_queue_state(row.event, state, inner.clock.now().rounded())?;
        }
    }
    Ok(())
}

fn refused(code: ErrorCode) -> Result<(), FieldError> {
    record(LogLevel::Warning, code.as_str(), 0);
    Ok(())
}
