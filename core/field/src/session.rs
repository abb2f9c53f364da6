//! One interview: gates, consent, answers. Everything that changes it is a step, and a step that is acknowledged is durable
//! as soon as a consent covers it.

use std::sync::Arc;

use wayside_forms::{Env, ScreenRef, Session};
use wayside_model::{
    AgeStatement, AnswerState, CaseId, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, DraftId,
    ErrorCode, Gate, RecordedAttachment, StopReason, Timestamp,
};
use wayside_screening::gates::{Coverage, Gates};
use wayside_seal::random;

use crate::entry::Entry;
use crate::error::{FieldError, Place};
use crate::finish::{self, FinishReport, Sealed};
use crate::forms::{self, LoadedForm};
use crate::journal::{Header, Journal, Step};
use crate::pages::{self, PageView};
use crate::vault::Inner;

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
}

/// How a session ended.
enum Closed {
    /// Nothing of it is left.
    Discarded,
    /// A step could not be stored: memory is ahead of the disk. `resume_session` shows what is durable.
    OutOfStep,
    Finished(FinishReport),
}

/// One interview in progress.
pub struct FormSession {
    pub(crate) inner: Arc<Inner>,
    pub(crate) loaded: LoadedForm,
    pub(crate) gates: Gates,
    pub(crate) form: Session,
    pub(crate) attachments: Vec<RecordedAttachment>,
    pub(crate) journal: Journal,
    pub(crate) position: usize,
    /// Sealed, but not finished: the commit failed.
    sealed: Option<Sealed>,
    closed: Option<Closed>,
}

impl FormSession {
    pub(crate) fn start(inner: Arc<Inner>, form: &str, language: &str) -> Result<Self, FieldError> {
        let loaded = forms::load(&inner, form)?;
        let instance: CaseId = random::id()?;
        let header = Header {
            draft: random::id()?,
            case: random::id()?,
            form: loaded.reference.id.clone(),
            sha256: loaded.reference.sha256,
            language: resolve_language(loaded.form.languages(), language),
            started: inner.clock.now(),
            offset_minutes: inner.clock.offset_minutes(),
            random_seed: u64::from_le_bytes(random::bytes()?),
            instance_id: format!("uuid:{instance}"),
        };
        Self::begin(inner, loaded, Journal::new(header))
    }

    pub(crate) fn resume(inner: Arc<Inner>, draft: DraftId) -> Result<Self, FieldError> {
        finish::mend(&inner)?;
        let (journal, steps) = Journal::load(&inner, draft)?;
        let loaded = forms::load_exactly(&inner, &journal.header().form, &journal.header().sha256)?;
        let mut session = Self::begin(inner, loaded, journal)?;
        for step in &steps {
            session.take(step)?;
        }
        session.position = pages::first_unanswered(&session.form);
        Ok(session)
    }

    fn begin(inner: Arc<Inner>, loaded: LoadedForm, journal: Journal) -> Result<Self, FieldError> {
        let header = journal.header();
        let env = Env {
            now: header.started,
            offset_minutes: header.offset_minutes,
            instance_id: header.instance_id.clone(),
            random_seed: header.random_seed,
            // A record carries no device or user name: the envelope's signature says which device made it.
            device_id: String::new(),
            username: String::new(),
        };
        let mut form = Session::start(Arc::clone(&loaded.form), env)?;
        form.set_language(&header.language);
        Ok(Self {
            inner,
            loaded,
            gates: Gates::new(),
            form,
            attachments: Vec::new(),
            journal,
            position: 0,
            sealed: None,
            closed: None,
        })
    }

    /// Its id, for `Vault::resume_session`.
    pub fn id(&self) -> DraftId {
        self.journal.header().draft
    }

    /// Whether anything of it is stored: true from the moment a consent covers it.
    pub fn is_stored(&self) -> bool {
        self.journal.is_stored()
    }

    /// The screen to show.
    ///
    /// Errors: `session.closed`.
    pub fn page(&self) -> Result<PageView, FieldError> {
        self.check_open()?;
        Ok(pages::page(self))
    }

    /// Says what was found at a gate. The age gate opens with the age; see `set_age`.
    ///
    /// Errors: `session.gate_order`, `session.closed`.
    pub fn pass_gate(&mut self, gate: Gate, pass: bool) -> Result<PageView, FieldError> {
        self.step(Step::Gate { gate, pass, age: None, at: self.now() })
    }

    /// Opens the age gate with what is known.
    ///
    /// Errors: `age.implausible`, `session.gate_order`.
    pub fn set_age(&mut self, age: AgeStatement) -> Result<PageView, FieldError> {
        self.step(Step::Gate { gate: Gate::Age, pass: true, age: Some(age), at: self.now() })
    }

    /// Writes a line of the consent ledger. A no to C1 ends the interview and leaves nothing of it anywhere; a first no to
    /// C2 keeps the questions shut, and nothing is stored: discard it, or advise without a record.
    ///
    /// Errors: `session.gate_order`, `session.consent`.
    pub fn consent(&mut self, input: ConsentInput) -> Result<(), FieldError> {
        let entry = ConsentEntry {
            line: input.line,
            value: input.value,
            by: input.by,
            how: input.how,
            recipient: input.recipient,
            language: self.form.language().to_owned(),
            at: self.now().rounded(),
            interpreter: None,
            script: None,
            data_set: None,
        };
        self.change(&Step::Consent(entry))
    }

    /// Takes a consent back. Withdrawing C1 or C2 discards the interview.
    pub fn withdraw(&mut self, line: ConsentLine) -> Result<(), FieldError> {
        self.change(&Step::Withdraw { line, at: self.now().rounded() })
    }

    /// Answers a question.
    ///
    /// Errors: `session.gate`, `session.child_route`, `answer.*`.
    pub fn answer(&mut self, reference: &str, value: &str) -> Result<PageView, FieldError> {
        self.step(Step::Answer { reference: reference.to_owned(), value: value.to_owned() })
    }

    /// Marks a question declined, unknown or not asked.
    ///
    /// Errors: as `answer`.
    pub fn mark(&mut self, reference: &str, state: AnswerState) -> Result<PageView, FieldError> {
        self.step(Step::Mark { reference: reference.to_owned(), state })
    }

    /// Adds an instance of a repeat.
    ///
    /// Errors: `answer.repeat`.
    pub fn add_repeat(&mut self, reference: &str) -> Result<PageView, FieldError> {
        self.step(Step::Add(reference.to_owned()))
    }

    /// Removes an instance of a repeat.
    ///
    /// Errors: `answer.repeat`.
    pub fn remove_repeat(&mut self, reference: &str) -> Result<PageView, FieldError> {
        self.step(Step::Remove(reference.to_owned()))
    }

    /// Puts a file of at most 256 KiB into the record. `extension` is letters and digits; the name is made here.
    ///
    /// Errors: `answer.attachment`, and as `answer`.
    pub fn attach(&mut self, reference: &str, extension: &str, bytes: Vec<u8>) -> Result<PageView, FieldError> {
        let plain = extension.len() <= 5 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if bytes.is_empty() || bytes.len() > LARGEST_ATTACHMENT || !plain {
            return Err(ErrorCode::AnswerAttachment.into());
        }
        let name = format!("{}.{}", random::id::<CaseId>()?, extension.to_ascii_lowercase());
        self.step(Step::Attach { reference: reference.to_owned(), name, bytes })
    }

    /// Switches the language of labels; answers stay.
    pub fn set_language(&mut self, language: &str) -> Result<PageView, FieldError> {
        self.step(Step::Language(language.to_owned()))
    }

    /// One screen on. Stays at the end.
    pub fn forward(&mut self) -> Result<PageView, FieldError> {
        self.check_open()?;
        self.position = (self.position + 1).min(self.form.screens().len());
        self.page()
    }

    /// One screen back. Stays at the first.
    pub fn back(&mut self) -> Result<PageView, FieldError> {
        self.check_open()?;
        self.position = self.position.saturating_sub(1);
        self.page()
    }

    /// Ends the questions at once, from any state. What is covered by consent is kept and can be finished or discarded.
    pub fn stop(&mut self, reason: StopReason) -> Result<(), FieldError> {
        self.change(&Step::Stop(reason))
    }

    /// Seals the record to HQ and queues it in one transaction. From then on this device cannot read it. A second call
    /// returns the first result; after an error it goes on with the same envelope.
    ///
    /// Errors: `session.gate`, `answer.required`, `answer.constraint`, `storage.*`.
    pub fn finish(&mut self) -> Result<FinishReport, FieldError> {
        if let Some(Closed::Finished(report)) = &self.closed {
            return Ok(report.clone());
        }
        self.check_open()?;
        let sealed = match self.sealed.take() {
            Some(sealed) => sealed,
            None => finish::seal(self)?,
        };
        let report = finish::keep(&self.inner, self.sealed.insert(sealed))?;
        self.closed = Some(Closed::Finished(report.clone()));
        Ok(report)
    }

    /// Leaves nothing of the interview anywhere. Twice is fine.
    ///
    /// Errors: `session.closed` after `finish`: the record is HQ's then.
    pub fn discard(&mut self) -> Result<(), FieldError> {
        self.unseal()?;
        match self.closed {
            Some(Closed::Finished(_)) => Err(ErrorCode::SessionClosed.into()),
            _ => self.erase(),
        }
    }

    /// A finish that failed before the envelope was kept leaves the interview open; after that it is HQ's.
    fn unseal(&mut self) -> Result<(), FieldError> {
        if let Some(sealed) = self.sealed.take()
            && sealed.is_kept(&self.inner)?
        {
            self.sealed = Some(sealed);
            return Err(ErrorCode::SessionClosed.into());
        }
        Ok(())
    }

    /// Does one entry of an answer file. `Entry::Attach` is not done here: the host reads the file and calls `attach`.
    ///
    /// Errors: as the call it stands for; `entry.malformed`.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), FieldError> {
        match entry {
            Entry::Gate { gate, pass, age } => {
                if age.is_some() && *gate != Gate::Age {
                    return Err(ErrorCode::EntryMalformed.into());
                }
                let age = age.map(AgeStatement::from);
                self.change(&Step::Gate { gate: *gate, pass: *pass, age, at: self.now() })
            }
            Entry::Consent { consent, value, by, how, recipient } => self.consent(ConsentInput {
                line: *consent,
                value: *value,
                by: *by,
                how: *how,
                recipient: recipient.clone(),
            }),
            Entry::Value { reference, value } => self.answer(reference, value).map(drop),
            Entry::State { reference, state } => self.mark(reference, *state).map(drop),
            Entry::Add { add } => self.add_repeat(add).map(drop),
            Entry::Remove { remove } => self.remove_repeat(remove).map(drop),
            Entry::Language { language } => self.set_language(language).map(drop),
            Entry::Withdraw { withdraw } => self.withdraw(*withdraw),
            Entry::Stop { stop: true } => self.stop(StopReason::Stopped),
            Entry::Stop { stop: false } | Entry::Attach { .. } => Err(ErrorCode::EntryMalformed.into()),
        }
    }

    fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    fn check_open(&self) -> Result<(), FieldError> {
        if self.closed.is_some() { Err(ErrorCode::SessionClosed.into()) } else { Ok(()) }
    }

    fn step(&mut self, step: Step) -> Result<PageView, FieldError> {
        self.change(&step)?;
        self.page()
    }

    /// Takes a step and makes it durable, or leaves everything as it was.
    fn change(&mut self, step: &Step) -> Result<(), FieldError> {
        self.check_open()?;
        self.unseal()?;
        let here = self.form.screens().into_iter().nth(self.position);
        self.take(step)?;
        self.stay(here.as_ref());
        self.journal.note(step);
        if self.gates.coverage() == Coverage::Record {
            self.journal.store(&self.inner).inspect_err(|_| self.closed = Some(Closed::OutOfStep))?;
        } else if self.gates.has_ended() {
            return self.erase();
        }
        Ok(())
    }

    /// An answer may bring in or take out screens before the one shown: the same one stays in sight.
    fn stay(&mut self, here: Option<&ScreenRef>) {
        let found = here.and_then(|here| self.form.screens().iter().position(|screen| screen == here));
        if let Some(found) = found {
            self.position = found;
        }
    }

    fn erase(&mut self) -> Result<(), FieldError> {
        self.closed = Some(Closed::Discarded);
        self.attachments.clear();
        self.journal.erase(&self.inner)
    }

    /// Takes a step in memory.
    fn take(&mut self, step: &Step) -> Result<(), FieldError> {
        if self.gates.has_ended() && !matches!(step, Step::Withdraw { .. } | Step::Consent(_)) {
            return Err(ErrorCode::SessionClosed.into());
        }
        match step {
            Step::Gate { gate: Gate::Age, pass: true, age, at } => {
                self.take_age(age.unwrap_or(AgeStatement::Unknown), *at)
            }
            Step::Gate { gate: Gate::Consent, .. } => Err(ErrorCode::SessionConsent.into()),
            Step::Gate { gate, pass, at, .. } => Ok(self.gates.look(*gate, *pass, at.rounded())?),
            Step::Consent(entry) => Ok(self.gates.consent(entry.clone())?),
            Step::Withdraw { line, at } => {
                self.gates.withdraw(*line, *at);
                Ok(())
            }
            Step::Stop(reason) => {
                self.gates.stop(*reason);
                Ok(())
            }
            Step::Language(language) => {
                let name = resolve_language(self.loaded.form.languages(), language);
                self.form.set_language(&name);
                Ok(())
            }
            Step::Answer { reference, value } => {
                self.check_questions()?;
                Ok(self.form.answer(reference, value)?)
            }
            Step::Mark { reference, state } => {
                self.check_questions()?;
                Ok(self.form.mark(reference, *state)?)
            }
            Step::Add(reference) => {
                self.check_questions()?;
                Ok(self.form.add_repeat(reference).map(drop)?)
            }
            Step::Remove(reference) => {
                self.check_questions()?;
                Ok(self.form.remove_repeat(reference)?)
            }
            Step::Attach { reference, name, bytes } => {
                self.check_questions()?;
                self.form.answer(reference, name)?;
                self.attachments.push(RecordedAttachment {
                    reference: reference.clone(),
                    name: name.clone(),
                    bytes: bytes.clone(),
                });
                Ok(())
            }
        }
    }

    fn take_age(&mut self, age: AgeStatement, at: Timestamp) -> Result<(), FieldError> {
        let today = at.date(self.journal.header().offset_minutes);
        let route = self.gates.set_age(&age, today, at.rounded())?;
        if let Some(node) = self.loaded.route_node.clone() {
            let value = match route {
                wayside_model::Route::Adult => "adult",
                wayside_model::Route::Child => "child",
            };
            self.form.preset(&node, value)?;
        }
        Ok(())
    }

    fn check_questions(&self) -> Result<(), FieldError> {
        if let Some(gate) = self.gates.expects() {
            return Err(FieldError::new(ErrorCode::SessionGate).at(Place::Gate(gate)));
        }
        Ok(self.gates.may_use(self.loaded.adults_only)?)
    }
}

/// The form's own name of a language: the name itself, or the one with the BCP 47 code in brackets, as XLSForm writes it.
/// The form's first language where nothing fits: an interview must not fail for a missing translation.
fn resolve_language(languages: &[String], wanted: &str) -> String {
    let in_brackets = format!("({wanted})");
    languages
        .iter()
        .find(|name| *name == wanted || name.ends_with(&in_brackets))
        .or(languages.first())
        .cloned()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_found_by_code_or_name() {
        let languages = ["English (en)".to_owned(), "Français (fr)".to_owned()];
        assert_eq!(resolve_language(&languages, "fr"), "Français (fr)");
        assert_eq!(resolve_language(&languages, "English (en)"), "English (en)");
        assert_eq!(resolve_language(&languages, "ti"), "English (en)");
        assert_eq!(resolve_language(&[], "fr"), "");
    }
}
