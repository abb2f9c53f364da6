//! A device, a link that does what it likes, and a relay, all in memory; and what must hold after every step.

mod checks;
mod faults;
mod sides;

use wayside_model::Timestamp;
use wayside_sync::wire::{self, ControlItem, ControlPage, Health, Problem, Stored};
use wayside_sync::{Engine, Failure, ItemView, Request, Response, Step, Store};

pub(crate) use checks::{Checks, Violation};
pub(crate) use faults::{Case, Fault, cases};
pub(crate) use sides::{Device, Relay};

/// A bug planted between the engine and the checks: the run then behaves as an engine with that bug would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plant {
    None,
    /// Any answer with status 200 is a success.
    BelievesAnything,
    /// A `Stored` for other bytes is a success.
    BelievesAnyHash,
    /// Any 404 deletes.
    DeletesOn404,
    /// What the relay has is deleted.
    DeletesWhenHandedOver,
    /// Urgent items wait for the others.
    UrgentLast,
    /// No waiting after a failure.
    NeverWaits,
    /// Waits as long as the peer says.
    ObeysAnyRetryAfter,
    /// Three tries, then silence.
    ThreeTries,
    /// Any 4xx sets the item aside.
    AsideOnAny4xx,
    /// Goes on sending to whoever answers.
    TrustsStrangers,
    /// Takes control entries beyond a gap.
    SkipsOrders,
}

pub(crate) struct World {
    pub(crate) device: Device,
    pub(crate) relay: Relay,
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) checks: Checks,
    pub(crate) plant: Plant,
}

impl World {
    pub(crate) fn new(case: &Case, plant: Plant) -> Self {
        let device = Device::new(&case.items, plant);
        let relay = Relay::new(case.control);
        let now = Timestamp::from_millis(1_700_000_000_000);
        Self { device, relay, engine: Engine::new(case.seed), now, checks: Checks::default(), plant }
    }

    /// One turn of the host's loop. `true`: the engine says that it is done.
    pub(crate) fn turn(&mut self, fault: Fault) -> Result<bool, Violation> {
        if let Fault::Clock(millis) = fault {
            self.now = self.now.plus_millis(millis);
            self.checks.clock_jumped();
        }
        match self.engine.next_step(&self.device, self.now).expect("the store works") {
            Step::Send(request) => {
                self.exchange(&request, fault)?;
                Ok(false)
            }
            Step::WaitUntil(until, class) => {
                let until = match (self.plant, self.checks.last_wish) {
                    (Plant::NeverWaits, _) => self.now,
                    (Plant::ObeysAnyRetryAfter, Some(seconds)) => self.now.plus_millis(i64::from(seconds) * 1000),
                    _ => until,
                };
                self.checks.waits(&self.device, self.now, until, class)?;
                self.now = until;
                if self.plant == Plant::NeverWaits {
                    self.engine.wake();
                }
                Ok(false)
            }
            Step::Done(_) => Ok(true),
        }
    }

    fn exchange(&mut self, request: &Request, fault: Fault) -> Result<(), Violation> {
        self.checks.sends(&self.device, request, self.now)?;
        let before = self.device.clone();
        let outcome = self.link(request, fault);
        match &outcome {
            Ok(response) => {
                let seen = self.as_the_plant_sees(request, response.clone());
                self.engine.complete(&mut self.device, request.id, seen, self.now).expect("the store works");
            }
            Err(failure) => self.engine.fail(request.id, *failure, self.now),
        }
        self.act_as_planted(request, &outcome);
        self.checks.after(&before, &self.device, request, &outcome, self.now)?;
        // The same reply once more, as a host may deliver it after a restart of its own.
        let before = self.device.clone();
        let stale = outcome.unwrap_or(stored(&request.body));
        self.engine.complete(&mut self.device, request.id, stale, self.now).expect("the store works");
        if before == self.device { Ok(()) } else { Err(Violation::RepeatedReplyActed) }
    }

    /// What the network makes of a request.
    fn link(&mut self, request: &Request, fault: Fault) -> Result<Response, Failure> {
        let html = |status| Response {
            status,
            content_type: "text/html; charset=utf-8".to_owned(),
            body: b"<html>Welcome to the free network</html>".to_vec(),
            retry_after_s: None,
        };
        match fault {
            Fault::NoPath => return Err(Failure::NoPath),
            Fault::Untrusted => return Err(Failure::UntrustedPeer),
            Fault::Unexpected => return Err(Failure::Unexpected),
            Fault::Cancelled => return Err(Failure::Cancelled),
            Fault::LostOnTheWayOut => return Err(Failure::Timeout),
            Fault::Html(status) => return Ok(html(status)),
            Fault::Server { status, retry_after_s } => return Ok(Response { retry_after_s, ..html(status) }),
            Fault::Problem(status, code) => return Ok(problem(status, code)),
            _ => {}
        }
        let mut response = self.relay.answer(request);
        match fault {
            Fault::LostOnTheWayBack => return Err(Failure::Timeout),
            Fault::Cut(keep) => response.body.truncate(usize::from(keep) % response.body.len().max(1)),
            Fault::WrongHash if response.status < 300 => response.body = stored(b"other bytes").body,
            Fault::Gap if request.path.starts_with("/v1/control") => {
                let entries = vec![ControlItem { counter: u64::MAX, bytes: vec![1] }];
                response.body = wire::encode(&ControlPage { entries, more: false });
            }
            _ => {}
        }
        Ok(response)
    }

    fn as_the_plant_sees(&self, request: &Request, response: Response) -> Response {
        let put = request.path.starts_with("/v1/items/");
        match self.plant {
            Plant::BelievesAnything if response.status == 200 && put => stored(&request.body),
            Plant::BelievesAnyHash if put && wire::decode::<Stored>(&response.body).is_some() => stored(&request.body),
            Plant::TrustsStrangers if response.status == 200 && request.path == wire::HEALTH => health(),
            Plant::AsideOnAny4xx if put && (400..500).contains(&response.status) => problem(409, "sync.conflict"),
            _ => response,
        }
    }

    fn act_as_planted(&mut self, request: &Request, outcome: &Result<Response, Failure>) {
        let Some(id) = request.path.strip_prefix("/v1/items/").and_then(wire::unhex::<16>) else {
            if let (Plant::SkipsOrders, Ok(response)) = (self.plant, outcome)
                && let Some(page) = wire::decode::<ControlPage>(&response.body)
            {
                self.device.control.extend(page.entries.into_iter().map(|entry| entry.counter));
            }
            return;
        };
        let ok = |item: &ItemView| item.handed_over;
        match (self.plant, outcome) {
            (Plant::DeletesOn404, Ok(response)) if response.status == 404 => self.device.remove(&id),
            (Plant::DeletesWhenHandedOver, _) if self.device.view(&id).is_some_and(ok) => self.device.remove(&id),
            (Plant::ThreeTries, _) if self.checks.failures_of(&id) >= 2 => {
                self.device.set_aside(&id, wayside_model::ErrorCode::SyncTransient).expect("in memory");
            }
            _ => {}
        }
    }
}

pub(crate) fn stored(bytes: &[u8]) -> Response {
    ours(201, wire::encode(&Stored { sha256: wayside_seal::sha256(bytes) }))
}

pub(crate) fn problem(status: u16, code: &str) -> Response {
    ours(status, wire::encode(&Problem { code: code.to_owned() }))
}

pub(crate) fn health() -> Response {
    ours(200, wire::encode(&Health { version: wire::VERSION }))
}

pub(crate) fn ours(status: u16, body: Vec<u8>) -> Response {
    Response { status, content_type: wire::MEDIA_TYPE.to_owned(), body, retry_after_s: None }
}
