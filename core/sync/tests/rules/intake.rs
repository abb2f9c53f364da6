use wayside_model::DeviceId;
use wayside_seal::chain::next_head;
use wayside_seal::item::Header;
use wayside_seal::{Checkpoint, ItemKind};
use wayside_sync::intake::{Intake, Verdict};

const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);

fn header(id: u8, seq: u64) -> Header {
    Header { kind: ItemKind::Envelope, priority: 1, device_epoch: 1, id: [id; 16], seq }
}

fn checkpoint(upto: u64, hashes: &[u8]) -> Checkpoint {
    let head = hashes.iter().fold([0; 32], |head, hash| next_head(&head, &[*hash; 32]));
    Checkpoint { id: [0; 16], device: DEVICE, epoch: 1, upto_seq: upto, head }
}

#[test]
fn receipts_name_exactly_what_is_vouched_for() {
    let mut intake = Intake::default();
    intake.begin(DEVICE, 1, [0; 32]);
    assert_eq!(intake.receipt_due(DEVICE, 1).unwrap().items, vec![], "the header arrived");
    assert!(intake.receipt_due(DEVICE, 1).is_none());
    intake.give_again(DEVICE, 1);
    assert_eq!(intake.receipt_due(DEVICE, 1).unwrap().items, vec![], "the header's receipt, too, is given again");
    for seq in [1_u8, 2, 4] {
        assert_eq!(intake.accept(DEVICE, &header(seq, u64::from(seq)), [seq; 32], [seq; 32]), Verdict::New);
    }
    assert!(intake.receipt_due(DEVICE, 1).is_none(), "nothing is vouched for");
    intake.vouch(&checkpoint(2, &[1, 2]));
    intake.vouch(&checkpoint(4, &[1, 2, 3, 4]));
    assert_eq!(intake.receipt_due(DEVICE, 1).unwrap().items, vec![(1, [1; 32]), (2, [2; 32])]);
    assert_eq!(intake.gaps(DEVICE, 1), vec![(3, 3)]);
    intake.accept(DEVICE, &header(3, 3), [3; 32], [3; 32]);
    assert_eq!(intake.receipt_due(DEVICE, 1).unwrap().items, vec![(3, [3; 32]), (4, [4; 32])]);
    assert_eq!(intake.gaps(DEVICE, 1), vec![]);
    intake.give_again(DEVICE, 1);
    assert_eq!(intake.receipt_due(DEVICE, 1).unwrap().items.len(), 4);
}

#[test]
fn equal_answers_are_two_people_and_equal_bytes_are_one() {
    let mut intake = Intake::default();
    intake.begin(DEVICE, 1, [0; 32]);
    assert_eq!(intake.accept(DEVICE, &header(1, 1), [1; 32], [7; 32]), Verdict::New);
    assert_eq!(intake.accept(DEVICE, &header(2, 2), [2; 32], [7; 32]), Verdict::New);
    assert_eq!(intake.accept(DEVICE, &header(1, 1), [1; 32], [7; 32]), Verdict::Known);
    assert_eq!(intake.accept(DEVICE, &header(1, 1), [9; 32], [7; 32]), Verdict::OtherBytes);
    assert_eq!(intake.accept(DEVICE, &header(3, 2), [3; 32], [8; 32]), Verdict::OtherAtPlace);
    assert_eq!(intake.shared_places().collect::<Vec<_>>(), vec![(DEVICE, 1, 2)]);
    // Both are kept; the checkpoint says which way its author went.
    intake.vouch(&checkpoint(2, &[1, 3]));
    assert!(intake.is_vouched(DEVICE, 1, 2, &[3; 16]) && !intake.is_vouched(DEVICE, 1, 2, &[2; 16]));
    // A gap that only a checkpoint tells of.
    intake.vouch(&checkpoint(5, &[1, 3, 4, 5, 6]));
    assert_eq!(intake.gaps(DEVICE, 1), vec![(3, 5)]);
}
