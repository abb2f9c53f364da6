//! Age as an interval, and the way of the interview it leads to. Who is not shown to be an adult is taken for a child
//! (presumption of age: UNICEF guidelines on child victims, 3.1.2; Council of Europe Convention 197, article 10(3)).

use wayside_model::{AgeStatement, Calendar, CivilDate, Route};

use crate::ScreeningError;
use crate::calendars::{first_and_last_day, to_gregorian};

/// Age in completed years on the day of the interview, both ends included, and the way it leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AgeReading {
    /// Youngest possible.
    pub low: u8,
    /// Oldest possible.
    pub high: u8,
    /// Adult only if even the youngest possible age is 18 or more.
    pub route: Route,
}

/// The oldest age taken for possible. The oldest age ever documented is 122 years.
pub const OLDEST: u8 = 122;

const ADULT: u8 = 18;

impl AgeReading {
    const fn new(low: u8, high: u8) -> Self {
        Self { low, high, route: if low >= ADULT { Route::Adult } else { Route::Child } }
    }
}

/// Reads a statement on the day `today`. Parts that were not said stay open and widen the interval.
///
/// # Errors
/// `age.implausible`: the interval is turned round, the date does not exist in its calendar, a day comes without a month,
/// the birth lies in the future or more than [`OLDEST`] years back.
pub fn route(statement: &AgeStatement, today: CivilDate) -> Result<AgeReading, ScreeningError> {
    match *statement {
        AgeStatement::Unknown => Ok(AgeReading::new(0, OLDEST)),
        AgeStatement::Between { low, high, .. } => {
            if low > high {
                return Err(ScreeningError::Age("the interval is turned round"));
            }
            if high > OLDEST {
                return Err(ScreeningError::Age("the age is beyond what is possible"));
            }
            Ok(AgeReading::new(low, high))
        }
        AgeStatement::Born { calendar, year, month, day, .. } => {
            let (first, last) = match (month, day) {
                (None, None) => first_and_last_day(calendar, year, None)?,
                (Some(month), None) => first_and_last_day(calendar, year, Some(month))?,
                (Some(month), Some(day)) => {
                    let born = to_gregorian(calendar, year, month, day)?;
                    (born, born)
                }
                (None, Some(_)) => return Err(ScreeningError::Age("a day is given without its month")),
            };
            if first > today {
                return Err(ScreeningError::Age("the birth lies in the future"));
            }
            let years = |born: CivilDate| {
                u8::try_from(born.years_until(today).max(0))
                    .ok()
                    .filter(|years| *years <= OLDEST)
                    .ok_or(ScreeningError::Age("the birth lies too far back"))
            };
            Ok(AgeReading::new(years(last)?, years(first)?))
        }
    }
}

/// The same words read in another calendar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecondReading {
    /// The other calendar.
    pub calendar: Calendar,
    /// The age it would give.
    pub reading: AgeReading,
    /// Whether the interview would take another way.
    pub changes_route: bool,
}

/// Every calendar.
const CALENDARS: [Calendar; 4] = [Calendar::Gregorian, Calendar::Ethiopian, Calendar::SolarHijri, Calendar::LunarHijri];

/// Another calendar in which a date of birth is plausible too, so that the worker asks which one was meant. Of several,
/// one that would change the way comes first, then the one that gives the youngest age. `None` for a statement that is
/// not a date, is not plausible itself, or is plausible in one calendar only.
pub fn second_reading(statement: &AgeStatement, today: CivilDate) -> Option<SecondReading> {
    let AgeStatement::Born { calendar: said, year, month, day, basis } = *statement else { return None };
    let first = route(statement, today).ok()?;
    CALENDARS
        .into_iter()
        .filter(|calendar| *calendar != said)
        .filter_map(|calendar| {
            let reading = route(&AgeStatement::Born { calendar, year, month, day, basis }, today).ok()?;
            Some(SecondReading { calendar, reading, changes_route: reading.route != first.route })
        })
        .min_by_key(|second| (!second.changes_route, second.reading.low))
}
