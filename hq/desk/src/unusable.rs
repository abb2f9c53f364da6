//! What HQ has of a device and cannot use: a seal that does not open, content that is no event, a second envelope of one
//! number, a chain that a checkpoint contradicts. The desk keeps it and tells the device, once for each, so that a person
//! there sees it too.

use std::collections::BTreeSet;

use rusqlite::Connection;
use wayside_model::{DeviceId, ErrorCode};
use wayside_seal::{ControlKind, SigningKey};

use crate::{DeskError, control_log};

/// Tells the device of what is of no use in one of its epochs, as far as it is in `own`, the hashes of what it did seal: what
/// was changed on the way it sends again by itself. What waits for others (a gap), and what a revoked device sends, is not
/// told.
pub(crate) fn tell(
    tx: &Connection,
    signing: &SigningKey,
    device: DeviceId,
    epoch: u32,
    own: &BTreeSet<[u8; 32]>,
) -> Result<(), DeskError> {
    let mut statement = tx.prepare_cached(
        "SELECT r.sha256, r.event, r.problem FROM record r
         WHERE r.device = ?1 AND r.epoch = ?2 AND r.state = 2 AND r.problem NOT IN (?3, ?4)
           AND NOT EXISTS (SELECT 1 FROM set_aside s WHERE s.device = r.device AND s.id = r.event)
         ORDER BY r.seq, r.event",
    )?;
    let (gap, revoked) = (ErrorCode::DeskGap.as_str(), ErrorCode::DeskRevoked.as_str());
    let rows = statement
        .query_map((device.as_bytes(), epoch, gap, revoked), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let found: Vec<([u8; 32], [u8; 16], String)> = rows.collect::<Result<_, _>>()?;
    for (_, id, code) in found.into_iter().filter(|(sha256, ..)| own.contains(sha256)) {
        let kind = ControlKind::SetAside { id, code: code.clone() };
        let counter = control_log::append(tx, signing, device, kind)?;
        note(tx, device, &id, &code, counter)?;
    }
    Ok(())
}

/// Remembers that it was told.
pub(crate) fn note(
    tx: &Connection,
    device: DeviceId,
    id: &[u8; 16],
    code: &str,
    counter: u64,
) -> Result<(), DeskError> {
    let insert = "INSERT INTO set_aside (device, id, code, counter) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    tx.prepare_cached(insert)?.execute((device.as_bytes(), id, code, counter))?;
    Ok(())
}
