//! Sealed items, by device and id.

use tokio_postgres::{Client, Transaction};
use wayside_model::DeviceId;

use super::super::{Deleted, HeldItem, HeldPage, Known, MOST_ITEM_BYTES, MOST_ITEMS, signed, unsigned};
use super::{array, device_id};
use crate::RelayError;

/// Items after `after`, in the order they came. The window sum ends the page by size before the bytes travel.
pub(super) async fn page(client: &Client, after: u64, limit: usize) -> Result<HeldPage, RelayError> {
    let limit = limit.clamp(1, MOST_ITEMS);
    let sql = "WITH next AS (
                   SELECT cursor, device, id, len FROM item WHERE cursor > $1 AND NOT deleted ORDER BY cursor LIMIT $2
               ), sized AS (
                   SELECT cursor, device, id, coalesce(sum(len) OVER (ORDER BY cursor ROWS BETWEEN UNBOUNDED PRECEDING
                       AND 1 PRECEDING), 0)::bigint AS before, row_number() OVER (ORDER BY cursor) AS place
                   FROM next
               )
               SELECT s.cursor, i.device, i.sha256, i.bytes, (SELECT count(*) FROM sized) AS found, i.carrier
               FROM sized s JOIN item i USING (device, id)
               WHERE s.before < $3 AND s.place <= $4 AND NOT i.deleted ORDER BY s.cursor";
    let rows =
        client.query(sql, &[&signed(after), &(limit as i64 + 1), &signed(MOST_ITEM_BYTES), &(limit as i64)]).await?;
    let found = rows.first().map(|row| row.try_get::<_, i64>(4)).transpose()?.unwrap_or(0);
    let items = rows
        .iter()
        .map(|row| {
            Ok(HeldItem {
                cursor: unsigned(row.try_get(0)?),
                device: device_id(row.try_get(1)?)?,
                sha256: array(row.try_get(2)?)?,
                bytes: row.try_get(3)?,
                carrier: row.try_get::<_, Option<&[u8]>>(5)?.map(device_id).transpose()?,
            })
        })
        .collect::<Result<Vec<_>, RelayError>>()?;
    Ok(HeldPage { more: (items.len() as i64) < found, items })
}

pub(super) async fn known(client: &Client, device: DeviceId, id: &[u8; 16]) -> Result<Option<Known>, RelayError> {
    let sql = "SELECT len, sha256, deleted FROM item WHERE device = $1 AND id = $2";
    let row = client.query_opt(sql, &[&device.as_bytes().as_slice(), &id.as_slice()]).await?;
    let known = |row: tokio_postgres::Row| {
        Ok(Known { len: unsigned(row.try_get(0)?), sha256: array(row.try_get(1)?)?, deleted: row.try_get(2)? })
    };
    row.map(known).transpose()
}

/// Takes the bytes away; id, length and hash stay. Bytes that another device's item names, too, stay in the blob store.
pub(super) async fn delete(
    tx: &Transaction<'_>,
    device: DeviceId,
    id: &[u8; 16],
) -> Result<Option<Deleted>, RelayError> {
    let (device, id) = (device.as_bytes().as_slice(), id.as_slice());
    let sql = "SELECT sha256, len, in_blobs, deleted, carrier FROM item WHERE device = $1 AND id = $2 FOR UPDATE";
    let Some(row) = tx.query_opt(sql, &[&device, &id]).await? else { return Ok(None) };
    let sha256: [u8; 32] = array(row.try_get(0)?)?;
    if !row.try_get::<_, bool>(3)? {
        let len: i64 = row.try_get(1)?;
        tx.execute("UPDATE item SET bytes = NULL, deleted = true WHERE device = $1 AND id = $2", &[&device, &id])
            .await?;
        match row.try_get::<_, Option<&[u8]>>(4)? {
            None => {
                let sql = "UPDATE device SET held = greatest(held - $2, 0) WHERE id = $1";
                tx.execute(sql, &[&device, &len]).await?
            }
            Some(carrier) => {
                let sql = "UPDATE device SET carried = greatest(carried - $2, 0) WHERE id = $1";
                tx.execute(sql, &[&carrier, &len]).await?
            }
        };
    }
    let shared = "SELECT 1 FROM item WHERE sha256 = $1 AND in_blobs AND NOT deleted LIMIT 1";
    let in_blobs = row.try_get(2)? && tx.query_opt(shared, &[&sha256.as_slice()]).await?.is_none();
    Ok(Some(Deleted { sha256, in_blobs }))
}
