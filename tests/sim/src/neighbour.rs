//! Two phones that meet without a file: one hands over with the shipping engine, the other answers with the shipping functions,
//! over a link that does what it likes.

use wayside_model::ErrorCode;
use wayside_seal::bundle;
use wayside_seal::item::Header;
use wayside_sync::carrier_side::{Asked, CarrierSide};
use wayside_sync::wire::{self, CarrierAsk};
use wayside_sync::{Engine, FIRST_PART_BYTES, Failure, Method, Neighbour, Request, Response, Step};

use crate::link::flip;
use crate::rng::Rng;
use crate::tally::Carried;
use crate::world::World;

impl World {
    /// `from` hands over to another phone for some exchanges, and takes HQ's entries that one holds for it.
    pub(crate) fn meet(&mut self, from: usize, rng: &mut Rng) {
        let others: Vec<usize> = (0..self.phones.len()).filter(|other| *other != from).collect();
        if others.is_empty() {
            return;
        }
        let to = rng.pick(&others);
        let tenant = bundle::tenant(&self.desk.second.public());
        let code = wire::hex(&rng.bytes::<8>());
        let shown = if rng.one_in(8) { wire::hex(&rng.bytes::<8>()) } else { code.clone() };
        let mut side = CarrierSide::new(tenant, self.phones[to].device, code);
        let neighbour = Neighbour { tenant, own: self.phones[from].device, code: shown };
        let mut engine = Engine::new(rng.next()).with_parts_above(FIRST_PART_BYTES).to_neighbour(neighbour);
        let relay_epoch = self.relays[self.phones[from].relay].epoch;
        let carries_at = self.phones[to].now(self.now);
        self.phones[to].expire(carries_at);
        if rng.one_in(3) {
            // It was at HQ with a file since, and brings what HQ has for the other.
            let owner = self.phones[from].device;
            let log = self.desk.logs.get(&owner).cloned().unwrap_or_default();
            log.iter().for_each(|entry| self.let_go(to, owner, entry));
        }
        for _ in 0..4 + rng.below(40) {
            let now = self.phones[from].now(self.now);
            let request = match engine.next_step(&self.phones[from].store(self.now, relay_epoch), now) {
                Ok(Step::Send(request)) => request,
                // A person stands there and tries again.
                Ok(Step::WaitUntil(..)) => {
                    engine.wake();
                    continue;
                }
                Ok(Step::Done(_)) | Err(_) => break,
            };
            if !self.phones[from].save() {
                break;
            }
            let outcome = self.over_the_air(to, &mut side, &request, rng);
            let mut store = self.phones[from].store(self.now, relay_epoch);
            match outcome {
                Ok(response) => {
                    if engine.complete(&mut store, request.id, response, now).is_err() {
                        break;
                    }
                }
                Err(failure) => engine.fail(request.id, failure, now),
            }
            self.now = self.now.plus_millis(50 + rng.below(500) as i64);
        }
        self.tally.carried(Carried::WithNeighbour, u64::from(engine.report().with_neighbour));
        self.tally.carried(Carried::Refused, u64::from(engine.report().refused.is_some()));
        self.tally.carried(Carried::FromNeighbour, u64::from(engine.report().control_entries));
        self.obey(from);
    }

    fn over_the_air(
        &mut self,
        to: usize,
        side: &mut CarrierSide,
        request: &Request,
        rng: &mut Rng,
    ) -> Result<Response, Failure> {
        match rng.below(24) {
            0 => Err(rng.pick(&[Failure::NoPath, Failure::Timeout, Failure::Unexpected])),
            1 => {
                self.carry_for(to, side, request);
                Err(Failure::Timeout)
            }
            2 => {
                self.carry_for(to, side, request);
                Ok(self.carry_for(to, side, request))
            }
            3 => {
                let mut changed = request.clone();
                flip(&mut changed.body, rng);
                Ok(self.carry_for(to, side, &changed))
            }
            4 => {
                let mut response = self.carry_for(to, side, request);
                flip(&mut response.body, rng);
                Ok(response)
            }
            // Somebody else's hotspot.
            5 => {
                let body = b"<html><body>Welcome</body></html>".to_vec();
                Ok(Response { status: 200, content_type: "text/html".to_owned(), body, retry_after_s: None })
            }
            _ => Ok(self.carry_for(to, side, request)),
        }
    }

    /// What the carrying phone says it took is on its disk before it says so.
    fn carry_for(&mut self, to: usize, side: &mut CarrierSide, request: &Request) -> Response {
        let phone = &mut self.phones[to];
        let now = phone.now(self.now);
        if phone.full || phone.io {
            return CarrierSide::unable(ErrorCode::StorageFull);
        }
        let asked =
            Asked { method: request.method, path: &request.path, code: request.bearer.as_deref(), body: &request.body };
        self.leaked |= request.bearer.as_ref().is_some_and(|bearer| self.relays[0].tokens.contains_key(bearer));
        let before = phone.disk.carrier.count();
        let answer = side.answer(&asked, &mut phone.disk.carrier, now);
        if request.method == Method::Put && !phone.save() {
            return CarrierSide::unable(ErrorCode::StorageIo);
        }
        if phone.disk.carrier.count() > before
            && let Some((_, CarrierAsk::Item(owner, name) | CarrierAsk::Part(owner, name, ..))) =
                CarrierAsk::read(request.method, &request.path)
            && let Some(bytes) = phone.disk.carrier.whole(owner, &name).map(<[u8]>::to_vec)
            && let Ok(header) = Header::read(&bytes)
        {
            phone.promise(owner, header, &bytes, now);
        }
        answer
    }
}
