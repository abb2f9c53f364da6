//! Sealed items, by id.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::DeviceId;

use super::super::{Deleted, HeldItem, HeldPage, MOST_ITEM_BYTES, MOST_ITEMS, NewItem, Put, signed, unsigned};
use super::devices;
use crate::RelayError;

/// Keeps an item if nothing is there. What is there stays as it is.
pub(super) fn put(c: &Connection, device: DeviceId, item: &NewItem) -> Result<Put, RelayError> {
    let added = c
        .prepare_cached(
            "INSERT INTO item (id, device, sha256, len, bytes, in_blobs) VALUES (?1, ?2, ?3, ?4, ?5, ?5 IS NULL)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute((item.id, device.as_bytes(), item.sha256, signed(item.len), &item.bytes))?;
    if added == 1 {
        devices::charge(c, device, signed(item.len))?;
        return Ok(Put::New);
    }
    let held: [u8; 32] =
        c.prepare_cached("SELECT sha256 FROM item WHERE id = ?1")?.query_row((item.id,), |row| row.get(0))?;
    Ok(if held == item.sha256 { Put::Duplicate } else { Put::Conflict })
}

/// Items after `after`, in the order they came.
pub(super) fn page(c: &Connection, after: u64, limit: usize) -> Result<HeldPage, RelayError> {
    let limit = limit.clamp(1, MOST_ITEMS);
    let mut statement = c.prepare_cached(
        "SELECT cursor, device, sha256, len, bytes FROM item WHERE cursor > ?1 AND deleted = 0 ORDER BY cursor",
    )?;
    let mut rows = statement.query((signed(after),))?;
    let mut page = HeldPage { items: Vec::new(), more: false };
    let mut size = 0;
    while let Some(row) = rows.next()? {
        if page.items.len() == limit || size >= MOST_ITEM_BYTES {
            page.more = true;
            break;
        }
        size += unsigned(row.get(3)?);
        page.items.push(HeldItem {
            cursor: unsigned(row.get(0)?),
            device: DeviceId::from_bytes(row.get(1)?),
            sha256: row.get(2)?,
            bytes: row.get(4)?,
        });
    }
    Ok(page)
}

/// Length and hash, also of a deleted one.
pub(super) fn known(c: &Connection, id: &[u8; 16]) -> Result<Option<(u64, [u8; 32])>, RelayError> {
    let mut statement = c.prepare_cached("SELECT len, sha256 FROM item WHERE id = ?1")?;
    Ok(statement.query_row((id,), |row| Ok((unsigned(row.get(0)?), row.get(1)?))).optional()?)
}

/// Takes the bytes away; id, length and hash stay.
pub(super) fn delete(c: &Connection, id: &[u8; 16]) -> Result<Option<Deleted>, RelayError> {
    type Row = ([u8; 16], [u8; 32], i64, bool, bool);
    let held: Option<Row> = c
        .prepare_cached("SELECT device, sha256, len, in_blobs, deleted FROM item WHERE id = ?1")?
        .query_row((id,), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .optional()?;
    let Some((device, sha256, len, in_blobs, deleted)) = held else { return Ok(None) };
    if !deleted {
        c.execute("UPDATE item SET bytes = NULL, deleted = 1 WHERE id = ?1", (id,))?;
        devices::charge(c, DeviceId::from_bytes(device), -len)?;
    }
    Ok(Some(Deleted { sha256, in_blobs }))
}
