//! From a PIN or passphrase to a key: Argon2id (RFC 9106), and how long the secret has to be.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::keystore::HardwareLevel;
use crate::{Key, SealError};

/// What one guess costs. One lane always: a phone should not need four busy cores to unlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StretchParams {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl StretchParams {
    /// The least that is accepted, also when read from a file: 19 MiB, two passes (OWASP password storage cheat sheet).
    pub const FLOOR: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// For new vaults: 64 MiB, three passes (RFC 9106 section 4, second recommended option, with one lane).
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3 };
    /// The most that is accepted: 128 MiB, so that a 2 GB phone can open it; 16 passes, so that a changed file cannot
    /// hold the phone up for minutes.
    pub const CAP: Self = Self { memory_kib: 128 * 1024, passes: 16 };

    /// Refuses parameters below the floor or above the cap. Code `seal.malformed`.
    pub const fn check(self) -> Result<(), SealError> {
        let memory = self.memory_kib >= Self::FLOOR.memory_kib && self.memory_kib <= Self::CAP.memory_kib;
        let passes = self.passes >= Self::FLOOR.passes && self.passes <= Self::CAP.passes;
        if memory && passes { Ok(()) } else { Err(SealError::StretchBounds) }
    }
}

/// How long a guess should take on the device itself (security design 3.1): felt as one short wait, and no more.
pub const TARGET: RangeInclusive<Duration> = Duration::from_millis(700)..=Duration::from_millis(1200);

/// Finds what a guess may cost on this device, at enrolment. `measure` stretches once with the parameters it is given and
/// says how long that took; [`timed`] does it. Where the default is too slow, memory goes down before passes do, but never
/// below the floor; where it is too fast, passes go up, then memory.
///
/// Fails with what `measure` fails with.
pub fn calibrate(
    measure: &mut dyn FnMut(StretchParams) -> Result<Duration, SealError>,
) -> Result<StretchParams, SealError> {
    let middle = (*TARGET.start() + *TARGET.end()) / 2;
    let mut params = StretchParams::DEFAULT;
    let mut took = measure(params)?;
    while took > *TARGET.end() && params != StretchParams::FLOOR {
        let memory = scaled(params.memory_kib, middle, took).min(params.memory_kib - 1);
        params = if params.memory_kib > StretchParams::FLOOR.memory_kib {
            StretchParams { memory_kib: memory.max(StretchParams::FLOOR.memory_kib), ..params }
        } else {
            StretchParams { passes: params.passes - 1, ..params }
        };
        took = measure(params)?;
    }
    while took < *TARGET.start() && params != StretchParams::CAP {
        let next = if params.passes < StretchParams::CAP.passes {
            let passes = scaled(params.passes, middle, took).max(params.passes + 1);
            StretchParams { passes: passes.min(StretchParams::CAP.passes), ..params }
        } else {
            let memory = scaled(params.memory_kib, middle, took).max(params.memory_kib + 1);
            StretchParams { memory_kib: memory.min(StretchParams::CAP.memory_kib), ..params }
        };
        let next_took = measure(next)?;
        if next_took > *TARGET.end() {
            break;
        }
        (params, took) = (next, next_took);
    }
    Ok(params)
}

/// The share of `what` that would take `wanted` where all of it took `took`.
fn scaled(what: u32, wanted: Duration, took: Duration) -> u32 {
    let share = u128::from(what) * wanted.as_nanos() / took.as_nanos().max(1);
    u32::try_from(share).unwrap_or(u32::MAX)
}

/// Stretches once and says how long it took: the measure for [`calibrate`].
pub fn timed(params: StretchParams) -> Result<Duration, SealError> {
    let start = Instant::now();
    stretch(b"how long does it take", &[0; 16], params)?;
    Ok(start.elapsed())
}

/// Stretches the secret. Takes about a second on a cheap phone: not for a thread that draws the screen.
/// Fails with `seal.malformed` on parameters out of bounds and with `seal.no_memory`; never uses less than was asked for.
pub fn stretch(secret: &[u8], salt: &[u8; 16], params: StretchParams) -> Result<Key, SealError> {
    params.check()?;
    let params = Params::new(params.memory_kib, params.passes, 1, Some(32)).map_err(|_| SealError::StretchBounds)?;
    let mut output = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret, salt, output.as_mut_slice())
        .map_err(|error| if error == argon2::Error::OutOfMemory { SealError::NoMemory } else { SealError::Bug })?;
    Ok(Key::from_bytes(*output))
}

/// Refuses a secret that is too short for what the key store adds to each guess. Code `vault.weak_secret`.
///
/// StrongBox and Secure Enclave count guesses themselves: six digits. A TEE answers in 20 to 50 ms, so all six-digit PINs
/// take a lab hours: eight. Without hardware the secret stands alone: six words (about 77 bits if drawn from 7776).
/// Letters count as much as digits where digits are enough; words are parted by spaces or `-`.
pub fn check_strength(level: HardwareLevel, secret: &str) -> Result<(), SealError> {
    let enough = match level {
        HardwareLevel::StrongBox | HardwareLevel::SecureEnclave => secret.chars().count() >= 6,
        HardwareLevel::Tee => secret.chars().count() >= 8,
        HardwareLevel::Software | HardwareLevel::None => {
            let words = secret.split(|c: char| c.is_whitespace() || c == '-');
            words.filter(|word| word.chars().count() >= 2).count() >= 6
        }
    };
    if enough { Ok(()) } else { Err(SealError::WeakSecret) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unhex;

    /// RFC 9106 section 5.3. It uses lanes, key and associated data, which we do not, so it goes to the library directly.
    #[test]
    fn rfc_9106() {
        let mut params = argon2::ParamsBuilder::new();
        params.m_cost(32).t_cost(3).p_cost(4).output_len(32);
        params.data(argon2::AssociatedData::new(&[4; 12]).unwrap());
        let argon = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params.build().unwrap());
        let mut output = [0; 32];
        argon.unwrap().hash_password_into(&[1; 32], &[2; 16], &mut output).unwrap();
        let expected = unhex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
        assert_eq!(output.as_slice(), expected);
    }

    #[test]
    fn bounds_are_kept() {
        for (memory_kib, passes) in [(19 * 1024 - 1, 2), (19 * 1024, 1), (128 * 1024 + 1, 3), (64 * 1024, 17), (0, 0)] {
            let weak = StretchParams { memory_kib, passes };
            assert_eq!(stretch(b"x", &[0; 16], weak).err(), Some(SealError::StretchBounds));
        }
        for fine in [StretchParams::FLOOR, StretchParams::DEFAULT, StretchParams::CAP] {
            assert_eq!(fine.check(), Ok(()));
        }
    }

    /// A device on which a pass over one MiB takes so many microseconds.
    fn device(micros: u64) -> impl FnMut(StretchParams) -> Result<Duration, SealError> {
        move |params| {
            params.check()?;
            Ok(Duration::from_micros(micros * u64::from(params.passes) * u64::from(params.memory_kib) / 1024))
        }
    }

    #[test]
    fn calibration_comes_into_the_range_or_to_a_bound() {
        for micros in [100, 300, 600, 1000, 2000, 4000, 6000, 8000, 12_000, 20_000, 30_000] {
            let params = calibrate(&mut device(micros)).unwrap();
            let took = device(micros)(params).unwrap();
            let bound = params == StretchParams::FLOOR || params == StretchParams::CAP;
            assert!(TARGET.contains(&took) || bound, "{micros}: {params:?} {took:?}");
        }
        assert_eq!(calibrate(&mut device(1_000_000)), Ok(StretchParams::FLOOR));
        assert_eq!(calibrate(&mut device(1)), Ok(StretchParams::CAP));
        assert_eq!(calibrate(&mut |_| Err(SealError::NoMemory)), Err(SealError::NoMemory));
        assert!(timed(StretchParams::FLOOR).unwrap() > Duration::ZERO);
    }

    #[test]
    fn secret_and_salt_both_count() {
        let stretch = |secret: &[u8], salt| stretch(secret, &[salt; 16], StretchParams::FLOOR).unwrap();
        let key = stretch(b"246810", 1);
        assert!(key == stretch(b"246810", 1));
        assert!(key != stretch(b"246811", 1) && key != stretch(b"246810", 2));
    }

    #[test]
    fn shorter_secrets_need_better_hardware() {
        use HardwareLevel::{None, SecureEnclave, Software, StrongBox, Tee};
        let six_words = "lusab babad gutih tugad mudof sakat";
        for (level, just_enough, too_short) in [
            (StrongBox, "135790", "13579"),
            (SecureEnclave, "135790", "13579"),
            (Tee, "13579024", "1357902"),
            (Software, six_words, "lusab babad gutih tugad mudof"),
            (None, "lusab-babad-gutih-tugad-mudof-sakat", "135790135790135790135790"),
        ] {
            assert_eq!(check_strength(level, just_enough), Ok(()), "{level:?}");
            assert_eq!(check_strength(level, too_short), Err(SealError::WeakSecret), "{level:?}");
            assert_eq!(check_strength(level, six_words), Ok(()), "{level:?}");
        }
        assert_eq!(check_strength(Software, "a b c d e f"), Err(SealError::WeakSecret));
    }
}
