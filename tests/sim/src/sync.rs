//! One meeting of a phone and its relay: the loop a host runs, over the shipping engine.

use wayside_model::Timestamp;
use wayside_seal::ItemKind;
use wayside_sync::queue_state::State;
use wayside_sync::{Failure, Request, Response, Step, Store, SyncClass, wire};

use crate::checks::Violation;
use crate::link::exchange;
use crate::phone::Phone;
use crate::relay::Relay;
use crate::rng::Rng;
use crate::tally::{Carried, Fault};
use crate::world::World;

impl World {
    pub(crate) fn sync(
        &mut self,
        phone: usize,
        exchanges: usize,
        faults: bool,
        rng: &mut Rng,
    ) -> Result<(), Violation> {
        let links: Vec<Fault> = Fault::links().collect();
        let now = self.phones[phone].now(self.now);
        if !self.phones[phone].disk.wiped {
            self.phones[phone].sign_checkpoint(now, rng);
        }
        self.phones[phone].disk.queue.schedule();
        self.phones[phone].disk.queue.metered(self.metered);
        self.phones[phone].disk.queue.supersede_checkpoints();
        let metered = self.metered;
        self.phones[phone].disk.carrier.change(|queue| queue.metered(metered));
        self.phones[phone].expire(now);
        for _ in 0..exchanges {
            let fault = (faults && rng.one_in(3)).then(|| rng.pick(&links));
            if !self.turn(phone, fault, rng)? {
                break;
            }
        }
        self.obey(phone);
        Ok(())
    }

    /// One turn of the host's loop. `false`: nothing to do now.
    pub(crate) fn turn(&mut self, at: usize, fault: Option<Fault>, rng: &mut Rng) -> Result<bool, Violation> {
        let relay = self.phones[at].relay;
        let relay_epoch = self.relays[relay].epoch;
        let (phone, tally) = (&mut self.phones[at], &mut self.tally);
        let now = phone.now(self.now);
        let mut engine = std::mem::replace(&mut phone.engine, wayside_sync::Engine::new(0));
        let step = {
            let store = phone.store(self.now, relay_epoch);
            engine.next_step(&store, now)
        };
        phone.engine = engine;
        let request = match step {
            Err(_) => {
                tally.class("storage");
                return Ok(false);
            }
            Ok(Step::Done(_)) => return Ok(false),
            Ok(Step::WaitUntil(until, class)) => {
                tally.class(word(class));
                let wait = until.as_millis() - now.as_millis();
                if wait > wayside_sync::LONGEST_WAIT_MS {
                    return Err(Violation::WaitsTooLong);
                }
                self.now = self.now.plus_millis(wait.max(0));
                return Ok(true);
            }
            Ok(Step::Send(request)) => request,
        };
        check_order(phone, &request, now)?;
        // That an item is in hand is durable before it is sent; where it cannot be noted, nothing is sent.
        if (item_of(&request).is_some() || is_carried(&request)) && !phone.save() {
            tally.class("storage");
            return Ok(false);
        }
        let waste = wasted(phone, &self.relays[relay], &request);
        if waste > 0 {
            return Err(Violation::SentAgain);
        }
        if let Some(id) = item_of(&request)
            && phone.poison == Some(id)
        {
            phone.poison_ends += 1;
            if phone.poison_ends > 3 {
                return Err(Violation::PoisonNotSetAside);
            }
            tally.class("poison");
            let committed = phone.start(&self.truths, now, rng);
            committed.into_iter().for_each(|index| self.truths[index].committed = true);
            return Ok(true);
        }
        if let Some(fault) = fault {
            tally.fault(fault);
        }
        if request.path.ends_with("/parts") {
            tally.class("offset");
        }
        let older = phone.old_request.replace(request.clone());
        if fault == Some(Fault::Reorder)
            && let Some(id) = older.as_ref().and_then(item_of)
        {
            phone.moved.insert(id);
        }
        let outcome = exchange(&mut self.relays[relay], &request, older.as_ref(), fault, rng);
        self.now = self.now.plus_millis(300 + rng.below(2_000) as i64);
        self.take(at, &request, outcome, relay_epoch)?;
        Ok(true)
    }

    fn take(
        &mut self,
        at: usize,
        request: &Request,
        outcome: Result<Response, Failure>,
        relay_epoch: u32,
    ) -> Result<(), Violation> {
        let (phone, tally) = (&mut self.phones[at], &mut self.tally);
        let now = phone.now(self.now);
        let waited = item_of(request).filter(|id| phone.disk.queue.row(id).is_some());
        let mut engine = std::mem::replace(&mut phone.engine, wayside_sync::Engine::new(0));
        let (failures, set_aside) = (engine.progress().failures, engine.report().set_aside.len());
        let before = waited.and_then(|id| phone.disk.queue.row(&id)).map(|row| row.state);
        let mut refused = request.path.contains("/parts");
        match outcome {
            Ok(response) => {
                refused |= (400..500).contains(&response.status) && wire::is_ours(&response.content_type);
                let mut store = phone.store(self.now, relay_epoch);
                let result = engine.complete(&mut store, request.id, response, now);
                for class in store.seen.take() {
                    tally.class(word(class));
                }
                tally.carried(Carried::HandedOver, store.carried.get());
                if result.is_err() {
                    tally.class("storage");
                }
                if engine.report().set_aside.len() > set_aside {
                    tally.class("permanent item");
                }
            }
            Err(failure) => {
                tally.class(if failure == Failure::UntrustedPeer { "impostor" } else { "no path" });
                engine.fail(request.id, failure, now);
            }
        }
        if let Some(id) = item_of(request)
            && engine.progress().failures > failures
        {
            *phone.failures.entry(id).or_default() += 1;
        }
        phone.engine = engine;
        let Some(id) = waited else { return Ok(()) };
        match phone.disk.queue.row(&id).map(|row| row.state) {
            None => Err(Violation::RowGone),
            Some(State::Quarantined(_)) if !matches!(before, Some(State::Quarantined(_))) && !refused => {
                Err(Violation::SetAsideWithoutReason)
            }
            Some(_) => Ok(()),
        }
    }
}

fn word(class: SyncClass) -> &'static str {
    match class {
        SyncClass::NoPath | SyncClass::Timeout => "no path",
        SyncClass::Impostor => "impostor",
        SyncClass::Transient => "transient",
        SyncClass::Credential => "credential",
        SyncClass::Integrity => "integrity",
        SyncClass::Storage => "storage",
    }
}

fn item_of(request: &Request) -> Option<[u8; 16]> {
    request.path.strip_prefix("/v1/items/")?.get(..32).and_then(wire::unhex::<16>)
}

fn is_carried(request: &Request) -> bool {
    request.path.starts_with("/v1/carried/")
}

/// No less urgent item, and none that is carried, goes while an urgent one waits that has not just failed itself.
fn check_order(phone: &mut Phone, request: &Request, now: Timestamp) -> Result<(), Violation> {
    if !is_carried(request) {
        let Some(id) = item_of(request) else { return Ok(()) };
        let Some(sent) = phone.disk.queue.row(&id).copied() else { return Ok(()) };
        if sent.kind == ItemKind::EpochHeader || (sent.kind == ItemKind::Envelope && sent.priority == 0) {
            return Ok(());
        }
    }
    let failed: Vec<[u8; 16]> = phone.failures.keys().copied().collect();
    let views = phone.store(now, 0).items().unwrap_or_default();
    let overtaken = views.iter().any(|view| {
        let fresh = !view.handed_over && !view.set_aside && !failed.contains(&view.id);
        view.owner.is_none() && view.kind == ItemKind::Envelope && view.priority == 0 && fresh
    });
    if overtaken { Err(Violation::UrgentWaits) } else { Ok(()) }
}

/// Bytes of a large item that the relay has and the phone sends again, though the relay holds just what the phone has.
fn wasted(phone: &Phone, relay: &Relay, request: &Request) -> usize {
    let Some((id, offset)) = item_of(request).zip(offset_of(request)) else { return 0 };
    let Some(bytes) = phone.disk.outbox.get(&id) else { return 0 };
    // What moved behind the phone's back is nobody's waste.
    if phone.moved.contains(&id) {
        return 0;
    }
    // After three answers that did not fit, the item begins anew.
    if offset == 0 && phone.failures.get(&id).is_some_and(|failures| *failures >= 3) {
        return 0;
    }
    let held = relay.parts.get(&(phone.device, id)).map_or(&[][..], Vec::as_slice);
    if bytes.starts_with(held) { held.len().saturating_sub(offset) } else { 0 }
}

fn offset_of(request: &Request) -> Option<usize> {
    request.path.split_once("offset=")?.1.split('&').next()?.parse().ok()
}
