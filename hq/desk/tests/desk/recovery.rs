//! The drill: keys and file of the desk destroyed, and back from a copy.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use wayside_desk::{Delivery, Desk, DeskError, HandedForm, Restored, Whom};
use wayside_model::{Coded, Sensitive};
use wayside_seal::content::Content;
use wayside_seal::{ControlKind, StretchParams};

use crate::phone::Phone;
use crate::publishing::{form as form_of, long_form, services};
use crate::service::code_of;
use crate::{PASSPHRASE, World, now, records, secret};

const NEW_WORDS: &str = "amber lantern quiet harbour maple stone";

/// What survives the loss of the desk: relay and phones go on.
struct Lost {
    world: World,
    copy: PathBuf,
}

fn shares(world: &World, which: &[usize]) -> Vec<Sensitive<String>> {
    which.iter().map(|n| Sensitive::new(world.recovery_shares[*n].expose().clone())).collect()
}

fn recover(lost: &Lost, which: &[usize], to: &str) -> Result<Restored, DeskError> {
    let (dir, shares) = (lost.world.folder.path().join(to), shares(&lost.world, which));
    Desk::recover(&dir, &lost.copy, &shares, &secret(NEW_WORDS), StretchParams::FLOOR, now())
}

#[test]
fn two_shares_and_a_copy_bring_every_record_back_and_an_erased_one_stays_erased() {
    let world = World::new();
    let (mut phone, mut late) = (world.confirmed_phone("w-17"), world.phone("w-18"));
    let events = [records::adult(&["EX1"], 40), records::child(30), records::adult(&[], 20)];
    phone.upload(&events[..2]);
    world.desk.pull(now()).unwrap();
    let copy = world.folder.path().join("copy");
    world.desk.backup(&world.folder.path().join("desk"), &copy, now()).unwrap();
    assert!(matches!(world.desk.backup(&world.folder.path().join("desk"), &copy, now()), Err(DeskError::Exists)));

    // After the copy: another record, an erasure, and a device that enrols and sends.
    phone.upload(&events[2..]);
    world.desk.pull(now()).unwrap();
    world.desk.erase(&code_of(events[0].case), now()).unwrap();
    world.desk.confirm(late.id, now()).unwrap();
    let from_late = records::adult(&["CO1"], 5);
    late.upload(std::slice::from_ref(&from_late));
    world.desk.pull(now()).unwrap();
    let newest = world.phone("w-19");
    world.desk.pull(now()).unwrap();
    world.desk.confirm(newest.id, now()).unwrap();
    let mut before: Vec<_> = world.desk.records().unwrap().iter().map(|row| row.id).collect();
    let control = (phone.control().len(), late.control().len());

    // The desk's folder is destroyed.
    fs::remove_dir_all(world.folder.path().join("desk")).unwrap();
    let lost = Lost { world, copy };
    for which in [&[][..], &[0], &[1], &[2], &[1, 1]] {
        let refused = recover(&lost, which, "refused").err().map(|error| error.code().as_str());
        assert_eq!(refused, Some("desk.shares"), "{which:?}");
        assert!(!lost.world.folder.path().join("refused/desk.keys").exists());
    }
    let Restored { desk, caught_up } = recover(&lost, &[0, 2], "desk").unwrap();
    assert_eq!(caught_up, Delivery::Sent);
    desk.pull(now()).unwrap();
    let mut after: Vec<_> = desk.records().unwrap().iter().map(|row| row.id).collect();
    before.sort();
    after.sort();
    assert!(before == after && after.len() == 3, "every record is back, the erased one is not");
    assert!(matches!(desk.record(events[0].id), Err(DeskError::UnknownRecord)));
    assert!(desk.records().unwrap().iter().all(|row| row.receipt_sent));
    // Who was confirmed stays so, and no number of a control log was used twice.
    let confirmed = desk.devices().unwrap().into_iter().filter(|row| row.confirmed_at.is_some()).count();
    assert_eq!(confirmed, 3);
    assert_eq!((phone.control().len(), late.control().len()), control, "nothing was said again");
    phone.upload(&[records::adult(&["EX2"], 1)]);
    assert_eq!(desk.pull(now()).unwrap().records, 1);
    assert_eq!(phone.receipted(), phone.made);
    desk.verify_audit().unwrap();
    // The new passphrase opens it, the old one does not, and the root came back, too.
    drop(desk);
    let dir = lost.world.folder.path().join("desk");
    assert!(matches!(Desk::open(&dir, &secret(PASSPHRASE)), Err(DeskError::Locked)));
    let desk = Desk::open(&dir, &secret(NEW_WORDS)).unwrap();
    assert!(dir.join("root.key").exists());
    // From the recovered desk a copy can be made and recovered with the same shares.
    fs::remove_file(&lost.copy).unwrap();
    desk.backup(&dir, &lost.copy, now()).unwrap();
    drop(desk);
    fs::remove_dir_all(&dir).unwrap();
    assert_eq!(recover(&lost, &[1, 2], "desk").unwrap().desk.records().unwrap().len(), 4);
}

/// What a phone holds after its log: id, version and bytes of each content, patches put onto what was there.
fn holds(phone: &Phone) -> BTreeMap<String, (String, Vec<u8>)> {
    let mut held = BTreeMap::<String, (String, Vec<u8>)>::new();
    for kind in phone.control() {
        if let ControlKind::Content(bytes) = kind {
            let content = Content::from_bytes(&bytes).unwrap();
            let base = held.get(&content.id).map(|(_, whole)| whole.clone());
            let whole = content.unpack(base.as_deref()).unwrap();
            held.insert(content.id, (content.version, whole));
        }
    }
    held
}

#[test]
fn what_was_handed_out_after_the_copy_is_in_force_again() {
    const SITE: &str = "Northern transit site";
    let world = World::new();
    let (one, two) = (world.confirmed_phone("w-17"), world.confirmed_phone("w-18"));
    let long = |version: u32| {
        let fields: String = (0..300).map(|n| format!("<f{n}/>")).collect();
        long_form("needs", &version.to_string(), &format!("<water/><shoes/>{fields}"), "")
    };
    let form = |version: u32| {
        let (version, xml) = (version.to_string(), long(version));
        world
            .desk
            .hand_out_form(&HandedForm { id: "needs", version: &version, xml: &xml, terms: None }, Whom::Everybody)
            .unwrap();
    };
    let directory =
        |version| world.desk.hand_out_services(&services(SITE, version, "9 to 17"), Whom::Everybody).unwrap();
    form(1);
    directory(1);
    let (dir, copy) = (world.folder.path().join("desk"), world.folder.path().join("copy"));
    world.desk.backup(&dir, &copy, now()).unwrap();

    // After the copy: patches of what is in it, a form and a directory that are not in it, and a device that gets the whole.
    form(2);
    form(3);
    directory(2);
    let xml = form_of("shelter");
    let shelter = HandedForm { id: "shelter", version: "1", xml: &xml, terms: None };
    world.desk.hand_out_form(&shelter, Whom::Everybody).unwrap();
    let late = world.confirmed_phone("w-19");
    assert_eq!(holds(&late).len(), 3);
    let is_patch = |kind: &ControlKind| match kind {
        ControlKind::Content(bytes) => Content::from_bytes(bytes).unwrap().base.is_some(),
        _ => false,
    };
    assert!(one.control().iter().filter(|kind| is_patch(kind)).count() >= 3, "patches went out");

    fs::remove_dir_all(&dir).unwrap();
    let Restored { desk, caught_up } = Desk::restore(&dir, &copy, &secret(PASSPHRASE), now()).unwrap();
    assert_eq!(caught_up, Delivery::Sent);
    let in_force: Vec<_> = desk.in_force().unwrap().into_iter().map(|row| (row.id, row.version)).collect();
    let expected = [("needs", "3"), ("shelter", "1"), (&format!("services/{SITE}"), "2")];
    assert_eq!(in_force, expected.map(|(id, version)| (id.to_owned(), version.to_owned())));
    // Byte by byte: who is confirmed now gets what the others hold, and the next patch fits what they hold.
    let newest = Phone::enrol(&desk.enrol("screener", SITE, "w-20", now()).unwrap().to_text());
    desk.pull(now()).unwrap();
    desk.confirm(newest.id, now()).unwrap();
    assert!(holds(&newest) == holds(&late) && holds(&one) == holds(&two) && holds(&one) == holds(&late));
    let xml = long(4);
    desk.hand_out_form(&HandedForm { id: "needs", version: "4", xml: &xml, terms: None }, Whom::Everybody).unwrap();
    for phone in [&one, &two, &late, &newest] {
        assert_eq!(holds(phone)["needs"], ("4".to_owned(), xml.clone().into_bytes()));
        assert!(is_patch(phone.control().last().unwrap()));
    }
    let older = services(SITE, 1, "9 to 17");
    assert_eq!(desk.hand_out_services(&older, Whom::Everybody).unwrap_err().code().as_str(), "bundle.downgrade");
}

#[test]
fn a_restored_desk_shows_nothing_before_it_read_the_relays_log() {
    let mut world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let gone = records::adult(&["EX1"], 40);
    phone.upload(&[gone.clone(), records::adult(&[], 20)]);
    world.desk.pull(now()).unwrap();
    let (dir, copy) = (world.folder.path().join("desk"), world.folder.path().join("copy"));
    world.desk.backup(&dir, &copy, now()).unwrap();
    world.desk.erase(&code_of(gone.case), now()).unwrap();
    fs::remove_dir_all(&dir).unwrap();
    // The relay cannot be reached at that moment.
    let again = world.relay_goes_away();
    assert!(matches!(Desk::restore(&dir, &copy, &secret(NEW_WORDS), now()), Err(DeskError::Locked)));
    let Restored { desk, caught_up } = Desk::restore(&dir, &copy, &secret(PASSPHRASE), now()).unwrap();
    assert!(matches!(caught_up, Delivery::Later { .. }));
    for refused in [desk.records().err(), desk.record(gone.id).err(), desk.overview().err()] {
        assert!(matches!(refused, Some(DeskError::Restored)));
    }
    assert!(desk.pull(now()).is_err());
    again.back(&mut world);
    desk.pull(now()).unwrap();
    assert_eq!(desk.records().unwrap().len(), 1);
    assert!(matches!(desk.record(gone.id), Err(DeskError::UnknownRecord)));
    assert!(matches!(Desk::restore(&dir, &copy, &secret(PASSPHRASE), now()), Err(DeskError::Exists)));
}

#[test]
fn a_changed_copy_and_anothers_shares_bring_nothing_back() {
    let (world, other) = (World::new(), World::new());
    let copy = world.folder.path().join("copy");
    world.desk.backup(&world.folder.path().join("desk"), &copy, now()).unwrap();
    let to = world.folder.path().join("elsewhere");
    let try_with = |shares: &[Sensitive<String>]| {
        Desk::recover(&to, &copy, shares, &secret(NEW_WORDS), StretchParams::FLOOR, now()).err()
    };
    assert!(matches!(try_with(&shares(&other, &[0, 1])), Some(DeskError::Locked)));
    let mixed = [shares(&world, &[0]), shares(&other, &[1])].into_iter().flatten().collect::<Vec<_>>();
    assert!(matches!(try_with(&mixed), Some(DeskError::Locked)));
    let whole = fs::read(&copy).unwrap();
    for place in (0..whole.len()).step_by(whole.len() / 60) {
        let mut changed = whole.clone();
        changed[place] ^= 0x20;
        fs::write(&copy, &changed).unwrap();
        assert!(try_with(&shares(&world, &[0, 1])).is_some(), "byte {place}");
        assert!(!to.join("desk.keys").exists());
    }
    fs::write(&copy, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(try_with(&shares(&world, &[0, 1])), Some(DeskError::Damaged)));
}

#[test]
fn a_relay_put_back_from_a_copy_is_told_everything_again() {
    let mut world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let ended = world.confirmed_phone("w-18");
    phone.upload(&[records::adult(&["EX1"], 40)]);
    world.desk.pull(now()).unwrap();
    let gone = records::adult(&["EX1"], 30);
    phone.upload(std::slice::from_ref(&gone));
    world.desk.pull(now()).unwrap();

    // The relay's copy is of now; what follows is lost there.
    let (relay, copy) = (world.folder.path().join("relay"), world.folder.path().join("relay-copy"));
    let away = world.relay_goes_away();
    copy_folder(&relay, &copy);
    away.back(&mut world);
    world.desk.erase(&code_of(gone.case), now()).unwrap();
    world.desk.revoke(ended.id, now()).unwrap();
    phone.upload(&[records::adult(&["CO1"], 20)]);
    world.desk.pull(now()).unwrap();
    let said = phone.control().len();
    let away = world.relay_goes_away();
    fs::remove_dir_all(&relay).unwrap();
    fs::rename(&copy, &relay).unwrap();
    away.back(&mut world);

    assert!(phone.control().len() < said, "the log at the relay is short");
    phone.upload(&[records::adult(&["CO2"], 10)]);
    let before = world.desk.pull(now()).unwrap();
    assert!(before.records == 0 || !before.problems.is_empty(), "without a word it does not go on");
    world.desk.relay_restored(now()).unwrap();
    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.problems.len(), report.gaps.len()), (0, 0));
    assert!(phone.control().len() > said);
    assert_eq!(world.desk.records().unwrap().len(), 3, "the erased one is not among them");
    assert_eq!(phone.receipted(), phone.made);
    assert_eq!(ended.put(&ended.checkpoint()), 403, "the end of a device is told again");
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}
