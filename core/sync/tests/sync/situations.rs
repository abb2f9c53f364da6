//! Single situations, told as a host would see them.

use crate::world::{Case, Device, Fault, Plant, World, health, ours, problem, stored};
use wayside_model::{ErrorCode, Timestamp};
use wayside_sync::{
    Engine, Failure, ItemView, LONGEST_WAIT_MS, Request, Response, Step, Store, StoreError, SyncClass, wire,
};

fn case(items: &[(u8, u8)], control: u64) -> Case {
    Case { seed: 1, items: items.to_vec(), control, faults: Vec::new() }
}

fn world(items: &[(u8, u8)], control: u64) -> World {
    World::new(&case(items, control), Plant::None)
}

/// Runs a working link to the end and gives the paths in the order they were asked for.
fn paths(world: &mut World) -> Vec<String> {
    let mut paths = Vec::new();
    loop {
        match world.engine.next_step(&world.device, world.now).unwrap() {
            Step::Send(request) => {
                let response = world.relay.answer(&request);
                world.engine.complete(&mut world.device, request.id, response, world.now).unwrap();
                paths.push(request.path);
            }
            Step::WaitUntil(until, _) => world.now = until,
            Step::Done(_) => return paths,
        }
    }
}

fn send(engine: &mut Engine, store: &dyn Store, now: Timestamp) -> Request {
    match engine.next_step(store, now).unwrap() {
        Step::Send(request) => request,
        Step::WaitUntil(until, class) => panic!("waits for {class:?} until {until:?}"),
        Step::Done(_) => panic!("done"),
    }
}

#[test]
fn a_quiet_round() {
    let mut world = world(&[(0, 0), (1, 1), (1, 0), (2, 0)], 5);
    let paths = paths(&mut world);
    let item = |n: u8| wire::item(&[n; 16]);
    let control: Vec<_> = [0, 2, 4].map(wire::control).into();
    assert_eq!(paths, [vec![item(1), item(3), item(2), item(4)], control].concat());
    let progress = world.engine.progress();
    assert_eq!((progress.done, progress.total, progress.bytes, progress.bytes_total), (4, 4, 12, 12));
    assert_eq!(world.device.control, [1, 2, 3, 4, 5]);
}

#[test]
fn a_request_carries_the_token_and_asking_again_repeats_it() {
    let mut world = world(&[(1, 1)], 0);
    let (first, again) =
        (send(&mut world.engine, &world.device, world.now), send(&mut world.engine, &world.device, world.now));
    assert_eq!((first.id, &first.path, &first.body), (again.id, &again.path, &again.body));
    assert_eq!(first.method.as_str(), "PUT");
    assert_eq!(first.bearer, Some(wire::bearer(&[7; 32])));
    // A late reply to an older request has no effect.
    world.engine.complete(&mut world.device, first.id + 7, stored(&first.body), world.now).unwrap();
    assert!(!world.device.view(&[1; 16]).unwrap().handed_over);
}

#[test]
fn a_captive_portal_gets_nothing_more_and_changes_nothing() {
    let mut world = world(&[(1, 0), (1, 1)], 1);
    let start = world.device.clone();
    for status in [200, 302, 401, 403, 404, 409, 413] {
        world.turn(Fault::Html(status)).unwrap();
        // Waits, then asks who is there, without token or body, for as long as the portal answers.
        for _ in 0..20 {
            world.turn(Fault::Html(status)).unwrap();
        }
        assert!(world.device == start, "HTML with status {status} had an effect");
    }
    assert_eq!(paths(&mut world).first().map(String::as_str), Some(wire::HEALTH));
    assert_eq!(world.relay.held.len(), 2);
}

#[test]
fn one_poisoned_item_does_not_hold_up_the_others() {
    let html = Response { status: 413, content_type: "text/html".to_owned(), body: Vec::new(), retry_after_s: None };
    let broken = Response { status: 500, ..html.clone() };
    let mangled = ours(200, vec![0xff]);
    let own_refusals = [problem(409, "sync.conflict"), problem(413, "sync.refused"), problem(400, "sync.refused")];
    let others = [html, broken, mangled, stored(b"not these"), problem(404, "relay.not_found")];
    for (aside, answer) in own_refusals.map(|r| (true, r)).into_iter().chain(others.map(|r| (false, r))) {
        let status = answer.status;
        let mut world = world(&[(0, 0), (1, 0), (1, 1), (1, 2), (2, 0)], 3);
        let poisoned = [2; 16];
        world.relay.quirk = Some((poisoned, answer));
        let (start, mut tries, mut others_at) = (world.now, 0, None);
        while world.now < start.plus_millis(86_400_000) {
            match world.engine.next_step(&world.device, world.now).unwrap() {
                Step::Send(request) => {
                    tries += usize::from(request.path == wire::item(&poisoned));
                    let response = world.relay.answer(&request);
                    world.engine.complete(&mut world.device, request.id, response, world.now).unwrap();
                }
                Step::WaitUntil(until, _) => world.now = until,
                Step::Done(report) => {
                    assert!(aside, "gave up on status {status}");
                    assert_eq!(report.set_aside.len(), 1);
                    break;
                }
            }
            if world.relay.held.len() == 4 && world.device.control.len() == 3 {
                others_at.get_or_insert(world.now);
            }
        }
        let view = world.device.view(&poisoned).copied().unwrap();
        assert!(!view.handed_over && view.set_aside == aside, "status {status}");
        let took = others_at.expect("the others arrive").as_millis() - start.as_millis();
        assert!(took < 10 * 60_000, "status {status} held the others up for {took} ms");
        // Urgent and not refused for good: tried again at least every minute or so, for ever.
        assert!(aside == (tries == 1) && (aside || tries > 1_000), "status {status}: {tries} tries a day");
    }
}

#[test]
fn a_revoked_device_keeps_all_and_still_reads_its_orders() {
    let mut world = world(&[(1, 0), (1, 1)], 1);
    world.turn(Fault::Problem(403, "sync.credential")).unwrap();
    world.turn(Fault::None).unwrap();
    assert_eq!(world.device.control, [1]);
    let step = world.engine.next_step(&world.device, world.now).unwrap();
    let until = world.now.plus_millis(LONGEST_WAIT_MS);
    assert!(matches!(step, Step::WaitUntil(at, SyncClass::Credential) if at == until));
    assert_eq!(world.device.waiting().count(), 2);
    assert_eq!(world.engine.report().obstacle, Some(SyncClass::Credential));
    // The user signed in again: no need to wait.
    world.engine.wake();
    paths(&mut world);
    assert_eq!(world.relay.held.len(), 2);
    assert_eq!((world.engine.report().obstacle, world.engine.progress().failures), (None, 1));
}

#[test]
fn no_network_costs_nothing_and_waking_tries_at_once() {
    let mut world = world(&[(1, 1)], 0);
    for _ in 0..200 {
        world.turn(Fault::NoPath).unwrap();
    }
    let request = loop {
        match world.engine.next_step(&world.device, world.now).unwrap() {
            Step::Send(request) => break request,
            Step::WaitUntil(until, _) => world.now = until,
            Step::Done(_) => panic!("gave up"),
        }
    };
    world.engine.fail(request.id, Failure::NoPath, world.now);
    assert!(matches!(world.engine.next_step(&world.device, world.now).unwrap(), Step::WaitUntil(_, SyncClass::NoPath)));
    world.engine.wake();
    assert_eq!(paths(&mut world), [wire::item(&[1; 16]), wire::control(0)]);
}

#[test]
fn an_urgent_item_shortens_a_wait_that_has_begun() {
    let mut world = world(&[(1, 3)], 0);
    let request = send(&mut world.engine, &world.device, world.now);
    let busy = Response { retry_after_s: Some(800), ..problem(503, "sync.transient") };
    world.engine.complete(&mut world.device, request.id, busy, world.now).unwrap();
    let until = |world: &mut World| match world.engine.next_step(&world.device, world.now).unwrap() {
        Step::WaitUntil(until, SyncClass::Transient) => until.as_millis() - world.now.as_millis(),
        _ => panic!("does not wait"),
    };
    assert_eq!(until(&mut world), 800_000);
    world.device = Device::new(&[(1, 3), (1, 0)], Plant::None);
    assert_eq!(until(&mut world), 60_000);
}

/// A store with a fault of its own.
struct Sick {
    device: Device,
    cannot_note: bool,
    cannot_read: Option<[u8; 16]>,
}

impl Store for Sick {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        self.device.items()
    }
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        if self.cannot_read == Some(*id) { Err(StoreError(ErrorCode::VaultDamaged)) } else { self.device.bytes(id) }
    }
    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        if self.cannot_note { Err(StoreError(ErrorCode::StorageFull)) } else { self.device.mark_handed_over(id) }
    }
    fn set_aside(&mut self, id: &[u8; 16], code: ErrorCode) -> Result<(), StoreError> {
        self.device.set_aside(id, code)
    }
    fn control_position(&self) -> Result<u64, StoreError> {
        self.device.control_position()
    }
    fn add_control(&mut self, counter: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.device.add_control(counter, bytes)
    }
    fn upload_token(&self) -> String {
        self.device.upload_token()
    }
}

#[test]
fn a_full_device_sends_again_later_and_one_unreadable_item_is_reported() {
    let device = Device::new(&[(1, 0), (1, 1)], Plant::None);
    let mut store = Sick { device, cannot_note: true, cannot_read: Some([1; 16]) };
    let (mut engine, mut now) = (Engine::new(3), Timestamp::from_millis(0));
    let request = send(&mut engine, &store, now);
    assert_eq!(request.path, wire::item(&[2; 16]), "the unreadable one is passed over");
    let error = engine.complete(&mut store, request.id, stored(&request.body), now).unwrap_err();
    assert_eq!(wayside_model::Coded::code(&error), ErrorCode::StorageFull);
    store.cannot_note = false;
    let mut sent = 0;
    let report = loop {
        match engine.next_step(&store, now).unwrap() {
            Step::Send(request) => {
                sent += usize::from(request.path == wire::item(&[2; 16]));
                let body = wire::encode(&wire::ControlPage { entries: Vec::new(), more: false });
                let response = if request.body.is_empty() { ours(200, body) } else { stored(&request.body) };
                engine.complete(&mut store, request.id, response, now).unwrap();
            }
            Step::WaitUntil(until, _) => now = until,
            Step::Done(report) => break report,
        }
    };
    assert_eq!((sent, report.handed_over), (1, 1));
    assert!(store.device.view(&[2; 16]).unwrap().handed_over);
    assert_eq!(report.set_aside[0].code, ErrorCode::VaultDamaged);
    assert!(!store.device.view(&[1; 16]).unwrap().handed_over);
    assert_eq!(health().status, 200);
}
