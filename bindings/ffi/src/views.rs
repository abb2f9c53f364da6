//! What screens show, each in one call. None has a `Debug` that would print what a person said.
use crate::content::PromptView;
use crate::questions::{QuestionView, RepeatView};
use crate::values::{ConsentLine, Gate, QueueState, Sensitivity, moment};
use std::time::SystemTime;
use wayside_field as field;

/// A form that can be filled.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct FormSummary {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Its languages, as the form names them.
    pub languages: Vec<String>,
    /// Comes with this build.
    pub built_in: bool,
    /// For persons shown to be adults only.
    pub adults_only: bool,
    /// What HQ decided of a form of others; the strictest where nothing was decided. `None` of a form that comes with this build:
    /// its fields say themselves what they are for.
    pub terms: Option<FormTerms>,
}

/// What HQ decided of a form of others.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct FormTerms {
    /// What its fields are for, where they do not say so themselves; empty where nobody said.
    pub purpose: String,
    /// How sensitive they are, where they do not say so themselves.
    pub sensitivity: Sensitivity,
    /// Days that its records are kept at HQ, and that what they leave on the device may stay; `None`: as others of their class.
    pub days: Option<u32>,
    /// Whether it asks about a person. Where it does not, it begins without gates and consent.
    pub about_person: bool,
}

/// A file that comes with a form: a list of choices as `.csv`, `.geojson` or `.xml`. Others are not kept.
#[derive(Clone, uniffi::Record)]
pub struct FormFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An interview that is not finished. There is no name and no answer in it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct DraftView {
    /// Its id, for `Vault.resumeSession`.
    pub id: String,
    /// Form id.
    pub form: String,
    /// When it began, rounded.
    pub started: SystemTime,
}

/// A file of the open form that goes in parts.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct FileView {
    /// Its name in the record.
    pub name: String,
    /// The question it belongs to.
    pub reference: String,
    /// Bytes that are in the vault.
    pub bytes: u64,
    /// It has ended and is the question's answer. Otherwise it can be gone on with.
    pub ended: bool,
}

impl From<field::FileView> for FileView {
    fn from(file: field::FileView) -> Self {
        Self { name: file.name, reference: file.reference, bytes: file.bytes, ended: file.ended }
    }
}

/// One finished record on its way.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct QueueItem {
    /// Its event id.
    pub event: String,
    /// Where it is.
    pub state: QueueState,
    /// Since when.
    pub since: SystemTime,
}

/// How many records are where. "Handed over" is not "HQ has it": only HQ's own receipt counts for the latter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct QueueStatus {
    /// Sealed, on this device only.
    pub waiting: u32,
    /// The relay has them.
    pub handed_over: u32,
    /// HQ has opened them and sent its receipt.
    pub hq_has_it: u32,
    /// Set aside; a person has to look.
    pub quarantined: u32,
    /// Sealed items of other devices that this one carries: no records of its own. They stay until HQ's receipt for them comes,
    /// or for thirty days.
    #[uniffi(default = 0)]
    pub carried: u32,
    /// Those of them that the relay has. That is not yet HQ.
    #[uniffi(default = 0)]
    pub carried_handed_over: u32,
    /// Of `waiting`, those that a neighbour carries as well. They wait for the relay all the same, and that phone may be lost.
    #[uniffi(default = 0)]
    pub with_neighbour: u32,
}

/// What the device is.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct VaultStatus {
    /// Its id.
    pub device: String,
    /// HQ has confirmed it.
    pub confirmed: bool,
    /// HQ has revoked it: capture goes on, sync does not.
    pub revoked: bool,
    /// Role, from the certificate.
    pub role: String,
    /// Site, from the certificate.
    pub site: String,
    /// Words to compare with HQ.
    pub words: String,
    /// What is here is older than what was written last. Reading goes on; writing waits for `Vault.acceptRollback`.
    pub rolled_back: bool,
    /// It is for training: nothing in it is sealed to anybody. Say so on every screen.
    pub training: bool,
}

/// One screen of an interview.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct PageView {
    /// Title of the form.
    pub title: String,
    /// What this screen is.
    pub kind: PageKind,
    /// Number of this screen, from 1; 0 at a gate.
    pub position: u32,
    /// Number of screens at present.
    pub of: u32,
    /// Whether `finish` would be accepted.
    pub can_finish: bool,
    /// The form's name of the language shown.
    pub language: String,
    /// All languages of the form.
    pub languages: Vec<String>,
    /// What is said to the person here, with the worker's words for it: the heading, questions, hints and choices, the urgent
    /// questions at the danger gate, what is to be explained at the consent gate. The screen above has the same words.
    pub prompts: Vec<PromptView>,
}

/// What kind of screen it is.
#[derive(Clone, PartialEq, uniffi::Enum)]
pub enum PageKind {
    /// A gate stands before the questions.
    AtGate {
        /// Which.
        gate: Gate,
        /// It was looked at and did not open.
        refused: bool,
    },
    /// An urgent need is acted on: `FormSession.standing` has the protocol. The questions wait.
    Danger,
    /// Before this form comes the quick screen: was there anything?
    Quick,
    /// The detailed conversation is to be offered.
    Offer,
    /// Before this form a worker and interpreter of the gender the person chooses are to be offered.
    Gender,
    /// Forty minutes are over: does the person want to go on?
    GoOn,
    /// Questions to put, one or a list.
    Questions {
        /// Title of the group, where the page is one.
        heading: String,
        /// The questions.
        questions: Vec<QuestionView>,
        /// Repeats that can be added to or taken from here.
        repeats: Vec<RepeatView>,
    },
    /// All questions were passed, or the interview was stopped.
    End,
}

/// What a worker keeps of a finished interview.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct FinishReport {
    /// The event, as HQ knows it.
    pub event: String,
    /// A short code to speak of the case without a name.
    pub case_code: String,
    /// What the rule set says; empty for a form without indicators.
    pub outcomes: Vec<OutcomeView>,
    /// What can be offered now; empty for a form without indicators.
    pub steps: Vec<StepView>,
    /// The whole explanation as JSON, with the rule branches and what they rest on.
    pub explanation: Option<String>,
    /// What was heard may weigh on the worker: ask how they are, and offer `Vault.ask_for_help`.
    pub hard: bool,
}

/// One outcome. There is no score and no verdict.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct OutcomeView {
    /// `N1` to `N9`.
    pub id: String,
    /// What it means, for the worker.
    pub text: String,
}

/// One next step that can be offered.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepView {
    /// Its id in the rule set.
    pub id: String,
    /// What to do.
    pub text: String,
    /// The consent line it needs first.
    pub needs_consent: Option<ConsentLine>,
}

impl From<field::FormSummary> for FormSummary {
    fn from(form: field::FormSummary) -> Self {
        Self {
            id: form.id,
            version: form.version,
            title: form.title,
            languages: form.languages,
            built_in: form.built_in,
            adults_only: form.adults_only,
            terms: form.terms.map(FormTerms::from),
        }
    }
}

impl From<field::FormTerms> for FormTerms {
    fn from(terms: field::FormTerms) -> Self {
        let field::FormTerms { purpose, sensitivity, days, about_person } = terms;
        Self { purpose, sensitivity: sensitivity.into(), days, about_person }
    }
}

impl From<FormFile> for field::FormFile {
    fn from(file: FormFile) -> Self {
        Self { name: file.name, bytes: file.bytes }
    }
}

impl From<field::DraftView> for DraftView {
    fn from(draft: field::DraftView) -> Self {
        Self { id: draft.id.to_string(), form: draft.form, started: moment(draft.started) }
    }
}

impl From<field::QueueItemView> for QueueItem {
    fn from(item: field::QueueItemView) -> Self {
        Self { event: item.event.to_string(), state: item.state.into(), since: moment(item.since) }
    }
}

impl From<field::QueueStatus> for QueueStatus {
    fn from(status: field::QueueStatus) -> Self {
        Self {
            waiting: status.waiting,
            handed_over: status.handed_over,
            hq_has_it: status.hq_has_it,
            quarantined: status.quarantined,
            carried: status.carried,
            carried_handed_over: status.carried_handed_over,
            with_neighbour: status.with_neighbour,
        }
    }
}

impl From<field::VaultStatus> for VaultStatus {
    fn from(status: field::VaultStatus) -> Self {
        Self {
            device: status.device.to_string(),
            confirmed: status.confirmed,
            revoked: status.revoked,
            role: status.role,
            site: status.site,
            words: status.words,
            rolled_back: status.rolled_back,
            training: status.training,
        }
    }
}

impl From<field::PageView> for PageView {
    fn from(page: field::PageView) -> Self {
        let kind = match page.kind {
            field::PageKind::Gate(gate) => PageKind::AtGate { gate: gate.gate.into(), refused: gate.refused },
            field::PageKind::Questions { heading, questions, repeats } => PageKind::Questions {
                heading,
                questions: questions.into_iter().map(QuestionView::from).collect(),
                repeats: repeats.into_iter().map(RepeatView::from).collect(),
            },
            field::PageKind::Danger => PageKind::Danger,
            field::PageKind::Quick => PageKind::Quick,
            field::PageKind::Offer => PageKind::Offer,
            field::PageKind::Gender => PageKind::Gender,
            field::PageKind::GoOn => PageKind::GoOn,
            field::PageKind::End => PageKind::End,
        };
        Self {
            title: page.title,
            kind,
            position: page.position,
            of: page.of,
            can_finish: page.can_finish,
            language: page.language,
            languages: page.languages,
            prompts: page.prompts.into_iter().map(PromptView::from).collect(),
        }
    }
}

impl From<field::FinishReport> for FinishReport {
    fn from(report: field::FinishReport) -> Self {
        Self {
            event: report.event.to_string(),
            case_code: report.case_code,
            outcomes: report.outcomes.into_iter().map(OutcomeView::from).collect(),
            steps: report.steps.into_iter().map(StepView::from).collect(),
            explanation: report.explanation,
            hard: report.hard,
        }
    }
}

impl From<field::OutcomeView> for OutcomeView {
    fn from(outcome: field::OutcomeView) -> Self {
        Self { id: outcome.id, text: outcome.text }
    }
}

impl From<field::StepView> for StepView {
    fn from(step: field::StepView) -> Self {
        Self { id: step.id, text: step.text, needs_consent: step.needs_consent.map(ConsentLine::from) }
    }
}
