//! What the tests of several modules share.

use crate::SealError;

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    assert!(digits.len().is_multiple_of(2));
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Randomness for frozen vectors: 0, 1, 2, … beginning at `from`.
pub(crate) fn counting(from: u8) -> impl FnMut(&mut [u8]) -> Result<(), SealError> {
    let mut next = from;
    move |bytes| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_add(1);
        }
        Ok(())
    }
}

/// Every single-bit flip, every cut from the end and one byte more: `refused` has to say so of each.
pub(crate) fn every_flip_and_cut_is_refused(bytes: &[u8], refused: impl Fn(&[u8]) -> bool) {
    assert!(!refused(bytes), "the untouched bytes have to be accepted, or the rest shows nothing");
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(refused(&changed), "bit {bit} of {} flipped and accepted", bytes.len() * 8);
    }
    for length in 0..bytes.len() {
        assert!(refused(&bytes[..length]), "cut to {length} of {} and accepted", bytes.len());
    }
    assert!(refused(&[bytes, &[0]].concat()), "a byte more and accepted");
}
