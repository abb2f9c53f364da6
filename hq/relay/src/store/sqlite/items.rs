//! Sealed items, by device and id.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::DeviceId;

use super::super::{Deleted, HeldItem, HeldPage, Known, MOST_ITEM_BYTES, MOST_ITEMS, NewItem, Put, signed, unsigned};
use super::devices;
use crate::RelayError;

/// Keeps an item if nothing is there. What is there stays as it is.
pub(super) fn put(c: &Connection, device: DeviceId, item: &NewItem) -> Result<Put, RelayError> {
    let added = c
        .prepare_cached(
            "INSERT INTO item (id, device, sha256, len, bytes, in_blobs, carrier)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5 IS NULL, ?6) ON CONFLICT (device, id) DO NOTHING",
        )?
        .execute((
            item.id,
            device.as_bytes(),
            item.sha256,
            signed(item.len),
            &item.bytes,
            item.carrier.as_ref().map(DeviceId::as_bytes),
        ))?;
    if added == 1 {
        charge(c, device, item.carrier, signed(item.len))?;
        return Ok(Put::New);
    }
    let held: [u8; 32] = c
        .prepare_cached("SELECT sha256 FROM item WHERE device = ?1 AND id = ?2")?
        .query_row((device.as_bytes(), item.id), |row| row.get(0))?;
    Ok(if held == item.sha256 { Put::Duplicate } else { Put::Conflict })
}

fn charge(c: &Connection, device: DeviceId, carrier: Option<DeviceId>, bytes: i64) -> Result<(), RelayError> {
    match carrier {
        None => devices::charge(c, device, bytes),
        Some(carrier) => devices::charge_carrier(c, carrier, bytes),
    }
}

/// Items after `after`, in the order they came.
pub(super) fn page(c: &Connection, after: u64, limit: usize) -> Result<HeldPage, RelayError> {
    let limit = limit.clamp(1, MOST_ITEMS);
    let mut statement = c.prepare_cached(
        "SELECT cursor, device, sha256, len, bytes, carrier FROM item WHERE cursor > ?1 AND deleted = 0 ORDER BY cursor",
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
            carrier: row.get::<_, Option<[u8; 16]>>(5)?.map(DeviceId::from_bytes),
        });
    }
    Ok(page)
}

pub(super) fn known(c: &Connection, device: DeviceId, id: &[u8; 16]) -> Result<Option<Known>, RelayError> {
    let mut statement = c.prepare_cached("SELECT len, sha256, deleted FROM item WHERE device = ?1 AND id = ?2")?;
    let known = statement.query_row((device.as_bytes(), id), |row| {
        Ok(Known { len: unsigned(row.get(0)?), sha256: row.get(1)?, deleted: row.get(2)? })
    });
    Ok(known.optional()?)
}

/// Takes the bytes away; id, length and hash stay. Bytes that another device's item names, too, stay in the blob store.
pub(super) fn delete(c: &Connection, device: DeviceId, id: &[u8; 16]) -> Result<Option<Deleted>, RelayError> {
    let place = (device.as_bytes(), id);
    let held = c
        .prepare_cached("SELECT sha256, in_blobs, deleted FROM item WHERE device = ?1 AND id = ?2")?
        .query_row(place, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((sha256, in_blobs, deleted)): Option<([u8; 32], bool, bool)> = held else { return Ok(None) };
    if !deleted {
        let sql = "UPDATE item SET bytes = NULL, deleted = 1 WHERE device = ?1 AND id = ?2 RETURNING len, carrier";
        let (len, carrier): (i64, Option<[u8; 16]>) = c.query_row(sql, place, |row| Ok((row.get(0)?, row.get(1)?)))?;
        charge(c, device, carrier.map(DeviceId::from_bytes), -len)?;
    }
    let shared = "SELECT 1 FROM item WHERE sha256 = ?1 AND in_blobs AND deleted = 0";
    let in_blobs = in_blobs && !c.prepare_cached(shared)?.exists([sha256])?;
    Ok(Some(Deleted { sha256, in_blobs }))
}
