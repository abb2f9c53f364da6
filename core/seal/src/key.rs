use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::hash::hmac_sha256;
use crate::random::{self, Source};
use crate::{SealError, bytes};

/// A secret of 32 bytes, wiped when dropped. Has no `Debug`; equality takes the same time wherever the keys differ.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// Takes the bytes in.
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let key = Self(Zeroizing::new(bytes));
        bytes.zeroize();
        key
    }
    /// A random key. Fails with `seal.no_randomness`.
    pub fn random() -> Result<Self, SealError> {
        Self::draw(&mut random::fill)
    }
    pub(crate) fn draw(source: Source<'_>) -> Result<Self, SealError> {
        let mut key = Self(Zeroizing::new([0; 32]));
        source(key.0.as_mut_slice())?;
        Ok(key)
    }
    /// Looks at the bytes. The name is long on purpose: every use should be found by a search.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
    /// Another key, for one purpose: HKDF-SHA-256 (RFC 5869) without salt. `label` names the purpose,
    /// `context` says what it is for. The label's length stands in front of it, so no two pairs run together.
    pub fn derive(&self, label: &str, context: &[u8]) -> Self {
        self.derive_salted(&[], label, context)
    }
    /// As [`Key::derive`], with a salt.
    pub fn derive_salted(&self, salt: &[u8], label: &str, context: &[u8]) -> Self {
        hkdf_sha256(salt, self.0.as_slice(), &bytes::labelled(label, &[context]))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Key {}

/// HKDF-SHA-256 with 32 bytes of output: exactly one block, so it cannot fail.
pub(crate) fn hkdf_sha256(salt: &[u8], secret: &[u8], info: &[u8]) -> Key {
    // An absent salt and 32 zero bytes are the same HMAC key (RFC 5869 section 2.2).
    let extracted = Zeroizing::new(hmac_sha256(salt, &[secret]));
    Key(Zeroizing::new(hmac_sha256(extracted.as_slice(), &[info, &[1]])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unhex;

    /// RFC 5869 appendix A, cases 1 to 3, first block of the output.
    #[test]
    fn rfc_5869() {
        let check = |salt: &[u8], secret: &[u8], info: &[u8], output: &str| {
            assert_eq!(hkdf_sha256(salt, secret, info).expose().as_slice(), unhex(output));
        };
        let run = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
        let secret = [0x0b; 22];
        let first = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf";
        check(&run(0, 0x0c), &secret, &run(0xf0, 0xf9), first);
        let second = "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c";
        check(&run(0x60, 0xaf), &run(0, 0x4f), &run(0xb0, 0xff), second);
        check(&[], &secret, &[], "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
    }

    #[test]
    fn purposes_do_not_run_together() {
        let key = Key::from_bytes([7; 32]);
        assert!(key.derive("ab", b"c") != key.derive("a", b"bc"));
        assert!(key.derive("a", b"") != key.derive_salted(b"s", "a", b""));
        assert!(key.derive("a", b"x") == key.derive("a", b"x"));
    }
}
