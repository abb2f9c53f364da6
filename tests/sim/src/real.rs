//! A phone's durable part on real files: `wayside-vault` with SQLCipher and its outbox, below a shim that fails calls, tears
//! writes and cuts everything off. What a restarted phone knows is what it reads back from here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;
use wayside_model::{DeviceId, EventId, Sensitive, Timestamp};
use wayside_seal::item::Header;
use wayside_seal::{Chain, HardwareLevel, ItemKind, Key, KeyStore, KeyStoreError, StretchParams, sha256};
use wayside_sync::carrier::{Carrier, TTL_MS, Unsaved};
use wayside_sync::queue::{Queue, Row};
use wayside_sync::queue_state::Happening;
use wayside_vault::outbox::{Outbox, OutboxConfig};
use wayside_vault::{CHAIN, CarriedChange, FinishRequest, Vault, VaultError};

use crate::phone::QUOTA;
use crate::shim;

/// The setting that holds the header of the newest epoch.
const HEADER: &str = "header";
const PIN: &str = "135790";
/// The file that counts guesses.
const GUESSES: &str = "guesses";
/// A number of an epoch needs so many bits.
const SEQ_BITS: u32 = 16;

/// What befell the files of all phones of this program.
pub(crate) static BEFELL: Befell =
    Befell { errors: AtomicU64::new(0), torn: AtomicU64::new(0), restarts: AtomicU64::new(0) };

/// Counts for the summary. A zero means that the run proved nothing about it.
pub(crate) struct Befell {
    pub(crate) errors: AtomicU64,
    pub(crate) torn: AtomicU64,
    pub(crate) restarts: AtomicU64,
}

/// A key store that survives the end of the program and is in no copy.
#[derive(Default)]
struct Hardware(Mutex<BTreeMap<String, Key>>);

impl Hardware {
    fn keys(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Key>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl KeyStore for Hardware {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::StrongBox
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        let key = Key::random().map_err(|_| KeyStoreError::Unavailable)?;
        self.keys().entry(alias.to_owned()).or_insert(key);
        Ok(())
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let keys = self.keys();
        Ok(keys.get(alias).ok_or(KeyStoreError::Invalidated)?.derive("hardware", data).expose().to_vec())
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.keys().remove(alias);
        Ok(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}

pub(crate) struct RealDisk {
    root: TempDir,
    keys: Hardware,
    vault: Option<Vault>,
    outbox: Outbox,
    /// A call failed: the program ends with this action, and nothing more is written by it.
    pub(crate) broken: bool,
}

/// What a start finds.
pub(crate) struct Found {
    pub(crate) chain: Option<Chain>,
    pub(crate) owes_epoch: bool,
    pub(crate) outbox: BTreeMap<[u8; 16], Vec<u8>>,
    pub(crate) queue: Queue,
    pub(crate) position: u64,
    pub(crate) orders: Vec<(u64, Vec<u8>)>,
    pub(crate) carrier: Carrier,
}

impl RealDisk {
    pub(crate) fn create(device: DeviceId) -> Result<Self, VaultError> {
        let root = tempfile::tempdir_in(shim::folder())?;
        let keys = Hardware::default();
        let dir = root.path().join("vault");
        let vault = Vault::create(&dir, &pin(), &keys, StretchParams::FLOOR)?;
        let config = OutboxConfig { relay: String::new(), device, upload_token: Key::from_bytes([0; 32]) };
        let outbox = Outbox::create(&dir, config)?;
        Ok(Self { root, keys, vault: Some(vault), outbox, broken: false })
    }

    fn dir(&self) -> PathBuf {
        self.root.path().join("vault")
    }

    /// Does a step unless an earlier one failed; notes whether it did.
    fn step(&mut self, work: impl FnOnce(&mut Self) -> Result<(), VaultError>) -> bool {
        if !self.broken && work(self).is_err() {
            self.broken = true;
        }
        !self.broken
    }

    pub(crate) fn add(&mut self, item: &[u8]) -> bool {
        self.step(|disk| disk.outbox.add(item))
    }

    pub(crate) fn remove(&mut self, ids: &[[u8; 16]]) -> bool {
        ids.is_empty() || self.step(|disk| disk.outbox.remove_all(ids))
    }

    /// The header stays in the vault too: it goes into the outbox after the commit, and a cut may come between.
    pub(crate) fn begin_epoch(&mut self, chain: &Chain, header: &[u8]) -> bool {
        let bytes = chain.to_bytes();
        self.with_vault(|vault| vault.begin_epoch(&[(CHAIN, &bytes), (HEADER, header)]))
    }

    pub(crate) fn finish(&mut self, header: &Header, envelope: &[u8], chain: &Chain, at: Timestamp) -> bool {
        let bytes = chain.to_bytes();
        self.with_vault(|vault| {
            vault.finish(&FinishRequest {
                draft: None,
                event: EventId::from_bytes(header.id),
                seq: u64::from(header.device_epoch) << SEQ_BITS | header.seq,
                envelope_sha256: sha256(envelope),
                chain: &bytes,
                at,
                kept: &[],
            })
        })
    }

    /// The chain of a vault that was set aside is not gone on with.
    pub(crate) fn forget_chain(&mut self) -> bool {
        self.with_vault(|vault| vault.put_setting(CHAIN, &[]))
    }

    fn with_vault(&mut self, work: impl FnOnce(&Vault) -> Result<(), VaultError>) -> bool {
        self.step(|disk| disk.vault.as_ref().map_or(Ok(()), work))
    }

    pub(crate) fn save(&mut self, queue: &Queue, orders: &[(u64, Vec<u8>)], carrier: &mut Carrier) -> bool {
        let carried = match carrier.unsaved() {
            Unsaved::Nothing => CarriedChange::Nothing,
            Unsaved::Added(piece) => CarriedChange::Added(piece),
            Unsaved::Whole(piece) => CarriedChange::Whole(piece),
        };
        self.step(|disk| {
            disk.outbox.change_notes(|_| queue.to_bytes())?;
            disk.outbox.change_carried(|_| carried)?;
            disk.outbox.change_carried_notes(|_| carrier.queue().to_bytes())?;
            orders.iter().try_for_each(|(counter, bytes)| disk.outbox.add_control(*counter, bytes))
        })
    }

    pub(crate) fn rewind(&mut self, from: u64) -> bool {
        self.step(|disk| disk.outbox.rewind_control(from))
    }

    pub(crate) fn applied(&mut self, upto: u64) -> bool {
        self.step(|disk| disk.outbox.clear_control(upto))
    }

    pub(crate) fn wipe(&mut self, everything: bool) {
        self.vault = None;
        let (dir, keys) = (self.dir(), &self.keys);
        // What is cut off goes on at the next start.
        let _ = Vault::wipe(&dir, keys);
        if everything {
            let ids: Vec<_> = self.outbox.items().unwrap_or_default().iter().map(|item| item.id).collect();
            self.remove(&ids);
        }
    }

    /// Makes a copy of all files, the vault closed; the count of guesses stays, for its copy would make everybody wait.
    pub(crate) fn copy_aside(&mut self) {
        self.close_for_copy();
        let kept = self.root.path().join("kept");
        let _ = std::fs::remove_dir_all(&kept);
        copy(&self.dir(), &kept);
    }

    /// The copy takes the place of all files: a newer log beside an older database would be a state that never was.
    pub(crate) fn put_back(&mut self) {
        self.close_for_copy();
        let kept = self.root.path().join("kept");
        for file in std::fs::read_dir(self.dir()).into_iter().flatten().flatten() {
            let path = file.path();
            if path.is_dir() {
                let _ = std::fs::remove_dir_all(path);
            } else if file.file_name() != GUESSES {
                let _ = std::fs::remove_file(path);
            }
        }
        copy(&kept, &self.dir());
    }

    /// The system copies whole or not at all: what is armed may befall the closing, not the copy.
    fn close_for_copy(&mut self) {
        self.vault = None;
        shim::disarm();
    }

    /// The program starts: opens the files and reads back what is in them.
    pub(crate) fn start(&mut self, wiped: bool, now: Timestamp) -> Result<Found, VaultError> {
        BEFELL.restarts.fetch_add(1, Ordering::Relaxed);
        self.broken = false;
        self.vault = None;
        if wiped {
            Vault::sweep(&self.dir(), &self.keys)?;
        } else {
            self.vault = Some(Vault::open(&self.dir(), &pin(), &self.keys)?);
        }
        self.outbox = Outbox::open(&self.dir())?;
        let mut chain = None;
        let (mut owes_epoch, mut committed) = (false, Vec::new());
        if let Some(vault) = &self.vault {
            owes_epoch = vault.owes_epoch()?;
            let bytes = vault.setting(CHAIN)?.unwrap_or_default();
            chain = Chain::from_bytes(&bytes).ok();
            committed = vault.queue()?.into_iter().map(|row| *row.event.as_bytes()).collect();
        }
        let noted = self.outbox.notes()?.and_then(|notes| Queue::from_bytes(&notes)).unwrap_or_default();
        let header = self.vault.as_ref().map_or(Ok(None), |vault| vault.setting(HEADER))?;
        if let Some((header, id)) = header.as_ref().and_then(|bytes| Some((bytes, Header::read(bytes).ok()?.id)))
            && noted.row(&id).is_none()
        {
            self.outbox.add(header)?;
        }
        let (mut queue, mut items) = (Queue::default(), BTreeMap::new());
        let held: Vec<_> = self.outbox.items()?.iter().map(|item| item.id).collect();
        let is_cut_off = |row: &&Row| {
            row.kind == ItemKind::Envelope && !wiped && held.contains(&row.id) && !committed.contains(&row.id)
        };
        noted.rows().filter(|row| !is_cut_off(row)).for_each(|row| queue.add(*row));
        for item in self.outbox.items()? {
            let Some(bytes) = self.outbox.bytes(&item.id)? else { continue };
            let Ok(header) = Header::read(&bytes) else { continue };
            // An envelope that the vault does not know was cut off before its commit; the start goes on with it.
            let is_known = item.kind != ItemKind::Envelope || wiped || committed.contains(&item.id);
            let has_row = queue.row(&item.id).is_some_and(|row| row.sha256 == item.sha256);
            if is_known && !has_row {
                queue.add(Row::sealed(&header, item.sha256, item.len, now));
                queue.happened(&item.id, Happening::Scheduled);
            }
            items.insert(item.id, bytes);
        }
        let (position, orders) = (self.outbox.control_position()?, self.outbox.control()?);
        let rows = self.outbox.carried_notes()?.and_then(|notes| Queue::from_bytes(&notes));
        let pieces = self.outbox.carried()?;
        let pieces: Vec<_> = pieces.iter().map(Vec::as_slice).collect();
        let carrier = Carrier::from_pieces(QUOTA, TTL_MS, &pieces, rows.as_ref());
        Ok(Found { chain, owes_epoch, outbox: items, queue, position, orders, carrier })
    }
}

fn pin() -> Sensitive<String> {
    Sensitive::new(PIN.to_owned())
}

fn copy(from: &Path, to: &Path) {
    let Ok(files) = std::fs::read_dir(from) else { return };
    let _ = std::fs::create_dir_all(to);
    for file in files.flatten() {
        let to = to.join(file.file_name());
        if file.path().is_dir() {
            copy(&file.path(), &to);
        } else if file.file_name() != GUESSES {
            let _ = std::fs::copy(file.path(), to);
        }
    }
}
