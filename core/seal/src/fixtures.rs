//! One organisation, one device, one epoch, all from fixed seeds, for the tests.

use wayside_model::{DeviceId, EventId, Timestamp};

use crate::directory::{Directory, Officer, OfficerRole, Recipient, Role};
use crate::hpke::PrivateKey;
use crate::{
    Chain, ControlEntry, ControlKind, DeviceCertificate, EnrolmentRecord, EnrolmentRequest, EpochSecret, Receipt,
    SealedEnvelope, SigningKey, StartedEpoch, VerifyingKey, epoch, sha256, testing,
};

pub(crate) const DEVICE: DeviceId = DeviceId::from_bytes(*b"device 123456789");
pub(crate) const EPOCH: u32 = 7;
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

pub(crate) fn root() -> SigningKey {
    SigningKey::from_seed([1; 32]).unwrap()
}
pub(crate) fn desk() -> SigningKey {
    SigningKey::from_seed([2; 32]).unwrap()
}
pub(crate) fn device_key() -> SigningKey {
    SigningKey::from_seed([3; 32]).unwrap()
}
pub(crate) fn device_public() -> VerifyingKey {
    device_key().public()
}
pub(crate) fn team() -> PrivateKey {
    PrivateKey::from_bytes([4; 32])
}
pub(crate) fn recovery() -> PrivateKey {
    PrivateKey::from_bytes([5; 32])
}
pub(crate) fn device_seal() -> PrivateKey {
    PrivateKey::from_bytes([6; 32])
}
pub(crate) fn stranger() -> PrivateKey {
    PrivateKey::from_bytes([99; 32])
}

pub(crate) fn directory() -> Directory {
    let recipient = |role, key: PrivateKey| Recipient { role, key: key.public().unwrap() };
    Directory {
        org: "Example Aid".to_owned(),
        version: 300,
        issued: NOW.plus_millis(-1000),
        expires: NOW.plus_millis(1000),
        root: root().public(),
        desk: desk().public(),
        recipients: vec![recipient(Role::CaseTeam, team()), recipient(Role::Recovery, recovery())],
        officers: Vec::new(),
    }
}

pub(crate) fn officer(number: u8) -> SigningKey {
    SigningKey::from_seed([40 + number; 32]).unwrap()
}

/// The same, with two who may order a wipe; the first comes and goes before the second.
pub(crate) fn directory_with_officers() -> Directory {
    let from = |number, since, until| Officer {
        role: OfficerRole::KeyOfficer,
        key: officer(number).public(),
        not_before: NOW.plus_millis(since),
        not_after: NOW.plus_millis(until),
    };
    Directory { version: 301, officers: vec![from(1, -500, 500), from(2, -400, 900)], ..directory() }
}

pub(crate) fn started() -> StartedEpoch {
    epoch::start_from(&mut testing::counting(0), DEVICE, EPOCH, &directory(), &device_key()).unwrap()
}

pub(crate) fn secret() -> EpochSecret {
    EpochSecret::unwrap(&started().header, &team(), &device_public()).unwrap()
}

pub(crate) fn event(number: u8) -> EventId {
    EventId::from_bytes([number; 16])
}

/// The first `count` envelopes of the epoch, each holding its own number in words, and the chain after them.
pub(crate) fn envelopes(count: u8) -> (Vec<SealedEnvelope>, Chain) {
    let mut chain = started().chain;
    let mut sealed = Vec::new();
    for number in 1..=count {
        let envelope = chain.seal(event(number), 1, plain(number).as_bytes()).unwrap();
        chain = envelope.next.clone();
        sealed.push(envelope);
    }
    (sealed, chain)
}

pub(crate) fn plain(number: u8) -> String {
    format!("synthetic record {number}")
}

pub(crate) fn receipt() -> Receipt {
    Receipt { device: DEVICE, epoch: EPOCH, items: vec![(1, [11; 32]), (2, [12; 32]), (200, [13; 32])] }
}

pub(crate) fn certificate() -> DeviceCertificate {
    DeviceCertificate {
        device: DEVICE,
        sign: device_public(),
        seal: device_seal().public().unwrap(),
        role: "screener".to_owned(),
        site: "S-01".to_owned(),
        worker: "W-17".to_owned(),
        not_before: NOW.plus_millis(-5),
        not_after: NOW.plus_millis(5),
    }
}

pub(crate) fn request() -> EnrolmentRequest {
    EnrolmentRequest {
        device: DEVICE,
        token: [21; 16],
        sign: device_public(),
        seal: device_seal().public().unwrap(),
        upload_token_hash: sha256(b"an upload token"),
        at: NOW,
    }
}

pub(crate) fn record() -> EnrolmentRecord {
    EnrolmentRecord {
        relay: "http://127.0.0.1:8080".to_owned(),
        org: "Example Aid".to_owned(),
        root_fingerprint: root().public().fingerprint(),
        token: [21; 16],
        expires: NOW.plus_millis(crate::enrol::LIFETIME_MS),
    }
}

pub(crate) fn control(kind: ControlKind) -> ControlEntry {
    ControlEntry { device: DEVICE, counter: 5, kind, at: None }
}
