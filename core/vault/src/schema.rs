//! The numbered schemas. `user_version` says which one a file has.

use rusqlite::{Connection, TransactionBehavior};

use crate::digest::{Fold, xor};
use crate::planted::{self, Weakness};
use crate::{Part, VaultError, state};

const SCHEMAS: [&str; 3] = [
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_records.sql"),
    include_str!("../migrations/0003_steps.sql"),
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

/// Changes the schema in one commit, and moves the digest on; makes it where there was none.
pub(crate) fn change(connection: &mut Connection, from: u32, fold: &Fold) -> Result<(), VaultError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    fold.take();
    for (_, sql) in (1..).zip(SCHEMAS).filter(|(number, _)| *number > from) {
        step.execute_batch(sql)?;
    }
    let moved = fold.take().unwrap_or_default();
    let mut found = state::read(&step)?;
    // One that does not fit itself is left as it is: the start that follows says so.
    if !found.torn {
        found.mark.generation += 1;
        found.mark.digest = if from < DIGEST_SINCE { fold.of_tables(&step)? } else { xor(&found.mark.digest, &moved) };
        state::write(&step, &found.mark, found.state)?;
    }
    step.pragma_update(None, "user_version", NEWEST)?;
    Ok(step.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_seal::Key;

    const ROWS: &str = "INSERT INTO setting VALUES ('a', x'01');
        INSERT INTO draft VALUES (zeroblob(16), zeroblob(16), x'02');
        INSERT INTO draft_step VALUES (zeroblob(16), 1, x'03'), (zeroblob(16), 2, x'04')";

    /// What the digest of the old schema is beside, after the change: whole, and where a row was not the newest.
    #[test]
    fn a_change_moves_the_digest_on_and_hides_no_old_row() {
        for (old, fits) in [("", true), ("UPDATE draft_step SET sealed = x'05' WHERE n = 2", false)] {
            let mut connection = Connection::open_in_memory().unwrap();
            let fold = Fold::register(&connection, Key::from_bytes([1; 32])).unwrap();
            for sql in &SCHEMAS[..2] {
                connection.execute_batch(sql).unwrap();
            }
            fold.take();
            connection.execute_batch(ROWS).unwrap();
            let digest = fold.take().unwrap();
            connection.execute("UPDATE state SET generation = 8, digest = ?1", [digest]).unwrap();
            connection.execute_batch(old).unwrap();
            change(&mut connection, 2, &fold).unwrap();
            let found = state::read(&connection).unwrap();
            assert_eq!(found.mark.generation, 9);
            assert_eq!(found.mark.digest == fold.of_tables(&connection).unwrap(), fits);
        }
    }
}
