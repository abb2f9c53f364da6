//! The engine: one request at a time, one reply at a time.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::{Coded, DeviceId, ErrorCode, Timestamp};

use crate::backoff::{Backoff, Jitter, LONGEST_WAIT_MS, LONGEST_WAIT_URGENT_MS, with_wish};
use crate::choice::{PassedOver, Subject, comes_last, in_order, is_urgent};
use crate::parts::{Parts, Piece};
use crate::peer::{Neighbour, Peer};
use crate::planted::{self, Fault};
use crate::trouble::{Failed, Troubles, Wait};
use crate::wire::ControlPage;
use crate::{
    Failure, ItemView, Method, Progress, ReplyError, Report, Request, Response, SetAside, Step, Store, StoreError,
    SyncClass, SyncError,
};

/// The request that is under way.
struct Open {
    request: Request,
    subject: Subject,
    sha256: [u8; 32],
    urgent: bool,
    piece: Piece,
    owner: Option<DeviceId>,
    sent_at: Timestamp,
}

/// Decides what goes when. Holds no item and no secret beyond the request under way; may be dropped at any time.
pub struct Engine {
    peer: Peer,
    jitter: Jitter,
    last_id: u64,
    open: Option<Open>,
    backoff: Backoff,
    /// Everything waits.
    wait: Option<Wait>,
    /// The relay does not accept the device: uploads wait.
    pause: Option<Wait>,
    /// The pause is for the control log, too.
    pause_control: bool,
    /// Somebody else answered; the relay has to show itself before anything goes out.
    doubt: bool,
    control_read: bool,
    troubles: Troubles,
    parts: Parts,
    /// The item whose request is over; the store is told before the next begins.
    in_hand: Option<[u8; 16]>,
    aside: BTreeMap<[u8; 16], ErrorCode>,
    /// For whom the relay takes nothing from a carrier at present.
    passed_over: PassedOver,
    /// What the neighbour carries from now on. It is not offered to it again.
    taken: BTreeSet<[u8; 16]>,
    /// The neighbour takes no more items, or does not speak with this device at all.
    full: bool,
    closed: bool,
    progress: Progress,
    report: Report,
}

impl Engine {
    /// An engine that spreads its waits by `seed`; take it from the random source, so that devices differ.
    pub fn new(seed: u64) -> Self {
        Self {
            peer: Peer::Relay,
            jitter: Jitter::new(seed),
            last_id: 0,
            open: None,
            backoff: Backoff::default(),
            wait: None,
            pause: None,
            pause_control: false,
            doubt: false,
            control_read: false,
            troubles: Troubles::default(),
            parts: Parts::default(),
            in_hand: None,
            aside: BTreeMap::new(),
            passed_over: PassedOver::default(),
            taken: BTreeSet::new(),
            full: false,
            closed: false,
            progress: Progress::default(),
            report: Report::default(),
        }
    }

    /// Sends items above `whole_bytes` in parts that the relay appends, each about a second of the measured rate, so that a cut
    /// costs one part and an urgent item goes in between. For relays that take parts. Up to
    /// [`FIRST_PART_BYTES`](crate::FIRST_PART_BYTES) an item always goes in one piece.
    pub fn with_parts_above(mut self, whole_bytes: usize) -> Self {
        self.parts.enable(whole_bytes);
        self
    }

    /// Speaks to a neighbour that carries instead of the relay: what waits is offered to it and goes on waiting for the relay,
    /// whatever it says, and HQ's entries that it holds for this device come in. First it is asked who it is.
    pub fn to_neighbour(mut self, neighbour: Neighbour) -> Self {
        self.peer = Peer::Neighbour(neighbour);
        self.doubt = true;
        self
    }

    /// What to do at `now`. While a request is under way, that request again: its effect does not double.
    pub fn next_step(&mut self, store: &dyn Store, now: Timestamp) -> Result<Step, SyncError> {
        if let Some(open) = &self.open {
            return Ok(Step::Send(open.request.clone()));
        }
        self.let_go(store)?;
        if self.closed {
            return Ok(self.done());
        }
        let waiting = self.waiting(store)?;
        let cap = if waiting.iter().any(is_urgent) { LONGEST_WAIT_URGENT_MS } else { LONGEST_WAIT_MS };
        if let Some(wait) = &mut self.wait {
            if wait.lasts(now, cap) {
                self.report.obstacle = Some(wait.class);
                return Ok(Step::WaitUntil(wait.until, wait.class));
            }
            self.wait = None;
        }
        if self.doubt {
            let (path, bearer) = self.peer.hello();
            let ask = Outgoing { path, bearer, ..Outgoing::get(Subject::Health) };
            return Ok(self.send(ask, now));
        }
        if let Some(pause) = &mut self.pause
            && !pause.lasts(now, LONGEST_WAIT_MS)
        {
            self.pause = None;
            self.pause_control = false;
        }
        self.choose(store, waiting, now)
    }

    /// Puts down what is in hand. For a host that gives the request to somebody who carries it out by himself, and at an
    /// orderly end: what ends the program from here on is not this item.
    pub fn let_go(&mut self, store: &dyn Store) -> Result<(), SyncError> {
        match self.in_hand.take() {
            Some(id) if self.peer.is_neighbour() => Ok(store.put_back(&id)?),
            Some(id) => Ok(store.put_down(&id)?),
            None => Ok(()),
        }
    }

    fn choose(&mut self, store: &dyn Store, mut waiting: Vec<ItemView>, now: Timestamp) -> Result<Step, SyncError> {
        loop {
            let (mut ready, mut soonest) =
                (Vec::new(), self.pause.filter(|_| self.pause_control || !waiting.is_empty()));
            let uploads = |last: bool| {
                let of_turn = waiting.iter().filter(move |item| comes_last(item) == last);
                of_turn.filter(|_| self.pause.is_none()).map(|item| Subject::Item(item.id))
            };
            let control = (!self.control_read && !self.pause_control).then_some(Subject::Control);
            let in_turn: Vec<Subject> = uploads(false).chain(control).chain(uploads(true)).collect();
            for subject in in_turn {
                match self.troubles.own_wait(subject, now) {
                    None => ready.push(subject),
                    Some(wait) if soonest.is_none_or(|other| wait.until < other.until) => soonest = Some(wait),
                    Some(_) => {}
                }
            }
            let Some(subject) = ready.get(self.troubles.turn(&ready)).copied() else {
                let Some(wait) = soonest else { return Ok(self.done()) };
                self.report.obstacle = Some(wait.class);
                return Ok(Step::WaitUntil(wait.until, wait.class));
            };
            let token = self.peer.bearer(store);
            let Some(item) = waiting.iter().find(|item| subject == Subject::Item(item.id)).copied() else {
                let path = self.peer.control(store.control_position()?);
                let ask = Outgoing { path, bearer: Some(token), ..Outgoing::get(subject) };
                return Ok(self.send(ask, now));
            };
            match store.bytes(&item.id) {
                Ok(Some(bytes)) => {
                    store.take_in_hand(&item.id)?;
                    self.in_hand = Some(item.id);
                    let piece = self.parts.next(&item.id, bytes.len());
                    let (method, path, body) = piece.request(&self.peer, &item, bytes);
                    let (urgent, owner) = (is_urgent(&item), item.owner);
                    let put = Outgoing { method, path, body, bearer: Some(token), urgent, subject, piece, owner };
                    return Ok(self.send(put, now));
                }
                Ok(None) => {}
                // One unreadable item must not hold up the others.
                Err(error) => self.note_aside(item.id, error.code()),
            }
            waiting.retain(|other| other.id != item.id);
        }
    }

    /// Takes the reply to a request. A reply to one that is no longer under way is ignored: late replies are ordinary.
    pub fn complete(
        &mut self,
        store: &mut dyn Store,
        request_id: u64,
        response: Response,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        let Some(open) = self.open.take_if(|open| open.request.id == request_id) else { return Ok(()) };
        let result = match open.subject {
            Subject::Health => self.peer.read_hello(&response).map(|()| self.doubt = false).map_err(Trouble::Reply),
            Subject::Control => self.control(store, &response),
            Subject::Item(id) => self.item(store, id, &open, &response, now),
        };
        match result {
            Ok(()) => {
                self.report.obstacle = None;
                self.backoff.reset();
                self.troubles.succeeded(open.subject, now, &mut self.jitter);
                Ok(())
            }
            Err(Trouble::Reply(ReplyError::Refused(code))) if self.peer.is_neighbour() => {
                self.refused_by_neighbour(&open, code);
                Ok(())
            }
            Err(Trouble::Reply(ReplyError::Refused(ErrorCode::SyncCredential))) if open.subject != Subject::Health => {
                self.note_failure(SyncClass::Credential);
                if let Subject::Item(id) = open.subject {
                    self.parts.broke_off(&id);
                }
                self.pause = Some(Wait::new(now, LONGEST_WAIT_MS, SyncClass::Credential));
                // A revoked device may still read its orders, and should now; one that may not even do that waits.
                self.pause_control = open.subject == Subject::Control;
                self.control_read = false;
                Ok(())
            }
            Err(Trouble::Reply(error)) => {
                let until = self.failed(&open, error, now);
                if let (Subject::Item(id), Some((class, until)), Peer::Relay) = (open.subject, until, &self.peer) {
                    store.note_failure(&id, Some(response.status), class, until)?;
                }
                Ok(())
            }
            Err(Trouble::Store(error)) => {
                self.note_failure(SyncClass::Storage);
                self.wait_all(SyncClass::Storage, None, now);
                Err(error.into())
            }
        }
    }

    /// Takes the news that no response came.
    pub fn fail(&mut self, request_id: u64, failure: Failure, now: Timestamp) {
        if let Some(open) = self.open.take_if(|open| open.request.id == request_id) {
            self.failed(&open, failure.into(), now);
        }
    }

    /// The network changed, the phone charges, the app came to the front: try now. Waits end; nothing else changes.
    pub fn wake(&mut self) {
        self.wait = None;
        self.pause = None;
        self.pause_control = false;
        self.backoff.reset();
        self.troubles.wake();
    }

    /// How far sending is, as of the last call.
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// What was done so far; the same that [`Step::Done`] carries at the end.
    pub const fn report(&self) -> &Report {
        &self.report
    }

    fn item(
        &mut self,
        store: &mut dyn Store,
        id: [u8; 16],
        open: &Open,
        response: &Response,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        let whole = match open.piece {
            Piece::Whole => self.peer.read_taken(response, &open.sha256).map(|()| Some(open.request.body.len() as u64)),
            _ => {
                let Some(bytes) = store.bytes(&id)? else { return Ok(()) };
                let elapsed = now.as_millis() - open.sent_at.as_millis();
                self.peer.read(response).and_then(|at| self.parts.arrived(&id, open.piece, &at, &bytes, elapsed))
            }
        };
        match whole {
            Ok(Some(len)) if self.peer.is_neighbour() => {
                if planted::is(Fault::NeighbourIsRelay) {
                    store.mark_handed_over(&id)?;
                }
                store.note_with_neighbour(&id)?;
                self.taken.insert(id);
                self.report.with_neighbour += 1;
                if open.owner.is_none() {
                    self.progress.done += 1;
                    self.progress.bytes += len;
                }
                Ok(())
            }
            Ok(Some(_)) if open.owner.is_some() => {
                store.mark_handed_over(&id)?;
                self.report.carried += 1;
                Ok(())
            }
            Ok(Some(len)) => {
                store.mark_handed_over(&id)?;
                self.report.handed_over += 1;
                self.report.bytes += len;
                self.progress.done += 1;
                self.progress.bytes += len;
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error @ ReplyError::Refused(_)) if self.peer.is_neighbour() => Err(Trouble::Reply(error)),
            Err(ReplyError::Refused(code)) if self.passed_over.note(open.owner, code) => Ok(()),
            Err(ReplyError::Refused(code @ (ErrorCode::SyncConflict | ErrorCode::SyncRefused))) => {
                match open.owner {
                    None => self.note_aside(id, code),
                    // Nobody here can mend it: it goes on by file, and stays with the device it comes from.
                    Some(_) => drop(self.aside.insert(id, code)),
                }
                Ok(store.set_aside(&id, code)?)
            }
            Err(error) => Err(Trouble::Reply(error)),
        }
    }

    /// A neighbour's refusal ends nothing but its own part in it: the item waits for the relay, or for another neighbour.
    fn refused_by_neighbour(&mut self, open: &Open, code: ErrorCode) {
        match (open.subject, code) {
            (Subject::Item(_), ErrorCode::CarryFull) => self.full = true,
            (Subject::Item(_), code) if self.passed_over.note(open.owner, code) => return,
            (Subject::Item(id), code) if !matches!(code, ErrorCode::CarryStranger | ErrorCode::CarryForeign) => {
                self.aside.insert(id, code);
            }
            _ => self.closed = true,
        }
        self.report.refused = Some(code);
    }

    fn control(&mut self, store: &mut dyn Store, response: &Response) -> Result<(), Trouble> {
        let page: ControlPage = self.peer.read(response).map_err(Trouble::Reply)?;
        let start = store.control_position()?;
        let mut position = start;
        for entry in page.entries.iter().skip_while(|entry| entry.counter <= start) {
            // A gap means that an order is withheld or lost: nothing after it is taken.
            if Some(entry.counter) != position.checked_add(1) {
                return Err(Trouble::Reply(ReplyError::Integrity));
            }
            store.add_control(entry.counter, &entry.bytes)?;
            position = entry.counter;
            self.report.control_entries += 1;
        }
        if page.more && position == start {
            return Err(Trouble::Reply(ReplyError::Integrity));
        }
        self.control_read = !page.more;
        Ok(())
    }

    /// Returns the class and the moment before which this item is not tried again.
    fn failed(&mut self, open: &Open, error: ReplyError, now: Timestamp) -> Option<(SyncClass, Timestamp)> {
        if let Subject::Item(id) = open.subject {
            self.parts.broke_off(&id);
        }
        let failure = Failed::of(error, open.urgent)?;
        self.note_failure(failure.class);
        self.doubt |= failure.class == SyncClass::Impostor;
        // Without a path nothing is learnt about the item.
        let everybody =
            failure.class == SyncClass::NoPath || self.troubles.failed(open.subject, failure, now, &mut self.jitter);
        if everybody {
            self.wait_all(failure.class, failure.retry_after_s, now);
        }
        let own = self.troubles.own_wait(open.subject, now);
        Some((failure.class, own.or(self.wait).map_or(now, |wait| wait.until)))
    }

    fn note_failure(&mut self, class: SyncClass) {
        self.report.obstacle = Some(class);
        self.progress.failures += 1;
    }

    fn wait_all(&mut self, class: SyncClass, retry_after_s: Option<u32>, now: Timestamp) {
        let wait = with_wish(self.backoff.next(&mut self.jitter), retry_after_s);
        self.wait = Some(Wait::new(now, wait, class));
    }

    fn note_aside(&mut self, id: [u8; 16], code: ErrorCode) {
        if self.aside.insert(id, code).is_none() {
            self.report.set_aside.push(SetAside { id, code });
        }
    }

    fn waiting(&mut self, store: &dyn Store) -> Result<Vec<ItemView>, SyncError> {
        let mut waiting = in_order(&store.items()?, |id| self.aside.contains_key(id));
        waiting.retain(|item| !self.passed_over.is(item.owner) && !self.full && !self.taken.contains(&item.id));
        let own = || waiting.iter().filter(|item| item.owner.is_none());
        self.progress.total = self.progress.done.saturating_add(u32::try_from(own().count()).unwrap_or(u32::MAX));
        self.progress.bytes_total = self.progress.bytes + own().map(|item| item.len).sum::<u64>();
        Ok(waiting)
    }

    fn send(&mut self, what: Outgoing, now: Timestamp) -> Step {
        self.last_id += 1;
        let Outgoing { subject, method, path, body, bearer, urgent, piece, owner } = what;
        let sha256 = wayside_seal::sha256(&body);
        let request = Request { id: self.last_id, method, path, body, bearer };
        self.open = Some(Open { request: request.clone(), subject, sha256, urgent, piece, owner, sent_at: now });
        Step::Send(request)
    }

    fn done(&mut self) -> Step {
        self.control_read = false;
        Step::Done(self.report.clone())
    }
}

/// A request before it has a number.
struct Outgoing {
    subject: Subject,
    method: Method,
    path: String,
    body: Vec<u8>,
    bearer: Option<String>,
    /// A person's safety waits for it.
    urgent: bool,
    piece: Piece,
    /// Whose it is, where it is carried.
    owner: Option<DeviceId>,
}

impl Outgoing {
    fn get(subject: Subject) -> Self {
        let (path, body, piece) = (String::new(), Vec::new(), Piece::Whole);
        Self { subject, method: Method::Get, path, body, bearer: None, urgent: false, piece, owner: None }
    }
}

enum Trouble {
    Reply(ReplyError),
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
