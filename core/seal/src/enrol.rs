//! The enrolment record: what a QR code carries to a new device.

use minicbor::{Decode, Encode};
use wayside_model::{Timestamp, from_canonical, to_canonical};

use crate::hash::sha256_of;
use crate::{SealError, base32};

/// How long a record holds, in milliseconds: 15 minutes.
pub const LIFETIME_MS: i64 = 15 * 60 * 1000;

const PREFIX: &str = "WAYSIDE-ENROL:1:";
const CHECKSUM_LABEL: &[u8] = b"wayside/enrol-text/1";
const CHECKSUM: usize = 4;
/// Longer texts do not fit into a QR code that a cheap camera reads.
const MAX_TEXT: usize = 1200;

/// Where to enrol and whom to trust. No `Debug`: it holds a token.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct EnrolmentRecord {
    /// The relay's base URL.
    #[n(0)]
    pub relay: String,
    /// The organisation, by its short name.
    #[n(1)]
    pub org: String,
    /// SHA-256 of the organisation's root key. Trust comes from this, not from TLS.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub root_fingerprint: [u8; 32],
    /// Lets one device enrol, once.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub token: [u8; 16],
    /// From when on it is refused.
    #[n(4)]
    pub expires: Timestamp,
}

impl EnrolmentRecord {
    /// One line of upper-case letters, digits and `:-`, with a checksum against slips in copying.
    pub fn to_text(&self) -> String {
        let body = to_canonical(self);
        format!("{PREFIX}{}", base32::encode(&[body.as_slice(), &checksum(&body)].concat()))
    }

    /// Reads what [`EnrolmentRecord::to_text`] wrote; white space around it does no harm. Fails with `enrol.malformed`.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return Err(SealError::EnrolMalformed);
        }
        text.strip_prefix(PREFIX).and_then(base32::decode).as_deref().and_then(read).ok_or(SealError::EnrolMalformed)
    }

    /// Refuses a record whose time is over. Code `enrol.expired`.
    pub fn check_fresh(&self, now: Timestamp) -> Result<(), SealError> {
        if now < self.expires { Ok(()) } else { Err(SealError::EnrolExpired) }
    }
}

fn read(bytes: &[u8]) -> Option<EnrolmentRecord> {
    let (body, sum) = bytes.split_last_chunk::<CHECKSUM>()?;
    if checksum(body) != *sum {
        return None;
    }
    from_canonical(body).ok()
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM] {
    let [a, b, c, d, ..] = sha256_of(&[CHECKSUM_LABEL, body]);
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{NOW, record};
    use proptest::prelude::*;

    #[test]
    fn read_as_it_was_written() {
        let text = record().to_text();
        assert!(EnrolmentRecord::parse(&text).unwrap() == record());
        assert!(EnrolmentRecord::parse(&format!(" {text}\r\n")).unwrap() == record());
        let in_a_qr_code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || ":-".contains(c);
        assert!(text.chars().all(in_a_qr_code), "one line of the alphanumeric mode");
    }

    #[test]
    fn every_slip_in_copying_is_seen() {
        let text = record().to_text();
        for at in 0..text.len() {
            for letter in ["A", "B", "7", "-", "é", ""] {
                let slip = format!("{}{letter}{}", &text[..at], &text[at + 1..]);
                if slip != text {
                    assert_eq!(EnrolmentRecord::parse(&slip).err(), Some(SealError::EnrolMalformed), "letter {at}");
                }
            }
            assert_eq!(EnrolmentRecord::parse(&text[..at]).err(), Some(SealError::EnrolMalformed));
        }
        let long = EnrolmentRecord { relay: "x".repeat(MAX_TEXT), ..record() };
        assert_eq!(EnrolmentRecord::parse(&long.to_text()).err(), Some(SealError::EnrolMalformed));
    }

    #[test]
    fn fifteen_minutes() {
        let last = NOW.plus_millis(LIFETIME_MS - 1);
        assert_eq!(record().check_fresh(last), Ok(()));
        assert_eq!(record().check_fresh(last.plus_millis(1)), Err(SealError::EnrolExpired));
    }

    proptest! {
        #[test]
        fn any_text_is_only_refused(text: String, tail in "[A-Z2-7]{0,200}") {
            prop_assert!(EnrolmentRecord::parse(&text).is_err());
            prop_assert!(EnrolmentRecord::parse(&[PREFIX, &tail].concat()).is_err());
        }
    }
}
