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

/// Subsets of one dimension's indicators.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
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
#[uniffi::export]
pub fn subset_counts(profile: String) -> Result<Vec<SubsetCount>, FieldError> {
    guard(|| {
        let count = |count: field::SubsetCount| SubsetCount {
            dimension: count.dimension,
            positive: count.positive,
            all: count.all,
        };
        Ok(field::subset_counts(&profile)?.into_iter().map(count).collect())
    })
}

/// A published comparison of a tool of this kind with a reference.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Comparison {
    /// The tool.
    pub tool: String,
    /// Who was asked.
    pub sample: String,
    /// Where it was published.
    pub source: String,
    /// Found by the tool and by the reference.
    pub both: u32,
    /// Missed by the tool.
    pub missed: u32,
    /// Found by the tool alone.
    pub tool_only: u32,
    /// Found by neither.
    pub neither: u32,
    /// Of those the reference found, how many the tool found (sensitivity), in tenths of a percent.
    pub sensitivity: u32,
    /// Of those the reference did not find, how many the tool did not (specificity), in tenths of a percent.
    pub specificity: u32,
    /// Of those the tool found, how many the reference found too, in tenths of a percent.
    pub right_when_found: u32,
    /// Of those the tool did not find, how many the reference did not, in tenths of a percent.
    pub right_when_not_found: u32,
}

/// How often tools of this kind were right where somebody looked: why no result here is a number.
#[uniffi::export]
pub fn comparisons() -> Vec<Comparison> {
    let view = |one: &field::Comparison| Comparison {
        tool: one.tool.to_owned(),
        sample: one.sample.to_owned(),
        source: one.source.to_owned(),
        both: one.both,
        missed: one.missed,
        tool_only: one.tool_only,
        neither: one.neither,
        sensitivity: one.sensitivity(),
        specificity: one.specificity(),
        right_when_found: one.right_when_found(),
        right_when_not_found: one.right_when_not_found(),
    };
    guard_or(Vec::new(), || field::comparisons().iter().map(view).collect())
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
