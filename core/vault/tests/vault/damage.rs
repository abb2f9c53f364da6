//! Cut and changed files: a typed error or the same content, never a deletion, never a panic.

use crate::common::{CANARY, Place, case_id, draft_id, finish_request};
use wayside_vault::{Part, VaultError};

/// A vault with a form, settings beyond one page, drafts and a queue row.
fn filled() -> Place {
    let place = Place::new();
    let vault = place.create().unwrap();
    vault.put_setting("long", &[7; 20_000]).unwrap();
    let xml = "<form/>".repeat(3000);
    vault.put_form("f", "1", &wayside_seal::sha256(xml.as_bytes()), &xml).unwrap();
    for n in 1..=3 {
        vault.start_draft(draft_id(n), case_id(n), b"header").unwrap();
        vault.append_steps(draft_id(n), &[CANARY.as_bytes(), &[9; 6000]]).unwrap();
    }
    vault.finish(&finish_request(3)).unwrap();
    place
}

/// Reads everything.
fn content(place: &Place) -> Result<Vec<Vec<u8>>, VaultError> {
    let vault = place.open()?;
    let mut all = vec![vault.setting("long")?.unwrap_or_default().to_vec()];
    all.extend(vault.setting("chain")?.map(|chain| chain.to_vec()));
    all.extend(vault.forms()?.into_iter().map(|form| form.xml.into_bytes()));
    for summary in vault.drafts()? {
        let draft = vault.draft(summary.id)?.ok_or(VaultError::UnknownDraft)?;
        all.extend([draft.header].into_iter().chain(draft.steps).map(|bytes| bytes.to_vec()));
    }
    all.extend(vault.queue()?.iter().map(|row| row.sha256.to_vec()));
    Ok(all)
}

/// Puts `bytes` in place of the file, looks, puts the file back.
fn with(place: &Place, name: &str, bytes: &[u8]) -> Result<Vec<Vec<u8>>, VaultError> {
    let path = place.file(name);
    let before = std::fs::read(&path).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let seen = content(place);
    if seen.is_err() {
        assert!(std::fs::read(&path).unwrap() == bytes, "{name} was touched");
    }
    std::fs::write(&path, before).unwrap();
    seen
}

#[test]
fn a_cut_file_is_damage() {
    let place = filled();
    let whole = content(&place).unwrap();
    for (name, part) in [("vault.db", Part::Database), ("keyring", Part::Keyring), ("vault.id", Part::VaultId)] {
        let bytes = std::fs::read(place.file(name)).unwrap();
        let len = bytes.len();
        for cut in [0, 1, 15, 16, 100, 512, 4096, 4097, 3 * 4096, len / 2, len - 4096.min(len), len - 1] {
            if cut < len {
                assert_eq!(
                    with(&place, name, &bytes[..cut]).err(),
                    Some(VaultError::Damaged(part)),
                    "{name} cut to {cut}"
                );
            }
        }
    }
    assert!(content(&place).unwrap() == whole, "the test put everything back");
}

#[test]
fn a_missing_file_is_damage_and_is_not_made_anew() {
    let place = filled();
    for (name, part) in [("vault.db", Part::Database), ("keyring", Part::Keyring), ("vault.id", Part::VaultId)] {
        let (path, away) = (place.file(name), place.file("away"));
        std::fs::rename(&path, &away).unwrap();
        assert_eq!(content(&place).err(), Some(VaultError::Damaged(part)));
        assert!(!path.exists(), "{name} was made anew");
        std::fs::rename(&away, &path).unwrap();
    }
    for name in ["slots", "slots.bak"] {
        std::fs::write(place.file(name), b"short").unwrap();
    }
    assert_eq!(content(&place).err(), Some(VaultError::Damaged(Part::Slots)));
}

#[test]
fn a_changed_byte_of_a_key_file_is_damage() {
    let place = filled();
    for (name, part) in [("keyring", Part::Keyring), ("vault.id", Part::VaultId)] {
        let bytes = std::fs::read(place.file(name)).unwrap();
        for at in (0..20).map(|n| n * (bytes.len() - 1) / 19) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x40;
            assert_eq!(with(&place, name, &changed).err(), Some(VaultError::Damaged(part)), "{name} byte {at}");
        }
    }
}

#[test]
fn one_damaged_slot_file_of_two_changes_nothing() {
    let place = filled();
    let whole = content(&place).unwrap();
    for name in ["slots", "slots.bak"] {
        let bytes = std::fs::read(place.file(name)).unwrap();
        for at in (0..10).map(|n| n * (bytes.len() - 1) / 9) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x01;
            assert!(with(&place, name, &changed).unwrap() == whole, "{name} byte {at}");
        }
    }
}

#[test]
fn a_changed_byte_of_the_database_is_damage() {
    let place = filled();
    let bytes = std::fs::read(place.file("vault.db")).unwrap();
    let pages = bytes.len() / 4096;
    assert!(pages > 10, "there are overflow pages among them");
    for page in 0..pages {
        for at in [page * 37 % 4016, 4016 + page % 80] {
            let mut changed = bytes.clone();
            changed[page * 4096 + at] ^= 0x08;
            let seen = with(&place, "vault.db", &changed).err();
            assert_eq!(seen, Some(VaultError::Damaged(Part::Database)), "page {page} byte {at}");
        }
    }
}

#[test]
fn the_keyring_of_another_vault_or_of_yesterday_is_damage() {
    let place = filled();
    let yesterday = std::fs::read(place.file("keyring")).unwrap();
    let vault = place.open().unwrap();
    vault.start_draft(draft_id(9), case_id(9), b"").unwrap();
    drop(vault);
    assert_eq!(with(&place, "keyring", &yesterday).err(), Some(VaultError::Damaged(Part::Keyring)));
    let other = std::fs::read(filled().file("keyring")).unwrap();
    assert_eq!(with(&place, "keyring", &other).err(), Some(VaultError::Damaged(Part::Keyring)));
    assert!(content(&place).is_ok());
}
