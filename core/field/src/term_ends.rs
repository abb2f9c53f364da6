//! Until when what a finished form left here may stay: entities, and what the form would read of its last instance. HQ's days of
//! retention count here as they do there, from the end of the form on. Nothing of a record that HQ has not acknowledged goes.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use wayside_model::{CaseId, EventId, Timestamp, from_canonical, to_canonical};
use wayside_seal::control::case_hash;
use wayside_vault::QueueState;

use crate::entity_cases::{self, mark};
use crate::error::FieldError;
use crate::lists;
use crate::vault::Inner;

/// Where the ends stand.
const SETTING: &str = "term-ends";

/// What one finished form left. No answer is in it.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Left {
    #[n(0)]
    pub(crate) event: EventId,
    #[n(1)]
    pub(crate) case: CaseId,
    #[n(2)]
    pub(crate) form: String,
    /// The first moment at which it may go; `None`: HQ set no days.
    #[n(3)]
    pub(crate) until: Option<Timestamp>,
    /// What is about nobody stands in no work list, so what it left is kept by this alone.
    #[n(4)]
    pub(crate) about_nobody: bool,
    /// Its answers are what the form reads of its last instance.
    #[n(5)]
    pub(crate) is_last_saved: bool,
}

fn all(inner: &Inner) -> Result<Vec<Left>, FieldError> {
    let Some(stored) = inner.store.setting(SETTING)?.filter(|stored| !stored.is_empty()) else { return Ok(Vec::new()) };
    Ok(from_canonical(&stored)?)
}

/// Notes it, once for each record. What was saved last before it of the same form is so no longer.
pub(crate) fn note(inner: &Inner, left: Left) -> Result<(), FieldError> {
    let mut held = all(inner)?;
    held.retain(|one| one.event != left.event);
    if left.is_last_saved {
        held.iter_mut().filter(|one| one.form == left.form).for_each(|one| one.is_last_saved = false);
    }
    held.push(left);
    Ok(inner.store.put_setting(SETTING, &to_canonical(&held))?)
}

/// Marks of the records that are about nobody and whose time is not over.
pub(crate) fn kept(inner: &Inner) -> Result<BTreeSet<String>, FieldError> {
    let held = all(inner)?.into_iter().filter(|one| one.about_nobody);
    Ok(held.map(|one| mark(&case_hash(one.case))).collect())
}

/// Lets go what a record left whose time is over and which HQ has; and of what is no longer here, that it was.
pub(crate) fn apply(inner: &Inner) -> Result<(), FieldError> {
    let (held, now) = (all(inner)?, inner.clock.now());
    if held.is_empty() {
        return Ok(());
    }
    let queue = inner.store.queue()?;
    let is_at_hq = |event| !queue.iter().any(|row| row.event == event && row.state != QueueState::HqHasIt);
    let is_over = |one: &Left| one.until.is_some_and(|until| now >= until) && is_at_hq(one.event);
    let (over, mut stay): (Vec<Left>, Vec<Left>) = held.iter().cloned().partition(is_over);
    let gone: BTreeSet<String> = over.iter().map(|one| mark(&case_hash(one.case))).collect();
    if !gone.is_empty() {
        entity_cases::forget(inner, &|case| gone.contains(case))?;
    }
    for one in over.iter().filter(|one| one.is_last_saved) {
        inner.store.put_setting(&lists::last_saved_setting(&one.form), &[])?;
    }
    let named = entity_cases::named(inner)?;
    stay.retain(|one| one.is_last_saved || named.contains(&mark(&case_hash(one.case))));
    if stay == held { Ok(()) } else { Ok(inner.store.put_setting(SETTING, &to_canonical(&stay))?) }
}

/// Everything that was left here is gone.
pub(crate) fn clear(inner: &Inner) -> Result<(), FieldError> {
    if all(inner)?.is_empty() { Ok(()) } else { Ok(inner.store.put_setting(SETTING, &[])?) }
}
