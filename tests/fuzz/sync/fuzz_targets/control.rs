#![no_main]
use libfuzzer_sys::fuzz_target;
use wayside_model::{DeviceId, Timestamp};
use wayside_seal::content::Content;
use wayside_seal::hpke::PrivateKey;
use wayside_seal::minimum::Minimum;
use wayside_seal::{ControlEntry, SigningKey, WipeOrder};

fuzz_target!(|bytes: &[u8]| {
    let Ok(desk) = SigningKey::from_seed([2; 32]) else { return };
    let device = DeviceId::from_bytes([1; 16]);
    assert!(ControlEntry::verify(bytes, &desk.public(), device).is_err());
    assert!(WipeOrder::verify(bytes, &[desk.public()], device, Timestamp::from_millis(0), 0).is_err());
    assert!(Minimum::open(bytes, device, &PrivateKey::from_bytes([6; 32])).is_err());
    if let Ok(content) = Content::from_bytes(bytes) {
        let _ = content.unpack(None);
        assert_eq!(content.to_bytes(), bytes);
    }
});
