//! The wire between device, relay and desk, version 1.
//!
//! Every body, errors included, has the media type [`MEDIA_TYPE`]: an answer of another type is not the relay's. Bodies are
//! CBOR maps with integer keys, so that a later version may add keys an older one skips. What a device uploads
//! (items) and what the desk signs (directory, control entries) are opaque bytes here.

mod bodies;
mod carrier;
mod paths;
mod token;

pub use bodies::{
    ControlItem, ControlPage, EnrolmentItem, EnrolmentPage, Health, ItemPage, PartAt, Problem, Stored, StoredItem,
    TokenTicket,
};
pub use carrier::{CARRIER_MEDIA_TYPE, CarrierAsk, CarrierHello, TakenToCarry};
pub use paths::{
    DIRECTORY, ENROLMENTS, HEALTH, carried, carried_id, carried_name, carried_part, carried_parts, control,
    desk_control, desk_control_log, desk_directory, desk_enrolments, desk_item, desk_items, desk_revoke, desk_tokens,
    item, item_part, item_parts,
};
pub use token::{bearer, hex, token_of, unhex};

/// Media type of every body of version 1.
pub const MEDIA_TYPE: &str = "application/vnd.wayside.v1+cbor";
/// The protocol version [`Health`] names.
pub const VERSION: u32 = 1;
/// Largest body the relay takes, in bytes. An item is one record with its small files, padded; 1 MiB is about a quarter of
/// an hour on a link of 9.6 kbit/s.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// Whether a `Content-Type` header names [`MEDIA_TYPE`]. Case and parameters do not matter.
pub fn is_ours(content_type: &str) -> bool {
    is_of(MEDIA_TYPE, content_type)
}

/// The same of another media type.
pub(crate) fn is_of(media_type: &str, content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(media_type))
}

/// The bytes of a body.
pub fn encode<T: minicbor::Encode<()>>(body: &T) -> Vec<u8> {
    wayside_model::to_canonical(body)
}

/// Reads a body. Keys it does not know are skipped; a byte too few or too many is refused.
pub fn decode<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8]) -> Option<T> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().ok()?;
    (decoder.position() == bytes.len()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_is_found_with_parameters_and_in_capitals() {
        assert!(is_ours(MEDIA_TYPE));
        assert!(is_ours("Application/VND.wayside.v1+CBOR; charset=binary"));
        for other in ["", "text/html", "application/cbor", "application/vnd.wayside.v2+cbor"] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn unknown_keys_are_skipped_and_cut_bodies_refused() {
        let bytes = encode(&Problem { code: "sync.conflict".to_owned() });
        assert!(decode::<Problem>(&bytes).is_some_and(|problem| problem.code == "sync.conflict"));
        for cut in 0..bytes.len() {
            assert!(decode::<Problem>(&bytes[..cut]).is_none(), "cut at {cut}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(decode::<Problem>(&longer).is_none());
        // {1: "sync.conflict", 9: 5} as a later version might send it.
        let mut later = bytes;
        later[0] = 0xa2;
        later.extend([0x09, 0x05]);
        assert!(decode::<Problem>(&later).is_some());
    }
}
