//! Faults of the places at the ends of the link.

use wayside_seal::ItemKind;
use wayside_sync::carrier::{Carrier, TTL_MS};
use wayside_sync::lifecycle::{OpenFailure, Turn};
use wayside_sync::queue_state::{Block, Happening, State};
use wayside_sync::{Engine, FIRST_PART_BYTES};

use crate::checks::Violation;
use crate::phone::QUOTA;
use crate::plan::{Action, Record, What};
use crate::rng::Rng;
use crate::tally::Fault;
use crate::world::{Cut, World};

const YEAR: i64 = 365 * 86_400_000;

impl World {
    pub(crate) fn fault(&mut self, at: usize, case: usize, fault: Fault, rng: &mut Rng) -> Result<(), Violation> {
        self.tally.fault(fault);
        match fault {
            Fault::Kill => self.restart(at, rng),
            Fault::KillInFinish | Fault::TornWrite => {
                let cut = if fault == Fault::TornWrite { Cut::Torn } else { Cut::Killed };
                let action = Action { what: What::Draft, phone: at, case, seed: 0 };
                self.record(&action, Record::Screening, rng, Some(cut));
                self.restart(at, rng);
            }
            Fault::StorageFull => {
                self.phones[at].full = true;
                self.sync(at, 4, false, rng)?;
                self.phones[at].full = false;
            }
            Fault::StorageIo => {
                self.phones[at].io = true;
                self.sync(at, 2, false, rng)?;
                self.phones[at].io = false;
            }
            Fault::Damaged => {
                self.phones[at].obey(Turn::OpenFailed(OpenFailure::Damaged));
                self.restart(at, rng);
            }
            Fault::KeyStore => {
                self.phones[at].obey(Turn::OpenFailed(OpenFailure::KeyUnavailable));
                self.phones[at].silent_key_store = true;
            }
            Fault::Clock => self.phones[at].clock_off = (rng.next() % (20 * YEAR as u64)) as i64 - 10 * YEAR,
            Fault::Backup => {
                // The systems end an app before they copy its files.
                self.phones[at].save();
                self.phones[at].backup = Some(self.phones[at].disk.clone());
                if let Some(real) = &mut self.phones[at].real {
                    real.copy_aside();
                }
                self.restart(at, rng);
            }
            Fault::Restore => {
                if let Some(backup) = self.phones[at].backup.clone()
                    && !self.phones[at].disk.wiped
                {
                    self.phones[at].disk = backup;
                    if let Some(real) = &mut self.phones[at].real {
                        real.put_back();
                    }
                    // The marks of what was in hand are those of the copy.
                    self.phones[at].poison_ends = 0;
                    // What was recorded, and taken to carry, since is gone with the disk that was written over.
                    self.excuse(at);
                    self.phones[at].keep_promises_of_what_is_there();
                    self.restart(at, rng);
                }
            }
            Fault::Clone => {
                // The copy has no key store: it can only send what is sealed.
                let (relay, device) = (self.phones[at].relay, self.phones[at].device);
                for (id, bytes) in self.phones[at].disk.outbox.clone() {
                    if !self.relays[relay].revoked.contains(&device) {
                        self.relays[relay].put(device, id, bytes);
                    }
                }
            }
            Fault::WorkerChange => self.phones[at].obey(Turn::WorkerChanged),
            Fault::SameIdTwice => {
                if let Some(id) = self.a_waiting(at, rng) {
                    let mut bytes = self.phones[at].disk.outbox[&id].clone();
                    if let Some(last) = bytes.last_mut() {
                        *last ^= 1;
                    }
                    let (relay, device) = (self.phones[at].relay, self.phones[at].device);
                    self.relays[relay].put(device, id, bytes);
                }
            }
            Fault::Forged => {
                let other = rng.below(self.phones.len());
                let stolen = self.phones[other].disk.outbox.values().next().cloned();
                if let Some(bytes) = stolen
                    && let Ok(id) = wayside_seal::item::id(&bytes)
                    && other != at
                {
                    let device = self.phones[at].device;
                    self.relays[self.phones[at].relay].put(device, id, bytes);
                }
            }
            Fault::OldReceipt => {
                if let Some(id) = self.a_waiting(at, rng)
                    && let Some(row) = self.phones[at].disk.queue.row(&id)
                {
                    self.desk.wrong_receipt(self.phones[at].device, row.epoch, row.seq);
                }
            }
            Fault::Poison => {
                self.phones[at].poison = self.a_waiting(at, rng);
                self.phones[at].poison_ends = 0;
            }
            Fault::SickItem => {
                let sick = self.a_waiting(at, rng);
                self.relays[self.phones[at].relay].sick = sick;
            }
            Fault::RelayRestored => {
                let relay = rng.below(self.relays.len());
                let epoch = self.relays[relay].epoch + 1;
                let revoked = self.relays[relay].revoked.clone();
                let now = std::mem::replace(&mut self.relays[relay], self.old_relays[relay].clone());
                for (device, id) in now.parts.keys().chain(self.relays[relay].parts.keys()) {
                    self.phones.iter_mut().filter(|phone| phone.device == *device).for_each(|phone| {
                        phone.moved.insert(*id);
                    });
                }
                self.relays[relay].epoch = epoch;
                self.relays[relay].revoked = revoked;
                self.relays[relay].saw_canary |= now.saw_canary;
                self.relays[relay].had.extend(&now.had);
                if rng.one_in(2) {
                    self.old_relays[relay] = now;
                }
            }
            Fault::Metered => self.metered = !self.metered,
            Fault::MissingKey => {
                if let Some(id) = self.a_waiting(at, rng) {
                    self.phones[at].disk.queue.happened(&id, Happening::Block(Block::Key));
                }
            }
            Fault::ReadAgain => self.desk.read_again(),
            Fault::CarrierLoses => {
                let now = self.phones[at].now(self.now);
                let held = self.phones[at].disk.carrier.clone();
                self.phones[at].disk.carrier = Carrier::new(QUOTA, TTL_MS);
                self.phones[at].promised.clear();
                for (owner, bytes) in held.items().into_iter().filter(|_| rng.one_in(2)) {
                    self.phones[at].take(owner, bytes, now);
                }
            }
            Fault::CarrierSpoils => {
                let (relay, device) = (self.phones[at].relay, self.phones[at].device);
                let items = self.phones[at].disk.carrier.items();
                let items: Vec<_> = items.into_iter().map(|(owner, bytes)| (owner, bytes.to_vec())).collect();
                for (owner, mut bytes) in items {
                    crate::link::flip(&mut bytes, rng);
                    let id = wayside_sync::wire::carried_id(&wayside_seal::sha256(&bytes));
                    self.relays[relay].put_carried(device, owner, id, bytes);
                }
            }
            Fault::CarrierRepeats => {
                // The notes of how far things are get lost.
                let carrier = &mut self.phones[at].disk.carrier;
                let anew = Carrier::from_bytes(QUOTA, TTL_MS, &carrier.to_bytes(), None);
                *carrier = anew.unwrap_or_else(|| Carrier::new(QUOTA, TTL_MS));
            }
            Fault::Update => {
                self.mend(at);
                self.restart(at, rng);
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn restart(&mut self, at: usize, rng: &mut Rng) {
        let now = self.phones[at].now(self.now);
        let committed = self.phones[at].start(&self.truths, now, rng);
        committed.into_iter().for_each(|index| self.truths[index].committed = true);
    }

    /// What a person or an update puts right.
    pub(crate) fn mend(&mut self, at: usize) {
        let phone = &mut self.phones[at];
        phone.poison = None;
        phone.silent_key_store = false;
        phone.disk.queue.retry_all();
        let blocked: Vec<_> = phone.disk.queue.rows().filter(|row| matches!(row.state, State::Blocked(_))).collect();
        let blocked: Vec<[u8; 16]> = blocked.into_iter().map(|row| row.id).collect();
        for id in blocked {
            phone.disk.queue.happened(&id, Happening::Release);
        }
        phone.engine = Engine::new(phone.life).with_parts_above(FIRST_PART_BYTES);
        phone.failures.clear();
    }

    /// An envelope of this phone that has not gone.
    fn a_waiting(&self, at: usize, rng: &mut Rng) -> Option<[u8; 16]> {
        let disk = &self.phones[at].disk;
        let waits = |state| matches!(state, State::Queued | State::Sending { .. } | State::Backoff { .. });
        let rows = disk.queue.rows().filter(|row| row.kind == ItemKind::Envelope && waits(row.state));
        let ids: Vec<[u8; 16]> = rows.map(|row| row.id).filter(|id| disk.outbox.contains_key(id)).collect();
        (!ids.is_empty()).then(|| ids[rng.below(ids.len())])
    }
}
