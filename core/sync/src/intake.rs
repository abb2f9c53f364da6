//! HQ's side of exactly once: what of a device's items is new, vouched for, missing or in conflict, and which receipts are due.
//! Knows ids, numbers and hashes; never a content.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::DeviceId;
use wayside_seal::chain::next_head;
use wayside_seal::item::Header;
use wayside_seal::{Checkpoint, Receipt};

use crate::planted::{self, Fault};

/// Where two envelopes claim one place, all ways through are tried, up to so many.
const MAX_WAYS: usize = 16;

/// What becomes of an envelope that opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has its effect now, once.
    New,
    /// These very bytes are there: no effect.
    Known,
    /// Another envelope of this id is there: kept apart, no effect, an alarm.
    OtherBytes,
    /// Another envelope claims this number of the epoch: both are kept and have their effect, an alarm (a cloned device).
    OtherAtPlace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Held {
    id: [u8; 16],
    sha256: [u8; 32],
    vouched: bool,
    receipted: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Epoch {
    first_head: [u8; 32],
    places: BTreeMap<u64, Vec<Held>>,
    /// Highest number a checkpoint has named.
    announced: u64,
    /// Checkpoints that could not be followed yet because something before them is missing.
    open: Vec<(u64, [u8; 32])>,
    header_receipted: bool,
}

/// What has come in from all devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Intake {
    ids: BTreeMap<[u8; 16], [u8; 32]>,
    bodies: BTreeSet<[u8; 32]>,
    epochs: BTreeMap<(DeviceId, u32), Epoch>,
}

impl Intake {
    /// An epoch whose header verified; `first_head` is its chain's head before the first envelope.
    pub fn begin(&mut self, device: DeviceId, epoch: u32, first_head: [u8; 32]) {
        self.epochs.entry((device, epoch)).or_default().first_head = first_head;
    }

    /// An envelope that opened under its epoch's chain. `body` is a hash of its content, kept out of identity on purpose: two
    /// people may give the same answers.
    pub fn accept(&mut self, device: DeviceId, header: &Header, sha256: [u8; 32], body: [u8; 32]) -> Verdict {
        match self.ids.get(&header.id) {
            Some(known) if *known == sha256 => return Verdict::Known,
            Some(_) => return Verdict::OtherBytes,
            None => {}
        }
        self.ids.insert(header.id, sha256);
        let held = Held { id: header.id, sha256, vouched: false, receipted: false };
        let epoch = self.epochs.entry((device, header.device_epoch)).or_default();
        let place = epoch.places.entry(header.seq).or_default();
        place.push(held);
        let shared = place.len() > 1;
        epoch.follow_open();
        if !self.bodies.insert(body) && planted::is(Fault::EqualBodiesCollapse) {
            return Verdict::Known;
        }
        if shared { Verdict::OtherAtPlace } else { Verdict::New }
    }

    /// A checkpoint whose signature verified. What it covers is vouched for; where something is missing it waits.
    pub fn vouch(&mut self, checkpoint: &Checkpoint) {
        let epoch = self.epochs.entry((checkpoint.device, checkpoint.epoch)).or_default();
        epoch.announced = epoch.announced.max(checkpoint.upto_seq);
        if !epoch.open.contains(&(checkpoint.upto_seq, checkpoint.head)) {
            epoch.open.push((checkpoint.upto_seq, checkpoint.head));
        }
        epoch.follow_open();
    }

    /// Whether an envelope is vouched for by a checkpoint of its author.
    pub fn is_vouched(&self, device: DeviceId, epoch: u32, seq: u64, id: &[u8; 16]) -> bool {
        let place = self.epochs.get(&(device, epoch)).and_then(|epoch| epoch.places.get(&seq));
        place.is_some_and(|place| place.iter().any(|held| held.id == *id && held.vouched))
    }

    /// The receipt that is due for an epoch: exactly what is vouched for and has none yet. Empty on the first time, to say
    /// that the header arrived; then `None` where nothing is due.
    pub fn receipt_due(&mut self, device: DeviceId, epoch: u32) -> Option<Receipt> {
        let known = self.epochs.get_mut(&(device, epoch))?;
        let mut items = Vec::new();
        for (seq, place) in &mut known.places {
            // One for each number: where two share it, the other one gets the next receipt.
            if let Some(held) = place.iter_mut().find(|held| held.vouched && !held.receipted) {
                held.receipted = true;
                items.push((*seq, held.sha256));
            }
        }
        if items.is_empty() && known.header_receipted {
            return None;
        }
        known.header_receipted = true;
        Some(Receipt { device, epoch, items })
    }

    /// Forgets that receipts were given, so that they are given again, that for the header too: a device says it lacks them.
    pub fn give_again(&mut self, device: DeviceId, epoch: u32) {
        let Some(epoch) = self.epochs.get_mut(&(device, epoch)) else { return };
        epoch.header_receipted = false;
        for held in epoch.places.values_mut().flatten() {
            held.receipted = false;
        }
    }

    /// Numbers of an epoch that must exist and have not come, as ranges with both ends in them: "device 7f lacks 14–16".
    pub fn gaps(&self, device: DeviceId, epoch: u32) -> Vec<(u64, u64)> {
        let Some(epoch) = self.epochs.get(&(device, epoch)) else { return Vec::new() };
        let last = epoch.places.keys().next_back().copied().unwrap_or(0).max(epoch.announced);
        let mut gaps: Vec<(u64, u64)> = Vec::new();
        let mut next = 1;
        for seq in epoch.places.keys().copied().chain([last + 1]) {
            if seq > next {
                gaps.push((next, seq - 1));
            }
            next = seq + 1;
        }
        gaps
    }

    /// Places that two envelopes claim: a cloned device, or a copy that went on with old numbers.
    pub fn shared_places(&self) -> impl Iterator<Item = (DeviceId, u32, u64)> {
        self.epochs.iter().flat_map(|((device, number), epoch)| {
            epoch.places.iter().filter(|(_, place)| place.len() > 1).map(|(seq, _)| (*device, *number, *seq))
        })
    }
}

impl Epoch {
    fn follow_open(&mut self) {
        for (upto, head) in std::mem::take(&mut self.open) {
            match self.way_to(upto, &head) {
                Some(way) => {
                    for (seq, id) in (1..).zip(way) {
                        for held in self.places.get_mut(&seq).into_iter().flatten().filter(|held| held.id == id) {
                            held.vouched = true;
                        }
                    }
                }
                None => self.open.push((upto, head)),
            }
        }
    }

    /// The ids of one way through the places whose chain ends at `head`.
    fn way_to(&self, upto: u64, head: &[u8; 32]) -> Option<Vec<[u8; 16]>> {
        let mut ways = vec![(self.first_head, Vec::new())];
        for seq in 1..=upto {
            let place = self.places.get(&seq)?;
            if let [only] = place.as_slice() {
                for (at, way) in &mut ways {
                    *at = next_head(at, &only.sha256);
                    way.push(only.id);
                }
                continue;
            }
            let mut longer = Vec::new();
            for (at, way) in &ways {
                for held in place {
                    let mut way: Vec<[u8; 16]> = way.clone();
                    way.push(held.id);
                    longer.push((next_head(at, &held.sha256), way));
                }
            }
            longer.truncate(MAX_WAYS);
            ways = longer;
        }
        ways.into_iter().find(|(at, _)| at == head).map(|(_, way)| way)
    }
}
