//! Sealed items, by id.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::DeviceId;
use wayside_sync::wire::{ItemPage, StoredItem};

use super::{Put, signed, unsigned};
use crate::RelayError;

/// Items of one page, whatever is asked for.
const MOST_ITEMS: usize = 500;
/// Bytes after which a page ends.
const MOST_BYTES: usize = 4 << 20;

/// Keeps `bytes` under `id` if nothing is there. What is there stays as it is.
pub(crate) fn put(
    connection: &Connection,
    id: &[u8; 16],
    device: DeviceId,
    bytes: &[u8],
    sha256: &[u8; 32],
) -> Result<Put, RelayError> {
    let held: Option<[u8; 32]> = connection
        .prepare_cached("SELECT sha256 FROM item WHERE id = ?1")?
        .query_row((id,), |row| row.get(0))
        .optional()?;
    match held {
        Some(held) if held == *sha256 => Ok(Put::Duplicate),
        Some(_) => Ok(Put::Conflict),
        None => {
            connection
                .prepare_cached("INSERT INTO item (id, device, sha256, bytes) VALUES (?1, ?2, ?3, ?4)")?
                .execute((id, device.as_bytes(), sha256, bytes))?;
            Ok(Put::New)
        }
    }
}

/// Items after `after`, in the order they came.
pub(crate) fn page(connection: &Connection, after: u64, limit: usize) -> Result<ItemPage, RelayError> {
    let limit = limit.clamp(1, MOST_ITEMS);
    let mut statement =
        connection.prepare_cached("SELECT cursor, device, bytes FROM item WHERE cursor > ?1 ORDER BY cursor")?;
    let mut rows = statement.query((signed(after),))?;
    let mut page = ItemPage { items: Vec::new(), more: false };
    let mut size = 0;
    while let Some(row) = rows.next()? {
        if page.items.len() == limit || size >= MOST_BYTES {
            page.more = true;
            break;
        }
        let bytes: Vec<u8> = row.get(2)?;
        size += bytes.len();
        let device = DeviceId::from_bytes(row.get(1)?);
        page.items.push(StoredItem { cursor: unsigned(row.get(0)?), device, bytes });
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::empty;

    fn world() -> (Connection, DeviceId) {
        let connection = empty();
        let device = DeviceId::from_bytes([1; 16]);
        super::super::devices::add(&connection, device, &[9; 32]).unwrap();
        (connection, device)
    }

    #[test]
    fn put_if_absent() {
        let (connection, device) = world();
        let put = |id: u8, body: &[u8]| {
            let sha256 = wayside_seal::sha256(body);
            super::put(&connection, &[id; 16], device, body, &sha256).unwrap()
        };
        assert_eq!(put(1, b"one"), Put::New);
        assert_eq!(put(1, b"one"), Put::Duplicate);
        assert_eq!(put(1, b"two"), Put::Conflict);
        assert_eq!(put(2, b"one"), Put::New, "equal bodies under two ids are two items");
        let page = page(&connection, 0, 10).unwrap();
        assert_eq!(page.items.iter().map(|item| item.bytes.as_slice()).collect::<Vec<_>>(), [b"one", b"one"]);
    }

    #[test]
    fn pages_end_by_number_and_by_size_and_miss_nothing() {
        let (connection, device) = world();
        for n in 0..13_u8 {
            put(&connection, &[n; 16], device, &vec![n; 700_000], &[n; 32]).unwrap();
        }
        for limit in [1, 4, 500, 0, usize::MAX] {
            let (mut after, mut seen) = (0, Vec::new());
            loop {
                let page = page(&connection, after, limit).unwrap();
                assert!(page.items.len() <= 7, "a page grew to {} items", page.items.len());
                after = page.items.last().map_or(after, |item| item.cursor);
                seen.extend(page.items.iter().map(|item| item.bytes[0]));
                if !page.more {
                    break;
                }
            }
            assert_eq!(seen, (0..13).collect::<Vec<_>>());
        }
    }
}
