//! The numbered schemas. `user_version` says which one a file has.

use rusqlite::{Connection, TransactionBehavior};

use crate::{Part, VaultError};

const SCHEMAS: [&str; 1] = [include_str!("../migrations/0001_start.sql")];
/// The newest schema, which this build writes. Also part of what a record is authenticated with.
pub(crate) const NEWEST: u32 = SCHEMAS.len() as u32;

/// Makes the tables in an empty database.
pub(crate) fn make(connection: &mut Connection) -> Result<(), VaultError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in SCHEMAS {
        step.execute_batch(sql)?;
    }
    step.pragma_update(None, "user_version", NEWEST)?;
    Ok(step.commit()?)
}

/// Refuses a database of another schema. Changes nothing.
pub(crate) fn check(connection: &Connection) -> Result<(), VaultError> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        NEWEST => Ok(()),
        0 => Err(VaultError::Damaged(Part::Database)),
        found => Err(VaultError::NewerSchema { found, known: NEWEST }),
    }
}
