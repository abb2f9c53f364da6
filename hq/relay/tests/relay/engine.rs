//! The engine of the phone against the real relay, over a link that fails half of the time.

use std::collections::BTreeSet;

use wayside_model::{ErrorCode, Timestamp};
use wayside_seal::item::{Header, ItemKind};
use wayside_seal::random;
use wayside_sync::{
    Engine, Failure, ItemView, Method, Progress, Report, Request, Response, Step, Store, StoreError, wire,
};

use crate::client::{World, expect_stored};
use crate::phone::Phone;

struct Outbox {
    items: Vec<(ItemView, Vec<u8>)>,
    control: Vec<Vec<u8>>,
    bearer: String,
}

impl Outbox {
    fn new(items: Vec<Vec<u8>>, bearer: String) -> Self {
        let view = |bytes: &Vec<u8>| {
            let Header { kind, priority, id, seq, .. } = Header::read(bytes).unwrap();
            let len = bytes.len() as u64;
            ItemView { id, kind, seq: Some(seq), priority, len, handed_over: false, set_aside: false, owner: None }
        };
        Self { items: items.into_iter().map(|bytes| (view(&bytes), bytes)).collect(), control: Vec::new(), bearer }
    }
    fn view(&mut self, id: &[u8; 16]) -> &mut ItemView {
        self.items.iter_mut().map(|(view, _)| view).find(|view| view.id == *id).unwrap()
    }
}

impl Store for Outbox {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        Ok(self.items.iter().map(|(view, _)| *view).collect())
    }
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.items.iter().find(|(view, _)| view.id == *id);
        Ok(found.map(|(_, bytes)| bytes.clone()))
    }
    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.view(id).handed_over = true;
        Ok(())
    }
    fn set_aside(&mut self, id: &[u8; 16], _: ErrorCode) -> Result<(), StoreError> {
        self.view(id).set_aside = true;
        Ok(())
    }
    fn control_position(&self) -> Result<u64, StoreError> {
        Ok(self.control.len() as u64)
    }
    fn add_control(&mut self, counter: u64, bytes: &[u8]) -> Result<(), StoreError> {
        assert_eq!(counter, self.control.len() as u64 + 1);
        self.control.push(bytes.to_vec());
        Ok(())
    }
    fn upload_token(&self) -> String {
        self.bearer.clone()
    }
}

/// What the `n`-th exchange meets.
fn exchange(world: &World, request: &Request, n: usize) -> Result<Response, Failure> {
    let send = || {
        let bearer = request.bearer.as_deref();
        world.client.try_send(request.method, &request.path, &request.body, bearer).map_err(|_| Failure::NoPath)
    };
    match n % 8 {
        1 => Err(Failure::NoPath),
        3 => Ok(Response {
            status: 200,
            content_type: "text/html".to_owned(),
            body: b"<html>Sign in</html>".to_vec(),
            retry_after_s: None,
        }),
        // Arrives, but the answer does not.
        5 => send().and(Err(Failure::Timeout)),
        6 => send().map(|response| Response { body: response.body[..response.body.len() / 2].to_vec(), ..response }),
        _ => send(),
    }
}

fn sync(world: &mut World, outbox: &mut Outbox, bad_link: bool) -> (Report, Vec<String>, Progress) {
    let (mut engine, mut now, mut n, mut order) = (Engine::new(5), Timestamp::from_millis(0), 0, Vec::new());
    loop {
        match engine.next_step(outbox, now).unwrap() {
            Step::Send(request) => {
                n += usize::from(bad_link);
                if n == 20 {
                    world.restart();
                }
                match exchange(world, &request, n) {
                    Ok(response) => engine.complete(outbox, request.id, response, now).unwrap(),
                    Err(failure) => engine.fail(request.id, failure, now),
                }
                order.push(request.path);
            }
            Step::WaitUntil(until, _) => now = until,
            Step::Done(report) => return (report, order, engine.progress()),
        }
    }
}

fn session(phone: &mut Phone) -> Vec<Vec<u8>> {
    let mut items = vec![phone.header.clone()];
    items.extend([1, 1, 4, 0, 1, 2].map(|priority| phone.any_envelope(priority)));
    items.push(phone.checkpoint());
    items
}

#[test]
fn everything_arrives_once_over_a_bad_link() {
    let mut world = World::new();
    let mut phone = Phone::enrolled(&world);
    let items = session(&mut phone);
    for counter in 1..=130 {
        let path = wire::desk_control(phone.device, counter);
        expect_stored(&world.desk(Method::Put, &path, b"an order"), b"an order");
    }
    let mut outbox = Outbox::new(items.clone(), phone.bearer());
    let (report, _, progress) = sync(&mut world, &mut outbox, true);
    assert_eq!((report.handed_over, report.control_entries), (8, 130));
    assert_eq!((report.set_aside.len(), progress.done, progress.total), (0, 8, 8));
    assert_eq!(progress.bytes, items.iter().map(|item| item.len() as u64).sum::<u64>());
    let held = world.items();
    assert_eq!(held.len(), items.len());
    assert!(held.iter().all(|item| item.device == phone.device));
    assert_eq!(held.into_iter().map(|item| item.bytes).collect::<BTreeSet<_>>(), items.into_iter().collect());
}

#[test]
fn on_a_good_link_the_order_is_kept_and_a_conflict_is_set_aside() {
    let mut world = World::new();
    let mut phone = Phone::enrolled(&world);
    let mut items = session(&mut phone);
    let taken = random::id().unwrap();
    let theirs = phone.envelope(taken, 0);
    expect_stored(&phone.put(&world, &theirs), &theirs);
    items.push(phone.envelope(taken, 0));
    let mut outbox = Outbox::new(items, phone.bearer());
    let (report, order, _) = sync(&mut world, &mut outbox, false);
    let kinds: Vec<_> = order
        .iter()
        .filter_map(|path| path.strip_prefix("/v1/items/").and_then(wire::unhex::<16>))
        .map(|id| *outbox.view(&id))
        .map(|view| (view.kind, view.priority, view.handed_over))
        .collect();
    use ItemKind::{Checkpoint, Envelope, EpochHeader};
    let sent = [
        (EpochHeader, 0, true),
        (Envelope, 0, true),
        (Envelope, 0, false),
        (Envelope, 1, true),
        (Envelope, 1, true),
        (Envelope, 1, true),
        (Envelope, 2, true),
        (Envelope, 4, true),
        (Checkpoint, 0, true),
    ];
    assert_eq!(kinds, sent);
    assert_eq!(
        report.set_aside.iter().map(|item| (item.id, item.code)).collect::<Vec<_>>(),
        [(*taken_bytes(&taken), ErrorCode::SyncConflict)]
    );
    assert!(world.items().iter().any(|item| item.bytes == theirs), "the first one stays");
    assert!(outbox.view(taken_bytes(&taken)).set_aside);
}

fn taken_bytes(id: &wayside_model::EventId) -> &[u8; 16] {
    id.as_bytes()
}
