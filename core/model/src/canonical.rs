//! The canonical form: deterministic CBOR, so that equal values have equal bytes and a signature or hash can cover them.

use minicbor::{Decode, Encode};

/// Bytes that are not the canonical form of the type asked for. Says nothing of what they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not the canonical form of this value")
    }
}

impl std::error::Error for Malformed {}

/// The canonical bytes of `value`.
pub fn to_canonical<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to a Vec cannot fail, and no encoder of ours returns an error of its own.
    let written = minicbor::encode(value, &mut bytes);
    debug_assert!(written.is_ok());
    bytes
}

/// Reads what [`to_canonical`] wrote. Refuses trailing bytes and any other spelling of the same value.
pub fn from_canonical<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, Malformed> {
    let value = minicbor::decode(bytes).map_err(|_| Malformed)?;
    if to_canonical(&value) == bytes { Ok(value) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn only_one_spelling_is_read() {
        assert_eq!(from_canonical::<Timestamp>(&[0x05]), Ok(Timestamp::from_millis(5)));
        assert_eq!(from_canonical::<Timestamp>(&[0x18, 0x05]), Err(Malformed), "a longer spelling of 5");
        assert_eq!(from_canonical::<Timestamp>(&[0x05, 0x00]), Err(Malformed), "a byte too many");
        assert_eq!(from_canonical::<Timestamp>(&[]), Err(Malformed));
    }
}
