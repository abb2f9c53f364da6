//! The shape of everything that is signed and not an item of the outbox: tag, canonical CBOR, signature.

use minicbor::{Decode, Encode};
use wayside_model::{from_canonical, to_canonical};

use crate::{SealError, Signature, SigningKey, VerifyingKey};

/// First byte: the suite in the upper half (1: Ed25519, X25519, ChaCha20-Poly1305, SHA-256), the kind in the lower.
pub(crate) const RECEIPT: u8 = 0x14;
pub(crate) const CONTROL: u8 = 0x15;
pub(crate) const DIRECTORY: u8 = 0x16;
pub(crate) const CERTIFICATE: u8 = 0x17;
pub(crate) const REQUEST: u8 = 0x18;
pub(crate) const ONE_SHOT: u8 = 0x19;
pub(crate) const WIPE: u8 = 0x1a;

/// One kind of signed value.
pub(crate) struct Shape {
    pub(crate) tag: u8,
    pub(crate) context: &'static str,
}

impl Shape {
    pub(crate) fn sign<T: Encode<()>>(&self, value: &T, key: &SigningKey) -> Result<Vec<u8>, SealError> {
        let mut out = vec![self.tag];
        out.extend(to_canonical(value));
        let signature = key.sign(self.context, &out)?;
        out.extend_from_slice(signature.as_bytes());
        Ok(out)
    }

    /// Checks the signature first and reads then.
    pub(crate) fn verify<T>(&self, bytes: &[u8], key: &VerifyingKey) -> Result<T, SealError>
    where
        T: for<'b> Decode<'b, ()> + Encode<()>,
    {
        let (message, signature) = self.split(bytes)?;
        key.verify(self.context, message, &signature)?;
        self.read(message)
    }

    /// For values that bring the key they are signed with: the reading has to come first.
    pub(crate) fn verify_by<T>(&self, bytes: &[u8], key: impl FnOnce(&T) -> VerifyingKey) -> Result<T, SealError>
    where
        T: for<'b> Decode<'b, ()> + Encode<()>,
    {
        let (message, signature) = self.split(bytes)?;
        let value = self.read(message)?;
        key(&value).verify(self.context, message, &signature)?;
        Ok(value)
    }

    fn split<'a>(&self, bytes: &'a [u8]) -> Result<(&'a [u8], Signature), SealError> {
        let (message, signature) = bytes.split_last_chunk().ok_or(SealError::Malformed)?;
        if message.first() != Some(&self.tag) {
            return Err(SealError::Malformed);
        }
        Ok((message, Signature::from_bytes(*signature)))
    }

    fn read<T>(&self, message: &[u8]) -> Result<T, SealError>
    where
        T: for<'b> Decode<'b, ()> + Encode<()>,
    {
        let body = message.get(1..).ok_or(SealError::Malformed)?;
        Ok(from_canonical(body)?)
    }
}
