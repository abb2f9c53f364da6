//! A fast hash for numbers the engine made itself and for texts whose collisions cost no more than a scan.

use std::hash::{BuildHasherDefault, Hasher};

/// For maps keyed by the engine's own numbers. Never for keys that come from a file: somebody could choose them to collide.
pub(crate) type Mixed = BuildHasherDefault<Mix>;

/// Words multiplied by the golden ratio's odd part (Knuth, TAOCP 3, 6.4), with a rotation so that their order counts.
#[derive(Default, Clone, Copy)]
pub(crate) struct Mix(u64);

impl Mix {
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let (chunks, rest) = bytes.as_chunks::<8>();
        chunks.iter().for_each(|chunk| self.word(u64::from_le_bytes(*chunk)));
        self.word(rest.iter().fold(bytes.len() as u64, |word, byte| (word << 8) | u64::from(*byte)));
    }
    fn write_u32(&mut self, number: u32) {
        self.word(u64::from(number));
    }
    fn write_u8(&mut self, number: u8) {
        self.word(u64::from(number));
    }
    fn write_usize(&mut self, number: usize) {
        self.word(number as u64);
    }
    /// The upper bits of the product are the mixed ones; maps look at the lower.
    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }
}
