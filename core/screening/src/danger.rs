//! The clocks of urgent medical help. Both run from the event, not from the talk.
//!
//! Source: WHO, clinical management of sexual violence: prevention of HIV within 72 hours, emergency contraception within 120.

use wayside_model::Timestamp;

const HOUR: i64 = 3_600_000;

/// What is left of the time in which help is of most use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// Until when emergency prevention of HIV can begin (72 hours).
    pub hiv_prevention_until: Timestamp,
    /// Until when emergency contraception can be given (120 hours).
    pub contraception_until: Timestamp,
}

impl Clocks {
    /// Clocks of an event so many hours before `now`. Where the hours are not known, both are due at once.
    pub const fn start(hours_ago: Option<u16>, now: Timestamp) -> Self {
        let Some(hours) = hours_ago else { return Self { hiv_prevention_until: now, contraception_until: now } };
        let event = now.plus_millis(-(hours as i64) * HOUR);
        Self { hiv_prevention_until: event.plus_millis(72 * HOUR), contraception_until: event.plus_millis(120 * HOUR) }
    }
    /// Whole minutes left of each; 0 when it is over. Over never means that a doctor is of no use.
    pub fn minutes_left(self, now: Timestamp) -> (u32, u32) {
        let left = |until: Timestamp| u32::try_from((until.as_millis() - now.as_millis()) / 60_000).unwrap_or(0);
        (left(self.hiv_prevention_until), left(self.contraception_until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_clocks_run_from_the_event() {
        let now = Timestamp::from_millis(1_000_000_000_000);
        let clocks = Clocks::start(Some(70), now);
        assert_eq!(clocks.minutes_left(now), (120, 50 * 60));
        assert_eq!(clocks.minutes_left(now.plus_millis(3 * HOUR)), (0, 47 * 60));
        assert_eq!(Clocks::start(None, now).minutes_left(now), (0, 0), "go at once");
    }
}
