//! The order to wipe a device. Two different keys of HQ sign it; it is for one device, has a number that never goes back, and
//! expires. There is no order for all devices.

use minicbor::{Decode, Encode};
use wayside_model::{DeviceId, Timestamp, from_canonical, to_canonical};

use crate::signed::WIPE;
use crate::{SealError, Signature, SigningKey, VerifyingKey};

const CONTEXT: &str = "wayside/wipe/1";
const SIGNATURES: usize = 2 * 64;

/// What HQ orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct WipeOrder {
    /// Which device.
    #[n(0)]
    pub device: DeviceId,
    /// Higher than that of every order before it for this device.
    #[n(1)]
    pub number: u64,
    /// The first moment at which it does not count any more.
    #[n(2)]
    pub expires: Timestamp,
    /// Also what was not sent. Otherwise the sealed outbox stays and can be sent.
    #[n(3)]
    pub everything: bool,
}

impl WipeOrder {
    /// The bytes, signed by two keys. Fails with `bug` alone.
    pub fn sign(&self, keys: [&SigningKey; 2]) -> Result<Vec<u8>, SealError> {
        Ok(self.assemble([self.sign_one(keys[0])?, self.sign_one(keys[1])?]))
    }

    /// One of the two signatures, where the keys are never at one place. Fails with `bug` alone.
    pub fn sign_one(&self, key: &SigningKey) -> Result<Signature, SealError> {
        key.sign(CONTEXT, &self.message())
    }

    /// The bytes, of two signatures made apart. Whether they fit is for [`WipeOrder::verify`] to say.
    pub fn assemble(&self, signatures: [Signature; 2]) -> Vec<u8> {
        let mut out = self.message();
        signatures.iter().for_each(|signature| out.extend_from_slice(signature.as_bytes()));
        out
    }

    fn message(&self) -> Vec<u8> {
        let mut out = vec![WIPE];
        out.extend(to_canonical(self));
        out
    }

    /// Reads an order out of a control entry that was verified, without its two signatures: for HQ itself, which needs to know
    /// which numbers it has used. Fails with `seal.malformed`.
    pub fn read_within_entry(bytes: &[u8]) -> Result<Self, SealError> {
        let (message, _) = bytes.split_last_chunk::<SIGNATURES>().ok_or(SealError::Malformed)?;
        match message.split_first() {
            Some((&WIPE, body)) => Ok(from_canonical(body)?),
            _ => Err(SealError::Malformed),
        }
    }

    /// Reads an order for `device` that two different ones of `keys` signed. `now` is the later of the device's clock and the
    /// last time HQ named; `last` the number of the last order obeyed.
    /// Fails with `seal.malformed`, `signature.wrong` (also for another device), `seal.order` (not newer, or expired).
    pub fn verify(
        bytes: &[u8],
        keys: &[VerifyingKey],
        device: DeviceId,
        now: Timestamp,
        last: u64,
    ) -> Result<Self, SealError> {
        let (message, signatures) = bytes.split_last_chunk::<SIGNATURES>().ok_or(SealError::Malformed)?;
        let (first, second) = signatures.split_at(SIGNATURES / 2);
        let by = |signature: &[u8]| {
            let signature = Signature::from_bytes(*signature.first_chunk()?);
            keys.iter().find(|key| key.verify(CONTEXT, message, &signature).is_ok())
        };
        match (by(first), by(second)) {
            (Some(one), Some(two)) if one != two => {}
            _ => return Err(SealError::SignatureWrong),
        }
        let order = Self::read_within_entry(bytes)?;
        if order.device != device {
            return Err(SealError::SignatureWrong);
        }
        if order.number <= last || now >= order.expires {
            return Err(SealError::OutOfOrder);
        }
        Ok(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{DEVICE, NOW, desk, device_key, root};
    use crate::testing;

    fn order() -> WipeOrder {
        WipeOrder { device: DEVICE, number: 3, expires: NOW.plus_millis(1_000), everything: false }
    }

    #[test]
    fn two_different_keys_have_to_sign() {
        let keys = [desk().public(), root().public()];
        let verify = |bytes: &[u8]| WipeOrder::verify(bytes, &keys, DEVICE, NOW, 2);
        let bytes = order().sign([&desk(), &root()]).unwrap();
        assert_eq!(verify(&bytes), Ok(order()));
        assert_eq!(verify(&order().sign([&root(), &desk()]).unwrap()), Ok(order()));
        for pair in [[&desk(), &desk()], [&desk(), &device_key()], [&device_key(), &device_key()]] {
            assert_eq!(verify(&order().sign(pair).unwrap()), Err(SealError::SignatureWrong));
        }
        testing::every_flip_and_cut_is_refused(&bytes, |bytes| verify(bytes).is_err());
    }

    #[test]
    fn once_in_time_and_for_one_device() {
        let keys = [desk().public(), root().public()];
        let bytes = order().sign([&desk(), &root()]).unwrap();
        let verify = |device, now, last| WipeOrder::verify(&bytes, &keys, device, now, last);
        assert_eq!(verify(DEVICE, NOW, 3), Err(SealError::OutOfOrder));
        assert_eq!(verify(DEVICE, order().expires, 0), Err(SealError::OutOfOrder));
        assert_eq!(verify(DeviceId::from_bytes([0; 16]), NOW, 0), Err(SealError::SignatureWrong));
    }
}
