//! Bundles at the desk: what a stick brings counts as what the relay brings, and what goes back is the signed log itself.

use crate::phone::Phone;
use crate::{World, now, records};
use wayside_desk::DeskError;
use wayside_seal::bundle::{self, BundleHead, Piece};
use wayside_seal::{ControlEntry, ControlKind, Receipt, SigningKey, epoch};

fn written(phone: &Phone, items: &[Vec<u8>]) -> Vec<u8> {
    let head = BundleHead { tenant: bundle::tenant(&phone.directory.root), id: [1; 16] };
    let piece = |bytes: &Vec<u8>| Piece::Item { device: phone.id, bytes: bytes.clone() };
    bundle::write(&head, &items.iter().map(piece).collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_bundle_counts_once_whatever_its_order_and_its_receipts_go_back_in_one() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let (one, two) = (phone.seal(&records::adult(&[], 30)), phone.seal(&records::adult(&["EX1"], 20)));
    let whole = written(&phone, &[phone.checkpoint(), two, phone.header.clone(), one]);
    let part = world.desk.import_bundle(&whole[..whole.len() / 2], now()).unwrap();
    assert!(!part.complete && part.records == 0);
    let rest = world.desk.import_bundle(&whole, now()).unwrap();
    assert_eq!((rest.complete, rest.items + part.items, rest.known, rest.records), (true, 4, part.items, 2));
    assert_eq!(rest.devices, [phone.id]);
    let again = world.desk.import_bundle(&whole, now()).unwrap();
    assert_eq!((again.items, again.known, again.records), (0, 4, 0));

    let back = bundle::read(&world.desk.export_bundle(&[phone.id]).unwrap()).unwrap();
    let mut receipted = Vec::new();
    for (place, piece) in (1..).zip(&back.pieces) {
        let Piece::Order { device, counter, bytes } = piece else { panic!("only entries go back") };
        let entry = ControlEntry::verify(bytes, &phone.directory.desk, phone.id).unwrap();
        assert_eq!((*device, *counter, entry.counter), (phone.id, place, place));
        if let ControlKind::Receipt(bytes) = entry.kind {
            receipted.extend(Receipt::verify(&bytes, &phone.receipt_key).unwrap().items);
        }
    }
    assert!(back.complete);
    assert_eq!(receipted, phone.made);
    // The relay gets the same entries with the next pull, not others.
    world.desk.pull(now()).unwrap();
    assert_eq!(phone.receipted(), phone.made);
}

#[test]
fn what_cannot_be_verified_is_refused_by_code() {
    let world = World::new();
    let phone = world.confirmed_phone("w-17");
    let stranger = SigningKey::generate().unwrap();
    let foreign = BundleHead { tenant: bundle::tenant(&stranger.public()), id: [1; 16] };
    let foreign = bundle::write(&foreign, &[]).unwrap();
    assert!(matches!(world.desk.import_bundle(&foreign, now()), Err(DeskError::ForeignBundle)));
    assert!(matches!(world.desk.import_bundle(b"a picture", now()), Err(DeskError::Seal(_))));
    let nobody = Piece::Item { device: [9; 16].into(), bytes: phone.header.clone() };
    let head = BundleHead { tenant: bundle::tenant(&phone.directory.root), id: [1; 16] };
    let done = world.desk.import_bundle(&bundle::write(&head, &[nobody]).unwrap(), now()).unwrap();
    assert_eq!((done.items, done.refused.get("desk.unknown_device")), (0, Some(&1)));
}

#[test]
fn a_new_epoch_after_a_restore_is_shown_and_counts_no_gap() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    phone.upload(&[records::adult(&[], 30)]);
    world.desk.pull(now()).unwrap();
    assert_eq!(world.device(phone.id).restores, 0);
    let (before, made) = (phone.receipt_key.clone(), phone.made.clone());
    let started = epoch::start(phone.id, epoch::next_number(1).unwrap(), &phone.directory, &phone.sign).unwrap();
    (phone.header, phone.chain, phone.receipt_key) = (started.header, started.chain, started.receipt_key);
    phone.upload(&[records::adult(&["EX1"], 20)]);
    let report = world.desk.pull(now()).unwrap();
    assert!(report.records == 1 && report.gaps.is_empty() && report.problems.is_empty());
    assert_eq!((world.device(phone.id).restores, world.device(phone.id).records), (1, 2));
    let by = |key| -> usize {
        let receipts = phone.control().into_iter().filter_map(|kind| match kind {
            ControlKind::Receipt(bytes) => Receipt::verify(&bytes, key).ok(),
            _ => None,
        });
        receipts.map(|receipt| receipt.items.len()).sum()
    };
    assert_eq!((by(&before), by(&phone.receipt_key), made.len()), (1, 1, 1), "each under its own epoch's key");
}
