//! Another phone's items on their way to HQ, and HQ's entries on their way back, carried: under a quota and for a time. Items
//! are given up only on HQ's receipt; the relay's word is not enough, because a relay may be restored from an old copy.

use std::collections::BTreeMap;

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use wayside_model::{DeviceId, Timestamp, from_canonical, to_canonical};
use wayside_seal::item::Header;
use wayside_seal::{ControlEntry, ControlKind, ItemKind, Receipt, VerifyingKey, sha256};

/// What a phone carries for others at most: 8 MiB, some thousand records without photos.
pub const QUOTA: u64 = 8 * 1024 * 1024;
/// For how long: 30 days.
pub const TTL_MS: i64 = 30 * 24 * 3_600_000;

/// What a carrier did with an item or entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is carried from now on.
    New,
    /// It was carried before.
    Known,
    /// There is no room. The phone it comes from keeps it.
    NoRoom,
    /// Other bytes under an id or number that is carried already: not taken.
    Conflict,
    /// Not an item, or not an entry that HQ signed for this device: not taken.
    Refused,
}

struct Carried {
    header: Header,
    sha256: [u8; 32],
    bytes: Vec<u8>,
    since: Timestamp,
}

struct Entry {
    bytes: Vec<u8>,
    since: Timestamp,
}

/// As it is kept: an item without a number, an entry of a control log with one.
#[derive(Encode, Decode)]
struct Kept {
    #[n(0)]
    device: DeviceId,
    #[n(1)]
    since: Timestamp,
    #[n(2)]
    bytes: ByteVec,
    #[n(3)]
    counter: Option<u64>,
}

/// What one phone carries for others. Of items it learns ids, numbers and sizes, no more.
pub struct Carrier {
    quota: u64,
    ttl_ms: i64,
    held: BTreeMap<(DeviceId, [u8; 16]), Carried>,
    entries: BTreeMap<(DeviceId, u64), Entry>,
}

impl Carrier {
    /// A carrier that holds at most `quota` bytes, each for at most `ttl_ms`.
    pub const fn new(quota: u64, ttl_ms: i64) -> Self {
        Self { quota, ttl_ms, held: BTreeMap::new(), entries: BTreeMap::new() }
    }

    /// Takes an item of `device`.
    pub fn take(&mut self, device: DeviceId, bytes: &[u8], now: Timestamp) -> Taken {
        let Ok(header) = Header::read(bytes) else { return Taken::Refused };
        let hash = sha256(bytes);
        if let Some(known) = self.held.get(&(device, header.id)) {
            return if known.sha256 == hash { Taken::Known } else { Taken::Conflict };
        }
        if self.size() + bytes.len() as u64 > self.quota {
            return Taken::NoRoom;
        }
        let carried = Carried { header, sha256: hash, bytes: bytes.to_vec(), since: now };
        self.held.insert((device, header.id), carried);
        Taken::New
    }

    /// Takes an entry of a device's control log, for that device. A receipt in it frees what it names.
    pub fn take_entry(
        &mut self,
        device: DeviceId,
        counter: u64,
        bytes: &[u8],
        desk: &VerifyingKey,
        now: Timestamp,
    ) -> Taken {
        if ControlEntry::verify(bytes, desk, device).is_ok_and(|entry| entry.counter == counter) {
            self.receipt(device, bytes, desk);
        } else {
            return Taken::Refused;
        }
        if let Some(known) = self.entries.get(&(device, counter)) {
            return if known.bytes == bytes { Taken::Known } else { Taken::Conflict };
        }
        if self.size() + bytes.len() as u64 > self.quota {
            return Taken::NoRoom;
        }
        self.entries.insert((device, counter), Entry { bytes: bytes.to_vec(), since: now });
        Taken::New
    }

    /// The entries it holds, by device and number.
    pub fn entries(&self) -> impl Iterator<Item = (DeviceId, u64, &[u8])> {
        self.entries.iter().map(|((device, counter), entry)| (*device, *counter, entry.bytes.as_slice()))
    }

    /// Bytes held.
    pub fn size(&self) -> u64 {
        let items = self.held.values().map(|carried| carried.bytes.len() as u64);
        items.chain(self.entries.values().map(|entry| entry.bytes.len() as u64)).sum()
    }

    /// The bytes to keep.
    pub fn to_bytes(&self) -> Vec<u8> {
        let items = self.held.iter().map(|((device, _), carried)| (*device, &carried.bytes, carried.since, None));
        let entries =
            self.entries.iter().map(|((device, counter), held)| (*device, &held.bytes, held.since, Some(*counter)));
        let kept = |(device, bytes, since, counter): (DeviceId, &Vec<u8>, Timestamp, Option<u64>)| Kept {
            device,
            since,
            bytes: bytes.clone().into(),
            counter,
        };
        to_canonical(&items.chain(entries).map(kept).collect::<Vec<_>>())
    }

    /// What [`Carrier::to_bytes`] gave; `None` for anything else.
    pub fn from_bytes(quota: u64, ttl_ms: i64, bytes: &[u8]) -> Option<Self> {
        let mut carrier = Self::new(quota, ttl_ms);
        for Kept { device, since, bytes, counter } in from_canonical::<Vec<Kept>>(bytes).ok()? {
            let bytes: Vec<u8> = bytes.into();
            if let Some(counter) = counter {
                carrier.entries.insert((device, counter), Entry { bytes, since });
            } else {
                let header = Header::read(&bytes).ok()?;
                carrier.held.insert((device, header.id), Carried { header, sha256: sha256(&bytes), bytes, since });
            }
        }
        Some(carrier)
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

    /// Drops what was carried for longer than agreed; the phone it comes from still has it. Returns how many items and entries.
    pub fn expire(&mut self, now: Timestamp) -> usize {
        let before = self.held.len() + self.entries.len();
        let ttl = self.ttl_ms;
        self.held.retain(|_, carried| now < carried.since.plus_millis(ttl));
        self.entries.retain(|_, entry| now < entry.since.plus_millis(ttl));
        before - self.held.len() - self.entries.len()
    }
}
