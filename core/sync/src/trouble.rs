//! Tells a sick relay from a sick item. While the relay is down everything waits, in order. An item that keeps failing while
//! others pass gets waits of its own and holds nobody up; it is tried again for ever.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::Timestamp;

use crate::backoff::{Backoff, Jitter, LONGEST_WAIT_MS, LONGEST_WAIT_URGENT_MS, with_wish};
use crate::choice::Subject;
use crate::planted::{self, Fault};
use crate::{ReplyError, SyncClass};

/// After so many failures in a row the next in line is tried once, to see whether it is the relay or the item.
const FAILURES_BEFORE_ANOTHER: usize = 3;
/// So often must others have passed while it failed, before an item is held to be the cause.
const STRIKES: u32 = 2;

/// A wait that survives a clock set back or forward: it never lasts longer than it was meant to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait {
    set_at: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) class: SyncClass,
}

impl Wait {
    pub(crate) fn new(now: Timestamp, millis: i64, class: SyncClass) -> Self {
        Self { set_at: now, until: now.plus_millis(millis), class }
    }

    /// Shortens the wait to `cap_ms` from its start, and says whether it still lasts.
    pub(crate) fn lasts(&mut self, now: Timestamp, cap_ms: i64) -> bool {
        if now < self.set_at {
            let rest = self.until.as_millis().saturating_sub(self.set_at.as_millis());
            *self = Self::new(now, rest, self.class);
        }
        self.until = self.until.min(self.set_at.plus_millis(cap_ms));
        now < self.until
    }
}

#[derive(Default)]
struct Suspect {
    strikes: u32,
    backoff: Backoff,
    wait: Option<Wait>,
}

/// What is known of failures so far.
#[derive(Default)]
pub(crate) struct Troubles {
    /// Failed since the last success, whose fault ever it is.
    run: BTreeSet<Subject>,
    run_length: usize,
    suspects: BTreeMap<Subject, Suspect>,
}

impl Troubles {
    /// Notes a failure. `true`: everything waits. `false`: only this subject waits.
    pub(crate) fn failed(&mut self, subject: Subject, failure: Failed, now: Timestamp, jitter: &mut Jitter) -> bool {
        if planted::is(Fault::PoisonBlocks) {
            return true;
        }
        if let Some(suspect) = self.suspects.get_mut(&subject)
            && suspect.strikes >= STRIKES
        {
            suspect.put_off(failure, now, jitter);
            return false;
        }
        if subject != Subject::Health {
            self.run.insert(subject);
            self.run_length += 1;
        }
        true
    }

    /// Notes that the relay answered `subject` as it should: whatever failed since the last success is now suspect.
    pub(crate) fn succeeded(&mut self, subject: Subject, now: Timestamp, jitter: &mut Jitter) {
        self.suspects.remove(&subject);
        self.run_length = 0;
        for other in std::mem::take(&mut self.run) {
            if other != subject {
                let suspect = self.suspects.entry(other).or_default();
                suspect.strikes += 1;
                if suspect.strikes >= STRIKES {
                    let failure = Failed { class: SyncClass::Transient, retry_after_s: None, urgent: true };
                    suspect.put_off(failure, now, jitter);
                }
            }
        }
    }

    /// Which of those that are ready is next: the first; now and then one that has not failed yet, or, where all have, the
    /// next in turn.
    pub(crate) fn turn(&self, ready: &[Subject]) -> usize {
        if planted::is(Fault::PoisonBlocks)
            || self.run_length == 0
            || !self.run_length.is_multiple_of(FAILURES_BEFORE_ANOTHER)
        {
            return 0;
        }
        let in_turn = (self.run_length / FAILURES_BEFORE_ANOTHER).checked_rem(ready.len()).unwrap_or(0);
        ready.iter().position(|subject| !self.run.contains(subject)).unwrap_or(in_turn)
    }

    /// The wait of this subject alone, while it lasts.
    pub(crate) fn own_wait(&mut self, subject: Subject, now: Timestamp) -> Option<Wait> {
        let suspect = self.suspects.get_mut(&subject)?;
        let mut wait = suspect.wait?;
        let lasts = wait.lasts(now, LONGEST_WAIT_MS);
        suspect.wait = lasts.then_some(wait);
        suspect.wait
    }

    /// Ends all waits; what is suspect stays so.
    pub(crate) fn wake(&mut self) {
        for suspect in self.suspects.values_mut() {
            suspect.wait = None;
            suspect.backoff.reset();
        }
    }
}

/// One failure as it counts here.
#[derive(Clone, Copy)]
pub(crate) struct Failed {
    pub(crate) class: SyncClass,
    pub(crate) retry_after_s: Option<u32>,
    pub(crate) urgent: bool,
}

impl Failed {
    /// How a reply counts; `None` where it does not (the caller cancelled).
    pub(crate) fn of(error: ReplyError, urgent: bool) -> Option<Self> {
        let (class, retry_after_s) = match error {
            ReplyError::Impostor => (SyncClass::Impostor, None),
            ReplyError::Transient { retry_after_s } => (SyncClass::Transient, retry_after_s),
            ReplyError::Refused(_) => (SyncClass::Transient, None),
            ReplyError::Integrity => (SyncClass::Integrity, None),
            ReplyError::NoPath => (SyncClass::NoPath, None),
            ReplyError::Timeout => (SyncClass::Timeout, None),
            ReplyError::Cancelled => return None,
        };
        Some(Self { class, retry_after_s, urgent })
    }
}

impl Suspect {
    fn put_off(&mut self, failure: Failed, now: Timestamp, jitter: &mut Jitter) {
        let mut wait = with_wish(self.backoff.next(jitter), failure.retry_after_s);
        if failure.urgent {
            wait = wait.min(LONGEST_WAIT_URGENT_MS);
        }
        self.wait = Some(Wait::new(now, wait, failure.class));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_never_grows_when_the_clock_jumps() {
        let at = Timestamp::from_millis;
        let mut wait = Wait::new(at(1_000_000), 10_000, SyncClass::Transient);
        assert!(wait.lasts(at(1_000_001), LONGEST_WAIT_MS));
        assert!(wait.lasts(at(5), LONGEST_WAIT_MS), "set back by a lot");
        assert_eq!(wait.until, at(10_005));
        assert!(!wait.lasts(at(10_005), LONGEST_WAIT_MS));
        let mut long = Wait::new(at(0), LONGEST_WAIT_MS, SyncClass::Transient);
        assert!(long.lasts(at(59_999), LONGEST_WAIT_URGENT_MS));
        assert!(!long.lasts(at(60_000), LONGEST_WAIT_URGENT_MS));
    }

    #[test]
    fn an_item_is_suspect_only_when_others_pass() {
        let (mut troubles, mut jitter) = (Troubles::default(), Jitter::new(1));
        let (bad, good) = (Subject::Item([1; 16]), Subject::Item([2; 16]));
        let now = Timestamp::from_millis(0);
        let failure = Failed { class: SyncClass::Transient, retry_after_s: None, urgent: false };
        for failures in 1..=50 {
            assert!(troubles.failed(bad, failure, now, &mut jitter), "an outage is everybody's");
            assert_eq!(troubles.turn(&[bad, good]), usize::from(failures % 3 == 0));
        }
        troubles.succeeded(good, now, &mut jitter);
        assert!(troubles.own_wait(bad, now).is_none(), "one coincidence proves nothing");
        assert!(troubles.failed(bad, failure, now, &mut jitter));
        troubles.succeeded(good, now, &mut jitter);
        assert!(troubles.own_wait(bad, now).is_some());
        assert!(!troubles.failed(bad, failure, now, &mut jitter), "from now on only it waits");
        troubles.wake();
        assert!(troubles.own_wait(bad, now).is_none());
        troubles.succeeded(bad, now, &mut jitter);
        assert!(troubles.failed(bad, failure, now, &mut jitter), "a success clears it");
    }
}
