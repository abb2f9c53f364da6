//! Key stores for the searches: one in files, so that several processes share it and a power cut takes it along, and one
//! that fails on demand.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use wayside_seal::{HardwareLevel, Key, KeyStore, KeyStoreError, random};

use crate::worker::say;

/// One file for each key. It knows the one key that the kept vault of schema 1 was made with.
pub(crate) struct FileKeys(PathBuf);

impl FileKeys {
    /// In the folder `keys` of `root`.
    pub(crate) fn new(root: &Path) -> Self {
        let dir = root.join("keys");
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn key(&self, alias: &str) -> Result<Key, KeyStoreError> {
        match std::fs::read(self.0.join(alias)) {
            Ok(bytes) => Ok(Key::from_bytes(bytes.try_into().map_err(|_| KeyStoreError::Unexpected)?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(KeyStoreError::Invalidated),
            Err(_) => Err(KeyStoreError::Unavailable),
        }
    }

    fn change(&self, work: impl FnOnce() -> std::io::Result<()>) -> Result<(), KeyStoreError> {
        work().and_then(|()| File::open(&self.0)?.sync_all()).map_err(|_| KeyStoreError::Unavailable)
    }
}

impl KeyStore for FileKeys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::StrongBox
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        let path = self.0.join(alias);
        if path.exists() {
            return Ok(());
        }
        let key = random::bytes::<32>().map_err(|_| KeyStoreError::Unexpected)?;
        self.change(|| {
            let new = path.with_added_extension("new");
            let mut file = File::create(&new)?;
            file.write_all(&key)?;
            file.sync_all()?;
            std::fs::rename(new, &path)
        })
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let is_old = alias.ends_with(".1") && !self.0.join(alias).exists();
        if is_old {
            return Ok(Key::from_bytes([0x5e; 32]).derive(&format!("old/{alias}"), data).expose().to_vec());
        }
        Ok(self.key(alias)?.derive("file-keys", data).expose().to_vec())
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.change(|| match std::fs::remove_file(self.0.join(alias)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }
    fn limited_use(&self) -> bool {
        false
    }
}

/// Says on the worker's output that the hardware is asked about a guess, before it answers.
pub(crate) struct TellingKeys(pub(crate) FileKeys);

impl KeyStore for TellingKeys {
    fn level(&self) -> HardwareLevel {
        self.0.level()
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.0.create(alias)
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        if data.starts_with(b"wayside/unlock/") {
            say("asked");
        }
        self.0.mac(alias, data)
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.0.delete(alias)
    }
    fn limited_use(&self) -> bool {
        self.0.limited_use()
    }
}

/// Says on the worker's output what it is asked, but not about which vault.
pub(crate) struct SayingKeys(pub(crate) FileKeys);

impl SayingKeys {
    fn said(&self, what: &str, alias: &str) {
        say(&format!("{what} {}", alike(alias.split_once('.').map_or("", |(_, rest)| rest))));
    }
}

/// A key's name without what says whether it is the decoy's: the keys of openings are the worker's own from 0, the decoy's
/// from 2.
pub(crate) fn alike(name: &str) -> String {
    name.replace("l2", "l0").replace("l3", "l1")
}

impl KeyStore for SayingKeys {
    fn level(&self) -> HardwareLevel {
        self.0.level()
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.said("create", alias);
        self.0.create(alias)
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        self.said("mac", alias);
        self.0.mac(alias, data)
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.said("delete", alias);
        self.0.delete(alias)
    }
    fn limited_use(&self) -> bool {
        self.0.limited_use()
    }
}

/// How a key store fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    Error(KeyStoreError),
    /// Gives other bytes than it gave before.
    WrongOutput,
    /// Gives too few bytes.
    ShortOutput,
    /// Answers, but late.
    Slow,
}

/// Passes calls on until the one that fails; from then on all fail.
pub(crate) struct FaultyKeys<'a> {
    inner: &'a dyn KeyStore,
    fault: Fault,
    left: Mutex<u32>,
    failed: AtomicBool,
}

impl<'a> FaultyKeys<'a> {
    pub(crate) fn new(inner: &'a dyn KeyStore, fault: Fault, calls_that_work: u32) -> Self {
        Self { inner, fault, left: Mutex::new(calls_that_work), failed: AtomicBool::new(false) }
    }

    /// Whether a call got something else than the answer.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// How many calls there were, if none failed.
    pub(crate) fn calls_of(inner: &'a dyn KeyStore, work: impl FnOnce(&Self)) -> u32 {
        let keys = Self::new(inner, Fault::Slow, u32::MAX);
        work(&keys);
        u32::MAX - *keys.left.lock().unwrap()
    }

    fn fails(&self) -> Option<Fault> {
        let mut left = self.left.lock().unwrap();
        if *left > 0 {
            *left -= 1;
            return None;
        }
        if self.fault == Fault::Slow {
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(self.fault)
    }

    fn fail<T>(&self, answer: T) -> T {
        self.failed.store(true, Ordering::Relaxed);
        answer
    }

    fn plain(&self, work: impl FnOnce() -> Result<(), KeyStoreError>) -> Result<(), KeyStoreError> {
        match self.fails() {
            Some(Fault::Error(error)) => self.fail(Err(error)),
            _ => work(),
        }
    }
}

impl KeyStore for FaultyKeys<'_> {
    fn level(&self) -> HardwareLevel {
        self.inner.level()
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.plain(|| self.inner.create(alias))
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        match self.fails() {
            Some(Fault::Error(error)) => self.fail(Err(error)),
            Some(Fault::ShortOutput) => self.fail(Ok(vec![1; 31])),
            Some(Fault::WrongOutput) => self.fail(Ok(vec![0x77; 32])),
            Some(Fault::Slow) | None => self.inner.mac(alias, data),
        }
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.plain(|| self.inner.delete(alias))
    }
    fn limited_use(&self) -> bool {
        false
    }
}
