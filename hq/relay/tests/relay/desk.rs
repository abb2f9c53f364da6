//! What the desk sees.

use wayside_model::DeviceId;
use wayside_sync::wire::{self, ControlPage, EnrolmentPage};
use wayside_sync::{Method, read, read_bytes};

use crate::client::{World, expect_refused, expect_stored};
use crate::phone::Phone;

#[test]
fn only_the_desk_reads_and_orders() {
    let world = World::new();
    let phone = Phone::enrolled(&world);
    let calls = [
        (Method::Put, wire::desk_directory().to_owned()),
        (Method::Post, wire::desk_tokens().to_owned()),
        (Method::Get, wire::desk_enrolments(0)),
        (Method::Get, wire::desk_items(0, 10)),
        (Method::Get, wire::desk_control_log(phone.device, 0)),
        (Method::Put, wire::desk_control(phone.device, 1)),
        (Method::Post, wire::desk_revoke(phone.device)),
    ];
    for (method, path) in calls {
        for bearer in [None, Some(phone.bearer()), Some("00".repeat(32))] {
            expect_refused(&world.client.send(method, &path, b"x", bearer.as_deref()), 401, "relay.credential");
        }
    }
    assert!(world.items().is_empty());
}

#[test]
fn requests_to_enrol_are_read_by_cursor() {
    let world = World::new();
    let first = Phone::enrolled(&world);
    let page = |after| read::<EnrolmentPage>(&world.desk(Method::Get, &wire::desk_enrolments(after), b"")).unwrap();
    let start = page(0);
    assert_eq!((start.enrolments.len(), start.more), (1, false));
    let request = wayside_seal::EnrolmentRequest::verify(&start.enrolments[0].bytes).unwrap();
    assert_eq!(request.device, first.device);
    let cursor = start.enrolments[0].cursor;
    assert!(page(cursor).enrolments.is_empty());
    Phone::enrolled(&world);
    assert_eq!(page(cursor).enrolments.len(), 1);
    for query in ["/v1/desk/enrolments?after=-1", "/v1/desk/items?after=x", "/v1/desk/items?limit=1e9"] {
        expect_refused(&world.desk(Method::Get, query, b""), 400, "sync.refused");
    }
}

#[test]
fn a_control_log_belongs_to_one_device_and_grows_without_gaps() {
    let mut world = World::new();
    let (one, two) = (Phone::enrolled(&world), Phone::enrolled(&world));
    let put = |world: &World, device, counter, body: &[u8]| {
        world.desk(Method::Put, &wire::desk_control(device, counter), body)
    };
    expect_refused(&put(&world, one.device, 2, b"second"), 422, "sync.refused");
    expect_stored(&put(&world, one.device, 1, b"first"), b"first");
    assert_eq!(put(&world, one.device, 1, b"first").status, 200);
    expect_refused(&put(&world, one.device, 1, b"other"), 409, "sync.conflict");
    expect_stored(&put(&world, one.device, 2, b"second"), b"second");
    expect_refused(&put(&world, DeviceId::from_bytes([9; 16]), 1, b"first"), 404, "relay.not_found");
    world.restart();
    let log = |phone: &Phone, after| {
        let page = world.client.send(Method::Get, &wire::control(after), b"", Some(&phone.bearer()));
        let page: ControlPage = read(&page).unwrap();
        page.entries.into_iter().map(|entry| (entry.counter, entry.bytes)).collect::<Vec<_>>()
    };
    assert_eq!(log(&one, 0), [(1, b"first".to_vec()), (2, b"second".to_vec())]);
    assert_eq!(log(&one, 1), [(2, b"second".to_vec())]);
    assert_eq!(log(&one, u64::MAX), []);
    assert_eq!(log(&two, 0), []);
}

#[test]
fn a_revoked_device_may_not_send_and_loses_nothing() {
    let mut world = World::new();
    let (mut phone, mut other) = (Phone::enrolled(&world), Phone::enrolled(&world));
    let (before, after) = (phone.any_envelope(1), phone.any_envelope(1));
    expect_stored(&phone.put(&world, &before), &before);
    expect_stored(&world.desk(Method::Put, &wire::desk_control(phone.device, 1), b"revoked"), b"revoked");
    for _ in 0..2 {
        expect_stored(&world.desk(Method::Post, &wire::desk_revoke(phone.device), b""), b"");
        expect_refused(&phone.put(&world, &after), 403, "sync.credential");
        expect_refused(&phone.put(&world, &before), 403, "sync.credential");
        world.restart();
    }
    // It still reads its orders, and what it sent before is there.
    let page = world.client.send(Method::Get, &wire::control(0), b"", Some(&phone.bearer()));
    assert_eq!(read::<ControlPage>(&page).unwrap().entries.len(), 1);
    assert_eq!(world.items().len(), 1);
    let item = other.any_envelope(1);
    expect_stored(&other.put(&world, &item), &item);
    let nobody = wire::desk_revoke(DeviceId::from_bytes([9; 16]));
    expect_refused(&world.desk(Method::Post, &nobody, b""), 404, "relay.not_found");
}

#[test]
fn everybody_reads_the_directory_the_desk_put_last() {
    let mut world = World::new();
    let get = |world: &World| world.client.send(Method::Get, wire::DIRECTORY, b"", None);
    expect_refused(&get(&world), 404, "relay.not_found");
    for body in [b"signed, version 1", b"signed, version 2"] {
        expect_stored(&world.desk(Method::Put, wire::desk_directory(), body), body);
        assert_eq!(read_bytes(&get(&world)).unwrap(), body);
    }
    world.restart();
    assert_eq!(read_bytes(&get(&world)).unwrap(), b"signed, version 2");
}
