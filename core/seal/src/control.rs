//! The control log: what HQ tells one device, numbered and signed by the desk.

use minicbor::{Decode, Encode};
use wayside_model::{CaseId, DeviceId, Timestamp};

use crate::bytes::labelled;
use crate::signed::{CONTROL, Shape};
use crate::{SealError, SigningKey, VerifyingKey, sha256};

const SHAPE: Shape = Shape { tag: CONTROL, context: "wayside/control/1" };

/// What HQ says. Unknown kinds fail to read: an update may know them.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum ControlKind {
    /// The device is confirmed: a [`crate::DeviceCertificate`].
    #[n(0)]
    Certificate(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// HQ has these items: a [`crate::Receipt`].
    #[n(1)]
    Receipt(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// The device may not send any more.
    #[n(2)]
    Revoked,
    /// A new [`crate::Directory`].
    #[n(3)]
    Directory(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// A form, a rule set, a language pack, a service list or a dictionary: a [`crate::content::Content`].
    #[n(4)]
    Content(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// What the device needs to know of a person, sealed to its own key: a [`crate::minimum::Minimum`].
    #[n(5)]
    Minimum(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// Destroy the reading keys: a [`crate::WipeOrder`], signed by two keys of HQ.
    #[n(6)]
    Wipe(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// Erase the case of this hash ([`case_hash`]). The case itself is not named: the relay reads along.
    #[n(7)]
    Erasure(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]),
    /// HQ opened the envelope of this id and cannot use it; the code says why. It is set aside and shown.
    #[n(8)]
    SetAside {
        /// The envelope.
        #[cbor(n(0), with = "minicbor::bytes")]
        id: [u8; 16],
        /// A stable error code.
        #[n(1)]
        code: String,
    },
    /// A receipt out of the log of another device, some of whose items this one carried to the relay: it lets go what the
    /// receipt names, and carries the receipt back.
    #[n(9)]
    Carried {
        /// Whose log.
        #[n(0)]
        device: DeviceId,
        /// The entry of that log.
        #[cbor(n(1), with = "minicbor::bytes")]
        entry: Vec<u8>,
    },
}

/// How an erasure names a case to those who have it.
pub fn case_hash(case: CaseId) -> [u8; 32] {
    sha256(&labelled("wayside/case-hash/1", &[case.as_bytes()]))
}

/// One entry of a device's control log.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct ControlEntry {
    /// For which device.
    #[n(0)]
    pub device: DeviceId,
    /// Counts from 1 without a gap.
    #[n(1)]
    pub counter: u64,
    /// What HQ says.
    #[n(2)]
    pub kind: ControlKind,
    /// When HQ signed it, by HQ's clock, rounded. Missing in entries of the first version.
    #[n(3)]
    pub at: Option<Timestamp>,
}

impl ControlEntry {
    /// The bytes, signed by the desk.
    pub fn sign(&self, desk: &SigningKey) -> Result<Vec<u8>, SealError> {
        SHAPE.sign(self, desk)
    }

    /// Reads an entry and checks the desk's signature and the device. Fails with `seal.malformed`, `signature.wrong`.
    /// That the counter is the next one is for the caller to check.
    pub fn verify(bytes: &[u8], desk: &VerifyingKey, device: DeviceId) -> Result<Self, SealError> {
        let entry: Self = SHAPE.verify(bytes, desk)?;
        if entry.device == device { Ok(entry) } else { Err(SealError::SignatureWrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{DEVICE, certificate, control, desk, root};
    use crate::{DeviceCertificate, testing};

    #[test]
    fn read_as_it_was_signed() {
        let verify = |bytes: &[u8]| ControlEntry::verify(bytes, &desk().public(), DEVICE);
        for kind in [
            ControlKind::Certificate(certificate().sign(&desk()).unwrap()),
            ControlKind::Receipt(vec![1]),
            ControlKind::Revoked,
            ControlKind::Directory(vec![]),
            ControlKind::Content(vec![2]),
            ControlKind::Minimum(vec![3]),
            ControlKind::Wipe(vec![4]),
            ControlKind::Erasure(case_hash(CaseId::from_bytes([5; 16]))),
            ControlKind::SetAside { id: [6; 16], code: "seal.malformed".to_owned() },
            ControlKind::Carried { device: DEVICE, entry: vec![7] },
        ] {
            let bytes = control(kind.clone()).sign(&desk()).unwrap();
            assert!(verify(&bytes).unwrap() == control(kind));
            testing::every_flip_and_cut_is_refused(&bytes, |bytes| verify(bytes).is_err());
        }
        let other = control(ControlKind::Revoked).sign(&root()).unwrap();
        assert_eq!(verify(&other).err(), Some(SealError::SignatureWrong));
    }

    #[test]
    fn an_entry_for_another_device_is_refused() {
        let bytes = control(ControlKind::Revoked).sign(&desk()).unwrap();
        let other = DeviceId::from_bytes([0; 16]);
        assert_eq!(ControlEntry::verify(&bytes, &desk().public(), other).err(), Some(SealError::SignatureWrong));
    }

    /// The same key signs both; the context keeps them apart even under an exchanged tag.
    #[test]
    fn a_certificate_is_no_control_entry() {
        let mut bytes = control(ControlKind::Revoked).sign(&desk()).unwrap();
        bytes[0] = crate::signed::CERTIFICATE;
        let read = ControlEntry::verify(&bytes, &desk().public(), DEVICE);
        assert_eq!(read.err(), Some(SealError::Malformed), "the tag is looked at first");
        assert_eq!(DeviceCertificate::verify(&bytes, &desk().public()).err(), Some(SealError::SignatureWrong));
        let message = &bytes[..bytes.len() - 64];
        let signature = desk().sign("wayside/control/1", message).unwrap();
        let forged = [message, signature.as_bytes()].concat();
        assert_eq!(DeviceCertificate::verify(&forged, &desk().public()).err(), Some(SealError::SignatureWrong));
    }
}
