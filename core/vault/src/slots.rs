//! The slot file: eight slots, of which those in use cannot be told from those that are not.
//!
//! Header (512 bytes, little-endian numbers): magic 8 · format 4 · epoch 8 · vault id 16 · memory KiB 4 · passes 4 ·
//! hardware level 1 · salt 16 · key store check 32 · wipe after 1 · zeros · SHA-256 over everything else in the file. Then
//! 8 slots of 512 bytes: a seal of [`Slot`], or random bytes. The header up to its hash, and the slot's number, are what a
//! slot is authenticated with. Format 1 had zeros for "wipe after" and for all of a slot behind its key.

use std::path::Path;

use wayside_model::VaultId;
use wayside_seal::{HardwareLevel, Key, StretchParams, aead, random, sha256};
use zeroize::Zeroizing;

use crate::{Part, VaultError, durable};

const MAGIC: &[u8; 8] = b"WAYSLOTS";
const FORMAT: u32 = 2;
const SLOT: usize = 512;
const COUNT: usize = 8;
const SUM_AT: usize = SLOT - 32;
const LEN: usize = SLOT * (1 + COUNT);
const PLAIN: usize = SLOT - aead::OVERHEAD;

/// What the header says.
#[derive(Clone)]
pub(crate) struct SlotHeader {
    /// Grows when the slots are written anew; names the key store's key.
    pub(crate) epoch: u64,
    pub(crate) vault: VaultId,
    pub(crate) params: StretchParams,
    pub(crate) level: HardwareLevel,
    pub(crate) salt: [u8; 16],
    /// What the key store's key makes of a fixed text, hashed: tells a lost key from a wrong secret.
    pub(crate) key_store_check: [u8; 32],
    /// So many wrong guesses wipe the vault; 0 for never.
    pub(crate) wipe_after: u8,
}

impl SlotHeader {
    /// The key store's name for the key of this epoch. Says nothing about what the app is.
    pub(crate) fn alias(vault: VaultId, epoch: u64) -> String {
        format!("{}.{epoch}", Self::alias_stem(vault))
    }
    /// What the names of all of a vault's keys in the key store begin with.
    pub(crate) fn alias_stem(vault: VaultId) -> String {
        let [a, b, c, d, ..] = *vault.as_bytes();
        format!("k{a:02x}{b:02x}{c:02x}{d:02x}")
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&self.epoch.to_le_bytes());
        bytes.extend_from_slice(self.vault.as_bytes());
        bytes.extend_from_slice(&self.params.memory_kib.to_le_bytes());
        bytes.extend_from_slice(&self.params.passes.to_le_bytes());
        bytes.push(level_number(self.level));
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.key_store_check);
        bytes.push(self.wipe_after);
        bytes.resize(SUM_AT, 0);
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (format, rest) = rest.split_first_chunk()?;
        let (epoch, rest) = rest.split_first_chunk()?;
        let (vault, rest) = rest.split_first_chunk::<16>()?;
        let (memory, rest) = rest.split_first_chunk()?;
        let (passes, rest) = rest.split_first_chunk()?;
        let (level, rest) = rest.split_first()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (key_store_check, rest) = rest.split_first_chunk()?;
        let (wipe_after, zeros) = rest.split_first()?;
        let params = StretchParams { memory_kib: u32::from_le_bytes(*memory), passes: u32::from_le_bytes(*passes) };
        let format = u32::from_le_bytes(*format);
        let known = magic == MAGIC && (1..=FORMAT).contains(&format) && zeros.iter().all(|byte| *byte == 0);
        (known && (format > 1 || *wipe_after == 0) && params.check().is_ok()).then_some(())?;
        Some(Self {
            epoch: u64::from_le_bytes(*epoch),
            vault: VaultId::from_bytes(*vault),
            params,
            level: level_of(*level)?,
            salt: *salt,
            key_store_check: *key_store_check,
            wipe_after: *wipe_after,
        })
    }
}

/// Which vault a slot's secret leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SlotKind {
    /// The worker's own.
    Own,
    /// The decoy; the worker's own stays.
    Decoy,
    /// The decoy; the slot of the worker's own is destroyed by opening this one.
    DecoyAndWipe,
}

/// What a slot holds: vault key 32 · kind 1 · whether there is a decoy 1 · key of the decoy 32 · zeros.
pub(crate) struct Slot {
    pub(crate) vault_key: Key,
    pub(crate) kind: SlotKind,
    /// In the worker's own slot: the key of the decoy vault, so that it can be furnished and given a secret.
    pub(crate) decoy_key: Option<Key>,
}

impl Slot {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut plain = Zeroizing::new(Vec::with_capacity(PLAIN));
        plain.extend_from_slice(self.vault_key.expose());
        plain.push(match self.kind {
            SlotKind::Own => 0,
            SlotKind::Decoy => 1,
            SlotKind::DecoyAndWipe => 2,
        });
        plain.push(u8::from(self.decoy_key.is_some()));
        plain.extend_from_slice(self.decoy_key.as_ref().map_or([0; 32].as_slice(), |key| key.expose()));
        plain.resize(PLAIN, 0);
        plain
    }

    fn parse(plain: &[u8]) -> Option<Self> {
        let (vault_key, rest) = plain.split_first_chunk::<32>()?;
        let (kind, rest) = rest.split_first()?;
        let (has_decoy, rest) = rest.split_first()?;
        let decoy_key = rest.first_chunk::<32>()?;
        Some(Self {
            vault_key: Key::from_bytes(*vault_key),
            kind: match kind {
                0 => SlotKind::Own,
                1 => SlotKind::Decoy,
                2 => SlotKind::DecoyAndWipe,
                _ => return None,
            },
            decoy_key: (*has_decoy == 1).then(|| Key::from_bytes(*decoy_key)),
        })
    }
}

/// A slot file in memory.
pub(crate) struct Slots {
    pub(crate) header: SlotHeader,
    bytes: Vec<u8>,
}

impl Slots {
    /// A new file in which these slots, at random places, are used. Each comes with what gives the key of a place.
    pub(crate) fn make(header: SlotHeader, used: &[(&dyn Fn(u8) -> Key, &Slot)]) -> Result<Self, VaultError> {
        let mut bytes = vec![0; LEN];
        random::fill(&mut bytes)?;
        let head = header.to_bytes();
        let mut free: Vec<u8> = (0..COUNT as u8).collect();
        for (kek, slot) in used {
            let pick = usize::from(random::bytes::<1>()?[0]) % free.len().max(1);
            let number = if pick < free.len() { free.swap_remove(pick) } else { return Err(VaultError::Bug) };
            let sealed = aead::seal(&kek(number), &slot_aad(&head, number), &slot.to_bytes())?;
            let at = SLOT * (1 + usize::from(number));
            bytes.splice(at..at + SLOT, sealed);
        }
        bytes.splice(..SUM_AT, head);
        let mut slots = Self { header, bytes };
        slots.renew_sum();
        Ok(slots)
    }

    /// Tries every slot, also after one has opened, so that the work does not tell which slot it was. With its number.
    pub(crate) fn open(&self, kek: impl Fn(u8) -> Key) -> Option<(u8, Slot)> {
        let head = self.bytes.get(..SUM_AT)?;
        let mut found = None;
        for (number, sealed) in (0..).zip(self.bytes.chunks_exact(SLOT).skip(1)) {
            let opened = aead::open(&kek(number), &slot_aad(head, number), sealed);
            let slot = opened.ok().and_then(|plain| Slot::parse(&plain));
            found = found.or(slot.map(|slot| (number, slot)));
        }
        found
    }

    /// Destroys every slot but this one.
    pub(crate) fn keep_only(&mut self, number: u8) -> Result<(), VaultError> {
        for (other, sealed) in (0..).zip(self.bytes.chunks_exact_mut(SLOT).skip(1)) {
            if other != number {
                random::fill(sealed)?;
            }
        }
        self.renew_sum();
        Ok(())
    }

    /// Whether the vault was made by the first version. Anybody can say so of the file, but then no slot opens.
    pub(crate) fn is_first_format(&self) -> bool {
        self.bytes.get(MAGIC.len()..MAGIC.len() + 4) == Some(1_u32.to_le_bytes().as_slice())
    }

    fn renew_sum(&mut self) {
        let sum = sum(&self.bytes);
        self.bytes.splice(SUM_AT..SLOT, sum);
    }

    /// Writes the file, then its copy.
    pub(crate) fn write(&self, path: &Path, copy: &Path) -> Result<(), VaultError> {
        durable::replace(path, &self.bytes)?;
        durable::replace(copy, &self.bytes)?;
        Ok(())
    }

    /// Writes both files in place, where there is no room for new ones. A cut may leave neither whole.
    pub(crate) fn overwrite(&self, path: &Path, copy: &Path) -> Result<(), VaultError> {
        for path in [path, copy] {
            let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
            std::io::Write::write_all(&mut file, &self.bytes)?;
            file.sync_data()?;
        }
        Ok(())
    }

    /// Reads the file and its copy, and takes the one of the higher epoch. Fails with `Damaged(Slots)` if neither is whole.
    pub(crate) fn read(path: &Path, copy: &Path) -> Result<Self, VaultError> {
        let read = |path: &Path| Ok::<_, VaultError>(durable::read(path, LEN as u64)?.and_then(Self::parse));
        let (file, copy) = (read(path)?, read(copy)?);
        match (file, copy) {
            (Some(file), Some(copy)) if copy.header.epoch > file.header.epoch => Ok(copy),
            (Some(slots), _) | (None, Some(slots)) => Ok(slots),
            (None, None) => Err(VaultError::Damaged(Part::Slots)),
        }
    }

    pub(crate) fn parse(bytes: Vec<u8>) -> Option<Self> {
        if bytes.len() != LEN || bytes.get(SUM_AT..SLOT)? != sum(&bytes) {
            return None;
        }
        Some(Self { header: SlotHeader::parse(bytes.get(..SUM_AT)?)?, bytes })
    }
}

fn sum(bytes: &[u8]) -> [u8; 32] {
    let mut covered = bytes.to_vec();
    covered.drain(SUM_AT..SLOT);
    sha256(&covered)
}

fn slot_aad(head: &[u8], number: u8) -> Vec<u8> {
    [head, &[number]].concat()
}

const fn level_number(level: HardwareLevel) -> u8 {
    match level {
        HardwareLevel::None => 0,
        HardwareLevel::Software => 1,
        HardwareLevel::Tee => 2,
        HardwareLevel::StrongBox => 3,
        HardwareLevel::SecureEnclave => 4,
    }
}

const fn level_of(number: u8) -> Option<HardwareLevel> {
    Some(match number {
        0 => HardwareLevel::None,
        1 => HardwareLevel::Software,
        2 => HardwareLevel::Tee,
        3 => HardwareLevel::StrongBox,
        4 => HardwareLevel::SecureEnclave,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots() -> Slots {
        let header = SlotHeader {
            epoch: 1,
            vault: VaultId::from_bytes([7; 16]),
            params: StretchParams::FLOOR,
            level: HardwareLevel::Tee,
            salt: [9; 16],
            key_store_check: [3; 32],
            wipe_after: 15,
        };
        let own = Slot {
            vault_key: Key::from_bytes([5; 32]),
            kind: SlotKind::Own,
            decoy_key: Some(Key::from_bytes([6; 32])),
        };
        let duress = Slot { vault_key: Key::from_bytes([6; 32]), kind: SlotKind::DecoyAndWipe, decoy_key: None };
        Slots::make(header, &[(&kek(1), &own), (&kek(3), &duress)]).unwrap()
    }

    #[test]
    fn a_duress_slot_leads_elsewhere_and_can_outlive_the_other() {
        let mut slots = slots();
        let (number, duress) = slots.open(kek(3)).unwrap();
        assert!(duress.kind == SlotKind::DecoyAndWipe && duress.vault_key == Key::from_bytes([6; 32]));
        assert!(slots.open(kek(1)).unwrap().1.decoy_key.unwrap() == duress.vault_key);
        slots.keep_only(number).unwrap();
        let slots = Slots::parse(slots.bytes).unwrap();
        assert!(slots.open(kek(1)).is_none() && slots.open(kek(3)).is_some());
    }

    fn kek(secret: u8) -> impl Fn(u8) -> Key {
        move |number| Key::from_bytes([secret; 32]).derive("slot", &[number])
    }

    #[test]
    fn opens_with_its_key_alone() {
        let slots = Slots::parse(slots().bytes).unwrap();
        let (_, own) = slots.open(kek(1)).unwrap();
        assert!(own.vault_key == Key::from_bytes([5; 32]) && own.kind == SlotKind::Own);
        assert!(slots.open(kek(2)).is_none());
        assert_eq!(slots.header.epoch, 1);
        assert_eq!(slots.header.level, HardwareLevel::Tee);
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_seen() {
        let bytes = slots().bytes;
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(Slots::parse(changed).is_none(), "byte {at}");
        }
        for len in [0, 1, SLOT, LEN - 1] {
            assert!(Slots::parse(bytes[..len].to_vec()).is_none(), "cut to {len}");
        }
    }

    #[test]
    fn a_header_moved_to_weaker_settings_opens_nothing() {
        let mut bytes = slots().bytes;
        // The hash can be made anew by anybody; the seal of the slot cannot.
        bytes[44] ^= 0x03;
        let anew = sum(&bytes);
        bytes.splice(SUM_AT..SLOT, anew);
        let changed = Slots::parse(bytes).unwrap();
        assert_eq!(changed.header.level, HardwareLevel::Software);
        assert!(changed.open(kek(1)).is_none());
    }

    #[test]
    fn the_copy_stands_in() {
        let dir = tempfile::tempdir().unwrap();
        let (path, copy) = (dir.path().join("slots"), dir.path().join("slots.bak"));
        slots().write(&path, &copy).unwrap();
        std::fs::write(&path, b"gone").unwrap();
        assert!(Slots::read(&path, &copy).is_ok());
        std::fs::remove_file(&copy).unwrap();
        assert_eq!(Slots::read(&path, &copy).err(), Some(VaultError::Damaged(Part::Slots)));
    }
}
