//! The gates and what lies between the forms: the calls of a session that are about the person.
use crate::error::FieldError;
use crate::form_session::FormSession;
use crate::standing::{
    AdviceView, FindingState, LegalBasis, OverrideReason, ServiceNeed, ServiceView, StandingView, WithheldReason,
};
use crate::values::{AgeStatement, ConsentInput, ConsentLine, Gate, StopReason};
use crate::views::PageView;
use wayside_field as field;

#[uniffi::export]
impl FormSession {
    /// Says what was found at the setting or interpreter gate. The others are not opened by a tick: readiness by what HQ has
    /// sent, danger by `urgent`, age by `set_age`, consent by `consent`.
    ///
    /// Errors: `session.gate` for one of those, `session.gate_order`, `session.mode`, `session.closed`.
    pub fn pass_gate(&self, gate: Gate, pass: bool) -> Result<PageView, FieldError> {
        self.page_after(|core| core.pass_gate(gate.into(), pass))
    }

    /// Opens the interpreter gate: this one is safe and the person accepts them. `remote`: by phone, for consent and the quick
    /// screen only. Each line of consent names them from then on, by a code and never by a name. Without an interpreter or a
    /// code: `pass_gate`.
    ///
    /// Errors: `answer.constraint` for what is not 1 to 12 letters, digits and hyphens; as `pass_gate`.
    #[uniffi::method(default(remote = false))]
    pub fn accept_interpreter(&self, code: String, remote: bool) -> Result<PageView, FieldError> {
        self.page_after(|core| core.accept_interpreter(&code, remote))
    }

    /// No safe interpreter is here, but one by phone, or audio prompts: for consent and the quick screen only.
    ///
    /// Errors: as `pass_gate`.
    pub fn interpret_remotely(&self) -> Result<PageView, FieldError> {
        self.page_after(field::FormSession::interpret_remotely)
    }

    /// The eight urgent questions in the language of the interview, in the order `urgent` takes the answers.
    pub fn urgent_questions(&self) -> Result<Vec<String>, FieldError> {
        self.core.call(|core| Ok(core.urgent_questions()?))
    }

    /// Takes the eight answers to the urgent questions. Any yes puts everything else aside until they are taken anew without
    /// one; `standing` then shows the site's protocol. `hours_ago` starts the medical clocks where sexual violence is
    /// among them.
    ///
    /// Errors: `session.gate` while the setting is not safe or a question was not put, `entry.malformed` where they are not
    /// eight, `session.mode`, `session.closed`.
    #[uniffi::method(default(hours_ago = None))]
    pub fn urgent(&self, answers: Vec<FindingState>, hours_ago: Option<u16>) -> Result<PageView, FieldError> {
        let answers: Vec<field::FindingState> = answers.into_iter().map(Into::into).collect();
        let Ok(answers) = <[field::FindingState; 8]>::try_from(answers) else {
            return Err(FieldError::of(field::ErrorCode::EntryMalformed));
        };
        self.page_after(|core| core.urgent(&answers, hours_ago))
    }

    /// Help was found for what was said about sexual violence of the last days, and the person wants to go on: `urgent` is to be
    /// called anew, and that one yes no longer shuts the gate. Only where the site's signed directory says so.
    ///
    /// Errors: `session.mode` where it does not, `session.step` while nothing of the kind is acted on.
    pub fn help_found(&self) -> Result<PageView, FieldError> {
        self.page_after(field::FormSession::help_found)
    }

    /// Opens the age gate with what is known.
    ///
    /// Errors: `age.implausible`, `session.gate_order`.
    pub fn set_age(&self, age: AgeStatement) -> Result<PageView, FieldError> {
        self.page_after(|core| core.set_age(age.into()))
    }

    /// What has to be explained before a consent, in the language of the interview.
    pub fn explanation_points(&self) -> Result<Vec<String>, FieldError> {
        self.core.call(|core| Ok(core.explanation_points()?))
    }

    /// Says whether every one of those points was explained and understood. No yes is taken before.
    ///
    /// Errors: `session.closed`.
    pub fn explained(&self, all: bool) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.explained(all)?))
    }

    /// Writes a line of the consent ledger. A no to C1 ends the interview and leaves nothing of it anywhere; a first no to
    /// C2 leads to anonymous advice: the quick screen in memory only, see `advice`.
    ///
    /// Errors: `session.gate_order`, `session.consent`.
    pub fn consent(&self, input: ConsentInput) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.consent(input.into())?))
    }

    /// Takes a consent back. Withdrawing C1 or C2 discards the interview.
    pub fn withdraw(&self, line: ConsentLine) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.withdraw(line.into())?))
    }

    /// Records why B1, B5 or B7 is kept without consent. `reason` is a code, never a story.
    ///
    /// Errors: `session.reason` without a reason or for a basis that cannot stand in for consent here, `session.mode` for
    /// an observation the site does not allow.
    pub fn rely_on(&self, basis: LegalBasis, reason: String) -> Result<PageView, FieldError> {
        self.page_after(|core| core.rely_on(basis.into(), &reason))
    }

    /// The setting is not safe for a talk: only what can be seen is recorded from here on.
    ///
    /// Errors: `session.mode` where the site does not allow it or consent was spoken already.
    pub fn observe_only(&self) -> Result<PageView, FieldError> {
        self.page_after(field::FormSession::observe_only)
    }

    /// Records who must not know: code of a recipient, or a role such as `family`, `employer`, `community`.
    pub fn withhold(&self, from: String, reason: WithheldReason) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.withhold(&from, reason.into())?))
    }

    /// Says that a worker and interpreter of the gender the person chooses were offered, and that the person agrees.
    pub fn offer_gender_choice(&self, agreed: bool) -> Result<PageView, FieldError> {
        self.page_after(|core| core.offer_gender_choice(agreed))
    }

    /// The quick questions were put, in form B2 or before; `anything`: one was answered with yes, or the worker saw a sign.
    /// Finishing B2 says so by itself.
    ///
    /// Errors: `session.step` out of turn.
    pub fn quick_answered(&self, anything: bool) -> Result<PageView, FieldError> {
        self.page_after(|core| core.quick_answered(anything))
    }

    /// The person takes the offer of a detailed conversation, or does not.
    ///
    /// Errors: `session.step` out of turn, and for yes where only the quick screen can be interpreted.
    pub fn answer_offer(&self, accepted: bool) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.answer_offer(accepted)?))
    }

    /// Opens the next form with the same person: same gates, same consent, same case. The form before has to be finished.
    ///
    /// Errors: `session.step` while another form is open, `session.closed`, `session.training`, `session.not_ready` for a
    /// form that HQ has not signed, `form.unknown`.
    pub fn open_form(&self, form: String) -> Result<PageView, FieldError> {
        self.page_after(|core| core.open_form(&form))
    }

    /// The person was asked after 40 minutes and wants to go on.
    pub fn go_on(&self) -> Result<PageView, FieldError> {
        self.page_after(field::FormSession::go_on)
    }

    /// Ends the questions at once, from any state. What a consent covers is kept and can be finished or discarded.
    pub fn stop(&self, reason: StopReason) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.stop(reason.into())?))
    }

    /// Where the session stands: kind, stage, pace, danger.
    pub fn standing(&self) -> Result<StandingView, FieldError> {
        self.core.call(|core| Ok(core.standing()?.into()))
    }

    /// What the answers so far come to, for a talk that leaves no record. Nothing is stored.
    ///
    /// Errors: `session.gate`, `session.step`.
    pub fn advice(&self) -> Result<AdviceView, FieldError> {
        self.core.call(|core| Ok(core.advice()?.into()))
    }

    /// Puts the worker's own judgement beside the computed result, never in its place: outcomes to act on as well, and ones
    /// to set aside.
    ///
    /// Errors: `ruleset.unknown`, `session.supervisor` for setting one aside without a supervisor, `session.reason`.
    pub fn judge(&self, added: Vec<String>, set_aside: Vec<String>, reason: OverrideReason) -> Result<(), FieldError> {
        let added: Vec<&str> = added.iter().map(String::as_str).collect();
        let set_aside: Vec<&str> = set_aside.iter().map(String::as_str).collect();
        self.core.call(|core| Ok(core.judge(&added, &set_aside, reason.into())?))
    }

    /// The services of this site to name to the person, those that speak a language of theirs first. An embassy is named
    /// only to somebody who does not seek asylum.
    pub fn services(&self, need: ServiceNeed) -> Result<Vec<ServiceView>, FieldError> {
        self.core.call(|core| Ok(core.services(need.into())?.into_iter().map(ServiceView::from).collect()))
    }
}
