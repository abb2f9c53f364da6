//! What the tests share.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use wayside_model::{CaseId, DraftId, EventId, Sensitive, Timestamp};
use wayside_seal::{HardwareLevel, Key, KeyStore, KeyStoreError, StretchParams};
use wayside_vault::{FinishRequest, Vault, VaultError};

pub(crate) const SECRET: &str = "135790";
/// Stands for what a person said. No file may hold it in the clear.
pub(crate) const CANARY: &str = "canary-7Qz4-the-boat-to-the-other-side";

/// A key store that can be made to fail. Says that it is a StrongBox, so that a PIN of six digits is enough.
#[derive(Default)]
pub(crate) struct TestKeys {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Vec<(String, Key)>,
    fails: Option<KeyStoreError>,
    fails_after: u32,
    calls: u32,
    answer: Option<Vec<u8>>,
}

impl TestKeys {
    /// From now on every call fails so, after `calls` more that work.
    pub(crate) fn fail(&self, error: KeyStoreError, calls: u32) {
        let mut state = self.state.lock().unwrap();
        state.fails = Some(error);
        state.fails_after = calls;
    }
    /// From now on every MAC is this.
    pub(crate) fn always_answer(&self, answer: Vec<u8>) {
        self.state.lock().unwrap().answer = Some(answer);
    }
    pub(crate) fn work_again(&self) {
        let mut state = self.state.lock().unwrap();
        state.fails = None;
        state.answer = None;
    }
    /// As a new phone to which the files were copied.
    pub(crate) fn lose_all(&self) {
        self.state.lock().unwrap().keys.clear();
    }
    pub(crate) fn aliases(&self) -> usize {
        self.state.lock().unwrap().keys.len()
    }
    pub(crate) fn calls(&self) -> u32 {
        self.state.lock().unwrap().calls
    }
}

impl State {
    fn called(&mut self) -> Result<(), KeyStoreError> {
        self.calls += 1;
        match (self.fails, self.fails_after) {
            (Some(error), 0) => Err(error),
            (Some(_), _) => {
                self.fails_after -= 1;
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }
}

impl KeyStore for TestKeys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::StrongBox
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        let mut state = self.state.lock().unwrap();
        state.called()?;
        if !state.keys.iter().any(|(name, _)| name == alias) {
            state.keys.push((alias.to_owned(), Key::random().map_err(|_| KeyStoreError::Unexpected)?));
        }
        Ok(())
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let mut state = self.state.lock().unwrap();
        state.called()?;
        if let Some(answer) = &state.answer {
            return Ok(answer.clone());
        }
        let key = state.keys.iter().find(|(name, _)| name == alias).ok_or(KeyStoreError::Invalidated)?;
        Ok(key.1.derive("test-mac", data).expose().to_vec())
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        let mut state = self.state.lock().unwrap();
        state.called()?;
        state.keys.retain(|(name, _)| name != alias);
        Ok(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}

pub(crate) fn secret(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

/// In memory where the system has such a place: these tests are about what is written, not about what a disk keeps.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A folder with a vault in it.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) keys: TestKeys,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: folder(), keys: TestKeys::default() }
    }
    /// With a vault, which is closed again.
    pub(crate) fn with_vault() -> Self {
        let place = Self::new();
        drop(place.create().unwrap());
        place
    }
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    pub(crate) fn create(&self) -> Result<Vault, VaultError> {
        Vault::create(self.path(), &secret(SECRET), &self.keys, StretchParams::FLOOR)
    }
    pub(crate) fn open(&self) -> Result<Vault, VaultError> {
        self.open_with(SECRET)
    }
    pub(crate) fn open_with(&self, text: &str) -> Result<Vault, VaultError> {
        Vault::open(self.path(), &secret(text), &self.keys)
    }
    /// All files with their bytes, by name.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.path(), &mut files);
        files.sort();
        files
    }
    /// Whether any file holds these bytes.
    pub(crate) fn holds(&self, needle: &[u8]) -> usize {
        self.files().iter().map(|(_, bytes)| hits(bytes, needle)).sum()
    }
}

fn collect(dir: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push((path.clone(), std::fs::read(&path).unwrap())) }
    }
}

pub(crate) fn hits(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).filter(|window| *window == needle).count()
}

/// How often the bytes are in anything that the vault's keys can read.
pub(crate) fn hits_inside(vault: &Vault, needle: &[u8]) -> usize {
    let mut found = 0;
    vault.scan_pages(&mut |_, bytes| found += hits(bytes, needle)).unwrap();
    found
}

pub(crate) fn draft_id(n: u8) -> DraftId {
    DraftId::from_bytes([n; 16])
}
pub(crate) fn case_id(n: u8) -> CaseId {
    CaseId::from_bytes([n ^ 0xff; 16])
}
pub(crate) fn event_id(n: u8) -> EventId {
    EventId::from_bytes([n; 16])
}

pub(crate) fn finish_request(n: u8) -> FinishRequest<'static> {
    FinishRequest {
        draft: Some(draft_id(n)),
        event: event_id(n),
        seq: u64::from(n),
        envelope_sha256: [n; 32],
        chain: b"the chain after it",
        at: Timestamp::from_millis(1000),
        kept: &[],
    }
}
