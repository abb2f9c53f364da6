//! The one error of the facade: a stable code and a place, never words a person said.

use wayside_model::{Coded, ErrorCode, Gate};

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct FieldError {
    /// The stable code; see `docs/errors.md`.
    pub code: ErrorCode,
    /// Where, as far as numbers can tell.
    pub place: Place,
}

/// Where an error arose. Numbers and gates only, so that it can stand in a crash report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nowhere in particular.
    None,
    /// In the text of a form, counted from 1.
    Line {
        /// Line.
        line: u32,
        /// Column.
        column: u32,
    },
    /// In a list of entries, counted from 1.
    Entry(u32),
    /// At this gate.
    Gate(Gate),
    /// After this many seconds the call is worth trying again.
    Seconds(u32),
}

impl FieldError {
    /// An error of this code, nowhere in particular.
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, place: Place::None }
    }
    /// The same error, at a place.
    #[must_use]
    pub const fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }
}

impl Coded for FieldError {
    fn code(&self) -> ErrorCode {
        self.code
    }
}

impl From<ErrorCode> for FieldError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl From<wayside_seal::SealError> for FieldError {
    fn from(error: wayside_seal::SealError) -> Self {
        Self::new(error.code())
    }
}

impl From<wayside_screening::ScreeningError> for FieldError {
    fn from(error: wayside_screening::ScreeningError) -> Self {
        Self::new(error.code())
    }
}

impl From<wayside_forms::AnswerError> for FieldError {
    fn from(error: wayside_forms::AnswerError) -> Self {
        Self::new(error.code())
    }
}

impl From<wayside_sync::SyncError> for FieldError {
    fn from(error: wayside_sync::SyncError) -> Self {
        Self::new(error.code())
    }
}

impl From<wayside_sync::StoreError> for FieldError {
    fn from(error: wayside_sync::StoreError) -> Self {
        Self::new(error.code())
    }
}

impl From<wayside_model::Malformed> for FieldError {
    fn from(_: wayside_model::Malformed) -> Self {
        Self::new(ErrorCode::VaultTampered)
    }
}

impl From<wayside_forms::FormError> for FieldError {
    fn from(error: wayside_forms::FormError) -> Self {
        let place = match (error.line(), error.column()) {
            (Some(line), column) => Place::Line { line, column: column.unwrap_or(1) },
            (None, _) => Place::None,
        };
        Self::new(error.code()).at(place)
    }
}

impl From<wayside_forms::ResourceError> for FieldError {
    fn from(error: wayside_forms::ResourceError) -> Self {
        Self::new(error.code())
    }
}

impl From<wayside_forms::ListUnreadable> for FieldError {
    fn from(_: wayside_forms::ListUnreadable) -> Self {
        Self::new(ErrorCode::StorageIo)
    }
}

impl From<wayside_vault::VaultError> for FieldError {
    fn from(error: wayside_vault::VaultError) -> Self {
        let place = error.wait_seconds().map_or(Place::None, Place::Seconds);
        Self::new(error.code()).at(place)
    }
}
