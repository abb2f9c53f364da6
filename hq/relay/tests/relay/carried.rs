//! Items that another device carries: they stand in nobody's way, and count for who brings them.

use wayside_model::DeviceId;
use wayside_relay::{Limits, RelayConfig, serve};
use wayside_sync::wire::{self, PartAt};
use wayside_sync::{Method, Response, read};

use crate::client::{Client, World, expect_refused, expect_stored};
use crate::phone::Phone;

fn name(item: &[u8]) -> [u8; 16] {
    wire::carried_id(&wayside_seal::sha256(item))
}

/// As the desk names it when it has it deleted.
fn kept_as(carrier: &Phone, item: &[u8]) -> [u8; 16] {
    wire::carried_name(carrier.device, &name(item))
}

fn bring(world: &World, carrier: &Phone, owner: DeviceId, item: &[u8]) -> Response {
    world.client.send(Method::Put, &wire::carried(owner, &name(item)), item, Some(&carrier.bearer()))
}

#[test]
fn a_carrier_takes_nobodys_place() {
    let world = World::new();
    let (mut owner, carrier, other) = (Phone::enrolled(&world), Phone::enrolled(&world), Phone::enrolled(&world));
    let own = owner.any_envelope(1);
    let mut spoiled = own.clone();
    *spoiled.last_mut().unwrap() ^= 1;
    // The spoiled copy comes first, from a carrier; the true one from another, then from the device itself.
    expect_stored(&bring(&world, &carrier, owner.device, &spoiled), &spoiled);
    assert_eq!(bring(&world, &other, owner.device, &own).status, 201);
    assert_eq!(bring(&world, &other, owner.device, &own).status, 200, "there already");
    assert_eq!(bring(&world, &carrier, owner.device, &own).status, 201, "each brings its own");
    expect_stored(&owner.put(&world, &own), &own);
    assert_eq!(owner.put(&world, &own).status, 200);
    let of = |item: &Vec<u8>, carrier: Option<DeviceId>| (item.clone(), owner.device, carrier);
    let held: Vec<_> = world.items().into_iter().map(|item| (item.bytes, item.device, item.carrier)).collect();
    let [first, second] = [&carrier, &other].map(|phone| Some(phone.device));
    assert!(held == [of(&spoiled, first), of(&own, second), of(&own, first), of(&own, None)]);
    // Deleted, it stays away.
    assert_eq!(world.delete(owner.device, &kept_as(&carrier, &own)), 200);
    assert_eq!(bring(&world, &carrier, owner.device, &own).status, 200);
    assert_eq!(world.items().len(), 3);
}

#[test]
fn only_under_its_own_hash_for_a_known_device_by_one_that_may_upload() {
    let world = World::new();
    let (mut owner, carrier) = (Phone::enrolled(&world), Phone::enrolled(&world));
    let item = owner.any_envelope(1);
    let own_id = wayside_seal::item::id(&item).unwrap();
    let put = |path: &str, body: &[u8]| world.client.send(Method::Put, path, body, Some(&carrier.bearer()));
    expect_refused(&put(&wire::carried(owner.device, &own_id), &item), 400, "sync.refused");
    expect_refused(&put(&wire::carried(owner.device, &name(b"no item")), b"no item"), 400, "sync.refused");
    expect_refused(&bring(&world, &carrier, DeviceId::from_bytes([9; 16]), &item), 404, "relay.not_found");
    expect_refused(&bring(&world, &carrier, carrier.device, &item), 400, "sync.refused");
    let path = wire::carried(owner.device, &name(&item));
    expect_refused(&world.client.send(Method::Put, &path, &item, None), 401, "sync.credential");
    assert!(world.items().is_empty());
    // Of what the owner brought itself nothing is told.
    expect_stored(&owner.put(&world, &item), &item);
    let ask = world.client.send(Method::Get, &wire::carried_parts(owner.device, &own_id), b"", Some(&carrier.bearer()));
    assert_eq!(read::<PartAt>(&ask).unwrap().offset, 0);
    // A device that HQ revoked carries nothing; what it sealed before may still be carried.
    world.desk(Method::Post, &wire::desk_revoke(carrier.device), b"");
    expect_refused(&bring(&world, &carrier, owner.device, &item), 403, "sync.credential");
    world.desk(Method::Post, &wire::desk_revoke(owner.device), b"");
    let third = Phone::enrolled(&world);
    expect_stored(&bring(&world, &third, owner.device, &item), &item);
}

#[test]
fn a_large_one_comes_in_parts() {
    let mut world = World::new();
    let (mut owner, carrier) = (Phone::enrolled(&world), Phone::enrolled(&world));
    let item = owner.large_envelope(200_000);
    let at = |to: usize| PartAt { offset: to as u64, sha256: wayside_seal::sha256(&item[..to]) };
    let put = |world: &World, from: usize, to: usize| {
        let path = wire::carried_part(owner.device, &name(&item), from as u64, item.len() as u64);
        read::<PartAt>(&world.client.send(Method::Put, &path, &item[from..to], Some(&carrier.bearer())))
    };
    let probe = |world: &World| {
        let path = wire::carried_parts(owner.device, &name(&item));
        read::<PartAt>(&world.client.send(Method::Get, &path, b"", Some(&carrier.bearer())))
    };
    assert_eq!(put(&world, 0, 90_000), Ok(at(90_000)));
    world.restart();
    assert_eq!(probe(&world), Ok(at(90_000)));
    assert_eq!(put(&world, 90_000, item.len()), Ok(at(item.len())));
    assert_eq!(probe(&world), Ok(at(item.len())));
    let held = world.items();
    assert!(held.len() == 1 && held[0].bytes == item && held[0].carrier == Some(carrier.device));
    // The same bytes from the owner: two names, one blob, which stays as long as one of them does.
    let blobs = || std::fs::read_dir(world.dir.path().join("blobs/items")).unwrap().count();
    expect_stored(&owner.put(&world, &item), &item);
    assert_eq!((world.items().len(), blobs()), (2, 1));
    world.delete(owner.device, &kept_as(&carrier, &item));
    assert_eq!((world.items().len(), blobs()), (1, 1));
    world.delete(owner.device, &wayside_seal::item::id(&item).unwrap());
    assert_eq!((world.items().len(), blobs()), (0, 0));
}

#[test]
fn what_one_device_carries_is_limited_and_takes_no_room_of_its_own() {
    let mut world = World::new();
    world.relay.take().unwrap().shutdown().unwrap();
    let config = RelayConfig::new(world.dir.path().to_owned(), "127.0.0.1:0".parse().unwrap());
    let limits = Limits { device_bytes: 5_000, carried_bytes: 5_000, ..Limits::default() };
    let relay = serve(&RelayConfig { limits, ..config }).unwrap();
    world.client = Client::new(relay.address());
    world.relay = Some(relay);
    let (mut owner, mut carrier) = (Phone::enrolled(&world), Phone::enrolled(&world));
    let (first, second) = (owner.large_envelope(4_000), owner.large_envelope(4_000));
    expect_stored(&bring(&world, &carrier, owner.device, &first), &first);
    expect_refused(&bring(&world, &carrier, owner.device, &second), 413, "carry.full");
    let own = carrier.large_envelope(4_000);
    expect_stored(&carrier.put(&world, &own), &own);
    expect_stored(&owner.put(&world, &second), &second);
    assert_eq!(world.delete(owner.device, &kept_as(&carrier, &first)), 200);
    expect_stored(&bring(&world, &carrier, owner.device, &second), &second);
}
