//! Control logs: signed entries for one device, counted from 1 without gaps.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::DeviceId;
use wayside_sync::wire::{ControlItem, ControlPage};

use super::super::{MOST_CONTROL, MOST_CONTROL_BYTES, PutControl, signed, unsigned};
use super::devices;
use crate::RelayError;

/// Appends an entry.
pub(super) fn put(c: &Connection, device: DeviceId, counter: u64, bytes: &[u8]) -> Result<PutControl, RelayError> {
    if !devices::is_known(c, device)? {
        return Ok(PutControl::NoDevice);
    }
    let held: Option<Vec<u8>> = c
        .query_row(
            "SELECT bytes FROM control WHERE device = ?1 AND counter = ?2",
            (device.as_bytes(), signed(counter)),
            |row| row.get(0),
        )
        .optional()?;
    if let Some(held) = held {
        return Ok(if held == bytes { PutControl::Duplicate } else { PutControl::Conflict });
    }
    let last: i64 =
        c.query_row("SELECT coalesce(max(counter), 0) FROM control WHERE device = ?1", (device.as_bytes(),), |row| {
            row.get(0)
        })?;
    if signed(counter) != last + 1 {
        return Ok(PutControl::OutOfOrder);
    }
    c.execute(
        "INSERT INTO control (device, counter, bytes) VALUES (?1, ?2, ?3)",
        (device.as_bytes(), signed(counter), bytes),
    )?;
    Ok(PutControl::New)
}

/// Entries of `device` above `after`.
pub(super) fn page(c: &Connection, device: DeviceId, after: u64) -> Result<ControlPage, RelayError> {
    let mut statement =
        c.prepare_cached("SELECT counter, bytes FROM control WHERE device = ?1 AND counter > ?2 ORDER BY counter")?;
    let mut rows = statement.query((device.as_bytes(), signed(after)))?;
    let mut page = ControlPage { entries: Vec::new(), more: false };
    let mut size = 0;
    while let Some(row) = rows.next()? {
        if page.entries.len() == MOST_CONTROL || size >= MOST_CONTROL_BYTES {
            page.more = true;
            break;
        }
        let bytes: Vec<u8> = row.get(1)?;
        size += bytes.len();
        page.entries.push(ControlItem { counter: unsigned(row.get(0)?), bytes });
    }
    Ok(page)
}
