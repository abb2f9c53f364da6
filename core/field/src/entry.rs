//! One entry of an answer file: what an interviewer does, as data. Scenario files of the tests hold the same entries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wayside_model::{
    AgeBasis, AgeStatement, AnswerState, Calendar, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, Gate,
    LegalBasis, OverrideReason, WithheldReason,
};
use wayside_screening::FindingState;
use wayside_screening::referral::Urgency;

/// One step of an interview. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Entry {
    /// `{"gate": "setting", "pass": true}`; the age gate may carry what is known: `"age": {"born": {…}}`, the interpreter gate who
    /// is there: `"interpreter": "INT-4"`.
    Gate {
        /// Which gate.
        gate: Gate,
        /// Whether it opens.
        pass: bool,
        /// Only at the age gate. Without it the age is unknown, and the child's way is taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        age: Option<AgeEntry>,
        /// Only where the interpreter gate opens: a code, never a name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interpreter: Option<String>,
    },
    /// `{"urgent": ["absent", …], "hours_ago": 5}`: the eight urgent questions, each `present`, `observed`, `absent`, `unknown`,
    /// `declined` or `not_asked`.
    Urgent {
        /// The answers, in the order of form B1.
        urgent: [FindingState; 8],
        /// How long ago, where sexual violence is among them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours_ago: Option<u16>,
    },
    /// `{"help_found": true}`: help was found for sexual violence of the last days; the urgent questions are put anew then.
    HelpFound {
        /// Always true.
        help_found: bool,
    },
    /// `{"remote": true}`: an interpreter by phone, for consent and the quick screen only.
    Remote {
        /// Always true.
        remote: bool,
        /// Their code, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interpreter: Option<String>,
    },
    /// `{"explained": true}`: every point before consent was explained and understood.
    Explained {
        /// Whether it was.
        explained: bool,
    },
    /// `{"rely_on": "vital_interest", "reason": "injury"}`: why B1, B5 or B7 is kept without consent.
    RelyOn {
        /// The basis.
        rely_on: LegalBasis,
        /// A code, never a story.
        reason: String,
    },
    /// `{"observe": true}`: from here on only what can be seen.
    Observe {
        /// Always true.
        observe: bool,
    },
    /// `{"gender": true}`: worker and interpreter of the gender the person chooses were offered, and the person agrees.
    Gender {
        /// Whether they agree.
        gender: bool,
    },
    /// `{"quick": true}`: the quick questions were put, and there was something.
    Quick {
        /// Whether there was anything.
        quick: bool,
    },
    /// `{"offer": true}`: the person takes the offer of a detailed conversation.
    Offer {
        /// Whether they do.
        offer: bool,
    },
    /// `{"form": "wayside-b4"}`: opens the next form with the same person.
    Form {
        /// Its id.
        form: String,
    },
    /// `{"refer": "clinic", "urgency": "day", "fields": {"needs": "…"}, "wants": "…", "warned": false}`: to a service, in an
    /// encrypted letter.
    Refer {
        /// Its code.
        refer: String,
        /// How soon.
        urgency: Urgency,
        /// What goes with it.
        fields: BTreeMap<String, String>,
        /// What the person wants, without names.
        wants: String,
        /// Whether the person was told about reporting.
        warned: bool,
    },
    /// `{"withhold": "clinic", "reason": "fear_of_harm"}`: who must not know, by code or role.
    Withhold {
        /// Who.
        withhold: String,
        /// Why.
        reason: WithheldReason,
    },
    /// `{"add_outcomes": ["N1"], "set_aside": [], "because": "observed"}`: the worker's judgement beside the result.
    Judge {
        /// Outcomes to act on as well.
        #[serde(rename = "add_outcomes")]
        add: Vec<String>,
        /// Outcomes not to act on; a supervisor's.
        set_aside: Vec<String>,
        /// Why.
        because: OverrideReason,
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
        /// What may go there, for C4.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data_set: Option<Vec<String>>,
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
    /// `{"attach": "/data/photo", "file": "…"}`. The host reads the file and calls `FormSession::attach`, or, where the entry
    /// says so or the file is large, `begin_file`, `append_file` and `end_file`.
    Attach {
        /// The question.
        attach: String,
        /// A file of the host, relative to the answer file.
        file: String,
        /// Goes in pieces of so many bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pieces: Option<u32>,
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
    /// `{"finish": true}`: seals the form that is open; another one can be opened then.
    Finish {
        /// Always true.
        finish: bool,
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
            r#"{"urgent":["present","observed","absent","unknown","declined","not_asked","absent","absent"],"hours_ago":5}"#,
            r#"{"help_found":true}"#,
            r#"{"gate":"interpreter","pass":true,"interpreter":"INT-4"}"#,
            r#"{"remote":true}"#,
            r#"{"remote":true,"interpreter":"INT-4"}"#,
            r#"{"explained":true}"#,
            r#"{"rely_on":"vital_interest","reason":"injury"}"#,
            r#"{"observe":true}"#,
            r#"{"gender":true}"#,
            r#"{"quick":true}"#,
            r#"{"offer":false}"#,
            r#"{"form":"wayside-b4"}"#,
            r#"{"refer":"clinic","urgency":"day","fields":{"needs":"wound"},"wants":"a doctor","warned":false}"#,
            r#"{"withhold":"clinic","reason":"fear_of_harm"}"#,
            r#"{"add_outcomes":["N1"],"set_aside":[],"because":"observed"}"#,
            r#"{"consent":"C2","value":"no","by":"self","how":"oral"}"#,
            r#"{"ref":"/data/q","value":"yes"}"#,
            r#"{"ref":"/data/q","state":"declined"}"#,
            r#"{"add":"/data/r"}"#,
            r#"{"remove":"/data/r[2]"}"#,
            r#"{"attach":"/data/p","file":"a.png"}"#,
            r#"{"attach":"/data/p","file":"a.png","pieces":20}"#,
            r#"{"language":"fr"}"#,
            r#"{"withdraw":"C2"}"#,
            r#"{"finish":true}"#,
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
