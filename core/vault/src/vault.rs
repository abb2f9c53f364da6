use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use wayside_model::{CaseId, Sensitive, VaultId};
use wayside_seal::KeyStore;

use crate::identity::Identity;
use crate::keyring::Keyring;
use crate::keys::VaultKeys;
use crate::layout::Layout;
use crate::slots::Slots;
use crate::{Part, VaultError, database, unlock};

/// The encrypted store of one worker on one device. Every call is done when it returns: what was acknowledged is on the
/// disk. All calls block; one at a time does its work.
///
/// Every method can fail with `vault.locked`, `vault.suspended`, `vault.damaged`, `vault.tampered`, `storage.full` and
/// `storage.io`; the others are named where they arise.
pub struct Vault {
    layout: Layout,
    id: VaultId,
    state: Mutex<State>,
}

enum State {
    Open(Box<Opened>),
    Suspended(VaultKeys),
    Locked,
}

/// What an open vault holds.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) keys: VaultKeys,
    pub(crate) keyring: Keyring,
    /// The lock on `vault.id`, held for as long as the database is open.
    #[expect(dead_code, reason = "held for its lock")]
    pub(crate) held: File,
}

impl Vault {
    /// Opens the vault of the folder. Deletes and creates nothing; damage is reported and left as it is.
    ///
    /// Errors: `vault.missing`, `vault.damaged` (with the part), `vault.busy`, `vault.wrong_secret`, `vault.wait`,
    /// `vault.key_lost`, `keystore.*`, `vault.not_encrypted`, `vault.newer_schema`, `storage.*`. Only a secret that no slot
    /// opens with counts as a guess.
    pub fn open(dir: &Path, secret: &Sensitive<String>, keys: &dyn KeyStore) -> Result<Self, VaultError> {
        let layout = Layout::new(dir);
        if !Self::is_present(dir) {
            return Err(VaultError::Missing);
        }
        let identity = Identity::read(&layout.vault_id())?.ok_or(VaultError::Damaged(Part::VaultId))?;
        check_database_file(&layout)?;
        let held = hold(&layout)?;
        let slots = Slots::read(&layout.slots(), &layout.slots_copy())?;
        if slots.header.vault != identity.vault {
            return Err(VaultError::Damaged(Part::Slots));
        }
        let vault_key = unlock::open(&layout, &slots, secret, keys)?;
        let keys = VaultKeys::new(vault_key, identity.vault);
        identity.confirm(&keys)?;
        let opened = Opened::open(&layout, keys, held).map_err(|(error, _)| error)?;
        Ok(Self::of(layout, opened))
    }

    pub(crate) fn of(layout: Layout, opened: Opened) -> Self {
        Self { layout, id: opened.keys.vault(), state: Mutex::new(State::Open(Box::new(opened))) }
    }

    /// Whether there is anything of a vault in the folder, whole or not. An outbox is not part of a vault, and neither is
    /// what a creation that was cut off has left.
    pub fn is_present(dir: &Path) -> bool {
        let layout = Layout::new(dir);
        let mut files = layout.key_files().into_iter().chain(layout.data_files());
        !layout.unfinished_mark().exists() && files.any(|file| file.exists())
    }

    /// Which vault this is.
    pub const fn id(&self) -> VaultId {
        self.id
    }

    /// Closes the database and wipes the keys. Every later call fails with `vault.locked`. Safe in every state, and cannot fail.
    pub fn lock(&self) {
        let mut state = self.state();
        if let State::Open(opened) = &*state {
            // If it fails, the next open does it.
            let _ = database::truncate_log(&opened.connection);
        }
        *state = State::Locked;
    }

    /// Closes the database and drops every file lock, for the time the system freezes the app. The keys stay in memory.
    /// Calls then fail with `vault.suspended`. Twice is fine.
    pub fn suspend(&self) -> Result<(), VaultError> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Locked) {
            State::Open(opened) => {
                let done = database::truncate_log(&opened.connection);
                *state = State::Suspended(opened.keys);
                done
            }
            State::Suspended(keys) => {
                *state = State::Suspended(keys);
                Ok(())
            }
            State::Locked => Err(VaultError::Locked),
        }
    }

    /// Opens again what [`Vault::suspend`] closed. Twice is fine; after an error the vault is still suspended.
    ///
    /// Errors: `vault.busy` if another process took the vault; `vault.locked`.
    pub fn resume(&self) -> Result<(), VaultError> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Locked) {
            State::Suspended(keys) => {
                let (now, done) = match self.reopen(keys) {
                    Ok(opened) => (State::Open(Box::new(opened)), Ok(())),
                    Err((error, keys)) => (State::Suspended(keys), Err(error)),
                };
                *state = now;
                done
            }
            State::Open(opened) => {
                *state = State::Open(opened);
                Ok(())
            }
            State::Locked => Err(VaultError::Locked),
        }
    }

    fn reopen(&self, keys: VaultKeys) -> Result<Opened, (VaultError, VaultKeys)> {
        match check_database_file(&self.layout).and_then(|()| hold(&self.layout)) {
            Ok(held) => Opened::open(&self.layout, keys, held),
            Err(error) => Err((error, keys)),
        }
    }

    /// Does `work` on the open vault, alone.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Opened) -> Result<T, VaultError>) -> Result<T, VaultError> {
        match &mut *self.state() {
            State::Open(opened) => work(opened),
            State::Suspended(_) => Err(VaultError::Suspended),
            State::Locked => Err(VaultError::Locked),
        }
    }

    #[cfg(feature = "inspect")]
    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in another thread leaves at most a transaction that its drop has rolled back.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opened {
    fn open(layout: &Layout, keys: VaultKeys, held: File) -> Result<Self, (VaultError, VaultKeys)> {
        let connection = match database::open(&layout.database(), &keys.database()) {
            Ok(connection) => connection,
            Err(error) => return Err((error, keys)),
        };
        let least = connection.query_row("SELECT epoch FROM keyring_epoch", [], |row| row.get(0));
        let keyring = least
            .map_err(VaultError::from)
            .and_then(|least: i64| Keyring::read(layout.keyring(), &keys, u64::try_from(least).unwrap_or(u64::MAX)));
        let keyring = match keyring {
            Ok(keyring) => keyring,
            Err(error) => return Err((error, keys)),
        };
        let mut opened = Self { connection, keys, keyring, held };
        // A finish or an erasure may have been cut off between its commit and this.
        match opened.shred_orphans() {
            Ok(()) => Ok(opened),
            Err(error) => Err((error, opened.keys)),
        }
    }

    /// Destroys the keys of cases that no draft belongs to.
    pub(crate) fn shred_orphans(&mut self) -> Result<(), VaultError> {
        let mut select = self.connection.prepare("SELECT case_id FROM draft")?;
        let cases = select.query_map([], |row| row.get(0).map(CaseId::from_bytes))?;
        let cases: BTreeSet<CaseId> = cases.collect::<Result<_, _>>()?;
        self.keyring.shred(&self.keys, |case| cases.contains(&case))
    }

    /// After rows were deleted: their case's keys go, and the log, where the rows may still stand.
    pub(crate) fn erase_traces(&mut self) -> Result<(), VaultError> {
        self.shred_orphans()?;
        database::truncate_log(&self.connection)
    }
}

/// An empty file would be taken for an empty database.
fn check_database_file(layout: &Layout) -> Result<(), VaultError> {
    match std::fs::metadata(layout.database()) {
        Ok(file) if file.is_file() && file.len() > 0 => Ok(()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Err(VaultError::Damaged(Part::Database)),
    }
}

/// Keeps other processes out for as long as the file is held.
pub(crate) fn hold(layout: &Layout) -> Result<File, VaultError> {
    lock_file(File::open(layout.vault_id())?)
}

pub(crate) fn lock_file(file: File) -> Result<File, VaultError> {
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(VaultError::Busy),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
