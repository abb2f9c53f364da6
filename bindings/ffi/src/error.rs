//! The one error of all calls: a code and a place. Its texts belong to the app, in the app's languages.
use crate::values::Gate;
use wayside_field as field;
use wayside_field::ErrorCode;

/// Why a call failed. Holds codes and numbers, never an answer, a name, a path or a key, so it can be logged and reported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum FieldError {
    /// The call did nothing, or all that it did before is kept.
    #[error("{code}")]
    Failed {
        /// Stable dotted code, equal on every platform; the table is `docs/errors.md`.
        code: String,
        /// Whether the same call can succeed later without a change.
        retryable: bool,
        /// Where it arose.
        place: Place,
    },
}

/// Where an error arose, as far as numbers can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Place {
    /// Nowhere in particular.
    Nowhere,
    /// In the text of a form, counted from 1.
    Line {
        /// Line.
        line: u32,
        /// Column.
        column: u32,
    },
    /// In a list of entries, counted from 1.
    Entry {
        /// Number of the entry.
        number: u32,
    },
    /// At a gate that is not open.
    AtGate {
        /// Which.
        gate: Gate,
    },
    /// The call is worth trying again after a time.
    Wait {
        /// Seconds from now.
        seconds: u32,
    },
}

impl FieldError {
    pub(crate) fn of(code: ErrorCode) -> Self {
        Self::Failed { code: code.as_str().to_owned(), retryable: code.is_retryable(), place: Place::Nowhere }
    }
}

impl From<field::FieldError> for FieldError {
    fn from(error: field::FieldError) -> Self {
        let place = match error.place {
            field::Place::None => Place::Nowhere,
            field::Place::Line { line, column } => Place::Line { line, column },
            field::Place::Entry(number) => Place::Entry { number },
            field::Place::Gate(gate) => Place::AtGate { gate: gate.into() },
            field::Place::Seconds(seconds) => Place::Wait { seconds },
        };
        Self::Failed { code: error.code.as_str().to_owned(), retryable: error.code.is_retryable(), place }
    }
}
