//! Events: what is sealed, sent and kept. Immutable; a correction is another event.

use minicbor::{Decode, Encode};

use crate::{
    AgeStatement, BasisRecord, CaseId, ConsentEntry, EventId, FilePart, GateRecord, LogMark, Override, RecordedAnswer,
    RecordedAttachment, Route, SentReferral, StopReason, Timestamp, Withheld, Wording,
};

/// One sealed event. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Event {
    /// Its id, random; also the id of its envelope.
    #[n(0)]
    pub id: EventId,
    /// The case it belongs to.
    #[n(1)]
    pub case: CaseId,
    /// When it was made, rounded.
    #[n(2)]
    pub at: Timestamp,
    /// What happened.
    #[n(3)]
    pub body: EventBody,
}

/// What kind of event it is.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[expect(clippy::large_enum_variant, reason = "one at a time is made or read; a box would be for nothing")]
pub enum EventBody {
    /// An interview was finished.
    #[n(0)]
    Screening(#[n(0)] ScreeningRecord),
    /// A referral was sent. What it carries is sealed to the service; HQ hands it on and cannot open it.
    #[n(1)]
    Referral(#[n(0)] SentReferral),
    /// What a worker adds by the code of a case: the JSON of `wayside_screening::follow_up::ByCode`.
    #[n(2)]
    ByCode(#[n(0)] String),
    /// A service says how a referral stands.
    #[n(3)]
    ReferralAnswer {
        /// The event that made the referral.
        #[n(0)]
        referral: EventId,
        /// Word of the state, as in `wayside_screening::referral::State`.
        #[n(1)]
        state: String,
    },
    /// A worker asks the supervisor for help, or an interview was hard. About the worker, never about the person.
    #[n(4)]
    Help {
        /// Pseudonym of the worker.
        #[n(0)]
        worker: String,
        /// Code of the site.
        #[n(1)]
        site: String,
        /// Whether the worker asked. Otherwise it is the sign of a hard interview.
        #[n(2)]
        asked: bool,
    },
    /// A piece of a file of the case's record.
    #[n(5)]
    FilePart(#[n(0)] FilePart),
}

/// The exact form an interview was held with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FormRef {
    /// The form's id.
    #[n(0)]
    pub id: String,
    /// Its version.
    #[n(1)]
    pub version: String,
    /// SHA-256 of its XML.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
}

/// A finished interview. There is no field for a verdict, and none will be added.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct ScreeningRecord {
    /// The form.
    #[n(0)]
    pub form: FormRef,
    /// Pseudonym of the worker, from the device certificate.
    #[n(1)]
    pub worker: String,
    /// Site code, from the device certificate.
    #[n(2)]
    pub site: String,
    /// Language of the interview at its end (BCP 47).
    #[n(3)]
    pub language: String,
    /// Start, rounded.
    #[n(4)]
    pub started: Timestamp,
    /// End, rounded.
    #[n(5)]
    pub ended: Timestamp,
    /// Which gates were looked at.
    #[n(6)]
    pub gates: Vec<GateRecord>,
    /// The consent ledger.
    #[n(7)]
    pub consents: Vec<ConsentEntry>,
    /// What is known of the age.
    #[n(8)]
    pub age: AgeStatement,
    /// The way the interview took.
    #[n(9)]
    pub route: Route,
    /// Answers of all relevant questions, in form order.
    #[n(10)]
    pub answers: Vec<RecordedAnswer>,
    /// Files that belong to answers.
    #[n(11)]
    pub attachments: Vec<RecordedAttachment>,
    /// Outcome, rule branches and what they rest on: the JSON of `wayside_screening::Explanation`. `None` for a form without indicators.
    #[n(12)]
    pub explanation: Option<String>,
    /// Why it ended early, if it did.
    #[n(13)]
    pub stopped: Option<StopReason>,
    /// Why it is kept where consent does not cover it.
    #[n(14)]
    pub bases: Vec<BasisRecord>,
    /// Who must not know.
    #[n(15)]
    pub withheld: Vec<Withheld>,
    /// The worker's judgements, beside the computed result.
    #[n(16)]
    pub overrides: Vec<Override>,
    /// How the device's audit log stood.
    #[n(17)]
    pub log: Option<LogMark>,
    /// In what words the questions were put, where they were not the form's own in the language asked for.
    #[n(18)]
    pub wording: Option<Wording>,
    /// The form is not about a person, as HQ signed it: nobody was asked, so there are no gates, no consent and no outcome, the
    /// age is unknown and the way says nothing. Left out for everybody else.
    #[n(19)]
    pub about_nobody: Option<bool>,
}

impl ScreeningRecord {
    /// Whether it is about no person.
    pub fn is_about_nobody(&self) -> bool {
        self.about_nobody == Some(true)
    }
}
