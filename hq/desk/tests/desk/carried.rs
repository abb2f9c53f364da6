//! What one device carries for another counts as if that one had brought it, and both hear that HQ has it.

use wayside_desk::Desk;
use wayside_model::{DeviceId, Event};
use wayside_seal::{ControlEntry, ControlKind};
use wayside_sync::carrier::{Carrier, Taken};

use crate::phone::Phone;
use crate::service::code_of;
use crate::{PASSPHRASE, World, now, records, secret};

/// Receipts for others in a carrier's log: whose, and the entry.
fn told(carrier: &Phone) -> Vec<(DeviceId, Vec<u8>)> {
    let kinds = carrier.control().into_iter();
    kinds
        .filter_map(|kind| if let ControlKind::Carried { device, entry } = kind { Some((device, entry)) } else { None })
        .collect()
}

/// Header, these events, checkpoint, sealed and not sent.
fn sealed(phone: &mut Phone, events: &[Event]) -> Vec<Vec<u8>> {
    let mut items = vec![phone.header.clone()];
    items.extend(events.iter().map(|event| phone.seal(event)));
    items.push(phone.checkpoint());
    items
}

#[test]
fn it_counts_once_the_spoiled_copy_counts_for_nothing_and_the_carrier_is_freed() {
    let world = World::new();
    let (mut owner, carrier, other) =
        (world.confirmed_phone("w-17"), world.confirmed_phone("w-18"), world.confirmed_phone("w-19"));
    let items = sealed(&mut owner, &[records::adult(&["EX1"], 30), records::adult(&[], 20)]);
    let mut spoiled = items[1].clone();
    *spoiled.last_mut().unwrap() ^= 1;
    let heard = world.device(owner.id).heard_at;
    carrier.bring(owner.id, &spoiled);
    world.desk.pull(now()).unwrap();
    assert_eq!((world.desk.records().unwrap().len(), told(&carrier).len(), owner.receipted().len()), (1, 0, 0));
    assert_eq!(world.device(owner.id).heard_at, heard, "nothing was heard of the device itself");
    items.iter().for_each(|item| carrier.bring(owner.id, item));
    other.bring(owner.id, &items[1]);
    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.items, report.records, report.gaps.len()), (4, 2, 0));
    let codes: Vec<_> = report.problems.iter().map(|problem| (problem.device, problem.code.as_str())).collect();
    assert_eq!(codes, [(Some(owner.id), "seal.broken")], "the spoiled copy is shown, and got no receipt");
    assert_eq!(owner.receipted(), owner.made);

    // The carrier hears it in its own log, lets go, and has the entry to carry back.
    let mut held = Carrier::new(1 << 20, 1 << 40);
    items.iter().for_each(|item| assert_eq!(held.take(owner.id, item, now()), Taken::New));
    let heard = told(&carrier);
    assert_eq!(heard.len(), 1);
    let (device, entry) = &heard[0];
    let counter = ControlEntry::verify(entry, &owner.directory.desk, owner.id).unwrap().counter;
    assert_eq!(
        (*device, held.take_entry(*device, counter, entry, &owner.directory.desk, now())),
        (owner.id, Taken::New)
    );
    assert_eq!(held.count(), 0);
    assert!(told(&other) == heard, "and so does whoever brought the same");

    // The owner brings the same itself: nothing is new, nobody is told again.
    items.iter().for_each(|item| assert!(owner.put(item) < 300));
    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.items, report.records), (0, 0));
    assert_eq!((told(&carrier).len(), owner.receipted().len()), (1, 2));
}

#[test]
fn a_receipt_that_was_given_before_frees_who_carried_late() {
    let world = World::new();
    let (mut owner, carrier) = (world.confirmed_phone("w-17"), world.confirmed_phone("w-18"));
    let items = sealed(&mut owner, &[records::adult(&["EX1"], 30)]);
    items.iter().for_each(|item| assert!(owner.put(item) < 300));
    world.desk.pull(now()).unwrap();
    items.iter().for_each(|item| carrier.bring(owner.id, item));
    assert_eq!(world.desk.pull(now()).unwrap().records, 0);
    assert_eq!(told(&carrier).len(), 1);
    // Neither a relay put back nor a second pull says it again.
    world.desk.relay_restored(now()).unwrap();
    world.desk.pull(now()).unwrap();
    assert_eq!((told(&carrier).len(), owner.receipted().len()), (1, 1));
}

#[test]
fn what_is_erased_goes_by_every_name_and_does_not_come_back_with_a_carrier() {
    let world = World::new();
    let (mut owner, carrier, late) =
        (world.confirmed_phone("w-17"), world.confirmed_phone("w-18"), world.confirmed_phone("w-19"));
    let record = records::adult(&["EX1"], 30);
    let items = sealed(&mut owner, std::slice::from_ref(&record));
    items.iter().for_each(|item| carrier.bring(owner.id, item));
    world.desk.pull(now()).unwrap();
    assert_eq!((world.desk.records().unwrap().len(), world.items_at_the_relay()), (1, 3));
    world.desk.erase(&code_of(record.case), now()).unwrap();
    assert_eq!((world.desk.records().unwrap().len(), world.items_at_the_relay()), (0, 2));
    // The same carrier, another, and the owner itself bring it once more.
    carrier.bring(owner.id, &items[1]);
    assert_eq!(world.items_at_the_relay(), 2, "the relay remembers");
    late.bring(owner.id, &items[1]);
    assert!(owner.put(&items[1]) < 300);
    assert_eq!(world.items_at_the_relay(), 4, "these it had not seen");
    world.desk.pull(now()).unwrap();
    assert_eq!((world.desk.records().unwrap().len(), world.items_at_the_relay()), (0, 2));
}

/// A desk put back from a copy says what it said since from the relay's log, and nothing twice.
#[test]
fn a_restored_desk_tells_a_carrier_once() {
    let world = World::new();
    let (mut owner, carrier) = (world.confirmed_phone("w-17"), world.confirmed_phone("w-18"));
    let (dir, copy) = (world.folder.path().join("desk"), world.folder.path().join("copy"));
    world.desk.backup(&dir, &copy, now()).unwrap();
    let items = sealed(&mut owner, &[records::adult(&["EX1"], 30)]);
    items.iter().for_each(|item| carrier.bring(owner.id, item));
    world.desk.pull(now()).unwrap();
    let heard = told(&carrier);
    assert_eq!(heard.len(), 1);
    std::fs::remove_dir_all(&dir).unwrap();
    let restored = Desk::restore(&dir, &copy, &secret(PASSPHRASE), now()).unwrap();
    restored.desk.pull(now()).unwrap();
    assert_eq!(restored.desk.records().unwrap().len(), 1);
    assert!(told(&carrier) == heard && owner.receipted() == owner.made);
}
