//! What workers add by the code of a case, and what of it somebody at HQ has to decide.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde::Serialize;
use wayside_model::{ConsentLine, Event, EventId, Timestamp};
use wayside_screening::follow_up::{ByCode, ErasureReason};
use wayside_seal::SigningKey;

use crate::keys::{Class, Keyring, Scope, Sealer, sections};
use crate::{Desk, DeskError, referrals};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// Everything of the case goes.
    Erasure,
    /// Something recorded is wrong.
    Rectification,
    /// The record stays and is not used.
    Restriction,
}

impl RequestKind {
    const ALL: [Self; 3] = [Self::Erasure, Self::Rectification, Self::Restriction];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Erasure => "erasure",
            Self::Rectification => "rectification",
            Self::Restriction => "restriction",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A request. No `Debug`: its text may be what a person said.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RequestRow {
    /// The event it came in, or a random id.
    pub id: EventId,
    /// What is asked for.
    pub kind: RequestKind,
    /// Code of the case.
    pub case_code: String,
    /// What should stand there, or why; `None` where who looks has no key for it.
    pub text: Option<String>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// `granted` or `refused`; `None`: nobody decided yet.
    pub decision: Option<String>,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// A line of consent that was taken back after the record was sealed.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// Which line.
    pub line: ConsentLine,
    /// For whom, where it was for one.
    pub recipient: Option<String>,
    /// When it was said.
    pub at: Timestamp,
}

/// What should stand in a record, granted after it was sealed.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// What should stand there.
    pub text: String,
    /// When it was granted.
    pub at: Timestamp,
}

/// Corrections of a case that were granted.
pub(crate) fn corrections(c: &Connection, keys: &Keyring, code: &str) -> Result<Vec<Correction>, DeskError> {
    let mut statement = c.prepare_cached(
        "SELECT id, said, decided_at FROM request
         WHERE case_code = ?1 AND kind = 'rectification' AND decision = 'granted' ORDER BY decided_at",
    )?;
    let mut rows = statement.query([code])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, at) = (EventId::from_bytes(row.get(0)?), Timestamp::from_millis(row.get(2)?));
        let text = open(keys, id, RequestKind::Rectification, &row.get::<_, Vec<u8>>(1)?)?;
        found.extend(text.map(|text| Correction { text, at }));
    }
    Ok(found)
}

/// What should stand in a record is read by who reads its answers; why something else is asked for, by who handles requests.
const fn class(kind: RequestKind) -> Class {
    match kind {
        RequestKind::Rectification => Class::Answers,
        RequestKind::Erasure | RequestKind::Restriction => Class::Requests,
    }
}

/// Seals the text of a request that is there.
pub(crate) fn seal(
    sealer: &Sealer<'_>,
    id: EventId,
    kind: RequestKind,
    scope: &Scope,
    text: &str,
) -> Result<(), DeskError> {
    let said = sealer.seal(class(kind), scope, id.as_bytes(), text.as_bytes())?;
    sealer.tx.execute("UPDATE request SET said = ?2 WHERE id = ?1", (id.as_bytes(), said))?;
    Ok(())
}

/// The text; `None` where no key here opens it. Of an erased case it is empty.
fn open(keys: &Keyring, id: EventId, kind: RequestKind, said: &[u8]) -> Result<Option<String>, DeskError> {
    if said.is_empty() {
        return Ok(Some(String::new()));
    }
    let plain = keys.open(class(kind), id.as_bytes(), said)?;
    plain.map(|plain| String::from_utf8(plain.to_vec()).map_err(|_| DeskError::Damaged)).transpose()
}

/// Seals corrections that came before their record again, for whom the record is.
pub(crate) fn rescope(sealer: &Sealer<'_>, keys: &Keyring, code: &str, scope: &Scope) -> Result<(), DeskError> {
    let kind = RequestKind::Rectification;
    let held: Vec<([u8; 16], Vec<u8>)> = sealer
        .tx
        .prepare_cached("SELECT id, said FROM request WHERE case_code = ?1 AND kind = ?2 AND said <> x''")?
        .query_map((code, kind.word()), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, said) in held {
        let id = EventId::from_bytes(id);
        let text = open(keys, id, kind, &said)?.ok_or(DeskError::Damaged)?;
        seal(sealer, id, kind, scope, &text)?;
    }
    Ok(())
}

/// Codes of the cases that are kept and not used.
pub(crate) fn restricted(c: &Connection) -> Result<BTreeSet<String>, DeskError> {
    let mut statement = c.prepare_cached("SELECT case_code FROM restriction")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives an event by code its effect. One that this version cannot read has none; it stays among the items.
pub(crate) fn by_code(
    sealer: &Sealer<'_>,
    keys: &Keyring,
    signing: &SigningKey,
    event: &Event,
    json: &str,
) -> Result<(), DeskError> {
    let tx = sealer.tx;
    let Ok(said) = serde_json::from_str::<ByCode>(json) else { return Ok(()) };
    match said {
        ByCode::Correction { code, text } => ask(sealer, event.id, RequestKind::Rectification, &code, &text, event.at),
        ByCode::Erasure { code, reason } => {
            let why = match reason {
                ErasureReason::PersonAsked => "the person asked for it",
                ErasureReason::NotCovered => "it should not have been recorded",
                ErasureReason::Expired => "its time is over",
            };
            ask(sealer, event.id, RequestKind::Erasure, &code, why, event.at)
        }
        ByCode::Withdrawal { code, line, recipient, at } => {
            tx.execute(
                "INSERT INTO withdrawal (event, case_code, line, recipient, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING",
                (event.id.as_bytes(), &code, line_word(line)?, &recipient, at.as_millis()),
            )?;
            match line {
                ConsentLine::C4 => referrals::take_back(tx, keys, signing, &code, recipient.as_deref(), event),
                // Without these nothing may be kept; that it goes is for a person to say.
                ConsentLine::C1 | ConsentLine::C2 => {
                    referrals::take_back(tx, keys, signing, &code, None, event)?;
                    ask(sealer, event.id, RequestKind::Erasure, &code, "the person took the consent back", event.at)
                }
                _ => Ok(()),
            }
        }
        ByCode::TalkedAgain { code, again } => {
            tx.execute(
                "INSERT INTO case_link (event, code, again) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                (event.id.as_bytes(), code, again),
            )?;
            Ok(())
        }
    }
}

fn line_word(line: ConsentLine) -> Result<String, DeskError> {
    serde_json::to_value(line).ok().and_then(|value| value.as_str().map(str::to_owned)).ok_or(DeskError::Bug)
}

/// Puts a request into the queue, once by its id.
pub(crate) fn ask(
    sealer: &Sealer<'_>,
    id: EventId,
    kind: RequestKind,
    code: &str,
    text: &str,
    at: Timestamp,
) -> Result<(), DeskError> {
    let new = sealer.tx.execute(
        "INSERT INTO request (id, kind, case_code, asked_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        (id.as_bytes(), kind.word(), code, at.as_millis()),
    )?;
    if new == 0 {
        return Ok(());
    }
    seal(sealer, id, kind, &sections::of_code(sealer.tx, code)?, text)
}

/// Lines of a case that were taken back.
pub(crate) fn withdrawals(c: &Connection, code: &str) -> Result<Vec<Withdrawal>, DeskError> {
    let mut statement =
        c.prepare_cached("SELECT line, recipient, at FROM withdrawal WHERE case_code = ?1 ORDER BY at")?;
    let mut rows = statement.query([code])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let line = serde_json::from_value(serde_json::Value::from(row.get::<_, String>(0)?));
        found.push(Withdrawal {
            line: line.map_err(|_| DeskError::Damaged)?,
            recipient: row.get(1)?,
            at: Timestamp::from_millis(row.get(2)?),
        });
    }
    Ok(found)
}

impl Desk {
    /// What waits for a decision first, the oldest of it first.
    pub fn requests(&self) -> Result<Vec<RequestRow>, DeskError> {
        self.check_caught_up()?;
        self.read_all(Self::requests_with)
    }

    /// The same, with the texts that these keys open.
    pub(crate) fn requests_with(c: &Connection, keys: &Keyring) -> Result<Vec<RequestRow>, DeskError> {
        let mut statement = c.prepare_cached(
            "SELECT id, kind, case_code, said, asked_at, decision, reason, decided_at FROM request
                 ORDER BY decision IS NOT NULL, asked_at, id",
        )?;
        let mut found = statement.query([])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let id = EventId::from_bytes(row.get(0)?);
            let kind = RequestKind::of(&row.get::<_, String>(1)?).ok_or(DeskError::Damaged)?;
            rows.push(RequestRow {
                id,
                kind,
                case_code: row.get(2)?,
                text: open(keys, id, kind, &row.get::<_, Vec<u8>>(3)?)?,
                asked_at: Timestamp::from_millis(row.get(4)?),
                decision: row.get(5)?,
                reason: row.get(6)?,
                decided_at: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_millis),
            });
        }
        Ok(rows)
    }
}
