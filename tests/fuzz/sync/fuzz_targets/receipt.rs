#![no_main]
use libfuzzer_sys::fuzz_target;
use wayside_model::DeviceId;
use wayside_seal::{Key, Receipt};

fuzz_target!(|bytes: &[u8]| {
    let (key, other) = (Key::from_bytes([1; 32]), Key::from_bytes([2; 32]));
    assert!(Receipt::verify(bytes, &key).is_err());
    let _ = Receipt::peek(bytes);
    let items: Vec<_> = bytes.chunks(3).zip(1..).map(|(chunk, n)| (n * 3 + u64::from(chunk[0] % 3), [chunk[0]; 32])).collect();
    let receipt = Receipt { device: DeviceId::from_bytes([9; 16]), epoch: 5, items };
    if let Ok(made) = receipt.make(&key) {
        assert_eq!(Receipt::verify(&made, &key), Ok(receipt.clone()));
        assert!(Receipt::verify(&made, &other).is_err());
        assert_eq!(Receipt::read_within_entry(&made), Ok(receipt));
    }
});
