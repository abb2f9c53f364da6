//! From a phone over a real relay to a verified record and back to a receipt on the phone.

use crate::publishing::long_form;
use crate::{World, now, records};
use wayside_desk::{DeviceState, HandedForm, RecordState, Whom};
use wayside_model::{AnswerState, ConsentLine, from_canonical};
use wayside_seal::content::{Content, ContentKind, Files};
use wayside_seal::{ControlKind, DeviceCertificate};

#[test]
fn a_record_arrives_and_its_receipt_goes_back() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let (first, second) = (records::adult(&["DR1", "DR2", "EX1", "EX2", "CO1"], 40), records::adult(&[], 5));
    phone.upload(&[first.clone(), second.clone()]);

    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.items, report.records, report.receipts, report.unverified), (4, 2, 2, 0));
    assert!(report.gaps.is_empty() && report.problems.is_empty());
    assert_eq!(phone.receipted(), phone.made);

    let rows = world.desk.records().unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [second.id, first.id], "newest first");
    assert!(rows.iter().all(|row| row.state == RecordState::Verified && row.receipt_sent));
    let view = world.desk.record(first.id).unwrap();
    assert!(view.row.outcomes.contains(&"N3".to_owned()));
    let screening = view.screening.unwrap();
    let explanation = screening.explanation.unwrap();
    let d1 = explanation.dimensions.iter().find(|dimension| dimension.id == "D1").unwrap();
    assert_eq!((d1.lower, d1.branch.as_deref()), (true, Some("1S+1M")));
    assert_eq!(d1.because[0].answer_id, "/data/dr1");
    assert!(screening.answers.iter().any(|answer| answer.state == AnswerState::Declined));
    assert!(screening.consents.iter().any(|entry| entry.line == ConsentLine::C2));
    assert_eq!((view.epoch, view.seq), (1, 1));
}

#[test]
fn the_phone_gets_a_certificate_for_its_own_keys() {
    let world = World::new();
    let phone = world.phone("w-17");
    world.desk.pull(now()).unwrap();
    let row = world.device(phone.id);
    assert_eq!(row.state, DeviceState::Waiting);
    assert_eq!(row.words, phone.request.comparison_words(), "equal words on both sides");
    world.desk.confirm(phone.id, now()).unwrap();
    assert_eq!(world.device(phone.id).state, DeviceState::Confirmed);
    let kinds = phone.control();
    let [ControlKind::Certificate(bytes)] = kinds.as_slice() else { panic!("one certificate") };
    let certificate = DeviceCertificate::verify(bytes, &phone.directory.desk).unwrap();
    assert!(certificate.device == phone.id && certificate.sign == phone.sign.public());
    assert_eq!((certificate.role.as_str(), certificate.worker.as_str()), ("screener", "w-17"));
    assert!(certificate.is_current(now()));
}

#[test]
fn nothing_of_an_unconfirmed_phone_counts() {
    let world = World::new();
    let mut phone = world.phone("w-17");
    phone.upload(&[records::adult(&["EX1"], 10)]);
    for _ in 0..2 {
        let report = world.desk.pull(now()).unwrap();
        assert_eq!((report.records, report.receipts, report.unverified), (0, 0, 1));
    }
    assert!(world.desk.records().unwrap().is_empty(), "it stays sealed");
    assert_eq!(world.device(phone.id).sealed, 1);
    assert!(phone.control().is_empty());

    world.desk.confirm(phone.id, now()).unwrap();
    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.items, report.records, report.receipts, report.unverified), (0, 1, 1, 0));
    assert_eq!(phone.receipted(), phone.made);
}

#[test]
fn pulling_again_and_dying_between_have_one_effect() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    phone.upload(&[records::adult(&["EX1"], 10)]);
    world.desk.pull(now()).unwrap();
    // The phone lost the answer and sends all of it again.
    for bytes in [phone.header.clone(), phone.checkpoint()] {
        assert!(matches!(phone.put(&bytes), 200 | 201));
    }
    let world = world.reopened();
    let report = world.desk.pull(now()).unwrap();
    assert_eq!((report.records, report.receipts), (0, 0));
    assert_eq!(world.desk.records().unwrap().len(), 1);
    assert_eq!(phone.receipted(), phone.made);
    assert_eq!(phone.control().len(), 2, "a certificate and one receipt");

    let before = serde_json::to_value(world.desk.records().unwrap()).unwrap();
    assert_eq!(world.desk.rebuild().unwrap(), 1);
    assert_eq!(serde_json::to_value(world.desk.records().unwrap()).unwrap(), before);
    world.desk.pull(now()).unwrap();
    assert_eq!(phone.control().len(), 2, "no second receipt after a rebuild");
}

#[test]
fn the_recovery_key_opens_what_the_desk_opens() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let event = records::adult(&["EX1"], 10);
    let bytes = phone.seal(&event);
    let folder = world.folder.path().join("desk");
    let share = |n: usize| crate::secret(world.recovery_shares[n].expose());
    let key = wayside_desk::open_recovery_key(&folder, &[share(2), share(0)]).unwrap();
    let secret = wayside_seal::EpochSecret::unwrap(&phone.header, &key, &phone.sign.public()).unwrap();
    let (_, plain) = secret.open(&bytes).unwrap();
    assert!(wayside_sync::transfer::unpack(&plain, event.id).unwrap() == event);
    assert!(wayside_desk::open_recovery_key(&folder, &[share(1)]).is_err());
}

#[test]
fn a_new_version_goes_out_as_a_patch_from_the_one_before() {
    let world = World::new();
    let early = world.confirmed_phone("w-17");
    let form = |version: &str| -> String {
        let line = |n: usize| format!("<text id=\"t{n}\"><value>{}</value></text>", n * 7_919 % 10_007);
        let texts: String = (0..400).map(line).collect();
        long_form("f", version, "<water/><shoes/>", &texts)
    };
    let (first, second) = (form("1"), form("2"));
    for (version, xml) in [("1", &first), ("2", &second)] {
        world.desk.hand_out_form(&HandedForm { id: "f", version, xml, terms: None }, Whom::Everybody).unwrap();
    }
    let late = world.confirmed_phone("w-18");
    let sent = |phone: &crate::phone::Phone| -> Vec<Content> {
        let contents = phone.control().into_iter().filter_map(|kind| match kind {
            ControlKind::Content(bytes) => Some(Content::from_bytes(&bytes).unwrap()),
            _ => None,
        });
        contents.collect()
    };
    let to_early = sent(&early);
    assert_eq!(to_early[0].unpack(None).unwrap(), first.as_bytes());
    assert_eq!(to_early[1].unpack(Some(first.as_bytes())).unwrap(), second.as_bytes());
    assert!(to_early[1].base.is_some() && to_early[1].packed.len() * 10 < to_early[0].packed.len());
    assert_eq!(sent(&late)[0].unpack(None).unwrap(), second.as_bytes(), "who holds nothing gets the whole");
}

#[test]
fn who_tried_another_pack_gets_the_next_one_with_all_its_audio() {
    let world = World::new();
    let phone = world.confirmed_phone("w-17");
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../core/screening/packs/fr"));
    let pack = |version: u32| {
        let mut pack: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("pack.json")).unwrap()).unwrap();
        pack["version"] = version.into();
        pack.to_string()
    };
    let files = std::fs::read_dir(folder.join("audio")).unwrap().map(|file| file.unwrap().path());
    let audio: Vec<Vec<u8>> = files
        .filter(|path| path.extension().is_some_and(|it| it == "opus"))
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(!audio.is_empty());
    let sounds = || {
        let kinds = phone.control().into_iter();
        let files = kinds.filter_map(|kind| match kind {
            ControlKind::Content(bytes) => {
                Content::from_bytes(&bytes).ok().filter(|one| one.kind == ContentKind::Audio)
            }
            _ => None,
        });
        files.map(|one| from_canonical::<Files>(&one.unpack(None).unwrap()).unwrap().0.len()).sum::<usize>()
    };
    world.desk.hand_out_pack(&pack(2), &audio, Whom::Everybody).unwrap();
    assert_eq!(sounds(), audio.len());
    world.desk.hand_out_pack(&pack(3), &audio, Whom::Everybody).unwrap();
    assert_eq!(sounds(), audio.len(), "what it has is not sent again");
    let trial = Whom::One { device: phone.id, unchecked: true };
    world.desk.hand_out_pack(r#"{"language": "fr", "version": 4}"#, &[], trial).unwrap();
    world.desk.hand_out_pack(&pack(5), &audio, Whom::Everybody).unwrap();
    assert_eq!(sounds(), 2 * audio.len(), "it may have let go of all of it");
}
