//! A panic on demand, so that the tests of every language can see it come out as `bug`. It is there only with debug
//! assertions: what ships is a release build, and `cargo xtask size` looks there for these words in vain.

/// Panics if a test says these words in place of a language. The panic has words too, as one in the core might.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "this is what it is for")]
pub(crate) fn panic_if_asked(words: &str) {
    if words == "planted panic in the core" {
        panic!("Amina, +251 911 000000");
    }
}

/// What ships does not know the words.
#[cfg(not(debug_assertions))]
pub(crate) const fn panic_if_asked(_: &str) {}
