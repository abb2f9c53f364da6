use wayside_model::{DeviceId, EventId, Timestamp};
use wayside_seal::directory::Role;
use wayside_seal::hpke::PrivateKey;
use wayside_seal::item::Header;
use wayside_seal::{
    Checkpoint, ControlEntry, ControlKind, Directory, EpochSecret, ItemKind, Receipt, Recipient, SigningKey, epoch,
    sha256,
};
use wayside_sync::carrier::{Carrier, MOST_PIECES, Taken, Unsaved};

pub(crate) const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);
const NOW: Timestamp = Timestamp::from_millis(0);

pub(crate) struct Epoch {
    pub(crate) header: Vec<u8>,
    pub(crate) envelopes: Vec<Vec<u8>>,
    pub(crate) checkpoint: Vec<u8>,
    secret: EpochSecret,
}

/// An epoch with two envelopes and the checkpoint over them.
pub(crate) fn begin(number: u32, key: &SigningKey) -> Epoch {
    with(number, key, b"answers")
}

/// One whose envelopes hold this.
pub(crate) fn with(number: u32, key: &SigningKey, answers: &[u8]) -> Epoch {
    let team = PrivateKey::from_bytes([4; 32]);
    let directory = Directory {
        org: "x".to_owned(),
        version: 1,
        issued: NOW,
        expires: NOW.plus_millis(9),
        root: key.public(),
        desk: key.public(),
        recipients: vec![Recipient { role: Role::CaseTeam, key: team.public().unwrap() }],
        officers: Vec::new(),
    };
    let started = epoch::start(DEVICE, number, &directory, key).unwrap();
    let (mut chain, mut envelopes) = (started.chain, Vec::new());
    for n in 0..2 {
        let sealed = chain.seal(EventId::from_bytes([number as u8 * 10 + n; 16]), 1, answers).unwrap();
        chain = sealed.next;
        envelopes.push(sealed.bytes);
    }
    let secret = EpochSecret::unwrap(&started.header, &team, &key.public()).unwrap();
    Epoch { header: started.header, envelopes, checkpoint: Checkpoint::make(&chain, key).unwrap(), secret }
}

#[test]
fn a_receipt_takes_what_it_names_and_nothing_of_another_epoch() {
    let key = SigningKey::from_seed([3; 32]).unwrap();
    let (first, second) = (begin(1, &key), begin(2, &key));
    let mut carrier = Carrier::new(10_000, 1_000);
    let of_first = [&first.header, &first.envelopes[0], &first.envelopes[1], &first.checkpoint];
    for item in of_first.into_iter().chain([&second.header, &second.checkpoint]) {
        assert_eq!(carrier.take(DEVICE, item, NOW), Taken::New);
    }
    let receipt = |items: &[usize]| {
        let items = items.iter().map(|n| (*n as u64 + 1, sha256(&first.envelopes[*n]))).collect();
        let bytes = Receipt { device: DEVICE, epoch: 1, items }.make(&first.secret.receipt_key()).unwrap();
        ControlEntry { device: DEVICE, counter: 1, at: None, kind: ControlKind::Receipt(bytes) }.sign(&key).unwrap()
    };
    let held = |carrier: &Carrier| -> Vec<(u32, ItemKind)> {
        let read = |(_, bytes): (DeviceId, &[u8])| Header::read(bytes).map(|header| (header.device_epoch, header.kind));
        carrier.items().into_iter().map(|item| read(item).unwrap()).collect()
    };
    let stranger = SigningKey::from_seed([9; 32]).unwrap();
    assert_eq!(carrier.receipt(DEVICE, &receipt(&[0]), &stranger.public()), 0, "not signed by the desk");
    assert_eq!(carrier.receipt(DEVICE, &receipt(&[0]), &key.public()), 2, "the first envelope and the header");
    // The checkpoint still vouches for the second, and the second epoch has not been spoken of.
    let left =
        [(2, ItemKind::EpochHeader), (1, ItemKind::Envelope), (1, ItemKind::Checkpoint), (2, ItemKind::Checkpoint)];
    assert_eq!(held(&carrier), left);
    assert_eq!(carrier.receipt(DEVICE, &receipt(&[1]), &key.public()), 2);
    assert_eq!(held(&carrier), [(2, ItemKind::EpochHeader), (2, ItemKind::Checkpoint)]);
}

#[test]
fn hqs_entries_are_carried_back_and_all_of_it_can_be_kept() {
    let key = SigningKey::from_seed([3; 32]).unwrap();
    let begun = begin(1, &key);
    let mut carrier = Carrier::new(10_000, 1_000);
    for item in [&begun.header, &begun.envelopes[0], &begun.envelopes[1], &begun.checkpoint] {
        assert_eq!(carrier.take(DEVICE, item, NOW), Taken::New);
    }
    let items = vec![(1, sha256(&begun.envelopes[0])), (2, sha256(&begun.envelopes[1]))];
    let receipt = Receipt { device: DEVICE, epoch: 1, items }.make(&begun.secret.receipt_key()).unwrap();
    let entry = |counter, kind| ControlEntry { device: DEVICE, counter, at: None, kind }.sign(&key).unwrap();
    let (revoked, receipt) = (entry(1, ControlKind::Revoked), entry(2, ControlKind::Receipt(receipt)));
    let (own, stranger) = (key.public(), SigningKey::from_seed([9; 32]).unwrap().public());
    let take = |carrier: &mut Carrier, counter, bytes: &[u8], desk| {
        carrier.take_entry(DEVICE, counter, bytes, desk, NOW.plus_millis(1))
    };
    assert_eq!(take(&mut carrier, 1, &revoked, &stranger), Taken::Refused);
    assert_eq!(take(&mut carrier, 2, &revoked, &own), Taken::Refused, "its number is signed");
    assert_eq!(take(&mut carrier, 1, &revoked, &own), Taken::New);
    assert_eq!(take(&mut carrier, 1, &revoked, &own), Taken::Known);
    assert_eq!(carrier.items().len(), 4);
    assert_eq!(take(&mut carrier, 2, &receipt, &own), Taken::New);
    assert!(carrier.items().is_empty(), "HQ has all of it");
    assert_eq!(carrier.take(DEVICE, &begun.header, NOW), Taken::New);

    let kept = carrier.to_bytes();
    let mut again = Carrier::from_bytes(10_000, 1_000, &kept, None).unwrap();
    assert!(again.to_bytes() == kept && again.size() == carrier.size());
    assert!(Carrier::from_bytes(10_000, 1_000, &kept[1..], None).is_none());
    let numbers: Vec<u64> = again.entries().map(|(_, counter, _)| counter).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(again.expire(NOW.plus_millis(1_000)), 1, "each has a time of its own");
    assert_eq!(again.expire(NOW.plus_millis(1_001)), 2);
    let mut full = Carrier::new(begun.header.len() as u64, 1_000);
    assert_eq!(full.take(DEVICE, &begun.header, NOW), Taken::New);
    assert_eq!(take(&mut full, 1, &revoked, &own), Taken::NoRoom);
}

/// What stands on a disk: the pieces, each change written as it is asked for.
#[derive(Default)]
struct Disk {
    pieces: Vec<Vec<u8>>,
    written: usize,
}

impl Disk {
    fn read(&self) -> Carrier {
        let pieces: Vec<_> = self.pieces.iter().map(Vec::as_slice).collect();
        Carrier::from_pieces(1 << 20, 1_000, &pieces, None)
    }

    fn save(&mut self, carrier: &mut Carrier) {
        let piece = match carrier.unsaved() {
            Unsaved::Nothing => return,
            Unsaved::Added(piece) => piece,
            Unsaved::Whole(piece) => {
                self.pieces.clear();
                piece
            }
        };
        self.written += piece.len();
        self.pieces.push(piece);
    }
}

#[test]
fn what_comes_in_is_written_alone_and_what_goes_takes_all_with_it() {
    let key = SigningKey::from_seed([3; 32]).unwrap();
    let begun = begin(1, &key);
    let (mut disk, mut whole) = (Disk::default(), 0);
    let device = |n: usize| DeviceId::from_bytes((n as u128 + 1).to_be_bytes());
    for n in 0..600 {
        // As a phone does: read, changed, written, and nothing kept in memory.
        let mut carrier = disk.read();
        assert_eq!(carrier.take(device(n), &begun.envelopes[0], NOW.plus_millis(n as i64)), Taken::New);
        whole += carrier.to_bytes().len();
        disk.save(&mut carrier);
        disk.save(&mut carrier);
        assert!(disk.read().to_bytes() == carrier.to_bytes() && disk.pieces.len() <= MOST_PIECES, "{n}");
    }
    assert!(disk.written * 50 < whole, "{} bytes of {whole} that it would be whole", disk.written);
    // Known, refused: nothing is written.
    let (mut carrier, before) = (disk.read(), disk.written);
    assert_eq!(carrier.take(device(0), &begun.envelopes[0], NOW), Taken::Known);
    assert_eq!(carrier.take(device(0), b"no item", NOW), Taken::Refused);
    disk.save(&mut carrier);
    assert_eq!(disk.written, before);
    // What is gone comes back by no old piece.
    assert_eq!(carrier.expire(NOW.plus_millis(1_300)), 301);
    disk.save(&mut carrier);
    assert_eq!((disk.pieces.len(), disk.read().count()), (1, 299));
    // A piece that is none is left out, and gone with the next change.
    disk.pieces.push(b"not a piece".to_vec());
    let mut carrier = disk.read();
    assert_eq!(carrier.count(), 299);
    carrier.take(DEVICE, &begun.header, NOW.plus_millis(1_300));
    disk.save(&mut carrier);
    assert_eq!((disk.pieces.len(), disk.read().count()), (1, 300));
    // A new one takes the place of whatever was there.
    disk.save(&mut Carrier::new(1 << 20, 1_000));
    assert_eq!(disk.read().count(), 0);
}

#[test]
fn each_has_a_name_of_its_own_and_its_row_goes_with_it() {
    let key = SigningKey::from_seed([3; 32]).unwrap();
    let begun = begin(1, &key);
    let other = DeviceId::from_bytes([2; 16]);
    let mut carrier = Carrier::new(10_000, 1_000);
    // The same bytes, said to be of two devices: neither takes the other's place.
    for owner in [other, DEVICE] {
        assert_eq!(carrier.take(owner, &begun.envelopes[0], NOW), Taken::New);
    }
    let views = carrier.views(NOW);
    assert_eq!(views.len(), 2);
    assert_ne!(views[0].id, views[1].id);
    let own = views.iter().find(|view| view.owner == Some(DEVICE)).unwrap().id;
    assert!(carrier.bytes(&own) == Some(&begun.envelopes[0][..]) && carrier.has(&own));
    carrier.handed_over(&own, 0, NOW);
    let waits = |carrier: &Carrier| carrier.views(NOW).iter().filter(|view| !view.handed_over).count();
    assert_eq!((carrier.count(), waits(&carrier)), (2, 1), "the relay's word lets nothing go");
    let items = vec![(1, sha256(&begun.envelopes[0]))];
    let bytes = Receipt { device: DEVICE, epoch: 1, items }.make(&begun.secret.receipt_key()).unwrap();
    let entry = ControlEntry { device: DEVICE, counter: 1, at: None, kind: ControlKind::Receipt(bytes) };
    assert_eq!(carrier.receipt(DEVICE, &entry.sign(&key).unwrap(), &key.public()), 1);
    assert_eq!((carrier.count(), carrier.queue().rows().count()), (1, 1));
    assert_eq!(carrier.expire(NOW.plus_millis(1_000)), 1);
    assert_eq!(carrier.queue().rows().count(), 0);
}
