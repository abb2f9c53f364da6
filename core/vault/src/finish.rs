//! Finish, the vault's half: the envelope is in the outbox already.

use rusqlite::OptionalExtension;
use wayside_model::{DraftId, EventId, Timestamp};

use crate::opened::Writing;
use crate::queue::QueueState;
use crate::{Vault, VaultError, drafts, settings};

/// What changes with a finished interview.
#[derive(Clone, Copy)]
pub struct FinishRequest<'a> {
    /// The draft that ends with it; `None` if it was never stored or is gone already.
    pub draft: Option<DraftId>,
    /// The event.
    pub event: EventId,
    /// Its place in the device's chains, rising from one epoch to the next.
    pub seq: u64,
    /// SHA-256 of its envelope.
    pub envelope_sha256: [u8; 32],
    /// The chain after this event, kept as the setting [`crate::CHAIN`].
    pub chain: &'a [u8],
    /// When.
    pub at: Timestamp,
    /// Files of the case that stay, because they are sealed after the record; [`Vault::erase_attachments`] takes them then.
    pub kept: &'a [EventId],
}

impl Vault {
    /// In one commit: the event is queued, the chain has moved on, the draft's rows are gone. Then the key of the case is
    /// destroyed and the log cut. Called again for the same event and envelope it does only what is left to do; after an
    /// error, call it again.
    ///
    /// Errors: `bug` if the event is queued with another envelope; `session.unknown` if the draft is not there.
    pub fn finish(&self, request: &FinishRequest<'_>) -> Result<(), VaultError> {
        self.with(|open| {
            let seq = i64::try_from(request.seq).map_err(|_| VaultError::Bug)?;
            open.write(|writing| commit(writing, request, seq))?;
            open.erase_traces()
        })
    }
}

fn commit(writing: &mut Writing<'_>, request: &FinishRequest<'_>, seq: i64) -> Result<(), VaultError> {
    let step = writing.connection;
    let select = "SELECT seq, sha256 FROM queue WHERE event = ?1";
    let queued = step.query_row(select, [request.event.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)));
    let queued: Option<(i64, [u8; 32])> = queued.optional()?;
    if queued.is_some_and(|queued| queued != (seq, request.envelope_sha256)) {
        return Err(VaultError::Conflict);
    }
    let deleted = request.draft.map(|draft| drafts::delete(step, draft, request.kept)).transpose()?;
    if queued.is_none() {
        if deleted == Some(false) {
            return Err(VaultError::UnknownDraft);
        }
        let row = (request.event.as_bytes(), seq, request.envelope_sha256, QueueState::Sealed, request.at.as_millis());
        step.execute("INSERT INTO queue (event, seq, sha256, state, at) VALUES (?1, ?2, ?3, ?4, ?5)", row)?;
        settings::put(step, writing.keys, settings::CHAIN, request.chain)?;
    }
    writing.state.shred_due = true;
    Ok(())
}
