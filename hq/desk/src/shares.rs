//! The recovery secret, split: of three shares any two give it back, one says nothing about it (Shamir's sharing over GF(256),
//! by `vsss-rs`). A share is words that can be written down and read out.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use vsss_rs::Gf256;
use wayside_model::Sensitive;
use wayside_seal::{random, sha256, words};
use zeroize::Zeroizing;

use crate::DeskError;

/// Bytes of the secret: 128 bits.
pub(crate) const SECRET: usize = 16;
/// Shares that are made.
pub const SHARES: usize = 3;
/// Shares that are needed.
pub const NEEDED: usize = 2;
/// Start of a hash behind each share, against slips of the pen.
const CHECK: usize = 3;
/// Random bytes drawn beforehand: one for each byte of the secret and coefficient, and as many again.
const DRAWN: usize = 2 * SECRET * NEEDED;

/// Splits a secret.
pub(crate) fn split(secret: &[u8; SECRET]) -> Result<[Sensitive<String>; SHARES], DeskError> {
    let mut drawn = Drawn { bytes: Zeroizing::new(random::bytes::<DRAWN>()?.to_vec()), at: 0 };
    let shares = Gf256::split_bytes(NEEDED, SHARES, secret, &mut drawn).map_err(|_| DeskError::Bug)?;
    if drawn.at > DRAWN {
        return Err(DeskError::Bug);
    }
    let texts: Vec<Sensitive<String>> = shares.into_iter().map(Zeroizing::new).map(|share| text(&share)).collect();
    texts.try_into().map_err(|_| DeskError::Bug)
}

fn text(share: &[u8]) -> Sensitive<String> {
    let mut whole = Zeroizing::new(share.to_vec());
    whole.extend_from_slice(&sha256(share)[..CHECK]);
    Sensitive::new(words::proquint(&whole))
}

/// Puts two or more shares together. Fails with `desk.shares` where one is not a share, or fewer than two different ones are
/// given. Shares of different secrets give a secret that opens nothing.
pub(crate) fn join(texts: &[Sensitive<String>]) -> Result<Zeroizing<[u8; SECRET]>, DeskError> {
    let mut shares = Vec::new();
    for text in texts {
        let words: Vec<&str> =
            text.expose().split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty()).collect();
        let bytes = Zeroizing::new(words::from_proquint(&words.join("-").to_lowercase()).ok_or(DeskError::Shares)?);
        let (share, check) = bytes.split_last_chunk::<CHECK>().ok_or(DeskError::Shares)?;
        if share.len() != SECRET + 1 || sha256(share)[..CHECK] != *check {
            return Err(DeskError::Shares);
        }
        if !shares.contains(&share.to_vec()) {
            shares.push(share.to_vec());
        }
    }
    let secret = if shares.len() < NEEDED { None } else { Gf256::combine_bytes(&shares).ok().map(Zeroizing::new) };
    shares.iter_mut().for_each(zeroize::Zeroize::zeroize);
    let secret: Option<[u8; SECRET]> = secret.and_then(|secret| secret.as_slice().try_into().ok());
    secret.map(Zeroizing::new).ok_or(DeskError::Shares)
}

/// Randomness drawn beforehand, where a failure is an error and not a panic. Asked for more than there is, it only counts.
struct Drawn {
    bytes: Zeroizing<Vec<u8>>,
    at: usize,
}

impl TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for to in target {
            *to = self.bytes.get(self.at).copied().unwrap_or_default();
            self.at += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(text: &Sensitive<String>) -> Sensitive<String> {
        Sensitive::new(text.expose().clone())
    }

    #[test]
    fn any_two_give_it_back_and_one_nothing() {
        for round in 0..200_u8 {
            let secret: [u8; SECRET] = random::bytes().unwrap();
            let shares = split(&secret).unwrap();
            for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 0)] {
                assert_eq!(*join(&[copy(&shares[a]), copy(&shares[b])]).unwrap(), secret, "{round}");
            }
            assert_eq!(*join(&shares).unwrap(), secret);
            assert!(matches!(join(&shares[..1]), Err(DeskError::Shares)));
            assert!(matches!(join(&[copy(&shares[0]), copy(&shares[0])]), Err(DeskError::Shares)));
            assert!(!shares[0].expose().contains(&words::proquint(&secret)));
        }
    }

    /// One share fits every secret alike: for each value a byte of the secret could have there is a second share.
    #[test]
    fn one_share_says_nothing_of_the_secret() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..4_000 {
            let shares = split(&[7; SECRET]).unwrap();
            seen.insert(words::from_proquint(shares[0].expose()).unwrap()[1]);
        }
        assert_eq!(seen.len(), 256, "a share's byte takes every value, whatever the secret");
    }

    #[test]
    fn slips_are_found_and_spelling_is_forgiven() {
        let secret: [u8; SECRET] = random::bytes().unwrap();
        let [one, two, _] = split(&secret).unwrap();
        let spoken = Sensitive::new(format!("  {} ", one.expose().replace('-', "  ").to_uppercase()));
        assert_eq!(*join(&[spoken, copy(&two)]).unwrap(), secret);
        let mut slip = one.expose().clone();
        let other = if slip.starts_with('b') { "d" } else { "b" };
        slip.replace_range(0..1, other);
        assert!(matches!(join(&[Sensitive::new(slip), two]), Err(DeskError::Shares)));
        assert!(matches!(
            join(&[Sensitive::new(String::new()), Sensitive::new("x".to_owned())]),
            Err(DeskError::Shares)
        ));
    }
}
