//! Wiping: the keys go first, so that what is left is unreadable however soon it is cut off.

use std::io::Write;
use std::path::Path;

use wayside_seal::{KeyStore, random};

use crate::identity::Identity;
use crate::layout::Layout;
use crate::slots::{SlotHeader, Slots};
use crate::{Vault, VaultError, durable};

impl Vault {
    /// Destroys the vault of the folder: its key in the key store, the files that hold keys, then the rest. The outbox stays
    /// and stays sendable. Lock the vault first. A wipe that was cut off or failed goes on when it is called again, and
    /// none is needed where there is no vault.
    ///
    /// Errors: `keystore.*` if only the key store's key is left; `storage.*`.
    pub fn wipe(dir: &Path, keys: &dyn KeyStore) -> Result<(), VaultError> {
        let layout = Layout::new(dir);
        if !dir.exists() {
            return Ok(());
        }
        let in_key_store = delete_key(&layout, keys);
        for file in layout.key_files() {
            overwrite(&file)?;
        }
        for file in layout.key_files().into_iter().chain(layout.data_files()).chain([layout.unfinished_mark()]) {
            durable::remove(&file)?;
        }
        durable::sync_folder(&layout.vault_id())?;
        in_key_store
    }
}

/// The files that hold keys are worthless without it, and it without them; a key store that fails does not stop a wipe.
fn delete_key(layout: &Layout, keys: &dyn KeyStore) -> Result<(), VaultError> {
    let slots = Slots::read(&layout.slots(), &layout.slots_copy());
    let alias = match slots {
        Ok(slots) => SlotHeader::alias(slots.header.vault, slots.header.epoch),
        Err(_) => match Identity::read(&layout.vault_id()) {
            Ok(Some(identity)) => SlotHeader::alias(identity.vault, 1),
            _ => return Ok(()),
        },
    };
    Ok(keys.delete(&alias)?)
}

/// Flash may keep the old bytes elsewhere; overwriting is for the media that do not.
fn overwrite(path: &Path) -> Result<(), VaultError> {
    let mut file = match std::fs::OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let mut noise = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or(0)];
    random::fill(&mut noise)?;
    file.write_all(&noise)?;
    Ok(file.sync_all()?)
}
