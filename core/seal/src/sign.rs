//! Ed25519 signatures (RFC 8032). Each carries the context it was made for, so that none can be passed off as another.

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use zeroize::{Zeroize, Zeroizing};

use crate::bytes::labelled;
use crate::fixed::fixed_bytes;
use crate::random::{self, Source};
use crate::{SealError, sha256};

/// A key that signs: its seed, wiped when dropped. Has no `Debug`.
pub struct SigningKey {
    seed: Zeroizing<[u8; 32]>,
    public: VerifyingKey,
}

impl SigningKey {
    /// The key made of this seed. Fails with `bug` alone.
    pub fn from_seed(mut seed: [u8; 32]) -> Result<Self, SealError> {
        let kept = Zeroizing::new(seed);
        seed.zeroize();
        Self::new(kept)
    }
    /// A random key. Fails with `seal.no_randomness`.
    pub fn generate() -> Result<Self, SealError> {
        Self::generate_from(&mut random::fill)
    }
    pub(crate) fn generate_from(source: Source<'_>) -> Result<Self, SealError> {
        let mut seed = Zeroizing::new([0; 32]);
        source(seed.as_mut_slice())?;
        Self::new(seed)
    }
    fn new(seed: Zeroizing<[u8; 32]>) -> Result<Self, SealError> {
        let mut public = [0; 32];
        public.copy_from_slice(pair(&seed)?.public_key().as_ref());
        Ok(Self { seed, public: VerifyingKey(public) })
    }
    /// The seed, to be kept sealed. Every use should be found by a search.
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }
    /// The key that checks what this one signs.
    pub const fn public(&self) -> VerifyingKey {
        self.public
    }
    /// Signs `message` for one context, such as `wayside/directory/1`. Fails with `bug` alone.
    pub fn sign(&self, context: &'static str, message: &[u8]) -> Result<Signature, SealError> {
        let mut signature = [0; 64];
        signature.copy_from_slice(pair(&self.seed)?.sign(&labelled(context, &[message])).as_ref());
        Ok(Signature(signature))
    }
}

/// Built for one operation and dropped: ring does not wipe its keys, so none is kept.
fn pair(seed: &[u8; 32]) -> Result<Ed25519KeyPair, SealError> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| SealError::Bug)
}

fixed_bytes! {
    /// The public half of a [`SigningKey`].
    VerifyingKey, 32
}

impl VerifyingKey {
    /// Refuses a signature that this key did not make over this message in this context. Code `signature.wrong`.
    pub fn verify(&self, context: &'static str, message: &[u8], signature: &Signature) -> Result<(), SealError> {
        self.verify_bytes(&labelled(context, &[message]), &signature.0)
    }
    pub(crate) fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> Result<(), SealError> {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).map_err(|_| SealError::SignatureWrong)
    }
    /// SHA-256 of the key: what an enrolment record pins of the organisation's root.
    pub fn fingerprint(&self) -> [u8; 32] {
        sha256(&self.0)
    }
}

fixed_bytes! {
    /// An Ed25519 signature.
    Signature, 64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unhex;
    use proptest::prelude::*;

    /// RFC 8032 section 7.1, tests 1 to 3, through the pair as `pair` builds it: our context is not part of them.
    #[test]
    fn rfc_8032() {
        for (seed, public, message, signature) in [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            ),
        ] {
            let seed: [u8; 32] = unhex(seed).try_into().unwrap();
            assert_eq!(pair(&seed).unwrap().sign(&unhex(message)).as_ref(), unhex(signature));
            assert_eq!(SigningKey::from_seed(seed).unwrap().public().as_bytes().as_slice(), unhex(public));
        }
    }

    #[test]
    fn a_signature_holds_for_one_key_context_and_message() {
        let key = SigningKey::generate().unwrap();
        let signature = key.sign("ab", b"c").unwrap();
        assert_eq!(key.public().verify("ab", b"c", &signature), Ok(()));
        assert_eq!(key.public().verify("a", b"bc", &signature), Err(SealError::SignatureWrong));
        assert_eq!(key.public().verify("ab", b"d", &signature), Err(SealError::SignatureWrong));
        let other = SigningKey::generate().unwrap().public();
        assert_eq!(other.verify("ab", b"c", &signature), Err(SealError::SignatureWrong));
        assert!(SigningKey::from_seed(*key.seed()).unwrap().public() == key.public());
    }

    proptest! {
        #[test]
        fn any_bytes_as_key_or_signature_are_only_refused(key: [u8; 32], half in any::<([u8; 32], [u8; 32])>()) {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&half.0);
            signature[32..].copy_from_slice(&half.1);
            let refused = VerifyingKey(key).verify("x", b"y", &Signature(signature));
            prop_assert_eq!(refused, Err(SealError::SignatureWrong));
        }
    }
}
