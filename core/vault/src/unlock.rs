//! From the worker's secret and the key store to a slot.

use subtle::ConstantTimeEq;
use wayside_model::{Sensitive, VaultId};
use wayside_seal::stretch::{check_strength, stretch};
use wayside_seal::{Key, KeyStore, StretchParams, random, sha256};
use zeroize::Zeroizing;

use crate::guesses::{Counter, Guesses};
use crate::layout::Layout;
use crate::planted::{self, Weakness};
use crate::slots::{Slot, SlotHeader, SlotKind, Slots};
use crate::{VaultError, boot_clock};

/// What a new slot file is made of.
pub(crate) struct NewSlots<'a> {
    pub(crate) vault: VaultId,
    pub(crate) epoch: u64,
    pub(crate) params: StretchParams,
    pub(crate) wipe_after: u8,
    /// Each secret with the slot it opens.
    pub(crate) used: &'a [(&'a Sensitive<String>, Slot)],
}

/// Makes a slot file in memory. Leaves a key in the key store.
///
/// Errors: `vault.weak_secret`, also if two secrets are the same; `keystore.*`; `seal.*`.
pub(crate) fn make(new: &NewSlots<'_>, keys: &dyn KeyStore) -> Result<Slots, VaultError> {
    let level = keys.level();
    for (n, (secret, _)) in new.used.iter().enumerate() {
        check_strength(level, secret.expose())?;
        if new.used.iter().take(n).any(|(other, _)| other.expose() == secret.expose()) {
            return Err(VaultError::WeakSecret);
        }
    }
    let alias = SlotHeader::alias(new.vault, new.epoch);
    keys.create(&alias)?;
    let header = SlotHeader {
        epoch: new.epoch,
        vault: new.vault,
        params: new.params,
        level,
        salt: random::bytes()?,
        key_store_check: key_store_check(keys, &alias)?,
        wipe_after: new.wipe_after,
    };
    let strong: Vec<_> =
        new.used.iter().map(|(secret, _)| strengthen(secret, keys, &header)).collect::<Result<_, _>>()?;
    let keks: Vec<_> = strong.iter().map(|strong| move |number: u8| slot_key(strong, number)).collect();
    let used: Vec<(&dyn Fn(u8) -> Key, &Slot)> =
        keks.iter().zip(new.used).map(|(kek, (_, slot))| (kek as &dyn Fn(u8) -> Key, slot)).collect();
    Slots::make(header, &used)
}

/// Opens the slot that fits the secret. A key store that fails, or gives something else than it gave before, is told apart
/// from a wrong secret and leaves the count of guesses as it was. Whatever the secret, the same work is done.
pub(crate) fn open(
    layout: &Layout,
    slots: Slots,
    secret: &Sensitive<String>,
    keys: &dyn KeyStore,
) -> Result<Slot, VaultError> {
    let found = try_slots(layout, slots, secret, keys);
    match found {
        Err(VaultError::KeyStore(_)) if planted::is(Weakness::KeyStoreErrorIsWrongSecret) => {
            Err(VaultError::WrongSecret)
        }
        found => found,
    }
}

fn try_slots(
    layout: &Layout,
    mut slots: Slots,
    secret: &Sensitive<String>,
    keys: &dyn KeyStore,
) -> Result<Slot, VaultError> {
    let header = slots.header.clone();
    let header = &header;
    let alias = SlotHeader::alias(header.vault, header.epoch);
    let healthy = || {
        let fits: bool = key_store_check(keys, &alias)?.ct_eq(&header.key_store_check).into();
        if fits { Ok(()) } else { Err(VaultError::KeyLost) }
    };
    healthy()?;
    let now = boot_clock::millis();
    let looks_first = slots.is_first_format() && !layout.head().exists();
    let mut counter = Counter::load(layout.guesses(), header.vault, keys, &healthy, looks_first, now)?;
    let before = counter.guesses;
    match before.wait_seconds(now) {
        0 if planted::is(Weakness::GuessCountedLate) => {}
        0 => counter.count_one(now)?,
        seconds => return Err(VaultError::Wait { seconds }),
    }
    // Asked again afterwards, also if a slot opens: an answer to the guess that is wrong is no wrong guess.
    let strong = match strengthen(secret, keys, header).and_then(|strong| healthy().map(|()| strong)) {
        Ok(strong) => strong,
        Err(error) => {
            // No slot was looked at, so there was no guess.
            if !planted::is(Weakness::FaultCountsAsGuess) {
                counter.set(before)?;
            }
            return Err(error);
        }
    };
    let found = slots.open(|number| slot_key(&strong, number));
    if planted::is(Weakness::GuessCountedLate) {
        counter.count_one(now)?;
    }
    let wipes = found.as_ref().filter(|(_, slot)| slot.kind == SlotKind::DecoyAndWipe).map(|(number, _)| *number);
    if let Some(number) = wipes {
        slots.keep_only(number)?;
    }
    if planted::is(Weakness::DecoyCostsMore) && found.as_ref().is_some_and(|(_, slot)| slot.kind != SlotKind::Own) {
        stretch(b"", &header.salt, StretchParams::FLOOR)?;
    }
    // Written always, so that the writing does not tell. On a full disk only a wipe must go through.
    let written = match wipes {
        None if planted::is(Weakness::WritingTells) => Ok(()),
        _ => slots.write(&layout.slots(), &layout.slots_copy()),
    };
    if written.is_err() && wipes.is_some() {
        slots.overwrite(&layout.slots(), &layout.slots_copy())?;
    }
    let counted = counter.guesses.count;
    // Written always too. If it fails, one guess too many stays counted.
    let _ = counter.set(if found.is_some() { Guesses::NONE } else { counter.guesses });
    match found {
        Some((_, slot)) => Ok(slot),
        None if slots.header.wipe_after > 0 && counted >= u32::from(slots.header.wipe_after) => Err(VaultError::Wiped),
        None => Err(VaultError::WrongSecret),
    }
}

/// The secret stretched, then mixed with what the key store makes of it. What the key store sees is derived, so that a host
/// which writes down its calls does not hold the stretched secret itself.
fn strengthen(secret: &Sensitive<String>, keys: &dyn KeyStore, header: &SlotHeader) -> Result<Key, VaultError> {
    let stretched = stretch(secret.expose().as_bytes(), &header.salt, header.params)?;
    let shown = stretched.derive("wayside/key-store-input/1", header.vault.as_bytes());
    let alias = SlotHeader::alias(header.vault, header.epoch);
    let mut question = Zeroizing::new(Vec::with_capacity(64));
    question.extend_from_slice(b"wayside/unlock/1");
    question.extend_from_slice(shown.expose());
    let answer = ask(keys, &alias, &question)?;
    let mut both = Zeroizing::new(Vec::with_capacity(32 + answer.len()));
    both.extend_from_slice(stretched.expose());
    both.extend_from_slice(&answer);
    Ok(Key::from_bytes(sha256(&both)))
}

fn slot_key(strong: &Key, number: u8) -> Key {
    strong.derive("wayside/vault-kek/1", &[number])
}

fn key_store_check(keys: &dyn KeyStore, alias: &str) -> Result<[u8; 32], VaultError> {
    Ok(sha256(&ask(keys, alias, b"wayside/key-store-check/1")?))
}

/// Asks the key store. An answer too short to be a key is a failure of the key store, whatever it calls itself.
pub(crate) fn ask(keys: &dyn KeyStore, alias: &str, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let answer = Zeroizing::new(keys.mac(alias, data)?);
    if answer.len() < 32 {
        return Err(wayside_seal::KeyStoreError::Unexpected.into());
    }
    Ok(answer)
}
