//! The queue of what waits in the outbox: the shipping rules of `wayside_sync::queue`, kept beside the items, so that a sync
//! goes by the same states whether the vault is open or locked.
//!
//! Whoever can write the outbox can write these rows. They decide when something is sent; whether it may be removed is
//! decided by the vault's own rows and HQ's receipt (`control.rs`).
//!
//! What is carried for others is seen here beside the own items, with rows of its own, until HQ's receipt for it comes.

use std::sync::{Arc, Mutex, PoisonError};

use wayside_model::{Coded, ErrorCode, Timestamp};
use wayside_seal::item::Header;
use wayside_seal::{ControlEntry, VerifyingKey};
use wayside_sync::carrier::Carrier;
use wayside_sync::queue::{Queue, Row};
use wayside_sync::queue_state::{Happening, Quarantine, State};
use wayside_sync::{ItemView, Store, StoreError, SyncClass};
use wayside_vault::outbox::{Outbox, OutboxItem};
use wayside_vault::{SyncMark, VaultError};

use crate::carried;
use crate::ports::Clock;

/// The relay does not say over HTTP which life it is in. What a restored one has lost is sent again when no receipt has come
/// for [`wayside_sync::queue::STALE_AFTER_MS`].
const RELAY_LIFE: u32 = 0;

/// The outbox with its queue: what the engine asks and tells.
pub(crate) struct OutboxQueue {
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    /// Read once: it may be large, and is asked for with every item.
    carried: Mutex<Option<Carrier>>,
    /// Where somebody who is not the relay brings HQ's entries: the key each is checked by before it is kept.
    desk: Option<VerifyingKey>,
}

impl OutboxQueue {
    pub(crate) const fn new(outbox: Outbox, clock: Arc<dyn Clock>) -> Self {
        Self { outbox, clock, carried: Mutex::new(None), desk: None }
    }

    /// Keeps no entry that this key did not sign for this device.
    pub(crate) fn checking(self, desk: VerifyingKey) -> Self {
        Self { desk: Some(desk), ..self }
    }

    pub(crate) fn relay(&self) -> String {
        self.outbox.config().relay.clone()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A sync begins: what was in the air when the program last ended is queued, what ended it three times is set aside,
    /// checkpoints that a newer one covers are left out, and what the relay has had for long without a receipt goes again.
    /// While another sync goes on, what that one has in hand is not taken for the end of a program.
    pub(crate) fn begin(&self) -> Result<Option<SyncMark>, VaultError> {
        let (mark, now) = (self.outbox.mark_sync()?, self.now());
        self.change(|queue| {
            if mark.is_some() {
                queue.restart();
            }
            queue.schedule();
            queue.supersede_checkpoints();
            queue.look_again(now, RELAY_LIFE);
        })?;
        self.change_carried(|carrier| {
            carrier.change(|queue| {
                if mark.is_some() {
                    queue.restart();
                }
                queue.look_again(now, RELAY_LIFE);
            });
        })?;
        Ok(mark)
    }

    /// On a link that costs money or is weak the least urgent items wait, own and carried; off it they go on.
    pub(crate) fn metered(&self, metered: bool) -> Result<(), VaultError> {
        self.change(|queue| queue.metered(metered))?;
        self.change_carried(|carrier| carrier.change(|queue| queue.metered(metered)))
    }

    /// Lets go what came in receipts for others, and goes on with the rest.
    pub(crate) fn take_receipts(&self) -> Result<(), VaultError> {
        if carried::take_receipts(&self.outbox, self.now())? {
            *self.lock_carried() = None;
        }
        Ok(())
    }

    fn lock_carried(&self) -> std::sync::MutexGuard<'_, Option<Carrier>> {
        self.carried.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_carried<T>(&self, work: impl FnOnce(&mut Carrier) -> T) -> Result<T, VaultError> {
        let mut held = self.lock_carried();
        if held.is_none() {
            *held = Some(carried::load(&self.outbox, self.now())?);
        }
        let carrier = held.as_mut().ok_or(VaultError::Bug)?;
        Ok(work(carrier))
    }

    /// Changes rows of what is carried; durable when this returns.
    fn change_carried(&self, work: impl FnOnce(&mut Carrier)) -> Result<(), VaultError> {
        let rows = self.with_carried(|carrier| {
            work(carrier);
            (carrier.count() > 0).then(|| carrier.queue().to_bytes())
        })?;
        rows.map_or(Ok(()), |rows| self.outbox.change_carried_notes(|_| rows))
    }

    /// Changes the rows of the own items, or, if this is one that is carried, of those.
    fn change_of(&self, id: &[u8; 16], work: impl FnOnce(&mut Queue)) -> Result<(), StoreError> {
        let done = match self.with_carried(|carrier| carrier.has(id)) {
            Ok(true) => self.change_carried(|carrier| carrier.change(work)),
            Ok(false) => self.change(work),
            Err(error) => Err(error),
        };
        done.map_err(store_error)
    }

    /// The rows of the items that are here now.
    pub(crate) fn read(&self) -> Result<Queue, VaultError> {
        let (items, notes) = (self.outbox.items()?, self.outbox.notes()?);
        Ok(rows(notes.as_deref(), &items, self.now()))
    }

    /// Changes the rows of the items that are here now; durable when this returns. Rows of items that are gone go with them.
    pub(crate) fn change(&self, work: impl FnOnce(&mut Queue)) -> Result<(), VaultError> {
        let (items, now) = (self.outbox.items()?, self.now());
        self.outbox.change_notes(|notes| {
            let mut queue = rows(notes, &items, now);
            work(&mut queue);
            queue.to_bytes()
        })
    }

    fn happened(&self, id: &[u8; 16], happening: Happening) -> Result<(), StoreError> {
        let change = |queue: &mut Queue| {
            queue.put_down(id);
            queue.happened(id, happening);
        };
        self.change_of(id, change)
    }
}

/// A row for each item: the one that was noted, or where none was, a new one with what the relay has said of the item.
fn rows(notes: Option<&[u8]>, items: &[OutboxItem], now: Timestamp) -> Queue {
    let noted = notes.and_then(Queue::from_bytes).unwrap_or_default();
    let mut queue = Queue::default();
    for item in items {
        queue.add(noted.row(&item.id).copied().unwrap_or_else(|| new_row(item, now)));
    }
    queue
}

fn new_row(item: &OutboxItem, now: Timestamp) -> Row {
    let OutboxItem { id, kind, priority, epoch: device_epoch, .. } = *item;
    let header = Header { kind, priority, device_epoch, id, seq: item.seq.unwrap_or(0) };
    let state = match (item.handed_over, item.set_aside) {
        (true, _) => State::RelayStored { relay_epoch: RELAY_LIFE, at: now },
        (false, true) => State::Quarantined(Quarantine::Refused),
        (false, false) => State::Sealed,
    };
    Row { state, ..Row::sealed(&header, item.sha256, item.len, now) }
}

fn store_error(error: VaultError) -> StoreError {
    StoreError(error.code())
}

impl Store for OutboxQueue {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        let now = self.now();
        let mut items = self.read().map_err(store_error)?.views(now);
        items.extend(self.with_carried(|carrier| carrier.views(now)).map_err(store_error)?);
        Ok(items)
    }

    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        let carried = self.with_carried(|carrier| carrier.bytes(id).map(<[u8]>::to_vec)).map_err(store_error)?;
        carried.map_or_else(|| self.outbox.bytes(id).map_err(store_error), |bytes| Ok(Some(bytes)))
    }

    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        if self.with_carried(|carrier| carrier.has(id)).map_err(store_error)? {
            let now = self.now();
            return self.change_carried(|carrier| carrier.handed_over(id, RELAY_LIFE, now)).map_err(store_error);
        }
        self.outbox.mark_handed_over(id).map_err(store_error)?;
        self.happened(id, Happening::RelayHas { relay_epoch: RELAY_LIFE, at: self.now() })
    }

    fn note_with_neighbour(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        let now = self.now();
        self.change_of(id, |queue| queue.carried_by_neighbour(id, now))
    }

    fn set_aside(&mut self, id: &[u8; 16], code: ErrorCode) -> Result<(), StoreError> {
        if !self.with_carried(|carrier| carrier.has(id)).map_err(store_error)? {
            self.outbox.set_aside(id, code).map_err(store_error)?;
        }
        let why = if code == ErrorCode::SyncConflict { Quarantine::Integrity } else { Quarantine::Refused };
        self.happened(id, Happening::Quarantine(why))
    }

    fn control_position(&self) -> Result<u64, StoreError> {
        self.outbox.control_position().map_err(store_error)
    }

    fn add_control(&mut self, counter: u64, bytes: &[u8]) -> Result<(), StoreError> {
        if let Some(desk) = &self.desk {
            let entry = ControlEntry::verify(bytes, desk, self.outbox.config().device);
            entry.ok().filter(|entry| entry.counter == counter).ok_or(StoreError(ErrorCode::SignatureWrong))?;
        }
        self.outbox.add_control(counter, bytes).map_err(store_error)
    }

    fn note_failure(
        &mut self,
        id: &[u8; 16],
        status: Option<u16>,
        class: SyncClass,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let change = |queue: &mut Queue| {
            queue.put_down(id);
            queue.failed(id, status, class, until);
        };
        self.change_of(id, change)
    }

    fn take_in_hand(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        let change = |queue: &mut Queue| {
            queue.schedule();
            queue.take_in_hand(id);
            queue.happened(id, Happening::Sent { offset: 0 });
        };
        self.change_of(id, change)
    }

    fn put_down(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.change_of(id, |queue| queue.put_down(id))
    }

    fn put_back(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.change_of(id, |queue| queue.put_back(id))
    }

    fn upload_token(&self) -> String {
        self.outbox.config().upload_token_hex()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::testing::directory;
    use wayside_model::{DeviceId, EventId};
    use wayside_seal::hpke::PrivateKey;
    use wayside_seal::{Checkpoint, ItemKind, Key, SigningKey, epoch};
    use wayside_sync::queue::{CRASHES_BEFORE_POISON, STALE_AFTER_MS};
    use wayside_vault::outbox::OutboxConfig;

    struct Hand(Mutex<Timestamp>);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
        fn offset_minutes(&self) -> i32 {
            0
        }
    }

    struct Place {
        folder: tempfile::TempDir,
        clock: Arc<Hand>,
    }

    impl Place {
        /// A header, two envelopes with a checkpoint after each.
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let (device, signing) = (DeviceId::from_bytes([1; 16]), SigningKey::generate().unwrap());
            let team = PrivateKey::generate().unwrap().public().unwrap();
            let directory = directory(&signing, team);
            let config = OutboxConfig { relay: String::new(), device, upload_token: Key::from_bytes([1; 32]) };
            let mut outbox = Outbox::create(folder.path(), config).unwrap();
            let started = epoch::start(device, 1, &directory, &signing).unwrap();
            outbox.add(&started.header).unwrap();
            let mut chain = started.chain;
            for n in 0..2 {
                let sealed = chain.seal(EventId::from_bytes([n; 16]), 1, b"answers").unwrap();
                chain = sealed.next;
                outbox.add(&sealed.bytes).unwrap();
                outbox.add(&Checkpoint::make(&chain, &signing).unwrap()).unwrap();
            }
            Self { folder, clock: Arc::new(Hand(Mutex::new(Timestamp::from_millis(1_000)))) }
        }
        fn queue(&self) -> OutboxQueue {
            OutboxQueue::new(Outbox::open(self.folder.path()).unwrap(), self.clock.clone())
        }
        fn later(&self, millis: i64) {
            let mut now = self.clock.0.lock().unwrap();
            *now = now.plus_millis(millis);
        }
    }

    const ENVELOPE: [u8; 16] = [0; 16];

    fn waiting(queue: &OutboxQueue) -> Vec<ItemView> {
        queue.items().unwrap().into_iter().filter(|item| !item.handed_over && !item.set_aside).collect()
    }

    fn state(queue: &OutboxQueue) -> State {
        queue.read().unwrap().row(&ENVELOPE).unwrap().state
    }

    #[test]
    fn an_item_that_ends_the_program_three_times_is_set_aside_and_the_others_go_on() {
        let place = Place::new();
        for ends in 1..=CRASHES_BEFORE_POISON {
            let queue = place.queue();
            let mark = queue.begin().unwrap();
            queue.take_in_hand(&ENVELOPE).unwrap();
            assert!(place.queue().begin().unwrap().is_none(), "a sync beside this one counts no end: {ends}");
            drop(mark);
        }
        let queue = place.queue();
        let _mark = queue.begin().unwrap();
        assert_eq!(state(&queue), State::Quarantined(Quarantine::Poison));
        assert!(waiting(&queue).iter().any(|item| item.kind == ItemKind::Envelope));
    }

    #[test]
    fn an_orderly_end_counts_nothing() {
        let place = Place::new();
        for _ in 0..=CRASHES_BEFORE_POISON {
            let queue = place.queue();
            let _mark = queue.begin().unwrap();
            queue.take_in_hand(&ENVELOPE).unwrap();
            assert_eq!(state(&queue), State::Sending { offset: 0 });
            queue.put_down(&ENVELOPE).unwrap();
        }
        assert_eq!(state(&place.queue()), State::Sending { offset: 0 });
    }

    #[test]
    fn only_the_newest_checkpoint_goes_once_all_it_covers_has_gone() {
        let place = Place::new();
        let mut queue = place.queue();
        drop(queue.begin().unwrap());
        assert_eq!(waiting(&queue).len(), 5, "before that both may be of use");
        for item in waiting(&queue).iter().filter(|item| item.kind == ItemKind::Envelope) {
            queue.mark_handed_over(&item.id).unwrap();
        }
        drop(queue.begin().unwrap());
        let left: Vec<_> = waiting(&queue).iter().map(|item| (item.kind, item.seq)).collect();
        assert_eq!(left, [(ItemKind::EpochHeader, None), (ItemKind::Checkpoint, Some(2))]);
    }

    #[test]
    fn what_hq_cannot_use_stays_set_aside_though_the_relay_has_it() {
        let place = Place::new();
        let mut queue = place.queue();
        queue.mark_handed_over(&ENVELOPE).unwrap();
        queue.set_aside(&ENVELOPE, ErrorCode::SealMalformed).unwrap();
        place.later(STALE_AFTER_MS);
        drop(place.queue().begin().unwrap());
        assert_eq!(place.queue().read().unwrap().word(&ENVELOPE), Some(wayside_sync::queue_state::Word::NeedsYou));
        assert!(waiting(&place.queue()).iter().all(|item| item.id != ENVELOPE), "and is not sent again by itself");
    }

    #[test]
    fn what_gets_no_receipt_is_sent_again_and_lost_notes_lose_nothing() {
        let place = Place::new();
        let mut queue = place.queue();
        queue.mark_handed_over(&ENVELOPE).unwrap();
        std::fs::remove_file(place.folder.path().join("outbox/notes")).unwrap();
        drop(queue.begin().unwrap());
        assert_eq!(queue.read().unwrap().word(&ENVELOPE), Some(wayside_sync::queue_state::Word::HandedOver));
        place.later(STALE_AFTER_MS - 1);
        drop(queue.begin().unwrap());
        assert!(waiting(&queue).iter().all(|item| item.id != ENVELOPE));
        place.later(1);
        drop(queue.begin().unwrap());
        assert!(waiting(&queue).iter().any(|item| item.id == ENVELOPE));
    }
}
