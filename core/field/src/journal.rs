//! The journal of a draft: what was done, step by step, each durable before the call returns. Going on with a draft means
//! doing the same steps again, so there is one way in which an interview can come about.

use minicbor::{Decode, Encode};
use wayside_model::{
    AgeStatement, AnswerState, BasisRecord, CaseId, ConsentEntry, ConsentLine, DraftId, ErrorCode, EventId, Gate,
    HeardIn, Override, StopReason, Timestamp, Withheld, from_canonical, to_canonical,
};
use wayside_screening::FindingState;
use wayside_screening::interview::Mode;
use wayside_seal::random;
use zeroize::Zeroizing;

use crate::earlier::Earlier;
use crate::error::FieldError;
use crate::vault::{DraftView, Inner};
use crate::wording::ReadOut;

/// What an interview starts from; with the steps it makes the same interview again.
#[derive(Clone, Encode, Decode)]
pub(crate) struct Header {
    #[n(0)]
    pub(crate) draft: DraftId,
    #[n(1)]
    pub(crate) case: CaseId,
    #[n(2)]
    pub(crate) form: String,
    /// SHA-256 of the form it began with: a draft goes on with that one, also when a newer one is installed.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(crate) sha256: [u8; 32],
    #[n(4)]
    pub(crate) language: String,
    #[n(5)]
    pub(crate) started: Timestamp,
    #[n(6)]
    pub(crate) offset_minutes: i32,
    #[n(7)]
    pub(crate) random_seed: u64,
    #[n(8)]
    pub(crate) instance_id: String,
    #[n(9)]
    pub(crate) mode: SessionMode,
    /// Whether the site let observations be recorded when it began.
    #[n(10)]
    pub(crate) observation: bool,
    /// The language asked for (BCP 47), dialect included; a draft of an earlier build has none.
    #[n(11)]
    pub(crate) asked: Option<String>,
    /// Whether the site let the questions go on after help was found; not in a draft of an earlier build.
    #[n(12)]
    pub(crate) after_help: Option<bool>,
    /// The form was not about a person when it began, as HQ had signed it; the draft stays that.
    #[n(13)]
    pub(crate) about_nobody: Option<bool>,
}

/// What kind of session is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum SessionMode {
    /// A worker asks.
    #[n(0)]
    Interview,
    /// The person holds the device; answers are hidden from worker and interpreter.
    #[n(1)]
    SelfAnswer,
    /// Nobody is asked anything; only what can be seen is recorded, where the site allows it.
    #[n(2)]
    Observation,
}

impl From<SessionMode> for Mode {
    fn from(mode: SessionMode) -> Self {
        match mode {
            SessionMode::Interview => Self::Interview,
            SessionMode::SelfAnswer => Self::SelfAnswer,
            SessionMode::Observation => Self::Observation,
        }
    }
}

/// One step. No `Debug`: it holds what a person said.
#[derive(Clone, Encode, Decode)]
pub(crate) enum Step {
    #[n(0)]
    Gate {
        #[n(0)]
        gate: Gate,
        #[n(1)]
        pass: bool,
        #[n(2)]
        age: Option<AgeStatement>,
        #[n(3)]
        at: Timestamp,
        /// Code of the interpreter; not in a draft of an earlier build.
        #[n(4)]
        interpreter: Option<String>,
    },
    #[n(1)]
    Consent(#[n(0)] ConsentEntry),
    #[n(2)]
    Answer {
        #[n(0)]
        reference: String,
        #[n(1)]
        value: String,
        /// Where the question's words came from, if not from the form in the language asked for.
        #[n(2)]
        heard: Option<HeardIn>,
    },
    #[n(3)]
    Mark {
        #[n(0)]
        reference: String,
        #[n(1)]
        state: AnswerState,
        #[n(2)]
        heard: Option<HeardIn>,
    },
    #[n(4)]
    Add(#[n(0)] String),
    #[n(5)]
    Remove(#[n(0)] String),
    #[n(6)]
    Attach {
        #[n(0)]
        reference: String,
        #[n(1)]
        name: String,
        #[cbor(n(2), with = "minicbor::bytes")]
        bytes: Vec<u8>,
    },
    #[n(7)]
    Language(#[n(0)] String),
    #[n(8)]
    Withdraw {
        #[n(0)]
        line: ConsentLine,
        #[n(1)]
        at: Timestamp,
    },
    #[n(9)]
    Stop(#[n(0)] StopReason),
    /// The eight answers as places in [`FINDINGS`].
    #[n(10)]
    Urgent {
        #[n(0)]
        answers: Vec<u8>,
        #[n(1)]
        hours_ago: Option<u16>,
        #[n(2)]
        at: Timestamp,
    },
    #[n(11)]
    Remote(#[n(0)] Timestamp, #[n(1)] Option<String>),
    #[n(12)]
    Explained {
        #[n(0)]
        all: bool,
        /// What was read out; a draft of an earlier build does not say.
        #[n(1)]
        read: Option<ReadOut>,
    },
    #[n(13)]
    RelyOn(#[n(0)] BasisRecord),
    #[n(14)]
    ObserveOnly,
    #[n(15)]
    Withhold(#[n(0)] Withheld),
    #[n(16)]
    OfferGender(#[n(0)] bool),
    #[n(17)]
    Quick(#[n(0)] bool),
    #[n(18)]
    Offer(#[n(0)] bool),
    #[n(19)]
    Judge(#[n(0)] Override),
    #[n(20)]
    BeginFile {
        #[n(0)]
        reference: String,
        #[n(1)]
        name: String,
        #[n(2)]
        file: EventId,
    },
    #[n(21)]
    EndFile {
        #[n(0)]
        name: String,
        #[n(1)]
        len: u64,
        #[cbor(n(2), with = "minicbor::bytes")]
        sha256: [u8; 32],
    },
    #[n(22)]
    CancelFile(#[n(0)] String),
    #[n(23)]
    HelpFound,
    /// What the forms before found.
    #[n(24)]
    Earlier(#[n(0)] Earlier),
}

impl Step {
    /// Whether it says something of a person, or of a talk with one. A form that is not about a person takes none of these.
    pub(crate) const fn is_of_a_person(&self) -> bool {
        matches!(self, Self::Judge(_)) || self.is_of_the_talk() && !matches!(self, Self::Language(_) | Self::Stop(_))
    }

    /// Whether it belongs to the session with the person, whatever form is open.
    pub(crate) const fn is_of_the_talk(&self) -> bool {
        !matches!(
            self,
            Self::Answer { .. }
                | Self::Mark { .. }
                | Self::Add(_)
                | Self::Remove(_)
                | Self::Attach { .. }
                | Self::BeginFile { .. }
                | Self::EndFile { .. }
                | Self::CancelFile(_)
                | Self::Judge(_)
        )
    }
}

/// What is known of something, in the order a journal numbers it.
pub(crate) const FINDINGS: [FindingState; 6] = [
    FindingState::Present,
    FindingState::Observed,
    FindingState::Absent,
    FindingState::Unknown,
    FindingState::Declined,
    FindingState::NotAsked,
];

pub(crate) fn to_numbers(answers: &[FindingState; 8]) -> Vec<u8> {
    let number = |answer: &FindingState| FINDINGS.iter().position(|held| held == answer).unwrap_or_default() as u8;
    answers.iter().map(number).collect()
}

pub(crate) fn from_numbers(numbers: &[u8]) -> Result<[FindingState; 8], FieldError> {
    let answers: Option<Vec<FindingState>> = numbers.iter().map(|n| FINDINGS.get(usize::from(*n)).copied()).collect();
    answers.and_then(|answers| answers.try_into().ok()).ok_or_else(|| ErrorCode::VaultTampered.into())
}

/// Where the steps of one interview are: in memory until a consent covers them, then in the vault.
pub(crate) struct Journal {
    header: Header,
    waiting: Vec<Zeroizing<Vec<u8>>>,
    stored: bool,
}

impl Journal {
    pub(crate) fn new(header: Header) -> Self {
        Self { header, waiting: Vec::new(), stored: false }
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    pub(crate) fn is_stored(&self) -> bool {
        self.stored
    }

    /// Keeps a step in memory.
    pub(crate) fn note(&mut self, step: &Step) {
        self.waiting.push(Zeroizing::new(to_canonical(step)));
    }

    /// Makes everything noted so far durable.
    pub(crate) fn store(&mut self, inner: &Inner) -> Result<(), FieldError> {
        if !self.stored {
            inner.store.start_draft(self.header.draft, self.header.case, &to_canonical(&self.header))?;
            self.stored = true;
        }
        let steps: Vec<&[u8]> = self.waiting.iter().map(|step| step.as_slice()).collect();
        if !steps.is_empty() {
            inner.store.append_steps(self.header.draft, &steps)?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// Takes what is stored back into memory, and leaves nothing of it on the disk.
    pub(crate) fn take_back(&mut self, inner: &Inner) -> Result<(), FieldError> {
        if !self.stored {
            return Ok(());
        }
        let stored = inner.store.draft(self.header.draft)?.ok_or(ErrorCode::SessionUnknown)?;
        let draft = random::id()?;
        inner.store.erase_draft(self.header.draft)?;
        self.stored = false;
        self.header.draft = draft;
        let later = std::mem::replace(&mut self.waiting, stored.steps);
        self.waiting.extend(later);
        Ok(())
    }

    /// Leaves nothing of the interview anywhere.
    pub(crate) fn erase(&mut self, inner: &Inner) -> Result<(), FieldError> {
        self.waiting.clear();
        if self.stored {
            inner.store.erase_draft(self.header.draft)?;
            self.stored = false;
        }
        Ok(())
    }

    /// The journal of a stored draft and its steps in order.
    pub(crate) fn load(inner: &Inner, draft: DraftId) -> Result<(Self, Vec<Step>), FieldError> {
        let stored = inner.store.draft(draft)?.ok_or(ErrorCode::SessionUnknown)?;
        let header: Header = from_canonical(&stored.header)?;
        let steps = stored.steps.iter().map(|bytes| Ok(from_canonical(bytes)?)).collect::<Result<_, FieldError>>()?;
        Ok((Self { header, waiting: Vec::new(), stored: true }, steps))
    }
}

pub(crate) fn drafts(inner: &Inner) -> Result<Vec<DraftView>, FieldError> {
    let mut views = Vec::new();
    for summary in inner.store.drafts()? {
        let Some(stored) = inner.store.draft(summary.id)? else { continue };
        let header: Header = from_canonical(&stored.header)?;
        views.push(DraftView { id: summary.id, form: header.form, started: header.started.rounded() });
    }
    Ok(views)
}

/// The draft of this case, if there is one.
pub(crate) fn draft_of_case(inner: &Inner, case: CaseId) -> Result<Option<DraftId>, FieldError> {
    for summary in inner.store.drafts()? {
        if inner.store.draft(summary.id)?.is_some_and(|draft| draft.case == case) {
            return Ok(Some(summary.id));
        }
    }
    Ok(None)
}
