//! Installed form definitions. Nothing about a person is in them.

use rusqlite::{Connection, OptionalExtension, Row};
use wayside_seal::sha256;

use crate::{Vault, VaultError, settings};

/// An installed form.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredForm {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its XML.
    pub sha256: [u8; 32],
    /// The XML as it was installed.
    pub xml: String,
}

impl Vault {
    /// Installs a form, which from now on is the one in use under its id. The versions before stay for drafts that began
    /// with them. Installing the one in use again changes nothing.
    ///
    /// Errors: `bug` if `sha256` is not the hash of `xml`.
    pub fn put_form(&self, id: &str, version: &str, sha256: &[u8; 32], xml: &str) -> Result<(), VaultError> {
        self.write(|writing| put(writing.connection, id, version, sha256, xml))
    }

    /// Puts forms in use, keeps settings and takes others away, all in one step or none.
    ///
    /// Errors: `bug` if a form's hash is not that of its XML.
    pub fn install(&self, forms: &[StoredForm], settings: &[(&str, &[u8])], gone: &[&str]) -> Result<(), VaultError> {
        self.write(|writing| {
            for form in forms {
                put(writing.connection, &form.id, &form.version, &form.sha256, &form.xml)?;
            }
            for (name, value) in settings {
                settings::put(writing.connection, writing.keys, name, value)?;
            }
            gone.iter().try_for_each(|name| settings::take_away(writing.connection, name))
        })
    }

    /// The form in use under this id. Fails with `vault.tampered` if its XML does not fit its hash.
    pub fn form(&self, id: &str) -> Result<Option<StoredForm>, VaultError> {
        let select = "SELECT id, version, sha256, xml FROM form WHERE id = ?1 ORDER BY number DESC LIMIT 1";
        self.with(|open| open.connection.query_row(select, [id], stored).optional()?.map(checked).transpose())
    }

    /// Exactly this form, whether or not a newer one is in use.
    pub fn form_exactly(&self, id: &str, sha256: &[u8; 32]) -> Result<Option<StoredForm>, VaultError> {
        let select = "SELECT id, version, sha256, xml FROM form WHERE id = ?1 AND sha256 = ?2";
        self.with(|open| open.connection.query_row(select, (id, sha256), stored).optional()?.map(checked).transpose())
    }

    /// The form in use of every id, by id.
    pub fn forms(&self) -> Result<Vec<StoredForm>, VaultError> {
        let select = "SELECT id, version, sha256, xml FROM form AS f
            WHERE number = (SELECT max(number) FROM form WHERE id = f.id) ORDER BY id";
        self.with(|open| {
            let mut select = open.connection.prepare(select)?;
            let rows = select.query_map([], stored)?;
            rows.map(|row| checked(row?)).collect()
        })
    }
}

fn put(step: &Connection, id: &str, version: &str, sha256: &[u8; 32], xml: &str) -> Result<(), VaultError> {
    if wayside_seal::sha256(xml.as_bytes()) != *sha256 {
        return Err(VaultError::Bug);
    }
    let newest = "SELECT sha256 FROM form WHERE id = ?1 ORDER BY number DESC LIMIT 1";
    let newest: Option<[u8; 32]> = step.query_row(newest, [id], |row| row.get(0)).optional()?;
    if newest.as_ref() == Some(sha256) {
        return Ok(());
    }
    // A version that comes back gets a new number, so that it is the highest again.
    step.execute("DELETE FROM form WHERE id = ?1 AND sha256 = ?2", (id, sha256))?;
    let insert = "INSERT INTO form (number, id, version, sha256, xml)
        SELECT coalesce(max(number), 0) + 1, ?1, ?2, ?3, ?4 FROM form";
    step.execute(insert, (id, version, sha256, xml))?;
    Ok(())
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredForm> {
    Ok(StoredForm { id: row.get(0)?, version: row.get(1)?, sha256: row.get(2)?, xml: row.get(3)? })
}

/// A long text lies in pages of which SQLCipher may give zeros; the hash finds that.
fn checked(form: StoredForm) -> Result<StoredForm, VaultError> {
    if sha256(form.xml.as_bytes()) == form.sha256 { Ok(form) } else { Err(VaultError::Tampered) }
}
