//! Workers who ask for help, and interviews that were hard. About the worker, never about the person.

use rusqlite::Connection;
use serde::Serialize;
use wayside_model::{Event, EventId, Timestamp};

use crate::sessions::Session;
use crate::{Desk, DeskError, audit};

/// A worker who may need somebody to talk to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HelpRow {
    /// The event.
    pub id: EventId,
    /// Pseudonym of the worker.
    pub worker: String,
    /// Code of the site.
    pub site: String,
    /// Whether the worker asked; otherwise the phone took the interview for a hard one.
    pub asked: bool,
    /// When.
    pub at: Timestamp,
    /// When somebody said that they are seeing to it.
    pub seen_at: Option<Timestamp>,
}

pub(crate) fn keep(tx: &Connection, event: &Event, worker: &str, site: &str, asked: bool) -> Result<(), DeskError> {
    tx.execute(
        "INSERT INTO help (event, worker, site, asked, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        (event.id.as_bytes(), worker, site, asked, event.at.as_millis()),
    )?;
    Ok(())
}

impl Desk {
    /// Who waits for somebody first, then the newest.
    pub fn help(&self) -> Result<Vec<HelpRow>, DeskError> {
        self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT event, worker, site, asked, at, seen_at FROM help
                 ORDER BY seen_at IS NOT NULL, asked DESC, at DESC, event",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(HelpRow {
                    id: EventId::from_bytes(row.get(0)?),
                    worker: row.get(1)?,
                    site: row.get(2)?,
                    asked: row.get(3)?,
                    at: Timestamp::from_millis(row.get(4)?),
                    seen_at: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Says that somebody is seeing to it. Fails with `desk.unknown_record`; again has no effect.
    pub(crate) fn see_to_help(&self, by: &Session, id: EventId, now: Timestamp) -> Result<(), DeskError> {
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let site: String = tx
                .query_row("SELECT site FROM help WHERE event = ?1", [id.as_bytes()], |row| row.get(0))
                .map_err(|_| DeskError::UnknownRecord)?;
            tx.execute(
                "UPDATE help SET seen_at = ?2, seen_by = ?3 WHERE event = ?1 AND seen_at IS NULL",
                (id.as_bytes(), now.as_millis(), by.person.id),
            )?;
            audit::append(sealer, Some(by), "help_seen_to", &id.to_string(), &site, now)
        })
    }
}
