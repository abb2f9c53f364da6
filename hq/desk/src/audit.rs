//! Who did what. Each entry holds the hash of the one before it, so that none can be changed or taken out unseen; a person's
//! entries carry that person's signature.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{Timestamp, to_canonical};
use wayside_seal::{Signature, VerifyingKey, sha256};

use crate::sessions::Session;
use crate::{Desk, DeskError};

const CONTEXT: &str = "wayside/desk/audit/1";
/// Entries the page shows.
const SHOWN: i64 = 500;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Counts from 1 without a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Staff code; `None`: the desk's owner at the command line.
    pub person: Option<String>,
    /// What was done, in one word.
    pub action: String,
    /// To what: an id or a month, never content.
    pub object: String,
    /// The site it concerns, where it concerns one.
    pub site: String,
}

/// Adds an entry, in the transaction of what it tells of.
pub(crate) fn append(
    tx: &Connection,
    by: Option<&Session>,
    action: &str,
    object: &str,
    site: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    let last: Option<(u64, [u8; 32])> = tx
        .query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (seq, before) = last.map_or((1, [0; 32]), |(seq, hash)| (seq + 1, hash));
    let person = by.map(|session| session.person.id);
    let hash = hash(&before, seq, now.as_millis(), person.as_ref(), action, object, site);
    let signature = by.map(|session| session.key.sign(CONTEXT, &hash)).transpose()?;
    tx.execute(
        "INSERT INTO audit (seq, at, person, action, object, site, hash, signature)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (seq, now.as_millis(), person, action, object, site, hash, signature.map(|s| s.as_bytes().to_vec())),
    )?;
    Ok(())
}

fn hash(
    before: &[u8; 32],
    seq: u64,
    at: i64,
    person: Option<&[u8; 16]>,
    action: &str,
    object: &str,
    site: &str,
) -> [u8; 32] {
    let mut text = before.to_vec();
    text.extend_from_slice(&to_canonical(&(seq, at, person.map(|id| id.to_vec()), action, object, site)));
    sha256(&text)
}

impl Desk {
    /// Writes down that the desk's owner looked at something at the command line, as the pages write down what a person
    /// looked at. To be called before it is shown.
    pub fn note_owner(&self, action: &str, object: &str, now: Timestamp) -> Result<(), DeskError> {
        self.store.write(|tx| append(tx, None, action, object, "", now))
    }

    /// The newest entries, newest first; of one site where one is named.
    pub fn audit(&self, site: Option<&str>) -> Result<Vec<AuditEntry>, DeskError> {
        self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT a.seq, a.at, p.name, a.action, a.object, a.site FROM audit a LEFT JOIN person p ON p.id = a.person
                 WHERE ?1 IS NULL OR a.site = ?1 ORDER BY a.seq DESC LIMIT ?2",
            )?;
            let rows = statement.query_map((site, SHOWN), |row| {
                Ok(AuditEntry {
                    seq: row.get(0)?,
                    at: Timestamp::from_millis(row.get(1)?),
                    person: row.get(2)?,
                    action: row.get(3)?,
                    object: row.get(4)?,
                    site: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Checks the whole chain and every signature. Returns the number of entries, or fails with `desk.damaged`.
    pub fn verify_audit(&self) -> Result<u64, DeskError> {
        type Row = (u64, i64, Option<[u8; 16]>, String, String, String, [u8; 32], Option<Vec<u8>>, Option<[u8; 32]>);
        self.store.read(|c| {
            let mut statement = c.prepare(
                "SELECT a.seq, a.at, a.person, a.action, a.object, a.site, a.hash, a.signature, p.sign
                 FROM audit a LEFT JOIN person p ON p.id = a.person ORDER BY a.seq",
            )?;
            let rows = statement.query_map([], |row| -> rusqlite::Result<Row> {
                let (a, b, c) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((a, b, c, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?))
            })?;
            let (mut before, mut count) = ([0; 32], 0);
            for row in rows {
                let (seq, at, person, action, object, site, kept, signature, key) = row?;
                let made = hash(&before, seq, at, person.as_ref(), &action, &object, &site);
                if seq != count + 1 || made != kept {
                    return Err(DeskError::Damaged);
                }
                match (person, signature, key) {
                    (None, None, _) => {}
                    (Some(_), Some(signature), Some(key)) => {
                        let signature = Signature::from_bytes(signature.try_into().map_err(|_| DeskError::Damaged)?);
                        let key = VerifyingKey::from_bytes(key);
                        key.verify(CONTEXT, &made, &signature).map_err(|_| DeskError::Damaged)?;
                    }
                    _ => return Err(DeskError::Damaged),
                }
                (before, count) = (kept, count + 1);
            }
            Ok(count)
        })
    }
}
