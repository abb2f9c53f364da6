//! The same tables, rows, page size, log and syncs as the vault's, without protection.

use std::hint::black_box;
use std::path::Path;

use rusqlite::{Connection, Result};

use crate::bench::vault::{RECORDS, body, case, event};

pub(crate) struct Plain(Connection);

impl Plain {
    /// With all records in it.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        for (name, value) in
            [("page_size", "4096"), ("journal_mode", "WAL"), ("synchronous", "FULL"), ("cache_size", "-16384")]
        {
            connection.pragma_update(None, name, value)?;
        }
        connection.execute_batch(
            "CREATE TABLE record (id BLOB PRIMARY KEY NOT NULL, case_id BLOB NOT NULL, version INTEGER NOT NULL,
                class INTEGER NOT NULL, at INTEGER NOT NULL, ended INTEGER, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
            CREATE INDEX record_by_time ON record (at DESC, id, case_id, version, class, ended);
            CREATE INDEX record_by_case ON record (case_id);
            CREATE TABLE step (place INTEGER PRIMARY KEY NOT NULL, body BLOB NOT NULL) STRICT;",
        )?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for n in 0..RECORDS {
            let sql = "INSERT INTO record VALUES (?1, ?2, 1, 1, ?3, NULL, ?4)";
            let row = (*event(n).as_bytes(), *case(n).as_bytes(), i64::from(n), body(n));
            connection.prepare_cached(sql)?.execute(row)?;
        }
        connection.execute_batch("COMMIT")?;
        Ok(Self(connection))
    }

    /// One answer, durable.
    pub(crate) fn answer(&self, step: &[u8]) -> Result<()> {
        self.0.execute_batch("BEGIN IMMEDIATE")?;
        let last = "SELECT coalesce(max(place), ?1) FROM step WHERE place BETWEEN ?1 AND ?2";
        let place: i64 = self.0.prepare_cached(last)?.query_row((1_i64 << 32, (2_i64 << 32) - 1), |row| row.get(0))?;
        self.0.prepare_cached("INSERT INTO step VALUES (?1, ?2)")?.execute((place + 1, step))?;
        self.0.execute_batch("COMMIT")
    }

    /// The newest fifty.
    pub(crate) fn list(&self) -> Result<()> {
        let select = "SELECT id, case_id, version, class, at, ended FROM record ORDER BY at DESC, id LIMIT 50";
        let mut select = self.0.prepare_cached(select)?;
        let rows = select.query_map([], |row| {
            Ok((
                row.get::<_, [u8; 16]>(0)?,
                row.get::<_, [u8; 16]>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, i64>(4)?,
                row.get::<_, Option<i64>>(5)?,
            ))
        })?;
        black_box(rows.collect::<Result<Vec<_>>>()?);
        Ok(())
    }

    /// One record by its id.
    pub(crate) fn point(&self, n: u32) -> Result<()> {
        let select = "SELECT id, case_id, version, class, at, ended, body FROM record WHERE id = ?1";
        let mut select = self.0.prepare_cached(select)?;
        black_box(select.query_row([event(n).as_bytes()], |row| row.get::<_, Vec<u8>>(6))?);
        Ok(())
    }
}
