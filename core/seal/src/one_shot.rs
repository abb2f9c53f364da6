//! One-shot sealing: a referral to a service that has a key, SMS, first contact. No epoch, no chain: HPKE to one recipient, and
//! the device's signature over all of it.
//!
//! `tag 1 · id 16 · device 16 · recipient's key id 8 · consent 32 · encapsulated key 32 · sealed blocks and tag · signature 64`.
//! The hash of the consent event is in the clear part and authenticated: without it the bytes do not open. The sealed part
//! is padded to blocks of 32 like an envelope.

use wayside_model::{DeviceId, EventId};
use zeroize::Zeroizing;

use crate::bytes::{Reader, labelled};
use crate::envelope::BLOCK;
use crate::hpke::{self, PrivateKey, PublicKey};
use crate::random::{self, Source};
use crate::signed::ONE_SHOT;
use crate::{SealError, Signature, SigningKey, VerifyingKey};

const CONTEXT: &str = "wayside/one-shot/1";
const INFO: &str = "wayside/one-shot-seal/1";
const HEAD: usize = 1 + 16 + 16 + 8 + 32;
const SIGNATURE: usize = 64;
const END_MARK: u8 = 0x80;
/// The most it holds: a referral of consented fields, not a record with photos.
pub const MAX_PLAIN: usize = 64 * 1024;

/// What stands around the sealed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneShot {
    /// The event.
    pub id: EventId,
    /// Who sealed it.
    pub device: DeviceId,
    /// SHA-256 of the canonical consent event that allows it; zeros where none is needed, as to HQ itself.
    pub consent: [u8; 32],
}

impl OneShot {
    /// Seals `plain` to `recipient` and signs. Fails with `seal.too_large`, `seal.no_randomness`, and `seal.malformed` where
    /// the recipient's key is not usable.
    pub fn seal(&self, recipient: &PublicKey, plain: &[u8], key: &SigningKey) -> Result<Vec<u8>, SealError> {
        self.seal_from(&mut random::fill, recipient, plain, key)
    }

    pub(crate) fn seal_from(
        &self,
        source: Source<'_>,
        recipient: &PublicKey,
        plain: &[u8],
        key: &SigningKey,
    ) -> Result<Vec<u8>, SealError> {
        if plain.len() > MAX_PLAIN {
            return Err(SealError::TooLarge);
        }
        let mut padded = Zeroizing::new(Vec::with_capacity((plain.len() / BLOCK + 1) * BLOCK));
        padded.extend_from_slice(plain);
        padded.push(END_MARK);
        padded.resize((plain.len() / BLOCK + 1) * BLOCK, 0);
        let mut out = vec![ONE_SHOT];
        out.extend_from_slice(self.id.as_bytes());
        out.extend_from_slice(self.device.as_bytes());
        out.extend_from_slice(&recipient.key_id());
        out.extend_from_slice(&self.consent);
        let sealed = hpke::seal_to_from(source, recipient, &labelled(INFO, &[]), &out, &padded)?;
        out.extend(sealed);
        let signature = key.sign(CONTEXT, &out)?;
        out.extend_from_slice(signature.as_bytes());
        Ok(out)
    }

    /// What anybody can read of it, with the recipient's key id; nothing is proven. Fails with `seal.malformed`.
    pub fn peek(bytes: &[u8]) -> Result<(Self, [u8; 8]), SealError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != ONE_SHOT {
            return Err(SealError::Malformed);
        }
        let (id, device) = (EventId::from_bytes(reader.array()?), DeviceId::from_bytes(reader.array()?));
        let (key_id, consent) = (reader.array()?, reader.array()?);
        let sealed = reader.len().checked_sub(SIGNATURE + hpke::OVERHEAD).ok_or(SealError::Malformed)?;
        if sealed == 0 || !sealed.is_multiple_of(BLOCK) || sealed > MAX_PLAIN + BLOCK {
            return Err(SealError::Malformed);
        }
        Ok((Self { id, device, consent }, key_id))
    }

    /// Checks the device's signature and opens. Fails with `seal.malformed`, `signature.wrong`, `seal.broken`.
    pub fn open(
        bytes: &[u8],
        recipient: &PrivateKey,
        device: &VerifyingKey,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), SealError> {
        let (one_shot, _) = Self::peek(bytes)?;
        let (message, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(SealError::Malformed)?;
        device.verify(CONTEXT, message, &Signature::from_bytes(*signature))?;
        let (head, sealed) = message.split_at_checked(HEAD).ok_or(SealError::Malformed)?;
        let mut plain = hpke::open(recipient, &labelled(INFO, &[]), head, sealed)?;
        let end = plain.iter().rposition(|byte| *byte != 0).ok_or(SealError::Malformed)?;
        if plain[end] != END_MARK || plain.len() - end > BLOCK {
            return Err(SealError::Malformed);
        }
        plain.truncate(end);
        Ok((one_shot, plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{DEVICE, desk, device_key, device_public, stranger, team};
    use crate::testing;

    const HEADER: OneShot = OneShot { id: EventId::from_bytes([1; 16]), device: DEVICE, consent: [7; 32] };

    #[test]
    fn opens_for_the_service_and_shows_who_sealed_it() {
        let bytes = HEADER.seal(&team().public().unwrap(), b"the fields consented to", &device_key()).unwrap();
        assert_eq!(bytes.len(), HEAD + hpke::OVERHEAD + 32 + SIGNATURE);
        let (head, plain) = OneShot::open(&bytes, &team(), &device_public()).unwrap();
        assert_eq!((head, plain.as_slice()), (HEADER, &b"the fields consented to"[..]));
        assert_eq!(OneShot::peek(&bytes).unwrap().1, team().public().unwrap().key_id());
        assert_eq!(OneShot::open(&bytes, &stranger(), &device_public()).err(), Some(SealError::Broken));
        assert_eq!(OneShot::open(&bytes, &team(), &desk().public()).err(), Some(SealError::SignatureWrong));
        testing::every_flip_and_cut_is_refused(&bytes, |bytes| {
            OneShot::open(bytes, &team(), &device_public()).is_err()
        });
    }

    /// Somebody with a key of their own cannot pass a referral on under another consent.
    #[test]
    fn another_consent_does_not_open_it() {
        let bytes = HEADER.seal(&team().public().unwrap(), b"x", &device_key()).unwrap();
        let mut message = bytes[..bytes.len() - SIGNATURE].to_vec();
        message[HEAD - 1] ^= 1;
        let signature = desk().sign(CONTEXT, &message).unwrap();
        let forged = [message.as_slice(), signature.as_bytes()].concat();
        assert_eq!(OneShot::open(&forged, &team(), &desk().public()).err(), Some(SealError::Broken));
    }
}
