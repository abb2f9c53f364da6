//! Vaults of every released schema, kept as files: this build opens them, and a change of the schema loses nothing.

use std::path::{Path, PathBuf};

use wayside_seal::{HardwareLevel, Key, KeyStore, KeyStoreError};
use wayside_vault::{CHAIN, Part, QueueState, Vault, VaultError};

use crate::common::{SECRET, case_id, draft_id, event_id, secret};

/// The keys that the kept files were made with: of the slots; and of the guesses and the openings, which schema 1 had not.
const SCHEMA_1: &[&str] = &[".1"];
const SCHEMA_2: &[&str] = &[".1", ".g0", ".l0", ".l2"];

/// The key store that the kept files were made with; what is made since is random, as in any key store.
pub(crate) struct OldKeys {
    kept: &'static [&'static str],
    made: std::sync::Mutex<std::collections::BTreeMap<String, Key>>,
}

impl OldKeys {
    fn of(kept: &'static [&'static str]) -> Self {
        Self { kept, made: std::sync::Mutex::default() }
    }
}

impl KeyStore for OldKeys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::StrongBox
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.made.lock().unwrap().entry(alias.to_owned()).or_insert_with(|| Key::random().unwrap());
        Ok(())
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        if let Some(key) = self.made.lock().unwrap().get(alias) {
            return Ok(key.derive("old-keys", data).expose().to_vec());
        }
        if !self.kept.iter().any(|kept| alias.ends_with(kept)) {
            return Err(KeyStoreError::Invalidated);
        }
        Ok(Key::from_bytes([0x5e; 32]).derive(&format!("old/{alias}"), data).expose().to_vec())
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.made.lock().unwrap().remove(alias);
        Ok(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}

pub(crate) fn copy_of(schema: &str) -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/old").join(schema);
    let dir = crate::common::folder();
    copy(&from, dir.path());
    dir
}

fn copy(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file: PathBuf = file.unwrap().path();
        let to = to.join(file.file_name().unwrap());
        if file.is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy(&file, &to);
        } else {
            std::fs::copy(&file, &to).unwrap();
        }
    }
}

fn holds_all_of_schema_1(vault: &Vault) {
    assert_eq!(vault.setting("device").unwrap().unwrap().as_slice(), b"a setting of schema 1");
    assert_eq!(vault.setting(CHAIN).unwrap().unwrap().as_slice(), b"the chain of schema 1");
    assert!(vault.form("old-form").unwrap().unwrap().xml.contains("of schema 1"));
    for n in 1..=2 {
        let draft = vault.draft(draft_id(n)).unwrap().unwrap();
        assert!(draft.case == case_id(n) && draft.header.as_slice() == format!("header {n}").as_bytes());
        assert_eq!(draft.steps.len(), 8);
        assert_eq!(draft.steps[6].as_slice(), format!("step 4 of draft {n}").as_bytes());
        assert_eq!(draft.steps[7].as_slice(), &[4; 3000]);
    }
    assert!(vault.draft(draft_id(3)).unwrap().is_none());
    let queue = vault.queue().unwrap();
    assert_eq!((queue.len(), queue[0].seq, queue[0].state), (1, 1, QueueState::Sealed));
}

#[test]
fn schema_1_opens_and_loses_nothing() {
    let (dir, keys) = (copy_of("schema-1"), OldKeys::of(SCHEMA_1));
    for _ in 0..2 {
        let vault = Vault::open(dir.path(), &secret(SECRET), &keys).unwrap();
        assert_eq!(vault.rolled_back().unwrap(), None);
        holds_all_of_schema_1(&vault);
        vault.verify().unwrap();
        assert!(!dir.path().join("vault.db.before").exists());
    }
    let vault = Vault::open(dir.path(), &secret(SECRET), &keys).unwrap();
    assert_eq!(vault.append_steps(draft_id(1), &[b"a step of today"]).unwrap(), 9);
    vault.lock();
    // The old file put back is an old copy now.
    let old = copy_of("schema-1");
    std::fs::copy(old.path().join("vault.db"), dir.path().join("vault.db")).unwrap();
    let vault = Vault::open(dir.path(), &secret(SECRET), &keys).unwrap();
    assert_eq!(vault.rolled_back().unwrap(), Some(Part::Database));
}

fn holds_all_of_schema_2(vault: &Vault) {
    assert_eq!(vault.setting("device").unwrap().unwrap().as_slice(), b"a setting of schema 2");
    for n in 1..=2 {
        let steps = vault.draft(draft_id(n)).unwrap().unwrap().steps;
        assert_eq!(steps[6].as_slice(), format!("step 7 of draft {n}").as_bytes());
        assert_eq!(steps[7].as_slice(), &[4; 3000]);
    }
    assert!(vault.draft(draft_id(3)).unwrap().is_none());
    assert_eq!(vault.queue().unwrap().len(), 1);
    assert_eq!(vault.record(event_id(9)).unwrap().unwrap().body.as_slice(), b"an assigned record of schema 2");
    let file = vault.attachments(case_id(1)).unwrap()[0];
    assert_eq!(*vault.attachment_piece(file.id, 0, 10_000).unwrap(), [7; 5_000]);
}

#[test]
fn schema_2_opens_and_loses_nothing() {
    let (dir, keys) = (copy_of("schema-2"), OldKeys::of(SCHEMA_2));
    for _ in 0..2 {
        let vault = Vault::open(dir.path(), &secret(SECRET), &keys).unwrap();
        assert_eq!(vault.rolled_back().unwrap(), None);
        holds_all_of_schema_2(&vault);
        vault.verify().unwrap();
        assert!(!dir.path().join("vault.db.before").exists());
        vault.append_steps(draft_id(1), &[b"a step of today"]).unwrap();
    }
    let vault = Vault::open(dir.path(), &secret(SECRET), &keys).unwrap();
    vault.verify().unwrap();
    assert_eq!(vault.draft(draft_id(1)).unwrap().unwrap().steps.len(), 10);
    vault.lock();
    let old = copy_of("schema-2");
    std::fs::copy(old.path().join("vault.db"), dir.path().join("vault.db")).unwrap();
    let vault = Vault::open(dir.path(), &secret(SECRET), &keys).unwrap();
    assert_eq!(vault.rolled_back().unwrap(), Some(Part::Database));
}

#[test]
fn a_damaged_old_vault_is_not_changed() {
    let (dir, keys) = (copy_of("schema-1"), OldKeys::of(SCHEMA_1));
    let path = dir.path().join("vault.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.len() - 2000;
    bytes[at] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let error = Vault::open(dir.path(), &secret(SECRET), &keys).err();
    assert_eq!(error, Some(VaultError::Damaged(Part::Database)));
    assert!(std::fs::read(&path).unwrap() == bytes && !dir.path().join("vault.db.before").exists());
}

#[test]
fn an_old_vault_gets_a_decoy_with_its_first_duress_code() {
    let (dir, keys) = (copy_of("schema-1"), OldKeys::of(SCHEMA_1));
    let vault = Vault::open(dir.path(), &secret(SECRET), &keys).unwrap();
    assert_eq!(vault.open_decoy().err(), Some(VaultError::Missing));
    let duress = wayside_vault::Duress { secret: &secret("246802"), wipes: false };
    let options = wayside_vault::VaultOptions::new(wayside_seal::StretchParams::FLOOR);
    vault.change_secret(&secret(SECRET), &secret(SECRET), Some(duress), &keys, options).unwrap();
    vault.open_decoy().unwrap().put_setting("x", b"1").unwrap();
    holds_all_of_schema_1(&vault);
    drop(vault);
    let decoy = Vault::open(dir.path(), &secret("246802"), &keys).unwrap();
    assert!(decoy.setting("x").unwrap().is_some() && decoy.drafts().unwrap().is_empty());
}
