//! What a phone that carries answers its neighbours: the relay's verbs, over any link the host has, decided here without a
//! socket. It takes what it can verify and has room for, says so in words that are not the relay's, and hands back HQ's
//! entries that it holds for a device.
//!
//! Whoever asks shows the code that this phone shows. What is taken is bounded by the carrier's quota and time, and what is
//! under way in parts by the same quota, so that nobody can fill the phone's memory.

use std::collections::BTreeMap;

use wayside_model::{DeviceId, ErrorCode, Timestamp};
use wayside_seal::sha256;

use crate::carrier::{Carrier, Taken};
use crate::wire::{self, CarrierAsk, CarrierHello, ControlItem, ControlPage, PartAt, Problem, TakenToCarry};
use crate::{Method, Response};

/// So many large items may be under way at once. One more begins in the place of another, which then begins anew.
pub const MOST_UNFINISHED: usize = 16;
/// Bytes of HQ's entries on one page, about; one entry always fits.
const PAGE_BYTES: usize = 64 * 1024;

/// One request of a neighbour, as the host received it. No `Debug`: it holds the code.
pub struct Asked<'a> {
    /// Method.
    pub method: Method,
    /// Path with query.
    pub path: &'a str,
    /// What stood in `Authorization: Bearer …`.
    pub code: Option<&'a str>,
    /// Body.
    pub body: &'a [u8],
}

/// The carrying end of one or more links. What is unfinished here may be lost at any time: it begins anew.
pub struct CarrierSide {
    tenant: [u8; 8],
    own: DeviceId,
    code: String,
    unfinished: BTreeMap<(DeviceId, [u8; 16]), Vec<u8>>,
}

struct Refusal(u16, ErrorCode);

impl Refusal {
    const MALFORMED: Self = Self(400, ErrorCode::SealMalformed);
    const FULL: Self = Self(413, ErrorCode::CarryFull);
}

impl CarrierSide {
    /// For the organisation of this tag, on the device `own`, for those who show `code`.
    pub const fn new(tenant: [u8; 8], own: DeviceId, code: String) -> Self {
        Self { tenant, own, code, unfinished: BTreeMap::new() }
    }

    /// What those who may ask are shown.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Bytes of large items that are under way.
    pub fn unfinished(&self) -> usize {
        self.unfinished.values().map(Vec::len).sum()
    }

    /// Whether whoever asks is of this organisation and shows the code: only then anything changes.
    pub fn is_known(&self, asked: &Asked<'_>) -> bool {
        let of_ours = CarrierAsk::read(asked.method, asked.path).is_some_and(|(tenant, _)| tenant == self.tenant);
        of_ours && self.shows_code(asked)
    }

    /// By hash: how long it takes says nothing of the code.
    fn shows_code(&self, asked: &Asked<'_>) -> bool {
        asked.code.is_some_and(|code| sha256(code.as_bytes()) == sha256(self.code.as_bytes()))
    }

    /// The answer where the storage cannot keep anything now: the neighbour tries again.
    pub fn unable(code: ErrorCode) -> Response {
        said(503, wire::encode(&Problem { code: code.as_str().to_owned() }))
    }

    /// Answers. A success means that `carrier` holds what it says; the caller makes that durable before it sends the answer.
    pub fn answer(&mut self, asked: &Asked<'_>, carrier: &mut Carrier, now: Timestamp) -> Response {
        let (status, body) = self.decide(asked, carrier, now).unwrap_or_else(|Refusal(status, code)| {
            (status, wire::encode(&Problem { code: code.as_str().to_owned() }))
        });
        said(status, body)
    }

    fn decide(&mut self, asked: &Asked<'_>, carrier: &mut Carrier, now: Timestamp) -> Result<(u16, Vec<u8>), Refusal> {
        let Some((tenant, ask)) = CarrierAsk::read(asked.method, asked.path) else {
            return Err(Refusal(404, ErrorCode::RelayNotFound));
        };
        if tenant != self.tenant {
            return Err(Refusal(403, ErrorCode::CarryForeign));
        }
        if !self.shows_code(asked) {
            return Err(Refusal(401, ErrorCode::CarryStranger));
        }
        if asked.body.len() > wire::MAX_BODY_BYTES {
            return Err(Refusal(413, ErrorCode::SyncRefused));
        }
        match ask {
            CarrierAsk::Hello => Ok((200, wire::encode(&CarrierHello { version: wire::VERSION, tenant: self.tenant }))),
            CarrierAsk::Control(device, after) => Ok((200, wire::encode(&page(carrier, device, after)))),
            // What this phone sealed itself goes by itself.
            CarrierAsk::Item(owner, _) | CarrierAsk::Parts(owner, _) | CarrierAsk::Part(owner, ..)
                if owner == self.own =>
            {
                Err(Refusal(404, ErrorCode::RelayNotFound))
            }
            CarrierAsk::Item(owner, name) => {
                let (is_new, sha256) = take(carrier, owner, name, asked.body, now)?;
                Ok((if is_new { 201 } else { 200 }, wire::encode(&TakenToCarry { sha256 })))
            }
            CarrierAsk::Parts(owner, name) => Ok(self.so_far(carrier, owner, name)),
            CarrierAsk::Part(owner, name, offset, total) => {
                self.part(carrier, (owner, name), (offset, total), asked.body, now)
            }
        }
    }

    fn so_far(&self, carrier: &Carrier, owner: DeviceId, name: [u8; 16]) -> (u16, Vec<u8>) {
        let held = carrier.whole(owner, &name).or_else(|| self.unfinished.get(&(owner, name)).map(Vec::as_slice));
        (200, wire::encode(&at(held.unwrap_or_default())))
    }

    /// As the relay: appended only where it goes on from what is held, or begins anew.
    fn part(
        &mut self,
        carrier: &mut Carrier,
        place: (DeviceId, [u8; 16]),
        (offset, total): (u64, u64),
        body: &[u8],
        now: Timestamp,
    ) -> Result<(u16, Vec<u8>), Refusal> {
        let (owner, name) = place;
        if carrier.whole(owner, &name).is_some() {
            return Ok(self.so_far(carrier, owner, name));
        }
        if total > carrier.room() {
            return Err(Refusal::FULL);
        }
        if offset == 0 {
            self.unfinished.remove(&place);
        }
        let held = self.unfinished.get(&place).map_or(0, Vec::len) as u64;
        if offset != held || offset.saturating_add(body.len() as u64) > total || body.is_empty() {
            return Ok(self.so_far(carrier, owner, name));
        }
        self.make_room(place, carrier.room().saturating_sub(held + body.len() as u64));
        let bytes = self.unfinished.entry(place).or_default();
        bytes.extend_from_slice(body);
        if bytes.len() as u64 == total {
            let whole = self.unfinished.remove(&place).unwrap_or_default();
            take(carrier, owner, name, &whole, now)?;
        }
        Ok(self.so_far(carrier, owner, name))
    }

    /// Drops others that are under way until there are few enough, and no more bytes than these.
    fn make_room(&mut self, keep: (DeviceId, [u8; 16]), bytes: u64) {
        loop {
            let others = || self.unfinished.iter().filter(|(place, _)| **place != keep);
            let held: u64 = others().map(|(_, part)| part.len() as u64).sum();
            let Some(first) = others().next().map(|(place, _)| *place) else { return };
            if held <= bytes && others().count() < MOST_UNFINISHED {
                return;
            }
            self.unfinished.remove(&first);
        }
    }
}

fn said(status: u16, body: Vec<u8>) -> Response {
    Response { status, content_type: wire::CARRIER_MEDIA_TYPE.to_owned(), body, retry_after_s: None }
}

/// Put if absent, under the name its bytes have and no other. Whether it is new, and its hash.
fn take(
    carrier: &mut Carrier,
    owner: DeviceId,
    name: [u8; 16],
    bytes: &[u8],
    now: Timestamp,
) -> Result<(bool, [u8; 32]), Refusal> {
    let sha256 = sha256(bytes);
    if wire::carried_id(&sha256) != name {
        return Err(Refusal::MALFORMED);
    }
    match carrier.take(owner, bytes, now) {
        Taken::New => Ok((true, sha256)),
        Taken::Known => Ok((false, sha256)),
        Taken::NoRoom => Err(Refusal::FULL),
        Taken::Conflict => Err(Refusal(409, ErrorCode::SyncConflict)),
        Taken::Refused => Err(Refusal::MALFORMED),
    }
}

fn at(held: &[u8]) -> PartAt {
    PartAt { offset: held.len() as u64, sha256: sha256(held) }
}

/// HQ's entries for a device that follow on `after` without a gap.
fn page(carrier: &Carrier, device: DeviceId, after: u64) -> ControlPage {
    let (mut entries, mut size, mut more) = (Vec::new(), 0, false);
    for (counter, bytes) in carrier.entries_after(device, after) {
        if size > 0 && size + bytes.len() > PAGE_BYTES {
            more = true;
            break;
        }
        size += bytes.len();
        entries.push(ControlItem { counter, bytes: bytes.to_vec() });
    }
    ControlPage { entries, more }
}
