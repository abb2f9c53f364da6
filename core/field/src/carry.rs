//! Sealed items on a stick or on another phone: what this device has to send as one file, HQ's entries on the way back, and
//! what is carried for others under a quota, which the next sync gives to the relay. Needs no secret: what is in it is sealed
//! or signed, the same bytes as over the relay. Writing a file changes nothing; only HQ's receipt does.

use std::collections::BTreeMap;
use std::sync::Arc;

use wayside_model::{DeviceId, ErrorCode, Timestamp};
use wayside_seal::bundle::{self, BundleHead, Piece};
use wayside_seal::{ControlEntry, ItemKind, VerifyingKey, random};
use wayside_sync::carrier::{Carrier, Taken};
use wayside_vault::outbox::{Hq, Outbox};

use crate::carried;
use crate::error::FieldError;
use crate::outbox_session::OutboxSession;
use crate::recorder::{LogLevel, record};
use crate::vault::{Inner, Vault};

/// What was taken from a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BundleReport {
    /// The file's end is there and fits. Of a file that was cut off, all whole pieces were looked at.
    pub complete: bool,
    /// HQ's entries for this device that are new. They count from the next time the vault is open.
    pub received: u32,
    /// Pieces that are carried for others from now on.
    pub carried: u32,
    /// Pieces that were here before.
    pub known: u32,
    /// Items carried for others that HQ has now: given up.
    pub released: u32,
    /// What was not taken, how many by code: `signature.wrong`, `seal.malformed`, `sync.conflict`, `carry.full`, `carry.gap`.
    pub refused: BTreeMap<ErrorCode, u32>,
}

impl BundleReport {
    fn refuse(&mut self, code: ErrorCode) {
        record(LogLevel::Warning, code.as_str(), 0);
        *self.refused.entry(code).or_default() += 1;
    }

    fn taken(&mut self, taken: Taken, unproven: ErrorCode) {
        match taken {
            Taken::New => self.carried += 1,
            Taken::Known => self.known += 1,
            Taken::NoRoom => self.refuse(ErrorCode::CarryFull),
            Taken::Conflict => self.refuse(ErrorCode::SyncConflict),
            Taken::Refused => self.refuse(unproven),
        }
    }
}

impl OutboxSession {
    /// All that this device has not got HQ's receipt for, and all it carries for others, urgent things first: the bytes of a
    /// file that HQ, or another phone of the organisation, takes in. It says of its origin what the relay sees, no more.
    ///
    /// Errors: `vault.locked` where HQ's keys were never noted here: open the vault once; `storage.*`, `vault.damaged`.
    pub fn export_bundle(&self) -> Result<Vec<u8>, FieldError> {
        let outbox = Outbox::open(self.directory())?;
        let hq = hq(&outbox)?;
        let device = outbox.config().device;
        let mut items = outbox.items()?;
        items.sort_by_key(|item| match item.kind {
            ItemKind::EpochHeader => (0, 0),
            ItemKind::Envelope => (1, item.priority),
            ItemKind::Checkpoint => (2, 0),
        });
        let mut pieces = Vec::new();
        for item in items {
            // It may have gone since, with HQ's receipt.
            if let Some(bytes) = outbox.bytes(&item.id)? {
                pieces.push(Piece::Item { device, bytes });
            }
        }
        let carrier = carried::load(&outbox, self.now())?;
        pieces.extend(carrier.items().into_iter().map(|(device, item)| Piece::Item { device, bytes: item.to_vec() }));
        pieces.extend(carrier.entries().map(|(device, counter, entry)| Piece::Order {
            device,
            counter,
            bytes: entry.to_vec(),
        }));
        let head = BundleHead { tenant: hq.tenant, id: random::bytes()? };
        record(LogLevel::Info, "bundle.exported", pieces.len() as u64);
        Ok(bundle::write(&head, &pieces)?)
    }

    /// Takes in a file that another device or HQ wrote, in any state and as often as one likes: HQ's entries for this device,
    /// and what is for or from others, to be carried. What cannot be verified is refused by code and changes nothing.
    ///
    /// Errors: `seal.malformed` if it is no bundle; `carry.foreign` if it is another organisation's; `vault.locked` as
    /// [`OutboxSession::export_bundle`]; `storage.*`.
    pub fn import_bundle(&self, bytes: &[u8]) -> Result<BundleReport, FieldError> {
        let mut outbox = Outbox::open(self.directory())?;
        let hq = hq(&outbox)?;
        let read = bundle::read(bytes)?;
        if read.head.tenant != hq.tenant {
            return Err(ErrorCode::CarryForeign.into());
        }
        let desk = VerifyingKey::from_bytes(hq.desk);
        let mut report = BundleReport { complete: read.complete, ..BundleReport::default() };
        let own = outbox.config().device;
        let (mine, others): (Vec<_>, Vec<_>) = read.pieces.into_iter().partition(|piece| owner(piece) == own);
        take_entries(&mut outbox, mine, &desk, &mut report)?;
        let now = self.now();
        if report.received > 0 {
            carried::take_receipts(&outbox, now)?;
        }
        if !others.is_empty() {
            carried::change(&outbox, now, |carrier| carry(carrier, &others, &desk, now, &mut report))?;
        }
        record(LogLevel::Info, "bundle.imported", u64::from(report.received) + u64::from(report.carried));
        Ok(report)
    }
}

impl Vault {
    /// As [`OutboxSession::export_bundle`].
    ///
    /// Errors: as there; `vault.training`.
    pub fn export_bundle(&self) -> Result<Vec<u8>, FieldError> {
        self.without_secret()?.export_bundle()
    }

    /// As [`OutboxSession::import_bundle`]; what HQ sent counts at once.
    ///
    /// Errors: as there; `vault.training`.
    pub fn import_bundle(&self, bytes: &[u8]) -> Result<BundleReport, FieldError> {
        let report = self.without_secret()?.import_bundle(bytes)?;
        self.apply_received()?;
        Ok(report)
    }

    /// The worker's own outbox, also from within a decoy.
    pub(crate) fn without_secret(&self) -> Result<OutboxSession, FieldError> {
        if self.inner.is_training()? {
            return Err(ErrorCode::VaultTraining.into());
        }
        Ok(OutboxSession::with_clock(&self.inner.directory, Arc::clone(&self.inner.clock)))
    }
}

/// Notes beside the outbox by what HQ is known, for the time the vault is locked.
pub(crate) fn note_hq(inner: &Inner) -> Result<(), FieldError> {
    let settings = inner.settings();
    let directory = settings.directory(&settings.identity()?)?;
    let known = Hq { tenant: bundle::tenant(&directory.root), desk: *directory.desk.as_bytes() };
    Ok(inner.outbox()?.put_hq(known)?)
}

pub(crate) fn hq(outbox: &Outbox) -> Result<Hq, FieldError> {
    outbox.hq()?.ok_or_else(|| ErrorCode::VaultLocked.into())
}

const fn owner(piece: &Piece) -> DeviceId {
    match piece {
        Piece::Item { device, .. } | Piece::Order { device, .. } => *device,
    }
}

/// HQ's entries for this device, whatever their order in the file. One after a gap is not taken: what is between would
/// never be asked for.
fn take_entries(
    outbox: &mut Outbox,
    pieces: Vec<Piece>,
    desk: &VerifyingKey,
    report: &mut BundleReport,
) -> Result<(), FieldError> {
    let mut entries = BTreeMap::new();
    for piece in pieces {
        match piece {
            // What this device sealed itself has come round.
            Piece::Item { .. } => report.known += 1,
            Piece::Order { device, counter, bytes } => {
                if ControlEntry::verify(&bytes, desk, device).is_ok_and(|entry| entry.counter == counter) {
                    entries.insert(counter, bytes);
                } else {
                    report.refuse(ErrorCode::SignatureWrong);
                }
            }
        }
    }
    for (counter, bytes) in entries {
        let position = outbox.control_position()?;
        if counter <= position {
            report.known += 1;
        } else if counter == position + 1 {
            outbox.add_control(counter, &bytes)?;
            report.received += 1;
        } else {
            report.refuse(ErrorCode::CarryGap);
        }
    }
    Ok(())
}

fn carry(carrier: &mut Carrier, pieces: &[Piece], desk: &VerifyingKey, now: Timestamp, report: &mut BundleReport) {
    let mut items = carrier.count();
    for piece in pieces {
        match piece {
            Piece::Item { device, bytes } => {
                let taken = carrier.take(*device, bytes, now);
                items += usize::from(taken == Taken::New);
                report.taken(taken, ErrorCode::SealMalformed);
            }
            Piece::Order { device, counter, bytes } => {
                let taken = carrier.take_entry(*device, *counter, bytes, desk, now);
                report.taken(taken, ErrorCode::SignatureWrong);
            }
        }
    }
    report.released = u32::try_from(items - carrier.count()).unwrap_or(u32::MAX);
}
