//! Drafts: a header and a journal of steps, each sealed under the key of its case, each on the disk before it is acknowledged.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{CaseId, DraftId, EventId};
use zeroize::Zeroizing;

use crate::opened::Opened;
#[cfg(feature = "planted")]
use crate::planted::{self, Weakness};
use crate::state::{BESIDE, LastStep};
use crate::{Vault, VaultError, attachments, sealed};

/// Version of what is sealed below; part of what is authenticated. A later schema that does not change it keeps the number.
const RECORD_VERSION: u32 = 1;

/// An interview that is not finished. No `Debug`: it holds what a person said.
#[derive(Clone)]
pub struct Draft {
    /// The case it belongs to.
    pub case: CaseId,
    /// As it was given to [`Vault::start_draft`].
    pub header: Zeroizing<Vec<u8>>,
    /// The steps in the order they were appended.
    pub steps: Vec<Zeroizing<Vec<u8>>>,
}

/// That there is a draft, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftSummary {
    /// Its id.
    pub id: DraftId,
    /// Number of steps.
    pub steps: u64,
}

impl Vault {
    /// Begins a draft. The case gets a key of its own unless it has one.
    ///
    /// Errors: `bug` if the id is taken.
    pub fn start_draft(&self, draft: DraftId, case: CaseId, header: &[u8]) -> Result<(), VaultError> {
        self.with(|open| {
            if case_of(&open.connection, draft)?.is_some() {
                return Err(VaultError::Conflict);
            }
            let key = open.key_or_new(case)?;
            let sealed = sealed::seal(&key, &aad("draft", case, draft, 0), header)?;
            open.write(|writing| {
                let row = (draft.as_bytes(), case.as_bytes(), sealed);
                writing.connection.execute("INSERT INTO draft (id, case_id, header) VALUES (?1, ?2, ?3)", row)?;
                Ok(())
            })
        })
    }

    /// Appends steps, all or none. Returns how many the draft now has.
    ///
    /// Errors: `session.unknown`.
    pub fn append_steps(&self, draft: DraftId, steps: &[&[u8]]) -> Result<u64, VaultError> {
        self.with(|open| {
            #[cfg(feature = "planted")]
            if planted::is(Weakness::EarlyAcknowledge) {
                return open.acknowledge_early(draft, steps);
            }
            append(open, draft, steps)
        })
    }

    /// The draft with all its steps; `None` if there is none of this id. A step that does not fit its seal, or is missing
    /// between others, gives `vault.tampered` instead of a draft with a hole.
    pub fn draft(&self, draft: DraftId) -> Result<Option<Draft>, VaultError> {
        self.with(|open| read(open, draft))
    }

    /// All drafts, in no order that tells anything.
    pub fn drafts(&self) -> Result<Vec<DraftSummary>, VaultError> {
        let select = "SELECT id, (SELECT count(*) FROM draft_step WHERE draft = id) FROM draft ORDER BY id";
        self.with(|open| {
            let mut select = open.connection.prepare(select)?;
            let rows = select.query_map([], |row| {
                Ok(DraftSummary { id: DraftId::from_bytes(row.get(0)?), steps: row.get::<_, i64>(1)?.unsigned_abs() })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Erases a draft: its rows, the key of its case unless another draft has the same, and the log.
    ///
    /// Errors: `session.unknown` if there is none (what an erasure before it left undone is done all the same).
    pub fn erase_draft(&self, draft: DraftId) -> Result<(), VaultError> {
        self.with(|open| {
            let was_there = open.write(|writing| {
                writing.state.shred_due = true;
                delete(writing.connection, draft, &[])
            })?;
            open.erase_traces()?;
            if was_there { Ok(()) } else { Err(VaultError::UnknownDraft) }
        })
    }
}

pub(crate) fn append(open: &mut Opened, draft: DraftId, steps: &[&[u8]]) -> Result<u64, VaultError> {
    open.write(|writing| {
        let step = writing.connection;
        let case = case_of(step, draft)?.ok_or(VaultError::UnknownDraft)?;
        let key = writing.keyring.key(case).ok_or(VaultError::Tampered)?;
        let last = "SELECT coalesce(max(n), 0) FROM draft_step WHERE draft = ?1";
        let mut n: i64 = step.prepare_cached(last)?.query_row([draft.as_bytes()], |row| row.get(0))?;
        // With room for a mark in the last one, so that it need not be moved when the mark comes.
        let mut insert =
            step.prepare_cached("INSERT INTO draft_step (draft, n, sealed, mark) VALUES (?1, ?2, ?3, ?4)")?;
        let mut rest = steps.len();
        for plain in steps {
            n += 1;
            rest -= 1;
            let sealed = sealed::seal(key, &aad("draft_step", case, draft, n), plain)?;
            insert.execute((draft.as_bytes(), n, sealed, (rest == 0).then_some([0; BESIDE])))?;
        }
        writing.last_step = (!steps.is_empty()).then_some(LastStep { draft, n });
        u64::try_from(n).map_err(|_| VaultError::Bug)
    })
}

#[cfg(feature = "planted")]
impl Opened {
    /// The weakness [`Weakness::EarlyAcknowledge`]: steps wait in memory for the next call.
    fn acknowledge_early(&mut self, draft: DraftId, steps: &[&[u8]]) -> Result<u64, VaultError> {
        let owed = std::mem::take(&mut self.owed_steps);
        let mut n = 0;
        for (draft, step) in &owed {
            // The draft may be gone by now, and with it what was acknowledged.
            n = append(self, *draft, &[step]).unwrap_or(n);
        }
        let waiting = steps.iter().map(|step| (draft, step.to_vec()));
        self.owed_steps.extend(waiting);
        if owed.is_empty() {
            let select = "SELECT count(*) FROM draft_step WHERE draft = ?1";
            n = self.connection.query_row(select, [draft.as_bytes()], |row| row.get::<_, i64>(0))?.unsigned_abs();
        }
        Ok(n + steps.len() as u64)
    }
}

pub(crate) fn read(open: &Opened, draft: DraftId) -> Result<Option<Draft>, VaultError> {
    let Some(case) = case_of(&open.connection, draft)? else { return Ok(None) };
    let key = open.keyring.key(case).ok_or(VaultError::Tampered)?;
    let select = "SELECT header FROM draft WHERE id = ?1";
    let header: Vec<u8> = open.connection.query_row(select, [draft.as_bytes()], |row| row.get(0))?;
    let header = sealed::open(key, &aad("draft", case, draft, 0), &header)?;
    let mut select = open.connection.prepare("SELECT n, sealed FROM draft_step WHERE draft = ?1 ORDER BY n")?;
    let rows = select.query_map([draft.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let steps = (1..).zip(rows).map(|(expected, row)| {
        let (n, sealed): (i64, Vec<u8>) = row?;
        if n == expected {
            sealed::open(key, &aad("draft_step", case, draft, n), &sealed)
        } else {
            Err(VaultError::Tampered)
        }
    });
    Ok(Some(Draft { case, header, steps: steps.collect::<Result<_, _>>()? }))
}

/// Deletes the rows of a draft, and the attachments of its case, but for those in `kept`, if nothing else of the case is
/// here; whether there was one.
pub(crate) fn delete(connection: &Connection, draft: DraftId, kept: &[EventId]) -> Result<bool, VaultError> {
    let Some(case) = case_of(connection, draft)? else { return Ok(false) };
    connection.execute("DELETE FROM draft_step WHERE draft = ?1", [draft.as_bytes()])?;
    connection.execute("DELETE FROM draft WHERE id = ?1", [draft.as_bytes()])?;
    attachments::delete_if_alone(connection, case, kept)?;
    Ok(true)
}

fn case_of(connection: &Connection, draft: DraftId) -> Result<Option<CaseId>, VaultError> {
    let mut select = connection.prepare_cached("SELECT case_id FROM draft WHERE id = ?1")?;
    let case = select.query_row([draft.as_bytes()], |row| row.get(0)).optional()?;
    Ok(case.map(CaseId::from_bytes))
}

fn aad(table: &str, case: CaseId, draft: DraftId, n: i64) -> Vec<u8> {
    sealed::aad(table, RECORD_VERSION, case, draft.as_bytes(), n)
}
