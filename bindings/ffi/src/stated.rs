//! Facts stated outside an interview, and years that fit two calendars.
use crate::error::FieldError;
use crate::form_session::FormSession;
use crate::guard::{guard, guard_or};
use crate::values::{AgeStatement, CalendarSystem};
use wayside_field as field;

/// What the built-in rule set says of a case: one line of JSON as `wayside screen --cases` reads it, and the line it prints.
/// For training and for checks of the rules.
///
/// Errors: `entry.malformed`, `ruleset.unknown`, `indicator.unknown`, `age.implausible`.
#[uniffi::export]
pub fn screen_case(line: String) -> Result<String, FieldError> {
    guard(|| Ok(field::screen_case(&line)?))
}

/// The Gregorian day, as `2005-09-11`, of a day in another calendar; nothing where there is no such day.
#[uniffi::export]
pub fn gregorian_day(calendar: CalendarSystem, year: i32, month: u8, day: u8) -> Option<String> {
    guard_or(None, || field::gregorian_day(calendar.into(), year, month, day).map(|day| day.to_string()))
}

/// Another calendar that a year of birth could be of. Ask back which one was meant. No `Debug`: it holds an age.
#[derive(Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct OtherCalendar {
    /// The calendar.
    pub calendar: CalendarSystem,
    /// Youngest possible age by it.
    pub low: u8,
    /// Oldest possible age by it.
    pub high: u8,
    /// Whether the interview would take the other way.
    pub changes_route: bool,
}

#[uniffi::export]
impl FormSession {
    /// Whether a year of birth is plausible in another calendar too: to be asked before `set_age`.
    pub fn other_calendar(&self, age: AgeStatement) -> Result<Option<OtherCalendar>, FieldError> {
        self.core.call(|core| {
            Ok(core.other_calendar(&age.into()).map(|other| OtherCalendar {
                calendar: other.calendar.into(),
                low: other.low,
                high: other.high,
                changes_route: other.changes_route,
            }))
        })
    }
}
