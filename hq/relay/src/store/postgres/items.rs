//! Sealed items, by id.

use tokio_postgres::{Client, Transaction};

use super::super::{Deleted, HeldItem, HeldPage, MOST_ITEM_BYTES, MOST_ITEMS, signed, unsigned};
use super::{array, device_id};
use crate::RelayError;

/// Items after `after`, in the order they came. The window sum ends the page by size before the bytes travel.
pub(super) async fn page(client: &Client, after: u64, limit: usize) -> Result<HeldPage, RelayError> {
    let limit = limit.clamp(1, MOST_ITEMS);
    let sql = "WITH next AS (
                   SELECT cursor, id, len FROM item WHERE cursor > $1 AND NOT deleted ORDER BY cursor LIMIT $2
               ), sized AS (
                   SELECT cursor, id, coalesce(sum(len) OVER (ORDER BY cursor ROWS BETWEEN UNBOUNDED PRECEDING
                       AND 1 PRECEDING), 0)::bigint AS before, row_number() OVER (ORDER BY cursor) AS place
                   FROM next
               )
               SELECT s.cursor, i.device, i.sha256, i.bytes, (SELECT count(*) FROM sized) AS found
               FROM sized s JOIN item i USING (id)
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
            })
        })
        .collect::<Result<Vec<_>, RelayError>>()?;
    Ok(HeldPage { more: (items.len() as i64) < found, items })
}

/// Length and hash, also of a deleted one.
pub(super) async fn known(client: &Client, id: &[u8; 16]) -> Result<Option<(u64, [u8; 32])>, RelayError> {
    let row = client.query_opt("SELECT len, sha256 FROM item WHERE id = $1", &[&id.as_slice()]).await?;
    row.map(|row| Ok((unsigned(row.try_get(0)?), array(row.try_get(1)?)?))).transpose()
}

/// Takes the bytes away; id, length and hash stay.
pub(super) async fn delete(tx: &Transaction<'_>, id: &[u8; 16]) -> Result<Option<Deleted>, RelayError> {
    let id = id.as_slice();
    let sql = "SELECT device, sha256, len, in_blobs, deleted FROM item WHERE id = $1 FOR UPDATE";
    let Some(row) = tx.query_opt(sql, &[&id]).await? else { return Ok(None) };
    if !row.try_get::<_, bool>(4)? {
        let (device, len): (&[u8], i64) = (row.try_get(0)?, row.try_get(2)?);
        tx.execute("UPDATE item SET bytes = NULL, deleted = true WHERE id = $1", &[&id]).await?;
        tx.execute("UPDATE device SET held = greatest(held - $2, 0) WHERE id = $1", &[&device, &len]).await?;
    }
    Ok(Some(Deleted { sha256: array(row.try_get(1)?)?, in_blobs: row.try_get(3)? }))
}
