//! What became of finished events.

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use wayside_model::{EventId, LogSafe, Timestamp};

use crate::outbox::Outbox;
use crate::{Vault, VaultError, records};

/// Where a finished event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueState {
    /// Sealed; on this device only.
    Sealed,
    /// The relay has it.
    HandedOver,
    /// HQ's receipt for it is here. Never left again.
    HqHasIt,
    /// Set aside until a person decides.
    Quarantined,
}

impl LogSafe for QueueState {}

impl ToSql for QueueState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Sealed => 0_i64,
            Self::HandedOver => 1,
            Self::HqHasIt => 2,
            Self::Quarantined => 3,
        }
        .into())
    }
}

impl FromSql for QueueState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_i64()? {
            0 => Ok(Self::Sealed),
            1 => Ok(Self::HandedOver),
            2 => Ok(Self::HqHasIt),
            3 => Ok(Self::Quarantined),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

/// One finished event. Nothing in it tells about whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueRow {
    /// The event; its envelope has the same id.
    pub event: EventId,
    /// Its place in the device's chains, as [`crate::FinishRequest`] had it.
    pub seq: u64,
    /// SHA-256 of its envelope.
    pub sha256: [u8; 32],
    /// Where it is.
    pub state: QueueState,
    /// Since when.
    pub at: Timestamp,
}

/// How many there are of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Drafts.
    pub drafts: u64,
    /// Events in state [`QueueState::Sealed`].
    pub sealed: u64,
    /// Events in state [`QueueState::HandedOver`].
    pub handed_over: u64,
    /// Events in state [`QueueState::HqHasIt`].
    pub hq_has_it: u64,
    /// Events in state [`QueueState::Quarantined`].
    pub quarantined: u64,
}

impl Vault {
    /// All finished events, in the order of the chains.
    pub fn queue(&self) -> Result<Vec<QueueRow>, VaultError> {
        self.with(|open| {
            let mut select =
                open.connection.prepare("SELECT event, seq, sha256, state, at FROM queue ORDER BY seq, event")?;
            let rows = select.query_map([], row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes where an event is now. What HQ has given a receipt for stays so, whatever is noted later; from then on the
    /// copies of it that were kept have an end (see [`crate::Policy::grace_hours`]).
    ///
    /// Errors: `bug` if there is no such event.
    pub fn set_queue_state(&self, event: EventId, state: QueueState, at: Timestamp) -> Result<(), VaultError> {
        let update = "UPDATE queue SET at = CASE state WHEN ?4 THEN at ELSE ?3 END,
            state = CASE state WHEN ?4 THEN state ELSE ?2 END WHERE event = ?1";
        self.write(|writing| {
            let values = (event.as_bytes(), state, at.as_millis(), QueueState::HqHasIt);
            if writing.connection.execute(update, values)? != 1 {
                return Err(VaultError::UnknownItem);
            }
            if state == QueueState::HqHasIt {
                records::acknowledged(writing.connection, event, at)?;
            }
            Ok(())
        })
    }

    /// Events that HQ has not acknowledged and whose envelope is not in the outbox, which must hold it: the outbox is older
    /// than the vault. They are lost unless the relay has them.
    pub fn missing_from(&self, outbox: &Outbox) -> Result<Vec<EventId>, VaultError> {
        let held: Vec<[u8; 16]> = outbox.items()?.iter().map(|item| item.id).collect();
        let waits = |row: &QueueRow| row.state != QueueState::HqHasIt && !held.contains(row.event.as_bytes());
        Ok(self.queue()?.into_iter().filter(waits).map(|row| row.event).collect())
    }

    /// Whether any event is not known to be at HQ.
    pub fn has_unacknowledged(&self) -> Result<bool, VaultError> {
        let counters = self.counters()?;
        Ok(counters.sealed + counters.handed_over + counters.quarantined > 0)
    }

    /// How many there are of what.
    pub fn counters(&self) -> Result<Counters, VaultError> {
        self.with(|open| {
            let drafts: i64 = open.connection.query_row("SELECT count(*) FROM draft", [], |row| row.get(0))?;
            let mut counters = Counters { drafts: drafts.unsigned_abs(), ..Counters::default() };
            let mut select = open.connection.prepare("SELECT state, count(*) FROM queue GROUP BY state")?;
            for row in select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
                let (state, count): (QueueState, i64) = row?;
                *match state {
                    QueueState::Sealed => &mut counters.sealed,
                    QueueState::HandedOver => &mut counters.handed_over,
                    QueueState::HqHasIt => &mut counters.hq_has_it,
                    QueueState::Quarantined => &mut counters.quarantined,
                } = count.unsigned_abs();
            }
            Ok(counters)
        })
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<QueueRow> {
    Ok(QueueRow {
        event: EventId::from_bytes(row.get(0)?),
        seq: row.get::<_, i64>(1)?.unsigned_abs(),
        sha256: row.get(2)?,
        state: row.get(3)?,
        at: Timestamp::from_millis(row.get(4)?),
    })
}
