//! Moments and days. The clock itself is the host's.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] i64);

impl Timestamp {
    /// The moment `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }
    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
    /// Later by `millis`; stays at the end of the range instead of wrapping.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
    /// The start of the five minutes it lies in. Records carry only this: an exact time helps to single out a person.
    pub const fn rounded(self) -> Self {
        const FIVE_MINUTES: i64 = 5 * 60 * 1000;
        Self(self.0 - self.0.rem_euclid(FIVE_MINUTES))
    }
    /// The day it falls on, `offset_minutes` east of UTC.
    pub const fn date(self, offset_minutes: i32) -> CivilDate {
        CivilDate::from_days((self.0 + offset_minutes as i64 * 60_000).div_euclid(86_400_000))
    }
}

impl crate::LogSafe for Timestamp {}

/// A day of the (proleptic) Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct CivilDate {
    #[n(0)]
    year: i32,
    #[n(1)]
    month: u8,
    #[n(2)]
    day: u8,
}

impl CivilDate {
    /// The day, where the calendar has it (years -9999 to 9999).
    pub const fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        if year < -9999 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }
    /// Year.
    pub const fn year(self) -> i32 {
        self.year
    }
    /// Month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }
    /// Day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }
    /// Days since 1970-01-01. Algorithm: Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2014), days_from_civil.
    pub const fn to_days(self) -> i64 {
        let y = self.year as i64 - if self.month <= 2 { 1 } else { 0 };
        let era = y.div_euclid(400);
        let year_of_era = y - era * 400;
        let month = self.month as i64;
        let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }
    /// The day `days` days after 1970-01-01 (same source, civil_from_days).
    pub const fn from_days(days: i64) -> Self {
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z - era * 146_097;
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u8;
        let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u8;
        let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
        Self { year: year as i32, month, day }
    }
    /// Whole years from `self` to `other`, as a birthday counts them; negative if `other` is earlier.
    pub const fn years_until(self, other: Self) -> i32 {
        let before_birthday = other.month < self.month || (other.month == self.month && other.day < self.day);
        other.year - self.year - if before_birthday { 1 } else { 0 }
    }
}

const fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for CivilDate {
    type Err = crate::Malformed;
    fn from_str(text: &str) -> Result<Self, crate::Malformed> {
        let mut parts = text.splitn(3, '-');
        let mut next = || parts.next().filter(|part| !part.is_empty()).ok_or(crate::Malformed);
        let (year, month, day) = (next()?, next()?, next()?);
        let number = |part: &str| {
            if part.bytes().all(|b| b.is_ascii_digit()) { part.parse::<u16>().ok() } else { None }
                .ok_or(crate::Malformed)
        };
        let month = u8::try_from(number(month)?).map_err(|_| crate::Malformed)?;
        let day = u8::try_from(number(day)?).map_err(|_| crate::Malformed)?;
        Self::new(i32::from(number(year)?), month, day).ok_or(crate::Malformed)
    }
}

impl Serialize for CivilDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CivilDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        for (text, days) in [("1970-01-01", 0), ("2000-02-29", 11_016), ("2005-09-11", 13_037), ("1969-12-31", -1)] {
            let date: CivilDate = text.parse().unwrap();
            assert_eq!(date.to_days(), days, "{text}");
            assert_eq!(date.to_string(), text);
        }
        for bad in ["2023-02-29", "2023-13-01", "2023-00-10", "2023-1", "", "-5-1-1", "2023-01-+1"] {
            assert!(bad.parse::<CivilDate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_birthday_counts_on_its_day() {
        let born: CivilDate = "2008-09-11".parse().unwrap();
        assert_eq!(born.years_until("2026-09-10".parse().unwrap()), 17);
        assert_eq!(born.years_until("2026-09-11".parse().unwrap()), 18);
    }

    proptest! {
        #[test]
        fn days_and_back(days in -3_000_000_i64..2_900_000) {
            prop_assert_eq!(CivilDate::from_days(days).to_days(), days);
        }
        #[test]
        fn rounding_never_goes_forward(millis: i64) {
            let at = Timestamp::from_millis(millis / 2);
            prop_assert!(at.rounded() <= at && at.as_millis() - at.rounded().as_millis() < 300_000);
        }
    }
}
