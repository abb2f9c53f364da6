//! What is decided of a form of others when it is signed, and goes with it to devices: for fields that do not say so themselves,
//! and whether it asks about a person at all.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{FormRef, FormTerms, Sensitivity};
use wayside_screening::bundle::Bundle;
use wayside_screening::forms::built_in;
use wayside_seal::content::ContentKind;
use wayside_seal::sha256;

use crate::DeskError;
use crate::contents::Held;

/// Keeps what was decided of a form. That it is not about a person holds for exactly these bytes and for no later version.
fn put_terms(tx: &Connection, id: &str, xml: &str, terms: &FormTerms) -> Result<(), DeskError> {
    let nobody = (!terms.about_person).then(|| sha256(xml.as_bytes()));
    tx.execute(
        "INSERT INTO form_terms (id, purpose, sensitivity, days, about_nobody) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET purpose = ?2, sensitivity = ?3, days = ?4, about_nobody = ?5",
        (id, &terms.purpose, terms.sensitivity.word(), terms.days, nobody),
    )?;
    Ok(())
}

/// What was decided of a form; nothing for one that comes with the program, and where nothing was.
pub(crate) fn terms(connection: &Connection, id: &str, xml: &str) -> Result<Option<FormTerms>, DeskError> {
    let select = "SELECT purpose, sensitivity, days, about_nobody IS NULL OR about_nobody <> ?2 FROM form_terms
        WHERE id = ?1";
    let mut statement = connection.prepare_cached(select)?;
    Ok(statement.query_row((id, sha256(xml.as_bytes())), |row| terms_at(row, 0)).optional()?)
}

/// Whether HQ says now, of exactly this form, that it is not about a person.
pub(crate) fn is_about_nobody(connection: &Connection, form: &FormRef) -> Result<bool, DeskError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM form_terms WHERE id = ?1 AND about_nobody = ?2")?;
    Ok(statement.exists((&form.id, form.sha256))?)
}

/// For how many days records of a form are kept, where that was decided.
pub(crate) fn days(connection: &Connection, id: &str) -> Result<Option<u32>, DeskError> {
    let mut statement = connection.prepare_cached("SELECT days FROM form_terms WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?.flatten())
}

/// Terms as they stand in a row, from this column on: purpose, sensitivity, days, about a person.
pub(super) fn terms_at(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<FormTerms> {
    Ok(FormTerms {
        purpose: row.get(first)?,
        sensitivity: Sensitivity::of(&row.get::<_, String>(first + 1)?),
        days: row.get(first + 2)?,
        about_person: row.get(first + 3)?,
    })
}

/// The forms of others in a content, by their ids, with their XForms: terms are for them alone.
pub(crate) fn others_in(kind: ContentKind, id: &str, text: &str) -> Result<Vec<(String, String)>, DeskError> {
    match kind {
        ContentKind::Form => Ok(vec![(id.to_owned(), text.to_owned())]),
        ContentKind::Bundle => {
            let forms = Bundle::from_json(text)?.forms.into_iter();
            Ok(forms.filter(|(id, _)| built_in(id).is_none()).collect())
        }
        _ => Ok(Vec::new()),
    }
}

fn others_held(content: &Held) -> Result<Vec<(String, String)>, DeskError> {
    others_in(content.kind, &content.id, &String::from_utf8_lossy(&content.whole))
}

/// Keeps what was decided of every form of others in a content.
pub(crate) fn keep_terms(tx: &Connection, content: &Held, terms: &FormTerms) -> Result<(), DeskError> {
    others_held(content)?.iter().try_for_each(|(id, xml)| put_terms(tx, id, xml, terms))
}

/// What was decided of the forms of a content, as it goes to devices inside what is signed; nothing where nothing was.
pub(crate) fn signed_terms(connection: &Connection, content: &Held) -> Result<Option<Vec<u8>>, DeskError> {
    let mut decided = Vec::new();
    let forms = others_held(content)?;
    for (id, xml) in &forms {
        decided.extend(terms(connection, id, xml)?.map(|terms| (id.as_str(), terms)));
    }
    Ok((!decided.is_empty()).then(|| FormTerms::to_signed(decided)))
}

/// The same for one content that nothing is kept of here.
pub(crate) fn trial_terms(content: &Held, terms: &FormTerms) -> Result<Vec<u8>, DeskError> {
    let forms = others_held(content)?;
    Ok(FormTerms::to_signed(forms.iter().map(|(id, _)| (id.as_str(), terms.clone()))))
}

/// Puts back what the desk itself signed of a content's forms.
pub(crate) fn take_terms_back(tx: &Connection, content: &Held, signed: &[u8]) -> Result<(), DeskError> {
    others_held(content)?
        .iter()
        .try_for_each(|(id, xml)| put_terms(tx, id, xml, &FormTerms::in_signed(Some(signed), id)))
}

/// What somebody decided, with a purpose that says something.
pub(crate) fn checked_terms(terms: &FormTerms) -> Result<FormTerms, DeskError> {
    let purpose = crate::decisions::reason(&terms.purpose)?.to_owned();
    Ok(FormTerms { purpose, days: terms.days.filter(|days| *days > 0), ..terms.clone() })
}
