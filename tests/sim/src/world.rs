//! The whole: phones, relays, desk, carriers and time. Carries one action out after the other and asks the checks after each.

use wayside_model::{CaseId, ConsentValue, Timestamp};
use wayside_seal::control::case_hash;
use wayside_seal::{ControlKind, bundle};
use wayside_sync::carrier::Taken;
use wayside_sync::merge::{CaseEvent, Change};

use crate::checks::Violation;
use crate::desk::Desk;
use crate::phone::Phone;
use crate::plan::{Action, Plan, Record, What};
use crate::relay::Relay;
use crate::rng::Rng;
use crate::shim;
use crate::tally::{Carried, Tally};
use crate::truth::{CANARY, Truth};

pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) phones: Vec<Phone>,
    pub(crate) relays: Vec<Relay>,
    pub(crate) old_relays: Vec<Relay>,
    pub(crate) desk: Desk,
    pub(crate) truths: Vec<Truth>,
    pub(crate) tally: Tally,
    pub(crate) metered: bool,
    pub(crate) leaked: bool,
}

/// The moment a run begins.
const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const DAY: i64 = 86_400_000;

pub(crate) fn case_id(case: usize) -> CaseId {
    CaseId::from_bytes([case as u8 + 1; 16])
}

impl World {
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut rng = Rng::new(plan.seed);
        let phones: Vec<_> = (0..plan.phones).map(|n| Phone::new(n, plan.relays, plan.cases, &mut rng)).collect();
        let mut relay = Relay { epoch: 1, ..Relay::default() };
        for phone in &phones {
            relay.tokens.insert(wayside_sync::wire::bearer(&phone.token), phone.device);
        }
        Self {
            now: START,
            phones,
            old_relays: vec![relay.clone(); plan.relays],
            relays: vec![relay; plan.relays],
            desk: Desk::new(plan.cases),
            truths: Vec::new(),
            tally: Tally::new(),
            metered: false,
            leaked: false,
        }
    }

    pub(crate) fn act(&mut self, action: &Action) -> Result<(), Violation> {
        let mut rng = Rng::new(action.seed);
        let on_files = self.phones[action.phone].real.is_some();
        if on_files && rng.one_in(2) {
            shim::arm(&mut rng);
        }
        let done = self.act_unharmed(action, &mut rng);
        if on_files {
            self.phones[action.phone].save();
            let failed = shim::disarm();
            for phone in 0..self.phones.len() {
                // What had failed has not become durable: the program ends, and starts again from its files. That may be the
                // program of another phone, which this one only spoke with.
                let is_broken = self.phones[phone].real.as_ref().is_some_and(|real| real.broken);
                if is_broken || failed && phone == action.phone {
                    self.restart(phone, &mut rng);
                }
            }
        }
        done
    }

    fn act_unharmed(&mut self, action: &Action, rng: &mut Rng) -> Result<(), Violation> {
        match action.what {
            What::Record(record) => self.record(action, record, rng, None),
            What::Draft => {
                let now = self.phones[action.phone].now(self.now);
                self.phones[action.phone].draft(rng.bytes(), now);
            }
            What::Sync { exchanges, faults } => self.sync(action.phone, exchanges, faults, rng)?,
            What::Pull => self.pull(),
            What::Bundle => self.bundle(action.phone, rng),
            What::Carry => self.carry(action.phone, rng),
            What::Meet => self.meet(action.phone, rng),
            What::Share => self.share(action.phone, action.case),
            What::Assign => {
                let worker = vec![rng.below(3) as u8];
                self.desk.decide(action.case, rng.bytes(), self.now, Change::Assign { worker });
            }
            What::Erase => self.erase(action.case, rng),
            What::Revoke => {
                let device = self.phones[action.phone].device;
                self.desk.order(device, ControlKind::Revoked);
                for relay in &mut self.relays {
                    relay.revoked.insert(device);
                }
            }
            What::Wipe { everything } => {
                let device = self.phones[action.phone].device;
                self.desk.wipe(device, everything, self.now.plus_millis(60 * DAY));
            }
            What::Fault(fault) => self.fault(action.phone, action.case, fault, rng)?,
            What::Wait(millis) => self.now = self.now.plus_millis(millis),
        }
        Ok(())
    }

    /// `cut`: what happens between the outbox and the commit.
    pub(crate) fn record(&mut self, action: &Action, record: Record, rng: &mut Rng, cut: Option<Cut>) {
        let (index, case) = (self.truths.len(), action.case);
        let phone = &mut self.phones[action.phone];
        if phone.disk.cases[case].is_erased() || phone.full {
            return;
        }
        let now = phone.now(self.now);
        let (priority, len) = match record {
            Record::Urgent => (0, 40),
            Record::Photo => (4, 2_000 + rng.below(7_000)),
            Record::Screening => (1, 30 + rng.below(200)),
            _ => (2, 20),
        };
        let view = phone.disk.cases[case].view();
        let change = match record {
            Record::Screening | Record::Photo | Record::Urgent | Record::Note => Change::Note(vec![index as u8]),
            Record::Plain => Change::Plain { field: 1, value: vec![rng.below(4) as u8] },
            Record::Consent => {
                let value =
                    rng.pick(&[ConsentValue::Yes, ConsentValue::Yes, ConsentValue::No, ConsentValue::Withdrawn]);
                Change::Consent { line: 1 + rng.below(2) as u8, value }
            }
            Record::Warning => Change::Safety { field: 1, value: rng.below(5) as u8 },
            Record::Add => Change::Add { set: 1, value: vec![rng.below(4) as u8] },
            Record::Remove => {
                let is_add = |event: &&CaseEvent| matches!(event.change, Change::Add { .. });
                let adds: Vec<_> = phone.disk.known[case].iter().filter(is_add).map(CaseEvent::name).collect();
                if adds.is_empty() {
                    return;
                }
                Change::Remove { set: 1, adds: vec![rng.pick(&adds)] }
            }
            Record::Propose => Change::Propose { worker: vec![rng.below(3) as u8] },
        };
        let id = rng.bytes();
        let stamp = phone.next_stamp(now);
        let event = CaseEvent { id, stamp, seen: view.heads, change };
        let body = rng.below(3) as u8;
        let truth = Truth { id, phone: action.phone, case, event, body, len, committed: false, excused: false };
        self.truths.push(truth);
        if rng.one_in(8) {
            phone.draft(id, now);
        }
        let truth = &self.truths[index];
        let Some((next, event)) = phone.seal(truth, index, priority, &self.desk.directory, now, rng) else { return };
        match cut {
            None => {
                let committed = phone.commit(id, next, case, event, now);
                self.truths[index].committed |= committed;
            }
            Some(Cut::Killed) => {}
            // The file ends within the item: it is not whole, and the next one is written over it.
            Some(Cut::Torn) => {
                phone.write(|real| real.remove(&[id]));
                phone.disk.outbox.remove(&id);
            }
        }
        if rng.one_in(2) {
            phone.sign_checkpoint(now, rng);
        }
    }

    pub(crate) fn pull(&mut self) {
        for (n, relay) in self.relays.iter().enumerate() {
            for ((device, id), bytes) in &relay.items {
                if !self.desk.first_time(n, relay.epoch, *device, *id) {
                    continue;
                }
                if let Some(carrier) = relay.carriers.get(&(*device, *id)) {
                    self.desk.note_carrier(*carrier, *device, bytes);
                }
                if let Some(phone) = self.phones.iter().find(|phone| phone.device == *device) {
                    self.desk.take(*device, bytes, &phone.sign.public(), &self.truths);
                }
            }
        }
        self.answer();
    }

    /// Receipts for what was vouched for, and everything to the relays.
    fn answer(&mut self) {
        self.phones.iter().for_each(|phone| self.desk.receipts(phone.device));
        self.desk.tell_carriers();
        for phone in &self.phones {
            if let Some(log) = self.desk.logs.get(&phone.device) {
                for relay in &mut self.relays {
                    let held = relay.control.entry(phone.device).or_default();
                    held.extend_from_slice(log.get(held.len()..).unwrap_or_default());
                }
            }
        }
    }

    fn bundle(&mut self, from: usize, rng: &mut Rng) {
        let now = self.now;
        let phone = &self.phones[from];
        let waits = |id: &[u8; 16]| {
            phone.disk.queue.word(id).is_none_or(|word| word != wayside_sync::queue_state::Word::HqHasIt)
        };
        let items = phone.disk.outbox.iter().filter(|(id, _)| waits(id));
        let pieces: Vec<_> =
            items.map(|(_, bytes)| bundle::Piece::Item { device: phone.device, bytes: bytes.clone() }).collect();
        let head = bundle::BundleHead { tenant: bundle::tenant(&self.desk.second.public()), id: rng.bytes() };
        let Ok(mut bytes) = bundle::write(&head, &pieces) else { return };
        self.leaked |= bytes.windows(CANARY.len()).any(|window| window == CANARY);
        if rng.one_in(2) {
            bytes.truncate(rng.below(bytes.len()));
        }
        if rng.one_in(4) {
            crate::link::flip(&mut bytes, rng);
        }
        let Ok(read) = bundle::read(&bytes) else { return };
        let to_carrier = rng.one_in(2).then(|| rng.below(self.phones.len()));
        for _ in 0..=rng.below(2) {
            for piece in &read.pieces {
                let bundle::Piece::Item { device, bytes } = piece else { continue };
                let Some(author) = self.phones.iter().find(|phone| phone.device == *device) else { continue };
                match to_carrier {
                    Some(carrier) if self.phones[carrier].device == *device => {}
                    Some(carrier) => {
                        let phone = &mut self.phones[carrier];
                        let now = phone.now(now);
                        phone.expire(now);
                        let taken = phone.take(*device, bytes, now);
                        self.tally.carried(Carried::Taken, u64::from(taken == Taken::New));
                    }
                    None => self.desk.take(*device, bytes, &author.sign.public(), &self.truths),
                }
            }
        }
        self.answer();
    }

    /// A carrier meets HQ itself with a file, and then the phones it carries for.
    fn carry(&mut self, carrier: usize, rng: &mut Rng) {
        let phone = &mut self.phones[carrier];
        let now = phone.now(self.now);
        phone.expire(now);
        if rng.one_in(2) {
            let items = phone.disk.carrier.items();
            let items: Vec<_> = items.into_iter().map(|(device, bytes)| (device, bytes.to_vec())).collect();
            for (device, bytes) in items {
                if let Some(author) = self.phones.iter().find(|phone| phone.device == device) {
                    self.desk.take(device, &bytes, &author.sign.public(), &self.truths);
                }
            }
            self.answer();
        }
        if rng.one_in(2) {
            let own = self.phones[carrier].device;
            for (device, log) in self.desk.logs.clone() {
                log.iter().filter(|_| device != own).for_each(|entry| self.let_go(carrier, device, entry));
            }
        }
        self.bring_back(carrier);
    }

    /// HQ's entries go to their phone, as far as they go on from what it has.
    fn bring_back(&mut self, carrier: usize) {
        let entries: Vec<_> =
            self.phones[carrier].disk.carrier.entries().map(|(device, n, bytes)| (device, n, bytes.to_vec())).collect();
        for (device, counter, bytes) in entries {
            let Some(to) = self.phones.iter().position(|phone| phone.device == device) else { continue };
            let disk = &mut self.phones[to].disk;
            if counter == disk.position + 1 {
                disk.position = counter;
                disk.orders.push((counter, bytes));
                self.tally.carried(Carried::BroughtBack, 1);
                self.obey(to);
            }
        }
    }

    fn share(&mut self, to: usize, case: usize) {
        let phone = &mut self.phones[to];
        if phone.disk.wiped || self.desk.erased[case] {
            return;
        }
        for event in self.desk.events_of(case, &self.truths) {
            phone.learn(case, event);
        }
    }

    fn erase(&mut self, case: usize, rng: &mut Rng) {
        self.desk.decide(case, rng.bytes(), self.now, Change::Erase);
        for phone in &self.phones {
            self.desk.order(phone.device, ControlKind::Erasure(case_hash(case_id(case))));
        }
    }
}

/// What ends a finish half-way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Killed,
    Torn,
}
