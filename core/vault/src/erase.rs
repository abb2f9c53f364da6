//! Erasing a case: its key first of all, then every row and file. A tombstone without content remains, so that what comes
//! again from elsewhere can be known as erased.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{CaseId, EventId};

use crate::audit::{self, AuditAction, Entry};
use crate::keys::VaultKeys;
use crate::opened::Writing;
use crate::outbox::Outbox;
use crate::records::RecordClass;
use crate::{Vault, VaultError, attachments};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Why something was erased.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Order = 0,
    Expired = 1,
}

impl Vault {
    /// Erases everything of a case: drafts, records, attachments, the key they were sealed with, and the log. Also erases,
    /// on the same order, finished events of it that wait in `outbox`, if their ids are known to the caller; the phone
    /// itself cannot tell which events belong to a case. A case that is not here leaves a tombstone all the same.
    pub fn erase_case(&self, case: CaseId, events: &[EventId], outbox: Option<&mut Outbox>) -> Result<(), VaultError> {
        if let Some(outbox) = outbox {
            let ids: Vec<[u8; 16]> = events.iter().map(|event| *event.as_bytes()).collect();
            outbox.remove_all(&ids)?;
        }
        self.with(|open| {
            open.write(|writing| {
                delete_case(writing.connection, case)?;
                bury(writing, case.as_bytes(), Reason::Order)?;
                for event in events {
                    writing.connection.execute("DELETE FROM queue WHERE event = ?1", [event.as_bytes()])?;
                    bury(writing, event.as_bytes(), Reason::Order)?;
                }
                writing.state.shred_due = true;
                audit::append(writing, Entry::new(AuditAction::Erase, case.as_bytes()))
            })?;
            open.erase_traces()
        })
    }

    /// Leaves nothing of rows that were deleted or replaced: cuts the log, where they may still stand.
    ///
    /// Errors: `vault.rolled_back`: an older copy does not know which keys are still needed.
    pub fn forget_deleted(&self) -> Result<(), VaultError> {
        self.with(|open| {
            open.may_write()?;
            open.erase_traces()
        })
    }

    /// Whether a case or event of this id was erased here.
    pub fn was_erased(&self, id: &[u8; 16]) -> Result<bool, VaultError> {
        self.with(|open| {
            let select = "SELECT count(*) FROM tombstone WHERE object = ?1";
            let object = tombstone(&open.access.keys, id);
            Ok(open.connection.query_row(select, [object], |row| row.get::<_, i64>(0))? > 0)
        })
    }

    /// Border mode, after a sync: wipes every record that HQ has, with the keys of cases that nothing is left of, and says
    /// what is still here. Drafts and events that HQ has not acknowledged stay; only a person may give those up.
    pub fn erase_acknowledged(&self) -> Result<crate::Counters, VaultError> {
        self.with(|open| {
            open.write(|writing| {
                let gone = "SELECT id FROM record WHERE class = ?1 OR ended IS NOT NULL";
                let mut select = writing.connection.prepare(gone)?;
                let ids = select.query_map([RecordClass::Assigned], |row| row.get::<_, [u8; 16]>(0))?;
                let ids: Vec<_> = ids.collect::<Result<_, _>>()?;
                for id in ids {
                    delete_record(writing.connection, &id)?;
                    bury(writing, &id, Reason::Order)?;
                }
                writing.state.shred_due = true;
                audit::append(writing, Entry::new(AuditAction::Border, b""))
            })?;
            open.erase_traces()
        })?;
        self.counters()
    }
}

/// Deletes the rows of a case.
fn delete_case(connection: &Connection, case: CaseId) -> Result<(), VaultError> {
    for delete in [
        "DELETE FROM draft WHERE case_id = ?1",
        "DELETE FROM record WHERE case_id = ?1",
        "DELETE FROM attachment WHERE case_id = ?1",
    ] {
        connection.execute(delete, [case.as_bytes()])?;
    }
    Ok(())
}

/// Deletes a record, and the attachments of its case if nothing else of the case is here.
pub(crate) fn delete_record(connection: &Connection, id: &[u8; 16]) -> Result<(), VaultError> {
    let delete = "DELETE FROM record WHERE id = ?1 RETURNING case_id";
    let case = connection.prepare_cached(delete)?.query_row([id], |row| row.get(0)).optional()?;
    case.map_or(Ok(()), |case| attachments::delete_if_alone(connection, CaseId::from_bytes(case), &[]))
}

pub(crate) fn bury(writing: &Writing<'_>, id: &[u8; 16], reason: Reason) -> Result<(), VaultError> {
    let sql = "INSERT INTO tombstone (object, reason, day) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    let row = (tombstone(writing.keys, id), reason as i64, writing.state.latest.div_euclid(DAY));
    writing.connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

fn tombstone(keys: &VaultKeys, id: &[u8; 16]) -> [u8; 32] {
    *keys.tombstones().derive("wayside/tombstone/1", id).expose()
}
