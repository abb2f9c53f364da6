//! From the calendars people name their birth in to the Gregorian one (ICU4X; Reingold and Dershowitz, *Calendrical
//! Calculations*).

use icu_calendar::cal::hijri::{TabularAlgorithmEpoch, TabularAlgorithmLeapYears};
use icu_calendar::cal::{EthiopianEraStyle, Hijri, Iso};
use icu_calendar::{Calendar as IcuCalendar, Date};
use wayside_model::{Calendar, CivilDate};

use crate::ScreeningError;

const NO_SUCH_DATE: ScreeningError = ScreeningError::Age("the calendar has no such date");

/// The Gregorian day of a date.
///
/// # Errors
/// `age.implausible` if the calendar has no such date.
pub fn to_gregorian(calendar: Calendar, year: i32, month: u8, day: u8) -> Result<CivilDate, ScreeningError> {
    convert(calendar, year, month, day, |_| None).map(|(first, _)| first)
}

/// First and last day of a year, or of a month of it.
pub(crate) fn first_and_last_day(
    calendar: Calendar,
    year: i32,
    month: Option<u8>,
) -> Result<(CivilDate, CivilDate), ScreeningError> {
    convert(calendar, year, month.unwrap_or(1), 1, |length| {
        Some(if month.is_some() { length.month } else { length.year })
    })
}

struct Length {
    month: i64,
    year: i64,
}

/// The Gregorian day of a date, and the last day of a span of so many days that starts with it.
fn convert(
    calendar: Calendar,
    year: i32,
    month: u8,
    day: u8,
    span: impl Fn(Length) -> Option<i64>,
) -> Result<(CivilDate, CivilDate), ScreeningError> {
    // Birth years only: keeps every later step far from the ends of any range.
    if !(1..=9999).contains(&year) {
        return Err(NO_SUCH_DATE);
    }
    match calendar {
        Calendar::Gregorian => spread(Date::try_new_gregorian(year, month, day), span),
        Calendar::Ethiopian => spread(Date::try_new_ethiopian(EthiopianEraStyle::AmeteMihret, year, month, day), span),
        Calendar::SolarHijri => spread(Date::try_new_persian(year, month, day), span),
        Calendar::LunarHijri => {
            // The civil reckoning: leap years of type II, counted from Friday 16 July 622 (Julian).
            let civil = Hijri::new_tabular(TabularAlgorithmLeapYears::TypeII, TabularAlgorithmEpoch::Friday);
            spread(Date::try_new_hijri_with_calendar(year, month, day, civil), span)
        }
    }
}

fn spread<C: IcuCalendar, E>(
    date: Result<Date<C>, E>,
    span: impl Fn(Length) -> Option<i64>,
) -> Result<(CivilDate, CivilDate), ScreeningError> {
    let date = date.map_err(|_| NO_SUCH_DATE)?;
    let iso = date.to_calendar(Iso);
    let first = CivilDate::new(iso.era_year().year, iso.month().ordinal, iso.day_of_month().0).ok_or(NO_SUCH_DATE)?;
    let length = Length { month: i64::from(date.days_in_month()), year: i64::from(date.days_in_year()) };
    let last = span(length).map_or(first, |days| CivilDate::from_days(first.to_days() + days - 1));
    Ok((first, last))
}
