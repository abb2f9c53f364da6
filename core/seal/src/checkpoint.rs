//! Checkpoints: the device's signature over the head of its chain, so that HQ sees that nothing is missing or changed.
//!
//! `prefix 22 · last number (varint) · head 32 · signature 64`. The device is signed too, but not in the bytes.

use wayside_model::DeviceId;

use crate::bytes::{Reader, labelled, put_varint};
use crate::chain::Chain;
use crate::envelope::LAST_SEQ;
use crate::item::{Header, ItemKind};
use crate::random::{self, Source};
use crate::{SealError, Signature, SigningKey, VerifyingKey};

const CONTEXT: &str = "wayside/checkpoint/1";
const LABEL: &str = "wayside/checkpoint-device/1";

/// What a device signed: up to this number, the chain's head is this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The item's id.
    pub id: [u8; 16],
    /// The device.
    pub device: DeviceId,
    /// Its epoch.
    pub epoch: u32,
    /// The last envelope it covers; 0 where the epoch has none yet.
    pub upto_seq: u64,
    /// The chain's head after that envelope.
    pub head: [u8; 32],
}

impl Checkpoint {
    /// A signed checkpoint over all that the chain has sealed. Fails with `seal.no_randomness`.
    pub fn make(chain: &Chain, key: &SigningKey) -> Result<Vec<u8>, SealError> {
        Self::make_from(&mut random::fill, chain, key)
    }

    /// As [`Checkpoint::make`], drawing its id from `source`.
    pub fn make_from(source: Source<'_>, chain: &Chain, key: &SigningKey) -> Result<Vec<u8>, SealError> {
        let id = random::draw(source)?;
        let header = Header { kind: ItemKind::Checkpoint, priority: 0, device_epoch: chain.epoch(), id, seq: 0 };
        let mut out = Vec::new();
        header.put_prefix(&mut out);
        put_varint(&mut out, chain.next_seq().saturating_sub(1));
        out.extend_from_slice(chain.head());
        let signature = key.sign(CONTEXT, &signed_part(chain.device(), &out))?;
        out.extend_from_slice(signature.as_bytes());
        Ok(out)
    }

    /// Reads a checkpoint and checks the device's signature. Fails with `seal.malformed`, `signature.wrong`.
    /// Whether the head is the one of the envelopes that arrived is for the caller to compare.
    pub fn verify(bytes: &[u8], device: DeviceId, key: &VerifyingKey) -> Result<Self, SealError> {
        let parts = Parts::read(bytes)?;
        key.verify(CONTEXT, &signed_part(device, parts.message), &parts.signature)?;
        let Header { id, device_epoch: epoch, seq: upto_seq, .. } = parts.header;
        Ok(Self { id, device, epoch, upto_seq, head: parts.head })
    }
}

/// A checkpoint taken apart.
pub(crate) struct Parts<'a> {
    pub(crate) header: Header,
    head: [u8; 32],
    message: &'a [u8],
    signature: Signature,
}

impl<'a> Parts<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, SealError> {
        let mut reader = Reader::new(bytes);
        let mut header = Header::read_prefix(&mut reader)?;
        header.seq = reader.varint()?;
        let head = reader.array()?;
        let message = &bytes[..bytes.len() - reader.len()];
        let signature = Signature::from_bytes(reader.array()?);
        reader.end()?;
        if header.kind != ItemKind::Checkpoint || header.seq > LAST_SEQ {
            return Err(SealError::Malformed);
        }
        Ok(Self { header, head, message, signature })
    }
}

fn signed_part(device: DeviceId, message: &[u8]) -> Vec<u8> {
    labelled(LABEL, &[device.as_bytes(), message])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{DEVICE, EPOCH, desk, device_key, device_public, envelopes, started};
    use crate::testing;

    #[test]
    fn read_as_it_was_signed() {
        let (_, chain) = envelopes(3);
        let bytes = Checkpoint::make(&chain, &device_key()).unwrap();
        assert_eq!(bytes.len(), 119);
        let verify = |bytes: &[u8]| Checkpoint::verify(bytes, DEVICE, &device_public());
        let checkpoint = verify(&bytes).unwrap();
        assert_eq!((checkpoint.device, checkpoint.epoch, checkpoint.upto_seq), (DEVICE, EPOCH, 3));
        assert_eq!(checkpoint.head, *chain.head());
        testing::every_flip_and_cut_is_refused(&bytes, |bytes| verify(bytes).is_err());
    }

    #[test]
    fn another_key_or_device_did_not_sign_it() {
        let bytes = Checkpoint::make(&started().chain, &device_key()).unwrap();
        assert_eq!(Checkpoint::verify(&bytes, DEVICE, &device_public()).unwrap().upto_seq, 0);
        let wrong = Err(SealError::SignatureWrong);
        assert_eq!(Checkpoint::verify(&bytes, DEVICE, &desk().public()), wrong);
        assert_eq!(Checkpoint::verify(&bytes, DeviceId::from_bytes([0; 16]), &device_public()), wrong);
    }
}
