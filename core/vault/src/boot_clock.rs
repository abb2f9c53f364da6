//! Time since the device started, also while it slept. Setting the clock of the device does not move it.

use rustix::time::{ClockId, clock_gettime};

#[cfg(any(target_os = "linux", target_os = "android"))]
const CLOCK: ClockId = ClockId::Boottime;
/// On Apple systems this one goes on while the device sleeps.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const CLOCK: ClockId = ClockId::Monotonic;

/// Milliseconds since the device started.
pub(crate) fn millis() -> u64 {
    let now = clock_gettime(CLOCK);
    let millis = u64::try_from(now.tv_sec).unwrap_or(0) * 1000 + u64::try_from(now.tv_nsec).unwrap_or(0) / 1_000_000;
    #[cfg(feature = "inspect")]
    let millis = millis + AHEAD.load(std::sync::atomic::Ordering::Relaxed);
    millis
}

#[cfg(feature = "inspect")]
static AHEAD: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// For the project's own tests: lets this process believe that so much more time has passed since the device started.
#[cfg(feature = "inspect")]
pub fn advance(millis: u64) {
    AHEAD.fetch_add(millis, std::sync::atomic::Ordering::Relaxed);
}
