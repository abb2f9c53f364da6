//! Bundles: sealed items that came on a stick or with another phone, and the signed entries that go back the same way. What
//! comes in is kept, opened and answered just as what the relay brings: once, whatever the order and however often.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde::Serialize;
use wayside_model::{DeviceId, ErrorCode, Timestamp};
use wayside_seal::bundle::{self, BundleHead, Piece};
use wayside_seal::{Header, random};

use crate::enrolment::Enrolled;
use crate::{Desk, DeskError, items};

/// What a bundle brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleImport {
    /// The file's end is there and fits. Of a file that was cut off, all whole pieces were looked at.
    pub complete: bool,
    /// Sealed items that are new.
    pub items: u64,
    /// Sealed items the desk had, and entries of its own on their way.
    pub known: u64,
    /// Records and other events that became verified.
    pub records: u64,
    /// Whose items they were.
    pub devices: Vec<DeviceId>,
    /// What was not taken, how many by code: `desk.unknown_device`, `seal.malformed`.
    pub refused: BTreeMap<&'static str, u64>,
}

impl Desk {
    /// Takes a bundle in. Its items count once they are verified, as if the relay had brought them.
    ///
    /// Fails with `seal.malformed` if it is no bundle, `carry.foreign` if it is another organisation's, and `storage.*`.
    pub fn import_bundle(&self, bytes: &[u8], now: Timestamp) -> Result<BundleImport, DeskError> {
        self.check_caught_up()?;
        let read = bundle::read(bytes)?;
        if read.head.tenant != self.tenant()? {
            return Err(DeskError::ForeignBundle);
        }
        let (mut new, mut known, mut devices) = (0, 0, BTreeSet::new());
        let mut refused = BTreeMap::new();
        self.store.write(|tx| {
            for piece in &read.pieces {
                let Piece::Item { device, bytes } = piece else {
                    known += 1;
                    continue;
                };
                // Nobody but an enrolled device can fill the desk.
                let why = match Enrolled::load(tx, *device)? {
                    None => Some(ErrorCode::DeskUnknownDevice),
                    Some(_) => Header::read(bytes).is_err().then_some(ErrorCode::SealMalformed),
                };
                match why {
                    Some(code) => *refused.entry(code.as_str()).or_default() += 1,
                    None if items::keep(tx, *device, bytes, now)? => new += 1,
                    None => known += 1,
                }
                if why.is_none() {
                    devices.insert(*device);
                }
            }
            Ok(())
        })?;
        let records = self.verify_kept()?;
        let devices = devices.into_iter().collect();
        Ok(BundleImport { complete: read.complete, items: new, known, records, devices, refused })
    }

    /// A bundle with HQ's entries for these devices, from the first on: receipts and whatever else waits for them. For all
    /// confirmed devices where none is named. Other phones may carry it; each device takes what is its own and new.
    ///
    /// Fails with `desk.unknown_device` and `storage.*`.
    pub fn export_bundle(&self, devices: &[DeviceId]) -> Result<Vec<u8>, DeskError> {
        self.check_caught_up()?;
        let pieces = self.store.read(|c| {
            let mut pieces = Vec::new();
            if devices.is_empty() {
                pieces = entries(c, None)?;
            }
            for device in devices {
                Enrolled::load(c, *device)?.ok_or(DeskError::UnknownDevice)?;
                pieces.extend(entries(c, Some(*device))?);
            }
            Ok(pieces)
        })?;
        Ok(bundle::write(&BundleHead { tenant: self.tenant()?, id: random::bytes()? }, &pieces)?)
    }

    fn tenant(&self) -> Result<[u8; 8], DeskError> {
        Ok(bundle::tenant(&self.held_directory()?.root))
    }
}

fn entries(c: &Connection, device: Option<DeviceId>) -> Result<Vec<Piece>, DeskError> {
    let mut statement = c.prepare_cached(
        "SELECT c.device, c.counter, c.bytes FROM control c JOIN device d ON d.id = c.device
         WHERE d.id = coalesce(?1, d.id) ORDER BY c.device, c.counter",
    )?;
    let rows = statement.query_map([device.map(|device| *device.as_bytes())], |row| {
        Ok(Piece::Order { device: DeviceId::from_bytes(row.get(0)?), counter: row.get(1)?, bytes: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
