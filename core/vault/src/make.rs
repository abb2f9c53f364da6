//! Making a vault. It is there only when it is complete: until then a mark says that nothing here was ever handed out.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

use wayside_model::{Sensitive, VaultId};
use wayside_seal::stretch::check_strength;
use wayside_seal::{KeyStore, StretchParams, random};

use crate::identity::Identity;
use crate::keyring::Keyring;
use crate::keys::VaultKeys;
use crate::layout::Layout;
use crate::slots::SlotHeader;
use crate::vault::{Opened, hold, lock_file};
use crate::{Vault, VaultError, database, durable, unlock};

impl Vault {
    /// Makes a vault in the folder, which is made too if it is not there, and opens it. `params` is the price of a guess:
    /// [`StretchParams::DEFAULT`], or what a calibration found.
    ///
    /// Errors: `vault.exists` if there is anything of a vault already; `vault.weak_secret`; `vault.busy`; `keystore.*`;
    /// `vault.not_encrypted`; `storage.*`. After an error there is no vault in the folder.
    pub fn create(
        dir: &Path,
        secret: &Sensitive<String>,
        keys: &dyn KeyStore,
        params: StretchParams,
    ) -> Result<Self, VaultError> {
        if Self::is_present(dir) {
            return Err(VaultError::Exists);
        }
        check_strength(keys.level(), secret.expose())?;
        params.check()?;
        let layout = Layout::new(dir);
        durable::make_folder(dir)?;
        let id = random::id()?;
        let mark = begin(&layout, id, keys)?;

        let vault_key = unlock::make(&layout, id, secret, keys, params)?;
        let vault_keys = VaultKeys::new(vault_key, id);
        let keyring = Keyring::create(layout.keyring(), &vault_keys)?;
        let connection = database::create(&layout.database(), &vault_keys.database())?;
        Identity::write(&layout.vault_id(), id, &vault_keys)?;
        let held = hold(&layout)?;

        std::fs::remove_file(layout.unfinished_mark())?;
        durable::sync_folder(&layout.vault_id())?;
        drop(mark);
        Ok(Self::of(layout, Opened { connection, keys: vault_keys, keyring, held }))
    }
}

/// Sets the mark, and clears away what an earlier creation left unfinished beside its own mark.
fn begin(layout: &Layout, id: VaultId, keys: &dyn KeyStore) -> Result<File, VaultError> {
    let path = layout.unfinished_mark();
    let mut mark = lock_file(durable::options().read(true).write(true).create(true).truncate(false).open(&path)?)?;
    // Looked at again under the lock: another creation may have ended just before it.
    if !path.exists() {
        return Err(VaultError::Exists);
    }
    let files = || layout.key_files().into_iter().chain(layout.data_files());
    let mut earlier = [0; 16];
    if mark.read_exact(&mut earlier).is_ok() {
        // The key of a vault that never was. If it stays in the key store, it opens nothing.
        let _ = keys.delete(&SlotHeader::alias(VaultId::from_bytes(earlier), 1));
        for file in files() {
            durable::remove(&file)?;
        }
    } else if files().any(|file| file.exists()) {
        // The mark is new and these are not ours to clear away.
        std::fs::remove_file(&path)?;
        return Err(VaultError::Exists);
    }
    mark.rewind()?;
    mark.write_all(id.as_bytes())?;
    mark.sync_all()?;
    durable::sync_folder(&path)?;
    Ok(mark)
}
