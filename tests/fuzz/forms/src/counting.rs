//! An allocator that counts what the current thread holds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator with counters.
pub struct Counting;

fn count(bytes: isize) {
    // While a thread ends its counters may be gone; what it frees then is of no interest.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
    if bytes > 0 {
        let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
    }
}

// SAFETY: every call is handed on to the system's allocator unchanged; counting touches thread-local numbers only and never
// allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(place, layout) }
    }
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both are there while it is copied.
        count(size as isize);
        let moved = unsafe { System.realloc(place, layout, size) };
        count(-(layout.size() as isize));
        moved
    }
}

/// What some work took.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// Milliseconds this thread ran, where the system tells; else of the clock.
    pub millis: f64,
    /// Bytes held at most, beyond what was held before.
    pub peak: usize,
    /// Allocations.
    pub calls: u64,
}

/// Does `work` and weighs it.
pub fn weigh<T>(work: impl FnOnce() -> T) -> (T, Weight) {
    let (held, calls, started) = (HELD.get(), CALLS.get(), running());
    PEAK.set(held);
    let done = work();
    let weight = Weight {
        millis: running() - started,
        peak: usize::try_from(PEAK.get() - held).unwrap_or(0),
        calls: CALLS.get() - calls,
    };
    (done, weight)
}

fn running() -> f64 {
    let of_thread = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = of_thread.and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| std::time::UNIX_EPOCH.elapsed().map_or(0.0, |time| time.as_secs_f64() * 1e3), |n| n / 1e6)
}
