//! Consent lines: one per purpose and recipient, withdrawable, append-only.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What is agreed to. The set follows IOM, ICRC and Primero practice, in our words (see docs/guides/domain.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
pub enum ConsentLine {
    /// Talk and take part in the screening.
    #[n(1)]
    C1,
    /// Keep a record on this device and at HQ. Without it nothing of the person is stored.
    #[n(2)]
    C2,
    /// Keep name and contact.
    #[n(3)]
    C3,
    /// Refer to one named organisation.
    #[n(4)]
    C4,
    /// Contact the person again.
    #[n(5)]
    C5,
    /// Use for non-identifying statistics.
    #[n(6)]
    C6,
    /// Use for anonymised research.
    #[n(7)]
    C7,
    /// Inform authorities.
    #[n(8)]
    C8,
    /// Share with family, for tracing.
    #[n(9)]
    C9,
}

impl crate::LogSafe for ConsentLine {}

impl ConsentLine {
    /// Whether the line is asked in every talk. The others are off until the person wants them; C8 is never bundled with help.
    pub const fn is_always_asked(self) -> bool {
        matches!(self, Self::C1 | Self::C2 | Self::C6)
    }
}

/// What was said about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ConsentValue {
    /// Agreed.
    #[n(0)]
    Yes,
    /// Refused.
    #[n(1)]
    No,
    /// Agreed before, taken back now.
    #[n(2)]
    Withdrawn,
}

/// Who spoke for the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ConsentGiver {
    /// The person.
    #[n(0)]
    #[serde(rename = "self")]
    Person,
    /// A caregiver.
    #[n(1)]
    Caregiver,
    /// A guardian appointed by law.
    #[n(2)]
    Guardian,
    /// Someone else.
    #[n(3)]
    Other,
}

/// How it was given. There is no recording of a voice: it would endanger the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ConsentHow {
    /// Said aloud; the worker certifies it.
    #[n(0)]
    Oral,
    /// Signed.
    #[n(1)]
    Signature,
    /// Thumb print on paper.
    #[n(2)]
    Thumb,
}

/// One line of the consent ledger. No `Debug`: it names recipients and what may be shared.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ConsentEntry {
    /// Which purpose.
    #[n(0)]
    pub line: ConsentLine,
    /// Yes, no, withdrawn.
    #[n(1)]
    pub value: ConsentValue,
    /// Who gave it.
    #[n(2)]
    pub by: ConsentGiver,
    /// How.
    #[n(3)]
    pub how: ConsentHow,
    /// The recipient the line is for, by directory code (C4 only).
    #[n(4)]
    pub recipient: Option<String>,
    /// Language most of the text was read out in (BCP 47).
    #[n(5)]
    pub language: String,
    /// When, rounded.
    #[n(6)]
    pub at: Timestamp,
    /// Code of the interpreter who was there, never a name. `None` where there was none.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<String>,
    /// What was read out before it: form and version, as `wayside-b0@1`, then every language pack whose words took the place
    /// of the form's, as `wayside-b0@1+fr@2`. `None` where nothing was: a no needs no explanation.
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// What may be shared (C4 only): names of the fields of the referral's data set.
    #[n(9)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_set: Option<Vec<String>>,
}

/// Why a record may be kept or passed on. Stored apart from consent: in an emergency consent is often not free, and the
/// duty to inform stays. The six bases are those of Primero/CPIMS+, in our words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum LegalBasis {
    /// The person agreed.
    #[n(0)]
    Consent,
    /// A contract with the person.
    #[n(1)]
    Contract,
    /// Life or health is at stake.
    #[n(2)]
    VitalInterest,
    /// The best interests of a child.
    #[n(3)]
    BestInterests,
    /// A law demands it.
    #[n(4)]
    LegalObligation,
    /// Another legitimate interest, such as an observation that a person needs help.
    #[n(5)]
    OtherInterest,
}

impl crate::LogSafe for LegalBasis {}

/// Why something is kept where consent does not cover it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct BasisRecord {
    /// The basis.
    #[n(0)]
    pub basis: LegalBasis,
    /// Why, as a code of the form; never a story.
    #[n(1)]
    pub reason: String,
    /// When, rounded.
    #[n(2)]
    pub at: Timestamp,
}

/// Why somebody must not know (after Primero, in our words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum WithheldReason {
    /// Fear of harm.
    #[n(0)]
    FearOfHarm,
    /// The person wants to tell them.
    #[n(1)]
    TellsThemselves,
    /// Another reason, which is not written down.
    #[n(2)]
    Other,
}

/// Somebody who must not know.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
pub struct Withheld {
    /// Code of a recipient, or a role such as `family`, `employer`, `community`.
    #[n(0)]
    pub from: String,
    /// Why.
    #[n(1)]
    pub reason: WithheldReason,
    /// When it was said, rounded.
    #[n(2)]
    pub at: Timestamp,
}
