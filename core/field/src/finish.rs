//! Finish: from answers to a sealed envelope. The envelope is durable in the outbox first; then one commit in the vault
//! moves the chain on, queues the record and removes the draft. What was cut off between the two, by a crash or an error,
//! is carried on by the next finish, resume or open, with the same envelope: one interview never becomes two records.

use serde_json::to_string;
use wayside_forms::ViolationKind;
use wayside_model::{
    AgeStatement, CaseId, ErrorCode, Event, EventBody, EventId, RecordedAnswer, RecordedAttachment, Route,
    ScreeningRecord,
};
use wayside_screening::locks::Keep;
use wayside_screening::{Explanation, Facts, Item};
use wayside_seal::{Chain, Checkpoint, ItemKind, random, words};
use wayside_sync::transfer;
use wayside_vault::FinishRequest;

use crate::after_finish::{self, Remains};
use crate::contact;
use crate::device::Identity;
use crate::earlier::Earlier;
use crate::epochs;
use crate::error::{FieldError, Place};
use crate::forms::LoadedForm;
use crate::help;
use crate::installed;
use crate::journal;
use crate::keeping;
use crate::pages;
use crate::recorder::{LogLevel, record};
use crate::result::{self, OutcomeView, StepView};
use crate::session::FormSession;
use crate::terms;
use crate::vault::Inner;
use crate::worklist;

/// New screenings go after referrals and orders, before everything else (priority class P1).
const PRIORITY_SCREENING: u8 = 1;

/// What a worker keeps of a finished interview. No `Debug`: outcomes are about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct FinishReport {
    /// The event, as HQ knows it.
    pub event: EventId,
    /// A short code to speak of the case without a name; empty for a form that is not about a person.
    pub case_code: String,
    /// What the rule set says; empty for a form without indicators.
    pub outcomes: Vec<OutcomeView>,
    /// What can be offered now; empty for a form without indicators.
    pub steps: Vec<StepView>,
    /// The whole explanation as JSON, with the rule branches and what they rest on.
    pub explanation: Option<String>,
    /// What was heard may weigh on the worker: ask how they are, and offer [`crate::Vault::ask_for_help`].
    pub hard: bool,
}

/// An interview that is sealed, and perhaps in the outbox. No `Debug`: outcomes are about a person.
pub(crate) struct Sealed {
    envelope: Vec<u8>,
    found_something: bool,
    earlier: Option<Earlier>,
    report: FinishReport,
    remains: Remains,
}

impl Sealed {
    /// Whether anything was recorded as present: after the quick screen the detailed conversation is offered then.
    pub(crate) const fn found_something(&self) -> bool {
        self.found_something
    }

    /// What later forms of the same session look at too; `None` for a form without indicators.
    pub(crate) fn earlier(&self) -> Option<Earlier> {
        self.earlier.clone()
    }

    /// Whether the envelope is in the outbox: from then on the interview is HQ's.
    pub(crate) fn is_kept(&self, inner: &Inner) -> Result<bool, FieldError> {
        let event = self.report.event;
        Ok(!inner.is_training()? && (inner.outbox()?.bytes(event.as_bytes())?.is_some() || is_queued(inner, event)?))
    }
}

/// Puts the envelope into the outbox and carries out what follows. Called again, it goes on where it was.
pub(crate) fn keep(inner: &Inner, sealed: &Sealed) -> Result<FinishReport, FieldError> {
    if inner.is_training()? {
        return let_go(inner, sealed);
    }
    let event = sealed.report.event;
    if !is_queued(inner, event)? {
        may_write(inner)?;
        sealed.remains.prepare(inner)?;
        inner.outbox()?.add(&sealed.envelope)?;
        carry_on(inner)?;
        if !is_queued(inner, event)? {
            return Err(ErrorCode::SealBroken.into());
        }
        record(LogLevel::Info, "session.finished", sealed.envelope.len() as u64);
    }
    after_finish::carry_out(inner)?;
    sign_checkpoint_if_due(inner)?;
    inner.sign_audit()?;
    Ok(sealed.report.clone())
}

/// In training the interview ends here: its outcomes are shown, and nothing of it stays.
fn let_go(inner: &Inner, sealed: &Sealed) -> Result<FinishReport, FieldError> {
    let opened = inner.settings().chain()?.open(&sealed.envelope)?;
    let event = transfer::unpack(&opened.plain, sealed.report.event)?;
    if let Some(draft) = journal::draft_of_case(inner, event.case)? {
        inner.store.erase_draft(draft)?;
    }
    let files: Vec<EventId> = inner.store.attachments(event.case)?.iter().map(|file| file.id).collect();
    inner.store.erase_attachments(&files)?;
    record(LogLevel::Info, "session.trained", 0);
    Ok(sealed.report.clone())
}

/// Seals an event that is not an interview and puts it on its way.
pub(crate) fn send(inner: &Inner, event: &Event, priority: u8) -> Result<(), FieldError> {
    if inner.is_training()? {
        return Ok(());
    }
    let _sealing = inner.sealing();
    may_write(inner)?;
    // What was cut off before goes first: two envelopes must not have one number.
    carry_on(inner)?;
    epochs::begin_if_owed(inner)?;
    let plain = transfer::pack(event)?;
    let envelope = inner.settings().chain()?.seal(event.id, priority, &plain)?.bytes;
    inner.outbox()?.add(&envelope)?;
    carry_on(inner)?;
    if !is_queued(inner, event.id)? {
        return Err(ErrorCode::SealBroken.into());
    }
    sign_checkpoint_if_due(inner)
}

/// The outbox is outside the vault and would take an envelope that the vault then refuses: sealed by a chain that may be an
/// old copy, and sendable before a person has decided.
fn may_write(inner: &Inner) -> Result<(), FieldError> {
    match inner.store.rolled_back()? {
        Some(_) => Err(ErrorCode::VaultRolledBack.into()),
        None => Ok(()),
    }
}

/// Whether the vault knows the event: it is on its way, or at HQ.
fn is_queued(inner: &Inner, event: EventId) -> Result<bool, FieldError> {
    Ok(inner.store.queue()?.iter().any(|row| row.event == event))
}

/// Seals the answers. Nothing is kept yet; the caller holds [`Inner::sealing`] until [`keep`] returns.
pub(crate) fn seal(session: &FormSession) -> Result<Sealed, FieldError> {
    let inner = &session.inner;
    let gates = session.interview.gates();
    if session.interview.keep(&session.loaded.reference.id) != Keep::Stored {
        return Err(match gates.expects() {
            Some(gate) => FieldError::new(ErrorCode::SessionGate).at(Place::Gate(gate)),
            None => ErrorCode::SessionConsent.into(),
        });
    }
    if gates.stopped().is_none() {
        session.check_questions()?;
    }
    if gates.stopped().is_none()
        && let Some(violation) = session.form.validate().first()
    {
        return Err(code_of(violation.kind).into());
    }
    let settings = inner.settings();
    let identity = settings.identity()?;
    let answers = session.form.answers();
    let mut facts = facts(session, &answers)?;
    let found_something = facts.as_ref().is_some_and(|facts| {
        facts.quick.iter().any(|quick| quick.state.is_present())
            || facts.findings.iter().any(|finding| finding.state.is_present())
            || !facts.signs.is_empty()
    });
    let earlier = facts.as_mut().map(|facts| {
        session.earlier.add_to(facts);
        Earlier::of(&session.loaded.reference.id, facts)
    });
    let explanation = facts.map(|facts| evaluate(inner, facts)).transpose()?;
    let agreed = contact::agreed(session, &answers);
    let (apart, owed) = session.files_apart(&answers)?;
    let event = event(session, &identity, (answers, apart), explanation.as_ref())?;

    let plain = transfer::pack(&event)?;
    epochs::begin_if_owed(inner)?;
    let envelope = settings.chain()?.seal(event.id, PRIORITY_SCREENING, &plain)?.bytes;
    let outcomes = explanation.as_ref().map(result::outcomes).unwrap_or_default();
    let report = FinishReport {
        event: event.id,
        case_code: if session.interview.is_about_nobody() { String::new() } else { case_code(event.case) },
        hard: help::is_hard(&outcomes),
        outcomes,
        steps: explanation.as_ref().map(result::steps).unwrap_or_default(),
        explanation: explanation.map(|e| json(&e)).transpose()?,
    };
    let (ids, was_stopped) = ((event.id, event.case), gates.stopped().is_some());
    let mut remains = after_finish::of(inner, ids, &session.form, was_stopped, owed, agreed.as_ref())?;
    remains.until(terms::of(inner, &session.loaded)?.days, event.at, session.interview.is_about_nobody());
    Ok(Sealed { envelope, found_something, earlier, report, remains })
}

/// Completes what was cut off: an envelope in the outbox that the vault does not know yet, or a missing checkpoint.
pub(crate) fn mend(inner: &Inner) -> Result<(), FieldError> {
    if inner.is_training()? {
        return Ok(());
    }
    let _sealing = inner.sealing();
    let mended = carry_on(inner)?;
    after_finish::carry_out(inner)?;
    if mended > 0 {
        record(LogLevel::Warning, "session.mended", mended);
    }
    sign_checkpoint_if_due(inner)?;
    // The old epoch ends with what it sealed and a checkpoint over it. Where no new one can begin now, the next thing to be
    // sealed says why; reading and sending go on.
    if let Err(error) = epochs::begin_if_owed(inner) {
        record(LogLevel::Warning, error.code.as_str(), 0);
    }
    Ok(())
}

/// Commits the envelopes of the outbox that the vault does not know yet, in their order; gives their number. One that does
/// not follow the chain is no reason to shut a vault: whoever can write the outbox needs no secret. It is left and logged.
pub(crate) fn carry_on(inner: &Inner) -> Result<u64, FieldError> {
    let mut chain = inner.settings().chain()?;
    let outbox = inner.outbox()?;
    let mut later: Vec<(u64, [u8; 16])> = Vec::new();
    for item in outbox.items()? {
        let is_later = item.kind == ItemKind::Envelope && item.epoch == chain.epoch();
        if let Some(seq) = item.seq.filter(|&seq| is_later && seq >= chain.next_seq()) {
            later.push((seq, item.id));
        }
    }
    later.sort_unstable();
    let mut carried = 0;
    for (seq, id) in later {
        let envelope = outbox.bytes(&id)?.ok_or(ErrorCode::VaultDamaged)?;
        let Ok(opened) = chain.open(&envelope) else {
            record(LogLevel::Warning, ErrorCode::SealBroken.as_str(), seq);
            continue;
        };
        let event = transfer::unpack(&opened.plain, EventId::from_bytes(id))?;
        commit(inner, &event, wayside_seal::sha256(&envelope), &chain, &opened.next)?;
        chain = opened.next;
        carried += 1;
    }
    Ok(carried)
}

pub(crate) fn sign_checkpoint_if_due(inner: &Inner) -> Result<(), FieldError> {
    let settings = inner.settings();
    let (identity, chain, mut outbox) = (settings.identity()?, settings.chain()?, inner.outbox()?);
    let last = chain.next_seq() - 1;
    if last > 0 && !outbox.has_checkpoint(chain.epoch(), last)? && inner.store.has_unacknowledged()? {
        outbox.add(&Checkpoint::make(&chain, &identity.signing_key()?)?)?;
    }
    Ok(())
}

fn commit(
    inner: &Inner,
    event: &Event,
    envelope_sha256: [u8; 32],
    chain: &Chain,
    next: &Chain,
) -> Result<(), FieldError> {
    let is_interview = matches!(event.body, EventBody::Screening(_));
    let kept = after_finish::files_of(inner, event.id)?;
    let draft = if is_interview { journal::draft_of_case(inner, event.case)? } else { None };
    inner.store.finish(&FinishRequest {
        draft,
        event: event.id,
        seq: epochs::place(chain.epoch(), chain.next_seq()),
        envelope_sha256,
        chain: &next.to_bytes(),
        at: inner.clock.now().rounded(),
        kept: &kept,
    })?;
    match &event.body {
        EventBody::Screening(record) => {
            keeping::note_told(inner, record.log.as_ref())?;
            if record.is_about_nobody() {
                return Ok(());
            }
            worklist::unless_locked(worklist::keep(inner, event.case, event.at))
        }
        EventBody::Referral(sent) => {
            let (case, recipient, due) = (event.case, &sent.recipient, sent.follow_up);
            worklist::unless_locked(worklist::add_referral(inner, case, event.id, recipient, due))
        }
        EventBody::ByCode(_) | EventBody::ReferralAnswer { .. } | EventBody::Help { .. } | EventBody::FilePart(_) => {
            Ok(())
        }
    }
}

const fn code_of(violation: ViolationKind) -> ErrorCode {
    match violation {
        ViolationKind::Required => ErrorCode::AnswerRequired,
        ViolationKind::Constraint => ErrorCode::AnswerConstraint,
    }
}

/// What the rule set says of the answers so far and of the forms before; `None` for a form without indicators.
pub(crate) fn explain(session: &FormSession, answers: &[RecordedAnswer]) -> Result<Option<Explanation>, FieldError> {
    let facts = facts(session, answers)?.map(|mut facts| {
        session.earlier.add_to(&mut facts);
        facts
    });
    facts.map(|facts| evaluate(&session.inner, facts)).transpose()
}

fn facts(session: &FormSession, answers: &[RecordedAnswer]) -> Result<Option<Facts>, FieldError> {
    let Some(profile) = session.loaded.profile.clone() else { return Ok(None) };
    let rules = installed::rules(&session.inner)?;
    let items: Vec<Item<'_>> = answers.iter().map(|answer| item(&session.loaded, answer)).collect();
    let route = session.interview.gates().route();
    Ok(Some(Facts::collect(&rules, profile, &items, route, pages::code(session.form.language()))?))
}

fn evaluate(inner: &Inner, facts: Facts) -> Result<Explanation, FieldError> {
    Ok(wayside_screening::evaluate(&installed::rules(inner)?, &facts)?)
}

/// An answer with what its question means to the screening rules.
pub(crate) fn item<'a>(loaded: &'a LoadedForm, answer: &'a RecordedAnswer) -> Item<'a> {
    Item {
        reference: &answer.reference,
        extensions: loaded.extensions(&answer.reference),
        state: answer.state,
        value: &answer.value,
    }
}

fn event(
    session: &FormSession,
    identity: &Identity,
    (answers, apart): (Vec<RecordedAnswer>, Vec<RecordedAttachment>),
    explanation: Option<&Explanation>,
) -> Result<Event, FieldError> {
    let settings = session.inner.settings();
    let certificate = settings.certificate(&settings.directory(identity)?)?;
    let ended = session.inner.clock.now().rounded();
    let (header, gates) = (session.journal.header(), session.interview.gates());
    let mut attachments = attachments(&session.attachments, &answers);
    attachments.extend(apart);
    let wording = session.wording(&answers);
    let about_nobody = session.interview.is_about_nobody().then_some(true);
    Ok(Event {
        id: random::id()?,
        case: header.case,
        at: ended,
        body: EventBody::Screening(ScreeningRecord {
            form: session.loaded.reference.clone(),
            worker: certificate.as_ref().map(|c| c.worker.clone()).unwrap_or_default(),
            site: certificate.map(|c| c.site).unwrap_or_default(),
            language: session.form.language().to_owned(),
            started: header.started.rounded(),
            ended,
            gates: gates.records().to_vec(),
            consents: gates.ledger().to_vec(),
            age: gates.age().map_or(AgeStatement::Unknown, |(statement, _)| *statement),
            // Of nobody: the way that opens nothing more than any record.
            route: if about_nobody.is_some() { Route::Adult } else { gates.route() },
            answers,
            attachments,
            explanation: explanation.map(json).transpose()?,
            stopped: gates.stopped(),
            bases: gates.book().bases().to_vec(),
            withheld: gates.book().withheld().to_vec(),
            overrides: session.interview.overrides().to_vec(),
            log: Some(keeping::log_mark(&session.inner, header.draft)?),
            wording,
            about_nobody,
        }),
    })
}

/// The files whose question still names them; a question in a repeat may have moved since.
fn attachments(kept: &[RecordedAttachment], answers: &[RecordedAnswer]) -> Vec<RecordedAttachment> {
    answers
        .iter()
        .filter_map(|answer| {
            let attachment = kept.iter().find(|attachment| attachment.name == answer.value)?;
            Some(RecordedAttachment { reference: answer.reference.clone(), ..attachment.clone() })
        })
        .collect()
}

fn json(explanation: &Explanation) -> Result<String, FieldError> {
    to_string(explanation).map_err(|_| ErrorCode::Bug.into())
}

/// Two words of five letters: enough to speak of one of a worker's cases, too little to find one among all.
pub(crate) fn case_code(case: CaseId) -> String {
    words::proquint(&case.as_bytes()[..4])
}
