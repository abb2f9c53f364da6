//! Receipts: HQ's word that it opened these envelopes. Only a receipt lets a device delete its copy.
//!
//! `tag 1 · device 16 · epoch 4 · count (varint) · (step to the next number (varint) · SHA-256 32)… · MAC 32`.
//! It names each envelope by number and hash: an end alone would claim what never arrived.

use subtle::ConstantTimeEq;
use wayside_model::DeviceId;

use crate::bytes::{Reader, labelled, put_varint};
use crate::envelope::LAST_SEQ;
use crate::hash::hmac_sha256;
use crate::signed::RECEIPT;
use crate::{Key, SealError};

const LABEL: &str = "wayside/receipt/1";
const MAC: usize = 32;

/// Which envelopes HQ has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The device.
    pub device: DeviceId,
    /// Its epoch.
    pub epoch: u32,
    /// Number and SHA-256 of each envelope, numbers rising. May be empty: then HQ has the epoch's header.
    pub items: Vec<(u64, [u8; 32])>,
}

impl Receipt {
    /// The bytes, with a MAC under the epoch's receipt key. Fails with `seal.malformed` where the numbers do not rise.
    pub fn make(&self, key: &Key) -> Result<Vec<u8>, SealError> {
        let mut out = vec![RECEIPT];
        out.extend_from_slice(self.device.as_bytes());
        out.extend_from_slice(&self.epoch.to_be_bytes());
        put_varint(&mut out, self.items.len() as u64);
        let mut last = 0;
        for (seq, hash) in &self.items {
            let step =
                seq.checked_sub(last).filter(|step| *step > 0 && *seq <= LAST_SEQ).ok_or(SealError::Malformed)?;
            put_varint(&mut out, step);
            out.extend_from_slice(hash);
            last = *seq;
        }
        let mac = mac(key, &out);
        out.extend_from_slice(&mac);
        Ok(out)
    }

    /// Reads a receipt whose MAC fits. Fails with `seal.malformed`, `signature.wrong`.
    /// Whether it is for this device and epoch is for the caller to compare; another epoch has another key.
    pub fn verify(bytes: &[u8], key: &Key) -> Result<Self, SealError> {
        let (message, theirs) = split(bytes)?;
        if !bool::from(mac(key, message).ct_eq(theirs)) {
            return Err(SealError::SignatureWrong);
        }
        read(message)
    }

    /// What a receipt says, unproven by itself: for a carrier, who has no key of the epoch but has checked the desk's signature
    /// on the control entry around it. Fails with `seal.malformed`.
    pub fn read_within_entry(bytes: &[u8]) -> Result<Self, SealError> {
        read(split(bytes)?.0)
    }

    /// Device and epoch that a receipt is said to be for, unproven: to find the key that checks it.
    /// Fails with `seal.malformed`.
    pub fn peek(bytes: &[u8]) -> Result<(DeviceId, u32), SealError> {
        let receipt = read(split(bytes)?.0)?;
        Ok((receipt.device, receipt.epoch))
    }
}

fn split(bytes: &[u8]) -> Result<(&[u8], &[u8; MAC]), SealError> {
    bytes.split_last_chunk().ok_or(SealError::Malformed)
}

fn mac(key: &Key, message: &[u8]) -> [u8; MAC] {
    hmac_sha256(key.expose(), &[&labelled(LABEL, &[]), message])
}

fn read(message: &[u8]) -> Result<Receipt, SealError> {
    let mut reader = Reader::new(message);
    if reader.u8()? != RECEIPT {
        return Err(SealError::Malformed);
    }
    let device = DeviceId::from_bytes(reader.array()?);
    let epoch = reader.u32()?;
    let count = reader.varint()?;
    let mut items = Vec::new();
    let mut seq = 0_u64;
    for _ in 0..count {
        let step = reader.varint()?;
        seq = seq.checked_add(step).filter(|seq| step > 0 && *seq <= LAST_SEQ).ok_or(SealError::Malformed)?;
        items.push((seq, reader.array()?));
    }
    reader.end()?;
    Ok(Receipt { device, epoch, items })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{DEVICE, EPOCH, receipt, secret, started};
    use crate::testing;

    #[test]
    fn hq_makes_what_the_device_checks() {
        let bytes = receipt().make(&secret().receipt_key()).unwrap();
        let key = started().receipt_key;
        assert_eq!(Receipt::verify(&bytes, &key), Ok(receipt()));
        assert_eq!(Receipt::peek(&bytes), Ok((DEVICE, EPOCH)));
        testing::every_flip_and_cut_is_refused(&bytes, |bytes| Receipt::verify(bytes, &key).is_err());
        assert_eq!(Receipt::verify(&bytes, &Key::from_bytes([0; 32])), Err(SealError::SignatureWrong));
    }

    #[test]
    fn an_empty_receipt_says_that_the_header_arrived() {
        let key = started().receipt_key;
        let empty = Receipt { items: vec![], ..receipt() };
        assert_eq!(Receipt::verify(&empty.make(&key).unwrap(), &key), Ok(empty));
    }

    #[test]
    fn numbers_have_to_rise() {
        for seqs in [&[0][..], &[2, 2], &[2, 1], &[LAST_SEQ + 1]] {
            let items = seqs.iter().map(|seq| (*seq, [0; 32])).collect();
            let bad = Receipt { items, ..receipt() };
            assert_eq!(bad.make(&secret().receipt_key()), Err(SealError::Malformed), "{seqs:?}");
        }
    }

    #[test]
    fn a_receipt_whose_numbers_do_not_rise_is_not_read() {
        let key = started().receipt_key;
        let read = |steps: [u64; 2]| {
            let mut message = [&[RECEIPT][..], DEVICE.as_bytes(), &EPOCH.to_be_bytes(), &[2]].concat();
            for step in steps {
                put_varint(&mut message, step);
                message.extend([0; 32]);
            }
            let mac = mac(&key, &message);
            Receipt::verify(&[message.as_slice(), &mac].concat(), &key)
        };
        assert!(read([1, 2]).is_ok());
        for steps in [[0, 1], [1, 0], [1, LAST_SEQ], [1, u64::MAX]] {
            assert_eq!(read(steps), Err(SealError::Malformed), "{steps:?}");
        }
    }

    #[test]
    fn a_hostile_count_costs_nothing() {
        let mut message = vec![RECEIPT];
        message.extend([0; 20]);
        put_varint(&mut message, u64::MAX);
        let key = Key::from_bytes([0; 32]);
        message.extend(mac(&key, &message.clone()));
        assert_eq!(Receipt::verify(&message, &key), Err(SealError::Malformed));
    }
}
