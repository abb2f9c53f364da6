//! SQLCipher: opened with a raw key, every setting that protects the data read back (security design 3.5).

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, OpenFlags};

use crate::digest::Fold;
use crate::keys::{VaultKeys, raw_literal};
use crate::layout::Layout;
use crate::planted::{self, Weakness};
use crate::{Part, VaultError, durable, schema};

/// First version of SQLite with the repair of the write-ahead log's reset that this crate is tested with.
const LEAST_SQLITE: i32 = 3_054_001;
/// Up to this size every page is checked at each start: about 4 ms per MiB. Beyond it [`crate::Vault::verify`] does it.
const CHECKED_AT_START: u64 = 512 * 1024;
/// A millisecond each; on a slow phone SQLCipher begins within some hundred.
const READY_TRIES: u32 = 5_000;
/// Statements that stay prepared; a triggered insert is dear to prepare.
const PREPARED: usize = 32;

/// SQLCipher's page size, asserted below.
const PAGE: u64 = 4096;

/// Set, then read back. Pairs of name, value to set, value to read.
const SETTINGS: [(&str, &str, &str); 14] = [
    ("locking_mode", "EXCLUSIVE", "exclusive"),
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
    // All that stands in the log before it goes into the file, 1,000 pages: a log that grows anew costs the disk more each time.
    ("journal_size_limit", "4194304", "4194304"),
    // 16 MiB, some 10,000 records: a page that has to be deciphered again costs more than all else of reading one record.
    ("cache_size", "-16384", "-16384"),
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
pub(crate) fn create(layout: &Layout, keys: &VaultKeys) -> Result<(Connection, Fold), VaultError> {
    let path = layout.database();
    // Made by us first, because SQLite would let the whole group read it. An empty file is an empty database.
    durable::options().write(true).create_new(true).open(&path)?;
    let mut connection = keyed(&path, keys, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    apply_settings(&connection)?;
    let fold = Fold::register(&connection, keys.rows())?;
    schema::make(&mut connection)?;
    truncate_log(&connection)?;
    Ok((restrict(connection)?, fold))
}

/// Opens an existing file. Creates nothing; with a newer schema changes nothing. An older schema is changed into ours;
/// `before_change` is called first.
pub(crate) fn open(
    layout: &Layout,
    keys: &VaultKeys,
    before_change: impl FnOnce() -> Result<(), VaultError>,
) -> Result<(Connection, Fold), VaultError> {
    let path = layout.database();
    let mut connection = keyed(&path, keys, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let found = schema::check(&connection)?;
    apply_settings(&connection)?;
    // A page that a cut left half written in the file is whole in the log, so the log goes in before pages are checked.
    truncate_log(&connection)?;
    let size = std::fs::metadata(&path)?.len();
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    if size != pages.unsigned_abs() * PAGE {
        return Err(VaultError::Damaged(Part::Database));
    }
    if size <= CHECKED_AT_START || found < schema::NEWEST {
        check_pages(&connection)?;
    }
    let fold = Fold::register(&connection, keys.rows())?;
    if found < schema::NEWEST {
        before_change()?;
        copy_before_change(layout)?;
        schema::change(&mut connection, found, &fold)?;
        truncate_log(&connection)?;
    }
    if layout.database_copy().exists() {
        // Of a change that is done: what it made is looked through before the copy goes.
        check_pages(&connection)?;
        check_structure(&connection)?;
        durable::remove(&layout.database_copy())?;
        durable::sync_folder(&path)?;
    }
    Ok((restrict(connection)?, fold))
}

/// The log is in the file already, so the file is all of it; and it is as sealed as the original.
fn copy_before_change(layout: &Layout) -> Result<(), VaultError> {
    let (path, copy) = (layout.database(), layout.database_copy());
    let new = durable::unfinished(&copy);
    let mut to = durable::options().write(true).create(true).truncate(true).open(&new)?;
    std::io::copy(&mut std::fs::File::open(path)?, &mut to)?;
    to.sync_all()?;
    std::fs::rename(&new, &copy)?;
    Ok(durable::sync_folder(&copy)?)
}

/// Moves the log into the database file and cuts it to nothing, so that no erased row stays in it.
pub(crate) fn truncate_log(connection: &Connection) -> Result<(), VaultError> {
    connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE)?;
    Ok(())
}

/// Waits until SQLCipher takes keys. SQLite calls itself ready before what SQLCipher adds to it is (`SQLITE_EXTRA_INIT` runs after
/// `isInit` is set), so a thread that comes in between would be told an error that says nothing.
fn wait_for_sqlcipher() {
    static READY: Once = Once::new();
    let takes_keys =
        || Connection::open_in_memory().and_then(|memory| memory.key(None::<&str>, [0; 32], false)).is_ok();
    READY.call_once(|| {
        // Where it never is, opening says so itself.
        for _ in 0..READY_TRIES {
            if takes_keys() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}

fn keyed(path: &Path, keys: &VaultKeys, flags: OpenFlags) -> Result<Connection, VaultError> {
    wait_for_sqlcipher();
    let connection = Connection::open_with_flags(path, flags)?;
    // First of all: SQLCipher's own log would write about our pages into the device's log.
    connection.query_row("PRAGMA cipher_log_level = NONE", [], |_| Ok(())).or_else(no_rows_is_fine)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // Not as SQL text: traces and error texts see SQL.
    if !planted::is(Weakness::Unkeyed) {
        connection.key(None::<&str>, raw_literal(&keys.database()).as_slice(), false)?;
    }
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // One process has the vault at a time anyway. Before the first read, so that the index of the log is memory and no file.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
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
    if planted::is(Weakness::NormalSync) {
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        return Ok(());
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Plans do not hang on bound values: else SQLite prepares a statement with `LIMIT ?` anew each time it is run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    assert_settings(connection)
}

fn assert_settings(connection: &Connection) -> Result<(), VaultError> {
    let expected = SETTINGS.iter().map(|(name, _, read)| (*name, *read)).chain(FIXED);
    for (name, expected) in expected {
        if planted::is(Weakness::Unkeyed) && name.starts_with("cipher") {
            continue;
        }
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
pub(crate) fn check_pages(connection: &Connection) -> Result<(), VaultError> {
    if planted::is(Weakness::Unkeyed) {
        return Ok(());
    }
    let mut check = connection.prepare("PRAGMA cipher_integrity_check")?;
    let found_bad = check.query([])?.next()?.is_some();
    if found_bad { Err(VaultError::Damaged(Part::Database)) } else { Ok(()) }
}

/// SQLite's own check: that tables, indexes and the search index say the same.
pub(crate) fn check_structure(connection: &Connection) -> Result<(), VaultError> {
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Err(VaultError::Damaged(Part::Database));
    }
    connection.execute("INSERT INTO text_index (text_index, rank) VALUES ('integrity-check', 1)", [])?;
    Ok(())
}

/// From here on only rows can be read and written: no other file, no change of the schema, and of all pragmas the checks.
fn restrict(mut connection: Connection) -> Result<Connection, VaultError> {
    connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Insert { .. }
        | AuthAction::Update { .. }
        | AuthAction::Delete { .. }
        | AuthAction::Transaction { .. } => Authorization::Allow,
        AuthAction::Function { function_name: "count" | "max" | "coalesce" | "fold" | "digest" | "match" | "bm25" } => {
            Authorization::Allow
        }
        AuthAction::Pragma { pragma_name: "cipher_integrity_check" | "integrity_check", .. } => Authorization::Allow,
        // The search index asks it whether somebody else has written.
        AuthAction::Pragma { pragma_name: "data_version", pragma_value: None } => Authorization::Allow,
        #[cfg(feature = "inspect")]
        AuthAction::Pragma { pragma_name: "shrink_memory", .. } => Authorization::Allow,
        _ => Authorization::Deny,
    }))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    use wayside_model::VaultId;
    use wayside_seal::Key;

    fn keys() -> VaultKeys {
        VaultKeys::new(Key::from_bytes([1; 32]), VaultId::from_bytes([2; 16]))
    }
    fn fresh(dir: &tempfile::TempDir) -> Connection {
        create(&Layout::new(dir.path()), &keys()).unwrap().0
    }

    /// Set in the processes that the test below starts: each can be young only once.
    const YOUNG: &str = "WAYSIDE_YOUNG_PROCESS";

    #[test]
    fn the_first_files_of_a_process_open_at_once() {
        const THREADS: usize = 64;
        if std::env::var_os(YOUNG).is_none() {
            let name = "database::tests::the_first_files_of_a_process_open_at_once";
            for _ in 0..20 {
                let mut young = std::process::Command::new(std::env::current_exe().unwrap());
                let done = young.args(["--exact", name]).env(YOUNG, "1").output().unwrap();
                assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
            }
            return;
        }
        let start = std::sync::Barrier::new(THREADS);
        let dir = tempfile::tempdir().unwrap();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        std::thread::scope(|scope| {
            for n in 0..THREADS {
                let (path, start) = (dir.path().join(n.to_string()), &start);
                scope.spawn(move || {
                    start.wait();
                    drop(keyed(&path, &keys(), flags).unwrap());
                });
            }
        });
    }
    fn opened(dir: &tempfile::TempDir) -> Result<Connection, VaultError> {
        open(&Layout::new(dir.path()), &keys(), || Ok(())).map(|(connection, _)| connection)
    }

    #[test]
    fn a_setting_with_another_value_is_found() {
        let dir = tempfile::tempdir().unwrap();
        drop(fresh(&dir));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = keyed(&dir.path().join("vault.db"), &keys(), flags).unwrap();
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
        assert_eq!(opened(&dir).err(), Some(VaultError::Damaged(Part::Database)));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_newer_schema_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vault.db");
        drop(fresh(&dir));
        let connection = keyed(&path, &keys(), OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        connection.pragma_update(None, "user_version", NEWER).unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let expected = VaultError::NewerSchema { found: NEWER, known: schema::NEWEST };
        assert_eq!(opened(&dir).err(), Some(expected));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    const NEWER: u32 = schema::NEWEST + 1;
}
