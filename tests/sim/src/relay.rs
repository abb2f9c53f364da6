//! A relay: keeps under an id what it cannot read, appends parts, hands HQ's entries out.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::DeviceId;
use wayside_seal::{item, sha256};
use wayside_sync::wire::{self, ControlItem, ControlPage, Health, PartAt, Problem, Stored};
use wayside_sync::{Request, Response};

use crate::truth::CANARY;

#[derive(Clone, Default)]
pub(crate) struct Relay {
    pub(crate) items: BTreeMap<(DeviceId, [u8; 16]), Vec<u8>>,
    pub(crate) parts: BTreeMap<(DeviceId, [u8; 16]), Vec<u8>>,
    /// Who brought what its device did not bring.
    pub(crate) carriers: BTreeMap<(DeviceId, [u8; 16]), DeviceId>,
    pub(crate) control: BTreeMap<DeviceId, Vec<Vec<u8>>>,
    pub(crate) tokens: BTreeMap<String, DeviceId>,
    pub(crate) revoked: BTreeSet<DeviceId>,
    pub(crate) epoch: u32,
    /// It fails for this item, whatever comes.
    pub(crate) sick: Option<[u8; 16]>,
    pub(crate) saw_canary: bool,
    /// Everything it ever said it holds, also what a restore took from it.
    pub(crate) had: BTreeSet<(DeviceId, [u8; 16])>,
}

impl Relay {
    pub(crate) fn answer(&mut self, request: &Request) -> Response {
        let path = request.path.as_str();
        if path == wire::HEALTH {
            return ours(200, wire::encode(&Health { version: wire::VERSION }));
        }
        let Some(device) = request.bearer.as_ref().and_then(|bearer| self.tokens.get(bearer)).copied() else {
            return problem(401, "sync.credential");
        };
        if let Some(after) = path.strip_prefix("/v1/control?after=") {
            return self.orders(device, after.parse().unwrap_or(0));
        }
        if let Some(rest) = path.strip_prefix("/v1/carried/") {
            return self.carried(device, rest, request);
        }
        let Some(rest) = path.strip_prefix("/v1/items/") else { return problem(404, "relay.not_found") };
        let Some(id) = rest.get(..32).and_then(wire::unhex::<16>) else { return problem(400, "sync.refused") };
        if self.revoked.contains(&device) {
            return problem(403, "sync.credential");
        }
        if self.sick == Some(id) {
            return problem(500, "relay.storage");
        }
        let tail = rest.get(32..).unwrap_or_default();
        if tail.is_empty() {
            self.put(device, id, request.body.clone())
        } else {
            self.part(device, id, tail, request, None)
        }
    }

    /// Of another device, beside what that brings itself.
    fn carried(&mut self, carrier: DeviceId, rest: &str, request: &Request) -> Response {
        let place = rest.split_once('/').and_then(|(owner, rest)| {
            Some((owner.parse::<DeviceId>().ok()?, wire::unhex::<16>(rest.get(..32)?)?, rest.get(32..)?))
        });
        let Some((owner, id, tail)) = place else { return problem(400, "sync.refused") };
        if self.revoked.contains(&carrier) {
            return problem(403, "sync.credential");
        }
        if !self.tokens.values().any(|known| *known == owner) {
            return problem(404, "relay.not_found");
        }
        if tail.is_empty() {
            return self.put_carried(carrier, owner, id, request.body.clone());
        }
        self.part(owner, wire::carried_name(carrier, &id), tail, request, Some((carrier, id)))
    }

    pub(crate) fn put_carried(&mut self, carrier: DeviceId, owner: DeviceId, id: [u8; 16], bytes: Vec<u8>) -> Response {
        let hash = sha256(&bytes);
        if item::id(&bytes).is_err() || wire::carried_id(&hash) != id {
            return problem(400, "sync.refused");
        }
        self.saw_canary |= bytes.windows(CANARY.len()).any(|window| window == CANARY);
        let place = (owner, wire::carried_name(carrier, &id));
        self.items.entry(place).or_insert(bytes);
        self.carriers.insert(place, carrier);
        ours(200, wire::encode(&Stored { sha256: hash }))
    }

    fn orders(&self, device: DeviceId, after: u64) -> Response {
        let log = self.control.get(&device).map_or(&[][..], Vec::as_slice);
        let rest = log.iter().zip(1_u64..).skip_while(|(_, counter)| *counter <= after);
        let entries: Vec<_> =
            rest.take(4).map(|(bytes, counter)| ControlItem { counter, bytes: bytes.clone() }).collect();
        let more = entries.last().map_or(after, |entry| entry.counter) < log.len() as u64;
        ours(200, wire::encode(&ControlPage { entries, more: more && after < log.len() as u64 }))
    }

    /// Put if absent.
    pub(crate) fn put(&mut self, device: DeviceId, id: [u8; 16], bytes: Vec<u8>) -> Response {
        if item::id(&bytes) != Ok(id) {
            return problem(400, "sync.refused");
        }
        self.saw_canary |= bytes.windows(CANARY.len()).any(|window| window == CANARY);
        match self.items.get(&(device, id)) {
            Some(held) if *held != bytes => problem(409, "sync.conflict"),
            _ => {
                let hash = sha256(&bytes);
                self.items.insert((device, id), bytes);
                self.had.insert((device, id));
                ours(200, wire::encode(&Stored { sha256: hash }))
            }
        }
    }

    fn part(
        &mut self,
        device: DeviceId,
        id: [u8; 16],
        tail: &str,
        request: &Request,
        carried: Option<(DeviceId, [u8; 16])>,
    ) -> Response {
        let number = |name: &str| {
            let (_, rest) = tail.split_once(name)?;
            rest.split('&').next()?.parse::<usize>().ok()
        };
        if let Some(whole) = self.items.get(&(device, id)) {
            let (offset, hash) = (whole.len() as u64, sha256(whole));
            return ours(200, wire::encode(&PartAt { offset, sha256: hash }));
        }
        if let (Some(offset), Some(total)) = (number("offset="), number("total=")) {
            let held = self.parts.entry((device, id)).or_default();
            if offset == 0 {
                held.clear();
            }
            if offset == held.len() && offset + request.body.len() <= total {
                held.extend_from_slice(&request.body);
            }
            if held.len() == total {
                let bytes = self.parts.remove(&(device, id)).unwrap_or_default();
                let (offset, hash) = (total as u64, sha256(&bytes));
                let answer = match carried {
                    None => self.put(device, id, bytes),
                    Some((carrier, id)) => self.put_carried(carrier, device, id, bytes),
                };
                if answer.status != 200 {
                    return answer;
                }
                return ours(200, wire::encode(&PartAt { offset, sha256: hash }));
            }
        }
        let held = self.parts.get(&(device, id)).map_or(&[][..], Vec::as_slice);
        ours(200, wire::encode(&PartAt { offset: held.len() as u64, sha256: sha256(held) }))
    }
}

pub(crate) fn ours(status: u16, body: Vec<u8>) -> Response {
    Response { status, content_type: wire::MEDIA_TYPE.to_owned(), body, retry_after_s: None }
}

pub(crate) fn problem(status: u16, code: &str) -> Response {
    ours(status, wire::encode(&Problem { code: code.to_owned() }))
}
