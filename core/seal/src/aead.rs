//! Sealing under a key that both sides hold: ChaCha20-Poly1305 (RFC 8439), each key used once.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::random::{self, Source};
use crate::{Key, SealError};

const LABEL: &str = "wayside/aead/1";
const SALT: usize = 16;
pub(crate) const TAG: usize = 16;

/// Bytes that [`seal`] adds.
pub const OVERHEAD: usize = SALT + TAG;

/// Seals `plain`: a fresh salt of 16 bytes, then the sealed bytes under HKDF(key, salt). `aad` says where the bytes belong
/// and has to be the same when they are opened. Fails with `seal.no_randomness` and `seal.too_large`.
pub fn seal(key: &Key, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    seal_from(&mut random::fill, key, aad, plain)
}

pub(crate) fn seal_from(source: Source<'_>, key: &Key, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let salt = random::draw::<SALT>(source)?;
    let mut out = Vec::with_capacity(plain.len() + OVERHEAD);
    out.extend_from_slice(&salt);
    out.extend_from_slice(plain);
    seal_once(&key.derive_salted(&salt, LABEL, &[]), aad, &mut out, SALT)?;
    Ok(out)
}

/// Opens what [`seal`] made. Fails with `seal.malformed` if it is too short and `seal.broken` if it does not fit.
pub fn open(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (salt, sealed) = sealed.split_at_checked(SALT).ok_or(SealError::Malformed)?;
    open_once(&key.derive_salted(salt, LABEL, &[]), aad, sealed)
}

/// Seals `buffer[from..]` in place and appends the tag. The nonce is zero, so `key` must seal nothing else, ever.
pub(crate) fn seal_once(key: &Key, aad: &[u8], buffer: &mut Vec<u8>, from: usize) -> Result<(), SealError> {
    let body = buffer.get_mut(from..).ok_or(SealError::Bug)?;
    let tag =
        cipher(key)?.seal_in_place_separate_tag(zero_nonce(), Aad::from(aad), body).map_err(|_| SealError::TooLarge)?;
    buffer.extend_from_slice(tag.as_ref());
    Ok(())
}

pub(crate) fn open_once(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    if sealed.len() < TAG {
        return Err(SealError::Malformed);
    }
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let length = cipher(key)?
        .open_in_place(zero_nonce(), Aad::from(aad), buffer.as_mut_slice())
        .map_err(|_| SealError::Broken)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

/// Plain bytes in a chunk of a stream; only the last one may be shorter (age, "age-encryption.org/v1", section "Payload").
pub const CHUNK: usize = 64 * 1024;
/// Bytes that [`seal_chunk`] adds.
pub const CHUNK_OVERHEAD: usize = TAG;

/// Seals one chunk of a stream in place and appends its tag: the STREAM construction, nonce = number of the chunk in 11 bytes
/// and 1 for the last. `key` belongs to this stream alone, and no number is ever used twice. Fails with `seal.too_large` if
/// the chunk is.
pub fn seal_chunk(key: &Key, number: u64, last: bool, chunk: &mut Vec<u8>) -> Result<(), SealError> {
    if chunk.len() > CHUNK {
        return Err(SealError::TooLarge);
    }
    let nonce = chunk_nonce(number, last);
    let tag = cipher(key)?.seal_in_place_separate_tag(nonce, Aad::empty(), chunk).map_err(|_| SealError::TooLarge)?;
    chunk.extend_from_slice(tag.as_ref());
    Ok(())
}

/// Opens what [`seal_chunk`] made. Fails with `seal.malformed` if it is too short or too long and with `seal.broken` if it is
/// not this chunk of this stream, or is not the last although it should be, or the other way round.
pub fn open_chunk(key: &Key, number: u64, last: bool, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    if !(TAG..=CHUNK + TAG).contains(&sealed.len()) {
        return Err(SealError::Malformed);
    }
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let nonce = chunk_nonce(number, last);
    let length = cipher(key)?.open_in_place(nonce, Aad::empty(), &mut buffer).map_err(|_| SealError::Broken)?.len();
    buffer.truncate(length);
    Ok(buffer)
}

fn chunk_nonce(number: u64, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

/// Built for one operation and dropped: ring does not wipe its keys, so none is kept.
pub(crate) fn cipher(key: &Key) -> Result<LessSafeKey, SealError> {
    UnboundKey::new(&CHACHA20_POLY1305, key.expose()).map(LessSafeKey::new).map_err(|_| SealError::Bug)
}

fn zero_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, unhex};

    /// RFC 8439 section 2.8.2, through ring's cipher as `cipher` builds it; the nonce there is not zero.
    #[test]
    fn rfc_8439() {
        let key = Key::from_bytes(std::array::from_fn(|i| 0x80 + i as u8));
        let mut text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
            sunscreen would be it."
            .to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&unhex("070000004041424344454647")).unwrap();
        let aad = Aad::from(unhex("50515253c0c1c2c3c4c5c6c7"));
        let tag = cipher(&key).unwrap().seal_in_place_separate_tag(nonce, aad, &mut text).unwrap();
        assert_eq!(text[..16], unhex("d31a8d34648e60db7b86afbc53ef7ec2"));
        assert_eq!(tag.as_ref(), unhex("1ae10b594f09e26a7e902ecbd0600691"));
    }

    #[test]
    fn opens_only_what_was_sealed() {
        let key = Key::from_bytes([1; 32]);
        let sealed = seal(&key, b"place", b"words").unwrap();
        assert_eq!(sealed.len(), 5 + OVERHEAD);
        assert_eq!(open(&key, b"place", &sealed).unwrap().as_slice(), b"words");
        assert_eq!(open(&key, b"plaze", &sealed).err(), Some(SealError::Broken));
        assert_eq!(open(&Key::from_bytes([2; 32]), b"place", &sealed).err(), Some(SealError::Broken));
        testing::every_flip_and_cut_is_refused(&sealed, |bytes| open(&key, b"place", bytes).is_err());
    }

    #[test]
    fn the_same_words_look_different_each_time() {
        let key = Key::from_bytes([1; 32]);
        assert_ne!(seal(&key, b"", b"words").unwrap(), seal(&key, b"", b"words").unwrap());
    }

    #[test]
    fn a_chunk_opens_in_its_place_alone() {
        let key = Key::from_bytes([1; 32]);
        let mut sealed = b"words".to_vec();
        seal_chunk(&key, 7, false, &mut sealed).unwrap();
        assert_eq!(open_chunk(&key, 7, false, &sealed).unwrap().as_slice(), b"words");
        assert_eq!(open_chunk(&key, 7, true, &sealed).err(), Some(SealError::Broken));
        assert_eq!(open_chunk(&key, 8, false, &sealed).err(), Some(SealError::Broken));
        assert_eq!(open_chunk(&Key::from_bytes([2; 32]), 7, false, &sealed).err(), Some(SealError::Broken));
        testing::every_flip_and_cut_is_refused(&sealed, |bytes| open_chunk(&key, 7, false, bytes).is_err());
        assert_eq!(seal_chunk(&key, 0, true, &mut vec![0; CHUNK + 1]), Err(SealError::TooLarge));
    }

    #[test]
    fn no_randomness_no_seal() {
        let mut dead = |_: &mut [u8]| Err(SealError::NoRandomness);
        assert_eq!(seal_from(&mut dead, &Key::from_bytes([1; 32]), b"", b"x"), Err(SealError::NoRandomness));
    }
}
