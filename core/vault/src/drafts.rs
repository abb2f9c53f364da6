//! Drafts: a header and a journal of steps, each sealed under the key of its case, each on the disk before it is acknowledged.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use wayside_model::{CaseId, DraftId};
use wayside_seal::{Key, aead};
use zeroize::Zeroizing;

use crate::vault::Opened;
use crate::{Vault, VaultError};

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
            let key = open.keyring.key_or_new(&open.keys, case)?;
            let sealed = aead::seal(&key, &aad("draft", case, draft, 0), header)?;
            let epoch = i64::try_from(open.keyring.epoch()).map_err(|_| VaultError::Bug)?;
            let step = open.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let row = (draft.as_bytes(), case.as_bytes(), sealed);
            step.execute("INSERT INTO draft (id, case_id, header) VALUES (?1, ?2, ?3)", row)?;
            step.execute("UPDATE keyring_epoch SET epoch = ?1", [epoch])?;
            Ok(step.commit()?)
        })
    }

    /// Appends steps, all or none. Returns how many the draft now has.
    ///
    /// Errors: `session.unknown`.
    pub fn append_steps(&self, draft: DraftId, steps: &[&[u8]]) -> Result<u64, VaultError> {
        self.with(|open| {
            let case = case_of(&open.connection, draft)?.ok_or(VaultError::UnknownDraft)?;
            let key = open.keyring.key(case).ok_or(VaultError::Tampered)?;
            let step = open.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let last = "SELECT coalesce(max(n), 0) FROM draft_step WHERE draft = ?1";
            let mut n: i64 = step.query_row(last, [draft.as_bytes()], |row| row.get(0))?;
            let mut insert = step.prepare("INSERT INTO draft_step (draft, n, sealed) VALUES (?1, ?2, ?3)")?;
            for plain in steps {
                n += 1;
                insert.execute((draft.as_bytes(), n, aead::seal(key, &aad("draft_step", case, draft, n), plain)?))?;
            }
            drop(insert);
            step.commit()?;
            u64::try_from(n).map_err(|_| VaultError::Bug)
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
            let step = open.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let was_there = delete(&step, draft)?;
            step.commit()?;
            open.erase_traces()?;
            if was_there { Ok(()) } else { Err(VaultError::UnknownDraft) }
        })
    }
}

pub(crate) fn read(open: &Opened, draft: DraftId) -> Result<Option<Draft>, VaultError> {
    let Some(case) = case_of(&open.connection, draft)? else { return Ok(None) };
    let key = open.keyring.key(case).ok_or(VaultError::Tampered)?;
    let select = "SELECT header FROM draft WHERE id = ?1";
    let header: Vec<u8> = open.connection.query_row(select, [draft.as_bytes()], |row| row.get(0))?;
    let header = unseal(key, &aad("draft", case, draft, 0), &header)?;
    let mut select = open.connection.prepare("SELECT n, sealed FROM draft_step WHERE draft = ?1 ORDER BY n")?;
    let rows = select.query_map([draft.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let steps = (1..).zip(rows).map(|(expected, row)| {
        let (n, sealed): (i64, Vec<u8>) = row?;
        if n == expected { unseal(key, &aad("draft_step", case, draft, n), &sealed) } else { Err(VaultError::Tampered) }
    });
    Ok(Some(Draft { case, header, steps: steps.collect::<Result<_, _>>()? }))
}

/// Deletes the rows of a draft; whether there was one.
pub(crate) fn delete(connection: &Connection, draft: DraftId) -> Result<bool, VaultError> {
    connection.execute("DELETE FROM draft_step WHERE draft = ?1", [draft.as_bytes()])?;
    Ok(connection.execute("DELETE FROM draft WHERE id = ?1", [draft.as_bytes()])? > 0)
}

fn case_of(connection: &Connection, draft: DraftId) -> Result<Option<CaseId>, VaultError> {
    let select = "SELECT case_id FROM draft WHERE id = ?1";
    let case = connection.query_row(select, [draft.as_bytes()], |row| row.get(0)).optional()?;
    Ok(case.map(CaseId::from_bytes))
}

fn unseal(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    aead::open(key, aad, sealed).map_err(|_| VaultError::Tampered)
}

/// Binds a sealed value to its table, case, draft and number, so that it cannot stand in another's place.
fn aad(table: &str, case: CaseId, draft: DraftId, n: i64) -> Vec<u8> {
    let mut aad = format!("{table}|{RECORD_VERSION}|").into_bytes();
    aad.extend_from_slice(case.as_bytes());
    aad.extend_from_slice(draft.as_bytes());
    aad.extend_from_slice(&n.to_le_bytes());
    aad
}
