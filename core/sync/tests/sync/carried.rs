//! What a device carries for others goes to the relay after its own, and nothing of its own waits for it.

use std::collections::BTreeMap;

use wayside_model::{DeviceId, ErrorCode, EventId, Timestamp};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::{Checkpoint, Directory, Recipient, Role, SigningKey, epoch, sha256};
use wayside_sync::carrier::{Carrier, Taken};
use wayside_sync::queue::{Queue, STALE_AFTER_MS};
use wayside_sync::queue_state::{Happening, Quarantine, State};
use wayside_sync::wire::{self, ControlPage, PartAt};
use wayside_sync::{
    Engine, FIRST_PART_BYTES, ItemKind, ItemView, Method, Report, Request, Response, Step, Store, StoreError,
};

use crate::world::{ours, problem, stored};

const OWNERS: [DeviceId; 2] = [DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16])];
const NOW: Timestamp = Timestamp::from_millis(1_000);

/// Header, urgent envelope, ordinary envelope, checkpoint of another device.
fn items(owner: DeviceId, len: usize) -> [Vec<u8>; 4] {
    let key = SigningKey::from_seed([3; 32]).unwrap();
    let directory = Directory {
        org: "x".to_owned(),
        version: 1,
        issued: NOW,
        expires: NOW.plus_millis(9),
        root: key.public(),
        desk: key.public(),
        recipients: vec![Recipient { role: Role::CaseTeam, key: PrivateKey::from_bytes([4; 32]).public().unwrap() }],
        officers: Vec::new(),
    };
    let started = epoch::start(owner, 1, &directory, &key).unwrap();
    let urgent = started.chain.seal(EventId::from_bytes([8; 16]), 0, b"urgent").unwrap();
    let record = urgent.next.seal(EventId::from_bytes([9; 16]), 1, &vec![7; len]).unwrap();
    [started.header, urgent.bytes, record.bytes, Checkpoint::make(&record.next, &key).unwrap()]
}

/// A device with items of its own, 3 bytes each, and a carrier.
struct Device {
    own: Vec<ItemView>,
    carrier: Carrier,
    now: Timestamp,
}

impl Device {
    fn carrying(of: &[(DeviceId, &[u8])]) -> Self {
        let own = |id: u8, kind, priority| ItemView {
            id: [id; 16],
            kind,
            seq: Some(u64::from(id)),
            priority,
            len: 3,
            handed_over: false,
            set_aside: false,
            owner: None,
        };
        let mut carrier = Carrier::new(1 << 20, 1 << 40);
        for (owner, bytes) in of {
            assert_eq!(carrier.take(*owner, bytes, NOW), Taken::New);
        }
        let own =
            vec![own(101, ItemKind::Checkpoint, 0), own(102, ItemKind::Envelope, 4), own(103, ItemKind::Envelope, 0)];
        Self { own, carrier, now: NOW }
    }

    fn own(&mut self, id: &[u8; 16]) -> Option<&mut ItemView> {
        self.own.iter_mut().find(|view| view.id == *id)
    }
}

impl Store for Device {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        Ok(self.own.iter().copied().chain(self.carrier.views(self.now)).collect())
    }
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        let own = self.own.iter().find(|view| view.id == *id).map(|view| view.id[..3].to_vec());
        Ok(own.or_else(|| self.carrier.bytes(id).map(<[u8]>::to_vec)))
    }
    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        match self.own(id) {
            Some(view) => view.handed_over = true,
            None => self.carrier.handed_over(id, 0, NOW),
        }
        Ok(())
    }
    fn set_aside(&mut self, id: &[u8; 16], _: ErrorCode) -> Result<(), StoreError> {
        match self.own(id) {
            Some(view) => view.set_aside = true,
            None => self.carrier.change(|queue| {
                queue.happened(id, Happening::Quarantine(Quarantine::Refused));
            }),
        }
        Ok(())
    }
    fn control_position(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
    fn add_control(&mut self, _: u64, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }
    fn upload_token(&self) -> String {
        wire::bearer(&[7; 32])
    }
}

/// A round, with what the relay says of an upload where it does not take it. Gives the paths and the report.
fn round(
    engine: &mut Engine,
    device: &mut Device,
    refusal: impl Fn(&Request) -> Option<Response>,
) -> (Vec<String>, Report) {
    let (mut paths, mut parts) = (Vec::new(), BTreeMap::<String, Vec<u8>>::new());
    loop {
        match engine.next_step(device, device.now).unwrap() {
            Step::Done(report) => return (paths, report),
            Step::WaitUntil(until, _) => device.now = until,
            Step::Send(request) => {
                let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
                let response = refusal(&request).unwrap_or_else(|| match (request.method, path.ends_with("/parts")) {
                    (Method::Get, false) => ours(200, wire::encode(&ControlPage { entries: Vec::new(), more: false })),
                    (_, false) => stored(&request.body),
                    (_, true) => {
                        let held = parts.entry(path.to_owned()).or_default();
                        if query.contains(&format!("offset={}&", held.len())) {
                            held.extend_from_slice(&request.body);
                        }
                        ours(200, wire::encode(&PartAt { offset: held.len() as u64, sha256: sha256(held) }))
                    }
                });
                let now = device.now;
                engine.complete(device, request.id, response, now).unwrap();
                paths.push(request.path);
            }
        }
    }
}

fn place(owner: DeviceId, bytes: &[u8]) -> String {
    wire::carried(owner, &wire::carried_id(&sha256(bytes)))
}

#[test]
fn after_its_own_and_once() {
    let [header, urgent, record, checkpoint] = items(OWNERS[0], 100);
    let of = |bytes| (OWNERS[0], bytes);
    let mut device = Device::carrying(&[of(&checkpoint[..]), of(&record), of(&urgent), of(&header)]);
    let mut engine = Engine::new(1);
    let (paths, report) = round(&mut engine, &mut device, |_| None);
    let own = |id: u8| wire::item(&[id; 16]);
    let carried = |bytes| place(OWNERS[0], bytes);
    let first = vec![own(103), carried(&header), carried(&urgent), own(102), own(101), wire::control(0)];
    assert_eq!(paths, [first, vec![carried(&record), carried(&checkpoint)]].concat());
    assert_eq!((report.handed_over, report.carried, report.set_aside.len()), (3, 4, 0));
    let progress = engine.progress();
    assert_eq!((progress.done, progress.total, progress.bytes), (3, 3, 9), "its own alone");
    // It is carried on, and not sent again; another engine that has only what was noted does neither.
    assert_eq!((device.carrier.count(), device.carrier.items().len()), (4, 4));
    let noted = Queue::from_bytes(&device.carrier.queue().to_bytes()).unwrap();
    let kept = device.carrier.to_bytes();
    device.carrier = Carrier::from_bytes(1 << 20, 1 << 40, &kept, Some(&noted)).unwrap();
    assert_eq!(round(&mut Engine::new(2), &mut device, |_| None).0, [wire::control(0)]);
    // Where no receipt comes, or what was noted is lost, it goes once more.
    device.carrier.change(|queue| queue.look_again(NOW.plus_millis(STALE_AFTER_MS), 0));
    assert_eq!(round(&mut Engine::new(3), &mut device, |_| None).1.carried, 4);
    device.carrier = Carrier::from_bytes(1 << 20, 1 << 40, &kept, None).unwrap();
    assert_eq!(round(&mut Engine::new(4), &mut device, |_| None).1.carried, 4);
}

#[test]
fn what_the_relay_does_not_take_from_a_carrier_stops_nothing() {
    let (one, two) = (items(OWNERS[0], 100), items(OWNERS[1], 100));
    let all: Vec<(DeviceId, &[u8])> = one
        .iter()
        .map(|bytes| (OWNERS[0], &bytes[..]))
        .chain(two.iter().map(|bytes| (OWNERS[1], &bytes[..])))
        .collect();
    // It has no room for more.
    let mut device = Device::carrying(&all);
    let full = |request: &Request| request.path.contains("/carried/").then(|| problem(413, "carry.full"));
    let (paths, report) = round(&mut Engine::new(1), &mut device, full);
    assert_eq!(paths.iter().filter(|path| path.contains("/carried/")).count(), 1, "asked once");
    assert_eq!((report.handed_over, report.carried, report.set_aside.len(), report.obstacle), (3, 0, 0, None));
    // It does not know one of the devices, or an older relay knows no carriers.
    let unknown =
        |request: &Request| request.path.contains(&OWNERS[0].to_string()).then(|| problem(404, "relay.not_found"));
    let mut device = Device::carrying(&all);
    let (paths, report) = round(&mut Engine::new(1), &mut device, unknown);
    assert_eq!(paths.iter().filter(|path| path.contains(&OWNERS[0].to_string())).count(), 1);
    assert_eq!((report.carried, device.carrier.count()), (4, 8), "tried again by the next");
    assert_eq!(round(&mut Engine::new(2), &mut device, |_| None).1.carried, 4);
    // It refuses one for good: that stays, is not tried again, and is no matter of a person here.
    let mut device = Device::carrying(&all);
    let refused = place(OWNERS[0], &one[2]);
    let (_, report) = round(&mut Engine::new(1), &mut device, |request| {
        (request.path == refused).then(|| problem(400, "sync.refused"))
    });
    assert_eq!((report.carried, report.set_aside.len(), device.carrier.count()), (7, 0, 8));
    let quarantined = |device: &Device| {
        device.carrier.queue().rows().filter(|row| matches!(row.state, State::Quarantined(_))).count()
    };
    assert_eq!(quarantined(&device), 1);
    assert_eq!(round(&mut Engine::new(2), &mut device, |_| None).1.carried, 0);
}

#[test]
fn one_that_fails_again_and_again_holds_up_neither_its_own_nor_the_orders() {
    let [header, urgent, record, checkpoint] = items(OWNERS[0], 100);
    let of = |bytes| (OWNERS[0], bytes);
    let mut device = Device::carrying(&[of(&header[..]), of(&urgent), of(&record), of(&checkpoint)]);
    let (sick, mut engine) = (place(OWNERS[0], &header), Engine::new(1));
    let mut paths = Vec::new();
    for _ in 0..60 {
        match engine.next_step(&device, device.now).unwrap() {
            Step::Done(_) => break,
            Step::WaitUntil(until, _) => device.now = until,
            Step::Send(request) => {
                let response = if request.path == sick {
                    problem(500, "relay.storage")
                } else if request.method == Method::Get {
                    ours(200, wire::encode(&ControlPage { entries: Vec::new(), more: false }))
                } else {
                    stored(&request.body)
                };
                let now = device.now;
                engine.complete(&mut device, request.id, response, now).unwrap();
                paths.push(request.path);
            }
        }
    }
    let others = paths.iter().filter(|path| **path != sick).count();
    assert_eq!(others, 3 + 1 + 3, "its own, the orders, the other three");
}

#[test]
fn a_large_one_goes_in_parts_under_its_name() {
    let [_, _, record, _] = items(OWNERS[0], 4_000);
    let mut device = Device::carrying(&[(OWNERS[0], &record)]);
    let mut engine = Engine::new(1).with_parts_above(FIRST_PART_BYTES);
    let (paths, report) = round(&mut engine, &mut device, |_| None);
    let name = wire::carried_id(&sha256(&record));
    let probe = paths.iter().position(|path| *path == wire::carried_parts(OWNERS[0], &name)).unwrap();
    assert_eq!(paths[probe + 1], wire::carried_part(OWNERS[0], &name, 0, record.len() as u64));
    assert_eq!(report.carried, 1);
}
