//! What must hold. Written apart from the engine: it looks at requests, replies and the store, never at the engine.

use std::collections::BTreeMap;

use wayside_model::Timestamp;
use wayside_sync::wire::{self, Health, Problem, Stored};
use wayside_sync::{
    Failure, ItemKind, ItemView, LONGEST_WAIT_MS, LONGEST_WAIT_URGENT_MS, Request, Response, SHORTEST_WAIT_MS,
    SyncClass,
};

use super::Device;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    ItemLostOrChanged,
    HandedOverWithoutProof,
    SetAsideWithoutReason,
    OrderWithGap,
    OutOfTurn,
    SentToStranger,
    TriedAgainTooSoon,
    WaitOutOfBounds,
    RepeatedReplyActed,
    NeverFinished,
    NotAllArrived,
}

#[derive(Default)]
pub(crate) struct Checks {
    /// Failures per path.
    failures: BTreeMap<String, (u32, Option<Timestamp>)>,
    stranger: bool,
    /// The relay refused the device at the last upload: only its owner can help, so uploads may wait longer.
    refused: bool,
    pub(crate) last_wish: Option<u32>,
}

type Outcome = Result<Response, Failure>;

impl Checks {
    /// Times before a jump mean nothing any more.
    pub(crate) fn clock_jumped(&mut self) {
        self.failures.values_mut().for_each(|(_, at)| *at = None);
    }

    pub(crate) fn failures_of(&self, id: &[u8; 16]) -> u32 {
        self.failures.get(&wire::item(id)).map_or(0, |(count, _)| *count)
    }

    pub(crate) fn sends(&mut self, device: &Device, request: &Request, now: Timestamp) -> Result<(), Violation> {
        if self.stranger && (request.path != wire::HEALTH || request.bearer.is_some() || !request.body.is_empty()) {
            return Err(Violation::SentToStranger);
        }
        if let Some((_, Some(failed_at))) = self.failures.get(&request.path)
            && now < failed_at.plus_millis(SHORTEST_WAIT_MS)
        {
            return Err(Violation::TriedAgainTooSoon);
        }
        let Some(item) = item_of(device, request) else { return Ok(()) };
        // Whoever comes before in rank goes first, unless it has just failed.
        let overtaken = |other: &&ItemView| rank(other) < rank(item) && self.failures_of(&other.id) == 0;
        if device.waiting().any(|other| overtaken(&other)) { Err(Violation::OutOfTurn) } else { Ok(()) }
    }

    pub(crate) fn waits(
        &self,
        device: &Device,
        now: Timestamp,
        until: Timestamp,
        class: SyncClass,
    ) -> Result<(), Violation> {
        let urgent = device.waiting().any(|item| item.kind == ItemKind::Envelope && item.priority == 0);
        let cap = if urgent && class != SyncClass::Credential && !self.refused {
            LONGEST_WAIT_URGENT_MS
        } else {
            LONGEST_WAIT_MS
        };
        if now < until && until <= now.plus_millis(cap) { Ok(()) } else { Err(Violation::WaitOutOfBounds) }
    }

    pub(crate) fn after(
        &mut self,
        before: &Device,
        after: &Device,
        request: &Request,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), Violation> {
        let item = item_of(before, request);
        for old in before.views() {
            let Some(new) = after.view(&old.id) else { return Err(Violation::ItemLostOrChanged) };
            let (mine, flags) = (item.is_some_and(|item| item.id == old.id), (new.handed_over, new.set_aside));
            if (ItemView { handed_over: old.handed_over, set_aside: old.set_aside, ..*new }) != *old {
                return Err(Violation::ItemLostOrChanged);
            }
            if flags.0 != old.handed_over && !(mine && flags.0 && proves(outcome, &request.body)) {
                return Err(Violation::HandedOverWithoutProof);
            }
            if flags.1 != old.set_aside && !(mine && flags.1 && refuses(outcome)) {
                return Err(Violation::SetAsideWithoutReason);
            }
        }
        if after.control.iter().zip(1..).any(|(counter, expected)| *counter != expected) {
            return Err(Violation::OrderWithGap);
        }
        self.note(request, outcome, after, now);
        Ok(())
    }

    fn note(&mut self, request: &Request, outcome: &Outcome, after: &Device, now: Timestamp) {
        self.last_wish = outcome.as_ref().ok().and_then(|response| response.retry_after_s);
        let strange = match outcome {
            Ok(response) => !ours(response) && !matches!(response.status, 408 | 425 | 429 | 500..),
            Err(failure) => *failure == Failure::UntrustedPeer,
        };
        let known = request.path == wire::HEALTH && outcome.as_ref().is_ok_and(|r| body::<Health>(r).is_some());
        self.stranger = (self.stranger || strange) && !known;
        if item_of(after, request).is_some() {
            self.refused = code_of(outcome).as_deref() == Some("sync.credential");
        }
        let settled = match item_of(after, request) {
            Some(item) => item.handed_over || item.set_aside,
            None => outcome.as_ref().is_ok_and(|response| ours(response) && response.status < 300),
        };
        if !settled && !matches!(outcome, Err(Failure::Cancelled)) {
            let entry = self.failures.entry(request.path.clone()).or_default();
            *entry = (entry.0 + 1, Some(now));
        }
    }
}

fn item_of<'a>(device: &'a Device, request: &Request) -> Option<&'a ItemView> {
    device.view(&request.path.strip_prefix("/v1/items/").and_then(wire::unhex::<16>)?)
}

fn rank(item: &ItemView) -> (u8, u8, Option<u64>) {
    match item.kind {
        ItemKind::EpochHeader => (0, 0, item.seq),
        ItemKind::Envelope => (1, item.priority, item.seq),
        ItemKind::Checkpoint => (2, 0, item.seq),
    }
}

fn ours(response: &Response) -> bool {
    response.content_type == wire::MEDIA_TYPE
}

fn body<T: for<'b> minicbor::Decode<'b, ()>>(response: &Response) -> Option<T> {
    if ours(response) { wire::decode(&response.body) } else { None }
}

fn proves(outcome: &Outcome, sent: &[u8]) -> bool {
    let Ok(response) = outcome else { return false };
    let right = body::<Stored>(response).is_some_and(|stored| stored.sha256 == wayside_seal::sha256(sent));
    right && matches!(response.status, 200 | 201)
}

fn refuses(outcome: &Outcome) -> bool {
    matches!(code_of(outcome).as_deref(), Some("sync.conflict" | "sync.refused"))
}

fn code_of(outcome: &Outcome) -> Option<String> {
    let refusal = outcome.as_ref().ok().filter(|response| (400..500).contains(&response.status))?;
    body::<Problem>(refusal).map(|problem| problem.code)
}
