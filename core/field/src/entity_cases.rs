//! Which interviews an entity comes from, so that it goes when they do: each row of a list of entities that an interview made
//! or changed names the cases by their hashes, which is also how HQ names a case that is to be erased.

use std::collections::BTreeSet;

use wayside_model::{CaseId, ErrorCode};
use wayside_seal::control::case_hash;
use wayside_vault::NewList;

use crate::error::FieldError;
use crate::lists;
use crate::stored_list::ABSENT;
use crate::term_ends;
use crate::vault::Inner;
use crate::worklist;

/// The column that names them, one after the other. A row without any came from HQ.
pub(crate) const CASES: &str = "__cases";

/// How a row names a case.
pub(crate) fn mark(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The cases of a row, and this one.
pub(crate) fn with(before: &str, case: CaseId) -> String {
    let mark = mark(&case_hash(case));
    if before.split(' ').any(|known| known == mark) {
        return before.to_owned();
    }
    format!("{before} {mark}").trim_start().to_owned()
}

/// Takes every row out that names a case which is `gone`. What HQ knows of the entity comes again with HQ's next list.
pub(crate) fn forget(inner: &Inner, gone: &dyn Fn(&str) -> bool) -> Result<(), FieldError> {
    let mut changed = false;
    for name in inner.store.lists()? {
        let Some(info) = inner.store.list(&name)? else { continue };
        let Some(place) = info.columns.iter().position(|column| column == CASES) else { continue };
        let mut rows = lists::all_rows(inner, &name)?;
        let before = rows.len();
        rows.retain(|row| !marks(row, place).any(gone));
        if rows.len() == before {
            continue;
        }
        let columns: Vec<&str> = info.columns.iter().map(String::as_str).collect();
        let indexed: Vec<&str> = info.indexed.iter().map(String::as_str).collect();
        let list = NewList { name: &name, sha256: info.sha256, columns: &columns, indexed: &indexed };
        inner.store.put_list(&list, &mut rows.into_iter())?;
        changed = true;
    }
    if changed { Ok(inner.store.forget_deleted()?) } else { Ok(()) }
}

/// The marks of all cases that rows name.
pub(crate) fn named(inner: &Inner) -> Result<BTreeSet<String>, FieldError> {
    let mut named = BTreeSet::new();
    for name in inner.store.lists()? {
        let Some(info) = inner.store.list(&name)? else { continue };
        let Some(place) = info.columns.iter().position(|column| column == CASES) else { continue };
        let rows = lists::all_rows(inner, &name)?;
        named.extend(rows.iter().flat_map(|row| marks(row, place)).map(str::to_owned));
    }
    Ok(named)
}

/// As [`forget`], for the cases that this device no longer keeps.
pub(crate) fn forget_unkept(inner: &Inner) -> Result<(), FieldError> {
    let mut kept: BTreeSet<String> = match worklist::cases(inner) {
        // Reading is locked: which cases are kept cannot be seen.
        Err(error) if error.code == ErrorCode::VaultLease => return Ok(()),
        cases => cases?.into_iter().map(|case| mark(&case_hash(case))).collect(),
    };
    kept.extend(term_ends::kept(inner)?);
    forget(inner, &|case| !kept.contains(case))
}

/// Gives another vault every list that HQ sent, without a trace of an interview: no row that names a case, and not the column.
pub(crate) fn give(inner: &Inner, to: &wayside_vault::Vault) -> Result<(), FieldError> {
    for name in inner.store.lists()? {
        let Some(info) = inner.store.list(&name)? else { continue };
        if to.list(&name)?.is_some_and(|there| there.sha256 == info.sha256) {
            continue;
        }
        let place = info.columns.iter().position(|column| column == CASES);
        let gaps = info.columns.iter().position(|column| column == ABSENT);
        let mut rows = lists::all_rows(inner, &name)?;
        if let Some(place) = place {
            rows.retain(|row| marks(row, place).next().is_none());
            for row in &mut rows {
                if let Some(cell) = gaps.and_then(|gaps| row.get_mut(gaps)) {
                    *cell = without(cell, place);
                }
                row.remove(place);
            }
        }
        let kept = |columns: &[String]| columns.iter().filter(|column| *column != CASES).cloned().collect::<Vec<_>>();
        let (columns, indexed) = (kept(&info.columns), kept(&info.indexed));
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let indexed: Vec<&str> = indexed.iter().map(String::as_str).collect();
        let list = NewList { name: &name, sha256: info.sha256, columns: &columns, indexed: &indexed };
        to.put_list(&list, &mut rows.into_iter())?;
    }
    Ok(())
}

fn marks(row: &[String], place: usize) -> impl Iterator<Item = &str> {
    row.get(place).map_or("", String::as_str).split(' ').filter(|mark| !mark.is_empty())
}

/// The gaps of a row, by number of their column, when one column is taken out.
fn without(gaps: &str, taken: usize) -> String {
    let numbers = gaps.split(' ').filter_map(|gap| gap.parse::<usize>().ok()).filter(|gap| *gap != taken);
    let moved = numbers.map(|gap| if gap > taken { gap - 1 } else { gap }.to_string());
    moved.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_each_case_once() {
        let (one, two) = (CaseId::from_bytes([1; 16]), CaseId::from_bytes([2; 16]));
        let both = with(&with("", one), two);
        assert_eq!(with(&both, one), both);
        let row = [String::new(), both];
        assert_eq!(marks(&row, 1).collect::<Vec<_>>(), [mark(&case_hash(one)), mark(&case_hash(two))]);
        assert_eq!(marks(&row, 0).count(), 0);
    }

    #[test]
    fn gaps_follow_their_columns() {
        assert_eq!(without("0 2 3", 2), "0 2");
        assert_eq!(without("", 1), "");
    }
}
