//! Small values by name, for the crates above: device keys, certificate, directory, chain step.

use rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

use crate::keys::VaultKeys;
use crate::{Vault, VaultError, sealed};

/// Name of the setting that [`Vault::finish`] writes: the step of the device's chain.
pub const CHAIN: &str = "chain";

impl Vault {
    /// Keeps a value under a name, in place of the one before.
    pub fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), VaultError> {
        self.write(|writing| put(writing.connection, writing.keys, name, value))
    }

    /// The value under a name; `None` if there is none.
    pub fn setting(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.with(|open| get(&open.connection, &open.access.keys, name))
    }
}

pub(crate) fn take_away(connection: &Connection, name: &str) -> Result<(), VaultError> {
    connection.execute("DELETE FROM setting WHERE name = ?1", [name])?;
    Ok(())
}

pub(crate) fn put(connection: &Connection, keys: &VaultKeys, name: &str, value: &[u8]) -> Result<(), VaultError> {
    let sealed = sealed::seal(&keys.settings(), &aad(name), value)?;
    let sql = "INSERT INTO setting (name, sealed) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET sealed = ?2";
    connection.execute(sql, (name, sealed))?;
    Ok(())
}

pub(crate) fn get(
    connection: &Connection,
    keys: &VaultKeys,
    name: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    let select = "SELECT sealed FROM setting WHERE name = ?1";
    let sealed: Option<Vec<u8>> = connection.query_row(select, [name], |row| row.get(0)).optional()?;
    sealed.map(|sealed| sealed::open(&keys.settings(), &aad(name), &sealed)).transpose()
}

fn aad(name: &str) -> Vec<u8> {
    [b"setting|1|", name.as_bytes()].concat()
}
