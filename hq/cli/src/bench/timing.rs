//! CPU and wall time of a piece of work, and a key store that says when the secret was being stretched.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use wayside_field::{HardwareLevel, KeyStore, KeyStoreError};
use wayside_seal::Key;

/// A moment on both clocks.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    cpu: Duration,
    wall: Instant,
}

impl Now {
    pub(crate) fn take() -> Self {
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        let nanos = u32::try_from(cpu.tv_nsec).unwrap_or(0);
        Self { cpu: Duration::new(cpu.tv_sec.unsigned_abs(), nanos), wall: Instant::now() }
    }

    pub(crate) fn until_now(self) -> Time {
        let now = Self::take();
        self.until(now)
    }

    pub(crate) fn until(self, later: Self) -> Time {
        Time { cpu: later.cpu.saturating_sub(self.cpu), wall: later.wall.duration_since(self.wall) }
    }
}

/// How long something took; the least of several, for others use the machine too.
#[derive(Clone, Copy)]
pub(crate) struct Time {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
}

impl Default for Time {
    fn default() -> Self {
        Self { cpu: Duration::MAX, wall: Duration::MAX }
    }
}

impl Time {
    pub(crate) fn least(&mut self, other: Self) {
        self.cpu = self.cpu.min(other.cpu);
        self.wall = self.wall.min(other.wall);
    }

    pub(crate) fn without(self, part: Self) -> Self {
        Self { cpu: self.cpu.saturating_sub(part.cpu), wall: self.wall.saturating_sub(part.wall) }
    }

    pub(crate) fn cpu_millis(self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0
    }

    pub(crate) fn wall_millis(self) -> f64 {
        self.wall.as_secs_f64() * 1000.0
    }
}

/// Ours and plain SQLite's.
#[derive(Default)]
pub(crate) struct Pair {
    pub(crate) ours: Time,
    pub(crate) plain: Time,
}

impl Pair {
    pub(crate) fn cpu_ratio(&self) -> f64 {
        self.ours.cpu.as_secs_f64() / self.plain.cpu.as_secs_f64()
    }
    pub(crate) fn wall_ratio(&self) -> f64 {
        self.ours.wall.as_secs_f64() / self.plain.wall.as_secs_f64()
    }
}

/// A key store in memory with one answer for each alias. Between the end of its last call before it is asked about a guess
/// and that call, nothing happens but the stretching of the secret.
#[derive(Default)]
pub(crate) struct TimedKeys(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    last: Option<Now>,
    stretched: Option<Time>,
}

impl TimedKeys {
    /// How long the last stretching took.
    pub(crate) fn stretched(&self) -> Option<Time> {
        self.seen(|seen| seen.stretched)
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn done<T>(&self, answer: T) -> Result<T, KeyStoreError> {
        self.seen(|seen| seen.last = Some(Now::take()));
        Ok(answer)
    }
}

impl KeyStore for TimedKeys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::StrongBox
    }
    fn create(&self, _: &str) -> Result<(), KeyStoreError> {
        self.done(())
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        if data.starts_with(b"wayside/unlock/") {
            self.seen(|seen| seen.stretched = seen.last.map(Now::until_now));
        }
        self.done(Key::from_bytes([7; 32]).derive(alias, data).expose().to_vec())
    }
    fn delete(&self, _: &str) -> Result<(), KeyStoreError> {
        self.done(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}
