//! Erasing a case. Its content goes at HQ, at the relay, and by a signed entry from every device; a hash stays, so that what
//! comes late, or with a restored copy, goes the same way.

use rusqlite::Connection;
use wayside_model::{CaseId, DeviceId, ErrorCode, EventId, Timestamp};
use wayside_screening::follow_up::ByCode;
use wayside_seal::control::case_hash;
use wayside_seal::{ControlKind, SigningKey};
use wayside_sync::wire;

use crate::keys::Sealer;
use crate::lists::case_code;
use crate::sessions::Session;
use crate::{Delivery, Desk, DeskError, audit, carried, control_log, referrals};

/// How an erased envelope's record stands in the record table.
pub(crate) const ERASED_KIND: u8 = 2;

/// Whether a case was erased.
pub(crate) fn is_erased(c: &Connection, case: CaseId) -> Result<bool, DeskError> {
    Ok(c.prepare_cached("SELECT 1 FROM erasure WHERE case_hash = ?1")?.exists([case_hash(case)])?)
}

/// Takes an item's bytes away, here at once and at the relay with the next call that reaches it. Its hash stays: the chain of
/// its device runs through it.
pub(crate) fn empty_item(tx: &Connection, device: DeviceId, sha256: &[u8; 32]) -> Result<(), DeskError> {
    let place = (device.as_bytes(), sha256);
    carried::delete_at_the_relay(tx, device, sha256)?;
    tx.execute("UPDATE item SET bytes = x'', erased = 1 WHERE device = ?1 AND sha256 = ?2", place)?;
    Ok(())
}

/// Erases what is here of the case. Again has no further effect.
pub(crate) fn apply(tx: &Connection, signing: &SigningKey, case: CaseId, now: Timestamp) -> Result<(), DeskError> {
    tx.execute(
        "INSERT INTO erasure (case_hash, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        (case_hash(case), now.as_millis()),
    )?;
    let code = case_code(case);
    for (device, sha256, event) in events_of(tx, case, &code)? {
        empty_item(tx, device, &sha256)?;
        tx.execute(
            "UPDATE record SET summary = NULL, results = NULL, consent = NULL, whole = NULL, problem = NULL, kind = ?3
             WHERE device = ?1 AND sha256 = ?2",
            (device.as_bytes(), sha256, ERASED_KIND),
        )?;
        tx.execute("DELETE FROM reason WHERE event = ?1", [event.as_bytes()])?;
        tx.execute("DELETE FROM actor_release WHERE event = ?1", [event.as_bytes()])?;
    }
    // A service that has a letter is asked to erase it; then the copy to look at goes here, too. What was handed on stays in
    // the signed log, sealed to the service.
    let letters: Vec<[u8; 16]> = tx
        .prepare_cached("SELECT event FROM referral WHERE case_id = ?1")?
        .query_map([case.as_bytes()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for letter in letters {
        let letter = EventId::from_bytes(letter);
        referrals::revoke(tx, signing, letter, letter, now)?;
        tx.execute("UPDATE referral SET sealed = x'', field_names = x'' WHERE event = ?1", [letter.as_bytes()])?;
    }
    tx.execute("DELETE FROM withdrawal WHERE case_code = ?1", [&code])?;
    tx.execute("DELETE FROM restriction WHERE case_code = ?1", [&code])?;
    tx.execute("DELETE FROM case_link WHERE code = ?1 OR again = ?1", [&code])?;
    tx.execute("DELETE FROM conflict_decision WHERE case_code = ?1", [&code])?;
    tx.execute("DELETE FROM downward WHERE case_code = ?1", [&code])?;
    tx.execute("DELETE FROM extension WHERE case_code = ?1", [&code])?;
    tx.execute("UPDATE request SET said = x'' WHERE case_code = ?1", [&code])?;
    tx.execute("DELETE FROM by_code WHERE event IN (SELECT event FROM by_code WHERE code = ?1)", [&code])?;
    Ok(())
}

/// Everything that is kept of a case: its own events, and what was added by its code.
fn events_of(tx: &Connection, case: CaseId, code: &str) -> Result<Vec<(DeviceId, [u8; 32], EventId)>, DeskError> {
    let mut statement = tx.prepare_cached(
        "SELECT device, sha256, event FROM record WHERE whole IS NOT NULL
           AND (case_id = ?1 OR (kind = 1 AND event IN (SELECT event FROM by_code WHERE code = ?2)))",
    )?;
    let rows = statement.query_map((case.as_bytes(), code), |row| {
        Ok((DeviceId::from_bytes(row.get(0)?), row.get(1)?, EventId::from_bytes(row.get(2)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Remembers by which codes an event was added: erasing has to find it also where nobody can open it.
pub(crate) fn note_codes(tx: &Connection, event: EventId, json: &str) -> Result<(), DeskError> {
    let codes = match serde_json::from_str(json) {
        Ok(ByCode::Correction { code, .. } | ByCode::Withdrawal { code, .. } | ByCode::Erasure { code, .. }) => {
            vec![code]
        }
        Ok(ByCode::TalkedAgain { code, again }) => vec![code, again],
        Err(_) => Vec::new(),
    };
    for code in codes {
        tx.prepare_cached("INSERT INTO by_code (event, code) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute((event.as_bytes(), code))?;
    }
    Ok(())
}

impl Desk {
    /// Erases a case by its code: here at once, at the relay and on every device with the next calls that reach them. What was
    /// published as numbers stays. Fails with `desk.unknown_record` where no case has this code.
    pub fn erase(&self, code: &str, now: Timestamp) -> Result<Delivery, DeskError> {
        self.erase_by(None, code, now)
    }

    pub(crate) fn erase_by(&self, by: Option<&Session>, code: &str, now: Timestamp) -> Result<Delivery, DeskError> {
        self.write_sealed(|sealer| self.erase_in(sealer, by, code, now))?;
        self.spread_erasures()
    }

    /// Erases at HQ, and writes down who has to be told, in the transaction it belongs to.
    pub(crate) fn erase_in(
        &self,
        sealer: &Sealer<'_>,
        by: Option<&Session>,
        code: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let tx = sealer.tx;
        let cases: Vec<[u8; 16]> = tx
            .prepare_cached("SELECT DISTINCT case_id FROM record WHERE case_id IS NOT NULL AND kind < ?1")?
            .query_map([ERASED_KIND], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let cases: Vec<CaseId> =
            cases.into_iter().map(CaseId::from_bytes).filter(|case| case_code(*case) == code).collect();
        if cases.is_empty() {
            return Err(DeskError::UnknownRecord);
        }
        for case in cases {
            apply(tx, &self.signing, case, now)?;
            self.tell_every_device(tx, case_hash(case))?;
        }
        audit::append(sealer, by, "erased", code, "", now)
    }

    /// What was erased goes from the files here, from the relay, and to every device.
    pub(crate) fn spread_erasures(&self) -> Result<Delivery, DeskError> {
        self.forget_pages()?;
        let deleted = Delivery::of(self.post_deletions())?;
        let posted = self.post_control()?;
        let told = posted.failed.first().map_or(Delivery::Sent, |(_, code)| Delivery::later(*code));
        Ok(if deleted == Delivery::Sent { told } else { deleted })
    }

    /// Also those that were revoked: their copies have to go, too.
    fn tell_every_device(&self, tx: &Connection, hash: [u8; 32]) -> Result<(), DeskError> {
        let devices: Vec<[u8; 16]> = tx
            .prepare_cached("SELECT id FROM device WHERE confirmed_at IS NOT NULL ORDER BY id")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for device in devices {
            control_log::append(tx, &self.signing, DeviceId::from_bytes(device), ControlKind::Erasure(hash))?;
        }
        Ok(())
    }

    /// Erases what is here of a case that is known by its hash alone, as after a restore.
    pub(crate) fn erase_hash(&self, tx: &Connection, hash: &[u8; 32], now: Timestamp) -> Result<(), DeskError> {
        tx.execute(
            "INSERT INTO erasure (case_hash, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            (hash, now.as_millis()),
        )?;
        let cases: Vec<[u8; 16]> = tx
            .prepare_cached("SELECT DISTINCT case_id FROM record WHERE case_id IS NOT NULL AND kind < ?1")?
            .query_map([ERASED_KIND], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let case = cases.into_iter().map(CaseId::from_bytes).find(|case| case_hash(*case) == *hash);
        case.map_or(Ok(()), |case| apply(tx, &self.signing, case, now))
    }

    /// Has the relay delete what was erased. What it does not know is deleted already.
    pub(crate) fn post_deletions(&self) -> Result<(), DeskError> {
        let waiting: Vec<([u8; 16], [u8; 16])> = self.store.read(|c| {
            let mut statement = c.prepare_cached("SELECT device, id FROM relay_delete ORDER BY device, id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        for (device, id) in waiting {
            match self.client.delete(&wire::desk_item(DeviceId::from_bytes(device), &id)) {
                Ok(()) | Err(DeskError::Relay(ErrorCode::RelayNotFound)) => {}
                Err(error) => return Err(error),
            }
            self.store.write(|tx| {
                Ok(tx.execute("DELETE FROM relay_delete WHERE device = ?1 AND id = ?2", (device, id)).map(drop)?)
            })?;
        }
        Ok(())
    }

    /// Writes the log of changes into the file, so that no page of what was erased is left in it.
    fn forget_pages(&self) -> Result<(), DeskError> {
        self.store.read(|c| {
            c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{DESK, Store};
    use wayside_seal::Key;

    /// Whatever is kept by the code of a case goes with it, in every table there is; of a request only the text.
    #[test]
    fn no_table_keeps_what_was_written_by_the_code_of_an_erased_case() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("desk.db"), &Key::from_bytes([7; 32]), DESK, None).unwrap();
        let signing = SigningKey::generate().unwrap();
        let case = CaseId::from_bytes([1; 16]);
        let code = case_code(case);
        store
            .write(|tx| {
                let tables: Vec<String> = tx
                    .prepare(
                        "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) t
                         WHERE m.type = 'table' AND t.name = 'case_code' ORDER BY m.name",
                    )?
                    .query_map([], |row| row.get(0))?
                    .collect::<Result<_, _>>()?;
                assert!(tables.len() >= 6 && tables.contains(&"downward".to_owned()), "{tables:?}");
                for table in &tables {
                    let columns: Vec<(String, String)> = tx
                        .prepare("SELECT name, type FROM pragma_table_info(?1)")?
                        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect::<Result<_, _>>()?;
                    let value = |(name, kind): &(String, String)| match (name.as_str(), kind.as_str()) {
                        ("case_code", _) => format!("'{code}'"),
                        (_, "TEXT") => "'said'".to_owned(),
                        (_, "BLOB") => "x'00000000000000000000000000000000'".to_owned(),
                        _ => "1".to_owned(),
                    };
                    let values: Vec<String> = columns.iter().map(value).collect();
                    tx.execute(&format!("INSERT INTO {table} VALUES ({})", values.join(", ")), [])?;
                }
                apply(tx, &signing, case, Timestamp::from_millis(1))?;
                for table in &tables {
                    let text = if table == "request" { " AND said <> x''" } else { "" };
                    let sql = format!("SELECT count(*) FROM {table} WHERE case_code = ?1{text}");
                    let left: u32 = tx.query_row(&sql, [&code], |row| row.get(0))?;
                    assert_eq!(left, 0, "{table}");
                }
                Ok(())
            })
            .unwrap();
    }
}
