//! Files of a record: small ones travel inside it, large ones in parts of their own, which are put together here. A part counts
//! when it is verified, as a record does; the whole counts when its hash is the one the record names.

use std::io::Write;

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{DeviceId, EventBody, EventId, FileApart, FilePart, RecordedAttachment, Timestamp};
use wayside_seal::Sha256;
use wayside_sync::transfer;

use crate::access::Viewer;
use crate::keys::Keyring;
use crate::keys::sections::{self, Place};
use crate::{Desk, DeskError, audit};

/// How a part of a file stands in the record table.
pub(crate) const FILE_KIND: u8 = 3;

impl Desk {
    /// Writes a file of a record to `out`, and gives its length. It stands in the desk's log.
    ///
    /// Errors: `desk.unknown_record` where the record is not here, is restricted, or names no such file; `desk.file_parts`
    /// as long as parts of it have not come; `desk.file_wrong` if it is not the file that the record names: nothing is written
    /// then. What `out` says becomes `storage.io`.
    pub fn file(&self, id: EventId, name: &str, out: &mut dyn Write, now: Timestamp) -> Result<u64, DeskError> {
        self.file_for(&Viewer::Owner, id, name, out, now)
    }

    pub(crate) fn file_for(
        &self,
        viewer: &Viewer,
        id: EventId,
        name: &str,
        out: &mut dyn Write,
        now: Timestamp,
    ) -> Result<u64, DeskError> {
        let seen = self.record_for(viewer, id, now)?.view;
        let listed = seen.screening.iter().flat_map(|screening| &screening.attachments).any(|file| file.name == name);
        if !listed {
            return Err(DeskError::UnknownRecord);
        }
        let told = format!("{id} {name}");
        self.write_sealed(|sealer| audit::append(sealer, viewer.session(), "file_read", &told, &seen.row.site, now))?;
        self.read_for(viewer, |c, keys| {
            let file = of_record(c, keys, id, name)?.ok_or(DeskError::UnknownRecord)?;
            let Some(apart) = file.apart else {
                out.write_all(&file.bytes).map_err(DeskError::from)?;
                return Ok(file.bytes.len() as u64);
            };
            let mut sum = Sha256::default();
            let len = each_part(c, keys, &apart, &mut |bytes| {
                sum.update(bytes);
                Ok(())
            })?;
            if (len, sum.finish()) != (apart.len, apart.sha256) {
                return Err(DeskError::FileWrong);
            }
            each_part(c, keys, &apart, &mut |bytes| Ok(out.write_all(bytes)?))
        })
    }
}

/// Whether all parts of a file have come.
pub(crate) fn has_come(c: &Connection, apart: &FileApart) -> Result<bool, DeskError> {
    let mut select = c.prepare_cached("SELECT 1 FROM record WHERE event = ?1 AND kind = ?2 AND state = 1")?;
    for n in 0..transfer::file_parts(apart.len) {
        let n = u32::try_from(n).map_err(|_| DeskError::FileWrong)?;
        if !select.exists((transfer::part_event(apart.file, n).as_bytes(), FILE_KIND))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn each_part(
    c: &Connection,
    keys: &Keyring,
    apart: &FileApart,
    see: &mut dyn FnMut(&[u8]) -> Result<(), DeskError>,
) -> Result<u64, DeskError> {
    let mut select =
        c.prepare_cached("SELECT device, sha256, whole FROM record WHERE event = ?1 AND kind = ?2 AND state = 1")?;
    let mut len = 0;
    for n in 0..transfer::file_parts(apart.len) {
        let n = u32::try_from(n).map_err(|_| DeskError::FileWrong)?;
        let event = transfer::part_event(apart.file, n);
        let found = select.query_row((event.as_bytes(), FILE_KIND), sealed).optional()?;
        let (place, whole) = found.ok_or(DeskError::FileParts)?;
        let event = sections::event_of(keys, place, &whole.ok_or(DeskError::FileParts)?)?.ok_or(DeskError::Sealed)?;
        let EventBody::FilePart(FilePart { file, n: number, bytes }) = event.body else {
            return Err(DeskError::FileWrong);
        };
        if (file, number) != (apart.file, n) {
            return Err(DeskError::FileWrong);
        }
        see(&bytes)?;
        len += bytes.len() as u64;
    }
    Ok(len)
}

fn sealed(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Place, Option<Vec<u8>>)> {
    Ok((Place { device: DeviceId::from_bytes(row.get(0)?), sha256: row.get(1)? }, row.get(2)?))
}

fn of_record(c: &Connection, keys: &Keyring, id: EventId, name: &str) -> Result<Option<RecordedAttachment>, DeskError> {
    let mut select = c.prepare_cached(
        "SELECT device, sha256, whole FROM record WHERE event = ?1 AND kind = 0 AND whole IS NOT NULL
         ORDER BY state <> 1 LIMIT 1",
    )?;
    let found = select.query_row([id.as_bytes()], sealed).optional()?;
    let Some((place, Some(whole))) = found else { return Ok(None) };
    let event = sections::event_of(keys, place, &whole)?.ok_or(DeskError::Sealed)?;
    Ok(match event.body {
        EventBody::Screening(record) => record.attachments.into_iter().find(|file| file.name == name),
        _ => None,
    })
}
