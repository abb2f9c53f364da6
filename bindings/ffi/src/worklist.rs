//! What a worker keeps of finished interviews, and what is added by code.
use crate::error::FieldError;
use crate::form_session::FormSession;
use crate::values::{ConsentLine, mirror, moment, origin, timestamp};
use crate::vault::Vault;
use std::time::SystemTime;
use wayside_field as field;

mirror! {
    /// The next action of a case.
    NextAction = NextAction [both] {
        /// See how a referral stands.
        CheckReferral,
        /// Contact the person by the rule HQ holds.
        Contact,
        /// Offer to talk again.
        TalkAgain,
        /// Nothing.
        None,
    }
}
mirror! {
    /// Why a record is to be erased.
    ErasureReason = ErasureReason [within] {
        /// The person asked for it.
        PersonAsked,
        /// It should not have been recorded.
        NotCovered,
        /// Its time is over.
        Expired,
    }
}
mirror! {
    /// How soon a referral is.
    Urgency = Urgency [within] {
        /// Now.
        Now,
        /// Within 24 hours.
        Day,
        /// Within 72 hours.
        ThreeDays,
        /// As usual.
        Routine,
    }
}
mirror! {
    /// How a referral is handed over.
    Handover = Handover [within] {
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
}

mirror! {
    /// A way of contact.
    Channel = Channel [both] {
        /// In person, at the site.
        InPerson,
        /// A call.
        Call,
        /// A message.
        Message,
        /// Through somebody the person trusts.
        Trusted,
    }
}
mirror! {
    /// Who of the team gets in touch, as the person wishes.
    Caller = Caller [out] {
        /// Who led the talk.
        SameWorker,
        /// Anybody of the team.
        Colleague,
        /// Somebody of the gender that the person chose.
        ChosenGender,
    }
}

mirror! {
    /// What to do if somebody else answers.
    IfOther = IfOther [out] {
        /// End the call.
        HangUp,
        /// Say it is a wrong number.
        WrongNumber,
        /// Use the story agreed with the person.
        Cover,
    }
}

/// How to contact a person, at a moment at which it is safe.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ContactView {
    /// In which way.
    pub channel: Channel,
    /// Who gets in touch, where it was said.
    pub caller: Option<Caller>,
    /// Word by which the person knows the caller; may be empty.
    pub code_word: String,
    /// Whether somebody the person named may answer as well.
    pub trusted_may_answer: bool,
    /// What to do if somebody else answers.
    pub if_other: IfOther,
    /// The story agreed with the person, where it is to be used; may be empty.
    pub story: String,
}

/// One case of a worker's list: no name, no answer, no outcome.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct WorkItem {
    /// The case's code.
    pub code: String,
    /// What to do next.
    pub action: NextAction,
    /// Code of a task that HQ has set.
    pub task: Option<String>,
    /// By when.
    pub due: SystemTime,
    /// Whether it is time.
    pub is_due: bool,
    /// How the referrals of the case stand.
    pub referrals: Vec<ReferralView>,
}

/// A referral, by code and state alone.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReferralView {
    /// The event that made it.
    pub referral: String,
    /// Code of the service.
    pub recipient: String,
    /// Word of the state: `sent`, `received`, `accepted`, `declined`, `started`, `done`, `failed`, `revoked`.
    pub state: String,
}

/// What a worker adds by code. It is sealed to HQ like a record.
#[derive(Clone, uniffi::Enum)]
pub enum CaseRequest {
    /// Something recorded is wrong.
    Correction {
        /// What should stand there, without names.
        text: String,
    },
    /// The person takes a line back; it wins over every copy.
    Withdrawal {
        /// The line.
        line: ConsentLine,
        /// The recipient, for C4.
        recipient: Option<String>,
    },
    /// The record is to be erased; that wins over every later copy.
    Erasure {
        /// Why.
        reason: ErasureReason,
    },
    /// A new session belongs to the same person.
    TalkedAgain {
        /// Code of the new one.
        again: String,
    },
}

/// A referral to send.
#[derive(Clone, uniffi::Record)]
pub struct ReferralInput {
    /// Code of the service in the site's directory.
    pub recipient: String,
    /// How soon.
    pub urgency: Urgency,
    /// How it is handed over.
    pub handover: Handover,
    /// What the person wants, in a sentence without names.
    pub wants: String,
    /// What goes with it.
    pub fields: Vec<ReferralField>,
    /// Whether the person was told that the service may have to report to authorities.
    pub warned: bool,
}

/// One field of a referral.
#[derive(Clone, uniffi::Record)]
pub struct ReferralField {
    /// `needs`, `age`, `language`, `contact`, `name`, `summary` or `answers`.
    pub name: String,
    /// Its value.
    pub value: String,
}

#[uniffi::export]
impl Vault {
    /// The cases of this worker that are not closed, the one that is due first before the others.
    pub fn work_list(&self) -> Result<Vec<WorkItem>, FieldError> {
        self.core.call(|core| Ok(core.work_list()?.into_iter().map(WorkItem::from).collect()))
    }

    /// Sets what to do next for a case, and by when.
    ///
    /// Errors: `session.unknown` for a code that is not in the list; `contact.forbidden` for a contact that the person did not
    /// agree to, or at an hour that is not safe.
    pub fn set_next(&self, code: String, action: NextAction, due: SystemTime) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.set_next(&code, action.into(), timestamp(due))?))
    }

    /// How to contact the person of a case now, if it may be done in this way at this hour.
    ///
    /// Errors: `contact.forbidden` where nothing was agreed, or not this; `session.unknown`.
    pub fn contact(&self, code: String, by: Channel) -> Result<ContactView, FieldError> {
        self.core.call(|core| {
            let view = core.contact(&code, by.into())?;
            Ok(ContactView {
                channel: view.channel.into(),
                caller: view.caller.map(Into::into),
                code_word: view.code_word,
                trusted_may_answer: view.trusted_may_answer,
                if_other: view.if_other.into(),
                story: view.story,
            })
        })
    }

    /// Takes a case off the list. What HQ holds stays.
    ///
    /// Errors: `session.unknown`.
    pub fn close_case(&self, code: String) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.close_case(&code)?))
    }

    /// Seals a correction, a withdrawal, a wish for erasure or a link to HQ, by the code of a case, without opening the
    /// record. Gives the event.
    ///
    /// Errors: `session.unknown` for a code that is not in the list, `entry.malformed`, `storage.*`.
    pub fn request(&self, code: String, request: CaseRequest) -> Result<String, FieldError> {
        self.core.call(|core| Ok(core.request(&code, request.into())?.to_string()))
    }

    /// Seals to HQ that this worker wants to be called: with the worker's pseudonym and site, and no word of why. `asked` is
    /// false for an interview that was hard without the worker asking. Gives the event.
    ///
    /// Errors: `session.not_ready` while HQ has not confirmed the device, `storage.*`.
    pub fn ask_for_help(&self, asked: bool) -> Result<String, FieldError> {
        self.core.call(|core| Ok(core.ask_for_help(asked)?.to_string()))
    }
}

#[uniffi::export]
impl FormSession {
    /// Refers the person to a service: seals a letter with these fields to the service, where the directory has its key, and
    /// tells HQ what kind of fields went to whom, never their values. Gives the event.
    ///
    /// Errors: `services.unknown`, `referral.state` for a field that does not exist, `referral.consent` without a line C4
    /// for this recipient that names every field, `referral.withheld`, `referral.warning`, `session.consent`.
    pub fn refer(&self, input: ReferralInput) -> Result<String, FieldError> {
        self.core.call(|core| Ok(core.refer(&input.into())?.to_string()))
    }
}

impl From<field::WorkItemView> for WorkItem {
    fn from(item: field::WorkItemView) -> Self {
        let referral = |held: field::ReferralView| ReferralView {
            referral: held.referral.to_string(),
            recipient: held.recipient,
            state: held.state,
        };
        Self {
            code: item.code,
            action: item.action.into(),
            task: item.task,
            due: moment(item.due),
            is_due: item.is_due,
            referrals: item.referrals.into_iter().map(referral).collect(),
        }
    }
}

impl From<CaseRequest> for field::CaseRequest {
    fn from(request: CaseRequest) -> Self {
        match request {
            CaseRequest::Correction { text } => Self::Correction { text },
            CaseRequest::Withdrawal { line, recipient } => Self::Withdrawal { line: line.into(), recipient },
            CaseRequest::Erasure { reason } => Self::Erasure { reason: reason.into() },
            CaseRequest::TalkedAgain { again } => Self::TalkedAgain { again },
        }
    }
}

impl From<ReferralInput> for field::ReferralInput {
    fn from(input: ReferralInput) -> Self {
        Self {
            recipient: input.recipient,
            urgency: input.urgency.into(),
            handover: input.handover.into(),
            wants: input.wants,
            fields: input.fields.into_iter().map(|field| (field.name, field.value)).collect(),
            warned: input.warned,
        }
    }
}
