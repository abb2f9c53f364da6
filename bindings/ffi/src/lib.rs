#![doc = include_str!("../README.md")]

mod bundle;
mod cancel;
mod content;
mod error;
mod foreign;
mod form_session;
mod guard;
mod keeping;
mod log;
mod neighbour;
mod outbox_session;
mod planted;
mod questions;
mod standing;
mod stated;
mod sync;
mod talk;
mod values;
mod vault;
mod views;
mod worklist;

pub use bundle::{BundleReport, RefusedPieces};
pub use cancel::CancelToken;
pub use content::{ContentView, Fallback, PromptView, RefusedContent};
pub use error::{FieldError, Place};
pub use foreign::{CallbackError, KeyStore, KeyStoreError, LogSink, ProgressListener, Transport, TransportError};
pub use form_session::FormSession;
pub use keeping::{AuditEntry, BorderReport, DuressCode, RetentionReport, sweep_vault, vaults_in};
pub use log::{LogLevel, LogLine, recent_log, set_log_sink};
pub use neighbour::{CarryRequest, CarrySession, largest_carry_body};
pub use outbox_session::OutboxSession;
pub use questions::{Bounds, ChoiceView, QuestionKind, QuestionView, RepeatView};
pub use standing::{
    AdviceView, DangerView, FindingState, LegalBasis, Missing, Mode, OverrideReason, Pace, Reporting, Sector,
    ServiceNeed, ServiceView, SessionMode, Sex, Stage, StandingView, WithheldReason,
};
pub use stated::{Comparison, OtherCalendar, SubsetCount, comparisons, gregorian_day, screen_case, subset_counts};
pub use sync::{Header, HttpMethod, SyncProgress, SyncReport, SyncSession, SyncStep, WireRequest, WireResponse};
pub use values::{
    AgeBasis, AgeStatement, AnswerState, CalendarSystem, ConsentGiver, ConsentHow, ConsentInput, ConsentLine,
    ConsentValue, Gate, HardwareLevel, QueueState, Sensitivity, StopReason,
};
pub use vault::{EnrolOptions, OpenOptions, Vault, vault_is_present, wipe_vault};
pub use views::{
    DraftView, FinishReport, FormSummary, FormTerms, OutcomeView, PageKind, PageView, QueueItem, QueueStatus, StepView,
    VaultStatus,
};

pub use worklist::{
    Caller, CaseRequest, Channel, ContactView, ErasureReason, Handover, IfOther, NextAction, ReferralField,
    ReferralInput, ReferralView, Urgency, WorkItem,
};

uniffi::setup_scaffolding!("wayside");
