//! The wire between a phone and a neighbour that carries for it, version 1: the relay's verbs with words of their own, so that
//! no answer of a neighbour can be taken for the relay's, nor the other way round. Requests name the organisation and bring
//! the code that the carrying phone shows; a relay's token never goes there.

use minicbor::{Decode, Encode};
use wayside_model::DeviceId;

use super::{hex, unhex};
use crate::Method;

/// Media type of every body between a phone and a neighbour.
pub const CARRIER_MEDIA_TYPE: &str = "application/vnd.wayside.carrier.v1+cbor";
/// Longest path that is looked at.
const LONGEST_PATH: usize = 200;

/// "This phone carries for those who know its code."
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CarrierHello {
    /// Protocol version, [`super::VERSION`].
    #[n(1)]
    pub version: u32,
    /// Tag of the organisation it carries for ([`wayside_seal::bundle::tenant`]).
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub tenant: [u8; 8],
}

/// "I carry exactly these bytes." It says nothing of the relay or of HQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TakenToCarry {
    /// SHA-256 of the item. Under another key than that of [`super::Stored`], so that neither is read as the other.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub sha256: [u8; 32],
}

/// What a neighbour may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierAsk {
    /// `GET`: does this phone carry? Answered with [`CarrierHello`].
    Hello,
    /// `PUT`: an item of `owner` under its [`super::carried_id`]. Answered with [`TakenToCarry`].
    Item(DeviceId, [u8; 16]),
    /// `GET`: how far a large item is. Answered with [`super::PartAt`], as by the relay.
    Parts(DeviceId, [u8; 16]),
    /// `PUT`: bytes of a large item from an offset on, of a whole length. Answered with [`super::PartAt`].
    Part(DeviceId, [u8; 16], u64, u64),
    /// `GET`: HQ's entries for a device above a number. Answered with [`super::ControlPage`].
    Control(DeviceId, u64),
}

impl CarrierAsk {
    /// Its method and its path, for this organisation.
    pub fn path(self, tenant: &[u8; 8]) -> (Method, String) {
        let base = format!("/v1/carrier/{}", hex(tenant));
        match self {
            Self::Hello => (Method::Get, base),
            Self::Item(owner, name) => (Method::Put, format!("{base}/{owner}/{}", hex(&name))),
            Self::Parts(owner, name) => (Method::Get, format!("{base}/{owner}/{}/parts", hex(&name))),
            Self::Part(owner, name, offset, total) => {
                (Method::Put, format!("{base}/{owner}/{}/parts?offset={offset}&total={total}", hex(&name)))
            }
            Self::Control(device, after) => (Method::Get, format!("{base}/{device}/control?after={after}")),
        }
    }

    /// Reads what [`CarrierAsk::path`] makes, for the organisation named; `None` for anything else.
    pub fn read(method: Method, path: &str) -> Option<([u8; 8], Self)> {
        let path = Some(path).filter(|path| path.len() <= LONGEST_PATH)?.strip_prefix("/v1/carrier/")?;
        let (place, query) = path.split_once('?').map_or((path, None), |(place, query)| (place, Some(query)));
        let mut steps = place.split('/');
        let tenant = unhex(steps.next()?)?;
        let rest: [Option<&str>; 4] = std::array::from_fn(|_| steps.next());
        let number = |name: &str| {
            let pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(key, _)| *key == name)?.1.parse().ok()
        };
        let ask = match (method, rest) {
            (Method::Get, [None, ..]) => Self::Hello,
            (Method::Get, [Some(device), Some("control"), None, _]) => {
                Self::Control(device.parse().ok()?, number("after")?)
            }
            (Method::Put, [Some(owner), Some(name), None, _]) => Self::Item(owner.parse().ok()?, unhex(name)?),
            (Method::Get, [Some(owner), Some(name), Some("parts"), None]) => {
                Self::Parts(owner.parse().ok()?, unhex(name)?)
            }
            (Method::Put, [Some(owner), Some(name), Some("parts"), None]) => {
                Self::Part(owner.parse().ok()?, unhex(name)?, number("offset")?, number("total")?)
            }
            _ => return None,
        };
        Some((tenant, ask))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Stored, decode, encode};
    use super::*;

    #[test]
    fn every_path_is_read_as_it_was_made_and_no_other() {
        let owner = DeviceId::from_bytes([3; 16]);
        let asks = [
            CarrierAsk::Hello,
            CarrierAsk::Item(owner, [4; 16]),
            CarrierAsk::Parts(owner, [5; 16]),
            CarrierAsk::Part(owner, [6; 16], 7, u64::MAX),
            CarrierAsk::Control(owner, 8),
        ];
        for ask in asks {
            let (method, path) = ask.path(&[1; 8]);
            assert_eq!(CarrierAsk::read(method, &path), Some(([1; 8], ask)), "{path}");
            for cut in 0..path.len() {
                assert_ne!(CarrierAsk::read(method, &path[..cut]), Some(([1; 8], ask)), "cut at {cut}");
            }
            assert_eq!(CarrierAsk::read(Method::Post, &path), None);
            assert_eq!(CarrierAsk::read(method, &format!("{path}/{}", "a".repeat(LONGEST_PATH))), None);
        }
    }

    #[test]
    fn neither_word_is_read_as_the_other() {
        assert!(decode::<Stored>(&encode(&TakenToCarry { sha256: [1; 32] })).is_none());
        assert!(decode::<TakenToCarry>(&encode(&Stored { sha256: [1; 32] })).is_none());
        assert!(!super::super::is_ours(CARRIER_MEDIA_TYPE));
    }
}
