//! The clock a command runs by, and moments as text.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat};
use wayside_field::{Clock, SetClock, SystemClock};
use wayside_model::Timestamp;

/// A moment given on the command line, with its distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The moment.
    pub(crate) at: Timestamp,
    /// Minutes ahead of UTC.
    pub(crate) offset_minutes: i32,
}

/// Reads RFC 3339, as `2026-06-01T09:30:00+03:00`.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    let read =
        DateTime::parse_from_rfc3339(text).map_err(|_| "not a moment such as 2026-06-01T09:30:00Z".to_owned())?;
    Ok(Moment {
        at: Timestamp::from_millis(read.timestamp_millis()),
        offset_minutes: read.offset().local_minus_utc() / 60,
    })
}

/// The system's clock, or one that was set to `now` and runs on.
pub(crate) fn clock(now: Option<Moment>) -> Arc<dyn Clock> {
    match now {
        Some(moment) => Arc::new(SetClock::starting_at(moment.at, moment.offset_minutes)),
        None => Arc::new(SystemClock),
    }
}

/// The moment the system's clock shows.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// A moment as RFC 3339 in UTC, to the second.
pub(crate) fn text(at: Timestamp) -> String {
    DateTime::from_timestamp_millis(at.as_millis())
        .map_or_else(|| "?".to_owned(), |at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        let read = moment("2026-06-01T09:30:00+03:00").unwrap();
        assert_eq!(read.offset_minutes, 180);
        assert_eq!(text(read.at), "2026-06-01T06:30:00Z");
        assert!(moment("2026-06-01").is_err());
    }
}
