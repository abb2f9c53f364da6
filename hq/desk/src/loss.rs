//! A device is lost or taken. One action revokes it, writes down what was on it as far as HQ knows, and starts the clock of
//! the authority's notice.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use wayside_model::{CaseId, DeviceId, Timestamp};

use crate::lists::case_code;
use crate::sessions::Session;
use crate::views::Gap;
use crate::{Delivery, Desk, DeskError, HeldThen, audit, device_log};

/// A breach is told to the authority within so many milliseconds: 72 hours (GDPR art. 33, and the custom of organisations
/// elsewhere).
pub const NOTICE_MS: i64 = 72 * 60 * 60 * 1000;

/// Verified records of a device whose receipt it may not have seen.
const UNSEEN: &str = "SELECT count(*) FROM record r JOIN device d ON d.id = r.device
    WHERE r.device = ?1 AND r.state = 1 AND r.kind = 0 AND NOT EXISTS (SELECT 1 FROM receipt g
        WHERE g.device = r.device AND g.sha256 = r.sha256 AND g.counter <= d.said_before)";

/// What is known of a lost device, at the moment it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossReport {
    /// Which device.
    pub device: String,
    /// Its site.
    pub site: String,
    /// Pseudonym of its worker.
    pub worker: String,
    /// When it was reported.
    pub reported: Timestamp,
    /// Until when the authority has to be told, if people are at risk.
    pub notice_until: Timestamp,
    /// When HQ last heard of it.
    pub last_heard: Timestamp,
    /// Records HQ has: their copies on the device can be read by nobody, the device included.
    pub records_at_hq: u64,
    /// Records HQ has and whose receipt the device may not have seen: their sealed copies may still lie on it. A device says
    /// nothing of receipts, so these are the ones whose receipt was not at the relay yet when it was last heard of.
    pub unacknowledged: u64,
    /// Numbers HQ never got: sealed on the device, or gone with it.
    pub missing: Vec<(u64, u64)>,
    /// What lay open on it, as it said itself last; `None` where it never said.
    #[serde(default)]
    pub held: Option<HeldThen>,
    /// Codes of the cases it sent; what a worker keeps of each is code, next action and due date.
    pub cases: Vec<String>,
}

/// Codes of the cases a device sent records of, newest first.
fn cases_of(c: &Connection, id: DeviceId) -> Result<Vec<String>, DeskError> {
    let mut statement = c.prepare_cached(
        "SELECT case_id FROM record r WHERE device = ?1 AND kind = 0 AND case_id IS NOT NULL
           AND (state = 1 OR NOT EXISTS (SELECT 1 FROM record o WHERE o.event = r.event AND o.state = 1))
         ORDER BY at DESC, seq DESC",
    )?;
    let rows = statement.query_map([id.as_bytes()], |row| row.get(0).map(CaseId::from_bytes).map(case_code))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Desk {
    /// Reports a device lost. Again gives the first report. Fails with `desk.unknown_device`.
    pub fn device_lost(&self, id: DeviceId, now: Timestamp) -> Result<(LossReport, Delivery), DeskError> {
        self.device_lost_by(None, id, now)
    }

    /// The report of a device, if it was reported.
    pub fn loss(&self, id: DeviceId) -> Result<Option<LossReport>, DeskError> {
        let held: Option<String> = self.store.read(|c| {
            Ok(c.query_row("SELECT json FROM loss WHERE device = ?1", [id.as_bytes()], |row| row.get(0)).optional()?)
        })?;
        held.map(|json| serde_json::from_str(&json).map_err(|_| DeskError::Damaged)).transpose()
    }

    pub(crate) fn device_lost_by(
        &self,
        by: Option<&Session>,
        id: DeviceId,
        now: Timestamp,
    ) -> Result<(LossReport, Delivery), DeskError> {
        let row = self.devices()?.into_iter().find(|row| row.id == id).ok_or(DeskError::UnknownDevice)?;
        self.check_caught_up()?;
        let cases = self.store.read(|c| cases_of(c, id))?;
        let report = self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let held: Option<String> = tx
                .query_row("SELECT json FROM loss WHERE device = ?1", [id.as_bytes()], |row| row.get(0))
                .optional()?;
            if let Some(json) = held {
                return serde_json::from_str(&json).map_err(|_| DeskError::Damaged);
            }
            let report = LossReport {
                device: id.to_string(),
                site: row.site.clone(),
                worker: row.worker.clone(),
                reported: now,
                notice_until: now.plus_millis(NOTICE_MS),
                last_heard: row.heard_at,
                records_at_hq: row.records,
                unacknowledged: tx.query_row(UNSEEN, [id.as_bytes()], |row| row.get(0))?,
                missing: row.gaps.iter().map(|Gap { first, last, .. }| (*first, *last)).collect(),
                held: device_log::held(tx, id)?,
                cases,
            };
            let json = serde_json::to_string(&report).map_err(|_| DeskError::Bug)?;
            tx.execute(
                "INSERT INTO loss (device, at, json) VALUES (?1, ?2, ?3)",
                (id.as_bytes(), now.as_millis(), json),
            )?;
            audit::append(sealer, by, "device_lost", &id.to_string(), &row.site, now)?;
            Ok(report)
        })?;
        Ok((report, self.revoke_by(by, id, now)?))
    }
}
