//! What HQ orders about people and this device: what the next visit needs, erasures, a wipe, records it cannot use.

use std::sync::Arc;

use wayside_model::{Coded, ErrorCode, EventId};
use wayside_seal::control::case_hash;
use wayside_seal::hpke::PrivateKey;
use wayside_seal::minimum::Minimum;
use wayside_sync::Store as _;
use wayside_vault::QueueState;

use crate::after_finish;
use crate::device::Identity;
use crate::entity_cases;
use crate::error::FieldError;
use crate::lists;
use crate::outbox_queue::OutboxQueue;
use crate::recorder::{LogLevel, record};
use crate::vault::Inner;
use crate::worklist;

/// What the device needs to know of a person. What is not for phones is passed over.
pub(crate) fn minimum(inner: &Inner, identity: &Identity, sealed: &[u8]) -> Result<Result<(), ErrorCode>, FieldError> {
    let key = PrivateKey::from_bytes(identity.seal_secret);
    match Minimum::open(sealed, identity.device, &key) {
        Err(error) => return Ok(Err(error.code())),
        Ok(Minimum::FollowUp { case, task, due }) => worklist::set_task(inner, case, task, due.rounded())?,
        Ok(Minimum::ReferralState { referral, state }) => worklist::set_referral_state(inner, referral, &state)?,
        Ok(Minimum::Assignment { case, .. }) => worklist::keep(inner, case, inner.clock.now().rounded())?,
        Ok(Minimum::Referral { .. }) => {}
    }
    Ok(Ok(()))
}

/// Erases the case of this hash here: its draft, its place in the work list and the key both were sealed with, entities that
/// came from it, and what forms would read of the interview before. The vault keeps a tombstone.
pub(crate) fn erase(inner: &Inner, hash: &[u8; 32]) -> Result<(), FieldError> {
    after_finish::forget(inner, hash)?;
    let mark = entity_cases::mark(hash);
    entity_cases::forget(inner, &|case| case == mark)?;
    lists::forget_last_saved(inner)?;
    let found = worklist::cases(inner)?.into_iter().filter(|case| case_hash(*case) == *hash);
    for case in found {
        inner.store.erase_case(case, &[], None)?;
    }
    record(LogLevel::Info, "case.erased", 0);
    Ok(())
}

/// HQ opened the envelope and cannot use it: a person has to look. The outbox's queue is told too, because the vault's list
/// follows what it says.
pub(crate) fn set_aside(inner: &Inner, id: [u8; 16], code: ErrorCode) -> Result<(), FieldError> {
    let event = EventId::from_bytes(id);
    let waits = |state| matches!(state, QueueState::Sealed | QueueState::HandedOver);
    if inner.store.queue()?.iter().any(|row| row.event == event && waits(row.state)) {
        OutboxQueue::new(inner.outbox()?, Arc::clone(&inner.clock)).set_aside(&id, code)?;
        inner.store.set_queue_state(event, QueueState::Quarantined, inner.clock.now().rounded())?;
    }
    Ok(())
}
