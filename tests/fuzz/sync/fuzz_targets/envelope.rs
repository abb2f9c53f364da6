#![no_main]
use libfuzzer_sys::fuzz_target;
use wayside_model::DeviceId;
use wayside_seal::hpke::PrivateKey;
use wayside_seal::item::{self, Header};
use wayside_seal::one_shot::OneShot;
use wayside_seal::{Chain, Checkpoint, EpochSecret, SigningKey};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = Header::read(bytes) {
        assert_eq!(item::id(bytes), Ok(header.id));
    }
    let Ok(key) = SigningKey::from_seed([3; 32]) else { return };
    let team = PrivateKey::from_bytes([4; 32]);
    assert!(EpochSecret::unwrap(bytes, &team, &key.public()).is_err());
    assert!(Checkpoint::verify(bytes, DeviceId::from_bytes([1; 16]), &key.public()).is_err());
    let _ = OneShot::peek(bytes);
    assert!(OneShot::open(bytes, &team, &key.public()).is_err());
    if let Ok(chain) = Chain::from_bytes(bytes) {
        assert_eq!(chain.to_bytes().as_slice(), bytes);
    }
});
