#![no_main]
use libfuzzer_sys::fuzz_target;
use wayside_seal::bundle;

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = bundle::read(bytes) else { return };
    let Ok(again) = bundle::write(&read.head, &read.pieces) else { return };
    let Ok(back) = bundle::read(&again) else { panic!("what was written is not read") };
    assert!(back.complete && back.pieces == read.pieces && back.head == read.head);
    for cut in [again.len() / 3, again.len() / 2, again.len().saturating_sub(1)] {
        if let Ok(part) = bundle::read(&again[..cut]) {
            assert!(!part.complete && read.pieces.starts_with(&part.pieces));
        }
    }
});
