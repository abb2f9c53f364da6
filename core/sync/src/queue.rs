//! The queue of one device: a row for each sealed item. Holds no content and forgets no row; what may be removed from the
//! disk it says by id, and only after HQ's receipt.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use minicbor::{Decode, Encode};
use wayside_model::Timestamp;
use wayside_seal::item::Header;
use wayside_seal::{ItemKind, Receipt};

use crate::planted::{self, Fault};
use crate::queue_state::{Happening, Hold, Quarantine, State, Word, next, word};
use crate::{ItemView, SyncClass};

/// An item that waited so long rises by one class, never into P0 (sync design 3.4).
pub const RISES_AFTER_MS: i64 = 24 * 3_600_000;
/// Without a receipt for so long, what the relay has is sent again: 7 days.
pub const STALE_AFTER_MS: i64 = 7 * 24 * 3_600_000;
/// So many ends of the program with the same item in hand make it poison.
pub const CRASHES_BEFORE_POISON: u8 = 3;
/// An urgent item that has not reached HQ for so long has to be phoned in: 2 hours of any time.
pub const PHONE_IN_AFTER_MS: i64 = 2 * 3_600_000;
/// The same, counted over the time with a link: 10 minutes.
pub const PHONE_IN_AFTER_LINK_MS: i64 = 10 * 60_000;

/// One item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Row {
    /// Its id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// SHA-256 of its bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
    /// The device's epoch.
    #[n(2)]
    pub epoch: u32,
    /// Number in the epoch; for a checkpoint the last one it covers, 0 for an epoch header.
    #[n(3)]
    pub seq: u64,
    /// What it is.
    #[cbor(n(4), with = "crate::queue_bytes::kind")]
    pub kind: ItemKind,
    /// 0 (urgent) to 4.
    #[n(5)]
    pub priority: u8,
    /// Bytes to send.
    #[n(6)]
    pub len: u64,
    /// When it was sealed.
    #[n(7)]
    pub sealed_at: Timestamp,
    /// Where it is.
    #[n(8)]
    pub state: State,
    /// Failures that were this item's, for HQ's daily count.
    #[n(9)]
    pub failures: u32,
    /// Ends of the program with this item in hand.
    #[n(10)]
    pub crashes: u8,
    /// It is in hand now; still so at a start means that the program ended with it.
    #[n(11)]
    pub in_hand: bool,
    /// When a neighbour took it to carry, the last time. It says nothing of the relay or of HQ, and moves the item nowhere.
    /// Missing in rows of earlier versions.
    #[n(12)]
    pub with_neighbour: Option<Timestamp>,
}

impl Row {
    /// The row of an item that was just sealed. `header` and `sha256` are those of its bytes.
    pub const fn sealed(header: &Header, sha256: [u8; 32], len: u64, now: Timestamp) -> Self {
        Self {
            id: header.id,
            sha256,
            epoch: header.device_epoch,
            seq: header.seq,
            kind: header.kind,
            priority: header.priority,
            len,
            sealed_at: now,
            state: State::Sealed,
            failures: 0,
            crashes: 0,
            in_hand: false,
            with_neighbour: None,
        }
    }
}

/// What a receipt did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipted {
    /// Items HQ has from now on.
    pub acked: Vec<[u8; 16]>,
    /// Numbers for which HQ names other bytes than were sealed here. Nothing was changed for them; HQ and a person have to see it.
    pub alarms: Vec<u64>,
}

/// All rows of a device.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Queue {
    rows: BTreeMap<[u8; 16], Row>,
    /// In the order they were added.
    order: Vec<[u8; 16]>,
}

impl Queue {
    /// One without rows.
    pub const fn new() -> Self {
        Self { rows: BTreeMap::new(), order: Vec::new() }
    }

    /// Adds an item. The same id again changes nothing, except that a draft becomes what was sealed of it.
    pub fn add(&mut self, row: Row) {
        match self.rows.entry(row.id) {
            Entry::Vacant(place) => {
                place.insert(row);
                self.order.push(row.id);
            }
            Entry::Occupied(mut place) => {
                if let Some(state) = next(place.get().state, Happening::Finished) {
                    place.insert(Row { state, ..row });
                }
            }
        }
    }

    /// Checkpoints whose newest sister covers them are not sent any more, once the relay has every envelope that one covers.
    pub fn supersede_checkpoints(&mut self) {
        let mut newest: BTreeMap<u32, u64> = BTreeMap::new();
        let may_go = |row: &&Row| row.kind == ItemKind::Checkpoint && !matches!(row.state, State::Quarantined(_));
        for row in self.rows.values().filter(may_go) {
            let last = newest.entry(row.epoch).or_default();
            *last = (*last).max(row.seq);
        }
        newest.retain(|epoch, last| {
            let missing = |row: &Row| {
                row.kind == ItemKind::Envelope
                    && row.epoch == *epoch
                    && row.seq <= *last
                    && !matches!(
                        row.state,
                        State::RelayStored { .. } | State::HqAcked { .. } | State::Purged | State::Erased
                    )
            };
            !self.rows.values().any(missing)
        });
        for row in self.rows.values_mut().filter(|row| row.kind == ItemKind::Checkpoint) {
            if newest.get(&row.epoch).is_some_and(|last| row.seq < *last)
                && let Some(state) = next(row.state, Happening::Supersede)
            {
                row.state = state;
            }
        }
    }

    /// One row.
    pub fn row(&self, id: &[u8; 16]) -> Option<&Row> {
        self.rows.get(id)
    }

    /// All rows, in the order they were added.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.order.iter().filter_map(|id| self.rows.get(id))
    }

    /// What the screen says of an item.
    pub fn word(&self, id: &[u8; 16]) -> Option<Word> {
        self.rows.get(id).map(|row| word(row.state))
    }

    /// Moves one item. `false`: it does not apply, or there is no such item.
    pub fn happened(&mut self, id: &[u8; 16], happening: Happening) -> bool {
        let Some(row) = self.rows.get_mut(id) else { return false };
        let Some(state) = next(row.state, happening) else { return false };
        row.state = state;
        true
    }

    /// What the engine is to look at, at `now`: what HQ has, what is held or blocked and what is gone is left out.
    pub fn views(&self, now: Timestamp) -> Vec<ItemView> {
        self.rows().filter_map(|row| view(row, now)).collect()
    }

    /// The scheduler saw what was sealed since.
    pub fn schedule(&mut self) {
        for row in self.rows.values_mut() {
            if let Some(state) = next(row.state, Happening::Scheduled) {
                row.state = state;
            }
        }
    }

    /// A failure of this item alone that passes. There is no last attempt.
    pub fn failed(&mut self, id: &[u8; 16], status: Option<u16>, class: SyncClass, until: Timestamp) {
        let deletes = (planted::is(Fault::NotFoundDeletes) && status == Some(404))
            || (planted::is(Fault::RefusalDeletes) && status.is_some_and(|status| (400..500).contains(&status)));
        if deletes {
            self.rows.remove(id);
            return;
        }
        if let Some(row) = self.rows.get_mut(id) {
            row.failures = row.failures.saturating_add(1);
        }
        self.happened(id, Happening::Failed { until, class });
    }

    /// Applies a receipt whose MAC was verified ([`Receipt::verify`]): number and hash have to be those of the row.
    pub fn receipt(&mut self, receipt: &Receipt, now: Timestamp) -> Receipted {
        let mut done = Receipted::default();
        let end = receipt.items.last().map_or(0, |(seq, _)| *seq);
        let named: BTreeMap<u64, [u8; 32]> = receipt.items.iter().copied().collect();
        for row in self.rows.values_mut() {
            let counts = match row.kind {
                ItemKind::Envelope if row.epoch == receipt.epoch => match named.get(&row.seq) {
                    Some(sha256) if *sha256 == row.sha256 || planted::is(Fault::ReceiptForOtherBytes) => true,
                    Some(_) => {
                        done.alarms.push(row.seq);
                        false
                    }
                    None => planted::is(Fault::ReceiptByEnd) && row.seq <= end,
                },
                // HQ could not make the receipt without the header, nor without a checkpoint over what it names.
                ItemKind::EpochHeader => row.epoch == receipt.epoch,
                ItemKind::Checkpoint => row.epoch == receipt.epoch && named.contains_key(&row.seq),
                ItemKind::Envelope => false,
            };
            if counts && let Some(state) = next(row.state, Happening::HqHas { at: now }) {
                row.state = state;
                done.acked.push(row.id);
            }
        }
        done
    }

    /// Marks as purged what HQ has had for `grace_ms`, and says which bytes may be removed now.
    pub fn purge(&mut self, now: Timestamp, grace_ms: i64) -> Vec<[u8; 16]> {
        let mut gone = Vec::new();
        for row in self.rows.values_mut() {
            if let State::HqAcked { at } = row.state
                && now >= at.plus_millis(grace_ms)
                && let Some(state) = next(row.state, Happening::GraceOver)
            {
                row.state = state;
                gone.push(row.id);
            }
        }
        gone
    }

    /// Queues again what the relay has had for long without a receipt, or had in an earlier life than `relay_epoch`.
    /// The id stays, so a second arrival has no second effect.
    pub fn look_again(&mut self, now: Timestamp, relay_epoch: u32) {
        for row in self.rows.values_mut() {
            if let State::RelayStored { relay_epoch: stored_in, at } = row.state
                && (stored_in != relay_epoch || now >= at.plus_millis(STALE_AFTER_MS) || now < at)
                && let Some(state) = next(row.state, Happening::Stale)
            {
                row.state = state;
            }
        }
    }

    /// The program starts: what was in the air is queued; an item that was in hand three times is set aside for a person.
    /// Returns the poisoned ones.
    pub fn restart(&mut self) -> Vec<[u8; 16]> {
        let mut poisoned = Vec::new();
        for row in self.rows.values_mut() {
            if let Some(state) = next(row.state, Happening::Restart) {
                row.state = state;
            }
            if row.in_hand {
                row.in_hand = false;
                row.crashes = row.crashes.saturating_add(1);
                if row.crashes >= CRASHES_BEFORE_POISON
                    && let Some(state) = next(row.state, Happening::Quarantine(Quarantine::Poison))
                {
                    row.state = state;
                    poisoned.push(row.id);
                }
            }
        }
        poisoned
    }

    /// Notes that work on this item begins. To be durable before it begins.
    pub fn take_in_hand(&mut self, id: &[u8; 16]) {
        if let Some(row) = self.rows.get_mut(id) {
            row.in_hand = true;
        }
    }

    /// Notes that the work ended, well or not: the program did not end with it.
    pub fn put_down(&mut self, id: &[u8; 16]) {
        if let Some(row) = self.rows.get_mut(id) {
            row.in_hand = false;
            row.crashes = 0;
        }
    }

    /// Notes that the work with a neighbour ended, well or not. It clears no earlier end of the program: what ends it on the
    /// way to the relay may well reach a neighbour.
    pub fn put_back(&mut self, id: &[u8; 16]) {
        if let Some(row) = self.rows.get_mut(id) {
            row.in_hand = false;
        }
    }

    /// A neighbour carries it from now on. It waits for the relay as it did before it was offered.
    pub fn carried_by_neighbour(&mut self, id: &[u8; 16], now: Timestamp) {
        self.put_back(id);
        self.happened(id, Happening::Restart);
        if let Some(row) = self.rows.get_mut(id) {
            row.with_neighbour = Some(now);
        }
    }

    /// On a link that costs money or is weak, photos and sounds (P4) wait for the worker's yes; off it they go on.
    pub fn metered(&mut self, metered: bool) {
        for row in self.rows.values_mut().filter(|row| row.priority == wayside_seal::item::LAST_PRIORITY) {
            let happening = match (metered, row.state) {
                (true, _) => Happening::Hold(Hold::Metered),
                (false, State::Held(Hold::Metered)) => Happening::Release,
                (false, _) => continue,
            };
            if let Some(state) = next(row.state, happening) {
                row.state = state;
            }
        }
    }

    /// A person, or an update of the app, says: try what was set aside again.
    pub fn retry_all(&mut self) {
        for row in self.rows.values_mut() {
            if let (State::Quarantined(_), Some(state)) = (row.state, next(row.state, Happening::Retry)) {
                row.state = state;
                row.crashes = 0;
            }
        }
    }

    /// Urgent items that have to be told to HQ by voice: unreceipted for two hours, or for ten minutes of link.
    pub fn phone_it_in(&self, now: Timestamp, link_ms: i64) -> Vec<[u8; 16]> {
        let waits = |row: &&Row| {
            row.priority == 0
                && row.kind == ItemKind::Envelope
                && !matches!(row.state, State::HqAcked { .. } | State::Purged | State::Erased | State::Superseded)
                && (now >= row.sealed_at.plus_millis(PHONE_IN_AFTER_MS) || link_ms >= PHONE_IN_AFTER_LINK_MS)
        };
        self.rows().filter(waits).map(|row| row.id).collect()
    }
}

fn view(row: &Row, now: Timestamp) -> Option<ItemView> {
    let (handed_over, set_aside) = match row.state {
        State::Sealed | State::Queued | State::Sending { .. } | State::Backoff { .. } => (false, false),
        State::RelayStored { .. } => (true, false),
        State::Quarantined(_) => (false, true),
        _ => return None,
    };
    if planted::is(Fault::ThreeTries) && row.failures >= 3 && row.kind == ItemKind::Envelope {
        return None;
    }
    let rises = row.priority > 1 && now >= row.sealed_at.plus_millis(RISES_AFTER_MS);
    let seq = (row.kind != ItemKind::EpochHeader).then_some(row.seq);
    let priority = row.priority - u8::from(rises);
    Some(ItemView { id: row.id, kind: row.kind, seq, priority, len: row.len, handed_over, set_aside, owner: None })
}
