//! What is decided of a form of others when it is signed: for fields that do not say so themselves.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use crate::DeskError;

/// How sensitive a field can be, the most sensitive last: what counts where nobody says.
pub const SENSITIVITIES: [&str; 3] = ["restricted", "confidential", "strictly_confidential"];

/// What is decided of a form of others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Terms {
    /// What its fields are for, where they do not say so themselves.
    pub purpose: String,
    /// How sensitive they are, where they do not say so themselves: one of [`SENSITIVITIES`].
    pub sensitivity: String,
    /// Days its records are kept; `None`: as their class.
    pub days: Option<u32>,
}

pub(super) fn put_terms(tx: &Connection, id: &str, terms: &Terms) -> Result<(), DeskError> {
    tx.execute(
        "INSERT INTO form_terms (id, purpose, sensitivity, days) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET purpose = ?2, sensitivity = ?3, days = ?4",
        (id, &terms.purpose, &terms.sensitivity, terms.days),
    )?;
    Ok(())
}

/// What was decided of a form; nothing for one that comes with the program.
pub(crate) fn terms(connection: &Connection, id: &str) -> Result<Option<Terms>, DeskError> {
    let mut statement = connection.prepare_cached("SELECT purpose, sensitivity, days FROM form_terms WHERE id = ?1")?;
    let read =
        |row: &rusqlite::Row<'_>| Ok(Terms { purpose: row.get(0)?, sensitivity: row.get(1)?, days: row.get(2)? });
    Ok(statement.query_row([id], read).optional()?)
}

pub(super) fn checked_terms(terms: &Terms) -> Result<Terms, DeskError> {
    let purpose = crate::decisions::reason(&terms.purpose)?.to_owned();
    let known = SENSITIVITIES.contains(&terms.sensitivity.as_str());
    let sensitivity = if known { terms.sensitivity.clone() } else { SENSITIVITIES[2].to_owned() };
    Ok(Terms { purpose, sensitivity, days: terms.days.filter(|days| *days > 0) })
}
