//! Changing the secret, the duress code, wiping by guesses and in panic, training, several workers.

use std::sync::atomic::{AtomicU32, Ordering};

use wayside_seal::{HardwareLevel, KeyStore, KeyStoreError, StretchParams};
use wayside_vault::outbox::Outbox;
use wayside_vault::{Duress, NewList, Part, Vault, VaultError, VaultOptions};

use crate::common::{Place, SECRET, TestKeys, case_id, draft_id, secret};

const DURESS: &str = "246802";

fn options() -> VaultOptions {
    VaultOptions::new(StretchParams::FLOOR)
}

/// With a draft, a furnished decoy and this duress code.
fn with_duress(wipes: bool) -> Place {
    let place = Place::new();
    let vault = place.create().unwrap();
    vault.start_draft(draft_id(1), case_id(1), b"real").unwrap();
    vault.open_decoy().unwrap().start_draft(draft_id(2), case_id(2), b"harmless").unwrap();
    let duress = Duress { secret: &secret(DURESS), wipes };
    vault.change_secret(&secret(SECRET), &secret(SECRET), Some(duress), &place.keys, options()).unwrap();
    place
}

fn drafts(vault: &Vault) -> Vec<u8> {
    vault.drafts().unwrap().iter().map(|draft| draft.id.as_bytes()[0]).collect()
}

#[test]
fn a_changed_secret_replaces_the_old_one() {
    let place = Place::new();
    let vault = place.create().unwrap();
    vault.put_setting("x", b"1").unwrap();
    let old_slots = std::fs::read(place.file("slots")).unwrap();
    let change = |old: &str, new: &str| vault.change_secret(&secret(old), &secret(new), None, &place.keys, options());
    assert_eq!(change("000000", "975310"), Err(VaultError::WrongSecret));
    assert_eq!(change(SECRET, "9753"), Err(VaultError::WeakSecret));
    change(SECRET, "975310").unwrap();
    vault.put_setting("x", b"2").unwrap();
    drop(vault);
    assert_eq!(place.keys.aliases(), 4, "the old key is gone; one of guesses, two of openings");
    assert_eq!(place.open().err(), Some(VaultError::WrongSecret));
    assert_eq!(place.open_with("975310").unwrap().setting("x").unwrap().unwrap().as_slice(), b"2");
    for name in ["slots", "slots.bak"] {
        std::fs::write(place.file(name), &old_slots).unwrap();
    }
    assert_eq!(place.open().err(), Some(VaultError::KeyLost), "an old slot file opens nothing");
}

#[test]
fn a_duress_code_opens_the_decoy_and_the_own_secret_the_own() {
    let place = with_duress(false);
    for _ in 0..2 {
        let decoy = place.open_with(DURESS).unwrap();
        assert_eq!(drafts(&decoy), [2]);
        assert_eq!(decoy.rolled_back().unwrap(), None);
        decoy.append_steps(draft_id(2), &[b"more"]).unwrap();
        drop(decoy);
        assert_eq!(drafts(&place.open().unwrap()), [1]);
    }
    // From the decoy the own slot cannot be replaced.
    let decoy = place.open_with(DURESS).unwrap();
    let change = decoy.change_secret(&secret(DURESS), &secret("111222"), None, &place.keys, options());
    assert_eq!(change, Err(VaultError::WrongSecret));
    drop(decoy);
    let vault = place.open().unwrap();
    // Switched off by a change without one.
    vault.change_secret(&secret(SECRET), &secret(SECRET), None, &place.keys, options()).unwrap();
    drop(vault);
    assert_eq!(place.open_with(DURESS).err(), Some(VaultError::WrongSecret));
    assert_eq!(drafts(&place.open().unwrap()), [1]);
}

#[test]
fn a_duress_code_that_wipes_leaves_the_decoy_alone() {
    let place = with_duress(true);
    let sizes =
        |place: &Place| place.files().iter().map(|(path, bytes)| (path.clone(), bytes.len())).collect::<Vec<_>>();
    let before = sizes(&place);
    let decoy = place.open_with(DURESS).unwrap();
    assert_eq!(drafts(&decoy), [2]);
    drop(decoy);
    assert_eq!(place.open().err(), Some(VaultError::WrongSecret));
    assert_eq!(drafts(&place.open_with(DURESS).unwrap()), [2]);
    let same = |a: &[(std::path::PathBuf, usize)]| a.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(same(&before), same(&sizes(&place)), "no file comes or goes");
}

#[test]
fn no_file_tells_whether_there_is_a_duress_code() {
    let names = |place: &Place| -> Vec<_> {
        let dir = place.path().to_owned();
        place.files().into_iter().map(|(path, _)| path.strip_prefix(&dir).unwrap().to_owned()).collect()
    };
    assert_eq!(names(&Place::with_vault()), names(&with_duress(false)));
    let equal = Duress { secret: &secret(SECRET), wipes: false };
    let place = Place::with_vault();
    let vault = place.open().unwrap();
    let change = vault.change_secret(&secret(SECRET), &secret(SECRET), Some(equal), &place.keys, options());
    assert_eq!(change, Err(VaultError::WeakSecret), "one secret for both");
}

#[test]
fn a_panic_wipe_ends_it_at_once_and_the_next_start_clears_up() {
    let place = with_duress(false);
    let vault = place.open().unwrap();
    vault.panic_wipe(&place.keys).unwrap();
    assert_eq!(vault.setting("x").err(), Some(VaultError::Locked));
    assert!(!place.file("slots").exists() && !place.file("keyring").exists() && place.file("vault.db").exists());
    assert_eq!(place.keys.aliases(), 0);
    for text in [SECRET, DURESS] {
        assert_eq!(place.open_with(text).err(), Some(VaultError::Missing));
    }
    Vault::sweep(place.path(), &place.keys).unwrap();
    assert!(place.files().is_empty());
    drop(place.create().unwrap());
    Vault::sweep(place.path(), &place.keys).unwrap();
    assert!(place.open().is_ok(), "a sweep takes nothing that was not wiped");
}

/// So often that the key store's key has a number that nobody would guess.
fn with_changed_secrets() -> Place {
    const OTHER: &str = "975310";
    let place = Place::with_vault();
    let vault = place.open().unwrap();
    for (old, new) in [(SECRET, OTHER), (OTHER, SECRET), (SECRET, OTHER), (OTHER, SECRET)] {
        vault.change_secret(&secret(old), &secret(new), None, &place.keys, options()).unwrap();
    }
    drop(vault);
    place
}

/// Deletes nothing at one call.
struct FailsOnce<'a>(&'a TestKeys, AtomicU32);

impl KeyStore for FailsOnce<'_> {
    fn level(&self) -> HardwareLevel {
        self.0.level()
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.0.create(alias)
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        self.0.mac(alias, data)
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        match self.1.fetch_sub(1, Ordering::SeqCst) {
            0 => Err(KeyStoreError::Unavailable),
            _ => self.0.delete(alias),
        }
    }
    fn limited_use(&self) -> bool {
        self.0.limited_use()
    }
}

#[test]
fn no_key_stays_where_deleting_failed_once_or_there_was_no_key_store_at_hand() {
    for call in 0..10 {
        let place = with_changed_secrets();
        Vault::wipe(place.path(), &FailsOnce(&place.keys, AtomicU32::new(call))).unwrap();
        assert_eq!((place.keys.aliases(), place.files().len()), (0, 0), "{call}");
    }
    let place = with_changed_secrets();
    Vault::wipe_keys(place.path()).unwrap();
    assert!(place.keys.aliases() > 0);
    Vault::sweep(place.path(), &place.keys).unwrap();
    assert_eq!((place.keys.aliases(), place.files().len()), (0, 0));
}

#[test]
fn a_panic_wipe_stops_also_a_call_that_is_between_two_statements() {
    use std::time::Duration;
    let place = Place::new();
    let vault = place.create().unwrap();
    let list = NewList { name: "places", sha256: [0; 32], columns: &["name"], indexed: &[] };
    let (between, is_between) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let vault = &vault;
        let writer = scope.spawn(move || {
            let mut rows = (0..200_000).map(|n: u32| {
                if n == 10 {
                    between.send(()).unwrap();
                    std::thread::sleep(Duration::from_millis(500));
                }
                vec![n.to_string()]
            });
            vault.put_list(&list, &mut rows)
        });
        is_between.recv().unwrap();
        vault.panic_wipe(&place.keys).unwrap();
        assert_eq!(writer.join().unwrap(), Err(VaultError::Suspended));
    });
    assert_eq!(vault.setting("x").err(), Some(VaultError::Locked));
}

#[test]
fn wiped_without_a_key_store_no_handle_reads_on_and_the_next_start_clears_up() {
    let place = with_duress(false);
    let vault = place.open().unwrap();
    vault.put_setting("x", b"one").unwrap();
    Vault::wipe_keys(place.path()).unwrap();
    assert_eq!(vault.setting("x").err(), Some(VaultError::Locked), "the handle that was open before");
    vault.lock();
    drop(vault);
    assert!(!place.file("slots").exists() && !place.file("keyring").exists(), "and locking it brings nothing back");
    assert_eq!(place.open().err(), Some(VaultError::Missing));
    assert!(place.keys.aliases() > 0, "nobody had the key store at hand");
    Vault::sweep(place.path(), &place.keys).unwrap();
    assert!(place.files().is_empty());
    assert_eq!(place.keys.aliases(), 0);
    Vault::wipe_keys(place.path()).unwrap();
    assert!(place.files().is_empty(), "where no vault is none is needed");
}

#[test]
fn a_training_vault_says_so_and_has_no_outbox() {
    let place = Place::new();
    let training = VaultOptions { training: true, ..options() };
    drop(Vault::create_with(place.path(), &secret(SECRET), &place.keys, training).unwrap());
    assert!(place.open().unwrap().is_training().unwrap());
    assert!(Outbox::create(place.path(), crate::outbox::config()).is_err());
    assert!(!place.file("outbox").exists());
    assert!(!Place::with_vault().open().unwrap().is_training().unwrap());
}

#[test]
fn workers_on_one_phone_have_a_vault_each() {
    let phone = Place::new();
    let (one, two) = (phone.file("w1"), phone.file("w2"));
    let (first, second) = (secret("111222"), secret("333444"));
    Vault::create(&one, &first, &phone.keys, StretchParams::FLOOR).unwrap().put_setting("x", b"one").unwrap();
    Vault::create(&two, &second, &phone.keys, StretchParams::FLOOR).unwrap().put_setting("x", b"two").unwrap();
    assert_eq!(Vault::open(&one, &second, &phone.keys).err(), Some(VaultError::WrongSecret));
    let vault = Vault::open(&one, &first, &phone.keys).unwrap();
    let other = Vault::open(&two, &second, &phone.keys).unwrap();
    assert_eq!(vault.setting("x").unwrap().unwrap().as_slice(), b"one");
    assert_eq!(other.setting("x").unwrap().unwrap().as_slice(), b"two");
    drop((vault, other));
    Vault::wipe(&one, &phone.keys).unwrap();
    assert!(Vault::open(&two, &second, &phone.keys).is_ok());
    std::fs::copy(two.join("vault.db"), two.join("x")).unwrap();
}

#[test]
fn old_copies_are_reported_and_wait_for_a_person() {
    let place = Place::new();
    let vault = place.create().unwrap();
    vault.start_draft(draft_id(1), case_id(1), b"").unwrap();
    drop(vault);
    let (database, head) = (std::fs::read(place.file("vault.db")).unwrap(), std::fs::read(place.file("head")).unwrap());
    let vault = place.open().unwrap();
    vault.append_steps(draft_id(1), &[b"lost"]).unwrap();
    vault.lock();
    let newest = std::fs::read(place.file("vault.db")).unwrap();
    std::fs::write(place.file("vault.db"), &database).unwrap();
    let vault = place.open().unwrap();
    assert_eq!(vault.rolled_back().unwrap(), Some(Part::Database));
    assert_eq!(vault.verify(), Err(VaultError::RolledBack(Part::Database)));
    assert_eq!(vault.draft(draft_id(1)).unwrap().unwrap().steps.len(), 0, "it can be read");
    assert_eq!(vault.append_steps(draft_id(1), &[b"x"]).err(), Some(VaultError::RolledBack(Part::Database)));
    vault.accept_rollback().unwrap();
    vault.append_steps(draft_id(1), &[b"x"]).unwrap();
    vault.lock();
    assert_eq!(place.open().unwrap().rolled_back().unwrap(), None);
    // The copy from before the decision is an old copy too, although it was the newest.
    std::fs::write(place.file("vault.db"), &newest).unwrap();
    assert_eq!(place.open().unwrap().rolled_back().unwrap(), Some(Part::Database));
    // An old head is no proof of anything; a missing one is.
    std::fs::write(place.file("head"), &head).unwrap();
    assert_eq!(place.open().unwrap().rolled_back().unwrap(), None);
    std::fs::remove_file(place.file("head")).unwrap();
    assert_eq!(place.open().unwrap().rolled_back().unwrap(), Some(Part::Head));
}
