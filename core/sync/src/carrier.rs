//! Another phone's items on their way to HQ, and HQ's entries on their way back, carried: under a quota and for a time. Items
//! go to the relay as the device's own do, by the same states, and by file. They are given up only on HQ's receipt; the
//! relay's word is not enough, because a relay may be restored from an old copy.

use std::collections::BTreeMap;

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use wayside_model::{DeviceId, Timestamp, from_canonical, to_canonical};
use wayside_seal::item::Header;
use wayside_seal::{ControlEntry, ControlKind, ItemKind, Receipt, VerifyingKey, sha256};

use crate::ItemView;
use crate::planted::{self, Fault};
use crate::queue::{Queue, Row};
use crate::queue_state::{Happening, State};
use crate::wire;

/// What a phone carries for others at most: 8 MiB, some thousand records without photos.
pub const QUOTA: u64 = 8 * 1024 * 1024;
/// And so many items: each has a row that is written anew when it is sent.
pub const MOST_ITEMS: usize = 4_096;
/// In so many pieces at most, of 4 KiB at least each on the disk, before all is written as one again.
pub const MOST_PIECES: usize = 256;
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

#[derive(Clone)]
struct Carried {
    owner: DeviceId,
    header: Header,
    sha256: [u8; 32],
    bytes: Vec<u8>,
    since: Timestamp,
}

#[derive(Clone)]
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

/// What has to be written for a carrier to be on the disk.
pub enum Unsaved {
    /// It is there.
    Nothing,
    /// This piece behind those that are there.
    Added(Vec<u8>),
    /// This in the place of all that is there.
    Whole(Vec<u8>),
}

#[derive(Clone)]
enum Place {
    Item([u8; 16]),
    Entry(DeviceId, u64),
}

/// What one phone carries for others. Of items it learns ids, numbers and sizes, no more.
#[derive(Clone)]
pub struct Carrier {
    quota: u64,
    ttl_ms: i64,
    /// By the name each has here.
    held: BTreeMap<[u8; 16], Carried>,
    entries: BTreeMap<(DeviceId, u64), Entry>,
    /// How far each is on its way to the relay.
    queue: Queue,
    /// Pieces on the disk, what is in none of them, and whether something is in them that is here no more.
    pieces: usize,
    fresh: Vec<Place>,
    gone: bool,
}

impl Carried {
    fn kept(&self) -> Kept {
        Kept { device: self.owner, since: self.since, bytes: self.bytes.clone().into(), counter: None }
    }
}

impl Entry {
    fn kept(&self, device: DeviceId, counter: u64) -> Kept {
        Kept { device, since: self.since, bytes: self.bytes.clone().into(), counter: Some(counter) }
    }
}

/// The name of an item here: of the very bytes, as that device's. Whatever another brings, it is no other item's name.
pub fn name(owner: DeviceId, sha256: &[u8; 32]) -> [u8; 16] {
    let whole = wayside_seal::sha256(&[owner.as_bytes().as_slice(), sha256].concat());
    std::array::from_fn(|n| whole[n])
}

impl Carrier {
    /// A carrier that holds at most `quota` bytes, each for at most `ttl_ms`, and nothing yet, whatever is on the disk.
    pub const fn new(quota: u64, ttl_ms: i64) -> Self {
        Self {
            quota,
            ttl_ms,
            held: BTreeMap::new(),
            entries: BTreeMap::new(),
            queue: Queue::new(),
            pieces: 0,
            fresh: Vec::new(),
            gone: true,
        }
    }

    /// Takes an item of `device`.
    pub fn take(&mut self, device: DeviceId, bytes: &[u8], now: Timestamp) -> Taken {
        let Ok(header) = Header::read(bytes) else { return Taken::Refused };
        let hash = sha256(bytes);
        let mut same_id = self.held.values().filter(|held| (held.owner, held.header.id) == (device, header.id));
        if let Some(known) = same_id.next() {
            return if known.sha256 == hash { Taken::Known } else { Taken::Conflict };
        }
        if self.size() + bytes.len() as u64 > self.quota || self.held.len() >= MOST_ITEMS {
            return Taken::NoRoom;
        }
        let carried = Carried { owner: device, header, sha256: hash, bytes: bytes.to_vec(), since: now };
        self.fresh.push(Place::Item(self::name(device, &hash)));
        self.keep(carried, None);
        Taken::New
    }

    /// With the row that was noted of it, or a new one.
    fn keep(&mut self, carried: Carried, noted: Option<Row>) {
        let name = name(carried.owner, &carried.sha256);
        let header = Header { id: name, ..carried.header };
        let new = || Row {
            state: State::Queued,
            ..Row::sealed(&header, carried.sha256, carried.bytes.len() as u64, carried.since)
        };
        self.queue.add(noted.unwrap_or_else(new));
        self.held.insert(name, carried);
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
        self.fresh.push(Place::Entry(device, counter));
        Taken::New
    }

    /// The entries it holds, by device and number.
    pub fn entries(&self) -> impl Iterator<Item = (DeviceId, u64, &[u8])> {
        self.entries.iter().map(|((device, counter), entry)| (*device, *counter, entry.bytes.as_slice()))
    }

    /// Those for one device that follow on `after` without a gap.
    pub fn entries_after(&self, device: DeviceId, after: u64) -> impl Iterator<Item = (u64, &[u8])> {
        let from = self.entries.range((device, after.saturating_add(1))..=(device, u64::MAX));
        let in_turn = from.zip(after.saturating_add(1)..).take_while(|(((_, counter), _), due)| counter == due);
        in_turn.map(|((_, entry), counter)| (counter, entry.bytes.as_slice()))
    }

    /// The item of `owner` that has this name on the wire ([`crate::wire::carried_id`]).
    pub fn whole(&self, owner: DeviceId, carried_id: &[u8; 16]) -> Option<&[u8]> {
        let is_it = |held: &&Carried| held.owner == owner && wire::carried_id(&held.sha256) == *carried_id;
        self.held.values().find(is_it).map(|held| held.bytes.as_slice())
    }

    /// Bytes there is room for.
    pub fn room(&self) -> u64 {
        if self.held.len() < MOST_ITEMS { self.quota.saturating_sub(self.size()) } else { 0 }
    }

    /// Bytes held.
    pub fn size(&self) -> u64 {
        let items = self.held.values().map(|carried| carried.bytes.len() as u64);
        items.chain(self.entries.values().map(|entry| entry.bytes.len() as u64)).sum()
    }

    /// How many items it carries.
    pub fn count(&self) -> usize {
        self.held.len()
    }

    /// How far each item is on its way to the relay, as the device's own: the same states, the same failures. What becomes of a
    /// row is for no item a reason to go.
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Changes rows; see [`Carrier::queue`].
    pub fn change(&mut self, work: impl FnOnce(&mut Queue)) {
        work(&mut self.queue);
    }

    /// Notes that the relay has an item. It is carried on.
    pub fn handed_over(&mut self, name: &[u8; 16], relay_epoch: u32, at: Timestamp) {
        self.queue.put_down(name);
        self.queue.happened(name, Happening::RelayHas { relay_epoch, at });
        if planted::is(Fault::CarrierDropsOnRelay) {
            self.held.remove(name);
            self.gone = true;
        }
    }

    /// What the engine is to look at, at `now`.
    pub fn views(&self, now: Timestamp) -> Vec<ItemView> {
        let of = |view: ItemView| self.held.get(&view.id).map(|held| ItemView { owner: Some(held.owner), ..view });
        self.queue.views(now).into_iter().filter_map(of).collect()
    }

    /// The bytes of an item by the name it has here.
    pub fn bytes(&self, name: &[u8; 16]) -> Option<&[u8]> {
        self.held.get(name).map(|held| held.bytes.as_slice())
    }

    /// Whether it carries an item of this name.
    pub fn has(&self, name: &[u8; 16]) -> bool {
        self.held.contains_key(name)
    }

    /// All that is to be kept. How far the items are is apart from it ([`Queue::to_bytes`] of [`Carrier::queue`]), because it
    /// changes with every item that is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        let items = self.held.values().map(Carried::kept);
        let entries = self.entries.iter().map(|((device, counter), held)| held.kept(*device, *counter));
        to_canonical(&items.chain(entries).collect::<Vec<_>>())
    }

    /// What has to be written since it was read, or since this was last asked: where something came in, that alone, so that a
    /// full carrier does not wear out a phone's storage with each item.
    pub fn unsaved(&mut self) -> Unsaved {
        let (fresh, gone) = (std::mem::take(&mut self.fresh), std::mem::take(&mut self.gone));
        if gone || (!fresh.is_empty() && self.pieces >= MOST_PIECES) {
            self.pieces = 1;
            return Unsaved::Whole(self.to_bytes());
        }
        if fresh.is_empty() {
            return Unsaved::Nothing;
        }
        self.pieces += 1;
        let kept = fresh.iter().filter_map(|place| match place {
            Place::Item(name) => self.held.get(name).map(Carried::kept),
            Place::Entry(device, counter) => {
                self.entries.get(&(*device, *counter)).map(|held| held.kept(*device, *counter))
            }
        });
        Unsaved::Added(to_canonical(&kept.collect::<Vec<_>>()))
    }

    /// What the pieces hold that [`Carrier::unsaved`] gave, with what was noted of how far the items are. A piece that is none is
    /// left out: what was in it is still with the device it comes from. What was noted may be missing or older: then an item
    /// is sent once more, which has no second effect.
    pub fn from_pieces(quota: u64, ttl_ms: i64, pieces: &[&[u8]], noted: Option<&Queue>) -> Self {
        let mut carrier = Self { pieces: pieces.len(), gone: false, ..Self::new(quota, ttl_ms) };
        for piece in pieces {
            if carrier.take_back(piece, noted).is_none() {
                carrier.gone = true;
            }
        }
        carrier
    }

    /// What [`Carrier::to_bytes`] gave, as one piece; `None` for anything else.
    pub fn from_bytes(quota: u64, ttl_ms: i64, bytes: &[u8], noted: Option<&Queue>) -> Option<Self> {
        let mut carrier = Self { pieces: 1, gone: false, ..Self::new(quota, ttl_ms) };
        carrier.take_back(bytes, noted).map(|()| carrier)
    }

    fn take_back(&mut self, piece: &[u8], noted: Option<&Queue>) -> Option<()> {
        let read = |Kept { device, since, bytes, counter }: Kept| {
            let bytes: Vec<u8> = bytes.into();
            let header = if counter.is_none() { Some(Header::read(&bytes).ok()?) } else { None };
            Some((device, since, bytes, header, counter))
        };
        let whole: Option<Vec<_>> = from_canonical::<Vec<Kept>>(piece).ok()?.into_iter().map(read).collect();
        for (device, since, bytes, header, counter) in whole? {
            if let Some(header) = header {
                let sha256 = sha256(&bytes);
                let noted = noted.and_then(|noted| noted.row(&name(device, &sha256))).copied();
                self.keep(Carried { owner: device, header, sha256, bytes, since }, noted);
            } else if let Some(counter) = counter {
                self.entries.insert((device, counter), Entry { bytes, since });
            }
        }
        Some(())
    }

    /// All it holds, to be handed to a relay or put into a bundle: urgent first, headers before what needs them.
    pub fn items(&self) -> Vec<(DeviceId, &[u8])> {
        let mut items: Vec<_> = self.held.values().collect();
        items.sort_by_key(|carried| {
            let rank = match carried.header.kind {
                ItemKind::EpochHeader => (0, 0),
                ItemKind::Envelope => (1, carried.header.priority),
                ItemKind::Checkpoint => (2, 0),
            };
            (rank, carried.owner, carried.header.device_epoch, carried.header.seq)
        });
        items.into_iter().map(|carried| (carried.owner, carried.bytes.as_slice())).collect()
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
        self.held.retain(|_, carried| {
            if (carried.owner, carried.header.device_epoch) != (device, receipt.epoch) {
                return true;
            }
            let seq = carried.header.seq;
            match carried.header.kind {
                ItemKind::EpochHeader => false,
                ItemKind::Envelope => !receipt.items.contains(&(seq, carried.sha256)),
                ItemKind::Checkpoint => !receipt.items.iter().any(|(named, _)| *named == seq),
            }
        });
        self.gone |= self.held.len() < before;
        self.tidy();
        before - self.held.len()
    }

    /// Rows go with their items.
    fn tidy(&mut self) {
        let mut left = Queue::new();
        self.queue.rows().filter(|row| self.held.contains_key(&row.id)).for_each(|row| left.add(*row));
        self.queue = left;
    }

    /// Drops what was carried for longer than agreed; the phone it comes from still has it. Returns how many items and entries.
    pub fn expire(&mut self, now: Timestamp) -> usize {
        let before = self.held.len() + self.entries.len();
        let ttl = self.ttl_ms;
        self.held.retain(|_, carried| now < carried.since.plus_millis(ttl));
        self.entries.retain(|_, entry| now < entry.since.plus_millis(ttl));
        let gone = before - self.held.len() - self.entries.len();
        self.gone |= gone > 0;
        self.tidy();
        gone
    }
}
