use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use rusqlite::InterruptHandle;
use wayside_model::{Sensitive, VaultId};
use wayside_seal::KeyStore;

use crate::identity::{Identity, Kind};
use crate::keys::VaultKeys;
use crate::layout::Layout;
use crate::life::Which;
use crate::opened::{Access, Opened, Writing};
use crate::planted::{self, Weakness};
use crate::slots::{SlotKind, Slots};
use crate::watch::Watch;
use crate::{Part, VaultError, life, scrub, unlock, wipe};

/// The encrypted store of one worker on one device. Every call is done when it returns: what was acknowledged is on the
/// disk. All calls block; one at a time does its work.
///
/// Every method can fail with `vault.locked`, `vault.suspended`, `vault.damaged`, `vault.tampered`, `storage.full` and
/// `storage.io`, and every one that writes with `vault.rolled_back`; the others are named where they arise.
pub struct Vault {
    /// Where the slots and the lock are.
    pub(crate) home: Layout,
    /// Where the data is: the same folder, or the decoy's.
    layout: Layout,
    id: VaultId,
    watch: Watch,
    interrupt: Mutex<Option<Stop>>,
    state: Mutex<State>,
}

/// How long a call may go on when the vault is to be locked or suspended, before it is stopped.
const PATIENCE: Duration = Duration::from_millis(100);

/// Stops what goes on in an open vault: statements of the database, and work that looks at the flag.
pub(crate) struct Stop {
    pub(crate) handle: InterruptHandle,
    pub(crate) flag: Arc<AtomicBool>,
}

impl Stop {
    fn stop(&self) {
        self.flag.store(true, Ordering::Relaxed);
        self.handle.interrupt();
    }
}

enum State {
    Open(Box<Opened>),
    Suspended(Box<Access>),
    Locked,
}

impl Vault {
    /// Opens the vault of the folder. Deletes and creates nothing; damage is reported and left as it is. A vault of an older
    /// schema is changed into this build's, with a copy beside it until that is done.
    ///
    /// A part that is older than what the vault last wrote is no error here: see [`Vault::rolled_back`]; nor is a vault that was
    /// put back whole: see [`Vault::owes_epoch`].
    ///
    /// Errors: `vault.missing`, `vault.damaged` (with the part), `vault.busy`, `vault.wrong_secret`, `vault.wait`,
    /// `vault.wiped`, `vault.key_lost`, `keystore.*`, `vault.not_encrypted`, `vault.newer_schema`, `storage.*`. Only a secret
    /// that no slot opens with counts as a guess, and only a guess can wipe.
    pub fn open(dir: &Path, secret: &Sensitive<String>, keys: &dyn KeyStore) -> Result<Self, VaultError> {
        let home = Layout::new(dir);
        if !Self::is_present(dir) {
            return Err(VaultError::Missing);
        }
        let identity = Identity::read(&home.vault_id())?.ok_or(VaultError::Damaged(Part::VaultId))?;
        check_database_file(&home)?;
        let held = hold(&home)?;
        let slots = Slots::read(&home.slots(), &home.slots_copy())?;
        if slots.header.vault != identity.vault {
            return Err(VaultError::Damaged(Part::Slots));
        }
        let slots_epoch = slots.header.epoch;
        let slot = match unlock::open(&home, slots, secret, keys) {
            Err(VaultError::Wiped) => {
                drop(held);
                // What failed on the way is not told: there is no vault any more, and that is what counts.
                return match wipe::wipe(&home, keys) {
                    Err(error) if Self::is_present(dir) => Err(error),
                    _ => Err(VaultError::Wiped),
                };
            }
            slot => slot?,
        };
        let home_id = identity.vault;
        let (layout, identity, which) = match slot.kind {
            SlotKind::Own => (home.clone(), identity, Which::Own),
            SlotKind::Decoy | SlotKind::DecoyAndWipe => {
                let decoy = home.decoy();
                let identity = Identity::read(&decoy.vault_id())?.ok_or(VaultError::Damaged(Part::VaultId))?;
                check_database_file(&decoy)?;
                (decoy, identity, Which::Decoy)
            }
        };
        let vault_keys = VaultKeys::new(slot.vault_key, identity.vault);
        identity.confirm(&vault_keys)?;
        let training = identity.kind == Kind::Training;
        let access = Access { keys: vault_keys, slots_epoch, decoy_key: slot.decoy_key, training, owes_epoch: false };
        let opened = Opened::open(&layout, access, held).map_err(|(error, _)| error);
        scrub::stack();
        let mut opened = opened?;
        life::begin(&mut opened, home_id, which, keys)?;
        Ok(Self::of(home, layout, opened))
    }

    pub(crate) fn of(home: Layout, layout: Layout, opened: Opened) -> Self {
        let interrupt = Mutex::new(Some(opened.stop()));
        let id = opened.access.keys.vault();
        Self { home, layout, id, watch: Watch::new(), interrupt, state: Mutex::new(State::Open(Box::new(opened))) }
    }

    /// Whether there is anything of a vault in the folder, whole or not. An outbox is not part of a vault, and neither is
    /// what a creation or a wipe that was cut off has left.
    pub fn is_present(dir: &Path) -> bool {
        let layout = Layout::new(dir);
        let mut files = layout.key_files().into_iter().chain(layout.data_files());
        !layout.unfinished_mark().exists() && files.any(|file| file.exists())
    }

    /// Whether the vault of the folder says that it is for training. Nothing vouches for that before it is opened.
    ///
    /// Errors: `vault.missing`, `vault.damaged`, `storage.*`.
    pub fn is_for_training(dir: &Path) -> Result<bool, VaultError> {
        let identity = Identity::read(&Layout::new(dir).vault_id())?.ok_or(VaultError::Missing)?;
        Ok(identity.kind == Kind::Training)
    }

    /// Which vault this is.
    pub const fn id(&self) -> VaultId {
        self.id
    }

    /// Where its data and the outbox of what it finishes are: the folder it was opened in, or the decoy's within.
    pub fn folder(&self) -> &Path {
        self.layout.folder()
    }

    /// Whether the duress code opened it: what is in it is nobody's.
    pub fn is_decoy(&self) -> bool {
        self.layout.folder() != self.home.folder()
    }

    /// Whether it is for training. Such a vault has no outbox: nothing in it is sealed to anybody.
    pub fn is_training(&self) -> Result<bool, VaultError> {
        self.with(|open| Ok(open.access.training))
    }

    /// The part that is older than what the vault last wrote, if any: an old copy was put back, or a log was lost. Until
    /// [`Vault::accept_rollback`] everything can be read and nothing written.
    pub fn rolled_back(&self) -> Result<Option<Part>, VaultError> {
        self.with(|open| Ok(open.rolled_back))
    }

    /// A person has decided to go on with what is there. It stands in the audit log.
    pub fn accept_rollback(&self) -> Result<(), VaultError> {
        self.with(|open| {
            let Some(part) = open.rolled_back else { return Ok(()) };
            open.accept_as_it_is(part)
        })
    }

    /// Looks through everything: every page against its MAC, tables against indexes, the rows against the digest of what
    /// was written last, the audit log against its chain. About 25 ms per MiB; for a thread that may take its time, after
    /// every unlock.
    ///
    /// Errors: `vault.damaged`; `vault.rolled_back`, from when on nothing is written until [`Vault::accept_rollback`].
    pub fn verify(&self) -> Result<(), VaultError> {
        self.with(|open| {
            if let Some(part) = open.rolled_back {
                return Err(VaultError::RolledBack(part));
            }
            let done = open.verify();
            if let Err(VaultError::RolledBack(part)) = done {
                open.rolled_back = Some(part);
            }
            done
        })
    }

    /// Closes the database and wipes the keys. Every later call fails with `vault.locked`. Safe in every state, and cannot
    /// fail. A call that is at work in another thread has 100 ms to end; then it is stopped and fails with `vault.suspended`.
    pub fn lock(&self) {
        let mut state = self.free(PATIENCE);
        if let State::Open(opened) = &mut *state
            && !self.is_ended()
        {
            // If it fails, the next open does it.
            let _ = opened.settle();
            if planted::is(Weakness::KeyKeptAfterLock) {
                // Without the black box a release build leaves out what is never read.
                std::mem::forget(std::hint::black_box(Box::new(opened.access.keys.vault_key().clone())));
            }
        }
        *state = State::Locked;
        *self.interrupt() = None;
        scrub::stack();
    }

    /// Destroys the vault at once, also while another call is at work in it: the keys on the disk first, then those in
    /// memory. What is left of the files goes with [`Vault::sweep`]. The outbox stays. At most 100 ms whatever the size.
    ///
    /// Errors: `keystore.*` if only the key store's key is left; `storage.*`.
    pub fn panic_wipe(&self, keys: &dyn KeyStore) -> Result<(), VaultError> {
        let done = wipe::destroy_keys(&self.home, Some(keys));
        *self.free(Duration::ZERO) = State::Locked;
        scrub::stack();
        done
    }

    /// Closes the database and drops every file lock, for the time the system freezes the app. The keys stay in memory.
    /// Calls then fail with `vault.suspended`, and so does one that is at work in another thread after 100 ms. Twice is fine.
    pub fn suspend(&self) -> Result<(), VaultError> {
        let mut state = self.free(PATIENCE);
        match std::mem::replace(&mut *state, State::Locked) {
            State::Open(mut opened) => {
                let done = opened.settle();
                *state = State::Suspended(Box::new(opened.access));
                done
            }
            State::Suspended(access) => {
                *state = State::Suspended(access);
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
            State::Suspended(access) => {
                let (now, done) = match self.reopen(*access) {
                    Ok(opened) => {
                        *self.interrupt() = Some(opened.stop());
                        (State::Open(Box::new(opened)), Ok(()))
                    }
                    Err((error, access)) => (State::Suspended(Box::new(access)), Err(error)),
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

    fn reopen(&self, access: Access) -> Result<Opened, (VaultError, Access)> {
        match check_database_file(&self.layout).and_then(|()| hold(&self.home)) {
            Ok(held) => Opened::open(&self.layout, access, held),
            Err(error) => Err((error, access)),
        }
    }

    /// Does `work` on the open vault, alone.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Opened) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let mut state = self.state();
        if self.is_ended() {
            *state = State::Locked;
            *self.interrupt() = None;
        }
        let done = match &mut *state {
            State::Open(opened) => work(opened),
            State::Suspended(_) => Err(VaultError::Suspended),
            State::Locked => Err(VaultError::Locked),
        };
        drop(state);
        scrub::stack();
        done
    }

    /// Does `work` on the open vault, alone and in one commit.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.with(|open| open.write(work))
    }

    #[cfg(feature = "inspect")]
    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Waits 100 ms for a call that is at work in another thread, then stops it. For whoever has something short to do before a
    /// lock: from then on long calls fail with `vault.suspended`.
    pub fn make_way(&self) {
        drop(self.free(PATIENCE));
    }

    fn free(&self, patience: Duration) -> MutexGuard<'_, State> {
        let begun = Instant::now();
        loop {
            match self.state.try_lock() {
                Ok(state) => return state,
                Err(TryLockError::Poisoned(state)) => return state.into_inner(),
                // Again and again: a call may be between two statements.
                Err(TryLockError::WouldBlock) if begun.elapsed() >= patience => {
                    self.interrupt().iter().for_each(Stop::stop);
                }
                Err(TryLockError::WouldBlock) => {}
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Another handle or process has wiped it, as an order from HQ does that comes in while the app is in the background.
    fn is_ended(&self) -> bool {
        self.watch.is_wiped(&self.home)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in another thread leaves at most a transaction that its drop has rolled back.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn interrupt(&self) -> MutexGuard<'_, Option<Stop>> {
        self.interrupt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An empty file would be taken for an empty database.
pub(crate) fn check_database_file(layout: &Layout) -> Result<(), VaultError> {
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

/// Tries for a moment: a process forked from this one holds our closed files until it runs its own program.
pub(crate) fn lock_file(file: File) -> Result<File, VaultError> {
    const TRIES: u32 = 10;
    const PAUSE: Duration = Duration::from_millis(5);
    for n in 1..=TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if n < TRIES => std::thread::sleep(PAUSE),
            Err(fs::TryLockError::WouldBlock) => break,
            Err(fs::TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(VaultError::Busy)
}
