//! Choice lists of forms, kept in the vault: a form's own files under its hash, and lists of entities, which all forms of
//! the device share. Rows are read where they are; no list stands in memory as a whole.

use std::borrow::Borrow;
use std::sync::Arc;

use wayside_forms::{Form, List, Resources, Table};
use wayside_model::ErrorCode;
use wayside_vault::{ListInfo, NewList};

use crate::error::FieldError;
use crate::stored_list::{ABSENT, StoredList};
use crate::vault::Inner;

/// The URI of the instance that was saved last.
const LAST_SAVED: &str = "jr://instance/last-saved";
/// The only column of an XML file that is no list of rows.
const WHOLE: &str = "\u{0}xml";
/// Columns of every list of entities.
pub(crate) const ENTITY: &str = "name";
pub(crate) const VERSION: &str = "__version";
pub(crate) const BRANCH: &str = "__branchId";

/// A file that comes with a form: a list of choices as `.csv`, `.geojson` or `.xml`. Others are not kept.
#[derive(Clone)]
pub struct FormFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The vault behind a list, for as long as the list lives.
pub(crate) struct Held(pub(crate) Arc<Inner>);

impl Borrow<wayside_vault::Vault> for Held {
    fn borrow(&self) -> &wayside_vault::Vault {
        &self.0.store
    }
}

/// Keeps the files that `form` names. Files it does not name are left out; what is missing is a problem of the questions
/// that need it, not of the form.
pub(crate) fn keep(inner: &Inner, form: &Form, sha256: &[u8; 32], files: &[FormFile]) -> Result<(), FieldError> {
    for external in form.external_instances() {
        let wanted = file_name(&external.source);
        let Some(file) = files.iter().find(|file| file.name == wanted) else { continue };
        let searched = form.searched_columns(external);
        let from = wayside_seal::sha256(&file.bytes);
        match read(file)? {
            Kept::Rows(table) if is_entity_list(&table) => {
                merge(inner, stem(wanted), &table, from, searched)?;
            }
            Kept::Rows(table) => put(&inner.store, &own(sha256, wanted), from, &table, &searched)?,
            Kept::Whole(xml) => {
                let list = NewList { name: &own(sha256, wanted), sha256: from, columns: &[WHOLE], indexed: &[] };
                inner.store.put_list(&list, &mut std::iter::once(vec![xml]))?;
            }
        }
    }
    Ok(())
}

/// What a session of this form may read: its lists, the entities of the device, and what it saved last.
pub(crate) fn resources(inner: &Arc<Inner>, form: &Form, sha256: &[u8; 32]) -> Result<Resources, FieldError> {
    let mut resources = Resources::new();
    for external in form.external_instances() {
        if external.source == LAST_SAVED {
            if let Some(xml) = last_saved(inner, form.id())? {
                resources.add_last_saved(&xml);
            }
            continue;
        }
        let file = file_name(&external.source);
        // A list that the form itself fills is there from the start.
        if form.entity_lists().contains(&stem(file)) {
            let columns = [ENTITY, "label", VERSION, "__trunkVersion", BRANCH].map(str::to_owned);
            resources.add_list(&external.source, Arc::new(Table::new(columns.to_vec())?));
        }
        for name in [entities(stem(file)), own(sha256, file)] {
            let Some(info) = inner.store.list(&name)? else { continue };
            if info.columns == [WHOLE] {
                inner.store.list_part(&name, 0, 1, &mut |_, cells| {
                    cells.first().into_iter().for_each(|xml| resources.add_xml(&external.source, xml));
                })?;
            } else {
                make_searchable(inner, &name, &info, &form.searched_columns(external))?;
                if let Some(list) = StoredList::open(Held(Arc::clone(inner)), &name)? {
                    resources.add_list(&external.source, Arc::new(list));
                }
            }
            break;
        }
    }
    Ok(resources)
}

/// Keeps a table as a list of this name, in place of the one before. `indexed` are the columns to search by; names that the
/// table does not have are passed over.
///
/// Errors: `storage.*`.
pub fn put(
    store: &wayside_vault::Vault,
    name: &str,
    sha256: [u8; 32],
    table: &Table,
    indexed: &[String],
) -> Result<(), FieldError> {
    let width = table.columns().len() as u32;
    let cell = |row, column| table.cell(row, column).ok().flatten();
    let has_gaps = (0..table.len()).any(|row| (0..width).any(|column| cell(row, column).is_none()));
    let mut columns: Vec<&str> = table.columns().iter().map(String::as_str).collect();
    let indexed: Vec<&str> = indexed.iter().map(String::as_str).filter(|name| columns.contains(name)).collect();
    if has_gaps {
        columns.push(ABSENT);
    }
    let mut rows = (0..table.len()).map(|row| {
        let mut cells: Vec<String> =
            (0..width).map(|column| cell(row, column).unwrap_or_default().into_owned()).collect();
        if has_gaps {
            let gaps = (0..width).filter(|column| cell(row, *column).is_none());
            cells.push(gaps.map(|column| column.to_string()).collect::<Vec<_>>().join(" "));
        }
        cells
    });
    Ok(store.put_list(&NewList { name, sha256, columns: &columns, indexed: &indexed }, &mut rows)?)
}

/// Name of the list of entities called so.
pub(crate) fn entities(dataset: &str) -> String {
    format!("entities/{dataset}")
}

/// What the next interview with a form may read of the last one.
pub(crate) fn last_saved(inner: &Inner, form: &str) -> Result<Option<String>, FieldError> {
    let stored = inner.store.setting(&last_saved_setting(form))?;
    Ok(stored.filter(|bytes| !bytes.is_empty()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Forgets of every form what was saved last: it is not known of which case it was.
pub(crate) fn forget_last_saved(inner: &Inner) -> Result<(), FieldError> {
    for form in inner.store.forms()? {
        if last_saved(inner, &form.id)?.is_some() {
            inner.store.put_setting(&last_saved_setting(&form.id), &[])?;
        }
    }
    Ok(())
}

pub(crate) fn last_saved_setting(form: &str) -> String {
    format!("last-saved/{form}")
}

/// All rows of a list with the columns they have.
pub(crate) fn all_rows(inner: &Inner, name: &str) -> Result<Vec<Vec<String>>, FieldError> {
    let mut rows = Vec::new();
    inner.store.list_rows(name, &[], &mut |_, cells| {
        rows.push(cells);
        true
    })?;
    Ok(rows)
}

/// A file of one form: another version of the form has its own.
fn own(sha256: &[u8; 32], file: &str) -> String {
    let hash: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("form/{hash}/{file}")
}

fn file_name(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap_or(uri)
}

fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

enum Kept {
    Rows(Table),
    Whole(String),
}

fn read(file: &FormFile) -> Result<Kept, FieldError> {
    let malformed = || FieldError::new(ErrorCode::FormMalformed);
    let ending = file.name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "csv" => Ok(Kept::Rows(Table::from_csv(&file.bytes)?)),
        "geojson" => Ok(Kept::Rows(Table::from_geojson(&file.bytes)?)),
        "xml" => {
            let xml = std::str::from_utf8(&file.bytes).map_err(|_| malformed())?;
            Ok(match Table::from_xml(xml)? {
                Some(table) => Kept::Rows(table),
                None => Kept::Whole(xml.to_owned()),
            })
        }
        _ => Err(malformed()),
    }
}

/// As servers hand out lists of entities.
fn is_entity_list(table: &Table) -> bool {
    [ENTITY, VERSION].iter().all(|name| table.column(name).is_some())
}

/// Takes over a server's list of entities. What was made or changed here and is newer than the server's stays.
fn merge(
    inner: &Inner,
    dataset: &str,
    server: &Table,
    sha256: [u8; 32],
    searched: Vec<String>,
) -> Result<(), FieldError> {
    let name = entities(dataset);
    let mut indexed: Vec<String> = vec![ENTITY.to_owned()];
    indexed.extend(searched);
    let mut merged = Table::new(server.columns().to_vec())?;
    let mut place = std::collections::HashMap::new();
    let text = |row, column| server.cell(row, column).ok().flatten().unwrap_or_default();
    for row in 0..server.len() {
        let to = merged.push_row();
        for column in 0..server.columns().len() as u32 {
            merged.set(to, column, &text(row, column))?;
        }
        place.insert(server.column(ENTITY).map(|column| text(row, column).into_owned()).unwrap_or_default(), to);
    }
    if let Some(info) = inner.store.list(&name)? {
        indexed.extend(info.indexed.iter().cloned());
        for row in all_rows(inner, &name)? {
            let of = |wanted: &str| {
                let column = info.columns.iter().position(|column| column == wanted);
                column.and_then(|column| row.get(column)).map_or("", String::as_str)
            };
            let number = |version: &str| version.parse::<u64>().unwrap_or(0);
            let to = match place.get(of(ENTITY)) {
                Some(to) => {
                    let server_version =
                        merged.column(VERSION).and_then(|column| merged.cell(*to, column).ok().flatten());
                    if number(of(VERSION)) <= server_version.map_or(0, |version| number(&version)) {
                        continue;
                    }
                    *to
                }
                // Without a branch it came from the server, which has it no more.
                None if of(BRANCH).is_empty() => continue,
                None => merged.push_row(),
            };
            for (column, cell) in info.columns.iter().zip(&row).filter(|(column, _)| *column != ABSENT) {
                let column = merged.column_or_new(column);
                merged.set(to, column, cell)?;
            }
        }
    }
    indexed.sort_unstable();
    indexed.dedup();
    put(&inner.store, &name, sha256, &merged, &indexed)
}

/// A form may search by a column that no form before it did.
fn make_searchable(inner: &Inner, name: &str, info: &ListInfo, searched: &[String]) -> Result<(), FieldError> {
    let has = |column: &String| info.columns.contains(column);
    let missing: Vec<&String> = searched.iter().filter(|c| has(c) && !info.indexed.contains(c)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let columns: Vec<&str> = info.columns.iter().map(String::as_str).collect();
    let indexed: Vec<&str> = info.indexed.iter().chain(missing).map(String::as_str).collect();
    let rows = all_rows(inner, name)?;
    let list = NewList { name, sha256: info.sha256, columns: &columns, indexed: &indexed };
    Ok(inner.store.put_list(&list, &mut rows.into_iter())?)
}
