//! A phone and a neighbour that carries: the shipping engine against the shipping answers, without a socket between.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use wayside_model::{DeviceId, ErrorCode, Timestamp};
use wayside_seal::item::Header;
use wayside_seal::{ControlEntry, ControlKind, SigningKey, sha256};
use wayside_sync::carrier::{Carrier, TTL_MS};
use wayside_sync::carrier_side::{Asked, CarrierSide, MOST_UNFINISHED};
use wayside_sync::queue::{Queue, Row};
use wayside_sync::queue_state::{State, Word};
use wayside_sync::wire::{self, CarrierAsk, PartAt, Problem, Stored, TakenToCarry};
use wayside_sync::{Engine, Failure, ItemView, Method, Neighbour, Report, Request, Response, Step, Store, StoreError};

use crate::carrier::{DEVICE, begin, with};

const TENANT: [u8; 8] = [7; 8];
const OTHER: DeviceId = DeviceId::from_bytes([2; 16]);
const CODE: &str = "0123456789abcdef";
const TOKEN: &str = "the-relays-own-token";
const NOW: Timestamp = Timestamp::from_millis(1_000);

#[derive(Default)]
struct Phone {
    queue: RefCell<Queue>,
    items: BTreeMap<[u8; 16], Vec<u8>>,
    control: Vec<Vec<u8>>,
    handed_over: u32,
}

impl Phone {
    fn holding<'i>(items: impl IntoIterator<Item = &'i Vec<u8>>) -> Self {
        let mut phone = Self::default();
        for bytes in items {
            let header = Header::read(bytes).unwrap();
            phone
                .queue
                .get_mut()
                .add(Row { state: State::Queued, ..Row::sealed(&header, sha256(bytes), bytes.len() as u64, NOW) });
            phone.items.insert(header.id, bytes.clone());
        }
        phone
    }
}

impl Store for Phone {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        Ok(self.queue.borrow().views(NOW))
    }
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.items.get(id).cloned())
    }
    fn mark_handed_over(&mut self, _: &[u8; 16]) -> Result<(), StoreError> {
        self.handed_over += 1;
        Ok(())
    }
    fn note_with_neighbour(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.queue.get_mut().carried_by_neighbour(id, NOW);
        Ok(())
    }
    fn set_aside(&mut self, _: &[u8; 16], _: ErrorCode) -> Result<(), StoreError> {
        panic!("a neighbour sets nothing aside")
    }
    fn control_position(&self) -> Result<u64, StoreError> {
        Ok(self.control.len() as u64)
    }
    fn add_control(&mut self, _: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.control.push(bytes.to_vec());
        Ok(())
    }
    fn take_in_hand(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.queue.borrow_mut().take_in_hand(id);
        Ok(())
    }
    fn put_down(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.queue.borrow_mut().put_down(id);
        Ok(())
    }
    fn put_back(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.queue.borrow_mut().put_back(id);
        Ok(())
    }
    fn upload_token(&self) -> String {
        TOKEN.to_owned()
    }
}

fn side() -> CarrierSide {
    CarrierSide::new(TENANT, OTHER, CODE.to_owned())
}

fn to(code: &str, tenant: [u8; 8]) -> Engine {
    let neighbour = Neighbour { tenant, own: DEVICE, code: code.to_owned() };
    Engine::new(1).with_parts_above(0).to_neighbour(neighbour)
}

fn over(side: &mut CarrierSide, carrier: &mut Carrier, request: &Request) -> Response {
    let asked =
        Asked { method: request.method, path: &request.path, code: request.bearer.as_deref(), body: &request.body };
    side.answer(&asked, carrier, NOW)
}

/// Talks until there is nothing left, or nothing comes of it; what was asked goes into `asked`.
fn talk(
    engine: &mut Engine,
    phone: &mut Phone,
    mut answer: impl FnMut(&Request) -> Option<Response>,
    asked: &mut Vec<Request>,
) -> Report {
    let mut now = NOW;
    for _ in 0..200 {
        match engine.next_step(phone, now).unwrap() {
            Step::Done(report) => return report,
            Step::WaitUntil(until, _) => now = until,
            Step::Send(request) => {
                asked.push(request.clone());
                match answer(&request) {
                    Some(response) => engine.complete(phone, request.id, response, now).unwrap(),
                    None => engine.fail(request.id, Failure::Timeout, now),
                }
            }
        }
    }
    engine.report().clone()
}

fn items() -> Vec<Vec<u8>> {
    let begun = begin(1, &SigningKey::from_seed([3; 32]).unwrap());
    [vec![begun.header], begun.envelopes, vec![begun.checkpoint]].concat()
}

#[test]
fn a_neighbour_takes_all_of_it_and_the_relay_is_still_waited_for() {
    let (items, mut carrier, mut side) = (items(), Carrier::new(100_000, TTL_MS), side());
    let mut phone = Phone::holding(&items);
    let (mut asked, mut cuts) = (Vec::new(), 0);
    let report = talk(
        &mut to(CODE, TENANT),
        &mut phone,
        |request| {
            cuts += 1;
            let answer = over(&mut side, &mut carrier, request);
            // Every third answer is lost.
            (cuts % 3 != 0).then_some(answer)
        },
        &mut asked,
    );
    assert_eq!((report.with_neighbour, report.handed_over, report.refused), (4, 0, None));
    assert_eq!((carrier.count(), phone.handed_over), (4, 0));
    assert!(carrier.items().iter().all(|(owner, bytes)| *owner == DEVICE && items.iter().any(|item| item == bytes)));
    let queue = phone.queue.borrow().clone();
    for row in queue.rows() {
        assert_eq!((row.state, row.with_neighbour), (State::Queued, Some(NOW)));
        assert_eq!(queue.word(&row.id), Some(Word::OnThisDevice), "never more than is true");
    }
    assert!(asked.iter().all(|request| request.bearer.as_deref() == Some(CODE)), "the relay's token stays here");
    assert!(Queue::from_bytes(&queue.to_bytes()) == Some(queue));
    // The same again has no second effect, and the relay gets all of it.
    let again = talk(&mut to(CODE, TENANT), &mut phone, |r| Some(over(&mut side, &mut carrier, r)), &mut asked);
    assert_eq!((again.with_neighbour, carrier.count()), (4, 4));
    assert_eq!(phone.items().unwrap().iter().filter(|view| !view.handed_over).count(), 4);
}

#[test]
fn a_large_item_goes_on_at_the_byte_the_neighbour_has() {
    let begun = with(1, &SigningKey::from_seed([3; 32]).unwrap(), &[5; 20_000]);
    let bytes = &begun.envelopes[0];
    let (mut carrier, mut side) = (Carrier::new(100_000, TTL_MS), side());
    let mut phone = Phone::holding([bytes]);
    let mut asked = Vec::new();
    let mut count = 0;
    let cut = |request: &Request| {
        count += 1;
        (count < 4).then(|| over(&mut side, &mut carrier, request))
    };
    let mut engine = to(CODE, TENANT);
    talk(&mut engine, &mut phone, cut, &mut asked);
    assert!(side.unfinished() > 0, "some of it is there");
    let before = side.unfinished();
    asked.clear();
    let report = talk(&mut to(CODE, TENANT), &mut phone, |r| Some(over(&mut side, &mut carrier, r)), &mut asked);
    let sent: usize = asked.iter().map(|request| request.body.len()).sum();
    assert_eq!((report.with_neighbour, side.unfinished(), sent), (1, 0, bytes.len() - before));
}

/// What ended the program twice on its way to the relay may reach a neighbour, and is set aside at the third end all the same.
#[test]
fn a_neighbour_clears_no_end_of_the_program() {
    let items = items();
    let (mut phone, mut carrier, mut side) = (Phone::holding(&items), Carrier::new(100_000, TTL_MS), side());
    let id = Header::read(&items[1]).unwrap().id;
    let ends_with_it = |phone: &Phone| {
        phone.queue.borrow_mut().take_in_hand(&id);
        phone.queue.borrow_mut().restart()
    };
    assert!(ends_with_it(&phone).is_empty() && ends_with_it(&phone).is_empty());
    let mut asked = Vec::new();
    let report = talk(&mut to(CODE, TENANT), &mut phone, |r| Some(over(&mut side, &mut carrier, r)), &mut asked);
    assert_eq!(report.with_neighbour as usize, items.len());
    assert!(phone.queue.borrow_mut().restart().is_empty(), "that was no end");
    assert_eq!(ends_with_it(&phone), [id]);
}

#[test]
fn strangers_and_others_of_another_organisation_are_refused() {
    for (code, tenant, refused) in
        [("another", TENANT, ErrorCode::CarryStranger), (CODE, [8; 8], ErrorCode::CarryForeign)]
    {
        let (mut phone, mut carrier, mut side) = (Phone::holding(&items()), Carrier::new(100_000, TTL_MS), side());
        let mut asked = Vec::new();
        let report = talk(&mut to(code, tenant), &mut phone, |r| Some(over(&mut side, &mut carrier, r)), &mut asked);
        assert_eq!((report.refused, report.with_neighbour, carrier.count()), (Some(refused), 0, 0));
        assert_eq!(asked.len(), 1, "nothing is shown to whoever is not the one");
    }
}

#[test]
fn what_there_is_no_room_for_stays_and_says_so() {
    let (items, mut side) = (items(), side());
    let mut carrier = Carrier::new(items[0].len() as u64, TTL_MS);
    let mut phone = Phone::holding(&items);
    let report = talk(&mut to(CODE, TENANT), &mut phone, |r| Some(over(&mut side, &mut carrier, r)), &mut Vec::new());
    assert_eq!((report.with_neighbour, report.refused), (1, Some(ErrorCode::CarryFull)));
    assert_eq!(phone.queue.borrow().rows().filter(|row| row.with_neighbour.is_none()).count(), 3);
}

#[test]
fn hqs_entries_come_back_as_far_as_they_go_on() {
    let key = SigningKey::from_seed([3; 32]).unwrap();
    let (mut carrier, mut side, mut phone) = (Carrier::new(100_000, TTL_MS), side(), Phone::default());
    let entry = |counter| {
        let entry = ControlEntry { device: DEVICE, counter, at: None, kind: ControlKind::Revoked };
        entry.sign(&key).unwrap()
    };
    for counter in [1, 2, 4] {
        carrier.take_entry(DEVICE, counter, &entry(counter), &key.public(), NOW);
    }
    let report = talk(&mut to(CODE, TENANT), &mut phone, |r| Some(over(&mut side, &mut carrier, r)), &mut Vec::new());
    assert_eq!((report.control_entries, &phone.control), (2, &vec![entry(1), entry(2)]), "4 waits for 3");
    carrier.take_entry(DEVICE, 3, &entry(3), &key.public(), NOW);
    talk(&mut to(CODE, TENANT), &mut phone, |r| Some(over(&mut side, &mut carrier, r)), &mut Vec::new());
    assert_eq!(phone.control.len(), 4);
}

#[test]
fn nobody_elses_word_counts_as_a_neighbours() {
    let hash = |request: &Request| sha256(&request.body);
    let said = |content_type: &str, body: Vec<u8>| Response {
        status: 200,
        content_type: content_type.to_owned(),
        body,
        retry_after_s: None,
    };
    type Word<'a> = Box<dyn Fn(&Request) -> Response + 'a>;
    let words: [(&str, Word<'_>); 4] = [
        ("a relay", Box::new(|r| said(wire::MEDIA_TYPE, wire::encode(&Stored { sha256: hash(r) })))),
        ("a relay's word", Box::new(|r| said(wire::CARRIER_MEDIA_TYPE, wire::encode(&Stored { sha256: hash(r) })))),
        ("a portal", Box::new(|r| said("text/html", wire::encode(&TakenToCarry { sha256: hash(r) })))),
        ("other bytes", Box::new(|_| said(wire::CARRIER_MEDIA_TYPE, wire::encode(&TakenToCarry { sha256: [0; 32] })))),
    ];
    for (who, word) in &words {
        let (mut phone, mut carrier, mut side) = (Phone::holding(&items()), Carrier::new(100_000, TTL_MS), side());
        let answer = |request: &Request| {
            let is_item = request.method == Method::Put;
            Some(if is_item { word(request) } else { over(&mut side, &mut carrier, request) })
        };
        let report = talk(&mut to(CODE, TENANT), &mut phone, answer, &mut Vec::new());
        assert_eq!(report.with_neighbour, 0, "{who}");
        assert!(phone.queue.borrow().rows().all(|row| row.with_neighbour.is_none()), "{who}");
    }
    // Nor the other way round: an engine that speaks to the relay believes no neighbour.
    let mut phone = Phone::holding(&items());
    let answer =
        |request: &Request| Some(said(wire::CARRIER_MEDIA_TYPE, wire::encode(&Stored { sha256: hash(request) })));
    assert_eq!(talk(&mut Engine::new(1), &mut phone, answer, &mut Vec::new()).handed_over, 0);
}

/// Requests as somebody makes them who knows the code and means harm: real places, wrong bytes, any offsets.
fn hostile() -> impl Strategy<Value = (Method, String, Option<String>, Vec<u8>)> {
    let method = prop_oneof![Just(Method::Get), Just(Method::Put), Just(Method::Post)];
    let ask = (any::<u8>(), 0..4_u8, prop_oneof![0..3_000_u64, any::<u64>()], prop_oneof![0..3_000_u64, any::<u64>()])
        .prop_map(|(name, kind, offset, total)| {
            let owner = DeviceId::from_bytes([name % 40; 16]);
            match kind {
                0 => CarrierAsk::Item(owner, [name; 16]),
                1 => CarrierAsk::Parts(owner, [name; 16]),
                2 => CarrierAsk::Part(owner, [name; 16], offset, total),
                _ => CarrierAsk::Control(owner, offset),
            }
            .path(&TENANT)
            .1
        });
    let path = prop_oneof![8 => ask, 1 => ".{0,300}", 1 => "/v1/carrier/[0-9a-f/?=&]{0,80}"];
    let code = prop_oneof![8 => Just(Some(CODE.to_owned())), 1 => Just(None), 1 => ".{0,20}".prop_map(Some)];
    (method, path, code, prop::collection::vec(any::<u8>(), 0..3_000))
}

proptest! {
    #[test]
    fn hostile_requests_are_answered_in_words_and_fill_nothing(requests in prop::collection::vec(hostile(), 1..60)) {
        let (quota, good) = (4_000, items());
        let (mut carrier, mut side) = (Carrier::new(quota, TTL_MS), side());
        for (method, path, code, body) in &requests {
            let asked = Asked { method: *method, path, code: code.as_deref(), body };
            let answer = side.answer(&asked, &mut carrier, NOW);
            prop_assert_eq!(&answer.content_type, wire::CARRIER_MEDIA_TYPE);
            prop_assert!(carrier.size() <= quota && side.unfinished() as u64 <= quota);
            match answer.status {
                200 => {}
                400..=413 => {
                    let problem: Problem = wire::decode(&answer.body).unwrap();
                    prop_assert!(ErrorCode::ALL.iter().any(|known| known.as_str() == problem.code));
                }
                status => prop_assert!(false, "{} to {} bytes that are no item", status, body.len()),
            }
        }
        prop_assert_eq!(carrier.count(), 0, "none of it was an item under its own name");
        // And it still serves those who mean well.
        let path = CarrierAsk::Item(DEVICE, wire::carried_id(&sha256(&good[0]))).path(&TENANT).1;
        let asked = Asked { method: Method::Put, path: &path, code: Some(CODE), body: &good[0] };
        prop_assert_eq!(side.answer(&asked, &mut carrier, NOW).status, 201);
    }
}

#[test]
fn one_who_begins_more_than_there_is_room_for_pushes_out_only_what_is_unfinished() {
    let (mut carrier, mut side) = (Carrier::new(10_000, TTL_MS), side());
    let part = |side: &mut CarrierSide, carrier: &mut Carrier, n: u8, offset: u64| -> u64 {
        let path = CarrierAsk::Part(DEVICE, [n; 16], offset, 9_000).path(&TENANT).1;
        let asked = Asked { method: Method::Put, path: &path, code: Some(CODE), body: &[n; 500] };
        wire::decode::<PartAt>(&side.answer(&asked, carrier, NOW).body).unwrap().offset
    };
    for n in 0..100 {
        assert_eq!(part(&mut side, &mut carrier, n, 0), 500);
        assert!(side.unfinished() <= 500 * MOST_UNFINISHED);
    }
    assert_eq!(part(&mut side, &mut carrier, 99, 500), 1_000, "the last goes on");
    assert_eq!(part(&mut side, &mut carrier, 0, 500), 0, "the first begins anew");
}
