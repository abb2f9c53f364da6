//! Errors of a form and of an answer. They name a place in the form, never what a person said.

use std::fmt;

use wayside_model::{Coded, ErrorCode};

/// A place in the form's XML, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: u32,
    /// Column, in characters.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The limit that a form is beyond; see [`crate::Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitKind {
    /// Bytes of XML.
    Bytes,
    /// Elements inside each other.
    Depth,
    /// Number of nodes.
    Nodes,
    /// Nodes of the primary instance, binds and controls.
    Definitions,
    /// Parentheses and calls inside each other in one expression.
    Nesting,
    /// Names, numbers, texts and operators of all expressions.
    Tokens,
}

/// Why a form is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// `form.malformed`: not XML, or XML that is not an XForm.
    #[error("{what} ({place})")]
    Malformed {
        /// What is wrong.
        what: &'static str,
        /// Where.
        place: Place,
    },
    /// `form.too_large`: beyond a limit.
    #[error("the form is beyond the limit on {limit:?} ({place})")]
    TooLarge {
        /// Which limit.
        limit: LimitKind,
        /// Where it was passed.
        place: Place,
    },
    /// `form.forbidden`: something that is refused whatever it says.
    #[error("{what} is refused ({place})")]
    Forbidden {
        /// What it is.
        what: &'static str,
        /// Where.
        place: Place,
    },
    /// `form.unsupported`: something this version does not know.
    #[error("{what} is not known to this version ({place})")]
    Unsupported {
        /// What it is.
        what: &'static str,
        /// Where.
        place: Place,
    },
    /// `form.expression`: an expression that is not XPath.
    #[error("an expression is not valid: {what} ({place})")]
    Expression {
        /// What is wrong.
        what: &'static str,
        /// Start of the attribute that holds it.
        place: Place,
    },
    /// `form.cycle`: calculations or relevance in a circle.
    #[error("this expression depends on its own result ({place})")]
    Cycle {
        /// One expression of the circle.
        place: Place,
    },
}

impl FormError {
    /// Where in the XML.
    pub const fn place(&self) -> Place {
        match self {
            Self::Malformed { place, .. }
            | Self::TooLarge { place, .. }
            | Self::Forbidden { place, .. }
            | Self::Unsupported { place, .. }
            | Self::Expression { place, .. }
            | Self::Cycle { place } => *place,
        }
    }
    /// Line, from 1.
    pub const fn line(&self) -> Option<u32> {
        Some(self.place().line)
    }
    /// Column in characters, from 1.
    pub const fn column(&self) -> Option<u32> {
        Some(self.place().column)
    }
}

impl Coded for FormError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed { .. } => ErrorCode::FormMalformed,
            Self::TooLarge { .. } => ErrorCode::FormTooLarge,
            Self::Forbidden { .. } => ErrorCode::FormForbidden,
            Self::Unsupported { .. } => ErrorCode::FormUnsupported,
            Self::Expression { .. } => ErrorCode::FormExpression,
            Self::Cycle { .. } => ErrorCode::FormCycle,
        }
    }
}

/// Why an answer was not taken. The session is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// `answer.unknown_ref`
    #[error("the form has no question at this place")]
    UnknownReference,
    /// `answer.not_relevant`
    #[error("the question is not asked at present")]
    NotRelevant,
    /// `answer.read_only`
    #[error("the question cannot be answered by hand")]
    ReadOnly,
    /// `answer.type`
    #[error("the value does not fit the question's type")]
    Type,
    /// `answer.choice`
    #[error("the value is not one of the question's choices")]
    Choice,
    /// `answer.constraint`; the form's message stands in the question's view.
    #[error("the value is outside what the form allows")]
    Constraint,
    /// `answer.repeat`
    #[error("the repeat cannot be added or removed here")]
    Repeat,
}

impl Coded for AnswerError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownReference => ErrorCode::AnswerUnknownRef,
            Self::NotRelevant => ErrorCode::AnswerNotRelevant,
            Self::ReadOnly => ErrorCode::AnswerReadOnly,
            Self::Type => ErrorCode::AnswerType,
            Self::Choice => ErrorCode::AnswerChoice,
            Self::Constraint => ErrorCode::AnswerConstraint,
            Self::Repeat => ErrorCode::AnswerRepeat,
        }
    }
}

/// What went wrong inside an expression while it ran. The node it was for is left blank and the session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A function this version does not have.
    #[error("a function is not known")]
    UnknownFunction,
    /// Too few or too many arguments.
    #[error("a function has the wrong number of arguments")]
    Arguments,
    /// A node-set was needed.
    #[error("a function or path needs nodes and got something else")]
    NotNodes,
    /// A text that should be a date is not one, or the date does not exist.
    #[error("not a date")]
    Date,
    /// A text that should be a place or a shape is not one.
    #[error("not a place or shape")]
    Geo,
    /// A `regex` that is not valid or took too long.
    #[error("not a regular expression that can be run")]
    Regex,
    /// A digest or encoding that is not known.
    #[error("an algorithm or encoding is not known")]
    Algorithm,
    /// A form instance that does not exist.
    #[error("there is no such instance")]
    Instance,
    /// The file of an instance is not there; see [`crate::Session::missing_instances`].
    #[error("a file that the form needs is not on this device")]
    Missing,
    /// A list could not be read from where it is kept.
    #[error("a list could not be read")]
    List,
    /// Longer than [`crate::Limits::steps`].
    #[error("the expression runs too long")]
    Steps,
    /// Labels and choices that lead to each other, deeper than [`crate::Limits::nesting`] allows.
    #[error("expressions lead to each other too deeply")]
    Nesting,
    /// A text longer than [`crate::Limits::text`].
    #[error("a text is too long")]
    Text,
    /// Values that change each other without an end.
    #[error("the calculation does not come to rest")]
    Unsettled,
    /// A repeat count beyond [`crate::Limits::nodes`].
    #[error("the repeat is too large")]
    RepeatSize,
}
