//! Drafts: a header and a journal of steps, each sealed under the key of its case, each on the disk before it is acknowledged.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{CaseId, DraftId, EventId};
use zeroize::Zeroizing;

use crate::opened::Opened;
#[cfg(feature = "planted")]
use crate::planted::{self, Weakness};
use crate::state::BESIDE;
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
            if place_of(&open.connection, draft)?.is_some() {
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
        let select = "SELECT id, (SELECT count(*) FROM step
            WHERE place BETWEEN number * 4294967296 AND number * 4294967296 + 4294967295) FROM draft ORDER BY id";
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
        let rows = writing.connection;
        let Place { number, case } = place_of(rows, draft)?.ok_or(VaultError::UnknownDraft)?;
        let key = writing.keyring.key(case).ok_or(VaultError::Tampered)?;
        let mut n = last(rows, number)?;
        // With room for a mark in the last one, so that it need not be moved when the mark comes.
        let mut insert = rows.prepare_cached("INSERT INTO step (place, sealed, mark) VALUES (?1, ?2, ?3)")?;
        let mut rest = steps.len();
        for plain in steps {
            n += 1;
            rest -= 1;
            let sealed = sealed::seal(key, &aad("draft_step", case, draft, n), plain)?;
            insert.execute((place(number, n)?, sealed, (rest == 0).then_some([0; BESIDE])))?;
        }
        writing.last_step = (!steps.is_empty()).then_some(place(number, n)?);
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
            let place = place_of(&self.connection, draft)?.ok_or(VaultError::UnknownDraft)?;
            n = last(&self.connection, place.number)?.unsigned_abs();
        }
        Ok(n + steps.len() as u64)
    }
}

pub(crate) fn read(open: &Opened, draft: DraftId) -> Result<Option<Draft>, VaultError> {
    let Some(Place { number, case }) = place_of(&open.connection, draft)? else { return Ok(None) };
    let key = open.keyring.key(case).ok_or(VaultError::Tampered)?;
    let select = "SELECT header FROM draft WHERE number = ?1";
    let header: Vec<u8> = open.connection.query_row(select, [number], |row| row.get(0))?;
    let header = sealed::open(key, &aad("draft", case, draft, 0), &header)?;
    let select = "SELECT place, sealed FROM step WHERE place BETWEEN ?1 AND ?2 ORDER BY place";
    let mut select = open.connection.prepare(select)?;
    let rows = select.query_map((place(number, 0)?, place(number, MOST)?), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let steps = (1..).zip(rows).map(|(n, row)| {
        let (found, sealed): (i64, Vec<u8>) = row?;
        if found == place(number, n)? {
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
    let Some(Place { number, case }) = place_of(connection, draft)? else { return Ok(false) };
    connection.execute("DELETE FROM draft WHERE number = ?1", [number])?;
    attachments::delete_if_alone(connection, case, kept)?;
    Ok(true)
}

/// Where a draft is.
struct Place {
    number: i64,
    case: CaseId,
}

fn place_of(connection: &Connection, draft: DraftId) -> Result<Option<Place>, VaultError> {
    let mut select = connection.prepare_cached("SELECT number, case_id FROM draft WHERE id = ?1")?;
    let place = select
        .query_row([draft.as_bytes()], |row| Ok(Place { number: row.get(0)?, case: CaseId::from_bytes(row.get(1)?) }));
    Ok(place.optional()?)
}

/// Steps of one draft; the schema has the same number.
const MOST: i64 = (1 << 32) - 1;

/// Where a step of a draft is in the table `step`.
pub(crate) fn place(number: i64, n: i64) -> Result<i64, VaultError> {
    number.checked_mul(MOST + 1).filter(|_| (0..=MOST).contains(&n)).map(|first| first + n).ok_or(VaultError::Bug)
}

/// The number of the draft's last step; 0 if it has none.
fn last(connection: &Connection, number: i64) -> Result<i64, VaultError> {
    let select = "SELECT coalesce(max(place), ?1) FROM step WHERE place BETWEEN ?1 AND ?2";
    let first = place(number, 0)?;
    let mut select = connection.prepare_cached(select)?;
    let last: i64 = select.query_row((first, place(number, MOST)?), |row| row.get(0))?;
    Ok(last - first)
}

fn aad(table: &str, case: CaseId, draft: DraftId, n: i64) -> Vec<u8> {
    sealed::aad(table, RECORD_VERSION, case, draft.as_bytes(), n)
}
