//! A restored desk is older than what it has said since. The relay holds every signed entry: the desk reads its own log back
//! before it shows or says anything, so that no number is used twice and nothing erased comes back.

use rusqlite::Connection;
use wayside_model::{DeviceId, ErrorCode, Timestamp};
use wayside_seal::{ControlEntry, ControlKind, DeviceCertificate, EnrolmentRequest, Receipt, WipeOrder};
use wayside_sync::wire;

use crate::desk::settings;
use crate::enrolment::Enrolled;
use crate::store::setting;
use crate::{Desk, DeskError, audit, carried, contents, control_log, directory, unusable, wipe};

impl Desk {
    /// The relay was put back from a copy: what it was told since then is told again with the next pull, and its items are read
    /// from the start. Everything of it has one effect, however often.
    pub fn relay_restored(&self, now: Timestamp) -> Result<(), DeskError> {
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            for cursor in [settings::ENROLMENT_CURSOR, settings::ITEM_CURSOR, settings::DIRECTORY_SENT] {
                setting::put_number(tx, cursor, 0)?;
            }
            tx.execute_batch(
                "UPDATE control SET posted = 0; UPDATE device SET revoke_sent = 0; DELETE FROM absent;
                 INSERT INTO relay_delete (device, id) SELECT device, id FROM item WHERE erased = 1 ON CONFLICT DO NOTHING;",
            )?;
            audit::append(sealer, None, "relay_restored", "", "", now)
        })
    }

    /// Fails with `desk.restored` while the relay's log was not read back.
    pub(crate) fn check_caught_up(&self) -> Result<(), DeskError> {
        match self.store.read(|c| setting::number(c, settings::RESTORED))? {
            0 => Ok(()),
            _ => Err(DeskError::Restored),
        }
    }

    /// Reads the log back, if that is due. Cut off before its end it has had no effect but on the enrolments.
    pub(crate) fn catch_up(&self, now: Timestamp) -> Result<(), DeskError> {
        if self.check_caught_up().is_ok() {
            return Ok(());
        }
        self.fetch_enrolments(now)?;
        let devices: Vec<([u8; 16], u64)> = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT d.id, (SELECT coalesce(max(counter), 0) FROM control c WHERE c.device = d.id AND c.posted = 1)
                 FROM device d ORDER BY d.id",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut logs = Vec::new();
        for (device, posted) in devices {
            let device = DeviceId::from_bytes(device);
            logs.push((device, posted, self.log_after(device, posted)?));
        }
        self.store.write(|tx| {
            // All numbers first: what follows may sign new entries.
            let mut waiting = Vec::new();
            for (device, posted, said) in &logs {
                waiting.extend(self.put_log_back(tx, *device, *posted, said)?);
            }
            let said = in_order(logs.iter().map(|(.., said)| said.iter().map(|(entry, _)| entry)));
            said.into_iter().try_for_each(|entry| self.take_back_in(tx, entry, now))?;
            for (device, kind) in waiting {
                control_log::append(tx, &self.signing, device, kind)?;
            }
            setting::put_number(tx, settings::RESTORED, 0)
        })
    }

    /// Puts entries of the relay in place of what was signed in the copy and not posted then. Returns what of that was never
    /// said: it may have been posted afterwards, or its number used for another.
    fn put_log_back(
        &self,
        tx: &Connection,
        device: DeviceId,
        posted: u64,
        said: &[(ControlEntry, Vec<u8>)],
    ) -> Result<Vec<(DeviceId, ControlKind)>, DeskError> {
        let place = (device.as_bytes(), posted);
        let waiting: Vec<Vec<u8>> = tx
            .prepare_cached("SELECT bytes FROM control WHERE device = ?1 AND counter > ?2 ORDER BY counter")?
            .query_map(place, |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        tx.execute("DELETE FROM receipt WHERE device = ?1 AND counter > ?2", place)?;
        tx.execute("DELETE FROM control WHERE device = ?1 AND counter > ?2", place)?;
        for (entry, bytes) in said {
            tx.execute(
                "INSERT INTO control (device, counter, bytes, posted) VALUES (?1, ?2, ?3, 1)",
                (device.as_bytes(), entry.counter, bytes),
            )?;
        }
        let mut unsaid = Vec::new();
        for bytes in waiting {
            let kind = ControlEntry::verify(&bytes, &self.signing.public(), device)?.kind;
            // A receipt is made again for whatever is verified and has none.
            let is_made_again = matches!(kind, ControlKind::Receipt(_));
            if !is_made_again && !said.iter().any(|(entry, _)| entry.kind == kind) {
                unsaid.push((device, kind));
            }
        }
        Ok(unsaid)
    }

    /// The entries the relay holds above `after`, every one checked.
    fn log_after(&self, device: DeviceId, after: u64) -> Result<Vec<(ControlEntry, Vec<u8>)>, DeskError> {
        let mut entries = Vec::new();
        loop {
            let from = after + entries.len() as u64;
            let page: wire::ControlPage = self.client.get(&wire::desk_control_log(device, from))?;
            for (place, item) in (from + 1..).zip(&page.entries) {
                let entry = ControlEntry::verify(&item.bytes, &self.signing.public(), device)?;
                if (entry.counter, item.counter) != (place, place) {
                    return Err(DeskError::Relay(ErrorCode::SyncImpostor));
                }
                entries.push((entry, item.bytes.clone()));
            }
            if !page.more || page.entries.is_empty() {
                return Ok(entries);
            }
        }
    }

    fn take_back_in(&self, tx: &Connection, entry: &ControlEntry, now: Timestamp) -> Result<(), DeskError> {
        let device = entry.device.as_bytes();
        match &entry.kind {
            ControlKind::Certificate(bytes) => {
                let certificate = DeviceCertificate::verify(bytes, &self.signing.public())?;
                let at = certificate.not_before.as_millis();
                tx.execute("UPDATE device SET confirmed_at = coalesce(confirmed_at, ?2) WHERE id = ?1", (device, at))?;
                // What it sent waits to be opened.
                tx.execute("UPDATE item SET done = 0 WHERE device = ?1 AND kind <> 0", [device])?;
            }
            ControlKind::Revoked => {
                let at = now.as_millis();
                let sql = "UPDATE device SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";
                tx.execute(sql, (device, at))?;
            }
            ControlKind::Receipt(bytes) => {
                let receipt = Receipt::read_within_entry(bytes)?;
                for (seq, sha256) in &receipt.items {
                    tx.execute(
                        "INSERT INTO receipt (device, epoch, seq, sha256, counter) VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT DO NOTHING",
                        (device, receipt.epoch, seq, sha256, entry.counter),
                    )?;
                }
            }
            ControlKind::Erasure(hash) => self.erase_hash(tx, hash, now)?,
            ControlKind::Carried { device, entry: receipt } => {
                let receipt = ControlEntry::verify(receipt, &self.signing.public(), *device)?;
                carried::note_told(tx, entry.device, *device, receipt.counter)?;
            }
            ControlKind::SetAside { id, code } => unusable::note(tx, entry.device, id, code, entry.counter)?,
            ControlKind::Directory(bytes) => directory::take_back_in(tx, &self.root_fingerprint, bytes)?,
            ControlKind::Content(bytes) => contents::take_back_in(tx, entry.device, bytes)?,
            ControlKind::Wipe(bytes) => wipe::take_back_in(tx, &WipeOrder::read_within_entry(bytes)?, now)?,
            // What a device needs to know of a person has no other place at the desk.
            ControlKind::Minimum(_) => {}
        }
        Ok(())
    }

    /// A device that enrolled after the copy was made: its token is not known any more, but the desk's own certificate says
    /// that it was confirmed, with which keys and for what.
    pub(crate) fn admit_by_certificate(&self, request: &EnrolmentRequest, now: Timestamp) -> Result<bool, DeskError> {
        let said = match self.log_after(request.device, 0) {
            Err(DeskError::Relay(ErrorCode::RelayNotFound)) => return Ok(false),
            said => said?,
        };
        let certificate = said.iter().find_map(|(entry, _)| match &entry.kind {
            ControlKind::Certificate(bytes) => DeviceCertificate::verify(bytes, &self.signing.public()).ok(),
            _ => None,
        });
        let Some(own) = certificate.filter(|own| (own.sign, own.seal) == (request.sign, request.seal)) else {
            return Ok(false);
        };
        self.store.write(|tx| {
            if Enrolled::load(tx, request.device)?.is_some() {
                return Ok(false);
            }
            crate::enrolment::keep(tx, request, (&own.role, &own.site, &own.worker), now)?;
            Ok(true)
        })
    }
}

/// Entries of all logs, the oldest first: what was handed out last is in force, whichever device heard it. Each log stays in its
/// own order, also where the desk's clock was set back between two of its entries.
fn in_order<'a>(logs: impl IntoIterator<Item = impl Iterator<Item = &'a ControlEntry>>) -> Vec<&'a ControlEntry> {
    let mut said = Vec::new();
    for log in logs {
        let mut at = None;
        for entry in log {
            at = at.max(entry.at);
            said.push((at, entry));
        }
    }
    said.sort_by_key(|(at, _)| *at);
    said.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_meet_by_time_and_keep_their_own_order() {
        let entry = |device: u8, counter, at: Option<i64>| ControlEntry {
            device: DeviceId::from_bytes([device; 16]),
            counter,
            kind: ControlKind::Revoked,
            at: at.map(Timestamp::from_millis),
        };
        let one = [entry(1, 1, None), entry(1, 2, Some(20)), entry(1, 3, Some(5)), entry(1, 4, Some(30))];
        let other = [entry(2, 1, Some(10)), entry(2, 2, Some(25))];
        let order: Vec<_> =
            in_order([one.iter(), other.iter()]).iter().map(|it| (it.device.as_bytes()[0], it.counter)).collect();
        assert_eq!(order, [(1, 1), (2, 1), (1, 2), (1, 3), (2, 2), (1, 4)]);
    }
}
