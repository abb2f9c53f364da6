//! The desk's database: one encrypted SQLite file, one connection, short transactions.

use std::path::Path;
use std::sync::{Mutex, Once};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};
use wayside_seal::Key;
use zeroize::Zeroizing;

use crate::DeskError;

/// Steps of HQ's database.
pub(crate) const DESK: &[&str] = &[
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_people.sql"),
    include_str!("../migrations/0003_content.sql"),
    include_str!("../migrations/0004_referrals.sql"),
    include_str!("../migrations/0005_erasure.sql"),
    include_str!("../migrations/0006_retention.sql"),
    include_str!("../migrations/0007_conflicts.sql"),
    include_str!("../migrations/0008_set_aside.sql"),
    include_str!("../migrations/0009_device_log.sql"),
    include_str!("../migrations/0010_handed_out.sql"),
    include_str!("../migrations/0011_publishing.sql"),
    include_str!("../migrations/0012_downward.sql"),
    include_str!("../migrations/0013_publication_files.sql"),
    include_str!("../migrations/0014_classes.sql"),
    include_str!("../migrations/0015_sealed.sql"),
    include_str!("../migrations/0016_carried.sql"),
    include_str!("../migrations/0017_held.sql"),
    include_str!("../migrations/0018_actors.sql"),
    include_str!("../migrations/0019_about_person.sql"),
];

/// Steps of a service desk's database.
pub(crate) const SERVICE: &[&str] = &[include_str!("../migrations/service/0001_start.sql")];

/// How long one call waits for another process that writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a snapshot is tried beside somebody who writes.
const SNAPSHOT_TRIES: u32 = 100;

/// Work of ours after one step of the database, in the transaction of all steps.
pub(crate) type After<'a> = (usize, &'a dyn Fn(&Connection) -> Result<(), DeskError>);

pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Makes the file. Refuses where one is.
    pub(crate) fn create(
        path: &Path,
        key: &Key,
        migrations: &[&str],
        after: Option<After<'_>>,
    ) -> Result<Self, DeskError> {
        if path.exists() {
            return Err(DeskError::Exists);
        }
        Self::connect(path, key, migrations, after, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens the file; never makes one.
    pub(crate) fn open(
        path: &Path,
        key: &Key,
        migrations: &[&str],
        after: Option<After<'_>>,
    ) -> Result<Self, DeskError> {
        if !path.exists() {
            return Err(DeskError::Damaged);
        }
        Self::connect(path, key, migrations, after, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Opens the file as it is, if it was written before this step; `None` where it was not.
    pub(crate) fn open_older(path: &Path, key: &Key, step: usize) -> Result<Option<Self>, DeskError> {
        let connection = opened(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        unlock(&connection, key)?;
        let version: usize = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == 0 || version >= step {
            return Ok(None);
        }
        settle(&connection)?;
        Ok(Some(Self { connection: Mutex::new(connection) }))
    }

    fn connect(
        path: &Path,
        key: &Key,
        migrations: &[&str],
        after: Option<After<'_>>,
        flags: OpenFlags,
    ) -> Result<Self, DeskError> {
        let mut connection = opened(path, flags)?;
        unlock(&connection, key)?;
        settle(&connection)?;
        migrate(&mut connection, migrations, after)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Runs `work` outside a transaction of ours.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, DeskError>) -> Result<T, DeskError> {
        let connection = self.connection.lock().map_err(|_| DeskError::Bug)?;
        work(&connection)
    }

    /// Runs `work` in one transaction that starts as a writer; an error takes all of it back.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, DeskError>) -> Result<T, DeskError> {
        let mut connection = self.connection.lock().map_err(|_| DeskError::Bug)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}

impl Store {
    /// The database's file as it is between two transactions, still encrypted. Nobody writes meanwhile.
    pub(crate) fn snapshot(&self, path: &Path) -> Result<Vec<u8>, DeskError> {
        let mut connection = self.connection.lock().map_err(|_| DeskError::Bug)?;
        for _ in 0..SNAPSHOT_TRIES {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            let held = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Whoever wrote between the two lines wrote into the log; then once more.
            let log = path.with_extension("db-wal");
            if std::fs::metadata(log).map_or(0, |log| log.len()) == 0 {
                let bytes = std::fs::read(path)?;
                held.rollback()?;
                return Ok(bytes);
            }
        }
        Err(DeskError::Busy)
    }
}

/// The first connection of a process is made alone: SQLite calls itself ready before SQLCipher is, and takes no key until then.
fn opened(path: &Path, flags: OpenFlags) -> Result<Connection, DeskError> {
    static FIRST: Once = Once::new();
    FIRST.call_once(|| drop(Connection::open_in_memory()));
    Ok(Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?)
}

/// Gives the raw key (no key stretching in SQLCipher: the key is random) and shows that it fits.
fn unlock(connection: &Connection, key: &Key) -> Result<(), DeskError> {
    let mut raw = Zeroizing::new(String::with_capacity(67));
    raw.push_str("x'");
    for byte in key.expose() {
        raw.push(char::from(HEX[usize::from(byte >> 4)]));
        raw.push(char::from(HEX[usize::from(byte & 15)]));
    }
    raw.push('\'');
    connection.key(None::<&str>, raw.as_bytes(), false)?;
    let cipher: Option<String> = connection.query_row("PRAGMA cipher_version", [], |row| row.get(0)).optional()?;
    if cipher.is_none_or(|version| version.is_empty()) {
        return Err(DeskError::NotEncrypted);
    }
    let _: String = connection.query_row("PRAGMA cipher_log_level = NONE", [], |row| row.get(0)).unwrap_or_default();
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    Ok(())
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The settings of the design; each is read back, a wrong value is an error.
fn settle(connection: &Connection) -> Result<(), DeskError> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    let expected: [(&str, &str, &str); 6] = [
        ("journal_mode", "WAL", "wal"),
        ("synchronous", "FULL", "2"),
        ("secure_delete", "ON", "1"),
        ("foreign_keys", "ON", "1"),
        ("cell_size_check", "ON", "1"),
        ("mmap_size", "0", "0"),
    ];
    for (name, value, read_back) in expected {
        connection.pragma_update(None, name, value)?;
        let found = connection.pragma_query_value(None, name, |row| {
            Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                _ => String::new(),
            })
        });
        match found {
            Ok(found) if found == read_back => {}
            // A build of SQLite without memory mapping answers nothing for its size.
            Err(rusqlite::Error::QueryReturnedNoRows) if name == "mmap_size" => {}
            _ => return Err(DeskError::Storage),
        }
    }
    Ok(())
}

fn migrate(connection: &mut Connection, migrations: &[&str], after: Option<After<'_>>) -> Result<(), DeskError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let steps = migrations.get(version..).ok_or(DeskError::Newer)?;
    for (number, step) in (version + 1..).zip(steps) {
        transaction.execute_batch(step)?;
        match after {
            Some((due, work)) if due == number => work(&transaction)?,
            _ => {}
        }
    }
    let has_changed = !steps.is_empty();
    if has_changed {
        transaction.pragma_update(None, "user_version", migrations.len())?;
    }
    transaction.commit()?;
    if has_changed {
        // No page of what stood there before is left in the log of changes.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    Ok(())
}

/// Small values by name.
pub(crate) mod setting {
    use super::{Connection, DeskError, OptionalExtension};

    pub(crate) fn put(connection: &Connection, name: &str, value: &[u8]) -> Result<(), DeskError> {
        connection
            .prepare_cached(
                "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            )?
            .execute((name, value))?;
        Ok(())
    }

    pub(crate) fn get(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, DeskError> {
        Ok(connection
            .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?)
    }

    pub(crate) fn put_number(connection: &Connection, name: &str, value: u64) -> Result<(), DeskError> {
        put(connection, name, &value.to_be_bytes())
    }

    /// The number, 0 where none was put.
    pub(crate) fn number(connection: &Connection, name: &str) -> Result<u64, DeskError> {
        match get(connection, name)? {
            None => Ok(0),
            Some(bytes) => Ok(u64::from_be_bytes(bytes.try_into().map_err(|_| DeskError::Damaged)?)),
        }
    }

    pub(crate) fn text(connection: &Connection, name: &str) -> Result<String, DeskError> {
        get(connection, name)?.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(DeskError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_key_opens_it_and_nothing_is_readable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let key = Key::from_bytes([7; 32]);
        let store = Store::create(&path, &key, DESK, None).unwrap();
        store.write(|tx| setting::put(tx, "org", b"needle-in-the-file")).unwrap();
        assert!(matches!(Store::create(&path, &key, DESK, None), Err(DeskError::Exists)));
        drop(store);

        let store = Store::open(&path, &key, DESK, None).unwrap();
        assert_eq!(store.read(|c| setting::text(c, "org")).unwrap(), "needle-in-the-file");
        drop(store);
        assert!(matches!(Store::open(&path, &Key::from_bytes([8; 32]), DESK, None), Err(DeskError::Damaged)));
        assert!(matches!(Store::open(&folder.path().join("none.db"), &key, DESK, None), Err(DeskError::Damaged)));
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|part| part == b"needle"));
        }
    }

    #[test]
    fn an_error_takes_the_transaction_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("desk.db"), &Key::from_bytes([7; 32]), DESK, None).unwrap();
        let failed: Result<(), _> = store.write(|tx| {
            setting::put_number(tx, "cursor", 9)?;
            Err(DeskError::Bug)
        });
        assert!(failed.is_err());
        assert_eq!(store.read(|c| setting::number(c, "cursor")).unwrap(), 0);
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let key = Key::from_bytes([7; 32]);
        let store = Store::create(&path, &key, DESK, None).unwrap();
        store.read(|c| Ok(c.pragma_update(None, "user_version", 99)?)).unwrap();
        drop(store);
        assert!(matches!(Store::open(&path, &key, DESK, None), Err(DeskError::Newer)));
    }
}
