//! Making, opening, guessing, and a key store that fails.

use crate::common::{Place, SECRET, TestKeys, secret};
use wayside_model::{Coded, ErrorCode};
use wayside_seal::{HardwareLevel, KeyStore, KeyStoreError, StretchParams};
use wayside_vault::{Part, Vault, VaultError};

#[test]
fn opens_with_its_secret_and_key_store_alone() {
    let place = Place::with_vault();
    let id = place.open().unwrap().id();
    assert_eq!(place.open_with("135791").err(), Some(VaultError::WrongSecret));
    assert_eq!(place.open().unwrap().id(), id, "a wrong guess changes nothing");
}

#[test]
fn a_missing_vault_is_not_made() {
    let place = Place::new();
    assert_eq!(place.open().err(), Some(VaultError::Missing));
    assert_eq!(Vault::open(&place.file("nowhere"), &secret(SECRET), &place.keys).err(), Some(VaultError::Missing));
    assert!(place.files().is_empty() && !place.file("nowhere").exists() && !Vault::is_present(place.path()));
    assert_eq!(place.keys.calls(), 0);
}

#[test]
fn nothing_is_made_over_anything() {
    let place = Place::with_vault();
    let before = place.files();
    assert_eq!(place.create().err(), Some(VaultError::Exists));
    assert!(place.files() == before);
    for lone in ["vault.db", "slots", "vault.id", "keyring"] {
        let place = Place::new();
        std::fs::write(place.file(lone), b"something").unwrap();
        assert_eq!(place.create().err(), Some(VaultError::Exists), "{lone}");
        assert_eq!(std::fs::read(place.file(lone)).unwrap(), b"something");
    }
}

#[test]
fn a_creation_that_was_cut_off_is_no_vault_and_the_next_one_ends() {
    let place = Place::new();
    // The check of the key store works, the answer for the secret does not come: some files are there, the last is not.
    place.keys.fail(KeyStoreError::UserCancelled, 2);
    assert_eq!(place.create().err(), Some(VaultError::KeyStore(KeyStoreError::UserCancelled)));
    place.keys.work_again();
    assert!(!Vault::is_present(place.path()));
    assert_eq!(place.open().err(), Some(VaultError::Missing));
    drop(place.create().unwrap());
    assert!(place.open().is_ok());
    assert_eq!(place.keys.aliases(), 4, "the keys of the first try are gone");
}

#[test]
fn a_short_secret_is_refused_where_no_hardware_helps() {
    struct Soft(TestKeys);
    impl KeyStore for Soft {
        fn level(&self) -> HardwareLevel {
            HardwareLevel::Software
        }
        fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
            self.0.create(alias)
        }
        fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
            self.0.mac(alias, data)
        }
        fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
            self.0.delete(alias)
        }
        fn limited_use(&self) -> bool {
            false
        }
    }
    let place = Place::new();
    let keys = Soft(TestKeys::default());
    let create = |text| Vault::create(place.path(), &secret(text), &keys, StretchParams::FLOOR).err();
    assert_eq!(create("135790246813"), Some(VaultError::WeakSecret));
    assert!(place.files().is_empty());
    assert_eq!(create("lusab babad gutih tugad mudof sakat"), None);
}

#[test]
fn one_holder_at_a_time() {
    let place = Place::with_vault();
    let vault = place.open().unwrap();
    assert_eq!(place.open().err(), Some(VaultError::Busy));
    vault.suspend().unwrap();
    let other = place.open().unwrap();
    assert_eq!(vault.resume(), Err(VaultError::Busy));
    drop(other);
    vault.resume().unwrap();
    assert_eq!(vault.queue().unwrap(), []);
}

#[test]
fn suspended_and_locked_refuse() {
    let place = Place::with_vault();
    let vault = place.open().unwrap();
    vault.put_setting("name", b"value").unwrap();
    vault.suspend().unwrap();
    vault.suspend().unwrap();
    assert_eq!(vault.setting("name").err(), Some(VaultError::Suspended));
    vault.resume().unwrap();
    vault.resume().unwrap();
    assert_eq!(vault.setting("name").unwrap().unwrap().as_slice(), b"value");
    vault.lock();
    vault.lock();
    assert_eq!(vault.setting("name").err(), Some(VaultError::Locked));
    assert_eq!(vault.resume(), Err(VaultError::Locked));
    assert_eq!(vault.suspend(), Err(VaultError::Locked));
    assert!(place.open().is_ok(), "a locked vault holds nothing");
}

#[test]
fn the_sixth_guess_waits() {
    let place = Place::with_vault();
    for _ in 0..5 {
        assert_eq!(place.open_with("000000").err(), Some(VaultError::WrongSecret));
    }
    let calls = place.keys.calls();
    let error = place.open().err().unwrap();
    assert_eq!(error.code(), ErrorCode::VaultWait, "even the right secret waits");
    assert!((25..=30).contains(&error.wait_seconds().unwrap()));
    assert_eq!(place.keys.calls(), calls + 2, "only the key store's own check and the count's were made");
}

#[test]
fn a_right_guess_clears_the_count() {
    let place = Place::with_vault();
    for _ in 0..2 {
        for _ in 0..4 {
            assert_eq!(place.open_with("000000").err(), Some(VaultError::WrongSecret));
        }
        drop(place.open().unwrap());
    }
}

#[test]
fn the_count_is_on_the_disk_before_the_guess_is_looked_at() {
    /// Looks at the file of guesses while the key store is asked about a guess.
    struct Watching<'a>(&'a Place, std::sync::Mutex<Vec<Vec<u8>>>);
    impl KeyStore for Watching<'_> {
        fn level(&self) -> HardwareLevel {
            self.0.keys.level()
        }
        fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
            self.0.keys.create(alias)
        }
        fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
            self.1.lock().unwrap().push(std::fs::read(self.0.file("guesses")).unwrap());
            self.0.keys.mac(alias, data)
        }
        fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
            self.0.keys.delete(alias)
        }
        fn limited_use(&self) -> bool {
            false
        }
    }
    let place = Place::with_vault();
    let watching = Watching(&place, Default::default());
    assert!(Vault::open(place.path(), &secret(SECRET), &watching).is_ok());
    let seen = watching.1.into_inner().unwrap();
    assert_eq!(
        seen.len(),
        9,
        "its check, the count's key before and after, a check, the guess, a check, then three of openings"
    );
    assert_eq!(seen.iter().map(|file| counted(file)).collect::<Vec<_>>(), [0, 0, 0, 0, 1, 1, 0, 0, 0]);
}

/// The number of wrong guesses that a file of guesses speaks of: in its sector of the higher attempt.
fn counted(file: &[u8]) -> u32 {
    let number = |sector: &[u8]| u64::from_le_bytes(sector[8..16].try_into().unwrap());
    let sectors = file.chunks(512).filter(|sector| sector.starts_with(b"WAYGUES2"));
    let newest = sectors.max_by_key(|sector| number(sector)).unwrap();
    u32::from_le_bytes(newest[16..20].try_into().unwrap())
}

#[test]
fn a_failing_key_store_is_never_a_wrong_secret() {
    use KeyStoreError::{Invalidated, Unavailable, Unexpected, UserCancelled};
    let place = Place::with_vault();
    let guesses = || counted(&std::fs::read(place.file("guesses")).unwrap());
    for (error, code) in [
        (Unavailable, ErrorCode::KeyStoreUnavailable),
        (Unexpected, ErrorCode::KeyStoreUnavailable),
        (UserCancelled, ErrorCode::KeyStoreCancelled),
        (Invalidated, ErrorCode::VaultKeyLost),
    ] {
        for calls_that_work in 0..9 {
            for text in [SECRET, "000000"] {
                place.keys.fail(error, calls_that_work);
                assert_eq!(place.open_with(text).err().map(|e| e.code()), Some(code), "{error:?} {calls_that_work}");
                assert_eq!(guesses(), 0, "{error:?} after {calls_that_work} was counted");
            }
        }
    }
    for answer in [vec![], vec![7; 16]] {
        place.keys.always_answer(answer);
        place.keys.fail(Unexpected, u32::MAX);
        assert_eq!(place.open().err(), Some(VaultError::KeyStore(Unexpected)));
    }
    place.keys.always_answer(vec![7; 32]);
    assert_eq!(place.open_with("000000").err(), Some(VaultError::KeyLost), "an answer, but not the one it gave before");
    assert_eq!(guesses(), 0);
    place.keys.work_again();
    assert!(place.open().is_ok());
    place.keys.lose_all();
    assert_eq!(place.open().err(), Some(VaultError::KeyLost));
    assert!(guesses() == 0 && place.file("vault.db").exists());
}

#[test]
fn wiped_is_gone_and_stays_gone_when_done_twice() {
    let place = Place::with_vault();
    Vault::wipe(place.path(), &place.keys).unwrap();
    assert!(place.files().is_empty() && place.keys.aliases() == 0);
    assert_eq!(place.open().err(), Some(VaultError::Missing));
    Vault::wipe(place.path(), &place.keys).unwrap();
    drop(place.create().unwrap());
}

#[test]
fn a_wipe_goes_through_although_the_key_store_fails() {
    let place = Place::with_vault();
    place.keys.fail(KeyStoreError::Unavailable, 0);
    assert_eq!(Vault::wipe(place.path(), &place.keys), Err(VaultError::KeyStore(KeyStoreError::Unavailable)));
    assert!(place.files().is_empty());
}

#[test]
fn a_storage_that_fails_keeps_no_step_of_a_wipe_from_being_taken() {
    let place = Place::with_vault();
    for name in ["keyring", "slots.bak"] {
        // A folder with something in it can be neither overwritten nor removed as a file.
        std::fs::remove_file(place.file(name)).unwrap();
        std::fs::create_dir_all(place.file(name).join("x")).unwrap();
    }
    assert_eq!(Vault::wipe(place.path(), &place.keys), Err(VaultError::StorageIo));
    for gone in ["slots", "vault.db", "vault.id", "guesses", "head", "blobs", "other"] {
        assert!(!place.file(gone).exists(), "{gone} is still here");
    }
    assert_eq!(place.keys.aliases(), 0);
    assert_eq!(place.open().err(), Some(VaultError::Missing), "half of a wipe is a wipe");
    for name in ["keyring", "slots.bak"] {
        std::fs::remove_dir_all(place.file(name)).unwrap();
    }
    Vault::sweep(place.path(), &place.keys).unwrap();
    assert!(place.files().is_empty(), "and goes on where it was");
}

#[test]
fn a_vault_without_its_name_is_damaged() {
    let place = Place::with_vault();
    std::fs::remove_file(place.file("vault.id")).unwrap();
    assert_eq!(place.open().err(), Some(VaultError::Damaged(Part::VaultId)));
}
