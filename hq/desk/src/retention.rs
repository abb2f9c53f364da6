//! HQ's own retention. At the end of its time a case comes into the queue of requests, as one that is to be erased: a person
//! decides, or extends it with a reason. Nothing goes by itself.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{EventId, Route, Timestamp};
use wayside_seal::sha256;

use crate::decisions::reason;
use crate::requests::{self, RequestKind, RequestRow};
use crate::views::RecordRow;
use crate::{Desk, DeskError, audit, publishing};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What is kept alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionClass {
    /// Records of adults.
    Adult,
    /// Records on the child's way.
    Child,
}

impl RetentionClass {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Adult, Self::Child];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Adult => "adult",
            Self::Child => "child",
        }
    }

    /// The class of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Days it is kept where the organisation said nothing. Ours, to be decided by each organisation (docs/needs-review.md): two
    /// years.
    const fn default_days(self) -> u32 {
        730
    }

    fn of_record(row: &RecordRow) -> Self {
        if row.route == Some(Route::Child) { Self::Child } else { Self::Adult }
    }
}

impl Desk {
    /// How many days each class is kept.
    pub fn retention(&self) -> Result<Vec<(RetentionClass, u32)>, DeskError> {
        self.store.read(|c| RetentionClass::ALL.into_iter().map(|class| Ok((class, days(c, class)?))).collect())
    }

    /// Sets how many days a class is kept.
    pub fn set_retention(&self, class: RetentionClass, days: u32, now: Timestamp) -> Result<(), DeskError> {
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            tx.execute(
                "INSERT INTO retention (class, days) VALUES (?1, ?2) ON CONFLICT (class) DO UPDATE SET days = ?2",
                (class.word(), days),
            )?;
            audit::append(sealer, None, "retention_set", &format!("{}, {days} days", class.word()), "", now)
        })
    }

    /// Keeps one case until a later day. Fails with `desk.unknown_record`, `session.reason` without a reason.
    pub fn extend(&self, code: &str, until: Timestamp, why: &str, now: Timestamp) -> Result<(), DeskError> {
        let why = reason(why)?;
        self.check_case(code)?;
        let is_over =
            |row: &RequestRow| row.case_code == code && row.decision.is_none() && row.text.as_deref() == Some(OVER);
        let waiting: Vec<_> = self.requests()?.into_iter().filter(is_over).collect();
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            tx.execute(
                "INSERT INTO extension (case_code, until, reason, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (case_code) DO UPDATE SET until = ?2, reason = ?3, at = ?4",
                (code, until.as_millis(), why, now.as_millis()),
            )?;
            for row in waiting {
                tx.execute(
                    "UPDATE request SET decision = 'refused', reason = ?2, decided_at = ?3
                     WHERE id = ?1 AND decision IS NULL",
                    (row.id.as_bytes(), why, now.as_millis()),
                )?;
            }
            audit::append(sealer, None, "retention_extended", code, "", now)
        })
    }

    /// Puts each case whose time is over into the queue, once for each end.
    pub(crate) fn ask_about_expired(&self, now: Timestamp) -> Result<(), DeskError> {
        let rows = self.records()?;
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            for row in rows.iter().filter(|row| !row.case_code.is_empty()) {
                let of_form = publishing::days(tx, &row.form)?;
                let of_class = days(tx, RetentionClass::of_record(row))?;
                let kept = i64::from(of_form.unwrap_or(of_class)) * DAY_MS;
                let extended: Option<i64> = tx
                    .prepare_cached("SELECT until FROM extension WHERE case_code = ?1")?
                    .query_row([&row.case_code], |row| row.get(0))
                    .optional()?;
                let end = extended.unwrap_or(i64::MIN).max(row.at.plus_millis(kept).as_millis());
                if now.as_millis() >= end {
                    requests::ask(sealer, name(&row.case_code, end), RequestKind::Erasure, &row.case_code, OVER, now)?;
                }
            }
            Ok(())
        })
    }
}

/// Why an expired case is in the queue.
const OVER: &str = "its time is over";

/// The same end of the same case is one request.
fn name(code: &str, end: i64) -> EventId {
    let hash = sha256(format!("{code} {end}").as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    EventId::from_bytes(id)
}

fn days(c: &Connection, class: RetentionClass) -> Result<u32, DeskError> {
    let mut statement = c.prepare_cached("SELECT days FROM retention WHERE class = ?1")?;
    let set = statement.query_row([class.word()], |row| row.get(0)).optional()?;
    Ok(set.unwrap_or(class.default_days()))
}
