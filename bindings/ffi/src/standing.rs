//! Where a session with a person stands, and what a site offers.
use crate::values::{mirror, origin};
use crate::views::{OutcomeView, StepView};
use wayside_field as field;

mirror! {
    /// What kind of session is begun.
    SessionMode = SessionMode [within] {
        /// A worker asks.
        Interview,
        /// The person holds the device; answers are hidden from worker and interpreter.
        SelfAnswer,
        /// Nobody is asked anything; only what can be seen is recorded, where the site allows it.
        Observation,
    }
}
mirror! {
    /// Answer to an urgent question.
    FindingState = FindingState [within] {
        /// Yes.
        Present,
        /// Not said, but seen by the worker; counts as yes.
        Observed,
        /// No.
        Absent,
        /// The person does not know.
        Unknown,
        /// The person does not want to say.
        Declined,
        /// Not asked.
        NotAsked,
    }
}
mirror! {
    /// Why something is kept where consent does not cover it.
    LegalBasis = LegalBasis [within] {
        /// The person agreed.
        Consent,
        /// A contract with the person.
        Contract,
        /// Life or health is at stake.
        VitalInterest,
        /// The best interests of a child.
        BestInterests,
        /// A law demands it.
        LegalObligation,
        /// Another legitimate interest, such as an observation that a person needs help.
        OtherInterest,
    }
}
mirror! {
    /// Why somebody must not know.
    WithheldReason = WithheldReason [within] {
        /// Fear of harm.
        FearOfHarm,
        /// The person wants to tell them.
        TellsThemselves,
        /// Another reason, which is not written down.
        Other,
    }
}
mirror! {
    /// Why a worker sees a result differently. A class, never a story.
    OverrideReason = OverrideReason [within] {
        /// The worker saw something no question asks for.
        Observed,
        /// The person's own view of their danger.
        PersonsView,
        /// What is known of this place or route.
        LocalKnowledge,
        /// An answer was entered wrongly.
        EnteredWrongly,
    }
}
mirror! {
    /// What kind of session it is now.
    Mode = Mode [out] {
        /// A worker asks.
        Interview,
        /// The person holds the device.
        SelfAnswer,
        /// Nobody is asked anything.
        Observation,
        /// The person wants advice and no record.
        AnonymousAdvice,
        /// The site is not ready: a leaflet, nothing else.
        Leaflet,
        /// A form that HQ signed as not about a person: nobody is asked, and there is no gate, no consent, no outcome.
        AboutNobody,
    }
}
mirror! {
    /// How far a session is.
    Stage = Stage [out] {
        /// Before consent.
        Gates,
        /// The quick screen.
        Quick,
        /// The detailed conversation is offered.
        Offer,
        /// The detailed conversation.
        Detailed,
        /// Looking at it together with the person.
        Review,
        /// Options, and consent for each referral.
        Options,
        /// Safe contact and follow-up.
        FollowUp,
        /// Over.
        Closed,
        /// The questions of a form that is not about a person; nothing comes before or after them.
        Form,
    }
}
mirror! {
    /// Whether it is time to stop.
    Pace = Pace [out] {
        /// Under 30 minutes.
        Fine,
        /// 30 minutes: suggest a break or an end.
        SuggestStop,
        /// 40 minutes: no further question before the person was asked whether to go on.
        AskWhetherToGoOn,
    }
}
mirror! {
    /// What keeps a device from holding an interview.
    Missing = Missing [out] {
        /// There is no services directory for this site.
        Services,
        /// It has expired.
        ServicesExpired,
        /// It names no service that could be used today.
        NoService,
        /// The forms are not signed by HQ.
        Forms,
        /// HQ has not confirmed that the worker is trained.
        Training,
        /// Neither a supervisor nor a protocol for working alone is named.
        Supervisor,
    }
}
mirror! {
    /// What a service does.
    Sector = Sector [both] {
        /// Health care.
        Health,
        /// Mental health and psychosocial support.
        MentalHealth,
        /// Sexual and reproductive health, gender-based violence.
        ReproductiveGbv,
        /// Shelter.
        Shelter,
        /// Legal advice, asylum.
        Legal,
        /// Child protection.
        ChildProtection,
        /// Cash and household goods.
        Cash,
        /// Labour rights.
        LabourRights,
        /// Focal point of the national referral mechanism.
        FocalPoint,
        /// An embassy or consulate.
        Embassy,
    }
}
mirror! {
    /// Whether a service has to tell authorities about the person.
    Reporting = Reporting [out] {
        /// It does not.
        Never,
        /// About children.
        Children,
        /// About everybody.
        Always,
        /// Nobody knows; treat it as if it did.
        Unknown,
    }
}
mirror! {
    /// Sex as a service's condition names it.
    Sex = Sex [within] {
        /// Women and girls.
        Female,
        /// Men and boys.
        Male,
    }
}

/// Where a session stands.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct StandingView {
    /// What kind of session it is now.
    pub mode: Mode,
    /// How far it is.
    pub stage: Stage,
    /// Whether it is time to stop.
    pub pace: Pace,
    /// Whether answers are hidden from worker and interpreter.
    pub hides_answers: bool,
    /// Whether only consent and the quick screen can be interpreted.
    pub quick_only: bool,
    /// Code of the interpreter whom the person accepted at the gate, as the consent lines name them.
    pub interpreter: Option<String>,
    /// What was read out before consent, as the consent lines of the record name it: form and version, then language packs.
    pub script: Option<String>,
    /// What to do now, while an urgent need is acted on.
    pub danger: Option<DangerView>,
}

/// An urgent need. Help comes first; the questions wait.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct DangerView {
    /// The site's protocol, step by step, in the language of the interview where it is there.
    pub protocol: Vec<String>,
    /// Minutes left for emergency prevention of HIV (72 hours), where sexual violence was said; 0: go at once.
    pub hiv_minutes_left: Option<u32>,
    /// Minutes left for emergency contraception (120 hours).
    pub contraception_minutes_left: Option<u32>,
}

/// What a session without a record came to.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct AdviceView {
    /// What the rule set says of the answers so far; empty for a form without indicators.
    pub outcomes: Vec<OutcomeView>,
    /// What can be offered now.
    pub steps: Vec<StepView>,
}

/// What is known of the person a service is looked for. Unknown stays unknown and shuts nothing out but embassies.
#[derive(Clone, uniffi::Record)]
pub struct ServiceNeed {
    /// Sectors wanted; empty: all.
    #[uniffi(default = [])]
    pub sectors: Vec<Sector>,
    /// Sex as stated.
    #[uniffi(default = None)]
    pub sex: Option<Sex>,
    /// Nationality (ISO 3166-1 alpha-2), if it was said.
    #[uniffi(default = None)]
    pub nationality: Option<String>,
    /// Whether the person has a lawful status.
    #[uniffi(default = None)]
    pub has_status: Option<bool>,
    /// Whether the person does not seek asylum and does not want to. Only then is an embassy named.
    #[uniffi(default = false)]
    pub no_asylum: bool,
    /// Languages the person speaks (BCP 47).
    #[uniffi(default = [])]
    pub languages: Vec<String>,
}

/// A service to name to a person.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ServiceView {
    /// Its code; the recipient of consent line C4.
    pub code: String,
    /// Its neutral name.
    pub name: String,
    /// What it does.
    pub sector: Sector,
    /// Languages spoken there (BCP 47).
    pub languages: Vec<String>,
    /// Opening hours in plain words.
    pub hours: String,
    /// Minutes on foot from the site.
    pub on_foot_minutes: Option<u16>,
    /// Whether it is free.
    pub free: bool,
    /// Whether it has to tell authorities about the person: say so before a referral.
    pub reporting: Reporting,
}

impl From<field::StandingView> for StandingView {
    fn from(view: field::StandingView) -> Self {
        Self {
            mode: view.mode.into(),
            stage: view.stage.into(),
            pace: view.pace.into(),
            hides_answers: view.hides_answers,
            quick_only: view.quick_only,
            interpreter: view.interpreter,
            script: view.script,
            danger: view.danger.map(|danger| DangerView {
                protocol: danger.protocol,
                hiv_minutes_left: danger.hiv_minutes_left,
                contraception_minutes_left: danger.contraception_minutes_left,
            }),
        }
    }
}

impl From<field::AdviceView> for AdviceView {
    fn from(view: field::AdviceView) -> Self {
        Self {
            outcomes: view.outcomes.into_iter().map(OutcomeView::from).collect(),
            steps: view.steps.into_iter().map(StepView::from).collect(),
        }
    }
}

impl From<ServiceNeed> for field::ServiceNeed {
    fn from(need: ServiceNeed) -> Self {
        Self {
            sectors: need.sectors.into_iter().map(Into::into).collect(),
            sex: need.sex.map(Into::into),
            nationality: need.nationality,
            has_status: need.has_status,
            no_asylum: need.no_asylum,
            languages: need.languages,
        }
    }
}

impl From<field::ServiceView> for ServiceView {
    fn from(view: field::ServiceView) -> Self {
        Self {
            code: view.code,
            name: view.name,
            sector: view.sector.into(),
            languages: view.languages,
            hours: view.hours,
            on_foot_minutes: view.on_foot_minutes,
            free: view.free,
            reporting: view.reporting.into(),
        }
    }
}
