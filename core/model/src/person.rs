//! Age: an interval with a basis and a calendar, never a filled-in birthday.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The calendar a year was said in. An Ethiopian year read as Gregorian makes a child seven to eight years older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Calendar {
    /// Gregorian.
    #[n(0)]
    Gregorian,
    /// Ethiopian, Amete Mihret era (Ethiopia; church use in Eritrea).
    #[n(1)]
    Ethiopian,
    /// Solar Hijri (Iran, Afghanistan).
    #[n(2)]
    SolarHijri,
    /// Lunar Hijri, civil (tabular) reckoning.
    #[n(3)]
    LunarHijri,
}

/// Where a statement about age comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum AgeBasis {
    /// The person said so.
    #[n(0)]
    Statement,
    /// A document was seen. Placeholder birthdays ("1 January") are common in them.
    #[n(1)]
    Document,
    /// A caregiver said so.
    #[n(2)]
    Caregiver,
    /// The worker's impression.
    #[n(3)]
    Estimate,
    /// A competent authority assessed it.
    #[n(4)]
    Authority,
}

/// What is known of a person's age. Unknown parts stay unknown. No `Debug`: a person said it.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeStatement {
    /// Nothing is known.
    #[n(0)]
    Unknown,
    /// Year of birth, and month and day where they are known, in the calendar they were said in.
    #[n(1)]
    Born {
        /// The calendar.
        #[n(0)]
        calendar: Calendar,
        /// Year of that calendar.
        #[n(1)]
        year: i32,
        /// Month of that calendar, from 1.
        #[n(2)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        month: Option<u8>,
        /// Day of that month, from 1.
        #[n(3)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        day: Option<u8>,
        /// Where it comes from.
        #[n(4)]
        basis: AgeBasis,
    },
    /// Age in completed years, as an interval with both ends included.
    #[n(2)]
    Between {
        /// Youngest possible.
        #[n(0)]
        low: u8,
        /// Oldest possible.
        #[n(1)]
        high: u8,
        /// Where it comes from.
        #[n(2)]
        basis: AgeBasis,
    },
}

/// Which way the interview takes. Who is not shown to be an adult takes the child's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Route {
    /// 18 or older on every reading of what is known.
    #[n(0)]
    Adult,
    /// Under 18 on some reading, or nothing known.
    #[n(1)]
    Child,
}

impl crate::LogSafe for Route {}
