//! What a worker keeps once a record is HQ's: a code, what to do next, by when, how referrals stand, and how the person may be
//! contacted. No name, no answer to a question of screening, no outcome. And what a worker adds by such a code, without
//! reading the record.

use minicbor::{Decode, Encode};
use wayside_model::{
    CaseId, ConsentLine, ErrorCode, Event, EventBody, EventId, Timestamp, from_canonical, to_canonical,
};
use wayside_screening::follow_up::{ByCode, ContactRule, ErasureReason, NextAction};
use wayside_seal::random;
use wayside_vault::{NewRecord, RecordClass, RecordSummary};

use crate::contact;
use crate::error::FieldError;
use crate::finish;
use crate::vault::{Inner, Vault};

/// One case of a worker's list.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkItemView {
    /// The case's code.
    pub code: String,
    /// What to do next.
    pub action: NextAction,
    /// Code of a task that HQ has set; what to do next comes from there.
    pub task: Option<String>,
    /// By when.
    pub due: Timestamp,
    /// Whether it is time.
    pub is_due: bool,
    /// How the referrals of the case stand.
    pub referrals: Vec<ReferralView>,
}

/// A referral, by code and state alone.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferralView {
    /// The event that made it.
    pub referral: EventId,
    /// Code of the service.
    pub recipient: String,
    /// Word of the state, as in [`wayside_screening::referral::State`].
    pub state: String,
}

/// What a worker adds by code. It is sealed to HQ like a record.
#[derive(Clone, PartialEq, Eq)]
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
    /// A new session belongs to the same person. Nothing of the earlier one is shown for it.
    TalkedAgain {
        /// Code of the new one.
        again: String,
    },
}

/// As it lies in the vault, as a record of its case.
#[derive(Encode, Decode)]
struct Kept {
    #[n(0)]
    action: u8,
    #[n(1)]
    task: Option<String>,
    #[n(2)]
    due: Timestamp,
    #[n(3)]
    referrals: Vec<KeptReferral>,
    /// How the person may be contacted: the JSON of a [`ContactRule`]; `None` where it was not spoken of here.
    #[n(4)]
    contact: Option<String>,
}

impl Kept {
    const fn new(due: Timestamp) -> Self {
        Self { action: 0, task: None, due, referrals: Vec::new(), contact: None }
    }

    fn contact(&self) -> Result<Option<ContactRule>, FieldError> {
        let rule = self.contact.as_ref().map(|text| serde_json::from_str(text)).transpose();
        rule.map_err(|_| ErrorCode::VaultDamaged.into())
    }
}

#[derive(Encode, Decode)]
struct KeptReferral {
    #[n(0)]
    referral: EventId,
    #[n(1)]
    recipient: String,
    #[n(2)]
    state: String,
}

/// In the order a record numbers them.
const ACTIONS: [NextAction; 4] =
    [NextAction::None, NextAction::CheckReferral, NextAction::Contact, NextAction::TalkAgain];

/// Records of one page of a list.
const PAGE: u32 = 100;

impl Vault {
    /// The cases of this worker that are not closed, the one that is due first before the others.
    pub fn work_list(&self) -> Result<Vec<WorkItemView>, FieldError> {
        let now = self.inner.clock.now();
        let mut items = Vec::new();
        for (case, kept) in all(&self.inner)? {
            let action = ACTIONS.get(usize::from(kept.action)).copied().unwrap_or(NextAction::None);
            let has_task = action != NextAction::None || kept.task.is_some();
            let referral = |held: KeptReferral| ReferralView {
                referral: held.referral,
                recipient: held.recipient,
                state: held.state,
            };
            items.push(WorkItemView {
                code: finish::case_code(case),
                action,
                is_due: has_task && now >= kept.due,
                task: kept.task,
                due: kept.due,
                referrals: kept.referrals.into_iter().map(referral).collect(),
            });
        }
        items.sort_by_key(|item| (!item.is_due, item.due));
        Ok(items)
    }

    /// Sets what to do next for a case, and by when.
    ///
    /// Errors: `session.unknown` for a code that is not in the list; `contact.forbidden` for a contact that the person did not
    /// agree to, or at an hour that is not safe.
    pub fn set_next(&self, code: &str, action: NextAction, due: Timestamp) -> Result<(), FieldError> {
        let (case, kept) = find(&self.inner, code)?;
        if action == NextAction::Contact {
            contact::check_planned(&self.inner, kept.contact()?.as_ref(), due)?;
        }
        let action = ACTIONS.iter().position(|held| *held == action).unwrap_or_default() as u8;
        put(&self.inner, case, &Kept { action, due: due.rounded(), task: None, ..kept })
    }

    /// Takes a case off the list. What HQ holds stays.
    ///
    /// Errors: `session.unknown`.
    pub fn close_case(&self, code: &str) -> Result<(), FieldError> {
        let (case, _) = find(&self.inner, code)?;
        Ok(self.inner.store.close_record(item_id(case), self.inner.clock.now().rounded())?)
    }

    /// Seals a correction, a withdrawal, a wish for erasure or a link to HQ, by the code of a case. The record itself is not
    /// opened: this device cannot. A withdrawal and an erasure go before everything else.
    ///
    /// Errors: `session.unknown` for a code that is not in the list, `entry.malformed` for a correction without a text or a
    /// recipient that is there or missing wrongly, `storage.*`.
    pub fn request(&self, code: &str, request: CaseRequest) -> Result<EventId, FieldError> {
        let (case, _) = find(&self.inner, code)?;
        let at = self.inner.clock.now().rounded();
        let line = match &request {
            CaseRequest::Withdrawal { line, .. } => Some(*line),
            CaseRequest::Erasure { .. } => Some(ConsentLine::C2),
            CaseRequest::Correction { .. } | CaseRequest::TalkedAgain { .. } => None,
        };
        let own = finish::case_code(case);
        let (by_code, priority) = match request {
            CaseRequest::Correction { text } if text.trim().is_empty() => return Err(ErrorCode::EntryMalformed.into()),
            CaseRequest::Withdrawal { line, ref recipient } if recipient.is_some() != (line == ConsentLine::C4) => {
                return Err(ErrorCode::EntryMalformed.into());
            }
            CaseRequest::Correction { text } => (ByCode::Correction { code: own, text }, PRIORITY_CORRECTION),
            CaseRequest::Withdrawal { line, recipient } => {
                (ByCode::Withdrawal { code: own, line, recipient, at }, PRIORITY_WISH)
            }
            CaseRequest::Erasure { reason } => (ByCode::Erasure { code: own, reason }, PRIORITY_WISH),
            CaseRequest::TalkedAgain { again } => (ByCode::TalkedAgain { code: own, again }, PRIORITY_CORRECTION),
        };
        let body = serde_json::to_string(&by_code).map_err(|_| ErrorCode::Bug)?;
        let event = Event { id: random::id()?, case, at, body: EventBody::ByCode(body) };
        // This device keeps to it first, whenever HQ hears of it: cut off in between, nobody is contacted.
        if line.is_some_and(contact::ends_with) {
            keep_contact(&self.inner, case, &ContactRule::DoNotContact)?;
        }
        finish::send(&self.inner, &event, priority)?;
        Ok(event.id)
    }
}

/// A person's own wish goes first (class P0).
const PRIORITY_WISH: u8 = 0;
/// With new records (class P1).
const PRIORITY_CORRECTION: u8 = 1;

/// Keeps the case of a record that was just sealed, unless it is in the list already.
pub(crate) fn keep(inner: &Inner, case: CaseId, at: Timestamp) -> Result<(), FieldError> {
    if load(inner, case)?.is_some() {
        return Ok(());
    }
    put(inner, case, &Kept::new(at))
}

/// How a person may be contacted, as was agreed with them last. A contact that was planned before goes where none may be.
pub(crate) fn keep_contact(inner: &Inner, case: CaseId, rule: &ContactRule) -> Result<(), FieldError> {
    let Some(kept) = load(inner, case)? else { return Ok(()) };
    let contact = Some(serde_json::to_string(rule).map_err(|_| ErrorCode::Bug)?);
    let ends =
        *rule == ContactRule::DoNotContact && ACTIONS.get(usize::from(kept.action)) == Some(&NextAction::Contact);
    let action = if ends { 0 } else { kept.action };
    put(inner, case, &Kept { contact, action, ..kept })
}

/// What sealing a record notes here. Where reading is locked the list stays as it is: capture and sealing go on, and nothing
/// can be planned before there was contact with HQ.
pub(crate) fn unless_locked(noted: Result<(), FieldError>) -> Result<(), FieldError> {
    noted.or_else(|error| if error.code == ErrorCode::VaultLease { Ok(()) } else { Err(error) })
}

/// What was agreed for the case of a code.
pub(crate) fn contact_rule(inner: &Inner, code: &str) -> Result<Option<ContactRule>, FieldError> {
    find(inner, code)?.1.contact()
}

/// What was agreed for a case.
pub(crate) fn contact_rule_of(inner: &Inner, case: CaseId) -> Result<Option<ContactRule>, FieldError> {
    load(inner, case)?.map_or(Ok(None), |kept| kept.contact())
}

/// A task that HQ set.
pub(crate) fn set_task(inner: &Inner, case: CaseId, task: String, due: Timestamp) -> Result<(), FieldError> {
    let kept = load(inner, case)?.unwrap_or(Kept::new(due));
    put(inner, case, &Kept { task: Some(task), due, ..kept })
}

/// A referral that was sent, to be looked at again by then.
pub(crate) fn add_referral(
    inner: &Inner,
    case: CaseId,
    referral: EventId,
    recipient: &str,
    due: Timestamp,
) -> Result<(), FieldError> {
    let mut kept = load(inner, case)?.unwrap_or(Kept::new(due));
    if kept.referrals.iter().any(|held| held.referral == referral) {
        return Ok(());
    }
    let state = "sent".to_owned();
    kept.referrals.push(KeptReferral { referral, recipient: recipient.to_owned(), state });
    put(inner, case, &Kept { action: 1, due, ..kept })
}

/// How a referral stands, as HQ says. One that is not in the list changes nothing.
pub(crate) fn set_referral_state(inner: &Inner, referral: EventId, state: &str) -> Result<(), FieldError> {
    for (case, mut kept) in all(inner)? {
        if let Some(held) = kept.referrals.iter_mut().find(|held| held.referral == referral) {
            held.state = state.to_owned();
            return put(inner, case, &kept);
        }
    }
    Ok(())
}

/// Cases in the list that are not closed.
pub(crate) fn open_cases(inner: &Inner) -> Result<Vec<CaseId>, FieldError> {
    listed(inner, |summary| summary.ended.is_none())
}

/// Every case that is or was in the list or has a draft, for an order that names a case by its hash.
pub(crate) fn cases(inner: &Inner) -> Result<Vec<CaseId>, FieldError> {
    let mut cases = listed(inner, |_| true)?;
    for summary in inner.store.drafts()? {
        cases.extend(inner.store.draft(summary.id)?.map(|draft| draft.case));
    }
    Ok(cases)
}

fn all(inner: &Inner) -> Result<Vec<(CaseId, Kept)>, FieldError> {
    let cases = open_cases(inner)?;
    let mut items = Vec::new();
    for case in cases {
        items.extend(load(inner, case)?.map(|kept| (case, kept)));
    }
    Ok(items)
}

fn listed(inner: &Inner, wanted: impl Fn(&RecordSummary) -> bool) -> Result<Vec<CaseId>, FieldError> {
    let (mut cases, mut after) = (Vec::new(), None);
    loop {
        let page = inner.store.records(after.as_ref(), PAGE)?;
        let is_item = |summary: &&RecordSummary| {
            summary.class == RecordClass::Assigned && summary.id == item_id(summary.case) && wanted(summary)
        };
        cases.extend(page.iter().filter(is_item).map(|summary| summary.case));
        after = page.last().copied();
        if page.len() < PAGE as usize {
            return Ok(cases);
        }
    }
}

fn find(inner: &Inner, code: &str) -> Result<(CaseId, Kept), FieldError> {
    let found = all(inner)?.into_iter().find(|(case, _)| finish::case_code(*case) == code);
    found.ok_or_else(|| ErrorCode::SessionUnknown.into())
}

fn load(inner: &Inner, case: CaseId) -> Result<Option<Kept>, FieldError> {
    let Some(record) = inner.store.record(item_id(case))? else { return Ok(None) };
    if record.summary.ended.is_some() { Ok(None) } else { Ok(Some(from_canonical(&record.body)?)) }
}

fn put(inner: &Inner, case: CaseId, kept: &Kept) -> Result<(), FieldError> {
    let body = zeroize::Zeroizing::new(to_canonical(kept));
    let (id, at) = (item_id(case), inner.clock.now().rounded());
    inner.store.put_record(&NewRecord { id, case, class: RecordClass::Assigned, at, body: &body })?;
    Ok(())
}

/// One item a case: its record has the case's own id.
const fn item_id(case: CaseId) -> EventId {
    EventId::from_bytes(*case.as_bytes())
}
