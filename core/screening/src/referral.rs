//! A referral's life: from a draft to what came of it. It cannot be sent without the person's line for this recipient and
//! these data, and it carries nothing else.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wayside_model::{ConsentLine, ConsentValue, Timestamp};

use crate::services::{Reporting, Services};
use crate::{Ledger, ScreeningError};

/// How soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Now.
    Now,
    /// Within 24 hours.
    Day,
    /// Within 72 hours.
    ThreeDays,
    /// As usual.
    Routine,
}

/// How it is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handover {
    /// The worker goes along.
    Accompanied,
    /// By phone.
    Phone,
    /// On paper, sealed.
    SealedPaper,
    /// In an encrypted file.
    EncryptedFile,
    /// A code only.
    CodeOnly,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being written.
    Draft,
    /// Offered to the person.
    Offered,
    /// The person wants it.
    Wanted,
    /// Sent to the recipient.
    Sent,
    /// The recipient has it.
    Received,
    /// The recipient takes it on.
    Accepted,
    /// The recipient does not.
    Declined,
    /// The service has begun.
    Started,
    /// Done.
    Done,
    /// It came to nothing.
    Failed,
    /// The person took it back.
    Revoked,
}

impl State {
    /// All states.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Offered,
        Self::Wanted,
        Self::Sent,
        Self::Received,
        Self::Accepted,
        Self::Declined,
        Self::Started,
        Self::Done,
        Self::Failed,
        Self::Revoked,
    ];

    /// Whether this step may follow. Taking back is always possible until the end, and has its own call.
    pub const fn leads_to(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft, Self::Offered)
                | (Self::Offered, Self::Wanted | Self::Failed)
                | (Self::Wanted, Self::Sent | Self::Failed)
                | (Self::Sent, Self::Received | Self::Failed)
                | (Self::Received, Self::Accepted | Self::Declined)
                | (Self::Accepted, Self::Started | Self::Failed)
                | (Self::Started, Self::Done | Self::Failed)
        )
    }
    /// Whether nothing follows any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Declined | Self::Done | Self::Failed | Self::Revoked)
    }
}

/// Fields that a referral can carry.
pub const DATA_FIELDS: [&str; 7] = ["needs", "age", "language", "contact", "name", "summary", "answers"];

/// What a referral is about. No `Debug`: it is about one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// Code of the recipient in the directory.
    pub recipient: String,
    /// Version of the directory it was taken from.
    pub directory_version: u32,
    /// How soon.
    pub urgency: Urgency,
    /// What the person wants, in a sentence without names.
    pub wants: String,
    /// Names of the fields that go with it; see [`DATA_FIELDS`].
    pub data_set: BTreeSet<String>,
    /// How it is handed over.
    pub handover: Handover,
    /// Whether the recipient has to report to authorities.
    pub reporting: Reporting,
    /// Whether the person was told so.
    pub warned: bool,
    /// When to look at it again.
    pub follow_up: Timestamp,
    history: Vec<(State, Timestamp)>,
}

/// What has to be done after a referral was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterRevocation {
    /// Nobody outside knows of it.
    Nothing,
    /// The recipient has it, or may: ask them to erase it.
    NotifyRecipient,
}

impl Referral {
    /// Begins a referral to a service of the directory.
    ///
    /// # Errors
    /// `services.unknown`; `referral.state` for a field that does not exist.
    pub fn draft(
        services: &Services,
        recipient: &str,
        urgency: Urgency,
        handover: Handover,
        data_set: &[&str],
        at: Timestamp,
    ) -> Result<Self, ScreeningError> {
        let service = services.service(recipient)?;
        if data_set.iter().any(|field| !DATA_FIELDS.contains(field)) {
            return Err(ScreeningError::ReferralState);
        }
        const HOUR: i64 = 3_600_000;
        let hours = match urgency {
            Urgency::Now | Urgency::Day => 24,
            Urgency::ThreeDays => 72,
            Urgency::Routine => 7 * 24,
        };
        Ok(Self {
            recipient: service.code.clone(),
            directory_version: services.version,
            urgency,
            wants: String::new(),
            data_set: data_set.iter().map(|field| (*field).to_owned()).collect(),
            handover,
            reporting: service.reporting,
            warned: false,
            follow_up: at.plus_millis(hours * HOUR).rounded(),
            history: vec![(State::Draft, at.rounded())],
        })
    }

    /// One of a stated case: to this service, and nothing goes with it.
    pub(crate) fn stated(recipient: &str, at: Timestamp) -> Self {
        Self {
            recipient: recipient.to_owned(),
            directory_version: 0,
            urgency: Urgency::Routine,
            wants: String::new(),
            data_set: BTreeSet::new(),
            handover: Handover::CodeOnly,
            reporting: Reporting::Never,
            warned: false,
            follow_up: at,
            history: vec![(State::Draft, at)],
        }
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.history.last().map_or(State::Draft, |held| held.0)
    }
    /// All steps, in order.
    pub fn history(&self) -> &[(State, Timestamp)] {
        &self.history
    }
    /// Whether the person must be told about reporting before it is sent. Not knowing counts as a yes.
    pub fn needs_warning(&self) -> bool {
        self.reporting != Reporting::Never
    }

    /// Takes the next step.
    ///
    /// # Errors
    /// `referral.state` for a step that may not follow. For `Sent`: `referral.consent` without a standing line C4 for this
    /// recipient that names every field of the data set, and C3 where a name or contact is in it; `referral.withheld` for
    /// one the person does not want to know; `referral.warning` where the person was not told about reporting.
    pub fn step(&mut self, next: State, ledger: &Ledger, at: Timestamp) -> Result<(), ScreeningError> {
        if !self.state().leads_to(next) {
            return Err(ScreeningError::ReferralState);
        }
        if next == State::Sent {
            self.may_be_sent(ledger)?;
        }
        self.history.push((next, at.rounded()));
        Ok(())
    }

    fn may_be_sent(&self, ledger: &Ledger) -> Result<(), ScreeningError> {
        if ledger.is_withheld_from(&self.recipient) {
            return Err(ScreeningError::Withheld);
        }
        let covered = ledger.data_set(&self.recipient);
        let identity = self.data_set.contains("name") || self.data_set.contains("contact");
        let line = ledger.agrees(ConsentLine::C4, Some(&self.recipient))
            && self.data_set.iter().all(|field| covered.contains(field))
            && (!identity || ledger.agrees(ConsentLine::C3, None));
        if !line {
            return Err(ScreeningError::ReferralConsent);
        }
        if self.needs_warning() && !self.warned { Err(ScreeningError::ReferralWarning) } else { Ok(()) }
    }

    /// Takes it back because the person wants so, or because their line was withdrawn.
    ///
    /// # Errors
    /// `referral.state` after the end.
    pub fn revoke(&mut self, at: Timestamp) -> Result<AfterRevocation, ScreeningError> {
        if self.state().is_final() {
            return Err(ScreeningError::ReferralState);
        }
        let outside = self.history.iter().any(|(state, _)| *state == State::Sent);
        self.history.push((State::Revoked, at.rounded()));
        Ok(if outside { AfterRevocation::NotifyRecipient } else { AfterRevocation::Nothing })
    }

    /// Takes it back if the ledger no longer has the line; to be called after each merge of ledgers. `None` if it stands.
    pub fn follow(&mut self, ledger: &Ledger, at: Timestamp) -> Option<AfterRevocation> {
        let standing = ledger.standing(ConsentLine::C4, Some(&self.recipient));
        let taken_back = matches!(standing, Some(ConsentValue::No | ConsentValue::Withdrawn))
            || ledger.is_withheld_from(&self.recipient);
        if taken_back { self.revoke(at).ok() } else { None }
    }
}
