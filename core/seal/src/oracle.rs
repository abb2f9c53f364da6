//! A second HPKE sender, made of ring alone after RFC 9180 sections 4 to 6. What it seals, the shipping receiver has to open.

use proptest::prelude::*;
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::rand::SystemRandom;

use crate::hash::hmac_sha256;
use crate::hpke::{self, PrivateKey, PublicKey};
use crate::{Key, SealError};

const KEM: &[u8] = b"KEM\x00\x20";
const SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x03";

fn extract(suite: &[u8], salt: &[u8], label: &[u8], secret: &[u8]) -> [u8; 32] {
    hmac_sha256(salt, &[b"HPKE-v1", suite, label, secret])
}

fn expand(suite: &[u8], key: &[u8; 32], label: &[u8], info: &[u8], length: u8) -> Vec<u8> {
    let block = hmac_sha256(key, &[&[0, length], b"HPKE-v1", suite, label, info, &[1]]);
    block[..usize::from(length)].to_vec()
}

fn seal(recipient: &PublicKey, info: &[u8], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let ephemeral = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new()).unwrap();
    let encapsulated = ephemeral.compute_public_key().unwrap().as_ref().to_vec();
    let theirs = UnparsedPublicKey::new(&X25519, recipient.as_bytes());
    let shared = agree_ephemeral(ephemeral, &theirs, |secret| {
        let context = [encapsulated.as_slice(), recipient.as_bytes()].concat();
        expand(KEM, &extract(KEM, b"", b"eae_prk", secret), b"shared_secret", &context, 32)
    })
    .unwrap();
    let context =
        [&[0][..], &extract(SUITE, b"", b"psk_id_hash", b""), &extract(SUITE, b"", b"info_hash", info)].concat();
    let secret = extract(SUITE, &shared, b"secret", b"");
    let key = Key::from_bytes(expand(SUITE, &secret, b"key", &context, 32).try_into().unwrap());
    let nonce = expand(SUITE, &secret, b"base_nonce", &context, 12);
    let nonce = ring::aead::Nonce::try_assume_unique_for_key(&nonce).unwrap();
    let mut sealed = plain.to_vec();
    let cipher = crate::aead::cipher(&key).unwrap();
    cipher.seal_in_place_append_tag(nonce, ring::aead::Aad::from(aad), &mut sealed).unwrap();
    [encapsulated, sealed].concat()
}

proptest! {
    #[test]
    fn two_senders_one_receiver(key: [u8; 32], info: Vec<u8>, aad: Vec<u8>, plain: Vec<u8>, at: prop::sample::Index) {
        let key = PrivateKey::from_bytes(key);
        let public = key.public().unwrap();
        let mut sealed = seal(&public, &info, &aad, &plain);
        let ours = hpke::seal_to(&public, &info, &aad, &plain).unwrap();
        prop_assert_eq!(sealed.len(), ours.len());
        prop_assert_eq!(&*hpke::open(&key, &info, &aad, &sealed).unwrap(), &plain);
        prop_assert_eq!(&*hpke::open(&key, &info, &aad, &ours).unwrap(), &plain);
        let at = at.index(sealed.len());
        sealed[at] ^= 1;
        prop_assert_eq!(hpke::open(&key, &info, &aad, &sealed).err(), Some(SealError::Broken));
    }
}
