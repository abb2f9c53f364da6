#![doc = include_str!("../README.md")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use wayside_model::VaultId;
use wayside_seal::{Key, aead, sha256};
use wayside_vault::inspect::{reads_identity, reads_keyring, reads_slots};

const SLOTS: usize = 512 * 9;
const IDENTITY: usize = 8 + 4 + 16 + 32 + 1 + 32 + 32;
const VAULT: [u8; 16] = [2; 16];

/// What is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Slots,
    Keyring,
    Identity,
}

/// A fault put in between, to show that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// A parser that stops the program on some bytes.
    Panic,
    /// A parser that takes what it must refuse.
    TakesAnything,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ending {
    Clean { runs: u64, taken: u64 },
    Found { run: u64, why: String, input: Vec<u8> },
}

impl Target {
    pub const ALL: [Self; 3] = [Self::Slots, Self::Keyring, Self::Identity];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| format!("{target:?}").eq_ignore_ascii_case(name))
    }

    /// A whole file of this kind.
    fn seed(self) -> Vec<u8> {
        match self {
            Self::Slots => {
                let mut bytes = b"WAYSLOTS".to_vec();
                bytes.extend_from_slice(&2_u32.to_le_bytes());
                bytes.extend_from_slice(&1_u64.to_le_bytes());
                bytes.extend_from_slice(&VAULT);
                bytes.extend_from_slice(&(19_u32 * 1024).to_le_bytes());
                bytes.extend_from_slice(&2_u32.to_le_bytes());
                bytes.push(3);
                bytes.resize(SLOTS, 0);
                bytes
            }
            Self::Keyring => {
                let mut plain = 2_u32.to_le_bytes().to_vec();
                plain.extend_from_slice(&[5; 96]);
                plain.resize(4096, 0);
                plain
            }
            Self::Identity => {
                let mut bytes = b"WAYVAULT".to_vec();
                bytes.extend_from_slice(&2_u32.to_le_bytes());
                bytes.extend_from_slice(&VAULT);
                bytes.resize(IDENTITY, 0);
                bytes
            }
        }
    }

    /// The input as a file, with the hash or the seal that a file needs to be looked at more closely.
    fn made_right(self, input: &[u8]) -> Vec<u8> {
        match self {
            Self::Slots if input.len() == SLOTS => {
                let sum = sha256(&[&input[..480], &input[512..]].concat());
                [&input[..480], &sum, &input[512..]].concat()
            }
            Self::Identity if input.len() >= 32 => {
                let body = &input[..input.len() - 32];
                [body, &sha256(body)].concat()
            }
            Self::Keyring => {
                let mut head = b"WAYKEYRG".to_vec();
                head.extend_from_slice(&1_u32.to_le_bytes());
                head.extend_from_slice(&7_u64.to_le_bytes());
                head.extend_from_slice(&VAULT);
                let context = [VAULT.as_slice(), &7_u64.to_le_bytes()].concat();
                let key = vault_key().derive("wayside/vault-keyring/1", &context);
                let sealed = aead::seal(&key, &head, input).unwrap();
                [head, sealed].concat()
            }
            _ => input.to_vec(),
        }
    }

    /// Feeds it. Whether it was taken; an error says what must not be.
    fn check(self, input: &[u8], is_right: bool, fault: Fault) -> Result<bool, String> {
        let file = if is_right { self.made_right(input) } else { input.to_vec() };
        assert!(fault != Fault::Panic || input.len() % 97 != 13, "planted");
        let lies = fault == Fault::TakesAnything && input.len() % 89 == 7;
        match self {
            Self::Slots => {
                let taken = reads_slots(&file) || lies;
                let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
                if taken && (file.len() != SLOTS || !(19 * 1024..=128 * 1024).contains(&number(36)) || !(2..=16).contains(&number(40))) {
                    return Err("taken with settings out of bounds".to_owned());
                }
                Ok(taken)
            }
            Self::Keyring => {
                let keys = reads_keyring(&file, VaultId::from_bytes(VAULT), vault_key());
                let keys = if lies { Some(usize::MAX) } else { keys };
                if keys.is_some_and(|keys| keys > (file.len() - 4) / 48) {
                    return Err("more keys than there is room for".to_owned());
                }
                Ok(keys.is_some())
            }
            Self::Identity => {
                let taken = reads_identity(&file) || lies;
                if taken && file.len() != IDENTITY && file.len() != IDENTITY - 1 {
                    return Err("taken with another length".to_owned());
                }
                Ok(taken)
            }
        }
    }
}

fn vault_key() -> Key {
    Key::from_bytes([1; 32])
}

/// SplitMix64 (Steele and others 2014): the same seed gives the same inputs on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Runs `target` on `runs` inputs made from `seed`, until one is handled wrongly.
pub fn run(target: Target, fault: Fault, runs: u64, seed: u64) -> Ending {
    let mut random = Random(seed);
    let mut taken = 0;
    for run in 0..runs {
        let mut input = target.seed();
        for _ in 0..random.below(8) {
            let at = random.below(input.len().min(128) + 1).min(input.len());
            match random.below(5) {
                0 => input.truncate(random.below(input.len() + 1)),
                1 => input.insert(at, random.next() as u8),
                2 => input.extend((0..random.below(100)).map(|n| n as u8)),
                _ => {
                    if let Some(byte) = input.get_mut(at) {
                        *byte = if random.below(2) == 0 { random.next() as u8 } else { *byte ^ (1 << random.below(8)) };
                    }
                }
            }
        }
        let is_right = random.below(2) == 0;
        match catch_unwind(AssertUnwindSafe(|| target.check(&input, is_right, fault))) {
            Ok(Ok(was_taken)) => taken += u64::from(was_taken),
            Ok(Err(why)) => return Ending::Found { run, why, input },
            Err(_) => return Ending::Found { run, why: "it panicked".to_owned(), input },
        }
    }
    Ending::Clean { runs, taken }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_found_in_a_short_run_that_gets_inside() {
        for target in Target::ALL {
            let ending = run(target, Fault::None, 2_000, 1);
            assert!(matches!(ending, Ending::Clean { runs: 2_000, taken } if taken > 100), "{target:?}: {ending:?}");
        }
    }

    #[test]
    fn a_planted_fault_is_found_by_each_target() {
        for target in Target::ALL {
            for fault in [Fault::Panic, Fault::TakesAnything] {
                let ending = run(target, fault, 50_000, 1);
                assert!(matches!(ending, Ending::Found { .. }), "{target:?} {fault:?}: {ending:?}");
            }
        }
    }
}
