//! An order to wipe, from two people at a real desk over a real relay to a real phone: what HQ has afterwards, and what does
//! not become an order.

use wayside_field::{ErrorCode, FieldError};

use crate::device::Device;
use crate::hq::Hq;
use crate::phone_sync::record;
use crate::scenario::{Link, With};

fn code(refused: Result<(), FieldError>) -> Option<ErrorCode> {
    refused.err().map(|error| error.code)
}

#[test]
fn a_wiped_phone_still_sends_everything_and_hq_verifies_it() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    (0..3).for_each(|_| record(&mut device));
    let id = device.id().unwrap();
    hq.wipe(&id, 2).unwrap();
    // Whoever has a lost phone does not unlock it: the app's background work is enough.
    device.vault.lock();
    assert!(device.is_present());
    device.sync_locked(Link::Relay).unwrap();
    assert!(!device.is_present());
    assert_eq!(code(device.open(With::Right)), Some(ErrorCode::VaultMissing));
    for name in ["slots", "slots.bak", "keyring"] {
        assert!(!device.directory.join(name).exists(), "{name}");
    }
    device.sweep().unwrap();
    assert!(!device.directory.join("vault.db").exists());
    hq.desk(&["pull"]).unwrap();
    let records = hq.desk(&["list"]).unwrap();
    let records = records.as_array().unwrap();
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record["state"] == "verified"), "{records:#?}");
}

/// A call goes on in an app whose background work brings the order.
#[test]
fn an_open_vault_ends_when_the_background_brings_the_order() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    hq.wipe(&device.id().unwrap(), 2).unwrap();
    device.sync_locked(Link::Relay).unwrap();
    assert_eq!(device.vault.drafts().err().map(|error| error.code), Some(ErrorCode::VaultLocked));
    assert_eq!(code(device.vault.apply_received()), Some(ErrorCode::VaultWipedByOrder));
}

/// A revoked phone may not send any more, and still hears what HQ says.
#[test]
fn a_revoked_phone_is_wiped_too() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    let id = device.id().unwrap();
    hq.desk(&["lost", &id]).unwrap();
    hq.wipe(&id, 2).unwrap();
    device.vault.lock();
    device.sync_locked(Link::Relay).unwrap();
    assert!(!device.is_present());
}

#[test]
fn less_than_two_active_officers_wipe_nothing() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    let id = device.id().unwrap();
    hq.wipe(&id, 1).unwrap();
    let file = hq.secret_file();
    let sign = |name: &str| {
        hq.desk_with(&["wipe", "approve", &id, "--order", "1", "--as", name, "--slot-pin-file"], &file).unwrap_err()
    };
    assert!(sign("ko-1").contains("desk.same_person"), "one person is not two");
    hq.desk(&["people", "end", "ko-2"]).unwrap();
    assert!(sign("ko-2").contains("desk.locked"), "who went signs nothing");
    assert_eq!(hq.desk(&["directory", "show"]).unwrap()["officers"], serde_json::json!(["ko-1"]));
    device.sync(Link::Relay).unwrap();
    assert!(device.is_present());
    // Another officer comes, with a new version of the directory, and the order counts.
    hq.desk_with(&["people", "add", "ko-3", "--role", "key-officer", "--kdf", "floor", "--slot-pin-file"], &file)
        .unwrap();
    let sent =
        hq.desk_with(&["wipe", "approve", &id, "--order", "1", "--as", "ko-3", "--slot-pin-file"], &file).unwrap();
    assert_eq!(sent["sent"], true);
    assert_eq!(code(device.sync(Link::Relay)), Some(ErrorCode::VaultWipedByOrder));
    assert!(!device.is_present());
}
