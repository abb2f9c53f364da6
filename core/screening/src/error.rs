//! Everything that can be refused here.

use wayside_model::{Coded, ConsentLine, ErrorCode, Gate};

/// Why something was refused. Names places in rule sets and forms, never an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScreeningError {
    /// The rule set is not JSON of the expected shape (`ruleset.malformed`).
    #[error("rule set, line {line}, column {column}: {problem}")]
    RuleSetSyntax {
        /// Line, from 1; 0 where the text as a whole is meant.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// The rule set contradicts itself or names something that is not in it (`ruleset.malformed`).
    #[error("rule set, {at}: {problem}")]
    RuleSetContent {
        /// Place in the document, as `indicators[3].weights.AL`.
        at: String,
        /// What is wrong there.
        problem: String,
    },
    /// An older rule set, or another text under the version that is held (`ruleset.downgrade`).
    #[error("rule set version {offered} was offered in place of {held}")]
    RuleSetDowngrade {
        /// The version in use.
        held: u32,
        /// The version that was offered.
        offered: u32,
    },
    /// The rule set has no such profile, or is another one (`ruleset.unknown`).
    #[error("the rule set has no profile {0}")]
    ProfileUnknown(Shown),
    /// The rule set has no such indicator, quick item or exploitation type (`indicator.unknown`).
    #[error("the rule set has no indicator {0}")]
    IndicatorUnknown(Shown),
    /// A line of a case file is not understood (`entry.malformed`).
    #[error("{0}")]
    Case(String),
    /// A form's screening attributes do not fit together (`form.unsupported`).
    #[error("{reference}: {problem}")]
    FormMapping {
        /// The question.
        reference: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The date or interval cannot be (`age.implausible`).
    #[error("{0}")]
    Age(&'static str),
    /// An older bundle, pack or directory was offered (`bundle.downgrade`).
    #[error("version {offered} was offered in place of {held}")]
    Downgrade {
        /// The version in use.
        held: u32,
        /// The version that was offered.
        offered: u32,
    },
    /// The bundle is not valid (`bundle.malformed`).
    #[error("bundle, {at}: {problem}")]
    Bundle {
        /// Place in the document.
        at: String,
        /// What is wrong there.
        problem: &'static str,
    },
    /// The bundle, or a part of it, has expired (`bundle.expired`).
    #[error("{0} has expired")]
    Expired(&'static str),
    /// Something that production needs reviewed is not (`bundle.not_reviewed`).
    #[error("nobody has reviewed {what}")]
    NotReviewed {
        /// What.
        what: String,
    },
    /// The language pack is not valid (`pack.malformed`).
    #[error("language pack, {at}: {problem}")]
    Pack {
        /// Place in the document.
        at: String,
        /// What is wrong there.
        problem: String,
    },
    /// A safety-critical string is missing (`pack.incomplete`).
    #[error("language pack: there is no {key}")]
    PackIncomplete {
        /// The string's key.
        key: String,
    },
    /// An audio file is missing or is another one (`pack.audio`).
    #[error("language pack: the audio of {key} is missing or another file")]
    PackAudio {
        /// The string's key.
        key: String,
    },
    /// A form asks for an indicator, item, sign or profile that the rule set does not have (`indicator.unknown`).
    #[error("{at} asks for {name}, which the rule set does not have")]
    FormAsks {
        /// The form's question.
        at: String,
        /// What it asks for.
        name: Shown,
    },
    /// The services directory is not valid (`services.malformed`).
    #[error("services directory, {at}: {problem}")]
    Services {
        /// Place in the document.
        at: String,
        /// What is wrong there.
        problem: &'static str,
    },
    /// The directory has no such service (`services.unknown`).
    #[error("the services directory has no such entry")]
    ServiceUnknown,
    /// The referral cannot take this step (`referral.state`).
    #[error("the referral cannot take this step now")]
    ReferralState,
    /// No consent for this recipient and these data (`referral.consent`).
    #[error("there is no consent for this recipient and these data")]
    ReferralConsent,
    /// The person does not want the recipient to know (`referral.withheld`).
    #[error("this recipient must not know")]
    Withheld,
    /// The person was not told that the recipient reports (`referral.warning`).
    #[error("the person was not told about reporting")]
    ReferralWarning,
    /// No contact, or not so (`contact.forbidden`).
    #[error("no contact in this way")]
    ContactForbidden,
    /// The site is not ready (`session.not_ready`).
    #[error("not ready: {0:?}")]
    NotReady(Vec<crate::readiness::Missing>),
    /// The certificate names no such training (`session.training`).
    #[error("{0:?} is needed")]
    Training(crate::forms::Training),
    /// Not in this kind of session (`session.mode`).
    #[error("not in this kind of session")]
    Mode,
    /// Not the turn of this step (`session.step`).
    #[error("it is not the turn of this step")]
    Step,
    /// A supervisor is needed (`session.supervisor`).
    #[error("a supervisor must confirm this")]
    Supervisor,
    /// A reason is missing (`session.reason`).
    #[error("a reason is missing")]
    Reason,
    /// A gate before this one is shut (`session.gate_order`).
    #[error("the {} gate comes first", .expected.name())]
    GateOrder {
        /// The gate that is waited for.
        expected: Gate,
    },
    /// A gate in front of this step is shut (`session.gate`).
    #[error("the {} gate is shut", .0.name())]
    GateShut(Gate),
    /// This gate is not opened by a tick (`session.gate`): age needs a statement, consent its lines.
    #[error("the {} gate is not opened by a tick", .0.name())]
    GateNeedsMore(Gate),
    /// Not the code of an interpreter (`answer.constraint`). What was given instead may be a name and is not shown.
    #[error("an interpreter's code has 1 to 12 letters, digits and hyphens")]
    InterpreterCode,
    /// The interview has ended (`session.closed`).
    #[error("the interview has ended")]
    Ended,
    /// The line cannot be taken now (`session.consent`): another comes first, or it was withdrawn.
    #[error("consent line {0:?} cannot be taken now")]
    Consent(ConsentLine),
    /// The form is for adults and the interview takes the child's way (`session.child_route`).
    #[error("this form is for persons shown to be adults")]
    ChildRoute,
}

impl Coded for ScreeningError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::RuleSetSyntax { .. } | Self::RuleSetContent { .. } => ErrorCode::RuleSetMalformed,
            Self::RuleSetDowngrade { .. } => ErrorCode::RuleSetDowngrade,
            Self::ProfileUnknown(_) => ErrorCode::RuleSetUnknown,
            Self::IndicatorUnknown(_) => ErrorCode::IndicatorUnknown,
            Self::Case(_) => ErrorCode::EntryMalformed,
            Self::Downgrade { .. } => ErrorCode::BundleDowngrade,
            Self::Bundle { .. } => ErrorCode::BundleMalformed,
            Self::Expired(_) => ErrorCode::BundleExpired,
            Self::NotReviewed { .. } => ErrorCode::BundleNotReviewed,
            Self::Pack { .. } => ErrorCode::PackMalformed,
            Self::PackIncomplete { .. } => ErrorCode::PackIncomplete,
            Self::PackAudio { .. } => ErrorCode::PackAudio,
            Self::FormAsks { .. } => ErrorCode::IndicatorUnknown,
            Self::Services { .. } => ErrorCode::ServicesMalformed,
            Self::ServiceUnknown => ErrorCode::ServicesUnknown,
            Self::ReferralState => ErrorCode::ReferralState,
            Self::ReferralConsent => ErrorCode::ReferralConsent,
            Self::Withheld => ErrorCode::ReferralWithheld,
            Self::ReferralWarning => ErrorCode::ReferralWarning,
            Self::ContactForbidden => ErrorCode::ContactForbidden,
            Self::NotReady(_) => ErrorCode::SessionNotReady,
            Self::Training(_) => ErrorCode::SessionTraining,
            Self::Mode => ErrorCode::SessionMode,
            Self::Step => ErrorCode::SessionStep,
            Self::Supervisor => ErrorCode::SessionSupervisor,
            Self::Reason => ErrorCode::SessionReason,
            Self::FormMapping { .. } => ErrorCode::FormUnsupported,
            Self::Age(_) => ErrorCode::AgeImplausible,
            Self::GateOrder { .. } => ErrorCode::SessionGateOrder,
            Self::GateShut(_) => ErrorCode::SessionGate,
            Self::GateNeedsMore(_) => ErrorCode::SessionGate,
            Self::InterpreterCode => ErrorCode::AnswerConstraint,
            Self::Ended => ErrorCode::SessionClosed,
            Self::Consent(_) => ErrorCode::SessionConsent,
            Self::ChildRoute => ErrorCode::SessionChildRoute,
        }
    }
}

/// A code somebody gave that is not known. Shown only if it has the shape of a code, so that no other text can get into an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    pub(crate) fn new(given: &str) -> Self {
        let like_a_code = (1..=24).contains(&given.len())
            && given.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && given.bytes().filter(u8::is_ascii_digit).count() <= 2;
        Self(if like_a_code { given.to_owned() } else { "of this name".to_owned() })
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
