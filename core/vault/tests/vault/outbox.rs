//! The outbox: sendable without any secret, whole after a torn write, honest about damage.

use std::path::Path;

use crate::common::{Place, event_id};
use wayside_model::{DeviceId, ErrorCode, Timestamp};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::{Chain, Checkpoint, Directory, ItemKind, Key, Recipient, Role, SigningKey, epoch};
use wayside_vault::outbox::{Outbox, OutboxConfig};
use wayside_vault::{CarriedChange, Part, Vault, VaultError};

const SECTOR: usize = 512;
const START: usize = 3 * SECTOR;
const STEP: usize = 64 * 1024;

/// Real items: an epoch header, then as many envelopes as wanted, then a checkpoint.
pub(crate) fn items(envelopes: u8) -> Vec<Vec<u8>> {
    let signing = SigningKey::generate().unwrap();
    let directory = Directory {
        org: "org".to_owned(),
        version: 1,
        issued: Timestamp::from_millis(0),
        expires: Timestamp::from_millis(1),
        root: signing.public(),
        desk: signing.public(),
        recipients: vec![Recipient { role: Role::CaseTeam, key: PrivateKey::generate().unwrap().public().unwrap() }],
        officers: Vec::new(),
    };
    let started = epoch::start(DeviceId::from_bytes([1; 16]), 1, &directory, &signing).unwrap();
    let mut items = vec![started.header];
    let mut chain: Chain = started.chain;
    for n in 0..envelopes {
        let sealed = chain.seal(event_id(n), 1, &[n; 500]).unwrap();
        items.push(sealed.bytes);
        chain = sealed.next;
    }
    items.push(Checkpoint::make(&chain, &signing).unwrap());
    items
}

pub(crate) fn config() -> OutboxConfig {
    OutboxConfig {
        relay: "https://relay.example".to_owned(),
        device: DeviceId::from_bytes([1; 16]),
        upload_token: Key::from_bytes([0xab; 32]),
    }
}

pub(crate) fn filled(dir: &Path, items: &[Vec<u8>]) -> Outbox {
    let mut outbox = Outbox::create(dir, config()).unwrap();
    items.iter().for_each(|item| outbox.add(item).unwrap());
    outbox
}

fn contents(outbox: &Outbox) -> Vec<Vec<u8>> {
    outbox.items().unwrap().iter().map(|item| outbox.bytes(&item.id).unwrap().unwrap()).collect()
}

#[test]
fn items_come_back_in_order_to_anybody() {
    let dir = crate::common::folder();
    assert_eq!(Outbox::open(dir.path()).err(), Some(VaultError::Missing));
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none(), "opening makes nothing");
    let items = items(3);
    let mut first = filled(dir.path(), &items);
    let second = Outbox::open(dir.path()).unwrap();
    assert!(contents(&second) == items && second.config().upload_token_hex() == "ab".repeat(32));
    first.add(&items[1]).unwrap();
    let seen = second.items().unwrap();
    let kinds: Vec<_> = seen.iter().map(|item| (item.kind, item.seq.is_some())).collect();
    assert_eq!(kinds[0], (ItemKind::EpochHeader, false));
    assert_eq!(kinds[1..4], [(ItemKind::Envelope, true); 3]);
    assert_eq!(kinds[4], (ItemKind::Checkpoint, true));
    assert_eq!(seen[1].id, [0; 16]);
    assert!(second.has_checkpoint(1, seen[3].seq.unwrap()).unwrap() && !second.has_checkpoint(1, 99).unwrap());
    assert_eq!(second.bytes(&[9; 16]).unwrap(), None);
    assert_eq!(second.check(), Ok(()));
    assert!(first.add(b"not an item").is_err());
}

#[test]
fn an_id_stands_for_one_item() {
    let dir = crate::common::folder();
    let (mine, other) = (items(1), items(1));
    let mut outbox = filled(dir.path(), &mine);
    assert_eq!(outbox.add(&other[1]).err(), Some(VaultError::Conflict), "event 0 of another device");
    assert!(contents(&outbox) == mine);
}

#[test]
fn the_size_of_the_file_does_not_tell_the_number() {
    let dir = crate::common::folder();
    let size = || std::fs::metadata(dir.path().join("outbox/outbox")).unwrap().len();
    let all = items(120);
    let mut outbox = filled(dir.path(), &[]);
    assert_eq!(size(), STEP as u64);
    all[..90].iter().for_each(|item| outbox.add(item).unwrap());
    assert_eq!(size(), STEP as u64);
    all[90..].iter().for_each(|item| outbox.add(item).unwrap());
    assert_eq!(size(), 2 * STEP as u64);
    assert!(contents(&outbox) == all);
    let gone: Vec<[u8; 16]> = (0..120).map(|n| [n; 16]).collect();
    outbox.remove_all(&gone).unwrap();
    assert_eq!(size(), STEP as u64);
    assert_eq!(outbox.items().unwrap().len(), 2);
}

#[test]
fn what_the_relay_and_hq_said_is_kept() {
    let dir = crate::common::folder();
    let mut outbox = filled(dir.path(), &items(2));
    outbox.mark_handed_over(&[0; 16]).unwrap();
    outbox.set_aside(&[1; 16], ErrorCode::SyncConflict).unwrap();
    outbox.mark_handed_over(&[77; 16]).unwrap();
    for counter in [1, 2, 2, 1, 3] {
        outbox.add_control(counter, &[counter as u8; 10]).unwrap();
    }
    outbox.clear_control(2).unwrap();
    let mut outbox = Outbox::open(dir.path()).unwrap();
    let flags: Vec<_> = outbox.items().unwrap().iter().map(|item| (item.handed_over, item.set_aside)).collect();
    assert_eq!(flags, [(false, false), (true, false), (false, true), (false, false)]);
    assert_eq!(outbox.set_aside_reason(&[1; 16]).unwrap().as_deref(), Some("sync.conflict"));
    assert_eq!(outbox.control().unwrap(), [(3, vec![3; 10])]);
    assert_eq!(outbox.control_position().unwrap(), 3);
    outbox.remove(&[0; 16]).unwrap();
    assert_eq!(outbox.items().unwrap().len(), 3);
    assert_eq!(outbox.bytes(&[0; 16]).unwrap(), None);
}

#[test]
fn a_torn_tail_is_no_damage_and_the_next_item_takes_its_place() {
    let all = items(3);
    for written in [0, 1, 10, 16, 17, 300, 500] {
        let dir = crate::common::folder();
        let path = dir.path().join("outbox/outbox");
        drop(filled(dir.path(), &all[..3]));
        let two = std::fs::read(&path).unwrap();
        Outbox::open(dir.path()).unwrap().add(&all[3]).unwrap();
        let three = std::fs::read(&path).unwrap();
        // The cut: the first bytes of the item are there, the sector with the new end is not.
        let item_at = START + all[..3].iter().map(|item| item.len() + 48).sum::<usize>();
        let mut torn = two.clone();
        torn[item_at..item_at + written].copy_from_slice(&three[item_at..item_at + written]);
        std::fs::write(&path, &torn).unwrap();
        let mut outbox = Outbox::open(dir.path()).unwrap();
        assert!(contents(&outbox) == all[..3], "{written} bytes written");
        assert_eq!(outbox.check(), Ok(()));
        assert!(std::fs::read(&path).unwrap() == torn, "looking changes nothing");
        outbox.add(&all[4]).unwrap();
        assert!(contents(&outbox) == [&all[..3], &all[4..]].concat());
    }
}

#[test]
fn an_item_that_is_whole_counts_although_the_end_was_not_moved() {
    let all = items(2);
    let dir = crate::common::folder();
    let path = dir.path().join("outbox/outbox");
    drop(filled(dir.path(), &all[..2]));
    let before = std::fs::read(&path).unwrap();
    Outbox::open(dir.path()).unwrap().add(&all[2]).unwrap();
    let mut after = std::fs::read(&path).unwrap();
    after[SECTOR..START].copy_from_slice(&before[SECTOR..START]);
    std::fs::write(&path, after).unwrap();
    let mut outbox = Outbox::open(dir.path()).unwrap();
    assert!(contents(&outbox) == all[..3]);
    outbox.add(&all[3]).unwrap();
    assert!(contents(&outbox) == all);
}

#[test]
fn a_changed_byte_is_reported_and_costs_one_item_at_most() {
    let all = items(4);
    let dir = crate::common::folder();
    let path = dir.path().join("outbox/outbox");
    drop(filled(dir.path(), &all));
    let bytes = std::fs::read(&path).unwrap();
    let end = START + all.iter().map(|item| item.len() + 48).sum::<usize>();
    let (mut reported, mut healed) = (0, 0);
    for at in (0..end).step_by(11) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        std::fs::write(&path, &changed).unwrap();
        let outbox = Outbox::open(dir.path()).unwrap();
        let seen = contents(&outbox);
        assert!(seen.len() >= all.len() - 1 && seen.iter().all(|item| all.contains(item)), "byte {at}");
        match outbox.check() {
            Ok(()) => {
                assert!(seen == all, "byte {at}: a loss without a word");
                healed += 1;
            }
            Err(error) => {
                assert_eq!(error, VaultError::Damaged(Part::OutboxItems));
                reported += 1;
            }
        }
        assert!(std::fs::read(&path).unwrap() == changed, "looking changes nothing");
    }
    assert!(reported > 100 && healed > 0, "{reported} {healed}");
}

#[test]
fn a_damaged_file_is_kept_when_another_takes_its_place() {
    let all = items(3);
    let dir = crate::common::folder();
    let path = dir.path().join("outbox/outbox");
    drop(filled(dir.path(), &all));
    let mut changed = std::fs::read(&path).unwrap();
    let in_second = START + all[0].len() + 48 + 100;
    changed[in_second] ^= 1;
    std::fs::write(&path, &changed).unwrap();
    let mut outbox = Outbox::open(dir.path()).unwrap();
    outbox.remove(&[1; 16]).unwrap();
    assert!(contents(&outbox) == [&all[..1], &all[3..]].concat());
    let kept = std::fs::read_dir(dir.path().join("outbox")).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.to_string_lossy().contains("damaged-")).collect();
    assert_eq!(kept.len(), 1);
    assert!(std::fs::read(&kept[0]).unwrap() == changed);
}

#[test]
fn a_missing_or_cut_file_is_damage() {
    let dir = crate::common::folder();
    drop(filled(dir.path(), &items(2)));
    let folder = dir.path().join("outbox");
    for (name, part, at_open) in [("config", Part::OutboxConfig, true), ("outbox", Part::OutboxItems, false)] {
        let whole = std::fs::read(folder.join(name)).unwrap();
        for len in [0, 1, 40, 1000] {
            std::fs::write(folder.join(name), &whole[..len]).unwrap();
            let opened = Outbox::open(dir.path());
            let error = if at_open { opened.err() } else { opened.unwrap().items().err() };
            assert_eq!(error, Some(VaultError::Damaged(part)), "{name} cut to {len}");
        }
        std::fs::write(folder.join(name), whole).unwrap();
    }
    let outbox = Outbox::open(dir.path()).unwrap();
    for name in ["state", "state.bak"] {
        assert_eq!(outbox.items().unwrap().len(), 4, "the copy stands in");
        std::fs::write(folder.join(name), b"").unwrap();
    }
    assert_eq!(outbox.items().err(), Some(VaultError::Damaged(Part::OutboxState)));
    std::fs::remove_file(folder.join("outbox")).unwrap();
    assert_eq!(outbox.check(), Err(VaultError::Damaged(Part::OutboxState)));
    assert!(!folder.join("outbox").exists());
}

#[test]
fn it_stays_when_the_vault_is_wiped_and_when_the_device_enrols_anew() {
    let place = Place::with_vault();
    let all = items(2);
    drop(filled(place.path(), &all));
    Vault::wipe(place.path(), &place.keys).unwrap();
    assert!(!Vault::is_present(place.path()));
    assert!(contents(&Outbox::open(place.path()).unwrap()) == all);
    assert!(Outbox::earlier(place.path()).unwrap().is_empty());

    // An enrolment that was cut off before its outbox was complete.
    std::fs::create_dir(place.file("outbox.1")).unwrap();
    drop(place.create().unwrap());
    let fresh =
        Outbox::create(place.path(), OutboxConfig { device: DeviceId::from_bytes([2; 16]), ..config() }).unwrap();
    assert!(fresh.items().unwrap().is_empty());
    let earlier = Outbox::earlier(place.path()).unwrap();
    assert_eq!(earlier.len(), 1);
    assert!(contents(&earlier[0]) == all && earlier[0].config().device == DeviceId::from_bytes([1; 16]));
    Vault::wipe(place.path(), &place.keys).unwrap();
    assert!(contents(&earlier[0]) == all);
}

#[test]
fn two_handles_at_once_lose_nothing() {
    let dir = crate::common::folder();
    drop(filled(dir.path(), &[]));
    let all = items(40);
    let (left, right) = all.split_at(20);
    let add = |items: &[Vec<u8>]| {
        let mut outbox = Outbox::open(dir.path()).unwrap();
        for item in items {
            outbox.add(item).unwrap();
            outbox.mark_handed_over(&wayside_seal::item::id(item).unwrap()).unwrap();
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| add(left));
        scope.spawn(|| add(right));
    });
    let outbox = Outbox::open(dir.path()).unwrap();
    assert!(outbox.items().unwrap().iter().all(|item| item.handed_over));
    let seen = contents(&outbox);
    assert!(seen.len() == all.len() && all.iter().all(|item| seen.contains(item)));
}

#[test]
fn notes_are_opaque_and_may_be_lost() {
    let dir = crate::common::folder();
    let outbox = filled(dir.path(), &items(1));
    assert_eq!(outbox.notes().unwrap(), None);
    let mut seen = Vec::new();
    for note in [&b"one"[..], b"two", b""] {
        outbox
            .change_notes(|old| {
                seen.push(old.map(<[u8]>::to_vec));
                note.to_vec()
            })
            .unwrap();
    }
    assert_eq!(seen, [None, Some(b"one".to_vec()), Some(b"two".to_vec())]);
    let path = dir.path().join("outbox/notes");
    let mut bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len() % 4096, 0, "the size tells no count");
    bytes[12] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(Outbox::open(dir.path()).unwrap().notes().unwrap(), None);
    outbox.check().unwrap();
}

#[test]
fn one_sync_at_a_time_holds_the_mark() {
    let dir = crate::common::folder();
    let (outbox, beside) = (filled(dir.path(), &items(1)), Outbox::open(dir.path()).unwrap());
    let mark = outbox.mark_sync().unwrap();
    assert!(mark.is_some() && beside.mark_sync().unwrap().is_none());
    drop(mark);
    assert!(beside.mark_sync().unwrap().is_some());
}

#[test]
fn what_is_carried_grows_by_pieces_and_a_torn_one_takes_none_with_it() {
    let dir = crate::common::folder();
    let outbox = filled(dir.path(), &items(1));
    let path = dir.path().join("outbox/carried");
    let put = |change: fn(&[u8]) -> CarriedChange, bytes: &[u8]| outbox.change_carried(|_| change(bytes)).unwrap();
    let add: fn(&[u8]) -> CarriedChange = |bytes| CarriedChange::Added(bytes.to_vec());
    let whole: fn(&[u8]) -> CarriedChange = |bytes| CarriedChange::Whole(bytes.to_vec());
    let held = || outbox.carried().unwrap().concat();

    outbox.change_carried(|pieces| if pieces.is_empty() { CarriedChange::Nothing } else { add(b"?") }).unwrap();
    assert!(!path.exists() && outbox.carried().unwrap().is_empty());
    put(add, b"one ");
    let first = std::fs::metadata(&path).unwrap().len();
    put(add, &[b'x'; 5_000]);
    put(add, b" three");
    assert_eq!(outbox.carried().unwrap().len(), 3);
    let kept = std::fs::read(&path).unwrap();

    // A piece that is cut off, or changed, is none, and the next one takes its place.
    for cut in [kept.len() - 1, kept.len() - 4_000, first as usize + 1] {
        std::fs::write(&path, &kept[..cut]).unwrap();
        assert!(held().starts_with(b"one ") && !held().ends_with(b"three"), "{cut}");
        put(add, b"again");
        assert!(held().starts_with(b"one ") && held().ends_with(b"again"), "{cut}");
    }
    let mut changed = kept.clone();
    changed[first as usize + 100] ^= 1;
    std::fs::write(&path, &changed).unwrap();
    assert_eq!(held(), b"one ");
    put(add, b"two");
    assert_eq!((held(), std::fs::metadata(&path).unwrap().len()), (b"one two".to_vec(), 2 * first));
    put(whole, b"all anew");
    assert_eq!((held(), std::fs::metadata(&path).unwrap().len()), (b"all anew".to_vec(), first));
}
