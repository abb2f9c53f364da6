//! What must hold after every step (sync design 3.10), and at the end once everything works again.

use wayside_seal::ItemKind;
use wayside_seal::item::Header;
use wayside_sync::queue::Row;
use wayside_sync::queue_state::{State, Word, word};

use crate::oracle;
use crate::relay::Relay;
use crate::rng::Rng;
use crate::world::World;

/// A broken promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Violation {
    /// An event that was committed is neither on its phone nor at HQ.
    Lost,
    /// A row vanished from a queue.
    RowGone,
    /// An event had its effect twice.
    Doubled,
    /// A phone believes that HQ has what HQ has not.
    AckedWithoutHq,
    /// The screen said more than was true.
    WordAhead,
    /// Clear text outside phones and desk.
    Leaked,
    /// An effect that its author did not make.
    Unverified,
    /// A number of an epoch was used for two envelopes.
    NumberTwice,
    /// What was erased is there again.
    ErasedReturned,
    /// A case is not what the rules make of its events.
    WrongProjection,
    /// Something less urgent went before an urgent item.
    UrgentWaits,
    /// Bytes the relay had were sent again.
    SentAgain,
    /// An item that ends the program is not set aside.
    PoisonNotSetAside,
    /// An item waits and is neither tried nor shown.
    Silent,
    /// A wait beyond the longest.
    WaitsTooLong,
    /// An item that fails holds up others.
    OthersHeldUp,
    /// With everything working again, something did not arrive.
    NotArrived,
    /// An item was set aside though neither relay nor person nor program gave a reason.
    SetAsideWithoutReason,
    /// A phone gave up what it carried, though HQ does not have it and its time is not over.
    GivenUpEarly,
    /// The files of a phone do not open, though nothing fails any more.
    DoesNotOpen,
}

impl World {
    /// After every step; `phone` and `case` are what it was about.
    pub(crate) fn check(&mut self, at: usize, case: usize) -> Result<(), Violation> {
        if self.phones[at].shut {
            return Err(Violation::DoesNotOpen);
        }
        self.everything_is_somewhere()?;
        self.words_are_true()?;
        self.carriers_keep_their_promises()?;
        if self.leaked || self.relays.iter().any(|relay| relay.saw_canary) {
            return Err(Violation::Leaked);
        }
        if self.desk.unverified {
            return Err(Violation::Unverified);
        }
        if self.desk.intake.shared_places().next().is_some() {
            return Err(Violation::NumberTwice);
        }
        self.projections(at, case)
    }

    fn everything_is_somewhere(&self) -> Result<(), Violation> {
        for (index, truth) in self.truths.iter().enumerate() {
            let at_hq = self.desk.effects.get(&index).copied().unwrap_or(0);
            if at_hq > 1 {
                return Err(Violation::Doubled);
            }
            let on_phone = self.phones[truth.phone].disk.outbox.contains_key(&truth.id);
            if truth.committed && !truth.excused && at_hq == 0 && !on_phone {
                return Err(Violation::Lost);
            }
            let row = self.phones[truth.phone].disk.queue.row(&truth.id);
            if truth.committed && !truth.excused && on_phone && row.is_none() {
                return Err(Violation::RowGone);
            }
        }
        Ok(())
    }

    fn carriers_keep_their_promises(&mut self) -> Result<(), Violation> {
        let intake = &self.desk.intake;
        for phone in &mut self.phones {
            let carrier = &phone.disk.carrier;
            let has = |owner, header: &Header| intake.is_vouched(owner, header.device_epoch, header.seq, &header.id);
            if phone.promised.iter().any(|(name, one)| !carrier.has(name) && !has(one.owner, &one.header)) {
                return Err(Violation::GivenUpEarly);
            }
            phone.promised.retain(|name, _| carrier.has(name));
        }
        Ok(())
    }

    fn words_are_true(&self) -> Result<(), Violation> {
        for (index, truth) in self.truths.iter().enumerate() {
            let phone = &self.phones[truth.phone];
            let Some(row) = phone.disk.queue.row(&truth.id) else { continue };
            let has = self.desk.effects.contains_key(&index)
                && self.desk.intake.is_vouched(phone.device, row.epoch, row.seq, &row.id);
            if matches!(row.state, State::HqAcked { .. } | State::Purged) && !has {
                return Err(Violation::AckedWithoutHq);
            }
            if word(row.state) == Word::HqHasIt && !has {
                return Err(Violation::WordAhead);
            }
            let had = |relay: &Relay| relay.had.contains(&(phone.device, row.id));
            if matches!(row.state, State::RelayStored { .. }) && !self.relays.iter().any(had) {
                return Err(Violation::WordAhead);
            }
        }
        for phone in &self.phones {
            let now = phone.now(self.now);
            let tried = phone.disk.queue.views(now).iter().filter(|view| !view.set_aside && !view.handed_over).count();
            let waits = |row: &&Row| {
                matches!(row.state, State::Sealed | State::Queued | State::Sending { .. } | State::Backoff { .. })
            };
            if phone.disk.queue.rows().filter(waits).count() != tried {
                return Err(Violation::Silent);
            }
        }
        Ok(())
    }

    fn projections(&self, at: usize, case: usize) -> Result<(), Violation> {
        if self.desk.erased[case] && (!self.desk.cases[case].is_erased() || !self.desk.cases[case].is_empty()) {
            return Err(Violation::ErasedReturned);
        }
        let events = self.desk.events_of(case, &self.truths);
        if !oracle::agrees(&events, self.desk.erased[case], &self.desk.cases[case].view()) {
            return Err(Violation::WrongProjection);
        }
        let disk = &self.phones[at].disk;
        let (copy, erased) = (&disk.cases[case], disk.erased[case]);
        if erased && !copy.is_erased() {
            return Err(Violation::ErasedReturned);
        }
        if !oracle::agrees(&disk.known[case], erased, &copy.view()) {
            return Err(Violation::WrongProjection);
        }
        Ok(())
    }

    /// Everything works again: first with a relay that still fails for one item, then without.
    pub(crate) fn settle(&mut self, rng: &mut Rng) -> Result<(), Violation> {
        self.metered = false;
        for at in 0..self.phones.len() {
            let phone = &mut self.phones[at];
            phone.clock_off = 0;
            self.mend(at);
        }
        for at in 0..self.phones.len() {
            // First what the relay has had for too long, or by another clock, is queued again.
            self.obey(at);
            self.sync_to_the_end(at, rng)?;
            self.others_have_gone(at)?;
        }
        self.relays.iter_mut().for_each(|relay| relay.sick = None);
        for round in 0..6 {
            for at in 0..self.phones.len() {
                self.mend(at);
                self.sync_to_the_end(at, rng)?;
            }
            self.pull();
            self.now = self.now.plus_millis(if round < 4 { 60_000 } else { 8 * 86_400_000 });
        }
        for case in 0..self.desk.cases.len() {
            for at in 0..self.phones.len() {
                self.check(at, case)?;
            }
        }
        self.all_arrived()
    }

    fn sync_to_the_end(&mut self, at: usize, rng: &mut Rng) -> Result<(), Violation> {
        let disk = &self.phones[at].disk;
        let rows = || disk.queue.rows().chain(disk.carrier.queue().rows());
        let items = rows().count();
        // A large item takes a question and a part for each second.
        let parts: u64 = rows().map(|row| row.len / 1_000).sum();
        self.sync(at, 60 + 6 * items + 2 * parts as usize, false, rng)
    }

    /// One sick item must not hold up the others.
    fn others_have_gone(&self, at: usize) -> Result<(), Violation> {
        let phone = &self.phones[at];
        if self.relays[phone.relay].revoked.contains(&phone.device) {
            return Ok(());
        }
        let sick = self.relays[phone.relay].sick;
        let held_up = phone.disk.queue.rows().any(|row| {
            let waits = matches!(row.state, State::Queued | State::Sending { .. } | State::Backoff { .. });
            waits && Some(row.id) != sick
        });
        if held_up && sick.is_some() { Err(Violation::OthersHeldUp) } else { Ok(()) }
    }

    fn all_arrived(&self) -> Result<(), Violation> {
        for (index, truth) in self.truths.iter().enumerate() {
            let phone = &self.phones[truth.phone];
            let revoked = self.relays[phone.relay].revoked.contains(&phone.device);
            if !truth.committed || truth.excused || revoked || self.desk.effects.contains_key(&index) {
                continue;
            }
            // Another holder of the id at the relay: the item is shown to a person, who can send it by a bundle.
            let shown = phone.disk.queue.row(&truth.id).is_some_and(|row| matches!(row.state, State::Quarantined(_)));
            let clash = self.relays.iter().any(|relay| {
                relay
                    .items
                    .get(&(phone.device, truth.id))
                    .is_some_and(|held| Some(held) != phone.disk.outbox.get(&truth.id))
            });
            if shown && !clash {
                return Err(Violation::SetAsideWithoutReason);
            }
            let header_clash = phone
                .disk
                .queue
                .rows()
                .any(|row| row.kind == ItemKind::EpochHeader && matches!(row.state, State::Quarantined(_)));
            if !shown && !header_clash {
                return Err(Violation::NotArrived);
            }
        }
        Ok(())
    }

    /// Counts the states of all rows, for the tally.
    pub(crate) fn count_states(&mut self) {
        for row in self.phones.iter().flat_map(|phone| phone.disk.queue.rows()) {
            self.tally.state(match row.state {
                State::Draft => "DRAFT",
                State::Sealed => "SEALED",
                State::Queued => "QUEUED",
                State::Sending { .. } => "SENDING",
                State::RelayStored { .. } => "RELAY_STORED",
                State::HqAcked { .. } => "HQ_ACKED",
                State::Purged => "PURGED",
                State::Backoff { .. } => "BACKOFF",
                State::Held(_) => "HELD",
                State::Blocked(_) => "BLOCKED",
                State::Quarantined(_) => "QUARANTINED",
                State::Superseded => "SUPERSEDED",
                State::Erased => "ERASED",
            });
        }
    }
}
