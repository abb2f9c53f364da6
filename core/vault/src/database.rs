//! SQLCipher: opened with a raw key, every setting that protects the data read back (security design 3.5).

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, OpenFlags};
use wayside_seal::Key;

use crate::keys::raw_literal;
use crate::{Part, VaultError, schema};

/// First version of SQLite with the repair of the write-ahead log's reset that this crate is tested with.
const LEAST_SQLITE: i32 = 3_054_001;
/// Up to this size every page is checked at each start: about 4 ms per MiB.
const CHECKED_AT_START: u64 = 8 * 1024 * 1024;

/// SQLCipher's page size, asserted below.
const PAGE: u64 = 4096;

/// Set, then read back. Pairs of name, value to set, value to read.
const SETTINGS: [(&str, &str, &str); 13] = [
    ("journal_mode", "WAL", "wal"),
    // FULL: with NORMAL a power cut takes acknowledged steps away.
    ("synchronous", "FULL", "2"),
    ("fullfsync", "ON", "1"),
    ("checkpoint_fullfsync", "ON", "1"),
    ("temp_store", "MEMORY", "2"),
    ("secure_delete", "ON", "1"),
    ("foreign_keys", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("cell_size_check", "ON", "1"),
    ("mmap_size", "0", "0"),
    ("journal_size_limit", "1048576", "1048576"),
    ("cache_size", "-1024", "-1024"),
    ("recursive_triggers", "OFF", "0"),
];
/// Only read: they cannot be changed on a keyed file, and a wrong one means that the file or the library is not ours.
const FIXED: [(&str, &str); 7] = [
    ("auto_vacuum", "0"),
    ("page_size", "4096"),
    ("cipher_page_size", "4096"),
    ("cipher_use_hmac", "1"),
    ("cipher_hmac_algorithm", "HMAC_SHA512"),
    ("cipher_plaintext_header_size", "0"),
    ("encoding", "UTF-8"),
];

/// Makes the database file with its schema. The file must not be there.
pub(crate) fn create(path: &Path, key: &Key) -> Result<Connection, VaultError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = keyed(path, key, flags)?;
    apply_settings(&connection)?;
    schema::make(&mut connection)?;
    truncate_log(&connection)?;
    restrict(connection)
}

/// Opens an existing file. Creates nothing; with a newer schema changes nothing.
pub(crate) fn open(path: &Path, key: &Key) -> Result<Connection, VaultError> {
    let connection = keyed(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    schema::check(&connection)?;
    apply_settings(&connection)?;
    // A page that a cut left half written in the file is whole in the log, so the log goes in before pages are checked.
    truncate_log(&connection)?;
    let size = std::fs::metadata(path)?.len();
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    if size != pages.unsigned_abs() * PAGE {
        return Err(VaultError::Damaged(Part::Database));
    }
    if size <= CHECKED_AT_START {
        check_pages(&connection)?;
    }
    restrict(connection)
}

/// Moves the log into the database file and cuts it to nothing, so that no erased row stays in it.
pub(crate) fn truncate_log(connection: &Connection) -> Result<(), VaultError> {
    connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE)?;
    Ok(())
}

fn keyed(path: &Path, key: &Key, flags: OpenFlags) -> Result<Connection, VaultError> {
    let connection = Connection::open_with_flags(path, flags)?;
    // First of all: SQLCipher's own log would write about our pages into the device's log.
    connection.query_row("PRAGMA cipher_log_level = NONE", [], |_| Ok(())).or_else(no_rows_is_fine)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // Not as SQL text: traces and error texts see SQL.
    connection.key(None::<&str>, raw_literal(key).as_slice(), false)?;
    check_library(&connection)?;
    // The first read: takes the key into use.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// That this is SQLCipher, built the way the threat model needs it.
fn check_library(connection: &Connection) -> Result<(), VaultError> {
    let version = connection.query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0));
    if version.map_or(true, |version| version.is_empty()) {
        return Err(VaultError::NotEncrypted);
    }
    if rusqlite::version_number() < LEAST_SQLITE {
        return Err(VaultError::Setting("sqlite_version"));
    }
    let mut options = connection.prepare("PRAGMA compile_options")?;
    let options: Vec<String> = options.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if options.iter().any(|option| option == "TEMP_STORE=3") { Ok(()) } else { Err(VaultError::Setting("TEMP_STORE")) }
}

fn apply_settings(connection: &Connection) -> Result<(), VaultError> {
    for (name, value, _) in SETTINGS {
        connection.pragma_update(None, name, value)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    assert_settings(connection)
}

fn assert_settings(connection: &Connection) -> Result<(), VaultError> {
    let expected = SETTINGS.iter().map(|(name, _, read)| (*name, *read)).chain(FIXED);
    for (name, expected) in expected {
        if pragma(connection, name)?.as_deref() != Some(expected) {
            return Err(VaultError::Setting(name));
        }
    }
    if !connection.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE)? {
        return Err(VaultError::Setting("defensive"));
    }
    if connection.limit(Limit::SQLITE_LIMIT_ATTACHED)? != 0 {
        return Err(VaultError::Setting("attached"));
    }
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> Result<Option<String>, VaultError> {
    let text = |value: ValueRef<'_>| match value {
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).ok(),
        _ => None,
    };
    let read = connection.query_row(&format!("PRAGMA {name}"), [], |row| Ok(text(row.get_ref(0)?)));
    read.or_else(|error| no_rows_is_fine(error).map(|()| None))
}

fn no_rows_is_fine(error: rusqlite::Error) -> Result<(), VaultError> {
    if error == rusqlite::Error::QueryReturnedNoRows { Ok(()) } else { Err(error.into()) }
}

/// SQLCipher's check of every page against its MAC; a plain read can give zeros for a damaged page.
fn check_pages(connection: &Connection) -> Result<(), VaultError> {
    let mut check = connection.prepare("PRAGMA cipher_integrity_check")?;
    let found_bad = check.query([])?.next()?.is_some();
    if found_bad { Err(VaultError::Damaged(Part::Database)) } else { Ok(()) }
}

/// From here on only rows can be read and written: no pragma, no other file, no change of the schema.
fn restrict(mut connection: Connection) -> Result<Connection, VaultError> {
    connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Insert { .. }
        | AuthAction::Update { .. }
        | AuthAction::Delete { .. }
        | AuthAction::Transaction { .. } => Authorization::Allow,
        AuthAction::Function { function_name: "count" | "max" | "coalesce" } => Authorization::Allow,
        _ => Authorization::Deny,
    }))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(dir: &tempfile::TempDir) -> Connection {
        create(&dir.path().join("vault.db"), &Key::from_bytes([1; 32])).unwrap()
    }

    #[test]
    fn a_setting_with_another_value_is_found() {
        let dir = tempfile::tempdir().unwrap();
        drop(fresh(&dir));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = keyed(&dir.path().join("vault.db"), &Key::from_bytes([1; 32]), flags).unwrap();
        apply_settings(&connection).unwrap();
        for (name, wrong) in [
            ("synchronous", "NORMAL"),
            ("secure_delete", "OFF"),
            ("trusted_schema", "ON"),
            ("cell_size_check", "OFF"),
            ("foreign_keys", "OFF"),
            ("temp_store", "FILE"),
        ] {
            connection.pragma_update(None, name, wrong).unwrap();
            assert_eq!(assert_settings(&connection), Err(VaultError::Setting(name)));
            apply_settings(&connection).unwrap();
        }
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 5).unwrap();
        assert_eq!(assert_settings(&connection), Err(VaultError::Setting("attached")));
    }

    #[test]
    fn nothing_but_rows_can_be_touched() {
        let dir = tempfile::tempdir().unwrap();
        let connection = fresh(&dir);
        assert!(connection.query_row("SELECT count(*) FROM draft", [], |_| Ok(())).is_ok());
        for refused in [
            "ATTACH 'x' AS y",
            "PRAGMA synchronous = OFF",
            "PRAGMA key = 'x'",
            "DROP TABLE draft",
            "CREATE TABLE x (y)",
            "CREATE TEMP TABLE x (y)",
            "VACUUM",
            "SELECT load_extension('x')",
            "SELECT writefile('x', 'y')",
        ] {
            assert!(connection.execute_batch(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_file_without_encryption_is_not_taken() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vault.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE x (y)").unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(open(&path, &Key::from_bytes([1; 32])).err(), Some(VaultError::Damaged(Part::Database)));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_newer_schema_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vault.db");
        drop(fresh(&dir));
        let key = Key::from_bytes([1; 32]);
        let connection = keyed(&path, &key, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        connection.pragma_update(None, "user_version", NEWER).unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let expected = VaultError::NewerSchema { found: NEWER, known: schema::NEWEST };
        assert_eq!(open(&path, &key).err(), Some(expected));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    const NEWER: u32 = schema::NEWEST + 1;
}
