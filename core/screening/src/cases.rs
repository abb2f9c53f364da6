//! Cases stated as lists of codes: what a rule set says of them, without a form and without an interview.
//!
//! For checks of the rules by others, and for training. Nothing here belongs to a person.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wayside_model::{
    AgeBasis, AgeStatement, Calendar, CivilDate, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue,
    Route, Timestamp,
};

use crate::age::{self, OLDEST};
use crate::referral::{AfterRevocation, Referral, State};
use crate::{Explanation, Facts, FindingState, Ledger, QuickFinding, RuleSet, ScreeningError, evaluate};

/// Stated lines and referrals are all of one moment: a withdrawal wins whatever the order.
const THE_DAY: Timestamp = Timestamp::from_millis(0);

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
    /// Birth as it was said, in the calendar it was said in; instead of `age`.
    #[serde(default)]
    pub born: Option<Born>,
    /// Items of the quick screen (B2) that were answered with yes.
    #[serde(default)]
    pub quick: Vec<String>,
    /// Copies of one consent ledger that met: the lines of each, in the order they were spoken.
    #[serde(default)]
    pub ledgers: Vec<Vec<Line>>,
    /// Code of a service the person was referred to, with a letter that was sent, before the copies met.
    #[serde(default)]
    pub referred_to: Option<String>,
}

/// A birth, and the day on which the age is reckoned.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Born {
    /// The calendar.
    pub calendar: Calendar,
    /// Year.
    pub year: i32,
    /// Month, if known.
    #[serde(default)]
    pub month: Option<u8>,
    /// Day, if known.
    #[serde(default)]
    pub day: Option<u8>,
    /// The day of the talk (Gregorian).
    pub on: CivilDate,
}

/// A line of a consent ledger.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which line.
    pub line: ConsentLine,
    /// What was said.
    pub value: ConsentValue,
    /// Code of the service, for C4.
    #[serde(default)]
    pub recipient: Option<String>,
}

/// What a rule set says of a case.
#[derive(Clone, Serialize)]
pub struct CaseResult {
    /// The case's id.
    pub id: Value,
    /// The explanation.
    #[serde(flatten)]
    pub explanation: Explanation,
    /// Whether a record may be kept, where ledgers were given: both C1 and C2 stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<bool>,
    /// What becomes of the referral, where one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<ReferralResult>,
}

/// What becomes of a referral after copies of a ledger met.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ReferralResult {
    /// Where it stands.
    pub state: State,
    /// Whether the service has to be told to erase what it got.
    pub tell_recipient: bool,
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
    /// `ruleset.unknown`, `indicator.unknown`, `age.implausible`; `entry.malformed` for a code that is on two lists, and for two
    /// statements of the age; `referral.consent` for a referral that the first copy does not allow.
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
        let mut facts = Facts::stated(rules, &self.profile, self.route()?, &present, &unknown, &declined)?;
        let yes =
            |item: &String| QuickFinding { item: item.clone(), state: FindingState::Present, because: String::new() };
        facts.quick.extend(self.quick.iter().map(yes));
        let explanation = evaluate(rules, &facts)?;
        let ledger = self.ledger();
        let record =
            ledger.as_ref().map(|book| [ConsentLine::C1, ConsentLine::C2].iter().all(|line| book.agrees(*line, None)));
        let referral = self.referral(ledger.as_ref())?;
        Ok(CaseResult { explanation, id: self.id, record, referral })
    }

    /// The ledger after its copies met.
    fn ledger(&self) -> Option<Ledger> {
        let mut copies = self.ledgers.iter().map(|lines| book(lines));
        let mut ledger = copies.next()?;
        copies.for_each(|copy| ledger.merge(&copy));
        Some(ledger)
    }

    /// A referral that was sent while the first copy stood alone, and what the others make of it.
    fn referral(&self, met: Option<&Ledger>) -> Result<Option<ReferralResult>, ScreeningError> {
        let Some(recipient) = &self.referred_to else { return Ok(None) };
        let before = self.ledgers.first().map(|lines| book(lines)).unwrap_or_default();
        let mut referral = Referral::stated(recipient, THE_DAY);
        for state in [State::Offered, State::Wanted, State::Sent] {
            referral.step(state, &before, THE_DAY)?;
        }
        let after = met.and_then(|ledger| referral.follow(ledger, THE_DAY));
        let tell_recipient = after == Some(AfterRevocation::NotifyRecipient);
        Ok(Some(ReferralResult { state: referral.state(), tell_recipient }))
    }

    fn route(&self) -> Result<Route, ScreeningError> {
        if let Some(Born { calendar, year, month, day, on }) = self.born {
            if self.age.is_some() {
                return Err(ScreeningError::Case("age and born are both there".to_owned()));
            }
            let statement = AgeStatement::Born { calendar, year, month, day, basis: AgeBasis::Statement };
            return Ok(age::route(&statement, on)?.route);
        }
        let Some([low, high]) = self.age else { return Ok(Route::Child) };
        let statement = AgeStatement::Between { low, high: high.min(OLDEST), basis: AgeBasis::Statement };
        // An interval of ages does not depend on the day.
        Ok(age::route(&statement, CivilDate::from_days(0))?.route)
    }
}

fn book(lines: &[Line]) -> Ledger {
    let mut book = Ledger::new();
    for Line { line, value, recipient } in lines {
        book.append(ConsentEntry {
            line: *line,
            value: *value,
            by: ConsentGiver::Person,
            how: ConsentHow::Oral,
            recipient: recipient.clone(),
            language: String::new(),
            at: THE_DAY,
            interpreter: None,
            script: None,
            data_set: recipient.as_ref().map(|_| Vec::new()),
        });
    }
    book
}
