//! Order stamps: a hybrid logical clock (Kulkarni and others, "Logical Physical Clocks", 2014). It orders; it proves nothing,
//! and consent, erasure, revocation and wipe never look at it.

use wayside_model::DeviceId;

/// A stamp further ahead of the reader's clock than this is clamped in the order and shown as doubtful: 24 hours.
pub const FUTURE_LIMIT_MS: i64 = 24 * 3_600_000;

/// One stamp. Stamps of different devices never compare equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Milliseconds, as the device's clock or what it has seen said.
    pub ms: i64,
    /// Counts within a millisecond.
    pub counter: u16,
    /// Whose.
    pub device: DeviceId,
}

impl Stamp {
    /// The next stamp of `device`, after `last` (the highest it has made or seen) whatever its clock says.
    pub fn after(last: Option<Self>, now_ms: i64, device: DeviceId) -> Self {
        match last {
            Some(last) if last.ms >= now_ms => match last.counter.checked_add(1) {
                Some(counter) => Self { ms: last.ms, counter, device },
                None => Self { ms: last.ms.saturating_add(1), counter: 0, device },
            },
            _ => Self { ms: now_ms, counter: 0, device },
        }
    }

    /// The stamp as it counts for the order where the reader's clock says `now_ms`, and whether it was clamped.
    pub const fn clamped(self, now_ms: i64) -> (Self, bool) {
        let limit = now_ms.saturating_add(FUTURE_LIMIT_MS);
        if self.ms > limit { (Self { ms: limit, ..self }, true) } else { (self, false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);

    #[test]
    fn a_stamp_rises_though_the_clock_falls() {
        let first = Stamp::after(None, 1_000, DEVICE);
        let mut last = first;
        for now in [1_000, 5, -9_000_000_000, 1_001, 7] {
            let next = Stamp::after(Some(last), now, DEVICE);
            assert!(next > last, "{next:?} after {last:?}");
            last = next;
        }
        let full = Stamp { ms: 9, counter: u16::MAX, device: DEVICE };
        assert!(Stamp::after(Some(full), 0, DEVICE) > full);
        let far = Stamp { ms: 10 * FUTURE_LIMIT_MS, counter: 0, device: DEVICE };
        assert_eq!(far.clamped(0), (Stamp { ms: FUTURE_LIMIT_MS, ..far }, true));
        assert_eq!(first.clamped(1_000), (first, false));
    }
}
