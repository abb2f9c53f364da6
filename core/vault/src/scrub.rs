//! Wiping what calls leave on the stack. The crypto library builds its keys there and does not wipe them.

/// Deeper than any chain of calls of ours that handles a key.
const DEPTH: usize = 32 * 1024;

/// Overwrites the stack below the caller. Every call to the vault pays for it, so it is one fill and not a write for each
/// byte; that the optimiser leaves it alone is seen by the search for keys after a lock.
#[inline(never)]
pub(crate) fn stack() {
    let below = [0_u8; DEPTH];
    std::hint::black_box(&below);
}
