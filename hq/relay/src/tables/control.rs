//! Control logs: signed entries for one device, counted from 1 without gaps.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::DeviceId;
use wayside_sync::wire::{ControlItem, ControlPage};

use super::{signed, unsigned};
use crate::RelayError;

/// Entries of one page.
const MOST: usize = 100;
/// Bytes after which a page ends: small, because it goes over a phone's link and there is no going on in the middle.
const MOST_BYTES: usize = 64 << 10;

/// What came of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PutControl {
    /// It is the next one.
    New,
    /// The very same is there.
    Duplicate,
    /// Another entry has this number; it stays.
    Conflict,
    /// It is not the next one: a device would wait for the gap for ever.
    OutOfOrder,
}

/// Appends an entry.
pub(crate) fn put(
    connection: &Connection,
    device: DeviceId,
    counter: u64,
    bytes: &[u8],
) -> Result<PutControl, RelayError> {
    let held: Option<Vec<u8>> = connection
        .query_row(
            "SELECT bytes FROM control WHERE device = ?1 AND counter = ?2",
            (device.as_bytes(), signed(counter)),
            |row| row.get(0),
        )
        .optional()?;
    if let Some(held) = held {
        return Ok(if held == bytes { PutControl::Duplicate } else { PutControl::Conflict });
    }
    let last: i64 = connection.query_row(
        "SELECT coalesce(max(counter), 0) FROM control WHERE device = ?1",
        (device.as_bytes(),),
        |row| row.get(0),
    )?;
    if signed(counter) != last + 1 {
        return Ok(PutControl::OutOfOrder);
    }
    connection.execute(
        "INSERT INTO control (device, counter, bytes) VALUES (?1, ?2, ?3)",
        (device.as_bytes(), signed(counter), bytes),
    )?;
    Ok(PutControl::New)
}

/// Entries of `device` above `after`.
pub(crate) fn page(connection: &Connection, device: DeviceId, after: u64) -> Result<ControlPage, RelayError> {
    let mut statement = connection
        .prepare_cached("SELECT counter, bytes FROM control WHERE device = ?1 AND counter > ?2 ORDER BY counter")?;
    let mut rows = statement.query((device.as_bytes(), signed(after)))?;
    let mut page = ControlPage { entries: Vec::new(), more: false };
    let mut size = 0;
    while let Some(row) = rows.next()? {
        if page.entries.len() == MOST || size >= MOST_BYTES {
            page.more = true;
            break;
        }
        let bytes: Vec<u8> = row.get(1)?;
        size += bytes.len();
        page.entries.push(ControlItem { counter: unsigned(row.get(0)?), bytes });
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::empty;

    #[test]
    fn counted_without_gaps_per_device() {
        let connection = empty();
        let (one, two) = (DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        for device in [one, two] {
            super::super::devices::add(&connection, device, &[device.as_bytes()[0]; 32]).unwrap();
        }
        let put = |device, counter, bytes: &[u8]| put(&connection, device, counter, bytes).unwrap();
        assert_eq!(put(one, 0, b"a"), PutControl::OutOfOrder);
        assert_eq!(put(one, 2, b"a"), PutControl::OutOfOrder);
        assert_eq!(put(one, u64::MAX, b"a"), PutControl::OutOfOrder);
        assert_eq!(put(one, 1, b"a"), PutControl::New);
        assert_eq!(put(one, 1, b"a"), PutControl::Duplicate);
        assert_eq!(put(one, 1, b"b"), PutControl::Conflict);
        for counter in 2..=250 {
            assert_eq!(put(one, counter, b"x"), PutControl::New);
        }
        assert_eq!(put(two, 1, b"y"), PutControl::New);
        let counters = |device, after| {
            let page = page(&connection, device, after).unwrap();
            (page.entries.first().map(|entry| entry.counter), page.entries.len(), page.more)
        };
        assert_eq!(counters(one, 0), (Some(1), 100, true));
        assert_eq!(counters(one, 200), (Some(201), 50, false));
        assert_eq!(counters(one, 250), (None, 0, false));
        assert_eq!(counters(two, 0), (Some(1), 1, false));
    }
}
