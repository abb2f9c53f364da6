//! A referral: a letter to one service, sealed on the phone so that neither the relay nor HQ reads it.
//!
//! It is one-shot sealing with the hash of consent line C4 in the authenticated part. Who opens it checks that the letter is
//! covered: the line is for this recipient, it stands, and it names every field the letter carries.

use wayside_model::{
    ConsentEntry, ConsentLine, ConsentValue, DeviceId, EventId, ReferralLetter, SentReferral, from_canonical,
    to_canonical,
};
use zeroize::Zeroizing;

use crate::hpke::{PrivateKey, PublicKey};
use crate::one_shot::OneShot;
use crate::{SealError, SigningKey, VerifyingKey, sha256};

/// The hash by which a one-shot names its consent.
pub fn consent_hash(entry: &ConsentEntry) -> [u8; 32] {
    sha256(&to_canonical(entry))
}

/// Seals a letter; `id` is the id of the event it goes to HQ in.
/// Fails with `seal.malformed` where the consent does not cover the letter or the key is not usable, `seal.too_large`,
/// `seal.no_randomness`.
pub fn seal(
    letter: &ReferralLetter,
    id: EventId,
    device: DeviceId,
    service: &PublicKey,
    key: &SigningKey,
) -> Result<SentReferral, SealError> {
    if !is_covered(letter) {
        return Err(SealError::Malformed);
    }
    let plain = Zeroizing::new(to_canonical(letter));
    let head = OneShot { id, device, consent: consent_hash(&letter.consent) };
    Ok(SentReferral {
        recipient: letter.recipient.clone(),
        urgency: letter.urgency.clone(),
        fields: letter.fields.iter().map(|(name, _)| name.clone()).collect(),
        follow_up: letter.follow_up,
        sealed: head.seal(service, &plain, key)?,
    })
}

/// Opens a letter. Fails with `signature.wrong`, `seal.broken`, and `seal.malformed` where its consent does not cover it.
pub fn open(
    sealed: &[u8],
    service: &PrivateKey,
    device: &VerifyingKey,
) -> Result<(OneShot, ReferralLetter), SealError> {
    let (head, plain) = OneShot::open(sealed, service, device)?;
    let letter: ReferralLetter = from_canonical(&plain)?;
    if is_covered(&letter) && consent_hash(&letter.consent) == head.consent {
        Ok((head, letter))
    } else {
        Err(SealError::Malformed)
    }
}

fn is_covered(letter: &ReferralLetter) -> bool {
    let ConsentEntry { line, value, recipient, data_set, .. } = &letter.consent;
    let named = data_set.as_deref().unwrap_or_default();
    (*line, *value) == (ConsentLine::C4, ConsentValue::Yes)
        && recipient.as_deref() == Some(&letter.recipient)
        && letter.fields.iter().all(|(field, _)| named.contains(field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{DEVICE, NOW, desk, device_key, device_public, stranger, team};
    use crate::testing;
    use wayside_model::{ConsentGiver, ConsentHow};

    const ID: EventId = EventId::from_bytes([1; 16]);

    fn letter() -> ReferralLetter {
        let consent = ConsentEntry {
            line: ConsentLine::C4,
            value: ConsentValue::Yes,
            by: ConsentGiver::Person,
            how: ConsentHow::Oral,
            recipient: Some("north-clinic".to_owned()),
            language: "fr".to_owned(),
            at: NOW,
            interpreter: None,
            script: None,
            data_set: Some(vec!["needs".to_owned(), "language".to_owned()]),
        };
        ReferralLetter {
            recipient: "north-clinic".to_owned(),
            urgency: "day".to_owned(),
            wants: "a doctor".to_owned(),
            fields: vec![("needs".to_owned(), "wound".to_owned())],
            consent,
            follow_up: NOW,
        }
    }

    fn sealed(letter: &ReferralLetter) -> Result<SentReferral, SealError> {
        seal(letter, ID, DEVICE, &team().public().unwrap(), &device_key())
    }

    #[test]
    fn the_service_alone_reads_it() {
        let sent = sealed(&letter()).unwrap();
        assert_eq!((sent.recipient.as_str(), sent.fields.as_slice()), ("north-clinic", &["needs".to_owned()][..]));
        let (head, read) = open(&sent.sealed, &team(), &device_public()).unwrap();
        assert!(read == letter() && (head.id, head.device) == (ID, DEVICE));
        assert_eq!(open(&sent.sealed, &stranger(), &device_public()).err(), Some(SealError::Broken));
        testing::every_flip_and_cut_is_refused(&sent.sealed, |bytes| open(bytes, &team(), &device_public()).is_err());
    }

    #[test]
    fn nothing_the_person_did_not_agree_to_goes() {
        let with = |change: &dyn Fn(&mut ReferralLetter)| {
            let mut letter = letter();
            change(&mut letter);
            letter
        };
        let uncovered = [
            with(&|letter| letter.fields.push(("name".to_owned(), "x".to_owned()))),
            with(&|letter| letter.consent.value = ConsentValue::Withdrawn),
            with(&|letter| letter.consent.line = ConsentLine::C3),
            with(&|letter| letter.recipient = "other".to_owned()),
            with(&|letter| letter.consent.data_set = None),
        ];
        for letter in uncovered {
            assert_eq!(sealed(&letter).err(), Some(SealError::Malformed));
            // A phone that seals it all the same is not believed.
            let head = OneShot { id: ID, device: DEVICE, consent: consent_hash(&letter.consent) };
            let forged = head.seal(&team().public().unwrap(), &to_canonical(&letter), &device_key()).unwrap();
            assert_eq!(open(&forged, &team(), &device_public()).err(), Some(SealError::Malformed));
        }
        let head = OneShot { id: ID, device: DEVICE, consent: [0; 32] };
        let other = head.seal(&team().public().unwrap(), &to_canonical(&letter()), &device_key()).unwrap();
        assert_eq!(open(&other, &team(), &device_public()).err(), Some(SealError::Malformed), "another consent");
        assert_eq!(open(&other, &team(), &desk().public()).err(), Some(SealError::SignatureWrong));
    }
}
