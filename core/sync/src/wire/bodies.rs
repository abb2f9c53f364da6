//! Bodies. The number of each field is its CBOR key and stays what it is.

use minicbor::{Decode, Encode};
use wayside_model::{DeviceId, Timestamp};

/// "I hold exactly these bytes, durably": the answer to every write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stored {
    /// SHA-256 of the request body the relay now holds.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub sha256: [u8; 32],
}

/// How far a large item is: the answer to a part of it, and to the question how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PartAt {
    /// Bytes the relay holds of it, durably. The whole length: it holds all.
    #[n(2)]
    pub offset: u64,
    /// SHA-256 of these bytes.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub sha256: [u8; 32],
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Problem {
    /// A stable error code (`docs/errors.md`).
    #[n(1)]
    pub code: String,
}

/// `GET /v1/health`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Health {
    /// Protocol version, [`super::VERSION`].
    #[n(1)]
    pub version: u32,
}

/// One entry of a device's control log.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ControlItem {
    /// Its number, counted from 1 without gaps, per device.
    #[n(1)]
    pub counter: u64,
    /// The entry as the desk signed it.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// `GET /v1/control?after=N`: entries above N in rising order.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ControlPage {
    /// The entries.
    #[n(1)]
    pub entries: Vec<ControlItem>,
    /// Whether there are more after the last one here.
    #[n(2)]
    pub more: bool,
}

/// `POST /v1/desk/tokens`: an enrolment token the relay may accept once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TokenTicket {
    /// SHA-256 of the token's 16 bytes. The relay never learns the token before the device shows it.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub sha256: [u8; 32],
    /// The first moment at which it is refused.
    #[n(2)]
    pub expires: Timestamp,
}

/// One enrolment request with its place.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolmentItem {
    /// Where to go on reading; means nothing else.
    #[n(1)]
    pub cursor: u64,
    /// The request as the device signed it.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// `GET /v1/desk/enrolments?after=C`.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolmentPage {
    /// The requests.
    #[n(1)]
    pub enrolments: Vec<EnrolmentItem>,
    /// Whether there are more.
    #[n(2)]
    pub more: bool,
}

/// One stored item with its place and the device that brought it.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StoredItem {
    /// Where to go on reading; means nothing else.
    #[n(1)]
    pub cursor: u64,
    /// Whose it is said to be: by the upload token it came with, or by the carrier's word. The author is proved by the item's
    /// own chain and signature, not by this.
    #[n(2)]
    pub device: DeviceId,
    /// The item as it was uploaded.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// The device that carried it here, where that is not the one it is said to be of.
    #[n(4)]
    pub carrier: Option<DeviceId>,
}

/// `GET /v1/desk/items?after=C&limit=L`.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ItemPage {
    /// The items.
    #[n(1)]
    pub items: Vec<StoredItem>,
    /// Whether there are more.
    #[n(2)]
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::super::{decode, encode};
    use super::*;

    #[test]
    fn the_bytes_of_version_1() {
        let stored = encode(&Stored { sha256: [7; 32] });
        assert_eq!(stored[..4], [0xa1, 0x01, 0x58, 0x20]);
        assert_eq!(stored.len(), 36);
        assert_eq!(encode(&Problem { code: "bug".to_owned() }), b"\xa1\x01\x63bug");
        assert_eq!(encode(&Health { version: 1 }), b"\xa1\x01\x01");
        let page = ControlPage { entries: vec![ControlItem { counter: 3, bytes: vec![9] }], more: false };
        assert_eq!(encode(&page), b"\xa2\x01\x81\xa2\x01\x03\x02\x41\x09\x02\xf4");
        let items = ItemPage {
            items: vec![StoredItem {
                cursor: 5,
                device: DeviceId::from_bytes([1; 16]),
                bytes: vec![2, 3],
                carrier: None,
            }],
            more: true,
        };
        let bytes = encode(&items);
        assert_eq!(
            bytes[..7],
            [0xa2, 0x01, 0x81, 0xa3, 0x01, 0x05, 0x02],
            "one that nobody carried says nothing of it"
        );
        assert!(decode::<ItemPage>(&bytes) == Some(items));
        assert!(decode::<Stored>(&encode(&Health { version: 1 })).is_none());
    }
}
