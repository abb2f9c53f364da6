//! Numbers that may leave the desk: a fixed set of tables a month, frozen when published, over records whose consent to
//! statistics stands. There is no filter and no cross-table, so that there is nothing to compare but what was meant.

mod suppress;

#[cfg(test)]
mod attack;

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use wayside_model::{ConsentLine, ConsentValue, DeviceId, Event, EventBody, Timestamp};

use crate::keys::sections::{self, Place};
use crate::keys::{Class, Keyring, Scope, Sealer};
use crate::lists::{case_code, explanation};
use crate::{Desk, DeskError, requests, words};

pub use suppress::THRESHOLD;

/// Stands in place of all categories that are hidden together.
pub const TOGETHER: &str = "hidden together";

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The category, or [`TOGETHER`].
    pub category: String,
    /// How many records; `None` for those hidden together, which are not named.
    pub people: Option<u64>,
}

/// One table. Each record of the month counts in exactly one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What the categories are: `site`, `outcome`, `profile`.
    pub by: String,
    /// The lines, by category. Empty: the whole table is hidden.
    pub cells: Vec<Cell>,
}

/// What is published of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// Such as `2026-03`, of the interviews.
    pub month: String,
    /// All records counted; `None`: too few to publish anything.
    pub total: Option<u64>,
    /// The tables; empty without a total.
    pub tables: Vec<Table>,
}

/// A person as the tables count one.
#[derive(Clone)]
pub(crate) struct Counted {
    pub(crate) site: String,
    pub(crate) outcome: String,
    pub(crate) profile: String,
}

/// What may be said of these people.
pub(crate) fn tabulate(month: &str, people: &[Counted], k: u64) -> Month {
    let total = people.len() as u64;
    let nothing = Month { month: month.to_owned(), total: None, tables: Vec::new() };
    if total < k {
        return nothing;
    }
    type Category = fn(&Counted) -> &String;
    let tables: [(&str, Category); 3] =
        [("site", |one| &one.site), ("outcome", |one| &one.outcome), ("profile", |one| &one.profile)];
    let table = |(by, category): (&str, Category)| {
        let mut counts = BTreeMap::<&str, u64>::new();
        people.iter().for_each(|one| *counts.entry(category(one)).or_default() += 1);
        let numbers: Vec<u64> = counts.values().copied().collect();
        let hidden = suppress::hidden(&numbers, k).unwrap_or_default();
        let some_are_hidden = hidden.contains(&true);
        let shown = counts.into_iter().zip(hidden).filter(|(_, hidden)| !hidden);
        let shown = shown.map(|((category, count), _)| Cell { category: category.to_owned(), people: Some(count) });
        // A name alone would say that its group is not empty, and eleven names with eleven people that each is one.
        let rest = some_are_hidden.then(|| Cell { category: TOGETHER.to_owned(), people: None });
        Table { by: by.to_owned(), cells: shown.chain(rest).collect() }
    };
    Month { total: Some(total), tables: tables.map(table).into(), ..nothing }
}

impl Desk {
    /// Publishes a month that is over, once: afterwards the same tables are given, whatever came since. `month` as `2026-03`.
    /// Fails with `desk.unknown_record` where it is no month or is not over.
    pub fn publish(&self, month: &str, now: Timestamp) -> Result<Month, DeskError> {
        let well_formed = month.split_once('-').is_some_and(|(year, month)| {
            let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
            digits(year, 4) && digits(month, 2) && ("01"..="12").contains(&month)
        });
        if !well_formed || month >= words::month(now).as_str() {
            return Err(DeskError::UnknownRecord);
        }
        let owner = self.owner()?;
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let keys = owner.keys(tx)?;
            if let Some(held) = frozen(tx, keys)?.into_iter().find(|held| held.month == month) {
                return Ok(held);
            }
            let mut statement = tx.prepare_cached(
                "SELECT device, sha256, whole FROM record
                 WHERE state = 1 AND kind = 0 AND whole IS NOT NULL GROUP BY event ORDER BY event",
            )?;
            let restricted = requests::restricted(tx)?;
            let mut rows = statement.query([])?;
            let mut people = Vec::new();
            while let Some(row) = rows.next()? {
                let place = Place { device: DeviceId::from_bytes(row.get(0)?), sha256: row.get(1)? };
                let event = sections::event_of(keys, place, &row.get::<_, Vec<u8>>(2)?)?.ok_or(DeskError::Damaged)?;
                let code = case_code(event.case);
                let taken_back = requests::withdrawals(tx, &code)?.iter().any(|it| it.line == ConsentLine::C6);
                let is_shut = taken_back || restricted.contains(&code);
                people.extend(counted(&event).filter(|_| !is_shut && words::month(event.at) == month));
            }
            let tables = tabulate(month, &people, THRESHOLD);
            let json = serde_json::to_string(&tables).map_err(|_| DeskError::Bug)?;
            tx.execute("INSERT INTO aggregate (month, at) VALUES (?1, ?2)", (month, now.as_millis()))?;
            seal(sealer, month, &json)?;
            Ok(tables)
        })
    }

    /// What was published, newest month first.
    pub fn published(&self) -> Result<Vec<Month>, DeskError> {
        self.read_all(frozen)
    }

    /// Which months are published, newest first.
    pub(crate) fn published_months(&self) -> Result<Vec<String>, DeskError> {
        self.store.read(|c| {
            let mut statement = c.prepare_cached("SELECT month FROM aggregate ORDER BY month DESC")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Seals the tables of a month that is there.
pub(crate) fn seal(sealer: &Sealer<'_>, month: &str, json: &str) -> Result<(), DeskError> {
    let sealed = sealer.seal(Class::Statistics, &Scope::default(), month.as_bytes(), json.as_bytes())?;
    sealer.tx.execute("UPDATE aggregate SET sealed = ?2 WHERE month = ?1", (month, sealed))?;
    Ok(())
}

/// What was published, as far as these keys open it, newest month first.
pub(crate) fn frozen(c: &Connection, keys: &Keyring) -> Result<Vec<Month>, DeskError> {
    let mut statement = c.prepare_cached("SELECT month, sealed FROM aggregate ORDER BY month DESC")?;
    let mut rows = statement.query([])?;
    let mut months = Vec::new();
    while let Some(row) = rows.next()? {
        let month: String = row.get(0)?;
        let json = keys.open(Class::Statistics, month.as_bytes(), &row.get::<_, Vec<u8>>(1)?)?;
        let read = json.map(|json| serde_json::from_slice(&json).map_err(|_| DeskError::Damaged));
        months.extend(read.transpose()?);
    }
    Ok(months)
}

/// A record as a person of the tables, where its consent to statistics stands.
fn counted(event: &Event) -> Option<Counted> {
    let EventBody::Screening(record) = &event.body else { return None };
    let lines = record.consents.iter().filter(|entry| entry.line == ConsentLine::C6);
    // The last word counts; a withdrawal is never followed by more.
    if lines.map(|entry| entry.value).next_back() != Some(ConsentValue::Yes) {
        return None;
    }
    let explanation = record.explanation.as_deref().and_then(explanation);
    let first = explanation.as_ref().and_then(|it| it.outcomes.first()).map_or("none", |outcome| &outcome.id);
    let profile = explanation.as_ref().and_then(|it| it.profile.clone()).unwrap_or_else(|| "none".to_owned());
    Some(Counted { site: record.site.clone(), outcome: first.to_owned(), profile })
}
