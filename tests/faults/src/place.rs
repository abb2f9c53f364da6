//! Folders with a vault, an outbox and a key store in them.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wayside_model::{CaseId, DeviceId, DraftId, EventId, Sensitive, Timestamp};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::{Chain, Directory, Key, Recipient, Role, SigningKey, StretchParams, epoch};
use wayside_vault::outbox::{Outbox, OutboxConfig};
use wayside_vault::{CHAIN, Vault, VaultError};

use crate::keys::FileKeys;

pub(crate) const SECRET: &str = "135790";
/// Stands for what a person said.
pub(crate) const CANARY: &str = "canary-7Qz4-the-boat-to-the-other-side";

pub(crate) fn secret(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

/// A folder in memory where the system has such a place.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub(crate) fn vault_dir(root: &Path) -> PathBuf {
    root.join("vault")
}

/// Makes vault, outbox and the chain of an enrolled device.
pub(crate) fn make(root: &Path) -> Vault {
    let keys = FileKeys::new(root);
    let vault = Vault::create(&vault_dir(root), &secret(SECRET), &keys, StretchParams::FLOOR).unwrap();
    make_outbox(root, &vault);
    vault
}

pub(crate) fn make_outbox(root: &Path, vault: &Vault) {
    let device = DeviceId::from_bytes([1; 16]);
    let signing = SigningKey::generate().unwrap();
    let directory = Directory {
        org: "org".to_owned(),
        version: 1,
        issued: Timestamp::from_millis(0),
        expires: Timestamp::from_millis(1),
        root: signing.public(),
        desk: signing.public(),
        recipients: vec![Recipient { role: Role::CaseTeam, key: PrivateKey::generate().unwrap().public().unwrap() }],
        officers: Vec::new(),
    };
    let started = epoch::start(device, 1, &directory, &signing).unwrap();
    let config =
        OutboxConfig { relay: "https://relay.example".to_owned(), device, upload_token: Key::from_bytes([9; 32]) };
    Outbox::create(&vault_dir(root), config).unwrap().add(&started.header).unwrap();
    vault.put_setting(CHAIN, &started.chain.to_bytes()).unwrap();
}

pub(crate) fn open(root: &Path) -> Result<Vault, VaultError> {
    open_with(root, SECRET)
}

pub(crate) fn open_with(root: &Path, text: &str) -> Result<Vault, VaultError> {
    Vault::open(&vault_dir(root), &secret(text), &FileKeys::new(root))
}

pub(crate) fn outbox(root: &Path) -> Outbox {
    Outbox::open(&vault_dir(root)).unwrap()
}

pub(crate) fn chain(vault: &Vault) -> Chain {
    Chain::from_bytes(&vault.setting(CHAIN).unwrap().unwrap()).unwrap()
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
pub(crate) fn at(n: i64) -> Timestamp {
    Timestamp::from_millis(n * 1000)
}

/// Copies a tree.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file below a folder.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(dir) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The vault of schema 1 that the repository keeps.
pub(crate) fn old_vault() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/vault/tests/old/schema-1")
}

pub(crate) fn count(bytes: &[u8], needle: &[u8]) -> usize {
    let Some((&first, _)) = needle.split_first() else { return 0 };
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == first);
    starts.filter(|(at, _)| bytes[*at..].starts_with(needle)).count()
}
