//! Who did what. Each entry holds the hash of the one before it, so that none can be changed or taken out unseen; a person's
//! entries carry that person's signature. What it says is sealed for who reads the audit.

use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{Timestamp, from_canonical, to_canonical};
use wayside_seal::{Signature, VerifyingKey, random, sha256};

use crate::keys::{Class, Keyring, Scope, Sealer};
use crate::sessions::Session;
use crate::{Desk, DeskError};

const CONTEXT: &str = "wayside/desk/audit/1";
/// Entries the page shows.
const SHOWN: usize = 500;
/// Random bytes in the hash of an entry.
const SALT: usize = 16;

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

/// What an entry says. It is sealed for who reads the audit; the salt keeps its hash from being guessed.
#[derive(Encode, Decode)]
struct Said {
    #[n(0)]
    action: String,
    #[n(1)]
    object: String,
    #[n(2)]
    site: String,
    /// None in entries of an older desk.
    #[cbor(n(3), with = "minicbor::bytes")]
    salt: Option<Vec<u8>>,
}

/// Adds an entry, in the transaction of what it tells of.
pub(crate) fn append(
    sealer: &Sealer<'_>,
    by: Option<&Session>,
    action: &str,
    object: &str,
    site: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    let tx = sealer.tx;
    let last: Option<(u64, [u8; 32])> = tx
        .query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (seq, before) = last.map_or((1, [0; 32]), |(seq, hash)| (seq + 1, hash));
    let person = by.map(|session| session.person.id);
    let salt = Some(random::bytes::<SALT>()?.to_vec());
    let said = Said { action: action.to_owned(), object: object.to_owned(), site: site.to_owned(), salt };
    let hash = hash(&before, seq, now.as_millis(), person.as_ref(), &said);
    let signature = by.map(|session| session.key.sign(CONTEXT, &hash)).transpose()?;
    let sealed = said.seal(sealer, seq)?;
    tx.execute(
        "INSERT INTO audit (seq, at, person, sealed, hash, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (seq, now.as_millis(), person, sealed, hash, signature.map(|s| s.as_bytes().to_vec())),
    )?;
    Ok(())
}

impl Said {
    fn seal(&self, sealer: &Sealer<'_>, seq: u64) -> Result<Vec<u8>, DeskError> {
        sealer.seal(Class::Audit, &Scope::of_site(&self.site), &seq.to_be_bytes(), &to_canonical(self))
    }

    fn open(keys: &Keyring, seq: u64, sealed: &[u8]) -> Result<Option<Self>, DeskError> {
        let plain = keys.open(Class::Audit, &seq.to_be_bytes(), sealed)?;
        Ok(plain.map(|plain| from_canonical(&plain)).transpose()?)
    }
}

fn hash(before: &[u8; 32], seq: u64, at: i64, person: Option<&[u8; 16]>, said: &Said) -> [u8; 32] {
    let (mut text, person) = (before.to_vec(), person.map(|id| id.to_vec()));
    let Said { action, object, site, salt } = said;
    text.extend(match salt {
        Some(salt) => to_canonical(&(seq, at, person, action, object, site, salt)),
        None => to_canonical(&(seq, at, person, action, object, site)),
    });
    sha256(&text)
}

/// Seals the entries of an older desk. Their hashes and signatures stay as they are.
pub(crate) fn move_over(sealer: &Sealer<'_>, keys: &Keyring) -> Result<(), DeskError> {
    let mut statement = sealer.tx.prepare("SELECT seq, action, object, site FROM audit")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let seq: u64 = row.get(0)?;
        let said = Said { action: row.get(1)?, object: row.get(2)?, site: row.get(3)?, salt: None };
        let sealed = said.seal(sealer, seq)?;
        if Said::open(keys, seq, &sealed)?.is_none() {
            return Err(DeskError::Bug);
        }
        sealer.tx.prepare_cached("UPDATE audit SET sealed = ?2 WHERE seq = ?1")?.execute((seq, sealed))?;
    }
    Ok(())
}

/// The newest entries that these keys open.
pub(crate) fn entries(c: &Connection, keys: &Keyring, site: Option<&str>) -> Result<Vec<AuditEntry>, DeskError> {
    let mut statement = c.prepare_cached(
        "SELECT a.seq, a.at, p.name, a.sealed FROM audit a LEFT JOIN person p ON p.id = a.person ORDER BY a.seq DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while found.len() < SHOWN
        && let Some(row) = rows.next()?
    {
        let (seq, at): (u64, i64) = (row.get(0)?, row.get(1)?);
        let said = Said::open(keys, seq, row.get_ref(3)?.as_blob().map_err(|_| DeskError::Damaged)?)?;
        let Some(said) = said.filter(|said| site.is_none_or(|site| said.site == site)) else { continue };
        let (person, at) = (row.get(2)?, Timestamp::from_millis(at));
        found.push(AuditEntry { seq, at, person, action: said.action, object: said.object, site: said.site });
    }
    Ok(found)
}

impl Desk {
    /// Writes down that the desk's owner looked at something at the command line, as the pages write down what a person
    /// looked at. To be called before it is shown.
    pub fn note_owner(&self, action: &str, object: &str, now: Timestamp) -> Result<(), DeskError> {
        self.write_sealed(|sealer| append(sealer, None, action, object, "", now))
    }

    /// The newest entries, newest first; of one site where one is named.
    pub fn audit(&self, site: Option<&str>) -> Result<Vec<AuditEntry>, DeskError> {
        self.read_all(|c, keys| entries(c, keys, site))
    }

    /// Checks the whole chain and every signature. Returns the number of entries, or fails with `desk.damaged`.
    pub fn verify_audit(&self) -> Result<u64, DeskError> {
        type Row = (u64, i64, Option<[u8; 16]>, Vec<u8>, [u8; 32], Option<Vec<u8>>, Option<[u8; 32]>);
        self.read_all(|c, keys| {
            let mut statement = c.prepare(
                "SELECT a.seq, a.at, a.person, a.sealed, a.hash, a.signature, p.sign
                 FROM audit a LEFT JOIN person p ON p.id = a.person ORDER BY a.seq",
            )?;
            let rows = statement.query_map([], |row| -> rusqlite::Result<Row> {
                let (a, b, c) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((a, b, c, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
            })?;
            let (mut before, mut count) = ([0; 32], 0);
            for row in rows {
                let (seq, at, person, sealed, kept, signature, key) = row?;
                let said = Said::open(keys, seq, &sealed)?.ok_or(DeskError::Damaged)?;
                let made = hash(&before, seq, at, person.as_ref(), &said);
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
