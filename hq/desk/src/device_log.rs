//! The audit log of each device, as far as its records tell of it. One that was put back or cut does not go on from where HQ
//! last saw it: that is shown, and decides nothing.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use wayside_model::{DeviceId, EventId, LogMark, Timestamp};

use crate::DeskError;

/// A log that does not go on from where HQ last saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LogBreak {
    /// Number of the last entry that HQ had seen.
    pub seen: u64,
    /// Number of the log's last entry when the next record told of it.
    pub told: u64,
    /// Of that record.
    pub at: Timestamp,
}

/// What lay open on a device, as it said itself with its last record that says so. Numbers alone; it may hold more by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldThen {
    /// Drafts.
    pub drafts: u32,
    /// Cases in the worker's list that were not closed.
    pub cases: u32,
    /// Of the record that says so.
    pub at: Timestamp,
}

/// Takes in what a verified record tells. The same record again changes nothing.
pub(crate) fn take_in(
    tx: &Connection,
    device: DeviceId,
    event: EventId,
    mark: &LogMark,
    at: Timestamp,
) -> Result<(), DeskError> {
    let known = "SELECT 1 FROM device_log WHERE device = ?1 AND event = ?2";
    if tx.prepare_cached(known)?.exists((device.as_bytes(), event.as_bytes()))? {
        return Ok(());
    }
    let last = "SELECT n, seq, head FROM device_log WHERE device = ?1 ORDER BY n DESC LIMIT 1";
    let last: Option<(u64, u64, [u8; 8])> = tx
        .prepare_cached(last)?
        .query_row([device.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let broken = last.and_then(|(_, seq, head)| (!goes_on(seq, &head, mark)).then_some(seq));
    tx.prepare_cached(
        "INSERT INTO device_log (device, n, event, seq, head, at, break, drafts, cases)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        device.as_bytes(),
        last.map_or(1, |(n, ..)| n + 1),
        event.as_bytes(),
        mark.end.seq,
        mark.end.head,
        at.as_millis(),
        broken,
        mark.held.map(|held| held.drafts),
        mark.held.map(|held| held.cases),
    ))?;
    Ok(())
}

/// What a device said last of what lay open on it.
pub(crate) fn held(c: &Connection, device: DeviceId) -> Result<Option<HeldThen>, DeskError> {
    let select = "SELECT drafts, cases, at FROM device_log
        WHERE device = ?1 AND drafts IS NOT NULL AND cases IS NOT NULL ORDER BY n DESC LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(HeldThen { drafts: row.get(0)?, cases: row.get(1)?, at: Timestamp::from_millis(row.get(2)?) })
    };
    Ok(c.prepare_cached(select)?.query_row([device.as_bytes()], read).optional()?)
}

/// Whether a log with this mark can be the one that ended with this entry before.
fn goes_on(seq: u64, head: &[u8; 8], mark: &LogMark) -> bool {
    let is_it = |place: &wayside_model::LogPlace| place.seq != seq || place.head == *head;
    let before = mark.before.as_ref();
    mark.end.seq >= seq && is_it(&mark.end) && before.is_none_or(|before| before.seq >= seq && is_it(before))
}

/// Every break of a device's log, the newest first.
pub(crate) fn breaks(c: &Connection, device: DeviceId) -> Result<Vec<LogBreak>, DeskError> {
    let mut select = c.prepare_cached(
        "SELECT break, seq, at FROM device_log WHERE device = ?1 AND break IS NOT NULL ORDER BY n DESC",
    )?;
    let rows = select.query_map([device.as_bytes()], |row| {
        Ok(LogBreak { seen: row.get(0)?, told: row.get(1)?, at: Timestamp::from_millis(row.get(2)?) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_model::LogPlace;

    #[test]
    fn only_a_log_that_holds_what_was_seen_goes_on_from_it() {
        let place = |seq, head: u8| LogPlace { seq, head: [head; 8] };
        let mark = |end, before| LogMark { end, before, held: None };
        let goes = |mark: LogMark| goes_on(40, &[4; 8], &mark);
        assert!(goes(mark(place(40, 4), Some(place(40, 4)))));
        assert!(goes(mark(place(44, 9), Some(place(40, 4)))));
        assert!(goes(mark(place(500, 9), None)), "the entry has expired");
        assert!(goes(mark(place(50, 9), Some(place(45, 7)))), "a record between did not come");
        for (broken, why) in [
            (mark(place(12, 2), Some(place(10, 1))), "shorter"),
            (mark(place(40, 5), None), "another end"),
            (mark(place(44, 9), Some(place(40, 5))), "another entry there"),
            (mark(place(44, 9), Some(place(30, 3))), "it does not know what it told last"),
        ] {
            assert!(!goes(broken), "{why}");
        }
    }
}
