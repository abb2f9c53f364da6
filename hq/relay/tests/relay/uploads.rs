//! Many items at once, and one item in parts.

use wayside_relay::batch::{self, Batch, BatchStored, ItemState};
use wayside_relay::{Limits, RelayConfig, serve};
use wayside_sync::wire::{self, PartAt};
use wayside_sync::{Method, read, read_stored};

use crate::client::{Client, World, expect_refused, expect_stored};
use crate::phone::Phone;

fn send(world: &World, phone: &Phone, items: &[Vec<u8>]) -> Vec<ItemState> {
    let body = wire::encode(&Batch { items: items.iter().cloned().map(Into::into).collect() });
    let response = world.client.send(Method::Post, batch::PATH, &body, Some(&phone.bearer()));
    let stored: BatchStored = read(&response).unwrap();
    assert_eq!(stored.sha256, wayside_seal::sha256(&body));
    stored.states
}

#[test]
fn a_batch_has_one_answer_for_each_item() {
    let mut world = World::new();
    let (mut one, mut two) = (Phone::enrolled(&world), Phone::enrolled(&world));
    let items: Vec<_> = (0..20).map(|_| one.any_envelope(1)).collect();
    assert_eq!(send(&world, &one, &items), [ItemState::New; 20]);
    world.restart();
    assert_eq!(send(&world, &one, &items), [ItemState::Held; 20]);
    let taken = wayside_model::EventId::from_bytes(wayside_seal::item::id(&items[3]).unwrap());
    let mixed = [one.envelope(taken, 1), b"no item".to_vec(), one.any_envelope(1), items[0].clone()];
    let states = [ItemState::Conflict, ItemState::NoItem, ItemState::New, ItemState::Held];
    assert_eq!(send(&world, &one, &mixed), states);
    let own = two.envelope(taken, 1);
    assert_eq!(send(&world, &two, std::slice::from_ref(&own)), [ItemState::New], "another device's ids are its own");
    let held: Vec<_> = world.items().into_iter().map(|item| item.bytes).collect();
    assert_eq!(held.len(), 22);
    assert!(held[..20] == items[..] && held[20] == mixed[2] && held[21] == own, "in the order they were sent");
    let post = |body: &[u8], bearer: Option<&str>| world.client.send(Method::Post, batch::PATH, body, bearer);
    expect_refused(&post(b"x", Some(&one.bearer())), 400, "sync.refused");
    expect_refused(&post(b"x", None), 401, "sync.credential");
    let many = wire::encode(&Batch { items: vec![vec![1].into(); batch::LARGEST_BATCH + 1] });
    expect_refused(&post(&many, Some(&one.bearer())), 413, "sync.refused");
}

fn put(world: &World, phone: &Phone, item: &[u8], from: usize, to: usize) -> wayside_sync::Response {
    let part = wire::item_part(&wayside_seal::item::id(item).unwrap(), from as u64, item.len() as u64);
    world.client.send(Method::Put, &part, &item[from..to], Some(&phone.bearer()))
}

fn at(item: &[u8], to: usize) -> PartAt {
    PartAt { offset: to as u64, sha256: wayside_seal::sha256(&item[..to]) }
}

#[test]
fn an_item_in_parts_goes_on_where_the_relay_is() {
    let mut world = World::new();
    let mut phone = Phone::enrolled(&world);
    // Beyond a body, and beyond what stays in the database.
    let item = phone.large_envelope(3 << 20);
    let probe = |world: &World| {
        let parts = wire::item_parts(&wayside_seal::item::id(&item).unwrap());
        read::<PartAt>(&world.client.send(Method::Get, &parts, b"", Some(&phone.bearer()))).unwrap()
    };
    assert_eq!(probe(&world), at(&item, 0));
    assert_eq!(read::<PartAt>(&put(&world, &phone, &item, 0, 1_200)).unwrap(), at(&item, 1_200));
    world.restart();
    assert_eq!(probe(&world), at(&item, 1_200));
    assert_eq!(read::<PartAt>(&put(&world, &phone, &item, 0, 700)).unwrap(), at(&item, 700), "0 begins anew");
    assert_eq!(read::<PartAt>(&put(&world, &phone, &item, 700, 900_000)).unwrap(), at(&item, 900_000));
    assert_eq!(read::<PartAt>(&put(&world, &phone, &item, 700, 900_000)).unwrap(), at(&item, 900_000), "sent twice");
    assert_eq!(read::<PartAt>(&put(&world, &phone, &item, 1_000_000, 1_000_001)).unwrap(), at(&item, 900_000));
    assert!(world.items().is_empty(), "half an item is none");
    for from in (900_000..item.len()).step_by(900_000) {
        let to = item.len().min(from + 900_000);
        assert_eq!(read::<PartAt>(&put(&world, &phone, &item, from, to)).unwrap(), at(&item, to));
    }
    assert_eq!(probe(&world), at(&item, item.len()));
    world.restart();
    let held = world.items();
    assert_eq!(held.len(), 1);
    assert!(held[0].bytes == item && held[0].device == phone.device);
    // Deleted, it is gone from the blobs, and neither way brings it back.
    let blobs = || std::fs::read_dir(world.dir.path().join("blobs/items")).unwrap().count();
    assert_eq!(blobs(), 1);
    for _ in 0..2 {
        assert_eq!(world.delete(phone.device, &wayside_seal::item::id(&item).unwrap()), 200);
    }
    assert_eq!(world.delete(phone.device, &[9; 16]), 404);
    assert_eq!((blobs(), world.items().len()), (0, 0));
    assert_eq!(probe(&world), at(&item, item.len()), "the phone need not send it again");
    let whole = phone.large_envelope(700_000);
    for held in [1, 0] {
        assert_eq!(read_stored(&phone.put(&world, &whole), &wayside_seal::sha256(&whole)), Ok(()));
        assert_eq!((blobs(), world.items().len()), (held, held), "one that it sends all the same");
        assert_eq!(world.delete(phone.device, &wayside_seal::item::id(&whole).unwrap()), 200);
    }
}

#[test]
fn parts_that_make_no_item_are_refused() {
    let world = World::new();
    let mut phone = Phone::enrolled(&world);
    let item = phone.large_envelope(5_000);
    let id = wayside_seal::item::id(&item).unwrap();
    let send = |path: &str, body: &[u8]| world.client.send(Method::Put, path, body, Some(&phone.bearer()));
    // The first 4,000 bytes of it are no item.
    assert_eq!(send(&wire::item_part(&id, 0, 4_000), &item[..3_000]).status, 200);
    expect_refused(&send(&wire::item_part(&id, 3_000, 4_000), &item[3_000..4_000]), 400, "sync.refused");
    assert_eq!(read::<PartAt>(&put(&world, &phone, &item, 5, 10)).unwrap(), at(&item, 0), "what was there is gone");
    expect_refused(&send(&wire::item_part(&id, 0, 17 << 20), b"x"), 413, "sync.refused");
    expect_refused(&send(&wire::item_part(&id, 8, 8), b"x"), 400, "sync.refused");
    expect_refused(&send(&wire::item_parts(&id), b"x"), 400, "sync.refused");
    assert!(world.items().is_empty());
}

/// A file of the blob store is gone, another changed: the desk gets everything else, and the phone's next try puts both back.
#[test]
fn one_lost_blob_holds_up_nothing_and_comes_back() {
    let world = World::new();
    let mut phone = Phone::enrolled(&world);
    let items =
        [phone.large_envelope(300_000), phone.any_envelope(1), phone.large_envelope(200_000), phone.any_envelope(1)];
    items.iter().for_each(|item| expect_stored(&phone.put(&world, item), item));
    let file = |item: &[u8]| world.dir.path().join("blobs/items").join(wire::hex(&wayside_seal::sha256(item)));
    std::fs::remove_file(file(&items[0])).unwrap();
    std::fs::write(file(&items[2]), b"other").unwrap();
    let held: Vec<_> = world.items().into_iter().map(|item| item.bytes).collect();
    assert!(held == [vec![], items[1].clone(), vec![], items[3].clone()], "named without bytes");
    for item in &items {
        let again = phone.put(&world, item);
        assert_eq!(read_stored(&again, &wayside_seal::sha256(item)), Ok(()));
    }
    assert!(world.items().into_iter().map(|item| item.bytes).eq(items));
}

#[test]
fn asking_how_far_an_upload_is_costs_what_it_holds() {
    let mut world = World::new();
    world.relay.take().unwrap().shutdown().unwrap();
    let config = RelayConfig::new(world.dir.path().to_owned(), "127.0.0.1:0".parse().unwrap());
    let limits = Limits { body_bytes: 1_000_000, ..Limits::default() };
    let relay = serve(&RelayConfig { limits, ..config }).unwrap();
    world.client = Client::new(relay.address());
    world.relay = Some(relay);
    let mut phone = Phone::enrolled(&world);
    let item = phone.large_envelope(3_000_000);
    let ask = || {
        let path = wire::item_parts(&wayside_seal::item::id(&item).unwrap());
        world.client.send(Method::Get, &path, b"", Some(&phone.bearer()))
    };
    assert_eq!(put(&world, &phone, &item, 0, 400_000).status, 200);
    assert_eq!(read::<PartAt>(&ask()).unwrap(), at(&item, 400_000));
    put(&world, &phone, &item, 400_000, 800_000);
    // More is held now than the relay may take into memory at once.
    put(&world, &phone, &item, 800_000, 1_200_000);
    assert_eq!(ask().status, 503);
}

#[test]
fn what_is_held_for_a_device_is_limited_and_deleting_makes_room() {
    let mut world = World::new();
    world.relay.take().unwrap().shutdown().unwrap();
    let config = RelayConfig::new(world.dir.path().to_owned(), "127.0.0.1:0".parse().unwrap());
    let limits = Limits { device_bytes: 5_000, device_burst: 20.0, device_rate: 0.01, ..Limits::default() };
    let relay = serve(&RelayConfig { limits, ..config }).unwrap();
    world.client = Client::new(relay.address());
    world.relay = Some(relay);
    let (mut phone, mut other) = (Phone::enrolled(&world), Phone::enrolled(&world));
    let (first, second) = (phone.large_envelope(4_000), phone.large_envelope(4_000));
    expect_stored(&phone.put(&world, &first), &first);
    let full = phone.put(&world, &second);
    assert_eq!((full.status, full.retry_after_s.is_some()), (507, true));
    let item = other.large_envelope(4_000);
    expect_stored(&other.put(&world, &item), &item);
    assert_eq!(world.delete(phone.device, &wayside_seal::item::id(&first).unwrap()), 200);
    expect_stored(&phone.put(&world, &second), &second);
    // And so is how often it asks; the times to come back differ.
    let small = other.any_envelope(1);
    let answers: Vec<_> = (0..40).map(|_| other.put(&world, &small)).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!((15..40).contains(&refused.len()), "{} refused", refused.len());
    let times: std::collections::BTreeSet<_> = refused.iter().map(|answer| answer.retry_after_s.unwrap()).collect();
    assert!(times.len() > 5 && times.iter().all(|seconds| (5..125).contains(seconds)));
}
