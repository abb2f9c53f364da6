//! What a finished interview leaves on the device: changes of entities, what its form reads of the instance that was saved
//! last, and how the person may be contacted. Nothing else of it can be read from then on, but its large files until they are
//! sealed.
//!
//! It is worked out before the record is sealed, stored beside the chain, and carried out once the record is queued; a crash
//! in between is mended at the next open. Carrying it out twice gives what once gives.

use minicbor::{Decode, Encode};
use wayside_forms::{EntityStore, ListUnreadable, Session};
use wayside_model::{CaseId, ErrorCode, EventId, Timestamp, from_canonical, to_canonical};
use wayside_screening::follow_up::ContactRule;
use wayside_seal::control::case_hash;
use wayside_seal::random;
use wayside_vault::NewList;
use zeroize::Zeroizing;

use crate::entity_cases;
use crate::error::FieldError;
use crate::files::{self, Owed};
use crate::lists::{self, ENTITY};
use crate::stored_list::ABSENT;
use crate::term_ends::{self, Left};
use crate::vault::Inner;
use crate::worklist;

/// Where it waits.
const SETTING: &str = "after-finish";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Columns of one entity. No `Debug`: it holds what a person said.
#[derive(Clone, Encode, Decode)]
struct Change {
    #[n(0)]
    list: String,
    #[n(1)]
    id: String,
    #[n(2)]
    cells: Vec<Cell>,
}

#[derive(Clone, Encode, Decode)]
struct Cell {
    #[n(0)]
    column: String,
    #[n(1)]
    text: String,
}

/// What one finished interview leaves. No `Debug`: it holds what a person said.
#[derive(Clone, Encode, Decode)]
pub(crate) struct Remains {
    #[n(0)]
    event: EventId,
    #[n(1)]
    form: String,
    #[n(2)]
    changes: Vec<Change>,
    #[n(3)]
    last_saved: Option<String>,
    /// Of the interview; absent in what an earlier build has stored.
    #[n(4)]
    case: Option<CaseId>,
    /// Files that go after the record.
    #[n(5)]
    files: Option<Vec<Owed>>,
    /// What was agreed of contact: the JSON of a [`ContactRule`].
    #[n(6)]
    contact: Option<String>,
    /// Until when it may stay, where HQ set days.
    #[n(7)]
    until: Option<Timestamp>,
    /// The form is not about a person.
    #[n(8)]
    about_nobody: Option<bool>,
}

/// Works out what the interview leaves. An interview that was stopped changes no entity: what it asks for is not complete.
pub(crate) fn of(
    inner: &Inner,
    (event, case): (EventId, CaseId),
    session: &Session,
    was_stopped: bool,
    files: Vec<Owed>,
    contact: Option<&ContactRule>,
) -> Result<Remains, FieldError> {
    let mut planned = Planned::new(inner);
    if !was_stopped {
        for change in session.entities() {
            let branch: CaseId = random::id()?;
            change.apply(&mut planned, &branch.to_string())?;
        }
    }
    Ok(Remains {
        event,
        form: session.form().id().to_owned(),
        changes: planned.changes,
        last_saved: session.last_saved_xml(),
        case: Some(case),
        files: Some(files).filter(|files| !files.is_empty()),
        contact: contact.map(serde_json::to_string).transpose().map_err(|_| ErrorCode::Bug)?,
        until: None,
        about_nobody: None,
    })
}

impl Remains {
    /// For so many days from the end of the form on, as HQ set them.
    pub(crate) fn until(&mut self, days: Option<u32>, ended: Timestamp, about_nobody: bool) {
        self.until = days.map(|days| ended.plus_millis(i64::from(days) * DAY));
        self.about_nobody = about_nobody.then_some(true);
    }

    fn left(&self, case: CaseId) -> Option<Left> {
        let about_nobody = self.about_nobody == Some(true);
        let is_left = !self.changes.is_empty() || self.last_saved.is_some();
        (is_left && (self.until.is_some() || about_nobody)).then(|| Left {
            event: self.event,
            case,
            form: self.form.clone(),
            until: self.until,
            about_nobody,
            is_last_saved: self.last_saved.is_some(),
        })
    }

    /// Stores it, to be carried out when the record is queued.
    pub(crate) fn prepare(&self, inner: &Inner) -> Result<(), FieldError> {
        if self.changes.is_empty() && self.last_saved.is_none() && self.files.is_none() && self.contact.is_none() {
            return Ok(());
        }
        // What an earlier record left, should an error have kept it back.
        carry_out(inner)?;
        Ok(inner.store.put_setting(SETTING, &Zeroizing::new(to_canonical(self)))?)
    }
}

/// Carries out what waits, if its record is queued. What belongs to a record that was never kept is forgotten.
pub(crate) fn carry_out(inner: &Inner) -> Result<(), FieldError> {
    let Some(stored) = inner.store.setting(SETTING)?.filter(|stored| !stored.is_empty()) else { return Ok(()) };
    let remains: Remains = from_canonical(&stored)?;
    if inner.store.queue()?.iter().any(|row| row.event == remains.event) {
        // First: until when it may stay stands wherever something of it does.
        if let Some(left) = remains.case.and_then(|case| remains.left(case)) {
            term_ends::note(inner, left)?;
        }
        for change in &remains.changes {
            put_entity(inner, change, remains.case)?;
        }
        if let Some(xml) = &remains.last_saved {
            inner.store.put_setting(&lists::last_saved_setting(&remains.form), xml.as_bytes())?;
        }
        if let (Some(case), Some(rule)) = (remains.case, &remains.contact) {
            let rule = serde_json::from_str(rule).map_err(|_| ErrorCode::VaultDamaged)?;
            // The process may have gone after the commit and before the case was in the list.
            let kept = worklist::keep(inner, case, inner.clock.now().rounded());
            worklist::unless_locked(kept.and_then(|()| worklist::keep_contact(inner, case, &rule)))?;
        }
        if let (Some(case), Some(files)) = (remains.case, &remains.files) {
            files::send(inner, remains.event, case, files)?;
        }
    } else if inner.outbox()?.bytes(remains.event.as_bytes())?.is_some() {
        return Ok(());
    }
    Ok(inner.store.put_setting(SETTING, &[])?)
}

/// The files that go after the record of this event.
pub(crate) fn files_of(inner: &Inner, event: EventId) -> Result<Vec<EventId>, FieldError> {
    let Some(stored) = inner.store.setting(SETTING)?.filter(|stored| !stored.is_empty()) else { return Ok(Vec::new()) };
    let remains: Remains = from_canonical(&stored)?;
    let files = remains.files.filter(|_| remains.event == event).unwrap_or_default();
    Ok(files.iter().map(|owed| owed.file).collect())
}

/// The case is erased: what waits of it is not carried out any more.
pub(crate) fn forget(inner: &Inner, hash: &[u8; 32]) -> Result<(), FieldError> {
    let Some(stored) = inner.store.setting(SETTING)?.filter(|stored| !stored.is_empty()) else { return Ok(()) };
    let remains: Remains = from_canonical(&stored)?;
    match remains.case {
        Some(case) if case_hash(case) == *hash => Ok(inner.store.put_setting(SETTING, &[])?),
        _ => Ok(()),
    }
}

/// Entities as they will be; nothing is written.
pub(crate) struct Planned<'i> {
    inner: &'i Inner,
    changes: Vec<Change>,
}

impl<'i> Planned<'i> {
    pub(crate) const fn new(inner: &'i Inner) -> Self {
        Self { inner, changes: Vec::new() }
    }

    #[cfg(test)]
    pub(crate) fn put_all(&self, case: Option<CaseId>) -> Result<(), FieldError> {
        self.changes.iter().try_for_each(|change| put_entity(self.inner, change, case))
    }
}

impl EntityStore for Planned<'_> {
    fn entity(&self, list: &str, id: &str, column: &str) -> Result<Option<String>, ListUnreadable> {
        let mine = || self.changes.iter().rev().filter(|change| change.list == list && change.id == id);
        let changed = mine().flat_map(|change| &change.cells).find(|cell| cell.column == column);
        if let Some(cell) = changed {
            return Ok(Some(cell.text.clone()));
        }
        let stored = row_of(self.inner, list, id).map_err(|_| ListUnreadable)?;
        Ok(match stored {
            Some((columns, row, _)) => {
                let place = columns.iter().position(|known| known == column);
                Some(place.and_then(|place| row.get(place).cloned()).unwrap_or_default())
            }
            None => mine().next().map(|_| if column == ENTITY { id.to_owned() } else { String::new() }),
        })
    }

    fn put_entity(&mut self, list: &str, id: &str, cells: &[(&str, &str)]) -> Result<(), ListUnreadable> {
        let cell = |(column, text): &(&str, &str)| Cell { column: (*column).to_owned(), text: (*text).to_owned() };
        let cells = cells.iter().map(cell).collect();
        self.changes.push(Change { list: list.to_owned(), id: id.to_owned(), cells });
        Ok(())
    }
}

impl Change {
    /// With the case it comes from, beside those the row names already.
    fn of(mut self, inner: &Inner, case: CaseId) -> Result<Self, FieldError> {
        let stored = row_of(inner, &self.list, &self.id)?;
        let before = stored.and_then(|(columns, row, _)| {
            let place = columns.iter().position(|column| column == entity_cases::CASES)?;
            row.get(place).cloned()
        });
        let text = entity_cases::with(&before.unwrap_or_default(), case);
        self.cells.push(Cell { column: entity_cases::CASES.to_owned(), text });
        Ok(self)
    }
}

type StoredRow = (Vec<String>, Vec<String>, u64);

/// Columns, cells and number of an entity's row.
fn row_of(inner: &Inner, list: &str, id: &str) -> Result<Option<StoredRow>, FieldError> {
    let name = lists::entities(list);
    let Some(info) = inner.store.list(&name)? else { return Ok(None) };
    let mut found = None;
    inner.store.list_rows(&name, &[(ENTITY, id)], &mut |n, cells| {
        found = Some((cells, n));
        false
    })?;
    Ok(found.map(|(cells, n)| (info.columns, cells, n)))
}

fn put_entity(inner: &Inner, change: &Change, case: Option<CaseId>) -> Result<(), FieldError> {
    let name = lists::entities(&change.list);
    let change = &match case {
        Some(case) => change.clone().of(inner, case)?,
        None => change.clone(),
    };
    make_columns(inner, &name, change)?;
    let Some(info) = inner.store.list(&name)? else { return Ok(()) };
    let (mut row, number) = match row_of(inner, &change.list, &change.id)? {
        Some((_, row, number)) => (row, number),
        None => (vec![String::new(); info.columns.len()], info.rows),
    };
    let id = (ENTITY, change.id.as_str());
    let changed = change.cells.iter().map(|cell| (cell.column.as_str(), cell.text.as_str()));
    let gaps = info.columns.iter().position(|column| column == ABSENT);
    for (column, text) in changed.chain([id]) {
        let Some(place) = info.columns.iter().position(|known| known == column) else { continue };
        if let Some(cell) = row.get_mut(place) {
            text.clone_into(cell);
        }
        // What has a text now is no gap any more.
        if let Some(cell) = gaps.and_then(|gaps| row.get_mut(gaps)) {
            *cell = cell.split(' ').filter(|gap| gap.parse() != Ok(place)).collect::<Vec<_>>().join(" ");
        }
    }
    Ok(inner.store.put_list_row(&name, number, &row)?)
}

/// Makes the list, or the columns it lacks, with every property searchable: no form has said yet how it will look for them.
fn make_columns(inner: &Inner, name: &str, change: &Change) -> Result<(), FieldError> {
    let known = inner.store.list(name)?;
    let (mut columns, mut indexed, sha256) = match &known {
        Some(info) => (info.columns.clone(), info.indexed.clone(), info.sha256),
        None => (vec![ENTITY.to_owned()], vec![ENTITY.to_owned()], [0; 32]),
    };
    let is_new = |column: &&str| !columns.iter().any(|known| known == column);
    let fresh: Vec<String> =
        change.cells.iter().map(|cell| cell.column.as_str()).filter(is_new).map(str::to_owned).collect();
    if known.is_some() && fresh.is_empty() {
        return Ok(());
    }
    // The gaps stay the last column.
    let end = columns.iter().position(|column| column == ABSENT).unwrap_or(columns.len());
    indexed.extend(fresh.iter().filter(|column| !column.starts_with("__")).cloned());
    let rows = match &known {
        Some(_) => lists::all_rows(inner, name)?,
        None => Vec::new(),
    };
    let wider = rows.into_iter().map(|mut row| {
        row.splice(end..end, fresh.iter().map(|_| String::new()));
        row
    });
    let wider: Vec<Vec<String>> = wider.collect();
    columns.splice(end..end, fresh);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let indexed: Vec<&str> = indexed.iter().map(String::as_str).collect();
    let list = NewList { name, sha256, columns: &columns, indexed: &indexed };
    Ok(inner.store.put_list(&list, &mut wider.into_iter())?)
}
