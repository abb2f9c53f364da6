#![doc = include_str!("../README.md")]

mod after_finish;
mod begin;
mod cancel;
mod carried;
mod carry;
mod contact;
mod content;
mod control;
mod device;
mod duress;
mod earlier;
mod enrol;
mod entity_cases;
mod entry;
mod epochs;
mod error;
mod files;
mod files_sent;
mod finish;
#[cfg(test)]
mod finish_tests;
mod forms;
mod help;
mod installed;
mod journal;
mod keeping;
mod lists;
#[cfg(test)]
mod lists_tests;
mod neighbour;
#[cfg(test)]
mod neighbour_tests;
mod orders;
mod outbox_queue;
mod outbox_session;
mod pages;
mod ports;
mod prompts;
mod recorder;
mod refer;
mod result;
mod session;
mod site;
mod standing;
mod stated;
mod stored_list;
mod sync_run;
mod talk;
mod term_ends;
mod terms;
#[cfg(test)]
mod terms_tests;
#[cfg(test)]
mod testing;
mod training;
#[cfg(test)]
mod training_tests;
mod vault;
mod wipe_order;
mod wording;
mod worklist;

pub use cancel::CancelToken;
pub use carried::Carried;
pub use carry::BundleReport;
pub use contact::ContactView;
pub use content::{ContentView, RefusedView};
pub use duress::Duress;
pub use enrol::{EnrolOptions, Enrolled};
pub use entry::{AgeEntry, Entry};
pub use error::{FieldError, Place};
pub use files::{FileView, LARGEST_FILE};
pub use finish::FinishReport;
pub use forms::FormSummary;
pub use journal::SessionMode;
pub use keeping::{AuditView, BorderReport, RetentionReport};
pub use lists::{FormFile, put as put_list};
pub use neighbour::{CarryRequest, CarrySession, LARGEST_CARRY_BODY};
pub use outbox_session::OutboxSession;
pub use pages::{GateView, PageKind, PageView};
pub use ports::{Clock, LogSink, ProgressListener, SetClock, SystemClock, Transport, WireRequest, WireResponse};
pub use recorder::{LogLevel, LogLine, recent_log, set_log_sink};
pub use refer::ReferralInput;
pub use result::{OutcomeView, StepView};
pub use session::FormSession;
pub use site::{ServiceNeed, ServiceView};
pub use standing::{DangerView, StandingView};
pub use stated::{Comparison, OtherCalendar, SubsetCount, comparisons, gregorian_day, screen_case, subset_counts};
pub use stored_list::StoredList;
pub use sync_run::{SyncProgress, SyncReport, SyncSession, SyncStep};
pub use talk::{AdviceView, ConsentInput};
pub use training::TrainingOptions;
pub use vault::{DraftView, Missing, OpenOptions, QueueItemView, QueueState, QueueStatus, Vault, VaultStatus};
pub use wording::{PromptPart, PromptView};
pub use worklist::{CaseRequest, ReferralView, WorkItemView};

pub use wayside_forms::{ChoiceView, QuestionKind, QuestionView, RepeatView};
pub use wayside_model::{
    AgeBasis, AgeStatement, AnswerState, Calendar, CaseId, Coded, ConsentGiver, ConsentHow, ConsentLine, ConsentValue,
    DeviceId, DraftId, ErrorCode, EventId, Fallback, FormTerms, Gate, LegalBasis, OverrideReason, Route, Sensitive,
    Sensitivity, StopReason, Timestamp, WithheldReason,
};
pub use wayside_screening::FindingState;
pub use wayside_screening::follow_up::{Caller, Channel, ErasureReason, IfOther, NextAction};
pub use wayside_screening::interview::{Mode, Pace, Stage};
pub use wayside_screening::referral::{Handover, Urgency};
pub use wayside_screening::services::{Reporting, Sector, Sex};
pub use wayside_seal::stretch::StretchParams;
pub use wayside_seal::{HardwareLevel, KeyStore, KeyStoreError};
pub use wayside_sync::{Failure, Method};
