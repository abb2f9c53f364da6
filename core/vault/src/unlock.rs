//! From the worker's secret and the key store to the vault key.

use subtle::ConstantTimeEq;
use wayside_model::{Sensitive, VaultId};
use wayside_seal::stretch::{check_strength, stretch};
use wayside_seal::{Key, KeyStore, StretchParams, random, sha256};
use zeroize::Zeroizing;

use crate::guesses::Guesses;
use crate::layout::Layout;
use crate::slots::{SlotHeader, Slots};
use crate::{VaultError, boot_clock};

/// Makes a vault key and the slot file that holds it. Leaves a key in the key store.
pub(crate) fn make(
    layout: &Layout,
    vault: VaultId,
    secret: &Sensitive<String>,
    keys: &dyn KeyStore,
    params: StretchParams,
) -> Result<Key, VaultError> {
    let level = keys.level();
    check_strength(level, secret.expose())?;
    let epoch = 1;
    let alias = SlotHeader::alias(vault, epoch);
    keys.create(&alias)?;
    let key_store_check = key_store_check(keys, &alias)?;
    let header = SlotHeader { epoch, vault, params, level, salt: random::bytes()?, key_store_check };
    let strong = strengthen(secret, keys, &header)?;
    let vault_key = Key::random()?;
    Guesses::NONE.write(&layout.guesses())?;
    Slots::make(header, &vault_key, slot_key(strong))?.write(&layout.slots(), &layout.slots_copy())?;
    Ok(vault_key)
}

/// Opens the slot that fits the secret. A key store that fails, or gives something else than it gave before, is told apart
/// from a wrong secret and leaves the count of guesses as it was.
pub(crate) fn open(
    layout: &Layout,
    slots: &Slots,
    secret: &Sensitive<String>,
    keys: &dyn KeyStore,
) -> Result<Key, VaultError> {
    let header = &slots.header;
    let fits = key_store_check(keys, &SlotHeader::alias(header.vault, header.epoch))?.ct_eq(&header.key_store_check);
    if !bool::from(fits) {
        return Err(VaultError::KeyLost);
    }
    let now = boot_clock::millis();
    let before = Guesses::read(&layout.guesses(), now)?;
    match before.wait_seconds(now) {
        0 => before.counted(now).write(&layout.guesses())?,
        seconds => return Err(VaultError::Wait { seconds }),
    }
    let strong = match strengthen(secret, keys, header) {
        Ok(strong) => strong,
        Err(error) => {
            // No slot was looked at, so there was no guess.
            before.write(&layout.guesses())?;
            return Err(error);
        }
    };
    let vault_key = slots.open(slot_key(strong)).ok_or(VaultError::WrongSecret)?;
    Guesses::NONE.write(&layout.guesses())?;
    Ok(vault_key)
}

/// The secret stretched, then mixed with what the key store makes of it. What the key store sees is derived, so that a host
/// which writes down its calls does not hold the stretched secret itself.
fn strengthen(secret: &Sensitive<String>, keys: &dyn KeyStore, header: &SlotHeader) -> Result<Key, VaultError> {
    let stretched = stretch(secret.expose().as_bytes(), &header.salt, header.params)?;
    let shown = stretched.derive("wayside/key-store-input/1", header.vault.as_bytes());
    let alias = SlotHeader::alias(header.vault, header.epoch);
    let answer = mac(keys, &alias, &[b"wayside/unlock/1".as_slice(), shown.expose()].concat())?;
    Ok(Key::from_bytes(sha256(&Zeroizing::new([stretched.expose(), answer.as_slice()].concat()))))
}

fn slot_key(strong: Key) -> impl Fn(u8) -> Key {
    move |number| strong.derive("wayside/vault-kek/1", &[number])
}

fn key_store_check(keys: &dyn KeyStore, alias: &str) -> Result<[u8; 32], VaultError> {
    Ok(sha256(&mac(keys, alias, b"wayside/key-store-check/1")?))
}

/// Asks the key store. An answer too short to be a key is a failure of the key store, whatever it calls itself.
fn mac(keys: &dyn KeyStore, alias: &str, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let answer = Zeroizing::new(keys.mac(alias, data)?);
    if answer.len() < 32 {
        return Err(wayside_seal::KeyStoreError::Unexpected.into());
    }
    Ok(answer)
}
