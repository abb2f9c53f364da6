//! The sealed outbox: what waits to be sent, readable without PIN, key store or vault.
//!
//! Everything in it is sealed to HQ. Who reads its files learns how many items there are and how long, not more. It does
//! not depend on the vault: it can be sent while that is locked, and stays when that is wiped.
//!
//! Several handles and processes may use it at once: each call takes the outbox's lock, does its work and lets go.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use minicbor::bytes::{ByteArray, ByteVec};
use wayside_model::{DeviceId, ErrorCode};
use wayside_seal::item::Header;
use wayside_seal::{ItemKind, Key, sha256};

use crate::identity::{Identity, Kind};
use crate::layout::Layout;
use crate::outbox_file::ItemFile;
pub use crate::outbox_state::Hq;
use crate::outbox_state::{ConfigBody, Control, SetAside, State};
use crate::planted::{self, Weakness};
use crate::{Part, VaultError, durable};

/// Where to send, and as whom. No `Debug`: it holds the upload token.
#[derive(Clone)]
pub struct OutboxConfig {
    /// Address of the relay.
    pub relay: String,
    /// This device.
    pub device: DeviceId,
    /// May only put items and fetch what HQ has for this device.
    pub upload_token: Key,
}

impl OutboxConfig {
    /// The upload token as the relay wants it: 64 hexadecimal digits.
    pub fn upload_token_hex(&self) -> String {
        self.upload_token.expose().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// One item, as far as anybody can see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its id; of an envelope also the event's.
    pub id: [u8; 16],
    /// What it is.
    pub kind: ItemKind,
    /// Number of an envelope in its epoch, or the last one a checkpoint covers; `None` for an epoch header.
    pub seq: Option<u64>,
    /// The device's epoch.
    pub epoch: u32,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// How urgent, 0 first.
    pub priority: u8,
    /// Length in bytes.
    pub len: u64,
    /// The relay has it.
    pub handed_over: bool,
    /// The relay refuses it; a person has to look.
    pub set_aside: bool,
}

/// The outbox of one enrolment.
pub struct Outbox {
    folder: PathBuf,
    config: OutboxConfig,
    items: Mutex<ItemFile>,
}

impl Outbox {
    /// Makes the outbox of a new enrolment beside the vault in `dir`. An outbox of an earlier enrolment is set aside whole,
    /// see [`Outbox::earlier`]: it may hold what was never sent.
    ///
    /// Errors: `bug` beside a vault for training, which seals nothing to anybody; `storage.*`.
    pub fn create(dir: &Path, config: OutboxConfig) -> Result<Self, VaultError> {
        let identity = Identity::read(&Layout::new(dir).vault_id())?;
        if identity.is_some_and(|identity| identity.kind == Kind::Training) {
            return Err(VaultError::Bug);
        }
        let folder = Layout::new(dir).outbox();
        if folder.exists() {
            let free = (1..).map(|n| earlier_folder(dir, n)).find(|folder| !folder.exists());
            std::fs::rename(&folder, free.ok_or(VaultError::Bug)?)?;
        }
        durable::make_folder(&folder)?;
        ItemFile::new(folder.join("outbox")).create()?;
        State::default().write(&folder.join("state"), &folder.join("state.bak"))?;
        // Last: with it the outbox is there.
        let (relay, device, upload_token) = (config.relay.clone(), config.device, *config.upload_token.expose());
        ConfigBody { relay, device, upload_token }.write(&folder.join("config"))?;
        durable::sync_folder(&folder)?;
        Ok(Self::of(folder, config))
    }

    /// Opens the outbox beside the vault in `dir`, whatever has become of the vault.
    ///
    /// Errors: `vault.missing`, `vault.damaged`, `storage.*`.
    pub fn open(dir: &Path) -> Result<Self, VaultError> {
        Self::open_folder(Layout::new(dir).outbox())?.ok_or(VaultError::Missing)
    }

    /// The outbox that the decoy within `dir` has of its own, if it is there and can be read. Nobody sends it.
    pub fn of_decoy(dir: &Path) -> Option<Self> {
        Self::open(Layout::new(dir).decoy().folder()).ok()
    }

    /// The outboxes of earlier enrolments in `dir`, each with the address and token of its time.
    pub fn earlier(dir: &Path) -> Result<Vec<Self>, VaultError> {
        let folders = (1..).map(|n| earlier_folder(dir, n)).take_while(|folder| folder.exists());
        // One without a config was cut off while it was made, and nothing was ever added to it.
        folders.filter_map(|folder| Self::open_folder(folder).transpose()).collect()
    }

    fn open_folder(folder: PathBuf) -> Result<Option<Self>, VaultError> {
        let Some(config) = ConfigBody::read(&folder.join("config"))? else { return Ok(None) };
        let upload_token = config.token();
        Ok(Some(Self::of(folder, OutboxConfig { relay: config.relay, device: config.device, upload_token })))
    }

    fn of(folder: PathBuf, config: OutboxConfig) -> Self {
        let items = Mutex::new(ItemFile::new(folder.join("outbox")));
        Self { folder, config, items }
    }

    /// Where to send, and as whom.
    pub const fn config(&self) -> &OutboxConfig {
        &self.config
    }

    /// Adds an item. It is on the disk when this returns. Adding the same bytes again changes nothing.
    ///
    /// Errors: `seal.malformed` if it is not an item; `bug` if its id is taken by other bytes.
    pub fn add(&mut self, item: &[u8]) -> Result<(), VaultError> {
        let header = Header::read(item)?;
        let _held = self.hold()?;
        let mut items = self.lock_items();
        match items.index()?.entries.iter().find(|entry| entry.header.id == header.id) {
            Some(entry) if entry.sha256 == sha256(item) => Ok(()),
            Some(_) => Err(VaultError::Conflict),
            None => match items.append(item) {
                Err(VaultError::StorageFull | VaultError::StorageIo) if planted::is(Weakness::OutboxErrorSwallowed) => {
                    Ok(())
                }
                added => added,
            },
        }
    }

    /// All whole items, in the order they were added.
    pub fn items(&self) -> Result<Vec<OutboxItem>, VaultError> {
        let _held = self.hold()?;
        let state = self.read_state()?;
        let mut items = self.lock_items();
        let view = |entry: &crate::outbox_log::Entry| OutboxItem {
            id: entry.header.id,
            kind: entry.header.kind,
            seq: (entry.header.kind != ItemKind::EpochHeader).then_some(entry.header.seq),
            epoch: entry.header.device_epoch,
            sha256: entry.sha256,
            priority: entry.header.priority,
            len: entry.at.len() as u64,
            handed_over: state.handed_over.iter().any(|id| **id == entry.header.id),
            set_aside: state.set_aside.iter().any(|note| *note.id == entry.header.id),
        };
        Ok(items.index()?.entries.iter().map(view).collect())
    }

    /// The bytes of an item; `None` if there is none of this id.
    ///
    /// Errors: `vault.damaged` if they are no longer what was added.
    pub fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, VaultError> {
        let _held = self.hold()?;
        let mut items = self.lock_items();
        let entry = items.index()?.entries.iter().find(|entry| entry.header.id == *id).cloned();
        entry.map(|entry| items.bytes(&entry)).transpose()
    }

    /// Whether a checkpoint that covers exactly up to this number of the epoch waits here.
    pub fn has_checkpoint(&self, epoch: u32, upto_seq: u64) -> Result<bool, VaultError> {
        let is_it =
            |item: &OutboxItem| item.kind == ItemKind::Checkpoint && (item.epoch, item.seq) == (epoch, Some(upto_seq));
        Ok(self.items()?.iter().any(is_it))
    }

    /// Fails with `vault.damaged` if anything in the outbox is not whole. What is whole can be sent all the same.
    pub fn check(&self) -> Result<(), VaultError> {
        let _held = self.hold()?;
        self.read_state()?;
        if self.lock_items().index()?.damaged { Err(VaultError::Damaged(Part::OutboxItems)) } else { Ok(()) }
    }

    /// Notes that the relay has it. An id that is not here is fine.
    pub fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), VaultError> {
        self.change(|state| {
            let news = !state.handed_over.iter().any(|known| **known == *id);
            if news {
                state.handed_over.push(ByteArray::from(*id));
            }
            news
        })
    }

    /// Notes that the relay refuses it for good, and why.
    pub fn set_aside(&mut self, id: &[u8; 16], code: ErrorCode) -> Result<(), VaultError> {
        self.change(|state| {
            let news = !state.set_aside.iter().any(|known| *known.id == *id);
            if news {
                state.set_aside.push(SetAside { id: ByteArray::from(*id), code: code.as_str().to_owned() });
            }
            news
        })
    }

    /// Why an item was set aside, as the dotted code; `None` if it was not.
    pub fn set_aside_reason(&self, id: &[u8; 16]) -> Result<Option<String>, VaultError> {
        let _held = self.hold()?;
        let state = self.read_state()?;
        Ok(state.set_aside.into_iter().find(|note| *note.id == *id).map(|note| note.code))
    }

    /// Removes an item. Only for what HQ has given a receipt for, or what a person ordered to be destroyed.
    pub fn remove(&mut self, id: &[u8; 16]) -> Result<(), VaultError> {
        self.remove_all(&[*id])
    }

    /// As [`Outbox::remove`], for several at the price of one.
    pub fn remove_all(&mut self, ids: &[[u8; 16]]) -> Result<(), VaultError> {
        let held = self.hold()?;
        self.lock_items().remove(ids)?;
        drop(held);
        self.change(|state| {
            let before = state.handed_over.len() + state.set_aside.len();
            state.handed_over.retain(|id| !ids.contains(id));
            state.set_aside.retain(|note| !ids.contains(&note.id));
            state.handed_over.len() + state.set_aside.len() != before
        })
    }

    /// By what HQ is known here; `None` before it was noted.
    pub fn hq(&self) -> Result<Option<Hq>, VaultError> {
        let _held = self.hold()?;
        Ok(self.read_state()?.hq)
    }

    /// Notes by what HQ is known.
    pub fn put_hq(&mut self, hq: Hq) -> Result<(), VaultError> {
        self.change(|state| {
            let news = state.hq != Some(hq);
            state.hq = Some(hq);
            news
        })
    }

    /// Number of the last control entry that was taken in; 0 if none was.
    pub fn control_position(&self) -> Result<u64, VaultError> {
        let _held = self.hold()?;
        Ok(self.read_state()?.control_position)
    }

    /// Takes in a control entry. One that is not after the position was taken in before: nothing changes.
    pub fn add_control(&mut self, counter: u64, bytes: &[u8]) -> Result<(), VaultError> {
        self.change(|state| {
            let news = counter > state.control_position;
            if news {
                state.control_position = counter;
                state.control.push(Control { counter, bytes: ByteVec::from(bytes.to_vec()) });
            }
            news
        })
    }

    /// The control entries that were taken in and not cleared, in their order.
    pub fn control(&self) -> Result<Vec<(u64, Vec<u8>)>, VaultError> {
        let _held = self.hold()?;
        let control = self.read_state()?.control;
        Ok(control.into_iter().map(|entry| (entry.counter, entry.bytes.into())).collect())
    }

    /// Forgets control entries up to and with this number, once they have been applied. The position stays.
    pub fn clear_control(&mut self, upto: u64) -> Result<(), VaultError> {
        self.change(|state| {
            let before = state.control.len();
            state.control.retain(|entry| entry.counter > upto);
            state.control.len() != before
        })
    }

    /// Forgets the entry of this number and all after it, and takes them in again: they were not HQ's.
    pub fn rewind_control(&mut self, from: u64) -> Result<(), VaultError> {
        self.change(|state| {
            let before = state.control_position;
            state.control_position = before.min(from.saturating_sub(1));
            state.control.retain(|entry| entry.counter < from);
            state.control_position != before
        })
    }

    /// Changes the state and writes it if `change` says that there is something to write.
    fn change(&self, change: impl FnOnce(&mut State) -> bool) -> Result<(), VaultError> {
        let _held = self.hold()?;
        let mut state = self.read_state()?;
        if change(&mut state) {
            state.write(&self.folder.join("state"), &self.folder.join("state.bak"))?;
        }
        Ok(())
    }

    fn read_state(&self) -> Result<State, VaultError> {
        State::read(&self.folder.join("state"), &self.folder.join("state.bak"))
    }

    pub(crate) fn notes_path(&self) -> PathBuf {
        self.folder.join("notes")
    }

    pub(crate) fn carried_path(&self) -> PathBuf {
        self.folder.join("carried")
    }

    pub(crate) fn carried_notes_path(&self) -> PathBuf {
        self.folder.join("carried-notes")
    }

    pub(crate) fn trust_path(&self) -> PathBuf {
        self.folder.join("trust")
    }

    pub(crate) fn sync_mark_path(&self) -> PathBuf {
        self.folder.join("sync")
    }

    /// Waits for the others; each holds it only for one small piece of work.
    pub(crate) fn hold(&self) -> Result<File, VaultError> {
        let file = File::open(self.folder.join("config"))?;
        file.lock()?;
        Ok(file)
    }

    fn lock_items(&self) -> MutexGuard<'_, ItemFile> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn earlier_folder(dir: &Path, n: u32) -> PathBuf {
    dir.join(format!("outbox.{n}"))
}
