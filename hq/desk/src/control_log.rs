//! The signed control log: entries are stored first, then given to the relay, in their order, until it has them.

use rusqlite::Connection;
use wayside_model::{Coded, DeviceId, ErrorCode};
use wayside_seal::{ControlEntry, ControlKind, SigningKey};
use wayside_sync::wire;

use crate::{Desk, DeskError};

/// Signs and stores the next entry of a device's log. To be called inside the transaction it belongs to. Returns its number.
pub(crate) fn append(
    connection: &Connection,
    signing: &SigningKey,
    device: DeviceId,
    kind: ControlKind,
) -> Result<u64, DeskError> {
    let counter: u64 = connection
        .prepare_cached("SELECT coalesce(max(counter), 0) + 1 FROM control WHERE device = ?1")?
        .query_row([device.as_bytes()], |row| row.get(0))?;
    let at = Some(crate::routes::now().rounded());
    let bytes = ControlEntry { device, counter, kind, at }.sign(signing)?;
    connection.prepare_cached("INSERT INTO control (device, counter, bytes) VALUES (?1, ?2, ?3)")?.execute((
        device.as_bytes(),
        counter,
        bytes,
    ))?;
    Ok(counter)
}

/// What a round of posting did.
#[derive(Default)]
pub(crate) struct Posted {
    /// Records whose receipts the relay has now.
    pub(crate) receipts: u64,
    /// Devices whose log could not be posted, and why.
    pub(crate) failed: Vec<(DeviceId, ErrorCode)>,
}

impl Posted {
    /// What another round did. A device whose log still cannot be posted counts once.
    pub(crate) fn add(&mut self, more: Self) {
        self.receipts += more.receipts;
        let known: Vec<DeviceId> = self.failed.iter().map(|(device, _)| *device).collect();
        self.failed.extend(more.failed.into_iter().filter(|(device, _)| !known.contains(device)));
    }
}

impl Desk {
    /// Posts what the relay does not have yet. One device's trouble does not hold up another's log.
    pub(crate) fn post_control(&self) -> Result<Posted, DeskError> {
        let waiting: Vec<(DeviceId, u64, Vec<u8>)> = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT device, counter, bytes FROM control WHERE posted = 0 ORDER BY device, counter",
            )?;
            let rows =
                statement.query_map([], |row| Ok((DeviceId::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut posted = Posted::default();
        for (device, counter, bytes) in waiting {
            if posted.failed.iter().any(|(failed, _)| *failed == device) {
                continue;
            }
            match self.client.write("PUT", &wire::desk_control(device, counter), &bytes) {
                Ok(()) => posted.receipts += self.mark_posted(device, counter)?,
                Err(error @ DeskError::Relay(_)) => posted.failed.push((device, error.code())),
                Err(other) => return Err(other),
            }
        }
        Ok(posted)
    }

    /// Returns how many records the entry is a receipt for.
    fn mark_posted(&self, device: DeviceId, counter: u64) -> Result<u64, DeskError> {
        self.store.write(|tx| {
            tx.execute(
                "UPDATE control SET posted = 1 WHERE device = ?1 AND counter = ?2",
                (device.as_bytes(), counter),
            )?;
            Ok(tx.query_row(
                "SELECT count(*) FROM receipt WHERE device = ?1 AND counter = ?2",
                (device.as_bytes(), counter),
                |row| row.get(0),
            )?)
        })
    }
}
