//! What a worker and a person do at the gates and between the forms: the calls of [`FormSession`] that are about the person,
//! not about one form.

use wayside_model::{
    AgeStatement, AnswerState, BasisRecord, CaseId, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue,
    ErrorCode, Gate, LegalBasis, OverrideReason, StopReason, Withheld, WithheldReason,
};
use wayside_screening::referral::Handover;
use wayside_screening::{FindingState, overrides};
use wayside_seal::random;

use crate::entry::Entry;
use crate::error::FieldError;
use crate::files::is_extension;
use crate::finish;
use crate::installed;
use crate::journal::{Step, to_numbers};
use crate::pages::{self, PageView};
use crate::prompts;
use crate::refer::ReferralInput;
use crate::result::{self, OutcomeView, StepView};
use crate::session::FormSession;
use crate::site::{self, ServiceNeed, ServiceView};
use crate::standing::{self, StandingView};
use crate::wording::PromptPart;

/// Largest file that can go inside a record.
const LARGEST_ATTACHMENT: usize = 256 * 1024;

/// What was said about a consent line. No `Debug`: it names a recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct ConsentInput {
    /// Which line.
    pub line: ConsentLine,
    /// Yes or no.
    pub value: ConsentValue,
    /// Who said so.
    pub by: ConsentGiver,
    /// How.
    pub how: ConsentHow,
    /// Directory code of the recipient, for C4.
    pub recipient: Option<String>,
    /// What may go there, for C4: names of the fields of the referral.
    pub data_set: Option<Vec<String>>,
}

/// What a session without a record came to. No `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct AdviceView {
    /// What the rule set says of the answers so far; empty for a form without indicators.
    pub outcomes: Vec<OutcomeView>,
    /// What can be offered now.
    pub steps: Vec<StepView>,
}

/// The gates, in their order.
impl FormSession {
    /// Says what was found at the setting or interpreter gate, or shuts the age gate again. The others are not opened by a
    /// tick: readiness by what HQ has sent, danger by [`Self::urgent`], age by [`Self::set_age`], consent by
    /// [`Self::consent`].
    ///
    /// Errors: `session.gate` for one of those, `session.gate_order`, `session.mode`, `session.closed`.
    pub fn pass_gate(&mut self, gate: Gate, pass: bool) -> Result<PageView, FieldError> {
        if gate == Gate::Age && pass {
            return self.set_age(AgeStatement::Unknown);
        }
        self.step(Step::Gate { gate, pass, age: None, at: self.now(), interpreter: None })
    }

    /// Opens the interpreter gate: this one is safe and the person accepts them. `remote`: by phone, for consent and the quick
    /// screen only. Each line of consent names them from then on, by a code and never by a name. Without an interpreter or a
    /// code: [`Self::pass_gate`].
    ///
    /// Errors: `answer.constraint` for what is not 1 to 12 letters, digits and hyphens; as `pass_gate`.
    pub fn accept_interpreter(&mut self, code: &str, remote: bool) -> Result<PageView, FieldError> {
        let (at, interpreter) = (self.now(), Some(code.to_owned()));
        self.step(if remote {
            Step::Remote(at, interpreter)
        } else {
            Step::Gate { gate: Gate::Interpreter, pass: true, age: None, at, interpreter }
        })
    }

    /// No safe interpreter is here, but one by phone, or audio prompts: for consent and the quick screen only.
    ///
    /// Errors: as `pass_gate`.
    pub fn interpret_remotely(&mut self) -> Result<PageView, FieldError> {
        self.step(Step::Remote(self.now(), None))
    }

    /// The eight urgent questions (B1) in the words the person hears (see [`PageView::prompts`]), in the order [`Self::urgent`] takes the answers.
    pub fn urgent_questions(&self) -> Result<Vec<String>, FieldError> {
        let said = prompts::urgent_questions(&self.inner, &self.speech)?.into_iter();
        Ok(said.filter(|prompt| prompt.part == PromptPart::Question).map(|prompt| prompt.text).collect())
    }

    /// Takes the answers to the urgent questions. Any yes shuts the danger gate and puts everything else aside until they
    /// are taken anew without one; [`Self::standing`] then shows the site's protocol for danger. `hours_ago` starts the
    /// medical clocks where sexual violence is among them.
    ///
    /// Errors: `session.gate` while the setting is not safe or a question was not put, `session.mode`, `session.closed`.
    pub fn urgent(&mut self, answers: &[FindingState; 8], hours_ago: Option<u16>) -> Result<PageView, FieldError> {
        self.step(Step::Urgent { answers: to_numbers(answers), hours_ago, at: self.now() })
    }

    /// Help was found for what was said about sexual violence of the last days, and the person wants to go on: [`Self::urgent`]
    /// is to be called anew, and that one yes no longer shuts the gate. Only where the site's signed directory says so.
    ///
    /// Errors: `session.mode` where it does not, `session.step` while nothing of the kind is acted on, `session.closed`.
    pub fn help_found(&mut self) -> Result<PageView, FieldError> {
        self.step(Step::HelpFound)
    }

    /// Opens the age gate with what is known.
    ///
    /// Errors: `age.implausible`, `session.gate_order`.
    pub fn set_age(&mut self, age: AgeStatement) -> Result<PageView, FieldError> {
        self.step(Step::Gate { gate: Gate::Age, pass: true, age: Some(age), at: self.now(), interpreter: None })
    }

    /// What has to be explained before a consent, in the words the person hears.
    pub fn explanation_points(&self) -> Result<Vec<String>, FieldError> {
        let said = prompts::explanation_points(&self.inner, &self.speech)?.into_iter();
        Ok(said.filter(|prompt| prompt.part == PromptPart::Question).map(|prompt| prompt.text).collect())
    }

    /// Says whether every one of those points was explained and understood. No yes is taken before.
    ///
    /// Errors: `session.closed`.
    pub fn explained(&mut self, all: bool) -> Result<(), FieldError> {
        let read = if all { Some(prompts::consent_script(&self.inner, &self.speech)?) } else { None };
        self.change(&Step::Explained { all, read })
    }

    /// Writes a line of the consent ledger. A no to C1 ends the interview and leaves nothing of it anywhere; a first no to
    /// C2 leads to anonymous advice: the quick screen in memory only, see [`Self::advice`].
    ///
    /// Errors: `session.gate_order`, `session.consent`.
    pub fn consent(&mut self, input: ConsentInput) -> Result<(), FieldError> {
        let read = self.read_for(input.line);
        let of_an_earlier_build = self.read_out.as_ref().and_then(|read| read.interpreter.as_deref());
        let interpreter = self.interview.interpreter().or(of_an_earlier_build).map(str::to_owned);
        let language =
            read.as_ref().map_or_else(|| pages::code(self.form.language()).to_owned(), |read| read.language.clone());
        let entry = ConsentEntry {
            line: input.line,
            value: input.value,
            by: input.by,
            how: input.how,
            recipient: input.recipient,
            language,
            at: self.now().rounded(),
            interpreter,
            script: read.map(|read| read.script),
            data_set: input.data_set,
        };
        self.between_forms(Step::Consent(entry))
    }

    /// Takes a consent back. Withdrawing C1 or C2 discards the interview.
    pub fn withdraw(&mut self, line: ConsentLine) -> Result<(), FieldError> {
        self.change(&Step::Withdraw { line, at: self.now().rounded() })
    }

    /// Records why B1, B5 or B7 is kept without consent. `reason` is a code of the form, never a story.
    ///
    /// Errors: `session.reason` without a reason or for a basis that cannot stand in for consent here, `session.mode` for
    /// an observation the site does not allow.
    pub fn rely_on(&mut self, basis: LegalBasis, reason: &str) -> Result<PageView, FieldError> {
        self.step(Step::RelyOn(BasisRecord { basis, reason: reason.to_owned(), at: self.now().rounded() }))
    }

    /// The setting is not safe for a talk: only what can be seen is recorded from here on.
    ///
    /// Errors: `session.mode` where the site does not allow it or consent was spoken already.
    pub fn observe_only(&mut self) -> Result<PageView, FieldError> {
        self.step(Step::ObserveOnly)
    }

    /// Records who must not know: code of a recipient, or a role such as `family`, `employer`, `community`.
    pub fn withhold(&mut self, from: &str, reason: WithheldReason) -> Result<(), FieldError> {
        // Services are named at the result too, when the form is sealed already.
        self.between_forms(Step::Withhold(Withheld { from: from.to_owned(), reason, at: self.now().rounded() }))
    }

    /// Says that a worker and interpreter of the gender the person chooses were offered, and that the person agrees.
    pub fn offer_gender_choice(&mut self, agreed: bool) -> Result<PageView, FieldError> {
        self.step(Step::OfferGender(agreed))
    }
}

/// Between the forms.
impl FormSession {
    /// The quick questions were put, in form B2 or before; `anything`: one was answered with yes, or the worker saw a sign.
    /// Finishing B2 says so by itself.
    ///
    /// Errors: `session.step` out of turn.
    pub fn quick_answered(&mut self, anything: bool) -> Result<PageView, FieldError> {
        self.step(Step::Quick(anything))
    }

    /// The person takes the offer of a detailed conversation, or does not. To be called with the form for it open, or after
    /// the quick screen was finished: then [`Self::open_form`] comes next.
    ///
    /// Errors: `session.step` out of turn, and for yes where only the quick screen can be interpreted.
    pub fn answer_offer(&mut self, accepted: bool) -> Result<(), FieldError> {
        self.between_forms(Step::Offer(accepted))
    }

    /// The person was asked after 40 minutes and wants to go on.
    pub fn go_on(&mut self) -> Result<PageView, FieldError> {
        self.check_open()?;
        self.interview.go_on(self.now());
        self.page()
    }

    /// Ends the questions at once, from any state. What is covered by consent is kept and can be finished or discarded.
    pub fn stop(&mut self, reason: StopReason) -> Result<(), FieldError> {
        self.change(&Step::Stop(reason))
    }

    /// Where the session stands: kind, stage, pace, danger.
    pub fn standing(&self) -> Result<StandingView, FieldError> {
        standing::of(self)
    }

    /// What the answers so far come to, for a talk that leaves no record. Nothing is stored.
    ///
    /// Errors: `session.gate`, and as `finish`.
    pub fn advice(&self) -> Result<AdviceView, FieldError> {
        self.check_questions()?;
        let explanation = finish::explain(self, &self.form.answers())?;
        Ok(AdviceView {
            outcomes: explanation.as_ref().map(result::outcomes).unwrap_or_default(),
            steps: explanation.as_ref().map(result::steps).unwrap_or_default(),
        })
    }

    /// Puts the worker's own judgement beside the computed result, never in its place: outcomes to act on as well, and ones
    /// to set aside.
    ///
    /// Errors: `ruleset.unknown` for an outcome that does not exist, `session.supervisor` for setting one aside without a
    /// supervisor, `session.reason` where nothing changes, and for an urgent need or a child.
    pub fn judge(&mut self, added: &[&str], set_aside: &[&str], reason: OverrideReason) -> Result<(), FieldError> {
        self.check_questions()?;
        let explanation = finish::explain(self, &self.form.answers())?.ok_or(ErrorCode::SessionStep)?;
        let rules = installed::rules(&self.inner)?;
        let by = self.interview.authority();
        let judgement = overrides::make(&rules, &explanation, added, set_aside, reason, by, self.now())?;
        self.change(&Step::Judge(judgement))
    }

    /// The services of this site to name to the person, in the interview's language; those that speak a language of theirs
    /// first. `need` says what is looked for; the age is that of the age gate. An embassy is named only to somebody who does
    /// not seek asylum. None where there is no person.
    pub fn services(&self, need: ServiceNeed) -> Result<Vec<ServiceView>, FieldError> {
        if self.interview.is_about_nobody() {
            return Ok(Vec::new());
        }
        let age = self.interview.gates().age().map(|(_, reading)| (reading.low, reading.high));
        let language = pages::code(self.form.language());
        site::suggest(&self.inner, &need.with_age(age), language)
    }
}

/// Answers.
impl FormSession {
    /// Answers a question.
    ///
    /// Errors: `session.gate`, `session.child_route`, `session.step`, `answer.*`.
    pub fn answer(&mut self, reference: &str, value: &str) -> Result<PageView, FieldError> {
        self.check_questions()?;
        let heard = self.heard_now(reference);
        self.step(Step::Answer { reference: reference.to_owned(), value: value.to_owned(), heard })
    }

    /// Marks a question declined, unknown or not asked.
    ///
    /// Errors: as `answer`.
    pub fn mark(&mut self, reference: &str, state: AnswerState) -> Result<PageView, FieldError> {
        self.check_questions()?;
        let heard = self.heard_now(reference);
        self.step(Step::Mark { reference: reference.to_owned(), state, heard })
    }

    /// Adds an instance of a repeat.
    ///
    /// Errors: `answer.repeat`, and as `answer`.
    pub fn add_repeat(&mut self, reference: &str) -> Result<PageView, FieldError> {
        self.check_questions()?;
        self.step(Step::Add(reference.to_owned()))
    }

    /// Removes an instance of a repeat.
    ///
    /// Errors: `answer.repeat`, and as `answer`.
    pub fn remove_repeat(&mut self, reference: &str) -> Result<PageView, FieldError> {
        self.check_questions()?;
        self.step(Step::Remove(reference.to_owned()))
    }

    /// Puts a file of at most 256 KiB into the record. `extension` is letters and digits; the name is made here. A larger one,
    /// or one that is only being made, goes in pieces: [`Self::begin_file`].
    ///
    /// Errors: `answer.attachment`, and as `answer`.
    pub fn attach(&mut self, reference: &str, extension: &str, bytes: Vec<u8>) -> Result<PageView, FieldError> {
        if bytes.is_empty() || bytes.len() > LARGEST_ATTACHMENT || !is_extension(extension) {
            return Err(ErrorCode::AnswerAttachment.into());
        }
        self.check_questions()?;
        let name = format!("{}.{}", random::id::<CaseId>()?, extension.to_ascii_lowercase());
        self.step(Step::Attach { reference: reference.to_owned(), name, bytes })
    }

    /// Switches the language of labels; answers stay.
    pub fn set_language(&mut self, language: &str) -> Result<PageView, FieldError> {
        self.step(Step::Language(language.to_owned()))
    }

    /// Does one entry of an answer file. `Entry::Attach` is not done here: the host reads the file and calls `attach`.
    ///
    /// Errors: as the call it stands for; `entry.malformed`.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), FieldError> {
        match entry {
            Entry::Gate { gate, pass, age, interpreter } => match (gate, pass, age, interpreter) {
                (Gate::Age, true, Some(age), None) => self.set_age((*age).into()).map(drop),
                (Gate::Interpreter, true, None, Some(code)) => self.accept_interpreter(code, false).map(drop),
                (gate, pass, None, None) => self.pass_gate(*gate, *pass).map(drop),
                _ => Err(ErrorCode::EntryMalformed.into()),
            },
            Entry::Urgent { urgent, hours_ago } => self.urgent(urgent, *hours_ago).map(drop),
            Entry::HelpFound { help_found: true } => self.help_found().map(drop),
            Entry::Remote { remote: true, interpreter: None } => self.interpret_remotely().map(drop),
            Entry::Remote { remote: true, interpreter: Some(code) } => self.accept_interpreter(code, true).map(drop),
            Entry::Explained { explained } => self.explained(*explained),
            Entry::Consent { consent, value, by, how, recipient, data_set } => self.consent(ConsentInput {
                line: *consent,
                value: *value,
                by: *by,
                how: *how,
                recipient: recipient.clone(),
                data_set: data_set.clone(),
            }),
            Entry::RelyOn { rely_on, reason } => self.rely_on(*rely_on, reason).map(drop),
            Entry::Observe { observe: true } => self.observe_only().map(drop),
            Entry::Gender { gender } => self.offer_gender_choice(*gender).map(drop),
            Entry::Quick { quick } => self.quick_answered(*quick).map(drop),
            Entry::Offer { offer } => self.answer_offer(*offer),
            Entry::Form { form } => self.open_form(form).map(drop),
            Entry::Refer { refer, urgency, fields, wants, warned } => self
                .refer(&ReferralInput {
                    recipient: refer.clone(),
                    urgency: *urgency,
                    handover: Handover::EncryptedFile,
                    wants: wants.clone(),
                    fields: fields.clone().into_iter().collect(),
                    warned: *warned,
                })
                .map(drop),
            Entry::Withhold { withhold, reason } => self.withhold(withhold, *reason),
            Entry::Judge { add, set_aside, because } => {
                let add: Vec<&str> = add.iter().map(String::as_str).collect();
                let set_aside: Vec<&str> = set_aside.iter().map(String::as_str).collect();
                self.judge(&add, &set_aside, *because)
            }
            Entry::Value { reference, value } => self.answer(reference, value).map(drop),
            Entry::State { reference, state } => self.mark(reference, *state).map(drop),
            Entry::Add { add } => self.add_repeat(add).map(drop),
            Entry::Remove { remove } => self.remove_repeat(remove).map(drop),
            Entry::Language { language } => self.set_language(language).map(drop),
            Entry::Withdraw { withdraw } => self.withdraw(*withdraw),
            Entry::Finish { finish: true } => self.finish().map(drop),
            Entry::Stop { stop: true } => self.stop(StopReason::Stopped),
            Entry::Stop { .. }
            | Entry::Finish { .. }
            | Entry::Remote { .. }
            | Entry::HelpFound { .. }
            | Entry::Observe { .. }
            | Entry::Attach { .. } => Err(ErrorCode::EntryMalformed.into()),
        }
    }
}
