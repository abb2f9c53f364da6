//! Items that come in pieces.

use tokio_postgres::{GenericClient, Transaction};
use wayside_model::DeviceId;

use super::super::{MOST_UPLOADS, Part, signed, unsigned};
use super::next;
use crate::RelayError;

/// Bytes held of an upload, from the start.
pub(super) async fn offset(c: &impl GenericClient, device: DeviceId, id: &[u8; 16]) -> Result<u64, RelayError> {
    let sql = "SELECT coalesce(sum(length(p.bytes)), 0)::bigint FROM part p JOIN upload u ON u.cursor = p.upload
               WHERE u.device = $1 AND u.id = $2";
    let row = c.query_one(sql, &[&device.as_bytes().as_slice(), &id.as_slice()]).await?;
    Ok(unsigned(row.try_get(0)?))
}

pub(super) async fn append(tx: &Transaction<'_>, device: DeviceId, part: &Part) -> Result<u64, RelayError> {
    let (owner, id) = (device.as_bytes().as_slice(), part.id.as_slice());
    // One call of a device at a time, whichever relay it is with.
    tx.execute("SELECT 1 FROM device WHERE id = $1 FOR UPDATE", &[&owner]).await?;
    if part.offset == 0 {
        forget(tx, device, &part.id).await?;
    }
    let held = offset(tx, device, &part.id).await?;
    if part.offset != held || part.bytes.is_empty() {
        return Ok(held);
    }
    let sql = "SELECT cursor FROM upload WHERE device = $1 AND id = $2";
    let upload: i64 = match tx.query_opt(sql, &[&owner, &id]).await? {
        Some(row) => row.try_get(0)?,
        None => begin(tx, device, part).await?,
    };
    tx.execute("INSERT INTO part (upload, start, bytes) VALUES ($1, $2, $3)", &[&upload, &signed(held), &part.bytes])
        .await?;
    charge(tx, device, part.bytes.len() as i64).await?;
    Ok(held + part.bytes.len() as u64)
}

async fn begin(tx: &Transaction<'_>, device: DeviceId, part: &Part) -> Result<i64, RelayError> {
    let owner = device.as_bytes().as_slice();
    let sql = "SELECT id FROM upload WHERE device = $1 ORDER BY cursor DESC OFFSET $2";
    for row in tx.query(sql, &[&owner, &(MOST_UPLOADS as i64 - 1)]).await? {
        forget(tx, device, &super::array(row.try_get(0)?)?).await?;
    }
    let cursor = next(tx, "upload").await?;
    let sql = "INSERT INTO upload (cursor, device, id) VALUES ($1, $2, $3)";
    tx.execute(sql, &[&cursor, &owner, &part.id.as_slice()]).await?;
    Ok(cursor)
}

pub(super) async fn bytes(c: &impl GenericClient, device: DeviceId, id: &[u8; 16]) -> Result<Vec<u8>, RelayError> {
    let sql = "SELECT p.bytes FROM part p JOIN upload u ON u.cursor = p.upload
               WHERE u.device = $1 AND u.id = $2 ORDER BY p.start";
    let mut whole = Vec::new();
    for row in c.query(sql, &[&device.as_bytes().as_slice(), &id.as_slice()]).await? {
        whole.extend_from_slice(row.try_get(0)?);
    }
    Ok(whole)
}

pub(super) async fn forget(tx: &Transaction<'_>, device: DeviceId, id: &[u8; 16]) -> Result<(), RelayError> {
    let held = offset(tx, device, id).await?;
    let sql = "DELETE FROM upload WHERE device = $1 AND id = $2";
    tx.execute(sql, &[&device.as_bytes().as_slice(), &id.as_slice()]).await?;
    charge(tx, device, -signed(held)).await
}

pub(super) async fn forget_all(tx: &Transaction<'_>, device: DeviceId) -> Result<(), RelayError> {
    for row in tx.query("SELECT id FROM upload WHERE device = $1", &[&device.as_bytes().as_slice()]).await? {
        forget(tx, device, &super::array(row.try_get(0)?)?).await?;
    }
    Ok(())
}

async fn charge(tx: &Transaction<'_>, device: DeviceId, bytes: i64) -> Result<(), RelayError> {
    let sql = "UPDATE device SET held = greatest(held + $2, 0) WHERE id = $1";
    tx.execute(sql, &[&device.as_bytes().as_slice(), &bytes]).await?;
    Ok(())
}
