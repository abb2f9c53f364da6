//! Records about a person that this device may read: what HQ assigned to the worker, and copies of finished events that stay
//! until HQ has them. Each is sealed under the key of its case.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension};
use wayside_model::{CaseId, EventId, LogSafe, Timestamp};
use zeroize::Zeroizing;

use crate::opened::{Opened, Writing};
use crate::{Vault, VaultError, retention, sealed};

/// Version of what is sealed below; part of what is authenticated.
const RECORD_VERSION: u32 = 1;
/// Summaries behind one, newest first.
const PAGE: &str = "SELECT id, case_id, version, class, at, ended FROM record
    WHERE at <= ?1 AND (at < ?1 OR id > ?2) ORDER BY at DESC, id LIMIT ?3";

/// Why the device holds a record, which says how long it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordClass {
    /// A copy of a finished event; its id is the event's. Goes after HQ's receipt.
    Copy,
    /// Assigned to this worker by HQ. Goes after it was closed.
    Assigned,
}

impl LogSafe for RecordClass {}

impl ToSql for RecordClass {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Copy => 0_i64,
            Self::Assigned => 1,
        }
        .into())
    }
}

impl FromSql for RecordClass {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_i64()? {
            0 => Ok(Self::Copy),
            1 => Ok(Self::Assigned),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

/// A record to keep.
#[derive(Clone, Copy)]
pub struct NewRecord<'a> {
    /// Its id; the same again makes the next version.
    pub id: EventId,
    /// The case it belongs to.
    pub case: CaseId,
    /// Why it is here.
    pub class: RecordClass,
    /// When this version came about.
    pub at: Timestamp,
    /// What it says.
    pub body: &'a [u8],
}

/// A record as a list shows it: nothing a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordSummary {
    /// Its id.
    pub id: EventId,
    /// The case.
    pub case: CaseId,
    /// Counted from 1.
    pub version: u64,
    /// Why it is here.
    pub class: RecordClass,
    /// Of the version.
    pub at: Timestamp,
    /// When HQ acknowledged it, or when it was closed.
    pub ended: Option<Timestamp>,
}

/// A record. No `Debug`: it holds what a person said.
#[derive(Clone)]
pub struct Record {
    /// What a list shows of it.
    pub summary: RecordSummary,
    /// As it was given to [`Vault::put_record`].
    pub body: Zeroizing<Vec<u8>>,
}

impl Vault {
    /// Keeps a record, in place of the version before. Returns its version. An assigned record that was closed is open again.
    ///
    /// Errors: `bug` if the id stands for a record of another case or class.
    pub fn put_record(&self, record: &NewRecord<'_>) -> Result<u64, VaultError> {
        self.with(|open| {
            open.key_or_new(record.case)?;
            open.write(|writing| put(writing, record))
        })
    }

    /// As [`Vault::put_record`] for several, in one commit.
    pub fn put_records(&self, records: &[NewRecord<'_>]) -> Result<(), VaultError> {
        self.with(|open| {
            for record in records {
                open.key_or_new(record.case)?;
            }
            open.write(|writing| records.iter().try_for_each(|record| put(writing, record).map(drop)))
        })
    }

    /// The newest records first, at most `limit`; those after `after` in that order.
    ///
    /// Errors: `vault.lease`.
    pub fn records(&self, after: Option<&RecordSummary>, limit: u32) -> Result<Vec<RecordSummary>, VaultError> {
        let (at, id) = after.map_or((i64::MAX, [0; 16]), |last| (last.at.as_millis(), *last.id.as_bytes()));
        self.with(|open| {
            retention::check_lease(open)?;
            let mut select = open.connection.prepare_cached(PAGE)?;
            let rows = select.query_map((at, id, limit), summary)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A record; `None` if there is none of this id. One that does not fit its seal gives `vault.tampered`.
    ///
    /// Errors: `vault.lease`.
    pub fn record(&self, id: EventId) -> Result<Option<Record>, VaultError> {
        self.with(|open| {
            retention::check_lease(open)?;
            read(open, id)
        })
    }

    /// Notes that an assigned record is closed; it goes after [`crate::Policy::closed_days`]. Closing it again changes nothing.
    ///
    /// Errors: `bug` if there is none.
    pub fn close_record(&self, id: EventId, at: Timestamp) -> Result<(), VaultError> {
        let update = "UPDATE record SET ended = coalesce(ended, ?2) WHERE id = ?1 AND class = ?3";
        self.write(|writing| {
            let changed = writing.connection.execute(update, (id.as_bytes(), at.as_millis(), RecordClass::Assigned))?;
            if changed == 1 { Ok(()) } else { Err(VaultError::UnknownItem) }
        })
    }
}

pub(crate) fn read(open: &Opened, id: EventId) -> Result<Option<Record>, VaultError> {
    let select = "SELECT id, case_id, version, class, at, ended, sealed FROM record WHERE id = ?1";
    let mut select = open.connection.prepare_cached(select)?;
    let found = select.query_row([id.as_bytes()], |row| {
        let summary = summary(row)?;
        let sealed = row.get_ref(6)?.as_blob()?;
        Ok((summary, open.keyring.key(summary.case).map(|key| sealed::open(key, &aad(&summary), sealed))))
    });
    let Some((summary, body)) = found.optional()? else { return Ok(None) };
    let body = body.ok_or(VaultError::Tampered)??;
    Ok(Some(Record { summary, body }))
}

fn put(writing: &Writing<'_>, record: &NewRecord<'_>) -> Result<u64, VaultError> {
    let connection = writing.connection;
    let mut select = connection.prepare_cached("SELECT case_id, class, version FROM record WHERE id = ?1")?;
    let before: Option<(CaseId, RecordClass, i64)> = select
        .query_row([record.id.as_bytes()], |row| Ok((CaseId::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?)))
        .optional()?;
    let version: i64 = match before {
        None => 1,
        Some((case, class, version)) if case == record.case && class == record.class => version,
        Some(_) => return Err(VaultError::Conflict),
    };
    let version = if before.is_some() { version + 1 } else { version };
    let summary = RecordSummary {
        id: record.id,
        case: record.case,
        version: version.unsigned_abs(),
        class: record.class,
        at: record.at,
        ended: None,
    };
    let key = writing.keyring.key(record.case).ok_or(VaultError::Bug)?;
    let sealed = sealed::seal(key, &aad(&summary), record.body)?;
    let sql = "INSERT INTO record (id, case_id, version, class, at, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (id) DO UPDATE SET version = ?3, at = ?5, sealed = ?6, ended = CASE ?4 WHEN ?7 THEN NULL ELSE ended END";
    let (id, case) = (record.id.as_bytes(), record.case.as_bytes());
    let at = record.at.as_millis();
    connection.prepare_cached(sql)?.execute((id, case, version, record.class, at, sealed, RecordClass::Assigned))?;
    Ok(summary.version)
}

/// HQ has the event: the copy of it now has an end.
pub(crate) fn acknowledged(connection: &Connection, event: EventId, at: Timestamp) -> Result<(), VaultError> {
    let update = "UPDATE record SET ended = ?2 WHERE id = ?1 AND class = ?3 AND ended IS NULL";
    connection.prepare_cached(update)?.execute((event.as_bytes(), at.as_millis(), RecordClass::Copy))?;
    Ok(())
}

fn summary(row: &rusqlite::Row<'_>) -> rusqlite::Result<RecordSummary> {
    Ok(RecordSummary {
        id: EventId::from_bytes(row.get(0)?),
        case: CaseId::from_bytes(row.get(1)?),
        version: row.get::<_, i64>(2)?.unsigned_abs(),
        class: row.get(3)?,
        at: Timestamp::from_millis(row.get(4)?),
        ended: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
    })
}

fn aad(summary: &RecordSummary) -> Vec<u8> {
    let table = match summary.class {
        RecordClass::Copy => "record.copy",
        RecordClass::Assigned => "record.assigned",
    };
    let version = i64::try_from(summary.version).unwrap_or(i64::MAX);
    sealed::aad(table, RECORD_VERSION, summary.case, summary.id.as_bytes(), version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryKeys;
    use rusqlite::StatementStatus;
    use rusqlite::config::DbConfig;
    use wayside_model::Sensitive;
    use wayside_seal::StretchParams;

    #[test]
    fn a_page_of_a_list_is_prepared_once() {
        let folder = tempfile::tempdir().unwrap();
        let secret = Sensitive::new("294017".to_owned());
        let vault = Vault::create(folder.path(), &secret, &MemoryKeys::default(), StretchParams::FLOOR).unwrap();
        let prepared_anew = |stable: bool| {
            vault
                .with(|open| {
                    open.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, stable)?;
                    let mut select = open.connection.prepare(PAGE)?;
                    for limit in [50, 50, 50] {
                        let rows = select.query_map((i64::MAX, [0_u8; 16], limit), summary)?;
                        rows.collect::<Result<Vec<_>, _>>()?;
                    }
                    Ok(select.get_status(StatementStatus::RePrepare))
                })
                .unwrap()
        };
        let as_opened =
            vault.with(|open| Ok(open.connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG)?)).unwrap();
        assert_eq!((as_opened, prepared_anew(as_opened)), (true, 0));
        assert!(prepared_anew(false) > 0, "the planted preparing must be found");
    }
}
