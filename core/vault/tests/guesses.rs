//! Wiping by guesses. A process of its own, because it moves the boot clock of the whole process.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(dead_code, reason = "shared with the other tests")]

use wayside_model::DeviceId;
use wayside_seal::{Key, StretchParams};
use wayside_vault::inspect::advance_boot_clock;
use wayside_vault::outbox::{Outbox, OutboxConfig};
use wayside_vault::{Vault, VaultError, VaultOptions};

use common::{Place, SECRET, secret};

#[path = "vault/common.rs"]
mod common;

const HOUR: u64 = 60 * 60 * 1000;

#[test]
fn too_many_guesses_wipe_the_vault_and_leave_the_outbox() {
    let (place, options) = (Place::new(), VaultOptions::new(StretchParams::FLOOR));
    drop(
        Vault::create_with(
            place.path(),
            &secret(SECRET),
            &place.keys,
            VaultOptions { wipe_after: Some(10), ..options },
        )
        .unwrap(),
    );
    let config = OutboxConfig {
        relay: String::new(),
        device: DeviceId::from_bytes([1; 16]),
        upload_token: Key::from_bytes([1; 32]),
    };
    let mut outbox = Outbox::create(place.path(), config).unwrap();
    outbox.add_control(1, b"something").unwrap();
    for guess in 1..10 {
        assert_eq!(place.open_with("000000").err(), Some(VaultError::WrongSecret), "{guess}");
        advance_boot_clock(HOUR);
    }
    assert_eq!(place.open_with("000000").err(), Some(VaultError::Wiped));
    assert_eq!(place.open().err(), Some(VaultError::Missing));
    assert_eq!(place.keys.aliases(), 0);
    assert_eq!(Outbox::open(place.path()).unwrap().control_position().unwrap(), 1);
    for bad in [0, 9, 31] {
        let place = Place::new();
        let bad = VaultOptions { wipe_after: Some(bad), ..options };
        assert_eq!(Vault::create_with(place.path(), &secret(SECRET), &place.keys, bad).err(), Some(VaultError::Bug));
    }
}
