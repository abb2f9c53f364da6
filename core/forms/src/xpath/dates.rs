//! Dates and moments as text, in ISO 8601 as ODK stores them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike};

use crate::xpath::value::When;

pub(crate) const DAY_MS: i64 = 86_400_000;

/// Where and when the device is. The host tells; the core has no clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub(crate) now: i64,
    /// Minutes east of UTC.
    pub(crate) offset_minutes: i32,
}

fn epoch() -> NaiveDate {
    DateTime::UNIX_EPOCH.date_naive()
}

/// The day, where chrono's calendar (years of ±262,000) has it.
pub(crate) fn day(days: i64) -> Option<NaiveDate> {
    epoch().checked_add_signed(chrono::TimeDelta::try_days(days)?)
}

fn days_of(date: NaiveDate) -> i64 {
    date.signed_duration_since(epoch()).num_days()
}

/// `YYYY-MM-DD`; one digit for month or day is accepted, as in forms written by hand.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let (year, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, most: usize| {
        let plain = !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
        if plain { part.parse::<u32>().ok() } else { None }
    };
    let year = if year.len() == 4 { digits(year, 4)? } else { return None };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(month, 2)?, digits(rest, 2)?).map(days_of)
}

/// `HH:MM[:SS[.fff]][Z|±HH[:MM]]`: milliseconds of the day and the offset in minutes, where there is one.
pub(crate) fn parse_time(text: &str) -> Option<(i64, Option<i32>)> {
    let zone = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone);
    let mut parts = clock.splitn(3, ':');
    let number = |part: &str| if part.len() == 2 { part.parse::<u32>().ok() } else { None };
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let (second, millis) = match parts.next() {
        None => (0, 0),
        Some(part) => {
            let (second, fraction) = part.split_once('.').unwrap_or((part, "0"));
            let three: String = fraction.chars().chain("00".chars()).take(3).collect();
            if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            (number(second)?, three.parse().ok()?)
        }
    };
    let time = NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?;
    let of_day = i64::from(time.num_seconds_from_midnight()) * 1000 + i64::from(time.nanosecond() / 1_000_000);
    Some((of_day, parse_zone(zone)?))
}

fn parse_zone(zone: &str) -> Option<Option<i32>> {
    let (sign, rest) = match zone.as_bytes().first() {
        None => return Some(None),
        Some(b'Z') => return if zone.len() == 1 { Some(Some(0)) } else { None },
        Some(b'-') => (-1, &zone[1..]),
        Some(_) => (1, &zone[1..]),
    };
    if !rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') {
        return None;
    }
    let (hours, minutes) = rest.split_once(':').unwrap_or_else(|| rest.split_at(rest.len().min(2)));
    let hours: i32 = hours.parse().ok().filter(|hours| *hours <= 14)?;
    let minutes: i32 = if minutes.is_empty() { 0 } else { minutes.parse().ok().filter(|minutes| *minutes < 60)? };
    Some(Some(sign * (hours * 60 + minutes)))
}

impl Clock {
    /// A date, or a date with `T` and a time; without an offset it is local.
    pub(crate) fn parse(&self, text: &str) -> Option<When> {
        let Some((date, time)) = text.split_once('T') else { return parse_date(text).map(When::Day) };
        let (of_day, offset) = parse_time(time)?;
        let offset = offset.unwrap_or(self.offset_minutes);
        Some(When::Moment(parse_date(date)? * DAY_MS + of_day - i64::from(offset) * 60_000))
    }

    /// Midnight of a day as a moment, here.
    pub(crate) fn moment(&self, when: When) -> i64 {
        match when {
            When::Moment(millis) => millis,
            When::Day(days) => days.saturating_mul(DAY_MS).saturating_sub(i64::from(self.offset_minutes) * 60_000),
        }
    }

    fn local(&self, millis: i64) -> i64 {
        millis.saturating_add(i64::from(self.offset_minutes) * 60_000)
    }

    /// The day a moment falls on here.
    pub(crate) fn day_of(&self, when: When) -> i64 {
        match when {
            When::Day(days) => days,
            When::Moment(millis) => self.local(millis).div_euclid(DAY_MS),
        }
    }

    /// Milliseconds since local midnight.
    pub(crate) fn time_of(&self, when: When) -> i64 {
        match when {
            When::Day(_) => 0,
            When::Moment(millis) => self.local(millis).rem_euclid(DAY_MS),
        }
    }

    pub(crate) fn write(&self, when: When) -> String {
        let date = write_date(self.day_of(when));
        match when {
            When::Day(_) => date,
            When::Moment(_) => format!("{date}T{}", self.write_time(when)),
        }
    }

    pub(crate) fn write_time(&self, when: When) -> String {
        let of_day = self.time_of(when);
        let (seconds, millis) = (of_day / 1000, of_day % 1000);
        let (sign, offset) =
            if self.offset_minutes < 0 { ('-', -self.offset_minutes) } else { ('+', self.offset_minutes) };
        format!(
            "{:02}:{:02}:{:02}.{millis:03}{sign}{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            offset / 60,
            offset % 60
        )
    }
}

/// `YYYY-MM-DD`; blank for a day beyond the calendar.
pub(crate) fn write_date(days: i64) -> String {
    day(days).map_or_else(String::new, |date| format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_and_written() {
        let clock = Clock { now: 0, offset_minutes: -420 };
        for text in ["2024-02-29", "2012-08-08T06:07:08.123-07:00", "1969-12-31T17:00:00.000-07:00"] {
            assert_eq!(clock.write(clock.parse(text).unwrap()), text);
        }
        assert_eq!(clock.parse("1970-01-01T00:00:00Z"), Some(When::Moment(0)));
        assert_eq!(clock.parse("1970-01-01"), Some(When::Day(0)));
        for bad in
            ["2024-02-30", "24-01-01", "2024-01", "2024-01-01x", "2024-01-01T25:00", "2024-01-01T10:00+15:00", "T"]
        {
            assert_eq!(clock.parse(bad), None, "{bad}");
        }
    }
}
