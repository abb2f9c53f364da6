//! What is carried for other devices, between the files of the outbox and whoever asks: the sync, bundles, the screen.

use wayside_model::{DeviceId, Timestamp};
use wayside_seal::{ControlEntry, ControlKind, VerifyingKey};
use wayside_sync::carrier::{Carrier, QUOTA, TTL_MS, Unsaved};
use wayside_sync::queue::Queue;
use wayside_sync::queue_state::State;
use wayside_vault::outbox::Outbox;
use wayside_vault::{CarriedChange, VaultError};

use crate::error::FieldError;
use crate::outbox_session::OutboxSession;
use crate::recorder::{LogLevel, record};

/// How much is carried for other devices. Whatever the relay has, it is carried until HQ's receipt comes, or for thirty days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried {
    /// Sealed items, those that the relay has among them.
    pub items: u32,
    /// Those of them that the relay has. That is not yet HQ.
    pub handed_over: u32,
}

impl OutboxSession {
    /// How much is carried for other devices.
    ///
    /// Errors: `vault.missing`, `storage.*`.
    pub fn carried(&self) -> Result<Carried, FieldError> {
        Ok(status(&Outbox::open(self.directory())?, self.now())?)
    }
}

pub(crate) fn status(outbox: &Outbox, now: Timestamp) -> Result<Carried, VaultError> {
    let carrier = load(outbox, now)?;
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    let at_the_relay = carrier.queue().rows().filter(|row| matches!(row.state, State::RelayStored { .. }));
    Ok(Carried { items: number(carrier.count()), handed_over: number(at_the_relay.count()) })
}

/// All that is carried, but for what was carried long enough.
pub(crate) fn load(outbox: &Outbox, now: Timestamp) -> Result<Carrier, VaultError> {
    let noted = outbox.carried_notes()?.and_then(|notes| Queue::from_bytes(&notes));
    let pieces = outbox.carried()?;
    Ok(read(&pieces.iter().map(Vec::as_slice).collect::<Vec<_>>(), noted.as_ref(), now))
}

/// Changes what is carried, under the outbox's lock; it is on the disk when this returns.
pub(crate) fn change<T>(
    outbox: &Outbox,
    now: Timestamp,
    work: impl FnOnce(&mut Carrier) -> T,
) -> Result<T, VaultError> {
    let mut done = None;
    outbox.change_carried(|pieces| {
        let mut carrier = read(pieces, None, now);
        done = Some(work(&mut carrier));
        match carrier.unsaved() {
            Unsaved::Nothing => CarriedChange::Nothing,
            Unsaved::Added(piece) => CarriedChange::Added(piece),
            Unsaved::Whole(piece) => CarriedChange::Whole(piece),
        }
    })?;
    done.ok_or(VaultError::Bug)
}

fn read(pieces: &[&[u8]], noted: Option<&Queue>, now: Timestamp) -> Carrier {
    let mut carrier = Carrier::from_pieces(QUOTA, TTL_MS, pieces, noted);
    carrier.expire(now);
    carrier
}

/// Looks among HQ's entries that came in for receipts of what is carried, also while the vault is locked: what they name goes,
/// and they are carried back. Says whether there were any.
pub(crate) fn take_receipts(outbox: &Outbox, now: Timestamp) -> Result<bool, VaultError> {
    let Some(desk) = outbox.hq()?.map(|hq| VerifyingKey::from_bytes(hq.desk)) else { return Ok(false) };
    let mut were_any = false;
    for (counter, bytes) in outbox.control()? {
        let entry = ControlEntry::verify(&bytes, &desk, outbox.config().device).ok();
        let entry = entry.filter(|entry| entry.counter == counter);
        if let Some(ControlKind::Carried { device, entry }) = entry.map(|entry| entry.kind) {
            take_receipt(outbox, device, &entry, &desk, now)?;
            were_any = true;
        }
    }
    Ok(were_any)
}

/// One of them. Again changes nothing.
pub(crate) fn take_receipt(
    outbox: &Outbox,
    device: DeviceId,
    bytes: &[u8],
    desk: &VerifyingKey,
    now: Timestamp,
) -> Result<(), VaultError> {
    let Ok(ControlEntry { counter, kind: ControlKind::Receipt(_), .. }) = ControlEntry::verify(bytes, desk, device)
    else {
        return Ok(());
    };
    let released = change(outbox, now, |carrier| {
        let before = carrier.count();
        carrier.take_entry(device, counter, bytes, desk, now);
        before - carrier.count()
    })?;
    record(LogLevel::Info, "carry.released", released as u64);
    Ok(())
}
