//! One session with one person: gates, consent, then forms one after another. Everything that changes it is a step, and a
//! step that is acknowledged is durable as soon as a consent, or a legal basis that stands in for it, covers the form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wayside_forms::{Env, ScreenRef, Session};
use wayside_model::{
    AgeStatement, CaseId, ConsentValue, DraftId, ErrorCode, Gate, HeardIn, RecordedAttachment, Route, StopReason,
    Timestamp,
};
use wayside_screening::follow_up::ContactRule;
use wayside_screening::interview::{Interview, OnStop, Policy, Stage};
use wayside_screening::locks::Keep;
use wayside_screening::readiness;
use wayside_screening::{Item, ScreeningError, before_talk};
use wayside_seal::random;

use crate::after_finish;
use crate::begin;
use crate::contact;
use crate::earlier::Earlier;
use crate::error::{FieldError, Place};
use crate::files::Captured;
use crate::finish::{self, FinishReport, Sealed};
use crate::forms::{self, LoadedForm};
use crate::installed::parsed;
use crate::journal::{Header, Journal, SessionMode, Step, from_numbers};
use crate::lists;
use crate::pages::{self, PageView};
use crate::prompts;
use crate::site::Here;
use crate::terms;
use crate::vault::Inner;
use crate::wording::{ReadOut, Speech};
use crate::worklist;

/// How a session, or the form that was open in it, ended.
enum Closed {
    /// Nothing of it is left.
    Discarded,
    /// A step could not be stored: memory is ahead of the disk. `resume_session` shows what is durable.
    OutOfStep,
    /// The form is HQ's; another one can be opened.
    Finished(FinishReport),
}

/// One session with one person, and the form that is open in it.
pub struct FormSession {
    pub(crate) inner: Arc<Inner>,
    pub(crate) loaded: LoadedForm,
    pub(crate) interview: Interview,
    pub(crate) form: Session,
    pub(crate) attachments: Vec<RecordedAttachment>,
    /// Files that go in parts.
    pub(crate) captured: Vec<Captured>,
    pub(crate) journal: Journal,
    pub(crate) position: usize,
    pub(crate) speech: Speech,
    /// What was read out before consent, once everything was explained.
    pub(crate) read_out: Option<ReadOut>,
    /// Where the words of the answered questions came from, where not from the form in the language asked for.
    pub(crate) heard: BTreeMap<String, HeardIn>,
    /// Answered since the screen was turned: in a self-answer session all other answers are hidden.
    pub(crate) fresh: BTreeSet<String>,
    /// What was done so far that belongs to the person's session, not to one form.
    talk: Vec<Step>,
    /// What the forms before found.
    pub(crate) earlier: Earlier,
    /// Sealed, but not finished: the commit failed.
    sealed: Option<Sealed>,
    closed: Option<Closed>,
}

impl FormSession {
    pub(crate) fn start(inner: Arc<Inner>, form: &str, language: &str, mode: SessionMode) -> Result<Self, FieldError> {
        let loaded = forms::load(&inner, form)?;
        let here = Here::load(&inner)?;
        let now = inner.clock.now();
        let interview = match terms::of(&inner, &loaded)?.about_person {
            true => begin::with_a_person(&inner, &loaded, &here, mode)?,
            false => begin::about_nobody(&here, mode, now)?,
        };
        let speech = Speech::load(&inner, language)?;
        let header = Header {
            draft: random::id()?,
            case: random::id()?,
            form: loaded.reference.id.clone(),
            sha256: loaded.reference.sha256,
            language: speech.resolve(loaded.form.languages()),
            asked: Some(speech.asked().to_owned()),
            started: now,
            offset_minutes: inner.clock.offset_minutes(),
            random_seed: u64::from_le_bytes(random::bytes()?),
            instance_id: format!("uuid:{}", random::id::<CaseId>()?),
            mode,
            observation: here.policy().observation,
            after_help: Some(here.policy().questions_after_help),
            about_nobody: interview.is_about_nobody().then_some(true),
        };
        Self::begin(inner, loaded, interview, Journal::new(header), speech)
    }

    pub(crate) fn resume(inner: Arc<Inner>, draft: DraftId) -> Result<Self, FieldError> {
        finish::mend(&inner)?;
        let (journal, steps) = Journal::load(&inner, draft)?;
        let header = journal.header().clone();
        let loaded = forms::load_exactly(&inner, &header.form, &header.sha256)?;
        let policy =
            Policy { observation: header.observation, questions_after_help: header.after_help.unwrap_or_default() };
        let authority = Here::load(&inner)?.authority;
        let interview = match header.about_nobody {
            // As it began, whatever HQ says of the form since: what is written down is not lost for it.
            Some(true) if parsed(&loaded).is_of_others() => Interview::about_nobody(authority, header.started),
            Some(true) => return Err(ErrorCode::VaultTampered.into()),
            _ => Interview::again(header.mode.into(), authority, policy, header.started),
        };
        let speech = Speech::load(&inner, header.asked.as_deref().unwrap_or(&header.language))?;
        let mut session = Self::begin(inner, loaded, interview, journal, speech)?;
        for step in &steps {
            session.take(step)?;
        }
        session.talk = steps.into_iter().filter(Step::is_of_the_talk).collect();
        // Whoever goes on with a draft has begun anew to talk.
        session.interview.go_on(session.now());
        session.position = pages::first_unanswered(&session.form);
        session.fresh.clear();
        Ok(session)
    }

    fn begin(
        inner: Arc<Inner>,
        loaded: LoadedForm,
        interview: Interview,
        journal: Journal,
        speech: Speech,
    ) -> Result<Self, FieldError> {
        let form = open(&inner, &loaded, journal.header())?;
        Ok(Self {
            inner,
            loaded,
            interview,
            form,
            attachments: Vec::new(),
            captured: Vec::new(),
            journal,
            position: 0,
            speech,
            read_out: None,
            heard: BTreeMap::new(),
            fresh: BTreeSet::new(),
            talk: Vec::new(),
            earlier: Earlier::default(),
            sealed: None,
            closed: None,
        })
    }

    /// Opens the next form with the same person: same gates, same consent, same case. The form before has to be finished;
    /// B0, and B1 as long as nothing of it is stored, may also be left, and then say what they found at the gates.
    ///
    /// Errors: `session.step` while another form is open, `session.closed`, `session.training`, `session.not_ready` for a
    /// form that HQ has not signed, `form.unknown`; `session.mode` where this form or the next is not about a person: such a
    /// form begins a session of its own, so that it belongs to nobody's case.
    pub fn open_form(&mut self, form: &str) -> Result<PageView, FieldError> {
        if !matches!(self.closed, None | Some(Closed::Finished(_))) || self.interview.gates().has_ended() {
            return Err(ErrorCode::SessionClosed.into());
        }
        let loaded = forms::load(&self.inner, form)?;
        if !forms::is_signed(&self.inner, &loaded.reference)? {
            return Err(ScreeningError::NotReady(vec![readiness::Missing::Forms]).into());
        }
        if self.interview.is_about_nobody() || !terms::of(&self.inner, &loaded)?.about_person {
            return Err(ErrorCode::SessionMode.into());
        }
        begin::check_training(&self.interview, form)?;
        let before = self.journal.header();
        let header = Header {
            draft: random::id()?,
            form: loaded.reference.id.clone(),
            sha256: loaded.reference.sha256,
            language: self.speech.resolve(loaded.form.languages()),
            asked: Some(self.speech.asked().to_owned()),
            started: self.now(),
            random_seed: u64::from_le_bytes(random::bytes()?),
            instance_id: format!("uuid:{}", random::id::<CaseId>()?),
            ..before.clone()
        };
        // All that can fail of the next form comes before anything of this one is let go.
        let form = open(&self.inner, &loaded, &header)?;
        if self.closed.is_none() {
            self.leave()?;
        }
        self.form = form;
        self.interview.clear_overrides();
        self.loaded = loaded;
        self.journal = Journal::new(header);
        self.attachments.clear();
        self.captured.clear();
        self.heard.clear();
        self.fresh.clear();
        (self.position, self.sealed, self.closed) = (0, None, None);
        self.preset_route()?;
        for step in &self.talk {
            self.journal.note(step);
        }
        self.settle()?;
        self.page()
    }

    /// Leaves a form that is not finished. What B0 and B1 found goes to the gates.
    fn leave(&mut self) -> Result<(), FieldError> {
        let at = self.now();
        match self.loaded.reference.id.as_str() {
            "wayside-b0" => {
                let answers = self.form.answers();
                let items: Vec<Item<'_>> = answers.iter().map(|answer| finish::item(&self.loaded, answer)).collect();
                let (found, explained) = (before_talk::found(&items)?, before_talk::is_explained(&items));
                let interpreter = before_talk::interpreter(&items).map(str::to_owned);
                let read = explained.then(|| {
                    let (shown, points) = (pages::code(self.form.language()), prompts::points_of(&self.loaded));
                    self.speech.read_out(&self.loaded, shown, &points)
                });
                for (gate, pass) in found {
                    let interpreter = interpreter.clone().filter(|_| gate == Gate::Interpreter);
                    self.change(&Step::Gate { gate, pass, age: None, at, interpreter })?;
                }
                self.change(&Step::Explained { all: explained, read })?;
            }
            // What is stored is finished or discarded by a person, not left behind.
            "wayside-b1" if self.journal.is_stored() => return Err(ErrorCode::SessionStep.into()),
            "wayside-b1" => {
                let (answers, hours_ago) = prompts::urgent_answers(&self.form.answers());
                self.urgent(&answers, hours_ago)?;
            }
            _ => return Err(ErrorCode::SessionStep.into()),
        }
        self.unseal()?;
        self.journal.erase(&self.inner)
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

    /// One screen on. Stays at the end.
    pub fn forward(&mut self) -> Result<PageView, FieldError> {
        self.check_open()?;
        self.position = (self.position + 1).min(self.form.screens().len());
        self.fresh.clear();
        self.page()
    }

    /// One screen back. Stays at the first.
    pub fn back(&mut self) -> Result<PageView, FieldError> {
        self.check_open()?;
        self.position = self.position.saturating_sub(1);
        self.fresh.clear();
        self.page()
    }

    /// To the first screen of an instance of a repeat, given as `/data/repeat[2]`; where nothing of it is shown, to the next
    /// screen behind it.
    ///
    /// Errors: `answer.repeat` where there is no such instance.
    pub fn jump(&mut self, instance: &str) -> Result<PageView, FieldError> {
        self.check_open()?;
        let screen = self.form.screen_in(instance).ok_or(ErrorCode::AnswerRepeat)?;
        let found = self.form.screens().iter().position(|other| *other == screen);
        self.position = found.ok_or(ErrorCode::AnswerRepeat)?;
        self.fresh.clear();
        self.page()
    }

    /// Seals the record to HQ and queues it in one transaction. From then on this device cannot read it. A second call
    /// returns the first result; after an error it goes on with the same envelope. After the quick screen (B2) the detailed
    /// conversation is due to be offered wherever it found something; see [`Self::answer_offer`] and [`Self::open_form`].
    ///
    /// Errors: `session.gate`, `session.consent` where nothing covers a record, `answer.required`, `answer.constraint`,
    /// `storage.*`.
    pub fn finish(&mut self) -> Result<FinishReport, FieldError> {
        if let Some(Closed::Finished(report)) = &self.closed {
            return Ok(report.clone());
        }
        self.check_open()?;
        let inner = Arc::clone(&self.inner);
        let sealing = inner.sealing();
        // One that was never kept may not follow the chain any more; it is sealed anew.
        let is_kept = self.sealed.as_ref().map_or(Ok(false), |sealed| sealed.is_kept(&inner))?;
        let sealed = match self.sealed.take() {
            Some(sealed) if is_kept => sealed,
            _ => finish::seal(self)?,
        };
        let sealed = self.sealed.insert(sealed);
        let (report, found, earlier) = (finish::keep(&self.inner, sealed)?, sealed.found_something(), sealed.earlier());
        drop(sealing);
        self.closed = Some(Closed::Finished(report.clone()));
        if self.loaded.reference.id == "wayside-b2" && self.interview.stage() == Stage::Quick {
            // Its turn was just looked at.
            self.take(&Step::Quick(found))?;
            self.talk.push(Step::Quick(found));
        }
        if let Some(earlier) = earlier {
            self.talk.retain(|step| !matches!(step, Step::Earlier(_)));
            self.talk.push(Step::Earlier(earlier.clone()));
            self.earlier = earlier;
        }
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
        let Some(sealed) = &self.sealed else { return Ok(()) };
        if sealed.is_kept(&self.inner)? {
            return Err(ErrorCode::SessionClosed.into());
        }
        self.sealed = None;
        let _sealing = self.inner.sealing();
        // What it was to leave here goes with it.
        after_finish::carry_out(&self.inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    pub(crate) fn check_open(&self) -> Result<(), FieldError> {
        if self.closed.is_some() { Err(ErrorCode::SessionClosed.into()) } else { Ok(()) }
    }

    /// Whether answers to the open form may be taken now.
    pub(crate) fn check_questions(&self) -> Result<(), FieldError> {
        self.check_open()?;
        self.interview.may_open(&self.loaded.reference.id, self.now()).map_err(|error| match error {
            ScreeningError::GateShut(gate) => FieldError::new(ErrorCode::SessionGate).at(Place::Gate(gate)),
            other => other.into(),
        })
    }

    pub(crate) fn step(&mut self, step: Step) -> Result<PageView, FieldError> {
        self.change(&step)?;
        self.page()
    }

    /// Takes a step and makes it durable, or leaves everything as it was.
    pub(crate) fn change(&mut self, step: &Step) -> Result<(), FieldError> {
        self.check_open()?;
        self.unseal()?;
        self.end_contact(step)?;
        let here = self.form.screens().into_iter().nth(self.position);
        self.take(step)?;
        self.stay(here.as_ref());
        self.journal.note(step);
        if step.is_of_the_talk() {
            self.talk.push(step.clone());
        }
        self.settle()
    }

    /// Whether the session with the person is still open, be a form open in it or just finished.
    pub(crate) fn check_between_forms(&self) -> Result<(), FieldError> {
        match self.closed {
            None | Some(Closed::Finished(_)) => Ok(()),
            Some(Closed::Discarded | Closed::OutOfStep) => Err(ErrorCode::SessionClosed.into()),
        }
    }

    /// As [`Self::change`], also once the form before is finished.
    pub(crate) fn between_forms(&mut self, step: Step) -> Result<(), FieldError> {
        if !matches!(self.closed, Some(Closed::Finished(_))) {
            return self.change(&step);
        }
        self.end_contact(&step)?;
        self.take(&step)?;
        self.talk.push(step);
        Ok(())
    }

    /// A line that is refused or taken back ends every contact planned for the case, also where an earlier form agreed it,
    /// and whatever becomes of the open one.
    fn end_contact(&self, step: &Step) -> Result<(), FieldError> {
        let line = match step {
            Step::Withdraw { line, .. } => *line,
            Step::Consent(entry) if entry.value != ConsentValue::Yes => entry.line,
            _ => return Ok(()),
        };
        if !contact::ends_with(line) {
            return Ok(());
        }
        let case = self.journal.header().case;
        worklist::unless_locked(worklist::keep_contact(&self.inner, case, &ContactRule::DoNotContact))
    }

    /// Stores what is covered, erases what no longer is.
    fn settle(&mut self) -> Result<(), FieldError> {
        match self.interview.keep(&self.loaded.reference.id) {
            Keep::Stored => self.journal.store(&self.inner).inspect_err(|_| self.closed = Some(Closed::OutOfStep)),
            Keep::Nothing => self.erase(),
            Keep::MemoryOnly if self.interview.gates().has_ended() => self.erase(),
            // What covered it does so no longer: it goes back into memory.
            Keep::MemoryOnly => {
                self.drop_files()?;
                self.journal.take_back(&self.inner)
            }
        }
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
        self.talk.clear();
        self.earlier = Earlier::default();
        let files = self.file_ids();
        self.captured.clear();
        self.journal.erase(&self.inner)?;
        // Another form may have left something of the case: what is of this one goes all the same.
        if files.is_empty() { Ok(()) } else { Ok(self.inner.store.erase_attachments(&files)?) }
    }

    /// Takes a step in memory.
    pub(crate) fn take(&mut self, step: &Step) -> Result<(), FieldError> {
        if self.interview.is_about_nobody() && step.is_of_a_person() {
            return Err(ErrorCode::SessionMode.into());
        }
        let over = self.interview.gates().has_ended();
        if over && !matches!(step, Step::Withdraw { .. } | Step::Consent(_)) {
            return Err(ErrorCode::SessionClosed.into());
        }
        let interview = &mut self.interview;
        match step {
            Step::Gate { gate: Gate::Age, pass: true, age, at, .. } => {
                return self.take_age(age.unwrap_or(AgeStatement::Unknown), *at);
            }
            Step::Gate { gate: Gate::Consent, .. } => return Err(ErrorCode::SessionConsent.into()),
            Step::Gate { gate: Gate::Interpreter, pass: true, interpreter: Some(code), at, .. } => {
                interview.accept_interpreter(code, false, at.rounded())?;
            }
            Step::Gate { gate, pass, at, .. } => interview.look(*gate, *pass, at.rounded())?,
            Step::Remote(at, Some(code)) => interview.accept_interpreter(code, true, at.rounded())?,
            Step::Remote(at, None) => interview.interpret_remotely(at.rounded())?,
            Step::Urgent { answers, hours_ago, at } => {
                let answers = from_numbers(answers)?;
                interview.urgent(&answers, answers[prompts::ASSAULT].is_present(), *hours_ago, at.rounded())?;
            }
            Step::Earlier(earlier) => self.earlier = earlier.clone(),
            Step::HelpFound => interview.help_found()?,
            Step::Explained { all, read } => {
                interview.explained(*all);
                self.read_out.clone_from(read);
            }
            Step::Consent(entry) => interview.consent(entry.clone())?,
            Step::Withdraw { line, at } => interview.withdraw(*line, *at),
            Step::RelyOn(basis) => interview.rely_on(basis.basis, &basis.reason, basis.at)?,
            Step::ObserveOnly => interview.observe_only()?,
            Step::Withhold(withheld) => interview.withhold(withheld.clone()),
            Step::OfferGender(agreed) => interview.offer_gender_choice(*agreed),
            Step::Quick(anything) => interview.quick_answered(*anything)?,
            Step::Offer(accepted) => interview.answer_offer(*accepted)?,
            Step::Judge(judgement) => interview.add_override(judgement.clone()),
            Step::Stop(StopReason::Stopped) => interview.stop(OnStop::KeepAgreed),
            Step::Stop(StopReason::Danger) => interview.danger(),
            Step::Language(language) => {
                self.speech.ask(language);
                let name = self.speech.resolve(self.loaded.form.languages());
                self.form.set_language(&name);
            }
            Step::Answer { reference, value, heard } => {
                self.form.answer(reference, value)?;
                self.hear(reference, heard.as_ref());
            }
            Step::Mark { reference, state, heard } => {
                self.form.mark(reference, *state)?;
                self.hear(reference, heard.as_ref());
            }
            Step::Add(reference) => self.form.add_repeat(reference).map(drop)?,
            Step::Remove(reference) => self.form.remove_repeat(reference)?,
            Step::Attach { reference, name, bytes } => {
                self.form.answer(reference, name)?;
                self.attachments.push(RecordedAttachment {
                    reference: reference.clone(),
                    name: name.clone(),
                    bytes: bytes.clone(),
                    apart: None,
                });
            }
            Step::BeginFile { reference, name, file } => self.captured.push(Captured {
                id: *file,
                reference: reference.clone(),
                name: name.clone(),
                ended: None,
            }),
            Step::EndFile { name, len, sha256 } => {
                let file = self.captured.iter_mut().find(|file| file.name == *name).ok_or(ErrorCode::SessionStep)?;
                self.form.answer(&file.reference, name)?;
                file.ended = Some((*len, *sha256));
            }
            Step::CancelFile(name) => {
                let file = self.captured.iter().find(|file| file.name == *name).ok_or(ErrorCode::SessionStep)?;
                if self.form.value(&file.reference) == Some(name) {
                    self.form.answer(&file.reference, "")?;
                }
                self.captured.retain(|file| file.name != *name);
            }
        }
        Ok(())
    }

    /// Notes in what words a question was answered.
    fn hear(&mut self, reference: &str, heard: Option<&HeardIn>) {
        self.fresh.insert(reference.to_owned());
        match heard {
            Some(heard) => self.heard.insert(reference.to_owned(), heard.clone()),
            None => self.heard.remove(reference),
        };
    }

    fn take_age(&mut self, age: AgeStatement, at: Timestamp) -> Result<(), FieldError> {
        let today = at.date(self.journal.header().offset_minutes);
        self.interview.set_age(&age, today, at.rounded())?;
        self.preset_route()
    }

    /// Tells the form which way the interview takes, once that is known.
    fn preset_route(&mut self) -> Result<(), FieldError> {
        let gates = self.interview.gates();
        let Some(node) = self.loaded.route_node.clone().filter(|_| gates.age().is_some()) else { return Ok(()) };
        let value = match gates.route() {
            Route::Adult => "adult",
            Route::Child => "child",
        };
        Ok(self.form.preset(&node, value)?)
    }
}

fn open(inner: &Arc<Inner>, loaded: &LoadedForm, header: &Header) -> Result<Session, FieldError> {
    let env = Env {
        now: header.started,
        offset_minutes: header.offset_minutes,
        instance_id: header.instance_id.clone(),
        random_seed: header.random_seed,
        // A record carries no device or user name: the envelope's signature says which device made it.
        device_id: String::new(),
        username: String::new(),
        email: String::new(),
        phone_number: String::new(),
    };
    let resources = lists::resources(inner, &loaded.form, &loaded.reference.sha256)?;
    let mut form = Session::start_with(Arc::clone(&loaded.form), env, &resources)?;
    form.set_language(&header.language);
    Ok(form)
}
