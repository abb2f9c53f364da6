//! What must not be printed.

use std::fmt;

use zeroize::Zeroize;

/// Marks values that may stand in a log line: numbers, our own enums, ids of our own, lengths. Never what a person said.
pub trait LogSafe {}

impl LogSafe for u32 {}
impl LogSafe for u64 {}
impl LogSafe for i64 {}
impl LogSafe for usize {}
impl LogSafe for bool {}
impl LogSafe for crate::ErrorCode {}

/// Holds a secret or something a person said. Has no `Display`, its `Debug` shows nothing, and it is wiped when dropped.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sensitive<T: Zeroize>(T);

impl<T: Zeroize> Sensitive<T> {
    /// Takes the value in.
    pub const fn new(value: T) -> Self {
        Self(value)
    }
    /// Looks at the value. The name is long on purpose: every use should be found by a search.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Sensitive<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹sensitive›")
    }
}

impl<T: Zeroize> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nothing() {
        assert_eq!(format!("{:?}", Sensitive::new("a name".to_owned())), "‹sensitive›");
    }
}
