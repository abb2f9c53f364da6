//! The numbered schemas. `user_version` says which one a file has.

use rusqlite::{Connection, TransactionBehavior};

use crate::digest::Fold;
use crate::planted::{self, Weakness};
use crate::{Part, VaultError};

const SCHEMAS: [&str; 2] =
    [include_str!("../migrations/0001_start.sql"), include_str!("../migrations/0002_records.sql")];
/// The newest schema, which this build writes. Also part of what a record is authenticated with.
pub(crate) const NEWEST: u32 = SCHEMAS.len() as u32;

/// Makes the tables in an empty database.
pub(crate) fn make(connection: &mut Connection) -> Result<(), VaultError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in SCHEMAS {
        step.execute_batch(sql)?;
    }
    if planted::is(Weakness::SearchKeepsDeleted) {
        step.execute("INSERT INTO text_index (text_index, rank) VALUES ('secure-delete', 0)", [])?;
    }
    step.pragma_update(None, "user_version", NEWEST)?;
    Ok(step.commit()?)
}

/// Which schema the file has. Refuses a newer one than ours. Changes nothing.
pub(crate) fn check(connection: &Connection) -> Result<u32, VaultError> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        1..=NEWEST => Ok(found),
        0 => Err(VaultError::Damaged(Part::Database)),
        found => Err(VaultError::NewerSchema { found, known: NEWEST }),
    }
}

/// Changes the schema, one commit for each number, and makes the digest over the rows that are there.
pub(crate) fn change(connection: &mut Connection, from: u32, fold: &Fold) -> Result<(), VaultError> {
    for (number, sql) in (1..).zip(SCHEMAS).filter(|(number, _)| *number > from) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        if number == NEWEST {
            let digest = fold.of_tables(&step)?;
            step.execute("UPDATE state SET generation = generation + 1, digest = ?1", [digest])?;
        }
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
    }
    Ok(())
}
