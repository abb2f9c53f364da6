//! The session over a stream that delivers in any pieces, and is cut anywhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use wayside_model::{DeviceId, ErrorCode, EventId, Timestamp};
use wayside_seal::directory::Role;
use wayside_seal::hpke::PrivateKey;
use wayside_seal::item::Header;
use wayside_seal::{Checkpoint, Directory, Recipient, SigningKey, epoch};
use wayside_sync::session::{Frame, Heard, Hello, Peer, Receiver, Sender, read_frame, write_frame};
use wayside_sync::{ItemKind, ItemView, Store, StoreError};

const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);

struct Phone {
    items: Vec<(ItemView, Vec<u8>)>,
}

impl Phone {
    /// Envelopes as (priority, length), each in the order of the list; header first, checkpoint last.
    fn new(envelopes: &[(u8, usize)]) -> Self {
        let key = SigningKey::from_seed([3; 32]).unwrap();
        let team = Recipient { role: Role::CaseTeam, key: PrivateKey::from_bytes([4; 32]).public().unwrap() };
        let at = Timestamp::from_millis;
        let directory = Directory {
            org: "x".to_owned(),
            version: 1,
            issued: at(0),
            expires: at(9),
            root: key.public(),
            desk: key.public(),
            recipients: vec![team],
            officers: Vec::new(),
        };
        let started = epoch::start(DEVICE, 7, &directory, &key).unwrap();
        let (mut chain, mut all) = (started.chain, vec![started.header]);
        for (n, (priority, len)) in envelopes.iter().enumerate() {
            let sealed = chain.seal(EventId::from_bytes([n as u8 + 10; 16]), *priority, &vec![n as u8; *len]).unwrap();
            chain = sealed.next;
            all.push(sealed.bytes);
        }
        all.push(Checkpoint::make(&chain, &key).unwrap());
        let view = |bytes: &Vec<u8>| {
            let Header { id, kind, seq, priority, .. } = Header::read(bytes).unwrap();
            let seq = (kind != ItemKind::EpochHeader).then_some(seq);
            ItemView {
                id,
                kind,
                seq,
                priority,
                len: bytes.len() as u64,
                handed_over: false,
                set_aside: false,
                owner: None,
            }
        };
        Self { items: all.into_iter().map(|bytes| (view(&bytes), bytes)).collect() }
    }
    fn waiting(&self) -> usize {
        self.items.iter().filter(|(view, _)| !view.handed_over && !view.set_aside).count()
    }
}

impl Store for Phone {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        Ok(self.items.iter().map(|(view, _)| *view).collect())
    }
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.items.iter().find(|(view, _)| view.id == *id).map(|(_, bytes)| bytes.clone()))
    }
    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.items.iter_mut().filter(|(view, _)| view.id == *id).for_each(|(view, _)| view.handed_over = true);
        Ok(())
    }
    fn set_aside(&mut self, id: &[u8; 16], _: ErrorCode) -> Result<(), StoreError> {
        self.items.iter_mut().filter(|(view, _)| view.id == *id).for_each(|(view, _)| view.set_aside = true);
        Ok(())
    }
    fn control_position(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
    fn add_control(&mut self, _: u64, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }
    fn upload_token(&self) -> String {
        String::new()
    }
}

#[derive(Default)]
struct Relay {
    held: BTreeMap<[u8; 16], Vec<u8>>,
    open: Option<([u8; 16], Vec<u8>)>,
    bytes_in: usize,
}

/// One session in which the way up breaks after `cut` bytes. The answers always arrive.
fn session(phone: &mut Phone, relay: &mut Relay, cut: usize, piece: usize) {
    let hello = Hello { device: DEVICE, epoch: 7, highest: 9, control: 0, now: Timestamp::from_millis(5_000) };
    let mut up = Vec::new();
    let mut sender = Sender::begin(Peer::Relay, hello, &mut up).unwrap();
    let mut receiver = Receiver::with_open(relay.open.take());
    let mut left = cut;
    loop {
        if up.is_empty() && !sender.next(phone, &mut up).unwrap() {
            break;
        }
        let mut down = Vec::new();
        let arrives = up.len().min(left);
        for part in up[..arrives].chunks(piece) {
            for heard in receiver.hear(part).unwrap() {
                match heard {
                    Heard::Hello(_) => receiver.resume(1, Vec::new(), &mut down).unwrap(),
                    Heard::Item(bytes) => {
                        let id = wayside_seal::item::id(&bytes).unwrap();
                        assert!(relay.held.get(&id).is_none_or(|held| *held == bytes));
                        receiver.kept(&bytes);
                        relay.held.insert(id, bytes);
                    }
                }
            }
        }
        relay.bytes_in += arrives;
        left -= arrives;
        let broken = arrives < up.len();
        up.clear();
        receiver.acknowledge(0, &mut down).unwrap();
        for part in down.chunks(piece) {
            sender.hear(part, phone).unwrap();
        }
        if broken {
            break;
        }
    }
    relay.open = receiver.into_open();
}

#[test]
fn everything_arrives_once_and_urgent_first() {
    let mut phone = Phone::new(&[(4, 5_000), (1, 100), (0, 60)]);
    let hello = Hello { device: DEVICE, epoch: 7, highest: 3, control: 0, now: Timestamp::from_millis(0) };
    let mut out = Vec::new();
    let mut sender = Sender::begin(Peer::Relay, hello, &mut out).unwrap();
    assert!(sender.next(&phone, &mut out).unwrap() && sender.next(&phone, &mut out).unwrap());
    assert!(!sender.next(&phone, &mut out).unwrap(), "before the answer only header and urgent item");
    let mut receiver = Receiver::default();
    let heard = receiver.hear(&out).unwrap();
    let kinds: Vec<_> = heard
        .iter()
        .filter_map(
            |heard| if let Heard::Item(bytes) = heard { Some(Header::read(bytes).unwrap().priority) } else { None },
        )
        .collect();
    assert_eq!((heard.len(), kinds), (3, vec![0, 0]));
    let mut relay = Relay::default();
    session(&mut phone, &mut relay, usize::MAX, 7);
    assert_eq!((phone.waiting(), relay.held.len()), (0, 5));
}

#[test]
fn an_acknowledgement_of_other_bytes_counts_for_nothing() {
    let mut phone = Phone::new(&[(0, 60)]);
    let hello = Hello { device: DEVICE, epoch: 7, highest: 1, control: 0, now: Timestamp::from_millis(0) };
    let (mut out, mut down) = (Vec::new(), Vec::new());
    let mut sender = Sender::begin(Peer::Relay, hello, &mut out).unwrap();
    sender.next(&phone, &mut out).unwrap();
    let mut receiver = Receiver::default();
    receiver.kept(b"other bytes");
    receiver.acknowledge(3, &mut down).unwrap();
    assert!(sender.hear(&down, &mut phone).is_err());
    assert_eq!(phone.waiting(), 3);
}

#[test]
fn what_a_carrier_has_is_not_handed_over() {
    let mut phone = Phone::new(&[(1, 100), (0, 60)]);
    let hello = Hello { device: DEVICE, epoch: 7, highest: 2, control: 0, now: Timestamp::from_millis(0) };
    for (peer, left) in [(Peer::Carrier, 4), (Peer::Relay, 0)] {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        let mut sender = Sender::begin(peer, hello, &mut up).unwrap();
        let mut receiver = Receiver::default();
        receiver.hear(&up).unwrap();
        receiver.resume(1, Vec::new(), &mut down).unwrap();
        sender.hear(&down, &mut phone).unwrap();
        let (mut up, mut down) = (Vec::new(), Vec::new());
        while sender.next(&phone, &mut up).unwrap() {}
        for heard in receiver.hear(&up).unwrap() {
            if let Heard::Item(bytes) = heard {
                receiver.kept(&bytes);
            }
        }
        receiver.acknowledge(0, &mut down).unwrap();
        sender.hear(&down, &mut phone).unwrap();
        assert!(sender.is_settled());
        assert_eq!((sender.acknowledged_items(), phone.waiting()), (4, left), "{peer:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Cut anywhere, over and over: nothing is lost, nothing doubled, and little is sent again.
    #[test]
    fn any_cuts_cost_little(cuts in proptest::collection::vec(40..3_000_usize, 1..12), piece in 1..400_usize, photo in 2_000..9_000_usize) {
        let mut phone = Phone::new(&[(1, 100), (4, photo), (0, 60), (1, 300)]);
        let total: usize = phone.items.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut relay = Relay::default();
        for cut in &cuts {
            session(&mut phone, &mut relay, *cut, piece);
        }
        session(&mut phone, &mut relay, usize::MAX, piece);
        prop_assert_eq!(phone.waiting(), 0);
        for (view, bytes) in &phone.items {
            prop_assert_eq!(relay.held.get(&view.id), Some(bytes));
        }
        // Each session says HELLO, and each cut costs at most the frame it broke.
        let allowed = total + (cuts.len() + 1) * (60 + 1_300) + 200;
        prop_assert!(relay.bytes_in <= allowed, "{} of {allowed}", relay.bytes_in);
    }

    #[test]
    fn frames_come_back_and_other_bytes_are_only_refused(bytes: Vec<u8>, kind in 0..12_u8, epoch: u32) {
        let _ = read_frame(&bytes, epoch);
        let framed = [&[kind, 0, bytes.len().min(255) as u8], bytes.as_slice()].concat();
        if let Ok(Some((frame, length))) = read_frame(&framed, epoch) {
            let mut out = Vec::new();
            write_frame(&frame, epoch, &mut out).unwrap();
            prop_assert!(length <= framed.len());
            if !matches!(frame, Frame::Hello(_)) {
                prop_assert_eq!(read_frame(&out, epoch).unwrap().unwrap().0, frame);
            }
        }
    }
}
