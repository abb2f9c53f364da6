//! How long things stay (design: settled.md 6). By itself goes only what HQ has acknowledged; drafts and unsent records warn
//! and wait for a person. The clock can be set forward and back: the latest time seen since the last contact with HQ counts,
//! so setting it back does not lengthen anything, and one that was ahead is put right by HQ's own time.

use rusqlite::Connection;
use wayside_model::{DraftId, EventId, Timestamp};

use crate::audit::{self, AuditAction, Entry};
use crate::erase::{Reason, bury, delete_record};
use crate::opened::Opened;
use crate::queue::QueueState;
use crate::records::RecordClass;
use crate::{Vault, VaultError};

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;
/// Without contact with HQ for so long, records are not shown.
const LEASE_LOCK: i64 = 14 * DAY;
/// Without contact for so long, copies of what HQ has are shredded.
const LEASE_SHRED: i64 = 30 * DAY;

/// How long what stays. Each bound is the organisation's to lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Hours that a copy stays after HQ's receipt: 0 to 72. 0 by default.
    pub grace_hours: u8,
    /// Days that an assigned record stays after it was closed. 7 by default.
    pub closed_days: u16,
    /// Days after which a draft warns. 7 by default.
    pub draft_warns_days: u16,
    /// Days after which an event that HQ has not acknowledged warns. 30 by default.
    pub unsent_warns_days: u16,
    /// Days that an audit entry stays. 365 by default.
    pub audit_days: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Self { grace_hours: 0, closed_days: 7, draft_warns_days: 7, unsent_warns_days: 30, audit_days: 365 }
    }
}

/// What a run found and did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetentionReport {
    /// Records that went.
    pub expired: u64,
    /// Drafts that began more than [`Policy::draft_warns_days`] ago, by the times given to the run. Nothing was done to them.
    pub old_drafts: Vec<DraftId>,
    /// Events that HQ has not acknowledged for too long. Nothing was done to them.
    pub old_unsent: Vec<EventId>,
    /// Records are not shown until the next contact with HQ.
    pub reading_locked: bool,
    /// There was no contact for so long that copies of what HQ has are gone, whatever their grace.
    pub lease_ended: bool,
}

impl Vault {
    /// Tells the vault the time. An earlier time than it knows changes nothing.
    pub fn keep_time(&self, now: Timestamp) -> Result<(), VaultError> {
        self.write(|writing| {
            writing.state.latest = writing.state.latest.max(now.as_millis());
            Ok(())
        })
    }

    /// Notes a contact with HQ: enrolment, or a sync that brought something HQ has signed. It begins the lease anew.
    ///
    /// `hq_time` is HQ's, out of what it signed, never the device's; the caller takes nothing that HQ had signed before. It
    /// holds from here on, also if the device told a later time: a clock that was ahead once does not lock reading for good.
    pub fn note_contact(&self, hq_time: Timestamp) -> Result<(), VaultError> {
        self.write(|writing| {
            writing.state.latest = hq_time.as_millis();
            writing.state.contact = hq_time.as_millis();
            Ok(())
        })
    }

    /// Lets go what may go, and says what waits for a person. Run it at unlock and after each sync.
    ///
    /// `drafts` gives each draft with when it began: the vault itself cannot look into one.
    ///
    /// Errors: `bug` for a policy out of bounds.
    pub fn apply_retention(
        &self,
        now: Timestamp,
        policy: &Policy,
        drafts: &[(DraftId, Timestamp)],
    ) -> Result<RetentionReport, VaultError> {
        if policy.grace_hours > 72 {
            return Err(VaultError::Bug);
        }
        self.keep_time(now)?;
        self.with(|open| {
            let latest = open.state.latest;
            let lease_over = open.state.contact > 0 && latest - open.state.contact > LEASE_SHRED;
            let expired = open.write(|writing| {
                let gone = expired(writing.connection, latest, policy, lease_over)?;
                for id in &gone {
                    delete_record(writing.connection, id)?;
                    bury(writing, id, Reason::Expired)?;
                    audit::append(writing, Entry::new(AuditAction::Expire, id))?;
                }
                let hour = (latest - i64::from(policy.audit_days) * DAY).div_euclid(HOUR);
                // The last entry stays, whatever its age: the chain goes on from it. What stands before an old entry is
                // old too, also where the clock was ahead then; otherwise the chain would get a hole.
                let old = "DELETE FROM audit WHERE seq <= (SELECT max(seq) FROM audit WHERE hour < ?1)
                    AND seq < (SELECT max(seq) FROM audit)";
                writing.connection.execute(old, [hour])?;
                writing.state.shred_due |= !gone.is_empty();
                Ok(gone.len() as u64)
            })?;
            if expired > 0 {
                open.erase_traces()?;
            }
            let begun_before = latest - i64::from(policy.draft_warns_days) * DAY;
            let old = drafts.iter().filter(|(_, begun)| begun.as_millis() < begun_before);
            Ok(RetentionReport {
                expired,
                old_drafts: old.map(|(draft, _)| *draft).collect(),
                old_unsent: old_unsent(&open.connection, latest - i64::from(policy.unsent_warns_days) * DAY)?,
                reading_locked: check_lease(open).is_err(),
                lease_ended: lease_over,
            })
        })
    }
}

/// Fails with `vault.lease` when there was no contact with HQ for too long. A vault that never had any has no lease.
pub(crate) fn check_lease(open: &Opened) -> Result<(), VaultError> {
    let state = open.state;
    if state.contact > 0 && state.latest - state.contact > LEASE_LOCK { Err(VaultError::LeaseOver) } else { Ok(()) }
}

fn expired(
    connection: &Connection,
    latest: i64,
    policy: &Policy,
    lease_over: bool,
) -> Result<Vec<[u8; 16]>, VaultError> {
    let copies_before = if lease_over { i64::MAX } else { latest - i64::from(policy.grace_hours) * HOUR };
    let closed_before = latest - i64::from(policy.closed_days) * DAY;
    let select = "SELECT id FROM record WHERE ended IS NOT NULL
        AND ((class = ?1 AND ended <= ?2) OR (class = ?3 AND ended <= ?4))";
    let mut select = connection.prepare(select)?;
    let values = (RecordClass::Copy, copies_before, RecordClass::Assigned, closed_before);
    let ids = select.query_map(values, |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn old_unsent(connection: &Connection, before: i64) -> Result<Vec<EventId>, VaultError> {
    let mut select = connection.prepare("SELECT event FROM queue WHERE state <> ?1 AND at < ?2 ORDER BY seq")?;
    let ids = select.query_map((QueueState::HqHasIt, before), |row| row.get(0).map(EventId::from_bytes))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
