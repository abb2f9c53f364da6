//! The slot file: eight slots, of which those in use cannot be told from those that are not.
//!
//! Header (512 bytes, little-endian numbers): magic 8 · format 4 · epoch 8 · vault id 16 · memory KiB 4 · passes 4 ·
//! hardware level 1 · salt 16 · key store check 32 · zeros · SHA-256 over everything else in the file. Then 8 slots of 512
//! bytes: sealed vault key and zeros, or random bytes. The header up to its hash, and the slot's number, are what a slot is
//! authenticated with.

use std::path::Path;

use wayside_model::VaultId;
use wayside_seal::{HardwareLevel, Key, StretchParams, aead, random, sha256};
use zeroize::Zeroizing;

use crate::{Part, VaultError, durable};

const MAGIC: &[u8; 8] = b"WAYSLOTS";
const FORMAT: u32 = 1;
const SLOT: usize = 512;
const COUNT: usize = 8;
const SUM_AT: usize = SLOT - 32;
const LEN: usize = SLOT * (1 + COUNT);
const PLAIN: usize = SLOT - aead::OVERHEAD;

/// What the header says.
pub(crate) struct SlotHeader {
    /// Grows when the slots are written anew; names the key store's key.
    pub(crate) epoch: u64,
    pub(crate) vault: VaultId,
    pub(crate) params: StretchParams,
    pub(crate) level: HardwareLevel,
    pub(crate) salt: [u8; 16],
    /// What the key store's key makes of a fixed text, hashed: tells a lost key from a wrong secret.
    pub(crate) key_store_check: [u8; 32],
}

impl SlotHeader {
    /// The key store's name for the key of this epoch. Says nothing about what the app is.
    pub(crate) fn alias(vault: VaultId, epoch: u64) -> String {
        let [a, b, c, d, ..] = *vault.as_bytes();
        format!("k{a:02x}{b:02x}{c:02x}{d:02x}.{epoch}")
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
        let (key_store_check, zeros) = rest.split_first_chunk()?;
        let params = StretchParams { memory_kib: u32::from_le_bytes(*memory), passes: u32::from_le_bytes(*passes) };
        let known = magic == MAGIC && u32::from_le_bytes(*format) == FORMAT && zeros.iter().all(|byte| *byte == 0);
        (known && params.check().is_ok()).then_some(())?;
        Some(Self {
            epoch: u64::from_le_bytes(*epoch),
            vault: VaultId::from_bytes(*vault),
            params,
            level: level_of(*level)?,
            salt: *salt,
            key_store_check: *key_store_check,
        })
    }
}

/// A slot file in memory.
pub(crate) struct Slots {
    pub(crate) header: SlotHeader,
    bytes: Vec<u8>,
}

impl Slots {
    /// A new file whose one used slot, at a random place, holds `vault_key`. `kek` gives the key of each slot.
    pub(crate) fn make(header: SlotHeader, vault_key: &Key, kek: impl Fn(u8) -> Key) -> Result<Self, VaultError> {
        let mut bytes = vec![0; LEN];
        random::fill(&mut bytes)?;
        let number = random::bytes::<1>()?[0] % COUNT as u8;
        let head = header.to_bytes();
        let mut plain = Zeroizing::new(vec![0; PLAIN]);
        plain.splice(..32, *vault_key.expose());
        let sealed = aead::seal(&kek(number), &slot_aad(&head, number), &plain)?;
        bytes.splice(..SUM_AT, head);
        let at = SLOT * (1 + usize::from(number));
        bytes.splice(at..at + SLOT, sealed);
        let sum = sum(&bytes);
        bytes.splice(SUM_AT..SLOT, sum);
        Ok(Self { header, bytes })
    }

    /// Tries every slot, also after one has opened, so that the work does not tell which slot it was.
    pub(crate) fn open(&self, kek: impl Fn(u8) -> Key) -> Option<Key> {
        let head = self.bytes.get(..SUM_AT)?;
        let mut found = None;
        for (number, sealed) in (0..).zip(self.bytes.chunks_exact(SLOT).skip(1)) {
            let opened = aead::open(&kek(number), &slot_aad(head, number), sealed);
            let key = opened.ok().and_then(|plain| plain.first_chunk::<32>().copied());
            found = found.or(key.map(Key::from_bytes));
        }
        found
    }

    /// Writes the file, then its copy.
    pub(crate) fn write(&self, path: &Path, copy: &Path) -> Result<(), VaultError> {
        durable::replace(path, &self.bytes)?;
        durable::replace(copy, &self.bytes)?;
        Ok(())
    }

    /// Reads the file, or its copy where the file is missing or damaged. Fails with `Damaged(Slots)` if both are.
    pub(crate) fn read(path: &Path, copy: &Path) -> Result<Self, VaultError> {
        for path in [path, copy] {
            if let Some(slots) = durable::read(path, LEN as u64)?.and_then(Self::parse) {
                return Ok(slots);
            }
        }
        Err(VaultError::Damaged(Part::Slots))
    }

    fn parse(bytes: Vec<u8>) -> Option<Self> {
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
        };
        Slots::make(header, &Key::from_bytes([5; 32]), kek(1)).unwrap()
    }

    fn kek(secret: u8) -> impl Fn(u8) -> Key {
        move |number| Key::from_bytes([secret; 32]).derive("slot", &[number])
    }

    #[test]
    fn opens_with_its_key_alone() {
        let slots = Slots::parse(slots().bytes).unwrap();
        assert!(slots.open(kek(1)).unwrap() == Key::from_bytes([5; 32]));
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
