//! The audit log: who did what, append-only and hash-chained. It names nobody: object and worker are keyed hashes.
//!
//! Each entry holds the hash over everything before it, and a MAC that only this vault can make. The head is also in the head
//! file, and the device signs it from time to time, so that HQ can compare.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::LogSafe;
use wayside_seal::{Signature, SigningKey, VerifyingKey, sha256};

use crate::head::Mark;
use crate::keys::VaultKeys;
use crate::opened::{Opened, Writing};
use crate::{Part, Vault, VaultError};

const SIGNED_AS: &str = "wayside/audit-head/1";
const HOUR: i64 = 60 * 60 * 1000;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $number:literal $code:literal,)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum AuditAction { $($(#[$doc])* $name,)+ }

        impl AuditAction {
            const fn number(self) -> i64 {
                match self { $(Self::$name => $number,)+ }
            }
            const fn of(number: i64) -> Option<Self> {
                match number { $($number => Some(Self::$name),)+ _ => None }
            }
            /// Its stable code, for lists and for other languages.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

actions! {
    /// The vault was opened.
    Open = 1 "audit.open",
    /// A record was looked at.
    View = 2 "audit.view",
    /// A case, draft or record was erased on a person's order.
    Erase = 3 "audit.erase",
    /// Something went by itself, because HQ has it or its time was over.
    Expire = 4 "audit.expire",
    /// Something was exported, sealed to HQ.
    Export = 5 "audit.export",
    /// The secret, the duress code or a policy was changed.
    Secret = 6 "audit.secret",
    /// A person accepted a vault that is older than it should be.
    Rollback = 7 "audit.rollback",
    /// What HQ has was wiped in one go.
    Border = 8 "audit.border",
    /// An older copy of the vault was put back, or another copy of it is in use.
    Restore = 9 "audit.restored",
}

impl LogSafe for AuditAction {}

/// An entry to append.
pub(crate) struct Entry {
    action: AuditAction,
    object: Vec<u8>,
}

impl Entry {
    pub(crate) fn new(action: AuditAction, object: &[u8]) -> Self {
        Self { action, object: object.to_vec() }
    }
    pub(crate) fn rollback(part: Part) -> Self {
        Self { action: AuditAction::Rollback, object: format!("{part:?}").into_bytes() }
    }
}

/// An entry as it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counted from 1, without gaps.
    pub seq: u64,
    /// Whole hours since 1970.
    pub hour: i64,
    /// Keyed hash of the worker.
    pub actor: [u8; 16],
    /// What was done.
    pub action: AuditAction,
    /// Keyed hash of what it was done to.
    pub object: [u8; 16],
}

/// The end of the log, signed by the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of the last entry.
    pub seq: u64,
    /// Hash over the whole log up to it.
    pub head: [u8; 32],
    /// Over both.
    pub signature: Signature,
}

impl AuditHead {
    /// Refuses a head that this device did not sign. Code `signature.wrong`.
    pub fn verify(&self, device: &VerifyingKey) -> Result<(), VaultError> {
        Ok(device.verify(SIGNED_AS, &signed(self.seq, &self.head), &self.signature)?)
    }
}

impl Vault {
    /// Appends an entry about something that was done through this vault. `object` is kept as a keyed hash alone. The time
    /// is the latest one the vault was told ([`Vault::keep_time`]), to the hour.
    pub fn note(&self, action: AuditAction, object: &[u8]) -> Result<(), VaultError> {
        self.write(|writing| append(writing, Entry::new(action, object)))
    }

    /// All entries, oldest first.
    pub fn audit(&self) -> Result<Vec<AuditEntry>, VaultError> {
        self.with(|open| {
            let mut select =
                open.connection.prepare("SELECT seq, hour, actor, action, object FROM audit ORDER BY seq")?;
            let mut rows = select.query([])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                let action = AuditAction::of(row.get(3)?).ok_or(VaultError::Tampered)?;
                let seq = row.get::<_, i64>(0)?.unsigned_abs();
                entries.push(AuditEntry { seq, hour: row.get(1)?, actor: row.get(2)?, action, object: row.get(4)? });
            }
            Ok(entries)
        })
    }

    /// How an object of this vault is named in the log.
    pub fn audit_name(&self, object: &[u8]) -> Result<[u8; 16], VaultError> {
        self.with(|open| Ok(name(&open.access.keys, "object", object)))
    }

    /// Number of entries that no signed head covers yet. At a hundred, at lock and at sync, sign one.
    pub fn audit_unsigned(&self) -> Result<u64, VaultError> {
        self.with(|open| {
            let select = "SELECT coalesce(max(seq), 0) FROM audit_checkpoint";
            let signed: i64 = open.connection.query_row(select, [], |row| row.get(0))?;
            Ok(open.mark.audit_seq.saturating_sub(signed.unsigned_abs()))
        })
    }

    /// Signs the end of the log with the device's key and keeps the signature. HQ gets it with the next checkpoint.
    pub fn sign_audit(&self, device: &SigningKey) -> Result<AuditHead, VaultError> {
        self.with(|open| {
            let (seq, head) = (open.mark.audit_seq, open.mark.audit_head);
            let signature = device.sign(SIGNED_AS, &signed(seq, &head))?;
            open.write(|writing| {
                let sql = "INSERT INTO audit_checkpoint (seq, head, signature) VALUES (?1, ?2, ?3)
                    ON CONFLICT (seq) DO UPDATE SET signature = ?3";
                let seq = i64::try_from(seq).map_err(|_| VaultError::Bug)?;
                writing.connection.execute(sql, (seq, head, signature.as_bytes()))?;
                writing.mark.generation += 1;
                Ok(())
            })?;
            Ok(AuditHead { seq, head, signature })
        })
    }

    /// Number and hash of the last entry; 0 and zeros where there is none.
    pub fn audit_end(&self) -> Result<(u64, [u8; 32]), VaultError> {
        self.with(|open| Ok((open.mark.audit_seq, open.mark.audit_head)))
    }

    /// The hash over the log up to the entry of this number; `None` where the log does not reach there, or the entries have
    /// expired.
    pub fn audit_hash(&self, seq: u64) -> Result<Option<[u8; 32]>, VaultError> {
        self.with(|open| hash_at(open, seq))
    }

    /// Compares with the newest head that HQ has of this device. One that is beyond this log, or differs from it, means that
    /// an old copy of the whole vault was put back, its head file too.
    ///
    /// Errors: `vault.rolled_back`, from when on nothing is written until [`Vault::accept_rollback`].
    pub fn compare_with_hq(&self, seq: u64, head: &[u8; 32]) -> Result<(), VaultError> {
        self.with(|open| {
            // Entries that expired cannot be compared any more.
            let fits = seq <= open.mark.audit_seq && hash_at(open, seq)?.is_none_or(|here| here == *head);
            if !fits {
                open.rolled_back = Some(Part::Database);
                return Err(VaultError::RolledBack(Part::Database));
            }
            Ok(())
        })
    }
}

fn hash_at(open: &Opened, seq: u64) -> Result<Option<[u8; 32]>, VaultError> {
    if seq >= open.mark.audit_seq {
        return Ok((seq == open.mark.audit_seq).then_some(open.mark.audit_head));
    }
    let next = i64::try_from(seq + 1).map_err(|_| VaultError::Bug)?;
    let select = "SELECT before FROM audit WHERE seq = ?1";
    Ok(open.connection.query_row(select, [next], |row| row.get(0)).optional()?)
}

pub(crate) fn append(writing: &mut Writing<'_>, entry: Entry) -> Result<(), VaultError> {
    let seq = i64::try_from(writing.mark.audit_seq + 1).map_err(|_| VaultError::Bug)?;
    let hour = writing.state.latest.div_euclid(HOUR);
    let actor = name(writing.keys, "actor", writing.keys.vault().as_bytes());
    let object = name(writing.keys, "object", &entry.object);
    let before = writing.mark.audit_head;
    let fields = fields(seq, hour, &actor, entry.action.number(), &object, &before);
    let mac = mac(writing.keys, &fields);
    let sql = "INSERT INTO audit (seq, hour, actor, action, object, before, mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = (seq, hour, actor, entry.action.number(), object, before, mac);
    writing.connection.prepare_cached(sql)?.execute(row)?;
    writing.mark.audit_seq += 1;
    writing.mark.audit_head = after(&fields, &mac);
    Ok(())
}

/// Number of the last entry and the hash over all; zeros for an empty log.
pub(crate) fn tail(connection: &Connection) -> Result<(u64, [u8; 32]), VaultError> {
    let select = "SELECT seq, hour, actor, action, object, before, mac FROM audit ORDER BY seq DESC LIMIT 1";
    let last = connection.prepare_cached(select)?.query_row([], read).optional()?;
    Ok(last.map_or((0, [0; 32]), |(seq, fields, mac, _)| (seq.unsigned_abs(), after(&fields, &mac))))
}

/// Whether the log is one chain that ends where the mark says.
pub(crate) fn check(connection: &Connection, keys: &VaultKeys, mark: Mark) -> Result<(), VaultError> {
    let mut select =
        connection.prepare("SELECT seq, hour, actor, action, object, before, mac FROM audit ORDER BY seq")?;
    let mut end: Option<(i64, [u8; 32])> = None;
    for row in select.query_map([], read)? {
        let (seq, fields, stored, before) = row?;
        if end.is_some_and(|end| end != (seq - 1, before)) || mac(keys, &fields) != stored {
            return Err(VaultError::RolledBack(Part::Database));
        }
        end = Some((seq, after(&fields, &stored)));
    }
    let (seq, head) = end.unwrap_or_default();
    if (seq.unsigned_abs(), head) == (mark.audit_seq, mark.audit_head) {
        Ok(())
    } else {
        Err(VaultError::RolledBack(Part::Database))
    }
}

type Row = (i64, Vec<u8>, [u8; 32], [u8; 32]);

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let (seq, before): (i64, [u8; 32]) = (row.get(0)?, row.get(5)?);
    let fields = fields(seq, row.get(1)?, &row.get(2)?, row.get(3)?, &row.get(4)?, &before);
    Ok((seq, fields, row.get(6)?, before))
}

fn fields(seq: i64, hour: i64, actor: &[u8; 16], action: i64, object: &[u8; 16], before: &[u8; 32]) -> Vec<u8> {
    let numbers = [seq, hour, action].map(i64::to_le_bytes).concat();
    [numbers.as_slice(), actor, object, before].concat()
}

fn mac(keys: &VaultKeys, fields: &[u8]) -> [u8; 32] {
    *keys.audit().derive("wayside/audit-entry/1", fields).expose()
}

fn after(fields: &[u8], mac: &[u8; 32]) -> [u8; 32] {
    sha256(&[fields, mac].concat())
}

fn name(keys: &VaultKeys, kind: &str, object: &[u8]) -> [u8; 16] {
    let key = keys.audit().derive("wayside/audit-name/1", &[kind.as_bytes(), b"|", object].concat());
    std::array::from_fn(|n| key.expose().get(n).copied().unwrap_or(0))
}

fn signed(seq: u64, head: &[u8; 32]) -> Vec<u8> {
    [seq.to_le_bytes().as_slice(), head].concat()
}
