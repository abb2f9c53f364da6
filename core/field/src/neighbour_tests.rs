//! Two phones' outboxes, one of which carries for the other: real files, no socket.

use std::sync::{Arc, Mutex};

use wayside_model::{DeviceId, ErrorCode, EventId};
use wayside_seal::bundle;
use wayside_seal::hpke::PrivateKey;
use wayside_seal::{ControlEntry, ControlKind, Key, SigningKey, epoch};
use wayside_sync::wire;
use wayside_vault::outbox::{Hq, Outbox, OutboxConfig};

use crate::cancel::CancelToken;
use crate::carried;
use crate::error::FieldError;
use crate::neighbour::{CarryRequest, CarrySession};
use crate::outbox_session::OutboxSession;
use crate::ports::{Transport, WireRequest, WireResponse};
use crate::sync_run::SyncReport;
use crate::testing::directory;
use crate::{Carried, Failure, Method};

/// Two enrolled devices of one organisation, each with a header and one urgent envelope.
struct Pair {
    hq: SigningKey,
    folders: [tempfile::TempDir; 2],
}

fn device(n: usize) -> DeviceId {
    DeviceId::from_bytes([n as u8 + 1; 16])
}

impl Pair {
    fn new() -> Self {
        let hq = SigningKey::generate().unwrap();
        let directory = directory(&hq, PrivateKey::generate().unwrap().public().unwrap());
        let folders = [0, 1].map(|n| {
            let folder = tempfile::tempdir().unwrap();
            let config =
                OutboxConfig { relay: String::new(), device: device(n), upload_token: Key::from_bytes([n as u8; 32]) };
            let mut outbox = Outbox::create(folder.path(), config).unwrap();
            let started = epoch::start(device(n), 1, &directory, &hq).unwrap();
            outbox.add(&started.header).unwrap();
            outbox.add(&started.chain.seal(EventId::from_bytes([n as u8; 16]), 0, &[7; 9_000]).unwrap().bytes).unwrap();
            outbox.add(&started.chain.seal(EventId::from_bytes([9; 16]), 4, &[8; 30_000]).unwrap().bytes).unwrap();
            let tenant = bundle::tenant(&hq.public());
            outbox.put_hq(Hq { tenant, desk: *hq.public().as_bytes() }).unwrap();
            folder
        });
        Self { hq, folders }
    }

    fn session(&self, n: usize) -> OutboxSession {
        OutboxSession::open(self.folders[n].path()).unwrap()
    }

    fn outbox(&self, n: usize) -> Outbox {
        Outbox::open(self.folders[n].path()).unwrap()
    }

    fn carry(&self, n: usize) -> Arc<Beside> {
        let carrying = self.session(n).begin_carry().unwrap();
        Arc::new(Beside { code: carrying.code().to_owned(), carrying: Mutex::new(carrying), asked: Mutex::default() })
    }

    fn hand_over(&self, from: usize, to: &Arc<Beside>, code: &str) -> Result<SyncReport, FieldError> {
        let transport: Arc<dyn Transport> = Arc::<Beside>::clone(to);
        self.session(from).sync_with_neighbour("http://beside/", code, transport, &CancelToken::new(), None)
    }

    /// What phone `n` holds of the entries for `owner`: HQ's, or somebody else's.
    fn hold_entry(&self, n: usize, owner: usize, signed_by: &SigningKey) {
        let entry = ControlEntry { device: device(owner), counter: 1, at: None, kind: ControlKind::Revoked };
        let bytes = entry.sign(signed_by).unwrap();
        let now = self.session(n).now();
        carried::change(&self.outbox(n), now, |carrier| {
            carrier.take_entry(device(owner), 1, &bytes, &signed_by.public(), now);
        })
        .unwrap();
    }
}

/// The other phone, as near as a function call; notes what it is shown.
struct Beside {
    carrying: Mutex<CarrySession>,
    code: String,
    asked: Mutex<Vec<WireRequest>>,
}

impl Transport for Beside {
    fn exchange(&self, request: WireRequest) -> Result<WireResponse, Failure> {
        self.asked.lock().unwrap().push(request.clone());
        let authorization = request.headers.iter().find(|(name, _)| name == "Authorization");
        Ok(self.carrying.lock().unwrap().answer(&CarryRequest {
            method: request.method,
            path: request.url.strip_prefix("http://beside").unwrap().to_owned(),
            authorization: authorization.map(|(_, value)| value.clone()).unwrap_or_default(),
            body: request.body,
        }))
    }
    fn abort(&self) {}
}

#[test]
fn two_phones_hand_over_to_each_other_and_neither_shows_its_token() {
    let pair = Pair::new();
    for (from, to) in [(0, 1), (1, 0)] {
        let beside = pair.carry(to);
        let report = pair.hand_over(from, &beside, &beside.code).unwrap();
        assert!(report.complete && report.obstacle.is_none());
        assert_eq!((report.with_neighbour, report.progress.done, report.carried), (3, 3, 0));
        let carried = pair.session(to).carried().unwrap();
        assert_eq!(carried, Carried { items: 3, handed_over: 0 }, "what is its own is not carried back to it");
        pair.hand_over(from, &beside, &beside.code).unwrap();
        assert_eq!(pair.session(to).carried().unwrap(), carried, "put if absent");
        let token = pair.outbox(from).config().upload_token_hex();
        let asked = beside.asked.lock().unwrap();
        let shown = |request: &WireRequest| {
            request.url.contains(&token)
                || request.headers.iter().any(|(_, value)| value.contains(&token))
                || request.body.windows(token.len()).any(|window| window == token.as_bytes())
        };
        assert!(!asked.iter().any(shown), "the relay's token is for the relay alone");
        assert!(asked.iter().any(|request| request.url.contains("offset=")), "the large one went in parts");
    }
    for n in [0, 1] {
        let items = pair.outbox(n).items().unwrap();
        assert!(items.len() == 3 && items.iter().all(|item| !item.handed_over && !item.set_aside), "the relay is next");
    }
}

#[test]
fn a_stranger_is_refused_and_shows_nothing() {
    let pair = Pair::new();
    let beside = pair.carry(1);
    let report = pair.hand_over(0, &beside, "0000000000000000").unwrap();
    assert_eq!((report.complete, report.obstacle), (false, Some(ErrorCode::CarryStranger)));
    let report = Pair::new().hand_over(0, &beside, &beside.code).unwrap();
    assert_eq!((report.complete, report.obstacle), (false, Some(ErrorCode::CarryForeign)));
    assert!(beside.asked.lock().unwrap().iter().all(|request| request.body.is_empty()));
    assert_eq!(pair.session(1).carried().unwrap().items, 0);
}

/// Nobody is at that address.
struct Nobody;

impl Transport for Nobody {
    fn exchange(&self, _: WireRequest) -> Result<WireResponse, Failure> {
        Err(Failure::NoPath)
    }
    fn abort(&self) {}
}

#[test]
fn whoever_stands_beside_a_phone_that_does_not_answer_hears_of_it_soon() {
    let begun = std::time::Instant::now();
    let pair = Pair::new();
    let (session, nobody) = (pair.session(0), Arc::new(Nobody));
    let report = session.sync_with_neighbour("http://beside/", "c0de", nobody, &CancelToken::new(), None).unwrap();
    assert_eq!((report.complete, report.obstacle), (false, Some(ErrorCode::SyncNoPath)));
    assert!(begun.elapsed().as_secs() < 20, "the relay is waited for up to a minute");
}

#[test]
fn what_hq_did_not_sign_is_not_taken_from_a_neighbour() {
    for is_hq in [true, false] {
        let pair = Pair::new();
        let other = SigningKey::generate().unwrap();
        pair.hold_entry(1, 0, if is_hq { &pair.hq } else { &other });
        let beside = pair.carry(1);
        let done = pair.hand_over(0, &beside, &beside.code);
        if is_hq {
            assert_eq!(done.unwrap().received, 1);
        } else {
            assert_eq!(done.err().map(|error| error.code), Some(ErrorCode::SignatureWrong));
        }
        assert_eq!(pair.outbox(0).control_position().unwrap(), u64::from(is_hq), "the relay's next one still counts");
    }
}

#[test]
fn a_phone_that_cannot_keep_it_says_so_and_takes_nothing() {
    let pair = Pair::new();
    let beside = pair.carry(1);
    let item = pair.outbox(0).bytes(&pair.outbox(0).items().unwrap()[0].id).unwrap().unwrap();
    let name = wire::carried_id(&wayside_seal::sha256(&item));
    let path = wire::CarrierAsk::Item(device(0), name).path(&bundle::tenant(&pair.hq.public())).1;
    let put = || CarryRequest {
        method: Method::Put,
        path: path.clone(),
        authorization: format!("bearer {}", beside.code),
        body: item.clone(),
    };
    let carried = pair.folders[1].path().join("outbox/carried");
    std::fs::create_dir(&carried).unwrap();
    let answer = beside.carrying.lock().unwrap().answer(&put());
    assert_eq!((answer.status, answer.content_type.as_str()), (503, wire::CARRIER_MEDIA_TYPE));
    std::fs::remove_dir(&carried).unwrap();
    assert_eq!(beside.carrying.lock().unwrap().answer(&put()).status, 201);
    assert_eq!(pair.session(1).carried().unwrap().items, 1);
}
