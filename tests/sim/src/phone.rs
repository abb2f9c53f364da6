//! A phone: durable disk, key store, and an engine that a restart forgets. All decisions are the shipping functions'.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use wayside_model::{DeviceId, ErrorCode, EventId, Timestamp};
use wayside_seal::item::Header;
use wayside_seal::{Chain, Checkpoint, Directory, ItemKind, Key, SigningKey, epoch, sha256};
use wayside_sync::carrier::{self, Carrier, TTL_MS, Taken};
use wayside_sync::clock::Stamp;
use wayside_sync::lifecycle::{Fate, Turn, plan};
use wayside_sync::merge::{Case, CaseEvent};
use wayside_sync::queue::{Queue, Row};
use wayside_sync::queue_state::{Happening, Quarantine, State};
use wayside_sync::{Engine, FIRST_PART_BYTES, ItemView, Store, StoreError, SyncClass, wire};

use crate::real::RealDisk;
use crate::rng::Rng;
use crate::shim;
use crate::truth::{Truth, index_of};

/// What a phone carries for others, in bytes.
pub(crate) const QUOTA: u64 = 20_000;

/// What survives the end of the program.
#[derive(Clone)]
pub(crate) struct Disk {
    pub(crate) chain: Option<Chain>,
    /// The last epoch this disk knows of.
    epoch: u32,
    /// The opening it was last part of.
    life: u64,
    pub(crate) receipt_keys: BTreeMap<u32, Key>,
    pub(crate) outbox: BTreeMap<[u8; 16], Vec<u8>>,
    pub(crate) queue: Queue,
    pub(crate) position: u64,
    pub(crate) orders: Vec<(u64, Vec<u8>)>,
    pub(crate) applied: u64,
    pub(crate) cases: Vec<Case>,
    /// What went into each case, for the second account.
    pub(crate) known: Vec<Vec<CaseEvent>>,
    pub(crate) erased: Vec<bool>,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) revoked: bool,
    pub(crate) wiped: bool,
    /// What it carries for others.
    pub(crate) carrier: Carrier,
}

pub(crate) struct Phone {
    /// Envelopes it took to carry, by the name they have there: it keeps them until HQ has them, or their time is over.
    pub(crate) promised: BTreeMap<[u8; 16], Promise>,
    /// The same on real files, where the run has them.
    pub(crate) real: Option<RealDisk>,
    /// The files did not open at a start.
    pub(crate) shut: bool,
    pub(crate) device: DeviceId,
    pub(crate) sign: SigningKey,
    pub(crate) token: [u8; 32],
    pub(crate) relay: usize,
    pub(crate) disk: Disk,
    pub(crate) backup: Option<Disk>,
    /// The last opening as the key store has it, which no backup holds.
    pub(crate) life: u64,
    pub(crate) io: bool,
    pub(crate) engine: Engine,
    pub(crate) clock_off: i64,
    pub(crate) poison: Option<[u8; 16]>,
    pub(crate) poison_ends: u32,
    pub(crate) full: bool,
    pub(crate) silent_key_store: bool,
    /// Failures of each item since the engine began, for the check of the order.
    pub(crate) failures: BTreeMap<[u8; 16], u32>,
    pub(crate) old_request: Option<wayside_sync::Request>,
    /// Items whose part at the relay changed behind the phone's back: the network delivered an old request late, or the relay
    /// was put back to another copy.
    pub(crate) moved: BTreeSet<[u8; 16]>,
}

impl Phone {
    pub(crate) fn new(index: usize, relays: usize, cases: usize, rng: &mut Rng) -> Self {
        let device = DeviceId::from_bytes([index as u8 + 1; 16]);
        #[expect(clippy::unwrap_used, reason = "fixed seeds make keys")]
        let sign = SigningKey::from_seed([index as u8 + 100; 32]).unwrap();
        let disk = Disk {
            chain: None,
            epoch: 0,
            life: 0,
            receipt_keys: BTreeMap::new(),
            outbox: BTreeMap::new(),
            queue: Queue::default(),
            position: 0,
            orders: Vec::new(),
            applied: 0,
            cases: vec![Case::default(); cases],
            known: vec![Vec::new(); cases],
            erased: vec![false; cases],
            stamp: None,
            revoked: false,
            wiped: false,
            carrier: Carrier::new(QUOTA, TTL_MS),
        };
        let engine = Engine::new(rng.next()).with_parts_above(FIRST_PART_BYTES);
        // A run that asks for real files and has none must not pass as one on simulated disks.
        let real = shim::is_armed().then(|| RealDisk::create(device).ok());
        Self {
            promised: BTreeMap::new(),
            shut: matches!(real, Some(None)),
            real: real.flatten(),
            device,
            sign,
            token: [index as u8 + 1; 32],
            relay: index % relays,
            disk,
            backup: None,
            life: 0,
            io: false,
            engine,
            clock_off: 0,
            poison: None,
            poison_ends: 0,
            full: false,
            silent_key_store: false,
            failures: BTreeMap::new(),
            old_request: None,
            moved: BTreeSet::new(),
        }
    }

    pub(crate) fn now(&self, world: Timestamp) -> Timestamp {
        world.plus_millis(self.clock_off)
    }

    /// Begins an epoch where none is open, under a number drawn above the last.
    fn ensure_epoch(&mut self, directory: &Directory, now: Timestamp, rng: &mut Rng) {
        if self.disk.chain.as_ref().is_some_and(|chain| !chain.is_full()) {
            return;
        }
        let mut source = |bytes: &mut [u8]| {
            rng.fill(bytes);
            Ok(())
        };
        let number = match self.disk.epoch {
            0 => Ok(1),
            last => epoch::next_number_from(&mut source, last),
        };
        #[expect(clippy::unwrap_used, reason = "the directory is the simulator's own")]
        let started = number
            .and_then(|number| epoch::start_from(&mut source, self.device, number, directory, &self.sign))
            .unwrap();
        if !self.write(|real| real.begin_epoch(&started.chain, &started.header)) {
            return;
        }
        self.disk.epoch = started.chain.epoch();
        self.disk.receipt_keys.insert(self.disk.epoch, started.receipt_key);
        self.disk.chain = Some(started.chain);
        self.keep(started.header, now);
    }

    /// The item goes into the outbox and its row into the queue.
    fn keep(&mut self, bytes: Vec<u8>, now: Timestamp) {
        let Ok(header) = Header::read(&bytes) else { return };
        if !self.write(|real| real.add(&bytes)) {
            return;
        }
        self.disk.queue.add(row(&header, &bytes, now));
        self.disk.queue.happened(&header.id, Happening::Scheduled);
        self.disk.outbox.insert(header.id, bytes);
    }

    pub(crate) fn draft(&mut self, id: [u8; 16], now: Timestamp) {
        let header = Header { kind: ItemKind::Envelope, priority: 1, device_epoch: self.disk.epoch, id, seq: 0 };
        self.disk.queue.add(Row { state: State::Draft, ..row(&header, &[], now) });
    }

    /// Seals an event into the outbox; the commit is made apart, so that a cut can come between.
    pub(crate) fn seal(
        &mut self,
        truth: &Truth,
        index: usize,
        priority: u8,
        directory: &Directory,
        now: Timestamp,
        rng: &mut Rng,
    ) -> Option<(Chain, CaseEvent)> {
        if self.disk.revoked || self.disk.wiped || self.silent_key_store {
            return None;
        }
        self.ensure_epoch(directory, now, rng);
        let chain = self.disk.chain.as_ref()?;
        let sealed = chain.seal(EventId::from_bytes(truth.id), priority, &truth.plain(index)).ok()?;
        if !self.write(|real| real.add(&sealed.bytes)) {
            return None;
        }
        self.disk.outbox.insert(truth.id, sealed.bytes);
        Some((sealed.next, truth.event.clone()))
    }

    /// `false` where the files failed: then it is not made.
    pub(crate) fn commit(&mut self, id: [u8; 16], next: Chain, case: usize, event: CaseEvent, now: Timestamp) -> bool {
        let Some(bytes) = self.disk.outbox.get(&id).cloned() else { return true };
        let Ok(header) = Header::read(&bytes) else { return true };
        if !self.write(|real| real.finish(&header, &bytes, &next, now)) {
            return false;
        }
        self.disk.queue.add(row(&header, &bytes, now));
        self.disk.chain = Some(next);
        self.disk.stamp = self.disk.stamp.max(Some(event.stamp));
        self.learn(case, event);
        true
    }

    /// The same step on real files, before it is taken in memory. `false`: it failed, and the program ends with this action.
    pub(crate) fn write(&mut self, step: impl FnOnce(&mut RealDisk) -> bool) -> bool {
        self.real.as_mut().is_none_or(step)
    }

    /// What a phone notes beside its items, and what HQ sent it.
    pub(crate) fn save(&mut self) -> bool {
        let disk = &mut self.disk;
        self.real.as_mut().is_none_or(|real| real.save(&disk.queue, &disk.orders, &mut disk.carrier))
    }

    /// What the files say at a start takes the place of what was in memory. Gives whether an epoch is owed.
    fn read_back(&mut self, now: Timestamp) -> Option<bool> {
        let wiped = self.disk.wiped;
        let real = self.real.as_mut()?;
        // An opening that fails is tried again, as a person would, once the storage works.
        let found = real.start(wiped, now).or_else(|_| {
            shim::disarm();
            real.start(wiped, now)
        });
        let Ok(found) = found else {
            self.shut = true;
            return None;
        };
        self.disk.epoch = found.chain.as_ref().map_or(self.disk.epoch, Chain::epoch).max(self.disk.epoch);
        self.disk.chain = found.chain;
        (self.disk.outbox, self.disk.queue) = (found.outbox, found.queue);
        (self.disk.position, self.disk.orders) = (found.position, found.orders);
        self.disk.carrier = found.carrier;
        self.keep_promises_of_what_is_there();
        Some(found.owes_epoch)
    }

    /// An event goes into this phone's copy of a case.
    pub(crate) fn learn(&mut self, case: usize, event: CaseEvent) {
        if !self.disk.erased[case] {
            self.disk.known[case].push(event.clone());
        }
        self.disk.cases[case].insert(event);
    }

    /// The program starts: what a cut left half-done is completed, what is not this disk's life begins a new epoch.
    /// Returns the events whose commit was made now.
    pub(crate) fn start(&mut self, truths: &[Truth], now: Timestamp, rng: &mut Rng) -> Vec<usize> {
        self.engine = Engine::new(rng.next()).with_parts_above(FIRST_PART_BYTES);
        self.failures.clear();
        let on_files = self.read_back(now);
        self.disk.queue.restart();
        self.disk.carrier.change(|queue| drop(queue.restart()));
        self.expire(now);
        let mut committed = Vec::new();
        let restored = on_files.unwrap_or(self.disk.life != self.life);
        self.life += 1;
        self.disk.life = self.life;
        while let Some(chain) = self.disk.chain.clone() {
            let found = self.disk.outbox.iter().find_map(|(id, bytes)| {
                (self.disk.queue.row(id).is_none_or(|row| row.state == State::Draft))
                    .then(|| chain.open(bytes).ok().map(|opened| (*id, opened)))?
            });
            let Some((id, opened)) = found else { break };
            let Some(index) = index_of(&opened.plain) else { break };
            if !self.commit(id, opened.next, truths[index].case, truths[index].event.clone(), now) {
                break;
            }
            committed.push(index);
        }
        if restored {
            // The first epoch begins at enrolment; a copy from before it is none of this device.
            self.disk.epoch = self.disk.epoch.max(1);
            self.sign_checkpoint(now, rng);
            self.obey(Turn::Restored);
        }
        committed
    }

    /// Carries a plan out, and nothing else.
    pub(crate) fn obey(&mut self, turn: Turn) {
        let plan = plan(turn);
        let everything = plan.outbox == Fate::Destroy;
        match plan.vault {
            Fate::Keep => {}
            Fate::SetAside | Fate::Destroy => {
                self.write(|real| {
                    if plan.vault == Fate::Destroy {
                        real.wipe(everything);
                        return true;
                    }
                    real.forget_chain()
                });
                self.disk.chain = None;
                self.disk.receipt_keys.clear();
                self.disk.cases.fill(Case::default());
                self.disk.known.fill(Vec::new());
                self.disk.erased.fill(false);
                self.disk.wiped |= plan.vault == Fate::Destroy;
            }
        }
        if plan.outbox == Fate::Destroy {
            self.disk.outbox.clear();
            self.disk.queue = Queue::default();
            self.disk.carrier = Carrier::new(QUOTA, TTL_MS);
            self.promised.clear();
        }
        if plan.new_epoch {
            self.disk.chain = None;
        }
    }

    /// Takes an item of another phone to carry.
    pub(crate) fn take(&mut self, owner: DeviceId, bytes: &[u8], now: Timestamp) -> Taken {
        let taken = self.disk.carrier.take(owner, bytes, now);
        if let (Taken::New, Ok(header)) = (taken, Header::read(bytes)) {
            self.promise(owner, header, bytes, now);
        }
        taken
    }

    /// What it took just now it owes.
    pub(crate) fn promise(&mut self, owner: DeviceId, header: Header, bytes: &[u8], now: Timestamp) {
        if header.kind == ItemKind::Envelope {
            let promise = Promise { owner, header, until: now.plus_millis(TTL_MS) };
            self.promised.insert(carrier::name(owner, &sha256(bytes)), promise);
        }
    }

    /// What was carried long enough goes.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        self.promised.retain(|_, promise| now < promise.until);
        self.disk.carrier.expire(now);
    }

    /// After a loss that no software can undo.
    pub(crate) fn keep_promises_of_what_is_there(&mut self) {
        self.promised.retain(|name, _| self.disk.carrier.has(name));
    }

    /// A checkpoint over all that was sealed, where there is none yet.
    pub(crate) fn sign_checkpoint(&mut self, now: Timestamp, rng: &mut Rng) {
        let Some(chain) = &self.disk.chain else { return };
        let (upto, number) = (chain.next_seq() - 1, chain.epoch());
        let covers = |row: &Row| row.kind == ItemKind::Checkpoint && row.epoch == number && row.seq == upto;
        if upto == 0 || self.silent_key_store || self.disk.queue.rows().any(covers) {
            return;
        }
        let mut source = |bytes: &mut [u8]| {
            rng.fill(bytes);
            Ok(())
        };
        if let Ok(bytes) = Checkpoint::make_from(&mut source, chain, &self.sign) {
            self.keep(bytes, now);
        }
    }

    pub(crate) fn next_stamp(&mut self, now: Timestamp) -> Stamp {
        let stamp = Stamp::after(self.disk.stamp, now.as_millis(), self.device);
        self.disk.stamp = Some(stamp);
        stamp
    }

    pub(crate) fn store(&mut self, world: Timestamp, relay_epoch: u32) -> PhoneStore<'_> {
        let now = self.now(world);
        let bearer = wire::bearer(&self.token);
        PhoneStore {
            disk: RefCell::new(&mut self.disk),
            now,
            relay_epoch,
            full: self.full,
            io: self.io,
            bearer,
            seen: RefCell::default(),
            carried: Cell::default(),
        }
    }
}

/// What a carrier owes for an envelope.
pub(crate) struct Promise {
    pub(crate) owner: DeviceId,
    pub(crate) header: Header,
    pub(crate) until: Timestamp,
}

fn row(header: &Header, bytes: &[u8], now: Timestamp) -> Row {
    Row::sealed(header, sha256(bytes), bytes.len() as u64, now)
}

/// The engine's port over the disk.
pub(crate) struct PhoneStore<'a> {
    disk: RefCell<&'a mut Disk>,
    now: Timestamp,
    relay_epoch: u32,
    full: bool,
    io: bool,
    bearer: String,
    /// Classes the engine reported.
    pub(crate) seen: RefCell<Vec<SyncClass>>,
    /// Carried items that the relay took.
    pub(crate) carried: Cell<u64>,
}

impl PhoneStore<'_> {
    fn check_full(&self) -> Result<(), StoreError> {
        if self.full { Err(StoreError(ErrorCode::StorageFull)) } else { Ok(()) }
    }

    /// The rows an item is among: the own ones, or those of what is carried.
    fn of(&self, id: &[u8; 16], work: impl FnOnce(&mut Queue)) {
        let mut disk = self.disk.borrow_mut();
        if disk.carrier.has(id) { disk.carrier.change(work) } else { work(&mut disk.queue) }
    }
}

impl Store for PhoneStore<'_> {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        if self.io {
            return Err(StoreError(ErrorCode::StorageIo));
        }
        let disk = self.disk.borrow();
        Ok(disk.queue.views(self.now).into_iter().chain(disk.carrier.views(self.now)).collect())
    }
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        let disk = self.disk.borrow();
        Ok(disk.outbox.get(id).cloned().or_else(|| disk.carrier.bytes(id).map(<[u8]>::to_vec)))
    }
    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.check_full()?;
        let at = self.now;
        let mut disk = self.disk.borrow_mut();
        if disk.carrier.has(id) {
            disk.carrier.handed_over(id, self.relay_epoch, at);
            self.carried.set(self.carried.get() + 1);
        } else {
            disk.queue.happened(id, Happening::RelayHas { relay_epoch: self.relay_epoch, at });
        }
        Ok(())
    }
    fn note_with_neighbour(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.check_full()?;
        let now = self.now;
        self.of(id, |queue| queue.carried_by_neighbour(id, now));
        Ok(())
    }
    fn set_aside(&mut self, id: &[u8; 16], code: ErrorCode) -> Result<(), StoreError> {
        self.check_full()?;
        let why = if code == ErrorCode::SyncConflict { Quarantine::Integrity } else { Quarantine::Refused };
        self.of(id, |queue| {
            queue.happened(id, Happening::Quarantine(why));
        });
        Ok(())
    }
    fn control_position(&self) -> Result<u64, StoreError> {
        Ok(self.disk.borrow().position)
    }
    fn add_control(&mut self, counter: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.check_full()?;
        let mut disk = self.disk.borrow_mut();
        disk.position = counter;
        disk.orders.push((counter, bytes.to_vec()));
        Ok(())
    }
    fn note_failure(
        &mut self,
        id: &[u8; 16],
        status: Option<u16>,
        class: SyncClass,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.seen.borrow_mut().push(class);
        self.of(id, |queue| queue.failed(id, status, class, until));
        Ok(())
    }
    fn take_in_hand(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.of(id, |queue| {
            queue.take_in_hand(id);
            queue.happened(id, Happening::Sent { offset: 0 });
        });
        Ok(())
    }
    fn put_down(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.of(id, |queue| queue.put_down(id));
        Ok(())
    }
    fn put_back(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.of(id, |queue| queue.put_back(id));
        Ok(())
    }
    fn upload_token(&self) -> String {
        self.bearer.clone()
    }
}
