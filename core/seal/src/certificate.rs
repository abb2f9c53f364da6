//! The device certificate: HQ's word that these keys are this worker's phone.

use minicbor::{Decode, Encode};
use wayside_model::{DeviceId, Timestamp};

use crate::hpke::PublicKey;
use crate::signed::{CERTIFICATE, Shape};
use crate::{SealError, SigningKey, VerifyingKey};

const SHAPE: Shape = Shape { tag: CERTIFICATE, context: "wayside/device-certificate/1" };

/// What HQ confirmed about a device. No `Debug`: it says who works where.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct DeviceCertificate {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// The key it signs with.
    #[n(1)]
    pub sign: VerifyingKey,
    /// The key HQ seals to it with.
    #[n(2)]
    pub seal: PublicKey,
    /// The worker's role, such as `screener`.
    #[n(3)]
    pub role: String,
    /// The site's code.
    #[n(4)]
    pub site: String,
    /// The worker's pseudonym.
    #[n(5)]
    pub worker: String,
    /// From when on it holds.
    #[n(6)]
    pub not_before: Timestamp,
    /// From when on it does not hold any more.
    #[n(7)]
    pub not_after: Timestamp,
}

impl DeviceCertificate {
    /// The bytes, signed by the desk.
    pub fn sign(&self, desk: &SigningKey) -> Result<Vec<u8>, SealError> {
        SHAPE.sign(self, desk)
    }

    /// Reads a certificate and checks the desk's signature. Fails with `seal.malformed`, `signature.wrong`.
    /// Whether it is for this device and these keys is for the caller to compare.
    pub fn verify(bytes: &[u8], desk: &VerifyingKey) -> Result<Self, SealError> {
        SHAPE.verify(bytes, desk)
    }

    /// Whether it holds at this moment.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.not_before <= now && now < self.not_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{NOW, certificate, desk, root};
    use crate::testing;

    #[test]
    fn read_as_it_was_signed() {
        let bytes = certificate().sign(&desk()).unwrap();
        let verify = |bytes: &[u8]| DeviceCertificate::verify(bytes, &desk().public());
        assert!(verify(&bytes).unwrap() == certificate());
        testing::every_flip_and_cut_is_refused(&bytes, |bytes| verify(bytes).is_err());
        let other = certificate().sign(&root()).unwrap();
        assert_eq!(verify(&other).err(), Some(SealError::SignatureWrong));
    }

    #[test]
    fn holds_for_its_time() {
        for (offset, holds) in [(-6, false), (-5, true), (4, true), (5, false)] {
            assert_eq!(certificate().is_current(NOW.plus_millis(offset)), holds, "{offset}");
        }
    }
}
