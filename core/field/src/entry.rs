//! One entry of an answer file: what an interviewer does, as data. Scenario files of the tests hold the same entries.

use serde::{Deserialize, Serialize};
use wayside_model::{
    AgeBasis, AgeStatement, AnswerState, Calendar, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, Gate,
};

/// One step of an interview. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Entry {
    /// `{"gate": "setting", "pass": true}`; the age gate may carry what is known: `"age": {"born": {…}}`.
    Gate {
        /// Which gate.
        gate: Gate,
        /// Whether it opens.
        pass: bool,
        /// Only at the age gate. Without it the age is unknown, and the child's way is taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        age: Option<AgeEntry>,
    },
    /// `{"consent": "C2", "value": "no", "by": "self", "how": "oral"}`.
    Consent {
        /// Which line.
        consent: ConsentLine,
        /// Yes or no.
        value: ConsentValue,
        /// Who said so.
        by: ConsentGiver,
        /// How.
        how: ConsentHow,
        /// Directory code of the recipient, for C4.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recipient: Option<String>,
    },
    /// `{"ref": "/data/q", "value": "yes"}`.
    Value {
        /// The question.
        #[serde(rename = "ref")]
        reference: String,
        /// The value, as the form's instance holds it.
        value: String,
    },
    /// `{"ref": "/data/q", "state": "declined"}`.
    State {
        /// The question.
        #[serde(rename = "ref")]
        reference: String,
        /// `declined`, `unknown` or `not_asked`.
        state: AnswerState,
    },
    /// `{"add": "/data/repeat"}`.
    Add {
        /// The repeat.
        add: String,
    },
    /// `{"remove": "/data/repeat[2]"}`.
    Remove {
        /// The instance of the repeat.
        remove: String,
    },
    /// `{"attach": "/data/photo", "file": "…"}`. The host reads the file and calls `FormSession::attach`.
    Attach {
        /// The question.
        attach: String,
        /// A file of the host, relative to the answer file.
        file: String,
    },
    /// `{"language": "fr"}`.
    Language {
        /// BCP 47 code or the form's own name of the language.
        language: String,
    },
    /// `{"withdraw": "C2"}`.
    Withdraw {
        /// Which line.
        withdraw: ConsentLine,
    },
    /// `{"stop": true}`.
    Stop {
        /// Always true.
        stop: bool,
    },
}

/// Age in an entry: `"unknown"`, `{"born": {"calendar": "ethiopian", "year": 1998, "basis": "statement"}}` or
/// `{"between": {"low": 16, "high": 19, "basis": "estimate"}}`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AgeEntry {
    /// Nothing is known.
    Unknown,
    /// Year of birth and what else is known of the day.
    Born {
        /// The calendar it was said in.
        calendar: Calendar,
        /// Year.
        year: i32,
        /// Month.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        month: Option<u8>,
        /// Day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        day: Option<u8>,
        /// Where it comes from.
        basis: AgeBasis,
    },
    /// Completed years, both ends included.
    Between {
        /// Youngest possible.
        low: u8,
        /// Oldest possible.
        high: u8,
        /// Where it comes from.
        basis: AgeBasis,
    },
}

impl From<AgeEntry> for AgeStatement {
    fn from(entry: AgeEntry) -> Self {
        match entry {
            AgeEntry::Unknown => Self::Unknown,
            AgeEntry::Born { calendar, year, month, day, basis } => Self::Born { calendar, year, month, day, basis },
            AgeEntry::Between { low, high, basis } => Self::Between { low, high, basis },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Entry> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn every_kind_is_read_as_itself() {
        let entries = [
            r#"{"gate":"setting","pass":true}"#,
            r#"{"gate":"age","pass":true,"age":{"born":{"calendar":"ethiopian","year":1998,"basis":"statement"}}}"#,
            r#"{"gate":"age","pass":true,"age":"unknown"}"#,
            r#"{"consent":"C2","value":"no","by":"self","how":"oral"}"#,
            r#"{"ref":"/data/q","value":"yes"}"#,
            r#"{"ref":"/data/q","state":"declined"}"#,
            r#"{"add":"/data/r"}"#,
            r#"{"remove":"/data/r[2]"}"#,
            r#"{"attach":"/data/p","file":"a.png"}"#,
            r#"{"language":"fr"}"#,
            r#"{"withdraw":"C2"}"#,
            r#"{"stop":true}"#,
        ];
        for text in entries {
            let entry = read(text).unwrap();
            assert_eq!(serde_json::to_string(&entry).unwrap(), text);
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_not_read_as_something_else() {
        for text in [
            r#"{"gate":"seting","pass":true}"#,
            r#"{"ref":"/data/q"}"#,
            r#"{"ref":"/data/q","value":"a","state":"unknown"}"#,
            "{}",
            r#"{"stop":1}"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
