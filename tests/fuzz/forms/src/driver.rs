//! Makes inputs from seeds and runs a target on them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::targets::{Fault, Target};

/// How a run ended.
#[derive(Debug)]
pub enum Ending {
    /// Every input was handled as it must be.
    Clean { runs: u64 },
    /// One was not.
    Found { run: u64, why: String, input: Vec<u8> },
}

/// SplitMix64 (Steele and others 2014): the same seed gives the same inputs on every machine.
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Runs `target` on `runs` inputs made from `seed`, until one is handled wrongly.
pub fn run(target: Target, fault: Fault, runs: u64, seed: u64) -> Ending {
    let mut random = Random::new(seed);
    // Inputs that were taken are seeds for others: what the engine accepts leads deeper into it.
    let mut pool: Vec<Vec<u8>> = target.seeds();
    for run in 0..runs {
        let input = mutate(&pool, target, &mut random);
        let verdict = catch_unwind(AssertUnwindSafe(|| target.check(&input, fault)));
        match verdict {
            Ok(Ok(was_taken)) => {
                if was_taken && input.len() < 20_000 {
                    if pool.len() < 200 {
                        pool.push(input);
                    } else {
                        let place = random.below(pool.len());
                        pool[place] = input;
                    }
                }
            }
            Ok(Err(why)) => return Ending::Found { run, why, input },
            Err(_) => return Ending::Found { run, why: "it panicked".to_owned(), input },
        }
    }
    Ending::Clean { runs }
}

fn mutate(pool: &[Vec<u8>], target: Target, random: &mut Random) -> Vec<u8> {
    let mut input = pool[random.below(pool.len())].clone();
    for _ in 0..=random.below(6) {
        let at = random.below(input.len() + 1);
        let length = random.below(24);
        let end = (at + length).min(input.len());
        match random.below(6) {
            0 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => drop(input.drain(at..end)),
            2 => {
                let piece = input[at..end].to_vec();
                let to = random.below(input.len() + 1);
                input.splice(to..to, piece);
            }
            3 => {
                let other = &pool[random.below(pool.len())];
                let from = random.below(other.len() + 1);
                let piece = other[from..(from + length).min(other.len())].to_vec();
                input.splice(at..end, piece);
            }
            4 => {
                let byte = random.next() as u8;
                input.insert(at, byte);
            }
            _ => {
                let words = target.words();
                input.splice(at..at, words[random.below(words.len())].bytes());
            }
        }
    }
    input
}
