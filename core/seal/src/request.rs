//! What a device sends to be enrolled, and the words that the worker and HQ compare.

use minicbor::{Decode, Encode};
use wayside_model::{DeviceId, Timestamp};

use crate::bytes::labelled;
use crate::hpke::PublicKey;
use crate::signed::{REQUEST, Shape};
use crate::words::proquint;
use crate::{SealError, SigningKey, VerifyingKey, sha256};

const SHAPE: Shape = Shape { tag: REQUEST, context: "wayside/enrolment-request/1" };

/// A device's keys, signed by the device. It proves that the keys are the sender's; that the sender is the worker's phone
/// is what the comparison of words is for. No `Debug`: it holds a token.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct EnrolmentRequest {
    /// The device's id, drawn by the device.
    #[n(0)]
    pub device: DeviceId,
    /// The token of the enrolment record.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub token: [u8; 16],
    /// The key the device signs with.
    #[n(2)]
    pub sign: VerifyingKey,
    /// The key HQ seals to the device with.
    #[n(3)]
    pub seal: PublicKey,
    /// SHA-256 of the token the device will upload with.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub upload_token_hash: [u8; 32],
    /// When it was made.
    #[n(5)]
    pub at: Timestamp,
}

impl EnrolmentRequest {
    /// The signed bytes. `key` has to be the private half of `sign`, else `signature.wrong`.
    pub fn to_bytes(&self, key: &SigningKey) -> Result<Vec<u8>, SealError> {
        if key.public() != self.sign {
            return Err(SealError::SignatureWrong);
        }
        SHAPE.sign(self, key)
    }

    /// Reads a request and checks that it is signed with the key it names. Fails with `seal.malformed`, `signature.wrong`.
    pub fn verify(bytes: &[u8]) -> Result<Self, SealError> {
        SHAPE.verify_by(bytes, |request: &Self| request.sign)
    }

    /// Four words over the device's id and both keys, equal on the device and at HQ when nobody changed a key between.
    pub fn comparison_words(&self) -> String {
        let device = self.device.as_bytes().as_slice();
        let parts = [device, self.sign.as_bytes().as_slice(), self.seal.as_bytes().as_slice()];
        proquint(&sha256(&labelled("wayside/comparison-words/1", &parts))[..8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{desk, device_key, request};
    use crate::testing;

    #[test]
    fn read_as_it_was_signed() {
        let bytes = request().to_bytes(&device_key()).unwrap();
        assert!(EnrolmentRequest::verify(&bytes).unwrap() == request());
        testing::every_flip_and_cut_is_refused(&bytes, |bytes| EnrolmentRequest::verify(bytes).is_err());
    }

    #[test]
    fn only_the_key_it_names_signs_it() {
        assert_eq!(request().to_bytes(&desk()).err(), Some(SealError::SignatureWrong));
        let forged = SHAPE.sign(&request(), &desk()).unwrap();
        assert_eq!(EnrolmentRequest::verify(&forged).err(), Some(SealError::SignatureWrong));
    }

    #[test]
    fn the_words_show_each_key_and_the_device() {
        let words = request().comparison_words();
        assert_eq!(words.split('-').count(), 4);
        let changed = [
            EnrolmentRequest { device: DeviceId::from_bytes([0; 16]), ..request() },
            EnrolmentRequest { sign: desk().public(), ..request() },
            EnrolmentRequest { seal: PublicKey::from_bytes([8; 32]), ..request() },
        ];
        assert!(changed.iter().all(|request| request.comparison_words() != words));
        let same = EnrolmentRequest { token: [0; 16], ..request() };
        assert_eq!(same.comparison_words(), words, "the token is no part of them");
    }
}
