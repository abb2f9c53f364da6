//! Cases stated as lists of codes: what a rule set says of them, without a form and without an interview.
//!
//! For checks of the rules by others, and for training. Nothing here belongs to a person.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wayside_model::{AgeBasis, AgeStatement, CivilDate, Route};

use crate::age::{self, OLDEST};
use crate::{Explanation, Facts, RuleSet, ScreeningError, evaluate};

/// A case: what is on no list is absent; without an age the person is taken for a child.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Comes back as it was given.
    pub id: Value,
    /// Profile of the rule set.
    pub profile: String,
    /// Indicators that are present.
    #[serde(default)]
    pub present: Vec<String>,
    /// Indicators that are not known.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// Indicators the person did not want to speak of.
    #[serde(default)]
    pub declined: Vec<String>,
    /// Youngest and oldest possible age in completed years.
    #[serde(default)]
    pub age: Option<[u8; 2]>,
}

/// What a rule set says of a case.
#[derive(Clone, Serialize)]
pub struct CaseResult {
    /// The case's id.
    pub id: Value,
    /// The explanation.
    #[serde(flatten)]
    pub explanation: Explanation,
}

impl Case {
    /// Reads one line of a case file.
    ///
    /// # Errors
    /// `entry.malformed` with the column.
    pub fn from_json(line: &str) -> Result<Self, ScreeningError> {
        // serde's own text may quote what stands in the line; the column is enough to find it.
        serde_json::from_str(line).map_err(|error| ScreeningError::Case(format!("column {}", error.column())))
    }

    /// Applies a rule set.
    ///
    /// # Errors
    /// `ruleset.unknown`, `indicator.unknown`, `age.implausible`; `entry.malformed` for a code that is on two lists.
    pub fn evaluate(self, rules: &RuleSet) -> Result<CaseResult, ScreeningError> {
        let mut seen = BTreeSet::new();
        for (list, codes) in [("present", &self.present), ("unknown", &self.unknown), ("declined", &self.declined)] {
            if let Some(n) = codes.iter().position(|code| !seen.insert(code)) {
                return Err(ScreeningError::Case(format!("{list}[{n}] is there twice")));
            }
        }
        fn borrowed(codes: &[String]) -> Vec<&str> {
            codes.iter().map(String::as_str).collect()
        }
        let (present, unknown, declined) = (borrowed(&self.present), borrowed(&self.unknown), borrowed(&self.declined));
        let facts = Facts::stated(rules, &self.profile, self.route()?, &present, &unknown, &declined)?;
        Ok(CaseResult { explanation: evaluate(rules, &facts)?, id: self.id })
    }

    fn route(&self) -> Result<Route, ScreeningError> {
        let Some([low, high]) = self.age else { return Ok(Route::Child) };
        let statement = AgeStatement::Between { low, high: high.min(OLDEST), basis: AgeBasis::Statement };
        // An interval of ages does not depend on the day.
        Ok(age::route(&statement, CivilDate::from_days(0))?.route)
    }
}
