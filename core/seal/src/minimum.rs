//! What HQ sends back about a person: no more than the next visit needs, sealed to the one device's own X25519 key, so that
//! neither the relay nor another phone of the team reads it.

use minicbor::{Decode, Encode};
use wayside_model::{CaseId, DeviceId, EventId, Timestamp, from_canonical, to_canonical};
use zeroize::Zeroizing;

use crate::bytes::labelled;
use crate::hpke::{self, PrivateKey, PublicKey};
use crate::{SealError, random};

const INFO: &str = "wayside/minimum/1";

/// One thing a device is told about a case. No `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum Minimum {
    /// The case is this worker's from now on.
    #[n(0)]
    Assignment {
        /// The case.
        #[n(0)]
        case: CaseId,
        /// What the visit needs: name of a field and its value.
        #[n(1)]
        fields: Vec<(String, String)>,
        /// The heads of the case, so that what the device adds says what it saw.
        #[n(2)]
        heads: Vec<EventId>,
    },
    /// Something to do.
    #[n(1)]
    FollowUp {
        /// The case.
        #[n(0)]
        case: CaseId,
        /// Code of the task.
        #[n(1)]
        task: String,
        /// Until when.
        #[n(2)]
        due: Timestamp,
    },
    /// How a referral stands.
    #[n(2)]
    ReferralState {
        /// The event that made it.
        #[n(0)]
        referral: EventId,
        /// Code of the state.
        #[n(1)]
        state: String,
    },
    /// A referral, handed on to the service it is sealed to. For services alone; a phone passes over it.
    #[n(3)]
    Referral {
        /// The letter as the phone sealed it ([`crate::referral`]).
        #[cbor(n(0), with = "minicbor::bytes")]
        sealed: Vec<u8>,
        /// HQ's word for the phone's keys, without worker and site: a [`crate::DeviceCertificate`].
        #[cbor(n(1), with = "minicbor::bytes")]
        certificate: Vec<u8>,
    },
}

impl Minimum {
    /// Sealed to a device. Fails with `seal.no_randomness`, and `seal.malformed` where its key is not usable.
    pub fn seal(&self, device: DeviceId, key: &PublicKey) -> Result<Vec<u8>, SealError> {
        self.seal_from(&mut random::fill, device, key)
    }

    /// As [`Minimum::seal`], drawing from `source`.
    pub fn seal_from(
        &self,
        source: random::Source<'_>,
        device: DeviceId,
        key: &PublicKey,
    ) -> Result<Vec<u8>, SealError> {
        let plain = Zeroizing::new(to_canonical(self));
        hpke::seal_to_from(source, key, &labelled(INFO, &[]), device.as_bytes(), &plain)
    }

    /// Opens what was sealed to this device. Who sent it is proven by the control entry around it.
    /// Fails with `seal.malformed`, `seal.broken`.
    pub fn open(bytes: &[u8], device: DeviceId, key: &PrivateKey) -> Result<Self, SealError> {
        Ok(from_canonical(&hpke::open(key, &labelled(INFO, &[]), device.as_bytes(), bytes)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{DEVICE, NOW, device_seal, stranger};
    use crate::testing;

    #[test]
    fn opens_on_its_device_alone() {
        let case = CaseId::from_bytes([3; 16]);
        let all = [
            Minimum::Assignment { case, fields: vec![("shelter".to_owned(), "north".to_owned())], heads: vec![] },
            Minimum::FollowUp { case, task: "visit".to_owned(), due: NOW },
            Minimum::ReferralState { referral: EventId::from_bytes([4; 16]), state: "taken_up".to_owned() },
            Minimum::Referral { sealed: vec![1, 2], certificate: vec![3] },
        ];
        for minimum in all {
            let bytes = minimum.seal(DEVICE, &device_seal().public().unwrap()).unwrap();
            assert!(Minimum::open(&bytes, DEVICE, &device_seal()).unwrap() == minimum);
            assert_eq!(Minimum::open(&bytes, DEVICE, &stranger()).err(), Some(SealError::Broken));
            let other = DeviceId::from_bytes([0; 16]);
            assert_eq!(Minimum::open(&bytes, other, &device_seal()).err(), Some(SealError::Broken));
            testing::every_flip_and_cut_is_refused(&bytes, |bytes| {
                Minimum::open(bytes, DEVICE, &device_seal()).is_err()
            });
        }
    }
}
