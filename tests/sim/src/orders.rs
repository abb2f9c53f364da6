//! A phone obeys HQ's entries. Only what verifies counts; what does not is fetched again.

use wayside_model::DeviceId;
use wayside_seal::control::case_hash;
use wayside_seal::{ControlEntry, ControlKind, Receipt, WipeOrder};
use wayside_sync::lifecycle::Turn;
use wayside_sync::merge::{CaseEvent, Change};
use wayside_sync::queue_state::Happening;

use crate::tally::Carried;
use crate::world::{World, case_id};

/// How long a phone keeps what HQ has.
const GRACE_MS: i64 = 3_600_000;

impl World {
    pub(crate) fn obey(&mut self, phone: usize) {
        let relay_epoch = self.relays[self.phones[phone].relay].epoch;
        let desk = self.desk.sign.public();
        let officers = [desk, self.desk.second.public()];
        let now = self.phones[phone].now(self.now);
        // What came in is durable before it is obeyed.
        if !self.phones[phone].save() {
            return;
        }
        for (counter, bytes) in std::mem::take(&mut self.phones[phone].disk.orders) {
            if counter <= self.phones[phone].disk.applied {
                continue;
            }
            let device = self.phones[phone].device;
            let entry = ControlEntry::verify(&bytes, &desk, device).ok().filter(|entry| entry.counter == counter);
            let Some(entry) = entry else {
                self.phones[phone].write(|real| real.rewind(counter));
                self.phones[phone].disk.position = counter - 1;
                break;
            };
            self.phones[phone].disk.applied = counter;
            match entry.kind {
                ControlKind::Receipt(bytes) => self.receipt(phone, &bytes),
                ControlKind::Revoked => {
                    self.phones[phone].obey(Turn::Revoked);
                    self.phones[phone].disk.revoked = true;
                }
                ControlKind::Erasure(hash) => self.erasure(phone, &hash),
                ControlKind::Carried { device, entry } => self.let_go(phone, device, &entry),
                ControlKind::Wipe(bytes) => {
                    if let Ok(order) = WipeOrder::verify(&bytes, &officers, device, now, 0) {
                        self.phones[phone].obey(Turn::Wiped { everything: order.everything });
                        if order.everything {
                            self.excuse(phone);
                        }
                    }
                }
                _ => {}
            }
        }
        let phone = &mut self.phones[phone];
        phone.disk.queue.look_again(now, relay_epoch);
        phone.disk.carrier.change(|queue| queue.look_again(now, relay_epoch));
        let gone = phone.disk.queue.purge(now, GRACE_MS);
        let applied = phone.disk.applied;
        // The rows say that HQ has it before the items go.
        let durable = phone.save() && phone.write(|real| real.applied(applied) && real.remove(&gone));
        if durable {
            gone.iter().for_each(|id| drop(phone.disk.outbox.remove(id)));
        }
    }

    /// An entry of another phone's log: what a receipt names is let go, and the entry carried back.
    pub(crate) fn let_go(&mut self, phone: usize, owner: DeviceId, bytes: &[u8]) {
        let (now, desk) = (self.phones[phone].now(self.now), self.desk.sign.public());
        let Ok(entry) = ControlEntry::verify(bytes, &desk, owner) else { return };
        let carrier = &mut self.phones[phone].disk.carrier;
        let before = carrier.count();
        carrier.take_entry(owner, entry.counter, bytes, &desk, now);
        self.tally.carried(Carried::LetGo, (before - carrier.count()) as u64);
    }

    fn receipt(&mut self, phone: usize, bytes: &[u8]) {
        let now = self.phones[phone].now(self.now);
        let phone = &mut self.phones[phone];
        let Ok((device, epoch)) = Receipt::peek(bytes) else { return };
        let Some(key) = phone.disk.receipt_keys.get(&epoch).filter(|_| device == phone.device) else { return };
        if let Ok(receipt) = Receipt::verify(bytes, key) {
            phone.disk.queue.receipt(&receipt, now);
        }
    }

    fn erasure(&mut self, phone: usize, hash: &[u8; 32]) {
        let phone = &mut self.phones[phone];
        for case in 0..phone.disk.cases.len() {
            if case_hash(case_id(case)) != *hash || phone.disk.erased[case] {
                continue;
            }
            for event in std::mem::take(&mut phone.disk.known[case]) {
                phone.disk.queue.happened(&event.id, Happening::Erase);
            }
            phone.disk.erased[case] = true;
            let stamp = phone.next_stamp(self.now);
            let event = CaseEvent { id: [0xee; 16], stamp, seen: Vec::new(), change: Change::Erase };
            phone.disk.cases[case].insert(event);
        }
    }

    /// What only this phone had is gone by what no software can undo.
    pub(crate) fn excuse(&mut self, phone: usize) {
        for truth in self.truths.iter_mut().filter(|truth| truth.phone == phone) {
            if !self.phones[phone].disk.outbox.contains_key(&truth.id) {
                truth.excused = true;
            }
        }
    }
}
