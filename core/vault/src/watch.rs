//! Notices that the vault was wiped by somebody else: another handle of this process, at once, or another process, in time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::layout::Layout;

/// For how long a look at the disk holds: a look costs a point read a tenth of its time.
const HOLDS: Duration = Duration::from_millis(20);

/// Wipes of this process whose mark is set.
static MARKED: AtomicU64 = AtomicU64::new(0);

/// To be called when the mark of a wipe is on the disk.
pub(crate) fn note_mark() {
    MARKED.fetch_add(1, Ordering::SeqCst);
}

/// One handle's look at the mark.
pub(crate) struct Watch {
    since: Instant,
    /// Nanoseconds after `since` until which the last look holds; 0 for none.
    holds_until: AtomicU64,
    /// [`MARKED`] before the last look.
    marked: AtomicU64,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), holds_until: AtomicU64::new(0), marked: AtomicU64::new(0) }
    }

    /// Whether a wipe was begun. One of another process may be seen 20 ms late.
    pub(crate) fn is_wiped(&self, home: &Layout) -> bool {
        let marked = MARKED.load(Ordering::SeqCst);
        let now = self.since.elapsed();
        let holds_until = Duration::from_nanos(self.holds_until.load(Ordering::SeqCst));
        if now < holds_until && marked == self.marked.load(Ordering::SeqCst) {
            return false;
        }
        let is_wiped = home.unfinished_mark().exists();
        if !is_wiped {
            let until = u64::try_from((now + HOLDS).as_nanos()).unwrap_or(0);
            self.marked.store(marked, Ordering::SeqCst);
            self.holds_until.store(until, Ordering::SeqCst);
        }
        is_wiped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_this_process_is_seen_at_once_and_one_of_another_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let (home, watch) = (Layout::new(folder.path()), Watch::new());
        assert!(!watch.is_wiped(&home));
        // As another process does: nobody here is told.
        std::fs::write(home.unfinished_mark(), [0; 16]).unwrap();
        let start = Instant::now();
        while !watch.is_wiped(&home) {
            assert!(start.elapsed() < Duration::from_secs(10));
        }
        std::fs::remove_file(home.unfinished_mark()).unwrap();
        for _ in 0..100 {
            assert!(!watch.is_wiped(&home));
            std::fs::write(home.unfinished_mark(), [0; 16]).unwrap();
            note_mark();
            assert!(watch.is_wiped(&home));
            std::fs::remove_file(home.unfinished_mark()).unwrap();
        }
    }
}
