//! After the talk: how the person may be contacted, and what the worker keeps once the record is HQ's.

use serde::{Deserialize, Serialize};
use wayside_model::{ConsentLine, Timestamp};

use crate::{Ledger, ScreeningError};

/// A way of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In person, at the site.
    InPerson,
    /// A call.
    Call,
    /// A message.
    Message,
    /// Through somebody the person trusts.
    Trusted,
}

/// Who of the team gets in touch, as the person wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// Who led the talk.
    SameWorker,
    /// Anybody of the team.
    Colleague,
    /// Somebody of the gender that the person chose.
    ChosenGender,
}

/// What to do if somebody else answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfOther {
    /// End the call.
    HangUp,
    /// Say it is a wrong number.
    WrongNumber,
    /// Use the story agreed with the person.
    Cover,
}

/// How the person may be contacted. "Do not contact" is a value of its own, and the one that holds until another is said.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactRule {
    /// Never.
    #[default]
    DoNotContact,
    /// Only so.
    Only {
        /// In which way.
        channel: Channel,
        /// Hours of the day that are safe, as from and to; 22 to 6 goes over midnight.
        hours: Vec<(u8, u8)>,
        /// Who gets in touch; `None` where it was not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<Caller>,
        /// Word by which the person knows the caller.
        code_word: String,
        /// Whether somebody the person named may answer as well.
        trusted_may_answer: bool,
        /// What to do if somebody else answers.
        if_other: IfOther,
        /// The story agreed with the person, where it is to be used; may be empty.
        #[serde(default)]
        story: String,
    },
}

impl ContactRule {
    /// Whether the person may be contacted in this way at this hour (0–23, local).
    ///
    /// # Errors
    /// `contact.forbidden`: there is no standing line C5, "do not contact", another channel, or an hour that is not safe.
    pub fn check(&self, ledger: &Ledger, by: Channel, hour: u8) -> Result<(), ScreeningError> {
        if ledger.agrees(ConsentLine::C5, None) {
            self.permits(by, hour)
        } else {
            Err(ScreeningError::ContactForbidden)
        }
    }

    /// As [`Self::check`], for a rule that was kept because line C5 stood.
    ///
    /// # Errors
    /// `contact.forbidden`.
    pub fn permits(&self, by: Channel, hour: u8) -> Result<(), ScreeningError> {
        let Self::Only { channel, hours, .. } = self else { return Err(ScreeningError::ContactForbidden) };
        let within = |(from, to): &(u8, u8)| match from <= to {
            true => (*from..*to).contains(&hour),
            false => hour >= *from || hour < *to,
        };
        let allowed = *channel == by && hour < 24 && hours.iter().any(within);
        if allowed { Ok(()) } else { Err(ScreeningError::ContactForbidden) }
    }

    /// The rule that the answers of "Next steps" (B6) make; `None` where contact was not spoken of. What lacks a safe way or
    /// hour is "do not contact". The hours of the form's times of day are ours.
    pub fn of_answers<'a>(given: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let hours = |time: &str| match time {
            "morning" => Some((6, 11)),
            "midday" => Some((11, 14)),
            "afternoon" => Some((14, 18)),
            "evening" => Some((18, 22)),
            _ => None,
        };
        if given("contact")? != "yes" {
            return Some(Self::DoNotContact);
        }
        let channel = match given("channel") {
            Some("in_person") => Channel::InPerson,
            Some("call") => Channel::Call,
            Some("message") => Channel::Message,
            Some("trusted") => Channel::Trusted,
            _ => return Some(Self::DoNotContact),
        };
        let caller = match given("contact_by") {
            Some("same_worker") => Some(Caller::SameWorker),
            Some("colleague") => Some(Caller::Colleague),
            Some("chosen_gender") => Some(Caller::ChosenGender),
            _ => None,
        };
        let if_other = match given("if_other") {
            Some("wrong_number") => IfOther::WrongNumber,
            Some("cover") => IfOther::Cover,
            _ => IfOther::HangUp,
        };
        Some(Self::Only {
            channel,
            hours: given("hours").unwrap_or_default().split_ascii_whitespace().filter_map(hours).collect(),
            caller,
            code_word: given("code_word").unwrap_or_default().to_owned(),
            trusted_may_answer: given("who_answers") == Some("trusted"),
            if_other,
            story: given("cover_story").filter(|_| if_other == IfOther::Cover).unwrap_or_default().to_owned(),
        })
    }
}

/// The next action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAction {
    /// See how a referral stands.
    CheckReferral,
    /// Contact the person by the rule HQ holds.
    Contact,
    /// Offer to talk again.
    TalkAgain,
    /// Nothing; the case is closed here.
    None,
}

/// All a worker keeps after the hand-off: no name, no answer, no outcome.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItem {
    /// Code of the case.
    pub code: String,
    /// What to do next.
    pub action: NextAction,
    /// By when.
    pub due: Timestamp,
}

impl WorkItem {
    /// Whether it is time.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.action != NextAction::None && now >= self.due
    }
}

/// Why a record is to be erased. A class, never a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// The person asked for it.
    PersonAsked,
    /// It should not have been recorded.
    NotCovered,
    /// Its time is over.
    Expired,
}

/// What a worker can add by code, without reading the record. It is sealed to HQ like a record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ByCode {
    /// Something recorded is wrong.
    Correction {
        /// Code of the case.
        code: String,
        /// What should stand there, without names.
        text: String,
    },
    /// The person takes a line back; it wins over every copy.
    Withdrawal {
        /// Code of the case.
        code: String,
        /// The line.
        line: ConsentLine,
        /// The recipient, for C4.
        recipient: Option<String>,
        /// When it was said.
        at: Timestamp,
    },
    /// The record is to be erased; wins over every later copy.
    Erasure {
        /// Code of the case.
        code: String,
        /// Why.
        reason: ErasureReason,
    },
    /// A new session belongs to the same pseudonym. Earlier answers are not shown for it.
    TalkedAgain {
        /// Code of the case.
        code: String,
        /// Code of the new one.
        again: String,
    },
}
