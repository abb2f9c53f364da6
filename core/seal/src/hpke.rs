//! Sealing to a public key: HPKE base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 (RFC 9180).

use std::convert::Infallible;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::{Zeroize, Zeroizing};

use crate::fixed::fixed_bytes;
use crate::random::{self, Source};
use crate::{SealError, sha256};

type Suite = X25519HkdfSha256;
const ENCAPSULATED: usize = 32;

/// Bytes that [`seal_to`] adds.
pub const OVERHEAD: usize = ENCAPSULATED + crate::aead::TAG;

fixed_bytes! {
    /// An X25519 public key.
    PublicKey, 32
}

impl PublicKey {
    /// The first eight bytes of SHA-256 of the key: names it in wraps and lists.
    pub fn key_id(&self) -> [u8; 8] {
        let mut id = [0; 8];
        id.copy_from_slice(&sha256(&self.0)[..8]);
        id
    }
}

/// An X25519 private key, wiped when dropped. Has no `Debug`.
pub struct PrivateKey(Zeroizing<[u8; 32]>);

impl PrivateKey {
    /// Takes the bytes in.
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let key = Self(Zeroizing::new(bytes));
        bytes.zeroize();
        key
    }
    /// A random key. Fails with `seal.no_randomness`.
    pub fn generate() -> Result<Self, SealError> {
        Self::generate_from(&mut random::fill)
    }
    pub(crate) fn generate_from(source: Source<'_>) -> Result<Self, SealError> {
        let mut key = Self(Zeroizing::new([0; 32]));
        source(key.0.as_mut_slice())?;
        Ok(key)
    }
    /// Looks at the bytes. Every use should be found by a search.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
    /// The public half. Fails with `bug` alone.
    pub fn public(&self) -> Result<PublicKey, SealError> {
        let mut public = [0; 32];
        Suite::sk_to_pk(&self.native()?).write_exact(&mut public);
        Ok(PublicKey(public))
    }
    fn native(&self) -> Result<<Suite as Kem>::PrivateKey, SealError> {
        <Suite as Kem>::PrivateKey::from_bytes(self.0.as_slice()).map_err(|_| SealError::Bug)
    }
}

/// Seals `plain` to `recipient`: the encapsulated key (32 bytes), then the sealed bytes with their tag.
/// `info` names the purpose, `aad` where the bytes belong; both have to be the same when they are opened.
/// Fails with `seal.no_randomness`, and with `seal.malformed` where the key is not a usable one.
pub fn seal_to(recipient: &PublicKey, info: &[u8], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    seal_to_from(&mut random::fill, recipient, info, aad, plain)
}

pub(crate) fn seal_to_from(
    source: Source<'_>,
    recipient: &PublicKey,
    info: &[u8],
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, SealError> {
    let recipient = <Suite as Kem>::PublicKey::from_bytes(recipient.as_bytes()).map_err(|_| SealError::Malformed)?;
    let mut random = OneDraw::new(source)?;
    let (encapsulated, sealed) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Suite>(
        &OpModeS::Base,
        &recipient,
        info,
        plain,
        aad,
        &mut random,
    )
    .map_err(|_| SealError::Malformed)?;
    if !random.was_used_once() {
        return Err(SealError::Bug);
    }
    Ok([encapsulated.to_bytes().as_slice(), &sealed].concat())
}

/// Opens what [`seal_to`] made. Fails with `seal.malformed` if it is too short and `seal.broken` if it does not fit.
pub fn open(key: &PrivateKey, info: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (encapsulated, sealed) = sealed.split_at_checked(ENCAPSULATED).ok_or(SealError::Malformed)?;
    let encapsulated = <Suite as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| SealError::Malformed)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Suite>(
        &OpModeR::Base,
        &key.native()?,
        &encapsulated,
        info,
        sealed,
        aad,
    )
    .map(Zeroizing::new)
    .map_err(|_| SealError::Broken)
}

/// Randomness drawn beforehand, where a failure is an error and not a panic. The library takes 32 bytes, once.
struct OneDraw {
    bytes: Zeroizing<[u8; 32]>,
    draws: usize,
}

impl OneDraw {
    fn new(source: Source<'_>) -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        source(bytes.as_mut_slice())?;
        Ok(Self { bytes, draws: 0 })
    }
    const fn was_used_once(&self) -> bool {
        self.draws == 1
    }
}

impl TryRng for OneDraw {
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
        // Another length counts as a second draw: then the caller throws the result away.
        self.draws += if target.len() == self.bytes.len() { 1 } else { 2 };
        target.iter_mut().zip(self.bytes.iter()).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

impl TryCryptoRng for OneDraw {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, unhex};

    /// RFC 9180 appendix A.2.1, base mode, first encryption.
    #[test]
    fn rfc_9180() {
        let seed = unhex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
        let recipient = unhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
        let recipient = PrivateKey::from_bytes(recipient.try_into().unwrap());
        let public = unhex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
        let info = unhex("4f6465206f6e2061204772656369616e2055726e");
        let plain = unhex("4265617574792069732074727574682c20747275746820626561757479");
        let expected = unhex(
            "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a
             1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
        );
        assert_eq!(recipient.public().unwrap().as_bytes().as_slice(), public);
        let mut source = |bytes: &mut [u8]| {
            bytes.copy_from_slice(&seed);
            Ok(())
        };
        let sealed = seal_to_from(&mut source, &recipient.public().unwrap(), &info, b"Count-0", &plain).unwrap();
        assert_eq!(testing::hex(&sealed), testing::hex(&expected));
        assert_eq!(open(&recipient, &info, b"Count-0", &sealed).unwrap().as_slice(), plain);
    }

    #[test]
    fn opens_only_for_its_recipient_and_place() {
        let key = PrivateKey::generate().unwrap();
        let sealed = seal_to(&key.public().unwrap(), b"info", b"aad", b"secret").unwrap();
        assert_eq!(sealed.len(), 6 + OVERHEAD);
        assert_eq!(open(&key, b"info", b"aad", &sealed).unwrap().as_slice(), b"secret");
        for (info, aad) in [(&b"other"[..], &b"aad"[..]), (b"info", b"other")] {
            assert_eq!(open(&key, info, aad, &sealed).err(), Some(SealError::Broken));
        }
        let other = PrivateKey::generate().unwrap();
        assert_eq!(open(&other, b"info", b"aad", &sealed).err(), Some(SealError::Broken));
        testing::every_flip_and_cut_is_refused(&sealed, |bytes| open(&key, b"info", b"aad", bytes).is_err());
    }

    /// A key of small order would give everybody the same secret.
    #[test]
    fn a_weak_key_is_refused() {
        let zero = PublicKey::from_bytes([0; 32]);
        assert_eq!(seal_to(&zero, b"", b"", b"x"), Err(SealError::Malformed));
    }

    /// If the library ever drew differently, its second draw would be the same bytes again.
    #[test]
    fn a_second_draw_is_noticed() {
        let mut random = OneDraw::new(&mut testing::counting(0)).unwrap();
        assert!(!random.was_used_once());
        random.try_fill_bytes(&mut [0; 32]).unwrap();
        assert!(random.was_used_once());
        random.try_fill_bytes(&mut [0; 32]).unwrap();
        assert!(!random.was_used_once());
        let mut random = OneDraw::new(&mut testing::counting(0)).unwrap();
        random.try_next_u64().unwrap();
        assert!(!random.was_used_once());
    }

    #[test]
    fn key_ids_name_keys() {
        let key = PublicKey::from_bytes([9; 32]);
        assert_eq!(key.key_id(), sha256(&[9; 32])[..8]);
    }
}
