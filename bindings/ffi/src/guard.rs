//! The border for panics. A panic's words may hold anything, so they are dropped and only the code `bug` goes on.
use crate::error::FieldError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once};
use wayside_field::ErrorCode;

static QUIET: Once = Once::new();

/// Runs a call; a panic in it comes out as `bug`.
pub(crate) fn guard<T>(call: impl FnOnce() -> Result<T, FieldError>) -> Result<T, FieldError> {
    // The standard hook would print the words to a log of the system. The hook is this library's own: a shared library
    // carries its own copy of the standard library. Not in our tests, where a red test must say why.
    QUIET.call_once(|| {
        if !cfg!(test) {
            std::panic::set_hook(Box::new(|_| ()));
        }
    });
    // What a call leaves half-done is behind a `Guarded`, which answers nothing afterwards.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(FieldError::of(ErrorCode::Bug)))
}

/// As `guard`, for calls that cannot fail.
pub(crate) fn guard_or<T>(otherwise: T, call: impl FnOnce() -> T) -> T {
    guard(|| Ok(call())).unwrap_or(otherwise)
}

/// A value that one call at a time may change. After a panic in a call nobody knows what it holds: every later call
/// answers `bug`, and the host opens or resumes anew from what is durable.
pub(crate) struct Guarded<T>(Mutex<T>);

impl<T> Guarded<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn call<R>(&self, call: impl FnOnce(&mut T) -> Result<R, FieldError>) -> Result<R, FieldError> {
        guard(|| call(&mut *self.hold()?))
    }

    fn hold(&self) -> Result<MutexGuard<'_, T>, FieldError> {
        self.0.lock().map_err(|_| FieldError::of(ErrorCode::Bug))
    }
}

/// As `Guarded`, for a value that is shared between calls.
pub(crate) struct Shared<T> {
    value: T,
    failed: AtomicBool,
}

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value, failed: AtomicBool::new(false) }
    }

    pub(crate) fn call<R>(&self, call: impl FnOnce(&T) -> Result<R, FieldError>) -> Result<R, FieldError> {
        if self.failed.load(Ordering::SeqCst) {
            return Err(FieldError::of(ErrorCode::Bug));
        }
        let mut ended = false;
        let result = guard(|| {
            let result = call(&self.value);
            ended = true;
            result
        });
        if !ended {
            self.failed.store(true, Ordering::SeqCst);
        }
        result
    }

    /// Also after a panic: what must always be possible, such as locking.
    pub(crate) fn always(&self, call: impl FnOnce(&T)) {
        guard_or((), || call(&self.value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<u32, FieldError>) -> String {
        let Err(FieldError::Failed { code, .. }) = result else { return "none".into() };
        code
    }

    #[test]
    fn a_panic_is_a_bug_without_its_words() {
        let error = guard::<()>(|| panic!("Amina, +251 911 000000")).unwrap_err();
        assert_eq!(error, FieldError::of(ErrorCode::Bug));
        assert!(!format!("{error} {error:?}").contains("Amina"));
        assert_eq!(guard_or(7, || panic!("words")), 7);
    }

    #[test]
    fn what_a_panic_left_half_done_is_not_used_again() {
        let guarded = Guarded::new(1);
        assert_eq!(guarded.call(|n| Ok(*n)), Ok(1));
        assert_eq!(code(guarded.call(|_| panic!("words"))), "bug");
        assert_eq!(code(guarded.call(|n| Ok(*n))), "bug");
        let shared = Shared::new(1);
        assert_eq!(code(shared.call(|_| Err(FieldError::of(ErrorCode::Cancelled)))), "cancelled");
        assert_eq!(shared.call(|n| Ok(*n)), Ok(1));
        assert_eq!(code(shared.call(|_| panic!("words"))), "bug");
        assert_eq!(code(shared.call(|n| Ok(*n))), "bug");
        let mut locked = false;
        shared.always(|_| locked = true);
        assert!(locked);
    }
}
