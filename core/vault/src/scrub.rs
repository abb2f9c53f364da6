//! Wiping what calls leave on the stack. The crypto library builds its keys there and does not wipe them.

use zeroize::Zeroize;

/// Deeper than any chain of calls of ours that handles a key.
const DEPTH: usize = 32 * 1024;

/// Overwrites the stack below the caller.
#[inline(never)]
pub(crate) fn stack() {
    let mut below = [0_u8; DEPTH];
    below.zeroize();
    std::hint::black_box(&below);
}
