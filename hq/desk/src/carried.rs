//! What one device carries to the relay for another. It counts as if its owner had brought it. Whoever carried it hears of the
//! receipt in the log of its own, and may then let it go.

use rusqlite::Connection;
use wayside_model::{DeviceId, Timestamp};
use wayside_seal::{ControlKind, Header, ItemKind, sha256};
use wayside_sync::wire;

use crate::{Desk, DeskError, control_log, items};

/// Keeps an item as the relay names it, once. Returns whether it is new.
pub(crate) fn keep(tx: &Connection, item: &wire::StoredItem, now: Timestamp) -> Result<bool, DeskError> {
    let hash = sha256(&item.bytes);
    let new = match item.carrier {
        None => items::keep(tx, item.device, &item.bytes, now)?,
        Some(carrier) => {
            if Header::read(&item.bytes).is_ok_and(|header| header.kind == ItemKind::Envelope) {
                tx.prepare_cached(
                    "INSERT INTO carried (carrier, device, sha256) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                )?
                .execute((carrier.as_bytes(), item.device.as_bytes(), hash))?;
            }
            items::keep_silently(tx, item.device, &item.bytes, now)?
        }
    };
    let was_erased = "SELECT 1 FROM item WHERE device = ?1 AND sha256 = ?2 AND erased = 1";
    if !new && tx.prepare_cached(was_erased)?.exists((item.device.as_bytes(), hash))? {
        // It comes again, by whomever, and goes from the relay again.
        delete_at_the_relay(tx, item.device, &hash)?;
    }
    Ok(new)
}

/// Has the relay delete an item with the next call that reaches it: as its device brought it, and as each carrier did.
pub(crate) fn delete_at_the_relay(tx: &Connection, device: DeviceId, sha256: &[u8; 32]) -> Result<(), DeskError> {
    let place = (device.as_bytes(), sha256);
    let own = "INSERT INTO relay_delete (device, id) SELECT device, id FROM item WHERE device = ?1 AND sha256 = ?2
               ON CONFLICT DO NOTHING";
    tx.prepare_cached(own)?.execute(place)?;
    let carriers: Vec<[u8; 16]> = tx
        .prepare_cached("SELECT carrier FROM carried WHERE device = ?1 AND sha256 = ?2")?
        .query_map(place, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for carrier in carriers {
        let name = wire::carried_name(DeviceId::from_bytes(carrier), &wire::carried_id(sha256));
        tx.prepare_cached("INSERT INTO relay_delete (device, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute((device.as_bytes(), name))?;
    }
    Ok(())
}

/// Remembers that a carrier was told.
pub(crate) fn note_told(tx: &Connection, carrier: DeviceId, device: DeviceId, counter: u64) -> Result<(), DeskError> {
    let insert = "INSERT INTO carried_told (carrier, device, counter) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    tx.prepare_cached(insert)?.execute((carrier.as_bytes(), device.as_bytes(), counter))?;
    Ok(())
}

impl Desk {
    /// Tells carriers of the receipts for what they carried. Only of receipts the relay has: an entry that is on its way to
    /// its owner by two ways has to be the same on both, also where the desk is put back from a copy in between. Returns
    /// whether there is something to post.
    pub(crate) fn tell_carriers(&self) -> Result<bool, DeskError> {
        self.store.write(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT DISTINCT c.carrier, c.device, r.counter, k.bytes FROM carried c
                 JOIN receipt r ON r.device = c.device AND r.sha256 = c.sha256
                 JOIN control k ON k.device = r.device AND k.counter = r.counter AND k.posted = 1
                 JOIN device d ON d.id = c.carrier
                 WHERE c.told = 0 AND NOT EXISTS (SELECT 1 FROM carried_told t
                     WHERE t.carrier = c.carrier AND t.device = c.device AND t.counter = r.counter)
                 ORDER BY c.carrier, c.device, r.counter",
            )?;
            let rows = statement.query_map([], |row| {
                let (carrier, device) = (DeviceId::from_bytes(row.get(0)?), DeviceId::from_bytes(row.get(1)?));
                Ok((carrier, device, row.get(2)?, row.get(3)?))
            })?;
            let due: Vec<(DeviceId, DeviceId, u64, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
            for (carrier, device, counter, entry) in &due {
                let kind = ControlKind::Carried { device: *device, entry: entry.clone() };
                control_log::append(tx, &self.signing, *carrier, kind)?;
                note_told(tx, *carrier, *device, *counter)?;
            }
            tx.execute(
                "UPDATE carried SET told = 1 WHERE told = 0 AND EXISTS (SELECT 1 FROM receipt r
                     JOIN carried_told t ON t.device = r.device AND t.counter = r.counter
                     WHERE r.device = carried.device AND r.sha256 = carried.sha256 AND t.carrier = carried.carrier)",
                [],
            )?;
            Ok(!due.is_empty())
        })
    }
}
