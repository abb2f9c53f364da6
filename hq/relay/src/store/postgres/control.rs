//! Control logs: signed entries for one device, counted from 1 without gaps.

use tokio_postgres::{Client, Transaction};
use wayside_model::DeviceId;
use wayside_sync::wire::{ControlItem, ControlPage};

use super::super::{MOST_CONTROL, MOST_CONTROL_BYTES, PutControl, signed, unsigned};
use crate::RelayError;

/// Appends an entry.
pub(super) async fn put(
    tx: &Transaction<'_>,
    device: DeviceId,
    counter: u64,
    bytes: &Vec<u8>,
) -> Result<PutControl, RelayError> {
    let (device, counter) = (device.as_bytes().as_slice(), signed(counter));
    // The device's row is the lock under which its log grows.
    if tx.query_opt("SELECT 1 FROM device WHERE id = $1 FOR UPDATE", &[&device]).await?.is_none() {
        return Ok(PutControl::NoDevice);
    }
    let sql = "SELECT bytes FROM control WHERE device = $1 AND counter = $2";
    if let Some(row) = tx.query_opt(sql, &[&device, &counter]).await? {
        let same = row.try_get::<_, &[u8]>(0)? == bytes.as_slice();
        return Ok(if same { PutControl::Duplicate } else { PutControl::Conflict });
    }
    let sql = "SELECT coalesce(max(counter), 0) FROM control WHERE device = $1";
    let last: i64 = tx.query_one(sql, &[&device]).await?.try_get(0)?;
    if counter != last + 1 {
        return Ok(PutControl::OutOfOrder);
    }
    let sql = "INSERT INTO control (device, counter, bytes) VALUES ($1, $2, $3)";
    tx.execute(sql, &[&device, &counter, bytes]).await?;
    Ok(PutControl::New)
}

/// Entries of `device` above `after`.
pub(super) async fn page(client: &Client, device: DeviceId, after: u64) -> Result<ControlPage, RelayError> {
    let sql = "SELECT counter, bytes FROM control WHERE device = $1 AND counter > $2 ORDER BY counter LIMIT $3";
    let limit = MOST_CONTROL as i64 + 1;
    let rows = client.query(sql, &[&device.as_bytes().as_slice(), &signed(after), &limit]).await?;
    let mut page = ControlPage { entries: Vec::new(), more: false };
    let mut size = 0;
    for row in rows {
        if page.entries.len() == MOST_CONTROL || size >= MOST_CONTROL_BYTES {
            page.more = true;
            break;
        }
        let bytes: Vec<u8> = row.try_get(1)?;
        size += bytes.len();
        page.entries.push(ControlItem { counter: unsigned(row.try_get(0)?), bytes });
    }
    Ok(page)
}
