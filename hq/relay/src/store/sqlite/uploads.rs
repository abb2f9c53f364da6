//! Items that come in pieces. The pieces of one upload follow each other without a gap.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::DeviceId;

use super::super::{MOST_UPLOADS, Part, signed, unsigned};
use super::devices;
use crate::RelayError;

/// Bytes held of an upload, from the start.
pub(super) fn offset(c: &Connection, device: DeviceId, id: &[u8; 16]) -> Result<u64, RelayError> {
    let held: i64 = c
        .prepare_cached(
            "SELECT coalesce(sum(length(p.bytes)), 0) FROM part p JOIN upload u ON u.cursor = p.upload
             WHERE u.device = ?1 AND u.id = ?2",
        )?
        .query_row((device.as_bytes(), id), |row| row.get(0))?;
    Ok(unsigned(held))
}

pub(super) fn append(c: &Connection, device: DeviceId, part: &Part) -> Result<u64, RelayError> {
    if part.offset == 0 {
        forget(c, device, &part.id)?;
    }
    let held = offset(c, device, &part.id)?;
    if part.offset != held || part.bytes.is_empty() {
        return Ok(held);
    }
    let begun: Option<i64> = c
        .prepare_cached("SELECT cursor FROM upload WHERE device = ?1 AND id = ?2")?
        .query_row((device.as_bytes(), part.id), |row| row.get(0))
        .optional()?;
    let upload = match begun {
        Some(cursor) => cursor,
        None => begin(c, device, part)?,
    };
    c.prepare_cached("INSERT INTO part (upload, start, bytes) VALUES (?1, ?2, ?3)")?.execute((
        upload,
        signed(held),
        &part.bytes,
    ))?;
    devices::charge(c, device, part.bytes.len() as i64)?;
    Ok(held + part.bytes.len() as u64)
}

fn begin(c: &Connection, device: DeviceId, part: &Part) -> Result<i64, RelayError> {
    let open: Vec<[u8; 16]> = c
        .prepare_cached("SELECT id FROM upload WHERE device = ?1 ORDER BY cursor DESC LIMIT -1 OFFSET ?2")?
        .query_map((device.as_bytes(), MOST_UPLOADS as i64 - 1), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    open.iter().try_for_each(|id| forget(c, device, id))?;
    c.prepare_cached("INSERT INTO upload (device, id) VALUES (?1, ?2)")?.execute((device.as_bytes(), part.id))?;
    Ok(c.last_insert_rowid())
}

pub(super) fn bytes(c: &Connection, device: DeviceId, id: &[u8; 16]) -> Result<Vec<u8>, RelayError> {
    let mut statement = c.prepare_cached(
        "SELECT p.bytes FROM part p JOIN upload u ON u.cursor = p.upload
         WHERE u.device = ?1 AND u.id = ?2 ORDER BY p.start",
    )?;
    let parts = statement.query_map((device.as_bytes(), id), |row| row.get::<_, Vec<u8>>(0))?;
    let mut whole = Vec::new();
    for part in parts {
        whole.extend_from_slice(&part?);
    }
    Ok(whole)
}

pub(super) fn forget(c: &Connection, device: DeviceId, id: &[u8; 16]) -> Result<(), RelayError> {
    let held = offset(c, device, id)?;
    c.prepare_cached("DELETE FROM upload WHERE device = ?1 AND id = ?2")?.execute((device.as_bytes(), id))?;
    devices::charge(c, device, -signed(held))
}

pub(super) fn forget_all(c: &Connection, device: DeviceId) -> Result<(), RelayError> {
    let open: Vec<[u8; 16]> = c
        .prepare("SELECT id FROM upload WHERE device = ?1")?
        .query_map((device.as_bytes(),), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    open.iter().try_for_each(|id| forget(c, device, id))
}
