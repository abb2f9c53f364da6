//! What a device sees.

use std::collections::BTreeSet;

use wayside_model::Timestamp;
use wayside_seal::random;
use wayside_sync::wire::{self, Health};
use wayside_sync::{Method, read};

use crate::client::{World, expect_refused, expect_stored};
use crate::phone::{Phone, path};

const LATER: Timestamp = Timestamp::from_millis(i64::MAX);

#[test]
fn enrolled_once_and_the_lost_answer_may_be_asked_for_again() {
    let mut world = World::new();
    let (token, phone, thief) = (random::bytes().unwrap(), Phone::new(), Phone::new());
    let post = |world: &World, body: &[u8]| world.client.send(Method::Post, wire::ENROLMENTS, body, None);
    let request = phone.request(&token);
    expect_refused(&post(&world, &request), 404, "enrol.unknown");
    world.ticket(&token, LATER);
    assert_eq!(post(&world, &request).status, 201);
    let again = post(&world, &request);
    expect_stored(&again, &request);
    assert_eq!(again.status, 200);
    expect_refused(&post(&world, &thief.request(&token)), 409, "enrol.used");
    world.restart();
    expect_refused(&post(&world, &thief.request(&token)), 409, "enrol.used");
    // A second token does not let another take over the device's id.
    let second = random::bytes().unwrap();
    world.ticket(&second, LATER);
    expect_refused(&post(&world, &phone.request(&second)), 409, "sync.conflict");
    let mut changed = request;
    let last = changed.len() - 1;
    changed[last] ^= 1;
    expect_refused(&post(&world, &changed), 400, "enrol.malformed");
    expect_refused(&post(&world, b"<html>"), 400, "enrol.malformed");
}

#[test]
fn an_expired_record_enrols_nobody() {
    let world = World::new();
    let (token, phone) = (random::bytes().unwrap(), Phone::new());
    world.ticket(&token, Timestamp::from_millis(1_000_000_000_000));
    let request = phone.request(&token);
    expect_refused(&world.client.send(Method::Post, wire::ENROLMENTS, &request, None), 410, "enrol.expired");
    expect_refused(&phone.put(&world, &phone.header), 401, "sync.credential");
}

#[test]
fn put_twice_is_once_and_other_bytes_never_overwrite() {
    let mut world = World::new();
    let (mut one, mut two) = (Phone::enrolled(&world), Phone::enrolled(&world));
    let id = random::id().unwrap();
    let (item, other, theirs) = (one.envelope(id, 1), one.envelope(id, 1), two.envelope(id, 1));
    let first = one.put(&world, &item);
    expect_stored(&first, &item);
    let again = one.put(&world, &item);
    expect_stored(&again, &item);
    assert_eq!((first.status, again.status), (201, 200));
    expect_refused(&one.put(&world, &other), 409, "sync.conflict");
    world.restart();
    expect_refused(&one.put(&world, &other), 409, "sync.conflict");
    // Another device that learned the id stands in nobody's way.
    assert_eq!(two.put(&world, &theirs).status, 201);
    assert_eq!(one.put(&world, &item).status, 200);
    let held = world.items();
    assert_eq!(held.len(), 2);
    assert!(held[0].bytes == item && held[0].device == one.device);
    assert!(held[1].bytes == theirs && held[1].device == two.device);
}

#[test]
fn many_at_once_are_each_kept_once() {
    let world = World::new();
    let mut phone = Phone::enrolled(&world);
    let items: Vec<_> = (0..40).map(|_| phone.any_envelope(1)).collect();
    std::thread::scope(|scope| {
        for shift in 0..8 {
            let (world, phone, items) = (&world, &phone, &items);
            scope.spawn(move || {
                for n in 0..items.len() {
                    let item = &items[(n + shift * 5) % items.len()];
                    expect_stored(&phone.put(world, item), item);
                }
            });
        }
    });
    let held: Vec<_> = world.items().into_iter().map(|item| item.bytes).collect();
    assert_eq!(held.len(), items.len());
    assert_eq!(held.into_iter().collect::<BTreeSet<_>>(), items.into_iter().collect());
}

#[test]
fn what_is_no_item_is_refused() {
    let world = World::new();
    let mut phone = Phone::enrolled(&world);
    let item = phone.any_envelope(1);
    let bearer = phone.bearer();
    let put = |path: &str, body: &[u8]| world.client.send(Method::Put, path, body, Some(&bearer));
    expect_refused(&put(&wire::item(&[1; 16]), &item), 400, "sync.refused");
    expect_refused(&put(&path(&item), &item[..item.len() - 1]), 400, "sync.refused");
    expect_refused(&put(&path(&item), b""), 400, "sync.refused");
    expect_refused(&put("/v1/items/xyz", &item), 404, "relay.not_found");
    expect_refused(&put(&path(&item), &vec![0x12; wire::MAX_BODY_BYTES + 1]), 413, "sync.refused");
    // Beyond reason the line may be cut; the relay goes on.
    let _ = world.client.try_send(Method::Put, &path(&item), &vec![0; 24 * wire::MAX_BODY_BYTES], Some(&bearer));
    let health = world.client.send(Method::Get, wire::HEALTH, b"", None);
    assert_eq!(read::<Health>(&health).unwrap().version, 1);
    expect_refused(&world.client.send(Method::Get, "/", b"", None), 404, "relay.not_found");
    expect_refused(&world.client.send(Method::Post, wire::HEALTH, b"", None), 404, "relay.not_found");
    assert_eq!(world.items().len(), 0);
}

#[test]
fn a_wrong_token_gets_nothing() {
    let world = World::new();
    let mut phone = Phone::enrolled(&world);
    let item = phone.any_envelope(1);
    let wrong =
        [None, Some(String::new()), Some("00".repeat(32)), Some(world.desk_token.clone()), Some("zz".repeat(32))];
    for bearer in wrong {
        let bearer = bearer.as_deref();
        expect_refused(&world.client.send(Method::Put, &path(&item), &item, bearer), 401, "sync.credential");
        expect_refused(&world.client.send(Method::Get, &wire::control(0), b"", bearer), 401, "sync.credential");
    }
    // A stranger's large body is not kept in memory, and its sender still learns why.
    let large = vec![0; 3 * wire::MAX_BODY_BYTES];
    expect_refused(&world.client.send(Method::Put, &path(&item), &large, None), 401, "sync.credential");
    assert_eq!(world.items().len(), 0);
    expect_stored(&phone.put(&world, &item), &item);
}
