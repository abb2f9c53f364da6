//! Another phone's items, carried: under a quota and for a time, and given up only on HQ's receipt. The relay's word is not
//! enough, because a relay may be restored from an old copy.

use std::collections::BTreeMap;

use wayside_model::{DeviceId, Timestamp};
use wayside_seal::item::Header;
use wayside_seal::{ControlEntry, ControlKind, ItemKind, Receipt, VerifyingKey, sha256};

/// What a carrier did with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is carried from now on.
    New,
    /// It was carried before.
    Known,
    /// There is no room. The phone it comes from keeps it.
    NoRoom,
    /// Not an item, or other bytes under a known id: not taken.
    Refused,
}

struct Carried {
    header: Header,
    sha256: [u8; 32],
    bytes: Vec<u8>,
    since: Timestamp,
}

/// What one phone carries for others. It learns ids, numbers and sizes, no more.
pub struct Carrier {
    quota: u64,
    ttl_ms: i64,
    held: BTreeMap<(DeviceId, [u8; 16]), Carried>,
}

impl Carrier {
    /// A carrier that holds at most `quota` bytes, each for at most `ttl_ms`.
    pub const fn new(quota: u64, ttl_ms: i64) -> Self {
        Self { quota, ttl_ms, held: BTreeMap::new() }
    }

    /// Takes an item of `device`.
    pub fn take(&mut self, device: DeviceId, bytes: &[u8], now: Timestamp) -> Taken {
        let Ok(header) = Header::read(bytes) else { return Taken::Refused };
        let hash = sha256(bytes);
        if let Some(known) = self.held.get(&(device, header.id)) {
            return if known.sha256 == hash { Taken::Known } else { Taken::Refused };
        }
        if self.size() + bytes.len() as u64 > self.quota {
            return Taken::NoRoom;
        }
        let carried = Carried { header, sha256: hash, bytes: bytes.to_vec(), since: now };
        self.held.insert((device, header.id), carried);
        Taken::New
    }

    /// Bytes held.
    pub fn size(&self) -> u64 {
        self.held.values().map(|carried| carried.bytes.len() as u64).sum()
    }

    /// All it holds, to be handed to a relay or put into a bundle: urgent first, headers before what needs them.
    pub fn items(&self) -> Vec<(DeviceId, &[u8])> {
        let mut items: Vec<_> = self.held.iter().collect();
        items.sort_by_key(|((device, _), carried)| {
            let rank = match carried.header.kind {
                ItemKind::EpochHeader => (0, 0),
                ItemKind::Envelope => (1, carried.header.priority),
                ItemKind::Checkpoint => (2, 0),
            };
            (rank, *device, carried.header.device_epoch, carried.header.seq)
        });
        items.into_iter().map(|((device, _), carried)| (*device, carried.bytes.as_slice())).collect()
    }

    /// Reads an entry of another device's control log. Where it is a receipt signed by the desk, what it names exactly is
    /// dropped, and of the same epoch the header, without which HQ could not have made it, and checkpoints up to a number it
    /// names. What belongs to another epoch stays. Returns how many items.
    pub fn receipt(&mut self, device: DeviceId, entry: &[u8], desk: &VerifyingKey) -> usize {
        let Ok(ControlEntry { kind: ControlKind::Receipt(bytes), .. }) = ControlEntry::verify(entry, desk, device)
        else {
            return 0;
        };
        let Ok(receipt) = Receipt::read_within_entry(&bytes) else { return 0 };
        let before = self.held.len();
        self.held.retain(|(owner, _), carried| {
            if (*owner, carried.header.device_epoch) != (device, receipt.epoch) {
                return true;
            }
            let seq = carried.header.seq;
            match carried.header.kind {
                ItemKind::EpochHeader => false,
                ItemKind::Envelope => !receipt.items.contains(&(seq, carried.sha256)),
                ItemKind::Checkpoint => !receipt.items.iter().any(|(named, _)| *named == seq),
            }
        });
        before - self.held.len()
    }

    /// Drops what was carried for longer than agreed; the phone it comes from still has it. Returns how many items.
    pub fn expire(&mut self, now: Timestamp) -> usize {
        let before = self.held.len();
        let ttl = self.ttl_ms;
        self.held.retain(|_, carried| now < carried.since.plus_millis(ttl));
        before - self.held.len()
    }
}
