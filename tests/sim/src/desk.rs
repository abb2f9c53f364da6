//! The desk: opens, has effects once, receipts, orders. All decisions are the shipping functions'.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::{DeviceId, Timestamp};
use wayside_seal::directory::Role;
use wayside_seal::hpke::PrivateKey;
use wayside_seal::item::Header;
use wayside_seal::{
    Checkpoint, ControlEntry, ControlKind, Directory, EpochSecret, ItemKind, Recipient, SigningKey, VerifyingKey,
    WipeOrder, sha256,
};
use wayside_sync::clock::Stamp;
use wayside_sync::intake::{Intake, Verdict};
use wayside_sync::merge::{Case, CaseEvent, Change, Inserted};

use crate::truth::{Truth, body_hash, index_of};

/// Number of a receipt in its log, and the hashes it names.
type Given = (u64, BTreeSet<[u8; 32]>);

pub(crate) struct Desk {
    pub(crate) sign: SigningKey,
    pub(crate) second: SigningKey,
    team: PrivateKey,
    pub(crate) directory: Directory,
    secrets: BTreeMap<(DeviceId, u32), EpochSecret>,
    /// Items whose epoch header has not come, by the SHA-256 of their bytes.
    waiting: BTreeMap<(DeviceId, [u8; 32]), Vec<u8>>,
    /// Places at relays that were read: relay, its life, device, id.
    read: BTreeSet<(usize, u32, DeviceId, [u8; 16])>,
    pub(crate) intake: Intake,
    pub(crate) cases: Vec<Case>,
    pub(crate) logs: BTreeMap<DeviceId, Vec<Vec<u8>>>,
    /// Envelopes that a carrier brought and has not heard of: carrier, owner, hash.
    brought: BTreeSet<(DeviceId, DeviceId, [u8; 32])>,
    /// Numbers of the receipts in each log, with the hashes they name.
    given: BTreeMap<DeviceId, Vec<Given>>,
    /// Which receipts of which log a carrier was told of.
    told: BTreeSet<(DeviceId, DeviceId, u64)>,
    /// What the intake said so far: new, known.
    pub(crate) verdicts: [u64; 2],
    /// How often each event had its effect.
    pub(crate) effects: BTreeMap<usize, u32>,
    /// Events that came after the erasure of their case: quarantined, reviewed, destroyed.
    pub(crate) after_erasure: BTreeSet<usize>,
    /// An effect whose author was not verified.
    pub(crate) unverified: bool,
    wipes: u64,
    /// HQ's own events.
    own: Vec<(usize, CaseEvent)>,
    pub(crate) erased: Vec<bool>,
}

impl Desk {
    #[expect(clippy::unwrap_used, reason = "fixed seeds make keys")]
    pub(crate) fn new(cases: usize) -> Self {
        let team = PrivateKey::from_bytes([4; 32]);
        let (sign, second) = (SigningKey::from_seed([2; 32]).unwrap(), SigningKey::from_seed([1; 32]).unwrap());
        let directory = Directory {
            org: "simulated".to_owned(),
            version: 1,
            issued: Timestamp::from_millis(0),
            expires: Timestamp::from_millis(i64::MAX),
            root: second.public(),
            desk: sign.public(),
            recipients: vec![Recipient { role: Role::CaseTeam, key: team.public().unwrap() }],
            officers: Vec::new(),
        };
        Self {
            sign,
            second,
            team,
            directory,
            secrets: BTreeMap::new(),
            waiting: BTreeMap::new(),
            read: BTreeSet::new(),
            intake: Intake::default(),
            cases: vec![Case::default(); cases],
            logs: BTreeMap::new(),
            brought: BTreeSet::new(),
            given: BTreeMap::new(),
            told: BTreeSet::new(),
            verdicts: [0; 2],
            effects: BTreeMap::new(),
            after_erasure: BTreeSet::new(),
            unverified: false,
            wipes: 0,
            own: Vec::new(),
            erased: vec![false; cases],
        }
    }

    /// Begins reading every relay from its start, as a desk does that lost its place.
    pub(crate) fn read_again(&mut self) {
        self.read.clear();
    }

    /// Whether this place at a relay is read for the first time.
    pub(crate) fn first_time(&mut self, relay: usize, epoch: u32, device: DeviceId, id: [u8; 16]) -> bool {
        self.read.insert((relay, epoch, device, id))
    }

    /// Takes an item in, from wherever it came.
    pub(crate) fn take(&mut self, device: DeviceId, bytes: &[u8], key: &VerifyingKey, truths: &[Truth]) {
        let Ok(header) = Header::read(bytes) else { return };
        match header.kind {
            ItemKind::EpochHeader => {
                if let Ok(secret) = EpochSecret::unwrap(bytes, &self.team, key)
                    && secret.device() == device
                {
                    self.intake.begin(device, secret.epoch(), *secret.chain().head());
                    let number = secret.epoch();
                    self.secrets.entry((device, number)).or_insert(secret);
                    for ((owner, hash), bytes) in std::mem::take(&mut self.waiting) {
                        if owner != device || !self.envelope(owner, &bytes, truths) {
                            self.waiting.insert((owner, hash), bytes);
                        }
                    }
                }
            }
            ItemKind::Envelope => {
                if !self.envelope(device, bytes, truths) {
                    self.waiting.insert((device, sha256(bytes)), bytes.to_vec());
                }
            }
            ItemKind::Checkpoint => {
                if let Ok(checkpoint) = Checkpoint::verify(bytes, device, key) {
                    self.intake.vouch(&checkpoint);
                }
            }
        }
    }

    /// `false`: the epoch's header has not come.
    fn envelope(&mut self, device: DeviceId, bytes: &[u8], truths: &[Truth]) -> bool {
        let Ok(header) = Header::read(bytes) else { return true };
        let Some(secret) = self.secrets.get(&(device, header.device_epoch)) else { return false };
        let Ok((header, plain)) = secret.open(bytes) else { return true };
        let Some(index) = index_of(&plain) else { return true };
        match self.intake.accept(device, &header, sha256(bytes), body_hash(&plain)) {
            Verdict::New | Verdict::OtherAtPlace => self.verdicts[0] += 1,
            Verdict::Known | Verdict::OtherBytes => {
                self.verdicts[1] += 1;
                return true;
            }
        }
        *self.effects.entry(index).or_default() += 1;
        let Some(truth) = truths.get(index) else { return true };
        self.unverified |= truth.id != header.id || plain.as_slice() != truth.plain(index);
        if self.cases[truth.case].insert(truth.event.clone()) == Inserted::AfterErasure {
            self.after_erasure.insert(index);
        }
        true
    }

    pub(crate) fn receipts(&mut self, device: DeviceId) {
        let of_device = self.secrets.iter().filter(|((owner, _), _)| *owner == device);
        let keys: Vec<_> = of_device.map(|((_, epoch), secret)| (*epoch, secret.receipt_key())).collect();
        for (epoch, key) in keys {
            while let Some(receipt) = self.intake.receipt_due(device, epoch) {
                if let Ok(bytes) = receipt.make(&key) {
                    self.order(device, ControlKind::Receipt(bytes));
                    let counter = self.logs.get(&device).map_or(0, Vec::len) as u64;
                    let named = receipt.items.iter().map(|(_, hash)| *hash).collect();
                    self.given.entry(device).or_default().push((counter, named));
                }
            }
        }
    }

    /// A carrier brought an envelope of this device.
    pub(crate) fn note_carrier(&mut self, carrier: DeviceId, owner: DeviceId, bytes: &[u8]) {
        if Header::read(bytes).is_ok_and(|header| header.kind == ItemKind::Envelope) {
            self.brought.insert((carrier, owner, sha256(bytes)));
        }
    }

    /// Tells carriers of the receipts for what they brought, each once.
    pub(crate) fn tell_carriers(&mut self) {
        for (carrier, owner, hash) in self.brought.clone() {
            let given = self.given.get(&owner).into_iter().flatten();
            let Some(counter) = given.clone().find(|(_, named)| named.contains(&hash)).map(|(counter, _)| *counter)
            else {
                continue;
            };
            self.brought.remove(&(carrier, owner, hash));
            if self.told.insert((carrier, owner, counter))
                && let Some(entry) = self.logs[&owner].get(counter as usize - 1).cloned()
            {
                self.order(carrier, ControlKind::Carried { device: owner, entry });
            }
        }
    }

    pub(crate) fn order(&mut self, device: DeviceId, kind: ControlKind) {
        let log = self.logs.entry(device).or_default();
        let counter = log.len() as u64 + 1;
        if let Ok(bytes) = (ControlEntry { device, counter, kind, at: None }).sign(&self.sign) {
            log.push(bytes);
        }
    }

    pub(crate) fn wipe(&mut self, device: DeviceId, everything: bool, expires: Timestamp) {
        self.wipes += 1;
        let order = WipeOrder { device, number: self.wipes, expires, everything };
        if let Ok(bytes) = order.sign([&self.sign, &self.second]) {
            self.order(device, ControlKind::Wipe(bytes));
        }
    }

    /// A receipt of the right key for other bytes, as a confused or hostile desk might give it.
    pub(crate) fn wrong_receipt(&mut self, device: DeviceId, epoch: u32, seq: u64) {
        let Some(secret) = self.secrets.get(&(device, epoch)) else { return };
        let items = vec![(seq, [0xee; 32])];
        let receipt = wayside_seal::Receipt { device, epoch, items };
        if let Ok(bytes) = receipt.make(&secret.receipt_key()) {
            self.order(device, ControlKind::Receipt(bytes));
        }
    }

    pub(crate) fn events_of(&self, case: usize, truths: &[Truth]) -> Vec<CaseEvent> {
        let taken = self.effects.keys().filter(|index| truths[**index].case == case);
        let own = self.own.iter().filter(|(of, _)| *of == case).map(|(_, event)| event.clone());
        taken.map(|index| truths[*index].event.clone()).chain(own).collect()
    }

    /// HQ adds an event of its own to a case.
    pub(crate) fn decide(&mut self, case: usize, id: [u8; 16], now: Timestamp, change: Change) {
        let device = DeviceId::from_bytes([0xff; 16]);
        let stamp = Stamp { ms: now.as_millis(), counter: 0, device };
        let seen = self.cases[case].view().heads;
        let event = CaseEvent { id, stamp, seen, change };
        self.erased[case] |= event.change == Change::Erase;
        self.cases[case].insert(event.clone());
        self.own.push((case, event));
    }
}
