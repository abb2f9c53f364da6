//! A desk of an older version is moved over once: a sealed copy of it is written beside it first, then everything that stood
//! open under the database's key alone is sealed to class keys, in one transaction, and each thing is opened again and
//! compared before the transaction ends.

use std::path::Path;

use rusqlite::Connection;
use wayside_model::{DeviceId, Event, EventId, from_canonical};

use super::sections::{self, Place};
use super::{Owner, Sealer, class_keys, slots};
use crate::key_file::write_file;
use crate::requests::RequestKind;
use crate::{DeskError, aggregates, audit, referrals, requests};

/// The step of the database after which this is due.
pub(crate) const STEP: usize = 14;
/// The copy that is made first. It opens as any copy does, with `restore` or `recover`.
pub(crate) const COPY: &str = "before-classes.copy";

/// Writes the copy. One that is there from a try that was cut off is left, and another is written beside it.
pub(crate) fn keep_copy(dir: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    for n in 1..u32::MAX {
        let name = if n == 1 { COPY.to_owned() } else { format!("{COPY}-{n}") };
        match write_file(&dir.join(name), bytes) {
            Err(DeskError::Exists) => {}
            written => return written,
        }
    }
    Err(DeskError::Exists)
}

/// Seals everything. A desk that is founded has nothing yet and gets its first keys.
pub(crate) fn run(tx: &Connection, owner: &Owner) -> Result<(), DeskError> {
    class_keys::ensure_first(tx, owner)?;
    let sealer = Sealer::new(tx, Some(owner));
    records(&sealer, owner)?;
    let keys = owner.keys(tx)?;
    referrals(&sealer)?;
    texts(&sealer)?;
    for (month, json) in pairs(tx, "SELECT month, json FROM aggregate")? {
        aggregates::seal(&sealer, &month, &json)?;
    }
    audit::move_over(&sealer, keys)?;
    // Who works here at this moment is taken at the word of the database; from now on only the owner's word counts.
    let people: Vec<[u8; 16]> = tx
        .prepare("SELECT id FROM person WHERE ended_at IS NULL")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    people.iter().try_for_each(|id| slots::vouch(tx, owner, id))
}

/// Records first, so that what belongs to their cases is sealed for the same people.
fn records(sealer: &Sealer<'_>, owner: &Owner) -> Result<(), DeskError> {
    let tx = sealer.tx;
    for select in ["kind = 0", "kind <> 0"] {
        let select = format!("SELECT device, sha256, content FROM record WHERE content IS NOT NULL AND {select}");
        let mut statement = tx.prepare(&select)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let place = Place { device: DeviceId::from_bytes(row.get(0)?), sha256: row.get(1)? };
            let content: Vec<u8> = row.get(2)?;
            let event: Event = from_canonical(&content)?;
            sections::put(sealer, place, &event, &content)?;
            let select = "SELECT whole FROM record WHERE device = ?1 AND sha256 = ?2";
            let whole: Vec<u8> = tx.query_row(select, (place.device.as_bytes(), place.sha256), |row| row.get(0))?;
            if sections::event_of(owner.keys(tx)?, place, &whole)?.is_none_or(|moved| moved != event) {
                return Err(DeskError::Bug);
            }
        }
    }
    Ok(())
}

fn referrals(sealer: &Sealer<'_>) -> Result<(), DeskError> {
    let mut statement = sealer.tx.prepare("SELECT event, case_id, recipient, urgency, fields FROM referral")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let details = referrals::Details { recipient: row.get(2)?, urgency: row.get(3)? };
        let scope = sections::of_case(sealer.tx, wayside_model::CaseId::from_bytes(row.get(1)?))?;
        referrals::seal(sealer, EventId::from_bytes(row.get(0)?), &scope, &details, &row.get::<_, String>(4)?)?;
    }
    Ok(())
}

fn texts(sealer: &Sealer<'_>) -> Result<(), DeskError> {
    let mut statement = sealer.tx.prepare("SELECT id, kind, case_code, text FROM request WHERE text <> ''")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let kind = RequestKind::of(&row.get::<_, String>(1)?).ok_or(DeskError::Damaged)?;
        let scope = sections::of_code(sealer.tx, &row.get::<_, String>(2)?)?;
        let (id, text): (_, String) = (EventId::from_bytes(row.get(0)?), row.get(3)?);
        requests::seal(sealer, id, kind, &scope, &text)?;
    }
    Ok(())
}

fn pairs(tx: &Connection, select: &str) -> Result<Vec<(String, String)>, DeskError> {
    let mut statement = tx.prepare(select)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use wayside_model::Sensitive;

    use super::*;
    use crate::key_file::{self, Purpose};
    use crate::store::Store;
    use crate::{Desk, DeskError};

    /// What cannot be read is not lost: the desk stays as it was, beside a copy of it, and is moved over when it can be.
    #[test]
    fn a_desk_that_cannot_be_moved_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/desk-13");
        for name in ["desk.db", "desk.keys", "root.key", "recovery.key"] {
            std::fs::copy(from.join(name), folder.path().join(name)).unwrap();
        }
        let words = Sensitive::new("quiet river stone lamp winter field".to_owned());
        let open = || Desk::open(folder.path(), &words);
        let [_, _, key] = key_file::read(&folder.path().join("desk.keys"), Purpose::Desk, &words).unwrap();
        let older = || Store::open_older(&folder.path().join("desk.db"), &key, STEP).unwrap();
        let one = "(SELECT min(sha256) FROM record WHERE kind = 0)";
        let put = |content: &[u8]| {
            let older = older().expect("it is an older desk still");
            let sql = format!("UPDATE record SET content = ?1 WHERE sha256 = {one}");
            assert_eq!(older.write(|tx| Ok(tx.execute(&sql, [content])?)).unwrap(), 1);
        };
        let select = format!("SELECT content FROM record WHERE sha256 = {one}");
        let held: Vec<u8> = older().unwrap().read(|c| Ok(c.query_row(&select, [], |row| row.get(0))?)).unwrap();
        put(b"no event");
        assert!(matches!(open().map(drop), Err(DeskError::Damaged)));
        assert!(folder.path().join(COPY).exists(), "the copy is made before anything is begun");
        let first = std::fs::read(folder.path().join(COPY)).unwrap();
        put(&held);
        let desk = open().unwrap();
        assert!(older().is_none() && desk.records().unwrap().len() == 16);
        assert!(std::fs::read(folder.path().join(COPY)).unwrap() == first, "a copy is never written over");
        assert!(folder.path().join(format!("{COPY}-2")).exists());
        // A database that nobody sealed does not lose what stands open in it.
        drop(desk);
        std::fs::copy(from.join("desk.db"), folder.path().join("desk.db")).unwrap();
        let not_sealed = Store::open(&folder.path().join("desk.db"), &key, crate::store::DESK, None);
        assert!(not_sealed.is_err() && older().is_some());
    }
}
