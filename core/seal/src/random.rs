//! Randomness, from the operating system alone.

use ring::rand::{SecureRandom, SystemRandom};

use crate::SealError;

/// Where the formats of this crate draw from. Shipping code passes [`fill`], and the functions without a source do so
/// themselves; frozen vectors and the simulator pass bytes that can be repeated.
pub type Source<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<(), SealError>;

/// Fills `bytes` with randomness. Fails with `seal.no_randomness`.
pub fn fill(bytes: &mut [u8]) -> Result<(), SealError> {
    SystemRandom::new().fill(bytes).map_err(|_| SealError::NoRandomness)
}

/// `N` random bytes. Fails with `seal.no_randomness`.
pub fn bytes<const N: usize>() -> Result<[u8; N], SealError> {
    draw(&mut fill)
}

/// A random id (or anything else made of 16 bytes). Fails with `seal.no_randomness`.
pub fn id<I: From<[u8; 16]>>() -> Result<I, SealError> {
    bytes().map(I::from)
}

pub(crate) fn draw<const N: usize>(source: Source<'_>) -> Result<[u8; N], SealError> {
    let mut bytes = [0; N];
    source(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_model::EventId;

    #[test]
    fn two_draws_differ() {
        assert_ne!(bytes::<32>().unwrap(), bytes::<32>().unwrap());
        assert_ne!(id::<EventId>().unwrap(), id::<EventId>().unwrap());
    }
}
