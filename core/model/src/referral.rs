//! A referral on its way: what HQ sees of it, and the letter inside that only the service opens.

use minicbor::{Decode, Encode};

use crate::{ConsentEntry, Timestamp};

/// What HQ sees of a referral. No `Debug`: it is about one person.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct SentReferral {
    /// Code of the service in the directory.
    #[n(0)]
    pub recipient: String,
    /// Word of the urgency, as in `wayside_screening::referral::Urgency`.
    #[n(1)]
    pub urgency: String,
    /// Names of the fields the letter carries, never their values.
    #[n(2)]
    pub fields: Vec<String>,
    /// When to look at it again.
    #[n(3)]
    pub follow_up: Timestamp,
    /// The letter: one-shot bytes of the seal layer, sealed to the service.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// What the service reads: the fields the person agreed to, and the consent line that says so. No `Debug`.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReferralLetter {
    /// Code of the service it is for.
    #[n(0)]
    pub recipient: String,
    /// Word of the urgency.
    #[n(1)]
    pub urgency: String,
    /// What the person wants, in a sentence without names.
    #[n(2)]
    pub wants: String,
    /// Field and value, in the order of the referral.
    #[n(3)]
    pub fields: Vec<(String, String)>,
    /// Line C4 for this recipient; it names every field.
    #[n(4)]
    pub consent: ConsentEntry,
    /// When to look at it again.
    #[n(5)]
    pub follow_up: Timestamp,
}
