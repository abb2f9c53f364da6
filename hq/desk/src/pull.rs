//! A pull: fetch, keep, verify, give receipts, post. Each step is durable before the next, and each can be done again:
//! pulling twice, or dying in between, has one effect.

use serde::Serialize;
use wayside_model::{DeviceId, ErrorCode, EventId, Timestamp};
use wayside_sync::wire;

use crate::client::ITEMS_A_PAGE;
use crate::enrolment::{self, Admitted, Enrolled};
use crate::epoch::Epoch;
use crate::store::setting;
use crate::views::Gap;
use crate::{Desk, DeskError, carried, desk::settings};

/// Something that does not fit. Nothing of it counts as verified, and nothing of it was thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whose, where that is known.
    pub device: Option<DeviceId>,
    /// The record, where it is about one.
    pub record: Option<EventId>,
    /// Number in the epoch; 0 where it is not about a record.
    pub seq: u64,
    /// Stable code (`docs/errors.md`).
    pub code: String,
}

/// What a pull did, and how things stand after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PullReport {
    /// Devices that asked to be enrolled, new ones.
    pub enrolments: u64,
    /// Sealed items that are new.
    pub items: u64,
    /// Records and other events that became verified.
    pub records: u64,
    /// Envelopes and records that are kept and not verified: of unconfirmed devices, not covered by a checkpoint, with a problem.
    pub unverified: u64,
    /// Records whose receipts the relay has since this pull.
    pub receipts: u64,
    /// What is missing in the order of confirmed devices.
    pub gaps: Vec<Gap>,
    /// What does not fit.
    pub problems: Vec<Problem>,
}

impl Desk {
    /// Fetches what is new, opens what can be verified, and posts receipts for it.
    /// Fails with `sync.*` where the relay cannot be reached (nothing is lost), with `storage.*`, and with `desk.sealed` in a
    /// process that serves pages.
    pub fn pull(&self, now: Timestamp) -> Result<PullReport, DeskError> {
        self.owner()?;
        self.catch_up(now)?;
        self.publish_directory()?;
        let (enrolments, refused) = self.fetch_enrolments(now)?;
        let items = self.fetch_absent(now)? + self.fetch_items(now)?;
        let records = self.verify_kept()?;
        self.hand_on_referrals(now)?;
        self.ask_about_expired(now)?;
        let revocations = self.post_revocations();
        let deletions = self.post_deletions();
        let mut posted = self.post_control()?;
        if self.tell_carriers()? {
            posted.add(self.post_control()?);
        }

        let mut problems = self.kept_problems()?;
        problems.extend(refused.into_iter().map(|code| Problem::of(None, code)));
        problems.extend(posted.failed.into_iter().map(|(device, code)| Problem::of(Some(device), code)));
        for done in [revocations, deletions] {
            match done {
                Err(DeskError::Relay(code)) => problems.push(Problem::of(None, code)),
                other => other?,
            }
        }
        let (unverified, gaps) = (self.unverified()?, self.gaps()?);
        Ok(PullReport { enrolments, items, records, unverified, receipts: posted.receipts, gaps, problems })
    }

    /// Makes all records again from the kept items, without the relay. Receipts that were given stay given.
    pub fn rebuild(&self) -> Result<u64, DeskError> {
        self.owner()?;
        self.store.write(|tx| {
            tx.execute_batch("DELETE FROM record; DELETE FROM gap; UPDATE item SET done = 0 WHERE kind <> 0;")?;
            Ok(())
        })?;
        self.verify_kept()
    }

    pub(crate) fn fetch_enrolments(&self, now: Timestamp) -> Result<(u64, Vec<ErrorCode>), DeskError> {
        let (mut new, mut refused) = (0, Vec::new());
        loop {
            let after = self.store.read(|c| setting::number(c, settings::ENROLMENT_CURSOR))?;
            let page: wire::EnrolmentPage = self.client.get(&wire::desk_enrolments(after))?;
            let mut unknown = Vec::new();
            self.store.write(|tx| {
                for item in &page.enrolments {
                    match enrolment::admit(tx, &item.bytes, now)? {
                        Admitted::New => new += 1,
                        Admitted::Known => {}
                        Admitted::Unknown(request) => unknown.push(request),
                        Admitted::Refused(code) => refused.push(code),
                    }
                }
                forward(tx, settings::ENROLMENT_CURSOR, after, page.enrolments.last().map(|item| item.cursor))
            })?;
            for request in unknown {
                let known = self.check_caught_up().is_err() && self.admit_by_certificate(&request, now)?;
                if known { new += 1 } else { refused.push(ErrorCode::EnrolUnknown) }
            }
            if !page.more || page.enrolments.is_empty() {
                return Ok((new, refused));
            }
        }
    }

    fn fetch_items(&self, now: Timestamp) -> Result<u64, DeskError> {
        let mut new = 0;
        loop {
            let after = self.store.read(|c| setting::number(c, settings::ITEM_CURSOR))?;
            let page: wire::ItemPage = self.client.get(&wire::desk_items(after, ITEMS_A_PAGE))?;
            self.store.write(|tx| {
                for item in &page.items {
                    // Named without its bytes: the relay lost them, and gets them again when the device sends again.
                    if item.bytes.is_empty() {
                        let absent = "INSERT INTO absent (cursor, device) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
                        tx.execute(absent, (item.cursor, item.device.as_bytes()))?;
                    } else {
                        new += u64::from(carried::keep(tx, item, now)?);
                    }
                }
                forward(tx, settings::ITEM_CURSOR, after, page.items.last().map(|item| item.cursor))
            })?;
            if !page.more || page.items.is_empty() {
                return Ok(new);
            }
        }
    }

    /// Asks again for what the relay named without its bytes. Each try costs a request, so only the first ones are tried.
    fn fetch_absent(&self, now: Timestamp) -> Result<u64, DeskError> {
        const AT_ONCE: u32 = 64;
        let absent: Vec<u64> = self.store.read(|c| {
            let mut statement = c.prepare_cached("SELECT cursor FROM absent ORDER BY random() LIMIT ?1")?;
            let rows = statement.query_map([AT_ONCE], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut new = 0;
        for cursor in absent {
            let page: wire::ItemPage = self.client.get(&wire::desk_items(cursor.saturating_sub(1), 1))?;
            let item = page.items.first().filter(|item| item.cursor == cursor);
            if item.is_some_and(|item| item.bytes.is_empty()) {
                continue;
            }
            self.store.write(|tx| {
                if let Some(item) = item {
                    new += u64::from(carried::keep(tx, item, now)?);
                }
                Ok(tx.execute("DELETE FROM absent WHERE cursor = ?1", [cursor]).map(drop)?)
            })?;
        }
        Ok(new)
    }

    /// Looks at every epoch of confirmed devices to which something came. One transaction for each.
    pub(crate) fn verify_kept(&self) -> Result<u64, DeskError> {
        let waiting: Vec<(DeviceId, u32)> = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT DISTINCT i.device, i.epoch FROM item i JOIN device d ON d.id = i.device
                 WHERE i.done = 0 AND d.confirmed_at IS NOT NULL ORDER BY i.device, i.epoch",
            )?;
            let rows = statement.query_map([], |row| Ok((DeviceId::from_bytes(row.get(0)?), row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let (mut verified, owner) = (0, self.owner()?);
        for (device, number) in waiting {
            verified += self.write_sealed(|sealer| {
                let (tx, signing) = (sealer.tx, &self.signing);
                let enrolled = Enrolled::load(tx, device)?.ok_or(DeskError::UnknownDevice)?;
                Epoch { tx, sealer, signing, owner: &owner, device, enrolled: &enrolled, number }.process()
            })?;
        }
        Ok(verified)
    }

    fn kept_problems(&self) -> Result<Vec<Problem>, DeskError> {
        self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT device, event, seq, problem FROM record WHERE state = 2
                 UNION ALL SELECT device, NULL, 0, problem FROM item WHERE problem IS NOT NULL
                 UNION ALL SELECT device, NULL, 0, 'relay.lost' FROM absent
                 ORDER BY 1, 3",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(Problem {
                    device: Some(DeviceId::from_bytes(row.get(0)?)),
                    record: row.get::<_, Option<[u8; 16]>>(1)?.map(EventId::from_bytes),
                    seq: row.get(2)?,
                    code: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl Problem {
    fn of(device: Option<DeviceId>, code: ErrorCode) -> Self {
        Self { device, record: None, seq: 0, code: code.as_str().to_owned() }
    }
}

/// Moves a cursor, in the transaction that keeps what was read. It never goes back, also where two pulls run at once.
fn forward(tx: &rusqlite::Connection, name: &str, read_from: u64, last: Option<u64>) -> Result<(), DeskError> {
    match last {
        Some(last) if last <= read_from => Err(DeskError::Relay(ErrorCode::SyncImpostor)),
        Some(last) if last > setting::number(tx, name)? => setting::put_number(tx, name, last),
        _ => Ok(()),
    }
}
