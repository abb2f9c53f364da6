//! Facts stated outside an interview: for training, and for checks of the rules by others. Nothing here belongs to a person.

use wayside_model::{AgeStatement, Calendar, CivilDate, ErrorCode};
use wayside_screening::evidence::COMPARISONS;
pub use wayside_screening::evidence::Comparison;
use wayside_screening::{age, cases};

use crate::error::FieldError;
use crate::session::FormSession;
use crate::site::today;

/// What the built-in rule set says of a case: one line of JSON as `wayside screen --cases` reads it, and the line it prints.
///
/// Errors: `entry.malformed`, `ruleset.unknown`, `indicator.unknown`, `age.implausible`.
pub fn screen_case(line: &str) -> Result<String, FieldError> {
    let case = cases::Case::from_json(line)?;
    let result = case.evaluate(wayside_screening::ilo_delphi_2009()?)?;
    serde_json::to_string(&result).map_err(|_| ErrorCode::Bug.into())
}

/// Subsets of one dimension's indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubsetCount {
    /// The dimension.
    pub dimension: String,
    /// Subsets that make it positive.
    pub positive: u32,
    /// All subsets.
    pub all: u32,
}

/// How many subsets of each dimension's indicators make it positive for a profile of the built-in rule set, by going through
/// all of them.
///
/// Errors: `ruleset.unknown`.
pub fn subset_counts(profile: &str) -> Result<Vec<SubsetCount>, FieldError> {
    let counts = wayside_screening::ilo_delphi_2009()?.subset_counts(profile)?;
    Ok(counts.into_iter().map(|(dimension, positive, all)| SubsetCount { dimension, positive, all }).collect())
}

/// How often tools of this kind were right where somebody looked: why no result here is a number.
pub const fn comparisons() -> &'static [Comparison] {
    COMPARISONS
}

/// The Gregorian day of a day in another calendar; `None` where there is no such day.
pub fn gregorian_day(calendar: Calendar, year: i32, month: u8, day: u8) -> Option<CivilDate> {
    wayside_screening::to_gregorian(calendar, year, month, day).ok()
}

/// Another calendar that a year of birth could be of. Ask back which one was meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OtherCalendar {
    /// The calendar.
    pub calendar: Calendar,
    /// Youngest possible age by it.
    pub low: u8,
    /// Oldest possible age by it.
    pub high: u8,
    /// Whether the interview would take the other way.
    pub changes_route: bool,
}

impl FormSession {
    /// Whether a year of birth is plausible in another calendar too: to be asked before [`FormSession::set_age`].
    pub fn other_calendar(&self, age: &AgeStatement) -> Option<OtherCalendar> {
        let second = age::second_reading(age, today(&self.inner))?;
        Some(OtherCalendar {
            calendar: second.calendar,
            low: second.reading.low,
            high: second.reading.high,
            changes_route: second.changes_route,
        })
    }
}
