//! One session with one person, from readiness to its end. The order is the core's: a screen asks, and cannot go round it.
//!
//! ```text
//! readiness -> setting -> interpreter -> urgent needs (danger gate) -> age -> information and consent
//!   -> quick screen -> offer -> detailed form -> review -> options -> follow-up -> closed
//! from every state: stop, danger
//! ```
//!
//! Sources: WHO 2003, principles 1 to 10; the rest is ours and marked so in docs/needs-review.md. [`crate::locks`] says which
//! form opens when and what may be kept.

use wayside_model::{
    AgeStatement, BasisRecord, CivilDate, ConsentEntry, ConsentLine, ConsentValue, Gate, LegalBasis, Route, StopReason,
    Timestamp, Withheld,
};

use crate::authority::Authority;
use crate::before_talk;
use crate::danger::Clocks;
use crate::gates::{Coverage, Gates};
use crate::overrides::Override;
use crate::readiness::{self, Missing, Site};
use crate::{FindingState, ScreeningError};

/// What kind of session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A worker asks.
    Interview,
    /// The person holds the device; answers are hidden from worker and interpreter.
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

/// What a site lets its workers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Whether observations may be recorded (B7).
    pub observation: bool,
    /// Whether the questions may go on once help was found for sexual violence of the last days, which stays a truthful yes.
    pub questions_after_help: bool,
}

/// Where the session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
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

/// Whether it is time to stop. Source: ours (30 to 40 minutes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Under 30 minutes since the begin or the last yes to going on.
    Fine,
    /// 30 minutes: suggest a break or an end.
    SuggestStop,
    /// 40 minutes: no further question before the person was asked whether to go on.
    AskWhetherToGoOn,
}

const MINUTE: i64 = 60_000;

/// What the urgent questions found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Urgent {
    NotAsked,
    Clear,
    Acting(Option<Clocks>),
}

/// What to do with what was said so far when the person stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnStop {
    /// Keep what was agreed to.
    KeepAgreed,
    /// Drop everything.
    DropAll,
}

/// One session. No `Debug`: it holds an age and a consent ledger.
#[derive(Clone)]
pub struct Interview {
    /// As it was begun; advice without a record may come between.
    begun: Mode,
    mode: Mode,
    missing: Vec<Missing>,
    policy: Policy,
    authority: Authority,
    gates: Gates,
    urgent: Urgent,
    help_found: bool,
    explained: bool,
    gender_offered: bool,
    quick_only: bool,
    interpreter: Option<String>,
    stage: Stage,
    pace_from: Timestamp,
    discarded: bool,
    overrides: Vec<Override>,
}

impl Interview {
    /// Begins a session. Where the site is not ready it is a leaflet and nothing else; see [`Self::missing`].
    pub fn begin(wanted: Mode, site: &Site<'_>, policy: Policy, at: Timestamp) -> Self {
        let missing = readiness::missing(site);
        let allowed = missing.is_empty() && (wanted != Mode::Observation || policy.observation);
        let mode = if allowed { wanted } else { Mode::Leaflet };
        Self { missing, ..Self::again(mode, site.authority, policy, at) }
    }

    /// A session that is about nobody. Whoever calls has seen that HQ signed the form as not about a person; a form that comes
    /// with the program does not open in it all the same.
    pub fn about_nobody(authority: Authority, at: Timestamp) -> Self {
        let policy = Policy { observation: false, questions_after_help: false };
        Self::again(Mode::AboutNobody, authority, policy, at)
    }

    /// The same session again, from a draft: its steps are taken anew. What made its site ready then need not be there now,
    /// and what was said must not be lost for it.
    pub fn again(mode: Mode, authority: Authority, policy: Policy, at: Timestamp) -> Self {
        let mut gates = Gates::new();
        if !matches!(mode, Mode::Leaflet | Mode::AboutNobody) {
            // The first gate is always touchable at the start.
            let _ = gates.look(Gate::Services, true, at);
        }
        Self {
            begun: mode,
            mode,
            missing: Vec::new(),
            policy,
            authority,
            gates,
            urgent: Urgent::NotAsked,
            help_found: false,
            explained: false,
            gender_offered: false,
            quick_only: false,
            interpreter: None,
            stage: Stage::Quick,
            pace_from: at,
            discarded: false,
            overrides: Vec::new(),
        }
    }

    /// Says what was found at the setting or interpreter gate, or shuts the age gate again.
    ///
    /// # Errors
    /// `session.gate` for a gate that is not opened by a tick: readiness, danger, age, consent; `session.gate_order`,
    /// `session.closed`, `session.not_ready`, `session.mode`.
    pub fn look(&mut self, gate: Gate, opens: bool, at: Timestamp) -> Result<(), ScreeningError> {
        self.check_talk()?;
        match gate {
            Gate::Services | Gate::Danger | Gate::Consent => return Err(ScreeningError::GateNeedsMore(gate)),
            Gate::Setting | Gate::Interpreter | Gate::Age => self.gates.look(gate, opens, at)?,
        }
        if gate == Gate::Interpreter {
            self.interpreter = None;
            self.quick_only &= !opens;
        }
        self.settle_danger(at);
        Ok(())
    }

    /// No safe interpreter is here, but one by phone, or audio prompts: opens the gate for consent and the quick screen only.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub fn interpret_remotely(&mut self, at: Timestamp) -> Result<(), ScreeningError> {
        self.look(Gate::Interpreter, true, at)?;
        self.quick_only = true;
        Ok(())
    }

    /// Opens the interpreter gate: this one is safe and the person accepts them, here or from afar (by phone, for consent and the
    /// quick screen only). Consent names them by the code from now on.
    ///
    /// # Errors
    /// `answer.constraint` for what is no code; as [`Self::look`].
    pub fn accept_interpreter(&mut self, code: &str, remote: bool, at: Timestamp) -> Result<(), ScreeningError> {
        if !before_talk::is_code(code) {
            return Err(ScreeningError::InterpreterCode);
        }
        if remote {
            self.interpret_remotely(at)?
        } else {
            self.look(Gate::Interpreter, true, at)?
        }
        self.interpreter = Some(code.to_owned());
        Ok(())
    }

    /// Code of the interpreter whom the person accepted; `None` where there is none, or none was noted.
    pub fn interpreter(&self) -> Option<&str> {
        self.interpreter.as_deref()
    }

    /// Takes the answers to the urgent questions (B1). Any yes shuts the danger gate and puts everything else aside until
    /// they are taken anew without one. `hours_ago` starts the medical clocks where sexual violence is among them.
    ///
    /// # Errors
    /// `session.gate` while the setting is not safe or not all eight were answered; `session.closed`, `session.not_ready`.
    pub fn urgent(
        &mut self,
        answers: &[FindingState; 8],
        assault: bool,
        hours_ago: Option<u16>,
        at: Timestamp,
    ) -> Result<(), ScreeningError> {
        self.check_person()?;
        let shut = self.mode != Mode::Observation && !self.gates.stands_open(Gate::Setting);
        if shut {
            return Err(ScreeningError::GateShut(Gate::Setting));
        }
        let found = answers.iter().filter(|answer| answer.is_present()).count();
        // Where the site lets it: what was said stays true, and it was acted on.
        let helped = self.help_found && assault && found == 1;
        if !helped && (assault || found > 0) {
            self.urgent = Urgent::Acting(assault.then(|| Clocks::start(hours_ago, at)));
        } else if answers.contains(&FindingState::NotAsked) {
            return Err(ScreeningError::GateShut(Gate::Danger));
        } else {
            // A need that is said again after it was not there is another one.
            self.help_found &= helped;
            self.urgent = Urgent::Clear;
        }
        self.settle_danger(at);
        Ok(())
    }

    /// Help was found for what the urgent question about sexual violence said, and the person wants to go on. The urgent
    /// questions are put anew; with that one yes alone, and no other, the danger gate opens. A rule of ours that is off unless
    /// the site's signed directory switches it on.
    ///
    /// # Errors
    /// `session.mode` where the site does not allow it; `session.step` while nothing of the kind is acted on;
    /// `session.closed`, `session.not_ready`.
    pub fn help_found(&mut self) -> Result<(), ScreeningError> {
        self.check_ready()?;
        if !self.policy.questions_after_help {
            return Err(ScreeningError::Mode);
        }
        if self.clocks().is_none() {
            return Err(ScreeningError::Step);
        }
        self.help_found = true;
        Ok(())
    }

    /// The danger gate follows the urgent questions as soon as its turn has come.
    fn settle_danger(&mut self, at: Timestamp) {
        let opens = self.urgent == Urgent::Clear;
        // Also the first look is recorded where it does not open.
        let looked =
            self.gates.records().iter().rfind(|record| record.gate == Gate::Danger).map(|record| record.passed);
        if self.urgent != Urgent::NotAsked && self.gates.stands_open(Gate::Interpreter) && looked != Some(opens) {
            // Its order was just looked at, and it is not the end.
            let _ = self.gates.look(Gate::Danger, opens, at);
        }
    }

    /// Takes what is known of the age.
    ///
    /// # Errors
    /// `age.implausible`, and as [`Self::look`].
    pub fn set_age(&mut self, age: &AgeStatement, today: CivilDate, at: Timestamp) -> Result<Route, ScreeningError> {
        self.check_talk()?;
        self.gates.set_age(age, today, at)
    }

    /// Says whether every point of the consent information was explained and understood; see [`Self::before_talk`].
    pub fn explained(&mut self, all: bool) {
        self.explained = all;
    }

    /// Takes a consent line. A no to the record leads to anonymous advice.
    ///
    /// # Errors
    /// As [`Gates::consent`]; `session.consent` for a yes before everything was explained; `session.not_ready`,
    /// `session.mode`.
    pub fn consent(&mut self, entry: ConsentEntry) -> Result<(), ScreeningError> {
        if self.is_about_nobody() {
            return Err(ScreeningError::Mode);
        }
        if entry.value != ConsentValue::Withdrawn {
            self.check_talk()?;
        }
        let (line, value) = (entry.line, entry.value);
        if value == ConsentValue::Yes && !self.explained {
            return Err(ScreeningError::Consent(line));
        }
        let covered = self.gates.coverage() == Coverage::Record;
        self.gates.consent(entry)?;
        self.discarded |= covered && self.gates.coverage() == Coverage::None;
        self.mode = match (line, value) {
            (ConsentLine::C2, ConsentValue::No) if !self.gates.has_ended() => Mode::AnonymousAdvice,
            (ConsentLine::C2, ConsentValue::Yes) if self.mode == Mode::AnonymousAdvice => self.begun,
            _ => self.mode,
        };
        Ok(())
    }

    /// Takes a line back, also after the end. Of C1 or C2 after a yes: everything since is discarded. Where nobody was asked
    /// there is none.
    pub fn withdraw(&mut self, line: ConsentLine, at: Timestamp) {
        if self.is_about_nobody() {
            return;
        }
        let covered = self.gates.coverage() == Coverage::Record;
        self.gates.withdraw(line, at);
        self.discarded |= covered && self.gates.coverage() == Coverage::None;
    }

    /// Records who must not know.
    pub fn withhold(&mut self, withheld: Withheld) {
        self.gates.book_mut().withhold(Withheld { at: withheld.at.rounded(), ..withheld });
    }

    /// Records why B1, B5 or B7 is kept without consent.
    ///
    /// # Errors
    /// `session.reason` without one, or for a basis that cannot stand in for consent here; `session.mode` for an
    /// observation the site does not allow; `session.closed`, `session.not_ready`.
    pub fn rely_on(&mut self, basis: LegalBasis, reason: &str, at: Timestamp) -> Result<(), ScreeningError> {
        self.check_person()?;
        match basis {
            _ if reason.trim().is_empty() => return Err(ScreeningError::Reason),
            LegalBasis::VitalInterest => {}
            LegalBasis::BestInterests if self.gates.route() == Route::Child => {}
            LegalBasis::OtherInterest if self.policy.observation => {}
            LegalBasis::OtherInterest => return Err(ScreeningError::Mode),
            _ => return Err(ScreeningError::Reason),
        }
        self.gates.book_mut().rely_on(BasisRecord { basis, reason: reason.to_owned(), at: at.rounded() });
        Ok(())
    }

    /// The setting is not safe for a talk: only what can be seen is recorded from here on.
    ///
    /// # Errors
    /// `session.mode` where the site does not allow it or consent was spoken already; `session.closed`.
    pub fn observe_only(&mut self) -> Result<(), ScreeningError> {
        self.check_ready()?;
        if !self.policy.observation || !self.gates.ledger().is_empty() {
            return Err(ScreeningError::Mode);
        }
        self.mode = Mode::Observation;
        Ok(())
    }

    /// Says that a worker and interpreter of the gender the person chooses were offered, and that the person agrees.
    pub fn offer_gender_choice(&mut self, agreed: bool) {
        self.gender_offered = agreed;
    }

    /// The quick screen was answered. Any yes, or something the worker saw, leads to the offer; nothing leads to review.
    ///
    /// # Errors
    /// `session.step` out of turn.
    pub fn quick_answered(&mut self, anything: bool) -> Result<(), ScreeningError> {
        let offer = anything && self.mode != Mode::AnonymousAdvice && self.gates.route() == Route::Adult;
        self.go(Stage::Quick, if offer { Stage::Offer } else { Stage::Review })
    }
    /// The person takes the offer of a detailed conversation, or does not.
    ///
    /// # Errors
    /// `session.step` out of turn, and for yes where only the quick screen can be interpreted.
    pub fn answer_offer(&mut self, accepted: bool) -> Result<(), ScreeningError> {
        if accepted && self.quick_only {
            return Err(ScreeningError::Step);
        }
        self.go(Stage::Offer, if accepted { Stage::Detailed } else { Stage::Review })
    }
    /// Goes on from the detailed form, the review or the options to what comes next.
    ///
    /// # Errors
    /// `session.step` from any other stage.
    pub fn proceed(&mut self) -> Result<(), ScreeningError> {
        match self.stage() {
            Stage::Detailed => self.go(Stage::Detailed, Stage::Review),
            Stage::Review => self.go(Stage::Review, Stage::Options),
            Stage::Options => self.go(Stage::Options, Stage::FollowUp),
            Stage::FollowUp => self.go(Stage::FollowUp, Stage::Closed),
            _ => Err(ScreeningError::Step),
        }
    }

    fn go(&mut self, from: Stage, to: Stage) -> Result<(), ScreeningError> {
        if self.stage() != from || self.is_acting_on_danger() {
            return Err(ScreeningError::Step);
        }
        self.stage = to;
        Ok(())
    }

    /// Whether it is time to stop.
    pub fn pace(&self, now: Timestamp) -> Pace {
        match (now.as_millis() - self.pace_from.as_millis()) / MINUTE {
            ..30 => Pace::Fine,
            30..40 => Pace::SuggestStop,
            _ => Pace::AskWhetherToGoOn,
        }
    }
    /// The person was asked and wants to go on.
    pub fn go_on(&mut self, at: Timestamp) {
        self.pace_from = at;
    }

    /// Stop, from every state: one tap, no question. Keeps what was agreed, or drops everything if the person wants so.
    pub fn stop(&mut self, wish: OnStop) {
        self.gates.stop(StopReason::Stopped);
        self.discarded |= wish == OnStop::DropAll;
    }
    /// Danger, from every state: the local protocol takes over, and the session is over.
    pub fn danger(&mut self) {
        self.gates.stop(StopReason::Danger);
    }

    /// Stores a worker's judgement beside the result; see [`crate::overrides::make`].
    pub fn add_override(&mut self, judgement: Override) {
        self.overrides.push(judgement);
    }

    /// Judgements belong to one form; with the next one there are none.
    pub fn clear_overrides(&mut self) {
        self.overrides.clear();
    }

    pub(crate) fn check_ready(&self) -> Result<(), ScreeningError> {
        if self.mode == Mode::Leaflet {
            return Err(ScreeningError::NotReady(self.missing.clone()));
        }
        if self.gates.has_ended() || self.stage == Stage::Closed { Err(ScreeningError::Ended) } else { Ok(()) }
    }

    /// Whether the session is about somebody at all.
    fn check_person(&self) -> Result<(), ScreeningError> {
        self.check_ready()?;
        if self.is_about_nobody() { Err(ScreeningError::Mode) } else { Ok(()) }
    }

    fn check_talk(&self) -> Result<(), ScreeningError> {
        self.check_person()?;
        if self.mode == Mode::Observation { Err(ScreeningError::Mode) } else { Ok(()) }
    }
}

/// What can be asked of a session.
impl Interview {
    /// What kind it is now.
    pub const fn mode(&self) -> Mode {
        self.mode
    }
    /// Whether it is about no person; see [`Mode::AboutNobody`].
    pub fn is_about_nobody(&self) -> bool {
        self.mode == Mode::AboutNobody
    }
    /// What keeps the site from being ready.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }
    /// Where it stands.
    pub fn stage(&self) -> Stage {
        let talk = match self.mode {
            Mode::AnonymousAdvice => self.gates.stands_open(Gate::Age) && !self.gates.has_ended(),
            _ => self.gates.is_open_for_questions(),
        };
        if self.gates.has_ended() || self.stage == Stage::Closed {
            Stage::Closed
        } else if self.is_about_nobody() {
            Stage::Form
        } else if talk {
            self.stage
        } else {
            Stage::Gates
        }
    }
    /// The gates and the consent ledger.
    pub const fn gates(&self) -> &Gates {
        &self.gates
    }
    /// What the site allows.
    pub const fn policy(&self) -> Policy {
        self.policy
    }
    /// What HQ confirmed about the worker.
    pub const fn authority(&self) -> Authority {
        self.authority
    }
    /// Whether an urgent need is being acted on: show the site's danger protocol.
    pub const fn is_acting_on_danger(&self) -> bool {
        matches!(self.urgent, Urgent::Acting(_))
    }
    /// The medical clocks to show.
    pub const fn clocks(&self) -> Option<Clocks> {
        match self.urgent {
            Urgent::Acting(clocks) => clocks,
            Urgent::NotAsked | Urgent::Clear => None,
        }
    }
    /// Whether only consent and the quick screen can be interpreted.
    pub const fn is_quick_only(&self) -> bool {
        self.quick_only
    }
    /// Whether the choice of gender was offered and the person agrees.
    pub const fn gender_was_offered(&self) -> bool {
        self.gender_offered
    }
    /// Whether everything said must be erased.
    pub const fn is_discarded(&self) -> bool {
        self.discarded
    }
    /// Whether answers are hidden from worker and interpreter.
    pub fn hides_answers(&self) -> bool {
        self.mode == Mode::SelfAnswer && matches!(self.stage(), Stage::Gates | Stage::Quick | Stage::Detailed)
    }
    /// The worker's judgements.
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }
}
