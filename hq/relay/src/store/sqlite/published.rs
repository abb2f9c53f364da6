//! What everybody may read.

use rusqlite::{Connection, OptionalExtension};

use crate::RelayError;

const DIRECTORY: &str = "directory";

/// The directory in force, as the desk put it last. Whether it is newer is checked by who verifies its signature.
pub(super) fn directory(connection: &Connection) -> Result<Option<Vec<u8>>, RelayError> {
    let sql = "SELECT bytes FROM published WHERE name = ?1";
    Ok(connection.query_row(sql, (DIRECTORY,), |row| row.get(0)).optional()?)
}

/// Puts the directory in place of the one before.
pub(super) fn put_directory(connection: &Connection, bytes: &[u8]) -> Result<(), RelayError> {
    put(connection, DIRECTORY, bytes)
}

/// Writes nothing, under a name of its own: whether a write is possible.
pub(super) fn probe(connection: &Connection) -> Result<(), RelayError> {
    put(connection, "probe", &[])
}

fn put(connection: &Connection, name: &str, bytes: &[u8]) -> Result<(), RelayError> {
    connection.execute("INSERT OR REPLACE INTO published (name, bytes) VALUES (?1, ?2)", (name, bytes))?;
    Ok(())
}
