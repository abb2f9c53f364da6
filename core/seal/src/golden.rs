//! Frozen samples: the bytes of each format, made from fixed seeds. A difference means that the format changed.

use wayside_model::{CaseId, Timestamp};

use crate::content::{Content, ContentKind, Terms};
use crate::fixtures::{
    DEVICE, NOW, certificate, control, desk, device_key, device_public, device_seal, directory,
    directory_with_officers, envelopes, event, plain, receipt, record, recovery, request, root, started, team,
};
use crate::minimum::Minimum;
use crate::one_shot::OneShot;
use crate::packed::{Packing, sample as packed_sample};
use crate::testing::{counting, hex, unhex};
use crate::{
    Chain, Checkpoint, ControlEntry, ControlKind, DeviceCertificate, Directory, EnrolmentRecord, EnrolmentRequest,
    EpochSecret, Key, Receipt, WipeOrder, aead, bundle, sha256,
};

macro_rules! sample {
    ($name:literal) => {
        unhex(include_str!(concat!("../tests/golden/", $name, ".hex")))
    };
}

/// The made bytes have to be the frozen ones; the message holds what was made, in hexadecimal.
fn same(name: &str, made: &[u8], frozen: &[u8]) {
    assert!(made == frozen, "{name} changed. It is now:\n{}", hex(made));
}

#[test]
fn epoch_header_and_what_comes_of_it() {
    let frozen = sample!("epoch-header");
    same("epoch-header", &started().header, &frozen);
    same("chain", &started().chain.to_bytes(), &sample!("chain"));
    same("receipt-key", started().receipt_key.expose(), &sample!("receipt-key"));
    for key in [team(), recovery()] {
        let secret = EpochSecret::unwrap(&frozen, &key, &device_public()).unwrap();
        assert_eq!(secret.chain().to_bytes().as_slice(), sample!("chain"));
    }
}

#[test]
fn envelope() {
    let (frozen, header) = (sample!("envelope"), sample!("epoch-header"));
    let (sealed, chain) = envelopes(2);
    same("envelope", &sealed[1].bytes, &frozen);
    same("chain-after-two", &chain.to_bytes(), &sample!("chain-after-two"));
    let secret = EpochSecret::unwrap(&header, &team(), &device_public()).unwrap();
    let (read, opened) = secret.open(&frozen).unwrap();
    assert_eq!((read.id, opened.as_slice()), (*event(2).as_bytes(), plain(2).as_bytes()));
}

#[test]
fn checkpoint() {
    let frozen = sample!("checkpoint");
    let chain = Chain::from_bytes(&sample!("chain-after-two")).unwrap();
    let made = Checkpoint::make_from(&mut counting(0x40), &chain, &device_key()).unwrap();
    same("checkpoint", &made, &frozen);
    let read = Checkpoint::verify(&frozen, DEVICE, &device_public()).unwrap();
    assert_eq!((read.upto_seq, &read.head), (2, chain.head()));
}

#[test]
fn receipt_of_hq() {
    let frozen = sample!("receipt");
    let key = Key::from_bytes(sample!("receipt-key").try_into().unwrap());
    same("receipt", &receipt().make(&key).unwrap(), &frozen);
    assert_eq!(Receipt::verify(&frozen, &key), Ok(receipt()));
}

#[test]
fn control_entries() {
    let frozen = sample!("control-revoked");
    same("control-revoked", &control(ControlKind::Revoked).sign(&desk()).unwrap(), &frozen);
    assert!(ControlEntry::verify(&frozen, &desk().public(), DEVICE).unwrap() == control(ControlKind::Revoked));
    let frozen = sample!("control-receipt");
    let receipt = control(ControlKind::Receipt(sample!("receipt")));
    same("control-receipt", &receipt.sign(&desk()).unwrap(), &frozen);
    assert!(ControlEntry::verify(&frozen, &desk().public(), DEVICE).unwrap() == receipt);
}

#[test]
fn directory_of_the_root() {
    let frozen = sample!("directory");
    same("directory", &directory().sign(&root()).unwrap(), &frozen);
    let fingerprint = root().public().fingerprint();
    assert!(Directory::verify(&frozen, &fingerprint, NOW, None).unwrap() == directory());
    // Directories name officers since: the older form goes on being read.
    let frozen = sample!("directory-officers");
    same("directory-officers", &directory_with_officers().sign(&root()).unwrap(), &frozen);
    assert!(Directory::verify(&frozen, &fingerprint, NOW, Some(300)).unwrap() == directory_with_officers());
}

#[test]
fn device_certificate() {
    let frozen = sample!("certificate");
    same("certificate", &certificate().sign(&desk()).unwrap(), &frozen);
    assert!(DeviceCertificate::verify(&frozen, &desk().public()).unwrap() == certificate());
}

#[test]
fn enrolment_request() {
    let frozen = sample!("request");
    same("request", &request().to_bytes(&device_key()).unwrap(), &frozen);
    assert!(EnrolmentRequest::verify(&frozen).unwrap() == request());
    assert_eq!(request().comparison_words(), "hihop-pusap-ravob-gopah");
}

#[test]
fn enrolment_record() {
    let frozen = include_str!("../tests/golden/enrolment-record.txt");
    assert_eq!(record().to_text(), frozen.trim_end());
    let read = EnrolmentRecord::parse(frozen).unwrap();
    assert!(read == record());
    assert_eq!(read.expires, Timestamp::from_millis(1_790_000_900_000));
}

#[test]
fn bytes_sealed_under_a_key() {
    let (frozen, key) = (sample!("aead"), Key::from_bytes(sha256(b"a key")));
    same("aead", &aead::seal_from(&mut counting(0), &key, b"place", b"synthetic words").unwrap(), &frozen);
    assert_eq!(aead::open(&key, b"place", &frozen).unwrap().as_slice(), b"synthetic words");
}

#[test]
fn wipe_order() {
    let frozen = sample!("wipe");
    let order = WipeOrder { device: DEVICE, number: 3, expires: NOW, everything: false };
    same("wipe", &order.sign([&desk(), &root()]).unwrap(), &frozen);
    let keys = [desk().public(), root().public()];
    assert_eq!(WipeOrder::verify(&frozen, &keys, DEVICE, NOW.plus_millis(-1), 2), Ok(order));
}

#[test]
fn one_shot_to_a_service() {
    let frozen = sample!("one-shot");
    let head = OneShot { id: event(1), device: DEVICE, consent: [7; 32] };
    let (service, text) = (team().public().unwrap(), plain(1));
    same("one-shot", &head.seal_from(&mut counting(0), &service, text.as_bytes(), &device_key()).unwrap(), &frozen);
    let (read, opened) = OneShot::open(&frozen, &team(), &device_public()).unwrap();
    assert_eq!((read, opened.as_slice()), (head, text.as_bytes()));
}

#[test]
fn minimum_for_a_device() {
    let frozen = sample!("minimum");
    let task = Minimum::FollowUp { case: CaseId::from_bytes([8; 16]), task: "visit".to_owned(), due: NOW };
    let key = device_seal().public().unwrap();
    same("minimum", &task.seal_from(&mut counting(0), DEVICE, &key).unwrap(), &frozen);
    assert!(Minimum::open(&frozen, DEVICE, &device_seal()).unwrap() == task);
}

#[test]
fn bundle_of_items() {
    let frozen = sample!("bundle");
    let piece = |bytes: Vec<u8>| bundle::Piece::Item { device: DEVICE, bytes };
    let pieces = [piece(sample!("epoch-header")), piece(sample!("envelope")), piece(sample!("checkpoint"))];
    let head = bundle::BundleHead { tenant: bundle::tenant(&root().public()), id: [5; 16] };
    same("bundle", &bundle::write(&head, &pieces).unwrap(), &frozen);
    let read = bundle::read(&frozen).unwrap();
    assert!(read.complete && read.pieces == pieces);
}

/// The texts are PPMd and the rest zstd: another version of these libraries has to read what this one wrote.
#[test]
fn transfer_forms() {
    let event = packed_sample::event();
    let layouts = [packed_sample::layout()];
    let packing = Packing { layouts: &layouts, dictionary: b"wants shelter tonight", worker: "W-1", site: "S-1" };
    let packed = sample!("packed");
    same("packed", &packing.pack(&event).unwrap(), &packed);
    assert!(packing.unpack(&packed, event.id).unwrap() == event);
    // What zstd writes may change from version to version; only reading is frozen.
    let unknown = Packing { layouts: &[], ..packing };
    let plain = packing.unpack(&sample!("packed-plain"), event.id);
    assert!(plain.ok().as_ref() == Some(&event), "packed-plain; now: {}", hex(&unknown.pack(&event).unwrap()));
    let (held, sent) = (b"the version held, one line", b"the version sent, one line");
    let made = Content::pack(ContentKind::Services, "s", "2", sent, Some(held)).unwrap();
    let read = Content::from_bytes(&sample!("content")).and_then(|content| content.unpack(Some(held)));
    assert!(read.is_ok_and(|read| read == sent), "content; now: {}", hex(&made.to_bytes()));
    let made = Content::pack(ContentKind::Form, "f", "1", sent, None).map(|made| made.with_terms(Some(vec![1, 2, 3])));
    let read = Content::from_bytes(&sample!("content-terms")).unwrap();
    let now = made.map(|made| hex(&made.to_bytes()));
    assert!(
        read.terms == Some(Terms(vec![1, 2, 3])) && read.unpack(None).unwrap() == sent,
        "content-terms; now: {now:?}"
    );
}
