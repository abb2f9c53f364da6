//! Making a vault. It is there only when it is complete: until then a mark says that nothing here was ever handed out.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

use wayside_model::{Sensitive, VaultId};
use wayside_seal::stretch::check_strength;
use wayside_seal::{Key, KeyStore, StretchParams, random};

use crate::guesses::{self, Counter};
use crate::head::{HeadFile, Mark};
use crate::identity::{Identity, Kind};
use crate::keyring::Keyring;
use crate::keys::VaultKeys;
use crate::layout::Layout;
use crate::opened::{Access, Opened};
use crate::slots::{Slot, SlotHeader, SlotKind};
use crate::unlock::{self, NewSlots};
use crate::vault::{hold, lock_file};
use crate::{Vault, VaultError, database, durable, life};

/// After how many wrong guesses a vault is wiped, unless the organisation says otherwise (security design 3.4).
const WIPE_AFTER: u8 = 15;

/// How a vault is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultOptions {
    /// The price of a guess: [`StretchParams::DEFAULT`], or what [`wayside_seal::stretch::calibrate`] found.
    pub params: StretchParams,
    /// So many wrong guesses wipe the vault, 10 to 30; `None` for never. The outbox always stays. 15 by default.
    pub wipe_after: Option<u8>,
    /// A vault for training has no outbox, so nothing in it is ever sealed to anybody.
    pub training: bool,
}

impl VaultOptions {
    /// For work, with the default policy.
    pub const fn new(params: StretchParams) -> Self {
        Self { params, wipe_after: Some(WIPE_AFTER), training: false }
    }

    pub(crate) fn wipe_after_byte(self) -> Result<u8, VaultError> {
        match self.wipe_after {
            None => Ok(0),
            Some(count @ 10..=30) => Ok(count),
            Some(_) => Err(VaultError::Bug),
        }
    }
}

impl Vault {
    /// Makes a vault for work in the folder, which is made too if it is not there, and opens it.
    ///
    /// Errors: as [`Vault::create_with`].
    pub fn create(
        dir: &Path,
        secret: &Sensitive<String>,
        keys: &dyn KeyStore,
        params: StretchParams,
    ) -> Result<Self, VaultError> {
        Self::create_with(dir, secret, keys, VaultOptions::new(params))
    }

    /// Makes a vault in the folder, which is made too if it is not there, and opens it. A second, empty one is made beside
    /// it, so that a duress code can be set later and does not show ([`Vault::change_secret`]).
    ///
    /// Errors: `vault.exists` if there is anything of a vault already; `vault.weak_secret`; `vault.busy`; `keystore.*`;
    /// `vault.not_encrypted`; `storage.*`; `bug` for a policy out of bounds. After an error there is no vault in the folder.
    pub fn create_with(
        dir: &Path,
        secret: &Sensitive<String>,
        keys: &dyn KeyStore,
        options: VaultOptions,
    ) -> Result<Self, VaultError> {
        if Self::is_present(dir) {
            return Err(VaultError::Exists);
        }
        check_strength(keys.level(), secret.expose())?;
        options.params.check()?;
        let wipe_after = options.wipe_after_byte()?;
        let layout = Layout::new(dir);
        durable::make_folder(dir)?;
        let id = random::id()?;
        let mark = begin(&layout, id, keys)?;

        let (vault_key, decoy_key) = (Key::random()?, Key::random()?);
        let kind = if options.training { Kind::Training } else { Kind::Work };
        make_data(&layout.decoy(), random::id()?, kind, decoy_key.clone(), 1)?;
        Counter::create(layout.guesses(), id, keys)?;
        let slot = Slot { vault_key: vault_key.clone(), kind: SlotKind::Own, decoy_key: Some(decoy_key.clone()) };
        let new = NewSlots { vault: id, epoch: 1, params: options.params, wipe_after, used: &[(secret, slot)] };
        unlock::make(&new, keys)?.write(&layout.slots(), &layout.slots_copy())?;
        let made = make_data(&layout, id, kind, vault_key, 1)?;
        let held = hold(&layout)?;
        let training = options.training;
        let access =
            Access { keys: made.keys, slots_epoch: 1, decoy_key: Some(decoy_key), training, owes_epoch: false };
        let mut opened = Opened::new(&layout, access, held, made.database, made.keyring, made.head);
        life::create(&mut opened, id, keys)?;

        std::fs::remove_file(layout.unfinished_mark())?;
        durable::sync_folder(&layout.vault_id())?;
        drop(mark);
        Ok(Self::of(layout.clone(), layout, opened))
    }
}

struct Made {
    keys: VaultKeys,
    keyring: Keyring,
    head: HeadFile,
    database: (rusqlite::Connection, crate::digest::Fold),
}

/// Everything of a vault but slots and guesses. `vault.id` comes last.
fn make_data(layout: &Layout, id: VaultId, kind: Kind, vault_key: Key, slots_epoch: u64) -> Result<Made, VaultError> {
    durable::make_folder(layout.folder())?;
    durable::make_folder(&layout.blobs())?;
    let keys = VaultKeys::new(vault_key, id);
    let keyring = Keyring::create(layout.keyring(), &keys)?;
    let database = database::create(layout, &keys)?;
    // Nothing is due in it. Otherwise its first opening would write, and a decoy that nobody has opened yet would tell itself.
    let epoch = i64::try_from(keyring.epoch()).map_err(|_| VaultError::Bug)?;
    database.0.execute("UPDATE state SET shred_due = 0, keyring_epoch = ?1", [epoch])?;
    let mark = Mark { keyring_epoch: keyring.epoch(), slots_epoch, ..Mark::default() };
    let head = HeadFile::create(&layout.head(), keys.head(), mark)?;
    Identity::write(&layout.vault_id(), id, kind, &keys)?;
    Ok(Made { keys, keyring, head, database })
}

/// The decoy of a vault that was made before every vault had one.
pub(crate) fn make_decoy(layout: &Layout, kind: Kind, decoy_key: Key) -> Result<(), VaultError> {
    let decoy = layout.decoy();
    if decoy.folder().exists() {
        // Cut off before its key was written anywhere.
        std::fs::remove_dir_all(decoy.folder())?;
    }
    make_data(&decoy, random::id()?, kind, decoy_key, 1).map(drop)
}

/// Sets the mark, and clears away what an earlier creation or wipe left unfinished beside its own mark.
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
        // The keys of a vault that never was. If they stay in the key store, they open nothing.
        let earlier = VaultId::from_bytes(earlier);
        let others = life::aliases(earlier).into_iter().chain([SlotHeader::alias(earlier, 1)]);
        for alias in guesses::aliases(earlier).into_iter().chain(others) {
            let _ = keys.delete(&alias);
        }
        for file in files() {
            durable::remove(&file)?;
        }
        for folder in [layout.blobs(), layout.decoy().folder().to_owned()] {
            if folder.exists() {
                std::fs::remove_dir_all(folder)?;
            }
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
