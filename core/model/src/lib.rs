#![doc = include_str!("../README.md")]

mod answer;
mod canonical;
mod consent;
mod error_code;
mod event;
mod gate;
mod ids;
mod judgement;
mod log_mark;
mod person;
mod referral;
mod sensitive;
mod terms;
mod time;
mod wording;

pub use answer::{AnswerState, FileApart, FilePart, RecordedAnswer, RecordedAttachment};
pub use canonical::{Malformed, from_canonical, to_canonical};
pub use consent::{
    BasisRecord, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, LegalBasis, Withheld,
    WithheldReason,
};
pub use error_code::{Coded, ErrorCode};
pub use event::{Event, EventBody, FormRef, ScreeningRecord};
pub use gate::{Gate, GateRecord, StopReason};
pub use ids::{CaseId, DeviceId, DraftId, EventId, IdError, VaultId};
pub use judgement::{Override, OverrideReason};
pub use log_mark::{Held, LogMark, LogPlace};
pub use person::{AgeBasis, AgeStatement, Calendar, Route};
pub use referral::{ReferralLetter, SentReferral};
pub use sensitive::{LogSafe, Sensitive};
pub use terms::{FormTerms, Sensitivity};
pub use time::{CivilDate, Timestamp};
pub use wording::{Fallback, Heard, HeardIn, Wording};
