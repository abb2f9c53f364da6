//! Wiping: the keys go first, so that what is left is unreadable however soon it is cut off. A mark says that it has begun;
//! from then on there is no vault in the folder, and the next call goes on where this one stopped.

use std::io::Write;
use std::path::Path;

use wayside_model::VaultId;
use wayside_seal::{KeyStore, random};

use crate::identity::Identity;
use crate::layout::Layout;
use crate::slots::{SlotHeader, Slots};
use crate::{Vault, VaultError, durable, guesses, life, watch};

impl Vault {
    /// Destroys the vault of the folder: the files that hold keys, its key in the key store, then the rest. The outbox stays
    /// and stays sendable. Lock the vault first. A wipe that was cut off or failed goes on when it is called again, and
    /// none is needed where there is no vault.
    ///
    /// Errors: the first one, after every step was taken: a full disk, or a part that cannot be removed, keeps nothing else.
    /// `keystore.*` if only the key store's key is left; `storage.*`.
    pub fn wipe(dir: &Path, keys: &dyn KeyStore) -> Result<(), VaultError> {
        wipe(&Layout::new(dir), keys)
    }

    /// Ends a wipe that was begun, at the start of the app: removes the files that [`Vault::panic_wipe`] left. Does nothing
    /// where none was begun.
    pub fn sweep(dir: &Path, keys: &dyn KeyStore) -> Result<(), VaultError> {
        let layout = Layout::new(dir);
        if layout.unfinished_mark().exists() { wipe(&layout, keys) } else { Ok(()) }
    }

    /// Destroys what holds keys in the folder where no key store is at hand, as in a sync while the vault is locked: nothing in
    /// it can be read from then on, also by a vault that is open elsewhere. The key store's own keys and what is left of the
    /// files go with [`Vault::sweep`]. The outbox stays.
    ///
    /// Errors: the first one, after every step was taken: `storage.*`.
    pub fn wipe_keys(dir: &Path) -> Result<(), VaultError> {
        destroy_keys(&Layout::new(dir), None)
    }
}

pub(crate) fn wipe(layout: &Layout, keys: &dyn KeyStore) -> Result<(), VaultError> {
    if !layout.folder().exists() {
        return Ok(());
    }
    let keys_gone = destroy_keys(layout, Some(keys));
    let decoy = layout.decoy();
    let mut steps = Vec::new();
    for part in [layout, &decoy] {
        steps.push(remove_folder(&part.blobs()));
        let files = part.key_files().into_iter().chain(part.data_files());
        steps.extend(files.map(|file| Ok(durable::remove(&file)?)));
    }
    steps.push(remove_folder(decoy.folder()));
    let mut files_gone: Result<(), VaultError> = steps.into_iter().collect();
    if files_gone.is_ok() {
        // As long as anything is left, the mark stays: the next call goes on from it. So that the others are gone is on the disk
        // before the mark goes: a power cut may keep either.
        files_gone = durable::sync_folder(&layout.vault_id())
            .and_then(|()| durable::remove(&layout.unfinished_mark()))
            .map_err(VaultError::from);
    }
    let synced = durable::sync_folder(&layout.vault_id()).map_err(VaultError::from);
    keys_gone.and(files_gone).and(synced)
}

/// Makes everything unreadable: sets the mark, overwrites and removes what holds keys, deletes the key store's keys. No step
/// that fails keeps the next from being taken; the first error is told at the end.
pub(crate) fn destroy_keys(layout: &Layout, keys: Option<&dyn KeyStore>) -> Result<(), VaultError> {
    let (aliases, name) = (aliases(layout), name_for_mark(layout));
    let is_anything = layout.key_files().into_iter().chain(layout.data_files()).any(|file| file.exists());
    let set_mark = || if is_anything { set_mark(layout, &name) } else { Ok(()) };
    let mut marked = set_mark();
    let decoy = layout.decoy();
    let key_files = || layout.key_files().into_iter().chain(decoy.key_files());
    let mut steps: Vec<Result<(), VaultError>> = key_files().map(|file| overwrite(&file)).collect();
    steps.extend(key_files().map(|file| Ok(durable::remove(&file)?)));
    if marked.is_err() {
        // A full disk has room for it now.
        marked = set_mark();
    }
    steps.push(marked);
    steps.push(durable::sync_folder(&layout.slots()).map_err(VaultError::from));
    // The files are worthless without the key store, and it without them.
    if let Some(keys) = keys {
        // Where it fails once it is asked again: when the files are gone nobody knows the name of a key that stayed.
        steps.extend(aliases.iter().map(|alias| Ok(keys.delete(alias).or_else(|_| keys.delete(alias))?)));
    }
    steps.into_iter().collect()
}

/// The vault's id and the number of its slots, which go into the mark, so that a later call finds the key store's keys although
/// the slots are gone.
fn name_for_mark(layout: &Layout) -> Vec<u8> {
    let identity = Identity::read(&layout.vault_id()).ok().flatten();
    let slots = Slots::read(&layout.slots(), &layout.slots_copy()).ok();
    let epoch = slots.as_ref().map_or(1, |slots| slots.header.epoch);
    let vault = identity.map(|identity| identity.vault).or_else(|| slots.map(|slots| slots.header.vault));
    let mut name = vault.map_or([0; 16], |vault| *vault.as_bytes()).to_vec();
    name.extend_from_slice(&epoch.to_le_bytes());
    name
}

/// What [`name_for_mark`] gave; the mark of a creation, or of an earlier build, has no number.
fn marked(layout: &Layout) -> Option<(VaultId, u64)> {
    let bytes = std::fs::read(layout.unfinished_mark()).ok()?;
    let (id, epoch) = bytes.split_first_chunk::<16>()?;
    Some((VaultId::from_bytes(*id), epoch.first_chunk().map_or(1, |epoch| u64::from_le_bytes(*epoch))))
}

fn set_mark(layout: &Layout, name: &[u8]) -> Result<(), VaultError> {
    if !layout.unfinished_mark().exists() {
        durable::replace(&layout.unfinished_mark(), name)?;
    }
    watch::note_mark();
    Ok(())
}

fn aliases(layout: &Layout) -> Vec<String> {
    let slots = Slots::read(&layout.slots(), &layout.slots_copy()).ok();
    let named = || Some((Identity::read(&layout.vault_id()).ok().flatten()?.vault, 1));
    let found = slots.map(|slots| (slots.header.vault, slots.header.epoch)).or_else(|| marked(layout)).or_else(named);
    let Some((vault, epoch)) = found else { return Vec::new() };
    // Of a change of the secret that was cut off, the key before or after may be there too.
    let epochs = [epoch.saturating_sub(1), epoch, epoch + 1];
    let mut aliases: Vec<String> = epochs.into_iter().map(|epoch| SlotHeader::alias(vault, epoch)).collect();
    aliases.extend(guesses::aliases(vault));
    aliases.extend(life::aliases(vault));
    aliases
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

fn remove_folder(path: &Path) -> Result<(), VaultError> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
