//! What the desk has, read for lists.

use rusqlite::Connection;
use wayside_model::{CaseId, DeviceId, EventId, Route, Timestamp};
use wayside_screening::Explanation;
use wayside_seal::envelope::LAST_SEQ;
use wayside_seal::words::proquint;

use crate::keys::Keyring;
use crate::keys::sections::{self, Place, Summary};
use crate::views::{DeviceRow, DeviceState, Gap, Overview, RecordRow, RecordState};
use crate::{Desk, DeskError, device_log, requests};

/// The columns a [`Kept`] is read from.
pub(crate) const COLUMNS: &str = "r.event, r.device, r.epoch, r.seq, r.state, r.problem, r.summary, r.at, r.sha256,
    r.case_id, r.site, r.child, EXISTS (SELECT 1 FROM receipt g JOIN control c ON c.device = g.device AND c.counter = g.counter
            WHERE g.device = r.device AND g.sha256 = r.sha256 AND c.posted = 1),
    (SELECT i.at FROM item i WHERE i.device = r.device AND i.sha256 = r.sha256)";

/// A row of the record table, as far as the keys open it. Case, site and way stand beside what is sealed: by them it is found.
pub(crate) struct Kept {
    pub(crate) row: RecordRow,
    pub(crate) epoch: u32,
    pub(crate) seq: u64,
    pub(crate) place: Place,
    pub(crate) summary: Option<Summary>,
}

impl Kept {
    pub(crate) fn read(row: &rusqlite::Row<'_>, keys: &Keyring) -> Result<Self, DeskError> {
        let place = Place { device: DeviceId::from_bytes(row.get(1)?), sha256: row.get(8)? };
        let sealed: Option<Vec<u8>> = row.get(6)?;
        let summary = sealed.map(|sealed| sections::summary_of(keys, place, &sealed)).transpose()?.flatten();
        let case: Option<[u8; 16]> = row.get(9)?;
        let child: Option<bool> = row.get(11)?;
        let mut view = RecordRow {
            id: EventId::from_bytes(row.get(0)?),
            case_code: case.map(CaseId::from_bytes).map(case_code).unwrap_or_default(),
            device: place.device,
            form: String::new(),
            outcomes: Vec::new(),
            route: child.map(|child| if child { Route::Child } else { Route::Adult }),
            site: row.get::<_, Option<String>>(10)?.unwrap_or_default(),
            worker: String::new(),
            at: Timestamp::from_millis(row.get(7)?),
            state: match row.get::<_, u8>(4)? {
                0 => RecordState::Uncovered,
                1 => RecordState::Verified,
                _ => RecordState::Problem,
            },
            problem: row.get(5)?,
            receipt_sent: row.get(12)?,
            came_at: row.get::<_, Option<i64>>(13)?.map(Timestamp::from_millis),
            restricted: false,
            about_nobody: false,
        };
        if let Some(summary) = &summary {
            view.form.clone_from(&summary.form.id);
            view.worker.clone_from(&summary.worker);
            view.outcomes.clone_from(&summary.outcomes);
            view.about_nobody = summary.about_nobody == Some(true);
            view.route = view.route.filter(|_| !view.about_nobody);
        }
        Ok(Self { row: view, epoch: row.get(2)?, seq: row.get(3)?, place, summary })
    }
}

/// The explanation of a record, where this version can read it.
pub(crate) fn explanation(json: &str) -> Option<Explanation> {
    serde_json::from_str(json).ok()
}

/// A case in two words that can be said aloud. Random, like the id it comes from.
pub(crate) fn case_code(case: CaseId) -> String {
    let [a, b, c, d, ..] = *case.as_bytes();
    proquint(&[a, b, c, d])
}

impl Desk {
    /// All records: urgent ones first, then newest first. Each event once, its best copy.
    pub fn records(&self) -> Result<Vec<RecordRow>, DeskError> {
        self.check_caught_up()?;
        self.read_all(|c, keys| Self::records_with(c, keys, |_, _| true))
    }

    /// The same, of the sites and ways that are asked for, as far as these keys open them.
    pub(crate) fn records_with(
        c: &Connection,
        keys: &Keyring,
        is_asked: impl Fn(&str, bool) -> bool,
    ) -> Result<Vec<RecordRow>, DeskError> {
        // State 1 is verified; a copy that does not verify is listed only where no better one came.
        let mut statement = c.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM record r
                 WHERE r.kind = 0
                   AND (r.state = 1 OR NOT EXISTS (SELECT 1 FROM record o WHERE o.event = r.event AND o.state = 1))
                 ORDER BY r.at DESC, r.seq DESC, r.sha256"
        ))?;
        let mut found = statement.query([])?;
        let mut rows = Vec::new();
        let restricted = requests::restricted(c)?;
        while let Some(row) = found.next()? {
            let site: Option<String> = row.get(10)?;
            if !is_asked(site.as_deref().unwrap_or_default(), row.get::<_, Option<bool>>(11)?.unwrap_or_default()) {
                continue;
            }
            let mut row = Kept::read(row, keys)?.row;
            row.restrict(&restricted);
            rows.push(row);
        }
        rows.sort_by_key(RecordRow::urgency);
        Ok(rows)
    }

    /// All devices, newest first.
    pub fn devices(&self) -> Result<Vec<DeviceRow>, DeskError> {
        let gaps = self.gaps()?;
        self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT d.id, d.words, d.role, d.site, d.worker, d.asked_at, d.confirmed_at, d.revoked_at, d.heard_at,
                        (SELECT count(*) FROM record r WHERE r.device = d.id AND r.state = 1 AND r.kind = 0),
                        (SELECT count(*) FROM item i WHERE i.device = d.id AND i.kind = 2 AND d.confirmed_at IS NULL),
                        (SELECT count(*) FROM set_aside s WHERE s.device = d.id AND EXISTS (SELECT 1 FROM record r
                            WHERE r.device = d.id AND r.event = s.id AND r.state = 2)),
                        (SELECT count(DISTINCT i.epoch) FROM item i
                            WHERE i.device = d.id AND i.kind = 1 AND i.done = 1 AND i.problem IS NULL),
                        (SELECT count(*) FROM record r WHERE r.device = d.id AND r.seq = ?1)
                 FROM device d ORDER BY d.asked_at DESC, d.id",
            )?;
            let rows = statement.query_map([LAST_SEQ], |row| {
                let id = DeviceId::from_bytes(row.get(0)?);
                let (epochs, full): (u64, u64) = (row.get(12)?, row.get(13)?);
                let moment = |at: Option<i64>| at.map(Timestamp::from_millis);
                let (confirmed_at, revoked_at) = (moment(row.get(6)?), moment(row.get(7)?));
                Ok(DeviceRow {
                    id,
                    state: match (revoked_at, confirmed_at) {
                        (Some(_), _) => DeviceState::Revoked,
                        (None, Some(_)) => DeviceState::Confirmed,
                        (None, None) => DeviceState::Waiting,
                    },
                    words: row.get(1)?,
                    role: row.get(2)?,
                    site: row.get(3)?,
                    worker: row.get(4)?,
                    asked_at: Timestamp::from_millis(row.get(5)?),
                    confirmed_at,
                    revoked_at,
                    heard_at: Timestamp::from_millis(row.get(8)?),
                    records: row.get(9)?,
                    sealed: row.get(10)?,
                    set_aside: row.get(11)?,
                    // A full epoch is followed by another one too, and nothing was put back.
                    restores: epochs.saturating_sub(1 + full),
                    gaps: gaps.iter().copied().filter(|gap| gap.device == id).collect(),
                    log_breaks: Vec::new(),
                })
            })?;
            let mut rows: Vec<DeviceRow> = rows.collect::<Result<_, _>>()?;
            for row in &mut rows {
                row.log_breaks = device_log::breaks(c, row.id)?;
            }
            Ok(rows)
        })
    }

    /// What the first page shows.
    pub fn overview(&self) -> Result<Overview, DeskError> {
        self.overview_of(self.records()?)
    }

    pub(crate) fn overview_of(&self, records: Vec<RecordRow>) -> Result<Overview, DeskError> {
        let devices = self.devices()?;
        let verified = records.iter().filter(|row| row.state == RecordState::Verified).count() as u64;
        let unverified = records.len() as u64 - verified;
        let org = self.org.clone();
        let mut view = Overview { org, verified, unverified, sealed: 0, devices_waiting: 0, missing: 0, records };
        view.count_devices(&devices);
        // Also those of devices nobody knows.
        view.sealed = self.sealed()?;
        Ok(view)
    }

    /// Missing numbers of all confirmed devices.
    pub(crate) fn gaps(&self) -> Result<Vec<Gap>, DeskError> {
        self.store.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT device, epoch, first, last FROM gap ORDER BY device, epoch, first")?;
            let rows = statement.query_map([], |row| {
                Ok(Gap {
                    device: DeviceId::from_bytes(row.get(0)?),
                    epoch: row.get(1)?,
                    first: row.get(2)?,
                    last: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Envelopes nobody opened, because their device is not confirmed or not known.
    fn sealed(&self) -> Result<u64, DeskError> {
        self.store.read(|c| {
            Ok(c.query_row(
                "SELECT count(*) FROM item i LEFT JOIN device d ON d.id = i.device
                 WHERE i.kind = 2 AND d.confirmed_at IS NULL",
                [],
                |row| row.get(0),
            )?)
        })
    }

    /// Sealed envelopes, and records that are not verified.
    pub(crate) fn unverified(&self) -> Result<u64, DeskError> {
        let opened: u64 = self
            .store
            .read(|c| Ok(c.query_row("SELECT count(*) FROM record WHERE state <> 1", [], |row| row.get(0))?))?;
        Ok(opened + self.sealed()?)
    }
}
