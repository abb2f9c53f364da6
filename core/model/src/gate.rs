//! The gates that stand before any question, in their order. Source: WHO, *Ethical and safety recommendations for
//! interviewing trafficked women* (2003), principles 1 to 9, in our words.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A gate. `wayside-screening` decides in what order they open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Gate {
    /// There is a service to refer this person to. Without one the detailed questions are not put.
    #[n(0)]
    Services,
    /// Out of sight and hearing of companions, officials and relatives; time enough.
    #[n(1)]
    Setting,
    /// No interpreter, or one who is safe: not from the group, not family, accepted by the person.
    #[n(2)]
    Interpreter,
    /// No immediate threat, emergency or self-harm risk.
    #[n(3)]
    Danger,
    /// The age was asked. Who is not shown to be an adult takes the child's way.
    #[n(4)]
    Age,
    /// The person agrees to take part (C1) and to a record (C2). Opened by consent lines, not by a worker's tick.
    #[n(5)]
    Consent,
}

impl Gate {
    /// All gates in their order.
    pub const ALL: [Self; 6] =
        [Self::Services, Self::Setting, Self::Interpreter, Self::Danger, Self::Age, Self::Consent];

    /// The name used in answer files and on every platform.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Setting => "setting",
            Self::Interpreter => "interpreter",
            Self::Danger => "danger",
            Self::Age => "age",
            Self::Consent => "consent",
        }
    }
}

impl crate::LogSafe for Gate {}

/// That a gate was looked at, and what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct GateRecord {
    /// Which gate.
    #[n(0)]
    pub gate: Gate,
    /// Whether it opened.
    #[n(1)]
    pub passed: bool,
    /// When, rounded.
    #[n(2)]
    pub at: Timestamp,
}

/// Why an interview ended before its last question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum StopReason {
    /// The person asked to stop, or the worker saw that it was time to.
    #[n(0)]
    Stopped,
    /// Danger came up: the local emergency protocol took over.
    #[n(1)]
    Danger,
}
