//! Back-off: decorrelated jitter (M. Brooker, "Exponential Backoff And Jitter", 2015), and the small generator it draws from.

/// Shortest wait after a failure, in milliseconds (sync design 3.7).
pub const SHORTEST_WAIT_MS: i64 = 2_000;
/// Longest wait, in milliseconds: 15 minutes. There is no last attempt.
pub const LONGEST_WAIT_MS: i64 = 15 * 60 * 1000;
/// Longest wait while an urgent (P0) item is unsent, in milliseconds.
pub const LONGEST_WAIT_URGENT_MS: i64 = 60_000;

/// SplitMix64 (Steele, Lea, Flood, 2014). Spreads devices over time; no secret depends on it.
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.saturating_sub(low).unsigned_abs().saturating_add(1);
        low.saturating_add_unsigned(self.next() % width)
    }
}

/// Waits that grow from failure to failure.
#[derive(Default, Clone, Copy)]
pub(crate) struct Backoff {
    last: Option<i64>,
}

impl Backoff {
    /// The next wait in milliseconds: between the shortest and three times the last one.
    pub(crate) fn next(&mut self, jitter: &mut Jitter) -> i64 {
        let last = self.last.unwrap_or(SHORTEST_WAIT_MS);
        let wait = jitter.between(SHORTEST_WAIT_MS, last.saturating_mul(3).min(LONGEST_WAIT_MS));
        self.last = Some(wait);
        wait
    }

    pub(crate) fn reset(&mut self) {
        self.last = None;
    }
}

/// The longer of our wait and the server's wish, inside our limits: a stranger's `Retry-After` of a year changes nothing.
pub(crate) fn with_wish(wait_ms: i64, retry_after_s: Option<u32>) -> i64 {
    let wish = retry_after_s.map_or(0, |seconds| i64::from(seconds) * 1000);
    wait_ms.max(wish).clamp(SHORTEST_WAIT_MS, LONGEST_WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_within_their_limits_and_differ_between_devices() {
        let mut firsts = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let (mut jitter, mut backoff, mut longest) = (Jitter::new(seed), Backoff::default(), 0);
            for step in 0..200 {
                let wait = backoff.next(&mut jitter);
                assert!((SHORTEST_WAIT_MS..=LONGEST_WAIT_MS).contains(&wait));
                longest = longest.max(wait);
                if step == 0 {
                    assert!(wait <= 3 * SHORTEST_WAIT_MS);
                    firsts.insert(wait);
                }
            }
            assert!(longest > LONGEST_WAIT_MS / 4, "waits stay short: {longest}");
            backoff.reset();
            assert!(backoff.next(&mut jitter) <= 3 * SHORTEST_WAIT_MS);
        }
        assert!(firsts.len() > 150, "200 devices come back at {} moments", firsts.len());
    }

    #[test]
    fn a_wish_is_heard_within_limits() {
        assert_eq!(with_wish(3_000, Some(10)), 10_000);
        assert_eq!(with_wish(3_000, Some(1)), 3_000);
        assert_eq!(with_wish(3_000, Some(u32::MAX)), LONGEST_WAIT_MS);
    }
}
