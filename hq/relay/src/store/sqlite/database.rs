//! Opening the database file, and the settings durability rests on.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::writer::{Task, Writer};
use crate::RelayError;

const SCHEMA: &str = include_str!("schema.sql");
const TO_2: &str = include_str!("to_2.sql");
const TO_3: &str = include_str!("to_3.sql");
const SCHEMA_VERSION: i64 = 3;
/// SQLite's own word for `synchronous=FULL`.
const FULL: i64 = 2;

/// The relay's database: one connection that writes, one that reads.
pub(super) struct Database {
    reader: Mutex<Connection>,
    writer: Writer,
}

impl Database {
    pub(super) fn open(file: &Path) -> Result<Self, RelayError> {
        let mut connection = connect(file)?;
        migrate(&mut connection)?;
        let reader = connect(file)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self { reader: Mutex::new(reader), writer: Writer::start(connection)? })
    }

    /// Runs `work` on what is committed. Blocks the calling thread.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, RelayError>) -> Result<T, RelayError> {
        // A panic elsewhere left at worst an unfinished read behind.
        work(&self.reader.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `work` in a transaction and answers once it is committed and on disk.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, RelayError> + Send + 'static,
    ) -> Result<T, RelayError> {
        let (reply, answer) = oneshot::channel();
        self.writer.push(Box::new(Task::new(work, reply)))?;
        answer.await.map_err(|_| RelayError::Stopped)?
    }
}

fn connect(file: &Path) -> Result<Connection, RelayError> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(RelayError::Setting("journal_mode"));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    if connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))? != FULL {
        return Err(RelayError::Setting("synchronous"));
    }
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), RelayError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => transaction.execute_batch(SCHEMA)?,
        1 => [TO_2, TO_3].into_iter().try_for_each(|step| transaction.execute_batch(step))?,
        2 => transaction.execute_batch(TO_3)?,
        SCHEMA_VERSION => return Ok(()),
        _ => return Err(RelayError::NewerSchema),
    }
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_version_1_goes_on_with_its_items_and_cursors() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("relay.db");
        drop(Database::open(&file).unwrap());
        let old = connect(&file).unwrap();
        // As version 1 had it: one id, whoever sent it.
        let one = "DROP TABLE item; CREATE TABLE item (cursor INTEGER PRIMARY KEY AUTOINCREMENT,
             id BLOB NOT NULL UNIQUE CHECK (length(id) = 16), device BLOB NOT NULL REFERENCES device (id),
             sha256 BLOB NOT NULL CHECK (length(sha256) = 32), len INTEGER NOT NULL, bytes BLOB,
             in_blobs INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0) STRICT;
             INSERT INTO device (id, token_sha256) VALUES (zeroblob(16), zeroblob(32));
             INSERT INTO item VALUES (7, zeroblob(16), zeroblob(16), zeroblob(32), 1, x'05', 0, 0);
             INSERT INTO item VALUES (9, x'01010101010101010101010101010101', zeroblob(16), zeroblob(32), 1, x'06', 0, 0);
             DELETE FROM item WHERE cursor = 9; ALTER TABLE device DROP COLUMN carried; PRAGMA user_version = 1;";
        old.execute_batch(one).unwrap();
        drop(old);
        drop(Database::open(&file).unwrap());
        let new = connect(&file).unwrap();
        let (cursor, bytes): (i64, Vec<u8>) =
            new.query_row("SELECT cursor, bytes FROM item", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!((cursor, bytes), (7, vec![5]));
        let own = "SELECT count(*) FROM item, device WHERE carrier IS NULL AND carried = 0";
        assert_eq!(new.query_row(own, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert_eq!(schema(&new), schema(&connect(&fresh(&dir)).unwrap()), "as a new file has it");
        new.execute_batch(
            "INSERT INTO item (id, device, sha256, len, in_blobs) SELECT id, device, sha256, 1, 0 FROM (
                 SELECT x'02020202020202020202020202020202' AS id, zeroblob(16) AS device, zeroblob(32) AS sha256)",
        )
        .unwrap();
        assert_eq!(new.last_insert_rowid(), 10, "a cursor is never given twice");
    }

    fn fresh(dir: &tempfile::TempDir) -> std::path::PathBuf {
        let file = dir.path().join("fresh.db");
        drop(Database::open(&file).unwrap());
        file
    }

    /// Names of all columns of all tables.
    fn schema(connection: &Connection) -> Vec<String> {
        let all = "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c
                   WHERE t.type = 'table' ORDER BY t.name, c.name";
        let mut statement = connection.prepare(all).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn durable_settings_hold_and_a_newer_file_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("relay.db");
        let database = Database::open(&file).unwrap();
        database
            .read(|connection| {
                let text = |name| connection.pragma_query_value(None, name, |row| row.get::<_, String>(0));
                assert_eq!(text("journal_mode")?, "wal");
                assert!(connection.execute("DELETE FROM item", []).is_err(), "the reader can write");
                Ok(())
            })
            .unwrap();
        drop(database);
        connect(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert_eq!(Database::open(&file).err(), Some(RelayError::NewerSchema));
        // Bytes that are no database are refused and stay what they are.
        let other = dir.path().join("other.db");
        std::fs::write(&other, [7; 8192]).unwrap();
        assert!(matches!(Database::open(&other).err(), Some(RelayError::Database { .. })));
        assert_eq!(std::fs::read(&other).unwrap(), [7; 8192]);
    }
}
