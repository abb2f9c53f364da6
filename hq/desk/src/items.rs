//! What came from the relay, kept as it came.

use rusqlite::Connection;
use wayside_model::{DeviceId, ErrorCode, Timestamp};
use wayside_seal::{Header, ItemKind, sha256};

use crate::DeskError;

/// How the kind stands in the database; 0 for bytes that are no item.
pub(crate) const fn kind_number(kind: Option<ItemKind>) -> u8 {
    match kind {
        None => 0,
        Some(ItemKind::EpochHeader) => 1,
        Some(ItemKind::Envelope) => 2,
        Some(ItemKind::Checkpoint) => 3,
    }
}

/// Keeps an item, once, and notes that its device was heard. Returns whether it is new.
pub(crate) fn keep(connection: &Connection, device: DeviceId, bytes: &[u8], now: Timestamp) -> Result<bool, DeskError> {
    let new = keep_silently(connection, device, bytes, now)?;
    connection
        .prepare_cached(
            "UPDATE device SET heard_at = max(heard_at, ?2), said_before = max(said_before,
                (SELECT coalesce(max(counter), 0) FROM control WHERE device = ?1 AND posted = 1)) WHERE id = ?1",
        )?
        .execute((device.as_bytes(), now.as_millis()))?;
    Ok(new)
}

/// The same for one that somebody else brought: nothing was heard of its device itself.
pub(crate) fn keep_silently(
    connection: &Connection,
    device: DeviceId,
    bytes: &[u8],
    now: Timestamp,
) -> Result<bool, DeskError> {
    let header = Header::read(bytes).ok();
    let kind = header.map(|header| header.kind);
    let problem = header.is_none().then_some(ErrorCode::SealMalformed.as_str());
    let (epoch, seq, id) = header.map_or((0, 0, [0; 16]), |header| (header.device_epoch, header.seq, header.id));
    let new = connection
        .prepare_cached(
            "INSERT INTO item (device, sha256, kind, epoch, seq, id, bytes, at, done, problem)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (device, sha256) DO NOTHING",
        )?
        .execute((
            device.as_bytes(),
            sha256(bytes),
            kind_number(kind),
            epoch,
            seq,
            id,
            bytes,
            now.as_millis(),
            header.is_none(),
            problem,
        ))?;
    Ok(new == 1)
}
