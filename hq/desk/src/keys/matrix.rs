//! Takes the keys of each role's session and the database, and tries everything: past the pages, past `access`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;
use wayside_model::{CaseId, DeviceId, EventId, Sensitive, Timestamp};
use wayside_seal::StretchParams;

use super::sections::{self, Place};
use super::{Class, Keyring, class_keys, slots};
use crate::people::{Person, PersonRole};
use crate::{Desk, DeskError, audit, conflicts};

const EXPECTED: &str = include_str!("../../tests/desk/opens.csv");
const OWN: &str = "Northern transit site";
const OTHER: &str = "Southern transit site";

type Cells = BTreeMap<String, bool>;

fn secret(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

fn words(name: &str) -> Sensitive<String> {
    secret(&format!("{name} river stone lamp winter field"))
}

fn owners() -> Sensitive<String> {
    secret("quiet river stone lamp winter field")
}

/// A desk with records of two sites and of a child, and one person of each role, who have all signed in.
fn office() -> (TempDir, PathBuf, Desk) {
    let folder = tempfile::tempdir().unwrap();
    let (dir, from) =
        (folder.path().join("desk"), Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/desk-13"));
    std::fs::create_dir(&dir).unwrap();
    for name in ["desk.db", "desk.keys", "root.key", "recovery.key"] {
        std::fs::copy(from.join(name), dir.join(name)).unwrap();
    }
    let desk = Desk::open(&dir, &owners()).unwrap();
    PersonRole::ALL.iter().for_each(|role| drop(desk.unlock_slot(role.word(), &words(role.word())).unwrap()));
    drop(desk);
    let desk = Desk::open(&dir, &owners()).unwrap();
    (folder, dir, desk)
}

/// What these keys open. Of several things of one kind all open or none does.
fn tried(c: &Connection, keys: &Keyring) -> Cells {
    let mut found = BTreeMap::<String, BTreeSet<bool>>::new();
    let mut note = |what: String, opens: Result<bool, DeskError>| {
        found.entry(what).or_default().insert(opens.unwrap());
    };
    let mut statement = c
        .prepare("SELECT device, sha256, kind, site, child, summary, results, consent, whole FROM record WHERE whole IS NOT NULL")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let place = Place { device: DeviceId::from_bytes(row.get(0).unwrap()), sha256: row.get(1).unwrap() };
        let blob = |n: usize| row.get::<_, Vec<u8>>(n).unwrap();
        if row.get::<_, u8>(2).unwrap() == crate::files::FILE_KIND {
            note("file own".to_owned(), sections::event_of(keys, place, &blob(8)).map(|it| it.is_some()));
        }
        if row.get::<_, u8>(2).unwrap() != 0 {
            continue;
        }
        let whose = match (row.get::<_, String>(3).unwrap().as_str(), row.get::<_, bool>(4).unwrap()) {
            (OWN, false) => "own",
            (OTHER, false) => "other",
            (OTHER, true) => "child",
            _ => panic!("no other record is in it"),
        };
        note(format!("queue {whose}"), sections::summary_of(keys, place, &blob(5)).map(|it| it.is_some()));
        note(format!("results {whose}"), sections::results_of(keys, place, &blob(6)).map(|it| it.is_some()));
        note(format!("consent {whose}"), sections::consent_of(keys, place, &blob(7)).map(|it| it.is_some()));
        note(format!("answers {whose}"), sections::event_of(keys, place, &blob(8)).map(|it| it.is_some()));
    }
    note("referral own".to_owned(), Desk::referrals_with(c, keys).map(|rows| !rows.is_empty()));
    for row in Desk::requests_with(c, keys).unwrap() {
        let what = if row.kind.word() == "rectification" { "correction own" } else { "why something is asked" };
        note(what.to_owned(), Ok(row.text.is_some()));
    }
    note("published numbers".to_owned(), crate::aggregates::frozen(c, keys).map(|months| !months.is_empty()));
    let entries = audit::entries(c, keys, None).unwrap();
    note("audit of own site".to_owned(), Ok(entries.iter().any(|entry| entry.site == OWN)));
    note("audit of other sites".to_owned(), Ok(entries.iter().any(|entry| entry.site != OWN)));
    let one = |(what, opens): (String, BTreeSet<bool>)| {
        assert_eq!(opens.len(), 1, "{what}: some open and some do not");
        (what, opens.contains(&true))
    };
    found.into_iter().map(one).collect()
}

/// Cells in which a role's slot opens something else than the table says.
fn wrong(desk: &Desk) -> Vec<String> {
    let mut lines = EXPECTED.lines().filter(|line| !line.starts_with('#'));
    let roles: Vec<_> = lines.next().unwrap().split(',').skip(1).collect();
    assert_eq!(roles, PersonRole::ALL.map(PersonRole::word));
    let found: Vec<Cells> = PersonRole::ALL
        .iter()
        .map(|role| {
            let session = desk.unlock_slot(role.word(), &words(role.word())).unwrap();
            desk.store.read(|c| Ok(tried(c, &session.keys))).unwrap()
        })
        .collect();
    let mut wrong = Vec::new();
    let mut cells = 0;
    for line in lines {
        let mut expected = line.split(',');
        let what = expected.next().unwrap();
        for ((role, expected), found) in roles.iter().zip(expected).zip(&found) {
            cells += 1;
            if found[what] != (expected == "yes") {
                wrong.push(format!("{role}: {what}"));
            }
        }
    }
    assert_eq!(cells, 19 * 5);
    assert!(found.iter().all(|cells| cells.len() == 19), "what is tried stands in the table");
    wrong
}

#[test]
fn each_slot_opens_what_the_table_says_and_nothing_else() {
    let (_folder, _, desk) = office();
    assert_eq!(wrong(&desk), Vec::<String>::new());
    // Somebody puts a key into a slot that must not have it: found here, and by who looks at the slots.
    let plant = |name: &str, class: Class, site: &str| {
        let owner = desk.owner().unwrap();
        let key = if site.is_empty() { class.of_all() } else { class.of_site(site) };
        desk.store
            .write(|tx| {
                let (id, seal): ([u8; 16], [u8; 32]) =
                    tx.query_row("SELECT id, seal FROM person WHERE name = ?1", [name], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })?;
                slots::put(tx, &owner, &id, &wayside_seal::hpke::PublicKey::from_bytes(seal), &key)
            })
            .unwrap();
    };
    plant("analyst", Class::Answers, "");
    assert_eq!(
        wrong(&desk),
        [
            "analyst: answers own",
            "analyst: answers other",
            "analyst: answers child",
            "analyst: file own",
            "analyst: correction own"
        ]
    );
    plant("site-focal-point", Class::Queue, OTHER);
    assert!(wrong(&desk).contains(&"site-focal-point: queue other".to_owned()));
    let beyond: Vec<_> = desk.slot_keys().unwrap().into_iter().filter(|slot| !slot.beyond.is_empty()).collect();
    let named: Vec<_> = beyond.iter().map(|slot| (slot.person.as_str(), slot.beyond.join(" "))).collect();
    assert_eq!(named, [("analyst", "answers".to_owned()), ("site-focal-point", format!("queue@site/{OTHER}"))]);
}

/// With nobody signed in, what serves the pages opens nothing of it.
#[test]
fn what_serves_the_pages_holds_no_key_of_a_class() {
    let (_folder, dir, desk) = office();
    let pages_words = secret("amber cloud spoon tower meadow ink");
    desk.write_pages_keys(&dir, &pages_words, StretchParams::FLOOR).unwrap();
    assert!(matches!(desk.write_pages_keys(&dir, &pages_words, StretchParams::FLOOR), Err(DeskError::Exists)));
    for words in [&pages_words, &owners()] {
        let pages = Desk::open_for_pages(&dir, words).unwrap();
        assert!(matches!(pages.owner(), Err(DeskError::Sealed)));
        let now = Timestamp::from_millis(1);
        let refused: Vec<DeskError> = [
            pages.records().err(),
            pages.requests().err(),
            pages.published().err(),
            pages.audit(None).err(),
            pages.pull(now).err(),
            pages.rebuild().err(),
            pages.export(crate::ExportFormat::Csv, now).err(),
            pages.end_person("analyst", now).err(),
            pages.change_role("analyst", PersonRole::CaseManager, "", now).err(),
            pages.backup(&dir, &dir.join("copy"), now).err(),
        ]
        .into_iter()
        .flatten()
        .collect();
        assert!(refused.len() == 10 && refused.iter().all(|error| matches!(error, DeskError::Sealed)), "{refused:?}");
        let opens = pages.store.read(|c| Ok(tried(c, &Keyring::default()))).unwrap();
        assert!(opens.values().all(|opens| !opens), "{opens:?}");
        // What it writes itself it cannot read again, either.
        pages.note_owner("tried", "", now).unwrap();
        let read = pages.store.read(|c| audit::entries(c, &Keyring::default(), None)).unwrap();
        assert!(read.is_empty());
    }
    assert!(matches!(Desk::open(&dir, &pages_words), Err(DeskError::Locked)), "it is no key of the desk");
    desk.verify_audit().unwrap();
}

/// What comes after somebody went, or has another role, does not open with what they kept.
#[test]
fn keys_are_turned_when_somebody_goes_or_changes_role() {
    let (_folder, _, desk) = office();
    let now = Timestamp::from_millis(1_000);
    let sign_in = |name: &str| desk.unlock_slot(name, &words(name)).unwrap();
    let (kept, stays) = (sign_in("key-officer").keys, sign_in("case-manager"));
    desk.add_person("ko-2", PersonRole::KeyOfficer, "", &words("ko-2"), StretchParams::FLOOR, now).unwrap();
    let seen = |keys: &Keyring| desk.store.read(|c| Ok(audit::entries(c, keys, None)?.len())).unwrap();
    let all = || desk.audit(None).unwrap().len();
    assert_eq!((seen(&kept), seen(&sign_in("ko-2").keys)), (all(), all()), "one who comes later opens what was before");
    desk.end_person("key-officer", now).unwrap();
    let before = seen(&kept);
    desk.note_owner("searched", "", now).unwrap();
    assert_eq!(seen(&kept), before, "what comes after the end stays shut");
    assert_eq!(seen(&sign_in("ko-2").keys), all());
    assert!(matches!(desk.unlock_slot("key-officer", &words("key-officer")), Err(DeskError::Locked)));

    // A case manager becomes an analyst: the slot opens numbers, old and new, and nothing else.
    desk.change_role("case-manager", PersonRole::Analyst, "", now).unwrap();
    assert!(!desk.is_active(&stays.person).unwrap(), "who is signed in has to sign in again");
    let analyst = sign_in("case-manager");
    let opens: Vec<String> = desk
        .store
        .read(|c| Ok(tried(c, &analyst.keys).into_iter().filter(|(_, opens)| *opens).map(|(what, _)| what).collect()))
        .unwrap();
    assert_eq!(opens, ["published numbers"]);
    let text = "asked once more";
    let id = desk.ask(crate::RequestKind::Restriction, &code_at(&desk, OWN), text, now).unwrap();
    let reads = |keys: &Keyring| {
        let rows = desk.store.read(|c| Desk::requests_with(c, keys)).unwrap();
        rows.into_iter().find(|row| row.id == id).unwrap().text
    };
    assert_eq!((reads(&stays.keys), reads(&sign_in("ko-2").keys)), (None, Some(text.to_owned())));
    assert!(desk.slot_keys().unwrap().iter().all(|slot| slot.beyond.is_empty() && slot.missing.is_empty()));
    // And back: the same slot, the old things and the new ones.
    desk.change_role("case-manager", PersonRole::CaseManager, "", now).unwrap();
    assert_eq!(reads(&sign_in("case-manager").keys), Some(text.to_owned()));
    assert!(matches!(desk.change_role("nobody", PersonRole::Analyst, "", now), Err(DeskError::Missing)));
    desk.verify_audit().unwrap();
}

fn code_at(desk: &Desk, site: &str) -> String {
    desk.records().unwrap().into_iter().find(|row| row.site == site).unwrap().case_code
}

/// Whoever holds the database's key alone puts nobody and no key in.
#[test]
fn only_the_owner_vouches_for_people_and_keys() {
    let (_folder, dir, desk) = office();
    let pages = Desk::open_for_pages(&dir, &owners()).unwrap();
    // An analyst is written down as a case manager.
    pages
        .store
        .write(|tx| Ok(tx.execute("UPDATE person SET role = 'case-manager' WHERE name = 'analyst'", [])?))
        .unwrap();
    drop(Desk::open(&dir, &owners()).unwrap());
    let session = desk.unlock_slot("analyst", &words("analyst")).unwrap();
    let cells = desk.store.read(|c| Ok(tried(c, &session.keys))).unwrap();
    assert!(cells.iter().all(|(what, opens)| *opens == (what == "published numbers")), "{cells:?}");
    assert!(session.keys_missing);
    // Another opening key is written under somebody's name.
    let stranger = wayside_seal::hpke::PrivateKey::generate().unwrap().public().unwrap();
    let put = "UPDATE person SET seal = ?1 WHERE name = 'key-officer'";
    pages.store.write(|tx| Ok(tx.execute(put, [stranger.as_bytes()])?)).unwrap();
    let taken = "DELETE FROM slot_key WHERE person = (SELECT id FROM person WHERE name = 'key-officer')";
    pages.store.write(|tx| Ok(tx.execute(taken, [])?)).unwrap();
    drop(Desk::open(&dir, &owners()).unwrap());
    let slots = desk.slot_keys().unwrap();
    assert!(slots.iter().any(|slot| slot.person == "key-officer" && slot.keys.is_empty()), "nothing was sealed to it");
    // Another key stands for a class: nothing is sealed to it, and the owner hears of it.
    let put = "UPDATE class_key SET public = ?1 WHERE name = 'answers' AND retired = 0";
    pages.store.write(|tx| Ok(tx.execute(put, [stranger.as_bytes()])?)).unwrap();
    assert!(matches!(desk.records(), Err(DeskError::Damaged)));
    assert!(matches!(Desk::open(&dir, &owners()).map(drop), Err(DeskError::Damaged)));
}

/// Somebody who is not signed in, and keys that belong elsewhere.
#[test]
fn a_section_opens_in_its_own_place_alone() {
    let (_folder, _, desk) = office();
    let all =
        desk.read_all(|c, keys| Ok((conflicts::all(c, keys)?.len(), class_keys::in_use(c, "answers")?.is_some())));
    assert_eq!(all.unwrap(), (1, true));
    let moved = desk.read_all(|c, keys| {
        let select = "SELECT device, sha256, summary, whole FROM record WHERE kind = 0 AND whole IS NOT NULL LIMIT 2";
        let mut statement = c.prepare(select)?;
        let rows = statement.query_map([], |row| {
            let place = Place { device: DeviceId::from_bytes(row.get(0)?), sha256: row.get(1)? };
            Ok((place, row.get::<_, Vec<u8>>(2)?, row.get::<_, Vec<u8>>(3)?))
        })?;
        let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
        let [(one, summary, whole), (other, ..)] = rows.as_slice() else { panic!("two records") };
        assert!(
            sections::summary_of(keys, *one, summary)?.is_some() && sections::event_of(keys, *one, whole)?.is_some()
        );
        for wrong in [
            sections::summary_of(keys, *other, summary).map(drop),
            sections::event_of(keys, *other, whole).map(drop),
            sections::event_of(keys, *one, summary).map(drop),
        ] {
            assert!(matches!(wrong, Err(DeskError::Damaged)));
        }
        Ok(())
    });
    moved.unwrap();
    let gone = Person { id: [0; 16], ..desk.people().unwrap().remove(0) };
    assert!(!desk.is_active(&gone).unwrap());
    let nobody = desk.read_all(|c, _| sections::of_case(c, CaseId::from_bytes([0; 16]))).unwrap();
    assert_eq!(nobody, super::Scope::default());
    assert!(
        desk.read_all(|c, keys| crate::one_record::record(
            c,
            keys,
            EventId::from_bytes([0; 16]),
            crate::one_record::Depth::WHOLE
        )
        .map(drop))
            .is_err()
    );
}
