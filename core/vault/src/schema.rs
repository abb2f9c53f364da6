//! The numbered schemas. `user_version` says which one a file has.

use rusqlite::{Connection, TransactionBehavior};

use crate::digest::Fold;
use crate::planted::{self, Weakness};
use crate::{Part, VaultError, state};

const SCHEMAS: [&str; 3] = [
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_records.sql"),
    include_str!("../migrations/0003_mark_beside.sql"),
];
/// The first with a digest over its rows. A later change keeps it, so that it hides no row that was older than it should be.
const DIGEST_SINCE: u32 = 2;
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

/// Changes the schema, one commit for each number, and makes the digest over the rows that are there where there was none.
pub(crate) fn change(connection: &mut Connection, from: u32, fold: &Fold) -> Result<(), VaultError> {
    for (number, sql) in (1..).zip(SCHEMAS).filter(|(number, _)| *number > from) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        if number == NEWEST {
            let mut found = state::read(&step)?;
            // One that does not fit itself is left as it is: the start that follows says so.
            if !found.torn {
                found.mark.generation += 1;
                if from < DIGEST_SINCE {
                    found.mark.digest = fold.of_tables(&step)?;
                }
                state::write(&step, &found.mark, found.state)?;
            }
        }
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_seal::Key;

    /// Made anew from the rows, the digest would take an old row for a good one.
    #[test]
    fn a_change_keeps_the_digest_there_is() {
        let mut connection = Connection::open_in_memory().unwrap();
        let fold = Fold::register(&connection, Key::from_bytes([1; 32])).unwrap();
        for sql in &SCHEMAS[..2] {
            connection.execute_batch(sql).unwrap();
        }
        fold.take();
        connection.execute("INSERT INTO setting VALUES ('a', x'01')", []).unwrap();
        let digest = fold.take().unwrap();
        connection.execute("UPDATE state SET generation = 8, digest = ?1", [digest]).unwrap();
        connection.execute_batch("DROP TRIGGER setting_out; DELETE FROM setting").unwrap();
        change(&mut connection, 2, &fold).unwrap();
        let found = state::read(&connection).unwrap();
        assert_eq!((found.mark.generation, found.mark.digest), (9, digest));
        assert_ne!(fold.of_tables(&connection).unwrap(), digest);
    }
}
