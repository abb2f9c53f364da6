//! Opening the database file, and the settings durability rests on.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::writer::{Task, Writer};
use crate::RelayError;

const SCHEMA: &str = include_str!("schema.sql");
const SCHEMA_VERSION: i64 = 1;
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
        0 => {
            transaction.execute_batch(SCHEMA)?;
            transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            Ok(transaction.commit()?)
        }
        SCHEMA_VERSION => Ok(()),
        _ => Err(RelayError::NewerSchema),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
