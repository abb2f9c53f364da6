//! What is carried for other devices, between the files of the outbox and whoever asks: the sync, bundles, the screen.

use wayside_model::{DeviceId, Timestamp};
use wayside_seal::{ControlEntry, ControlKind, VerifyingKey};
use wayside_sync::carrier::{Carrier, QUOTA, TTL_MS};
use wayside_sync::queue::Queue;
use wayside_sync::queue_state::State;
use wayside_vault::VaultError;
use wayside_vault::outbox::Outbox;

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
    Ok(read(outbox.carried()?.as_deref(), noted.as_ref(), now))
}

/// The same of the bytes that were kept. What is not whole is nothing: it is still with the devices it comes from.
pub(crate) fn read(kept: Option<&[u8]>, noted: Option<&Queue>, now: Timestamp) -> Carrier {
    let read = kept.and_then(|kept| Carrier::from_bytes(QUOTA, TTL_MS, kept, noted));
    let mut carrier = read.unwrap_or_else(|| Carrier::new(QUOTA, TTL_MS));
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
    let mut released = 0;
    outbox.change_carried(|kept| {
        let mut carrier = read(kept, None, now);
        let before = carrier.count();
        carrier.take_entry(device, counter, bytes, desk, now);
        released = before - carrier.count();
        carrier.to_bytes()
    })?;
    record(LogLevel::Info, "carry.released", released as u64);
    Ok(())
}
