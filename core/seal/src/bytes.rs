//! Byte layouts: a reader that is total on hostile input, and the writers beside it.

use crate::SealError;

/// Takes a layout apart from its start. Every method fails with `Malformed` where bytes are missing.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], SealError> {
        let (head, tail) = self.0.split_first_chunk().ok_or(SealError::Malformed)?;
        self.0 = tail;
        Ok(*head)
    }
    pub(crate) fn u8(&mut self) -> Result<u8, SealError> {
        self.array().map(|[byte]| byte)
    }
    pub(crate) fn u32(&mut self) -> Result<u32, SealError> {
        self.array().map(u32::from_be_bytes)
    }
    pub(crate) fn u64(&mut self) -> Result<u64, SealError> {
        self.array().map(u64::from_be_bytes)
    }
    /// A number as [`put_varint`] wrote it. Another spelling of the same number is refused.
    pub(crate) fn varint(&mut self) -> Result<u64, SealError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part || (byte == 0 && shift > 0) {
                return Err(SealError::Malformed);
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(SealError::Malformed)
    }
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
    /// Refuses bytes that are left over.
    pub(crate) fn end(self) -> Result<(), SealError> {
        if self.0.is_empty() { Ok(()) } else { Err(SealError::Malformed) }
    }
}

/// Little-endian base 128: seven bits a byte, the top bit says that more follow.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// `label` with its length (8 bytes) in front, then the parts: what a hash, a MAC, a signature or a key derivation runs over.
pub(crate) fn labelled(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let length = (label.len() as u64).to_be_bytes();
    [&[&length, label.as_bytes()], parts].concat().concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_spelling_of_a_number() {
        for (bytes, value) in [(&[0_u8][..], Some(0)), (&[0x7f], Some(127)), (&[0x80, 1], Some(128))] {
            assert_eq!(Reader::new(bytes).varint().ok(), value);
        }
        let too_long = [0xff_u8; 11];
        let overflow = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2];
        for bad in [&[0x80_u8, 0][..], &[0x80], &[], &too_long, &overflow] {
            assert_eq!(Reader::new(bad).varint(), Err(SealError::Malformed), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(value: u64) {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            let mut reader = Reader::new(&out);
            prop_assert_eq!(reader.varint(), Ok(value));
            prop_assert_eq!(reader.end(), Ok(()));
        }
        #[test]
        fn what_is_read_is_written_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(value) = reader.varint() {
                let mut out = Vec::new();
                put_varint(&mut out, value);
                prop_assert_eq!(&out[..], &bytes[..bytes.len() - reader.len()]);
            }
        }
    }
}
