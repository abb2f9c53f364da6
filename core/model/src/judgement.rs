//! A worker's own judgement, beside the computed result and never in its place.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Why the worker sees it differently. A class, never a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum OverrideReason {
    /// The worker saw something no question asks for.
    #[n(0)]
    Observed,
    /// The person's own view of their danger.
    #[n(1)]
    PersonsView,
    /// What is known of this place or route.
    #[n(2)]
    LocalKnowledge,
    /// An answer was entered wrongly.
    #[n(3)]
    EnteredWrongly,
}

/// What a worker adds to a result or sets aside. The computed outcomes stay as they are.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Override {
    /// Outcomes to act on as well.
    #[n(0)]
    pub added: Vec<String>,
    /// Outcomes not to act on.
    #[n(1)]
    pub set_aside: Vec<String>,
    /// Why.
    #[n(2)]
    pub reason: OverrideReason,
    /// Whether a supervisor confirmed it, by the device certificate in use.
    #[n(3)]
    pub supervised: bool,
    /// When, rounded.
    #[n(4)]
    pub at: Timestamp,
}
