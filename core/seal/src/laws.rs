//! What has to hold of epochs, chains and envelopes together, whatever comes in.

use proptest::prelude::*;
use wayside_model::{DeviceId, EventId};

use crate::envelope::{BLOCK, LAST_SEQ, MAX_PLAIN};
use crate::fixtures::{
    DEVICE, EPOCH, desk, device_key, device_public, directory, envelopes, event, plain, recovery, secret, started,
    stranger, team,
};
use crate::item::{self, Header, ItemKind};
use crate::{Chain, Checkpoint, EpochHeader, EpochSecret, Key, Receipt, SealError, chain, epoch, testing};

#[test]
fn each_recipient_opens_what_the_device_sealed() {
    let (sealed, _) = envelopes(3);
    for key in [team(), recovery()] {
        let secret = EpochSecret::unwrap(&started().header, &key, &device_public()).unwrap();
        assert_eq!((secret.device(), secret.epoch()), (DEVICE, EPOCH));
        assert!(secret.receipt_key() == started().receipt_key);
        for (number, envelope) in (1..=3).zip(&sealed).rev() {
            let (header, opened) = secret.open(&envelope.bytes).unwrap();
            assert_eq!(opened.as_slice(), plain(number).as_bytes());
            assert_eq!((header.kind, header.priority, header.device_epoch), (ItemKind::Envelope, 1, EPOCH));
            assert_eq!((header.id, header.seq), (*event(number).as_bytes(), u64::from(number)));
        }
    }
}

#[test]
fn nobody_else_unwraps_the_epoch() {
    let header = started().header;
    let unwrap = |bytes: &[u8]| EpochSecret::unwrap(bytes, &team(), &device_public());
    assert_eq!(EpochSecret::unwrap(&header, &stranger(), &device_public()).err(), Some(SealError::Broken));
    assert_eq!(EpochSecret::unwrap(&header, &team(), &desk().public()).err(), Some(SealError::SignatureWrong));
    testing::every_flip_and_cut_is_refused(&header, |bytes| unwrap(bytes).is_err());
    testing::every_flip_and_cut_is_refused(&header, |bytes| EpochHeader::verify(bytes, &device_public()).is_err());
}

/// Somebody with a signing key of their own takes a wrap out of another device's header and signs it anew.
#[test]
fn a_wrap_taken_over_does_not_open() {
    let header = started().header;
    let taken = &header[..header.len() - 64];
    let resign = |message: &[u8]| {
        let signature = desk().sign("wayside/epoch-header/1", message).unwrap();
        EpochSecret::unwrap(&[message, signature.as_bytes()].concat(), &team(), &desk().public())
    };
    assert!(resign(taken).is_ok(), "the same bytes open: HQ sees whose key signed them");
    let mut other_device = taken.to_vec();
    other_device[22] ^= 1;
    assert_eq!(resign(&other_device).err(), Some(SealError::Broken));
    let wraps = item::PREFIX + 16 + 2 + 1;
    let mut one_recipient = taken[..wraps + 88].to_vec();
    one_recipient[wraps - 1] = 1;
    assert_eq!(resign(&one_recipient).err(), Some(SealError::Broken), "the list of recipients is sealed in");
    let mut other_list = taken.to_vec();
    other_list[wraps + 88] ^= 1;
    assert_eq!(resign(&other_list).err(), Some(SealError::Broken), "also when their number stays");
    let mut same_key_twice = taken.to_vec();
    same_key_twice.copy_within(wraps..wraps + 88, wraps + 88);
    assert_eq!(resign(&same_key_twice).err(), Some(SealError::Malformed));
}

#[test]
fn a_directory_without_recipients_starts_nothing() {
    let mut nobody = directory();
    nobody.recipients.clear();
    assert_eq!(epoch::start(DEVICE, EPOCH, &nobody, &device_key()).err(), Some(SealError::Malformed));
}

#[test]
fn an_envelope_changed_anywhere_is_refused() {
    let (sealed, _) = envelopes(2);
    let secret = secret();
    testing::every_flip_and_cut_is_refused(&sealed[1].bytes, |bytes| secret.open(bytes).is_err());
    let before = sealed[0].next.clone();
    testing::every_flip_and_cut_is_refused(&sealed[1].bytes, |bytes| before.open(bytes).is_err());
}

#[test]
fn another_epoch_or_device_does_not_open_it() {
    let (sealed, _) = envelopes(1);
    let other = epoch::start(DEVICE, EPOCH + 1, &directory(), &device_key()).unwrap();
    let other = EpochSecret::unwrap(&other.header, &team(), &device_public()).unwrap();
    assert_eq!(other.open(&sealed[0].bytes).err(), Some(SealError::OutOfOrder));
    let same_number = epoch::start(DEVICE, EPOCH, &directory(), &device_key()).unwrap();
    let same_number = EpochSecret::unwrap(&same_number.header, &team(), &device_public()).unwrap();
    assert_eq!(same_number.open(&sealed[0].bytes).err(), Some(SealError::Broken));
    let mut kept = started().chain.to_bytes();
    kept[1] ^= 1;
    let other_device = Chain::from_bytes(&kept).unwrap();
    assert_ne!(other_device.device(), DEVICE);
    assert_eq!(other_device.open(&sealed[0].bytes).err(), Some(SealError::Broken));
}

/// Skipped, repeated, turned round: the chain takes the next envelope and no other.
#[test]
fn the_chain_takes_only_the_next_one() {
    let (sealed, _) = envelopes(3);
    let start = started().chain;
    assert_eq!(start.open(&sealed[1].bytes).err(), Some(SealError::OutOfOrder), "one left out");
    let after = start.open(&sealed[0].bytes).unwrap();
    assert_eq!(after.plain.as_slice(), plain(1).as_bytes());
    assert!(after.next == sealed[0].next, "opening and sealing go on to the same place");
    assert_eq!(after.next.open(&sealed[0].bytes).err(), Some(SealError::OutOfOrder), "the same again");
    assert_eq!(after.next.open(&sealed[2].bytes).err(), Some(SealError::OutOfOrder), "turned round");
}

/// A seized phone holds the chain as it is now. Even with the number set back it opens nothing that was sealed before.
#[test]
fn a_later_chain_opens_nothing_earlier() {
    let (sealed, now) = envelopes(3);
    for (number, envelope) in (1_u64..).zip(&sealed) {
        assert_eq!(now.open(&envelope.bytes).err(), Some(SealError::OutOfOrder));
        let mut kept = now.to_bytes();
        kept[21..29].copy_from_slice(&number.to_be_bytes());
        let set_back = Chain::from_bytes(&kept).unwrap();
        assert_eq!(set_back.next_seq(), number);
        assert_eq!(set_back.open(&envelope.bytes).err(), Some(SealError::Broken));
    }
    let receipt_key = Key::from_bytes(*started().receipt_key.expose());
    let mut kept = started().chain.to_bytes();
    kept[29..61].copy_from_slice(receipt_key.expose());
    assert!(Chain::from_bytes(&kept).unwrap().open(&sealed[0].bytes).is_err(), "nor does the receipt key");
}

/// A vault restored from a backup seals a second envelope under the same number: other id, other key.
#[test]
fn a_restored_chain_does_not_use_a_key_again() {
    let chain = started().chain;
    let (first, second) = (chain.seal(event(1), 1, &[0; 31]).unwrap(), chain.seal(event(2), 1, &[0; 31]).unwrap());
    assert_ne!(first.bytes[24..56], second.bytes[24..56], "equal plain bytes, different key stream");
    let secret = secret();
    assert!(secret.open(&first.bytes).is_ok() && secret.open(&second.bytes).is_ok(), "HQ can read both");
    assert_ne!(first.next.head(), second.next.head(), "and sees by the checkpoint which one the device went on from");
}

/// HQ rebuilds the head from hashes alone, so it can check a chain whose contents it has erased.
#[test]
fn the_head_shows_order_and_gaps() {
    let (sealed, chain) = envelopes(3);
    let signed = Checkpoint::make(&chain, &device_key()).unwrap();
    let checkpoint = Checkpoint::verify(&signed, DEVICE, &device_public()).unwrap();
    let head = |order: &[usize]| {
        let first = chain::first_head(&started().header);
        order.iter().fold(first, |head, index| chain::next_head(&head, &sealed[*index].sha256))
    };
    assert_eq!(head(&[0, 1, 2]), checkpoint.head);
    for wrong in [&[0, 2][..], &[0, 1], &[1, 0, 2], &[0, 1, 2, 2], &[]] {
        assert_ne!(head(wrong), checkpoint.head, "{wrong:?}");
    }
    assert_eq!(secret().chain().head(), &head(&[]));
}

#[test]
fn the_length_says_only_how_many_blocks() {
    let chain = started().chain;
    let length = |plain: usize| chain.seal(event(1), 1, &vec![0; plain]).unwrap().bytes.len();
    assert_eq!([0, 1, 31].map(length), [24 + BLOCK + 16; 3]);
    assert_eq!([32, 63].map(length), [24 + 2 * BLOCK + 16; 2]);
    assert_eq!(length(MAX_PLAIN) - MAX_PLAIN, 22 + 1 + 3 + BLOCK + 16);
    assert_eq!(chain.seal(event(1), 1, &vec![0; MAX_PLAIN + 1]).err(), Some(SealError::TooLarge));
}

#[test]
fn an_epoch_ends() {
    let mut kept = started().chain.to_bytes();
    kept[21..29].copy_from_slice(&LAST_SEQ.to_be_bytes());
    let last = Chain::from_bytes(&kept).unwrap();
    let envelope = last.seal(event(1), 0, b"last").unwrap();
    assert!(!last.is_full() && envelope.next.is_full());
    assert_eq!(envelope.next.seal(event(2), 0, b"one more").err(), Some(SealError::EpochFull));
    assert!(Chain::from_bytes(&envelope.next.to_bytes()).unwrap() == envelope.next);
    kept[21..29].copy_from_slice(&(LAST_SEQ + 2).to_be_bytes());
    assert_eq!(Chain::from_bytes(&kept).err(), Some(SealError::Malformed));
    assert_eq!(last.seal(event(1), 5, b"").err(), Some(SealError::Malformed), "there is no priority 5");
}

#[test]
fn the_next_epoch_is_always_beyond_and_never_past_the_last_number() {
    let next = |drawn: [u8; 4], current| {
        let mut source = |bytes: &mut [u8]| {
            bytes.copy_from_slice(&drawn);
            Ok(())
        };
        epoch::next_number_from(&mut source, current)
    };
    assert_eq!(next([0; 4], 7), Ok(8), "the smallest step");
    assert_eq!(next([0xff; 4], 7), Ok(7 + (1 << 26)), "the largest");
    assert_eq!(next([0; 4], u32::MAX - 1), Ok(u32::MAX));
    assert_eq!(next([0; 4], u32::MAX), Err(SealError::EpochFull));
    assert_eq!(next([0xff; 4], u32::MAX - 9), Err(SealError::EpochFull));
    let drawn: std::collections::BTreeSet<u32> = (0..20).map(|_| epoch::next_number(1).unwrap()).collect();
    assert!(drawn.len() > 15, "two copies do not take the same");
}

#[test]
fn anybody_reads_the_public_part() {
    let (sealed, chain) = envelopes(2);
    let checkpoint = Checkpoint::make(&chain, &device_key()).unwrap();
    for (bytes, kind, priority, seq) in [
        (started().header, ItemKind::EpochHeader, 0, 0),
        (sealed[1].bytes.clone(), ItemKind::Envelope, 1, 2),
        (checkpoint, ItemKind::Checkpoint, 0, 2),
    ] {
        let header = Header::read(&bytes).unwrap();
        assert_eq!((header.kind, header.priority, header.device_epoch, header.seq), (kind, priority, EPOCH, seq));
        assert_eq!(item::id(&bytes), Ok(header.id));
        for length in 0..bytes.len() {
            assert_eq!(Header::read(&bytes[..length]), Err(SealError::Malformed), "cut to {length}");
        }
        assert_eq!(Header::read(&[bytes.as_slice(), &[0]].concat()), Err(SealError::Malformed));
        for (priority, refused) in [(4, kind != ItemKind::Envelope), (5, true)] {
            let mut other_priority = bytes.clone();
            other_priority[1] = priority;
            assert_eq!(Header::read(&other_priority).is_err(), refused, "{kind:?} with priority {priority}");
        }
        let mut other_suite = bytes.clone();
        other_suite[0] += 0x10;
        assert_eq!(Header::read(&other_suite), Err(SealError::Malformed));
    }
}

proptest! {
    #[test]
    fn what_is_sealed_comes_back(id: [u8; 16], priority in 0..=4_u8, plain in prop::collection::vec(any::<u8>(), 0..300)) {
        let sealed = started().chain.seal(EventId::from_bytes(id), priority, &plain).unwrap();
        let (header, opened) = secret().open(&sealed.bytes).unwrap();
        prop_assert_eq!((header.id, header.priority, header.seq), (id, priority, 1));
        prop_assert_eq!(&*opened, &plain);
        prop_assert_eq!(Header::read(&sealed.bytes), Ok(header));
    }

    /// Every reader answers; none panics, none accepts. The first byte is a known one half of the time.
    #[test]
    fn any_bytes_are_only_refused(tag in 0x10..0x1a_u8, mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Some(first) = bytes.first_mut().filter(|byte| **byte < 128) {
            *first = tag;
        }
        let key = device_public();
        let _ = Header::read(&bytes);
        let _ = EpochHeader::read(&bytes);
        let _ = Receipt::peek(&bytes);
        let _ = Chain::from_bytes(&bytes);
        prop_assert!(EpochHeader::verify(&bytes, &key).is_err());
        prop_assert!(Checkpoint::verify(&bytes, DEVICE, &key).is_err());
        prop_assert!(Receipt::verify(&bytes, &started().receipt_key).is_err());
        prop_assert!(started().chain.open(&bytes).is_err());
        prop_assert!(crate::ControlEntry::verify(&bytes, &key, DeviceId::from_bytes([0; 16])).is_err());
        prop_assert!(crate::DeviceCertificate::verify(&bytes, &key).is_err());
        prop_assert!(crate::EnrolmentRequest::verify(&bytes).is_err());
        prop_assert!(crate::Directory::verify(&bytes, &[0; 32], crate::fixtures::NOW, None).is_err());
    }
}
