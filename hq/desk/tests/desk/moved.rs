//! A desk of an older version, made by that version: it opens, is moved over once, and says what it said.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use wayside_desk::{Delivery, Desk, Restored};
use wayside_model::Sensitive;
use wayside_seal::StretchParams;

use crate::web::Page;
use crate::{PASSPHRASE, now, secret};

const FILES: [&str; 4] = ["desk.db", "desk.keys", "root.key", "recovery.key"];
const COPY: &str = "before-classes.copy";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/desk-13").join(name)
}

/// The old desk in a folder of its own.
pub(crate) fn old_desk() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("desk");
    fs::create_dir(&dir).unwrap();
    for name in FILES {
        fs::copy(fixture(name), dir.join(name)).unwrap();
    }
    (folder, dir)
}

/// What the older version said of it, as it said it.
fn said() -> Value {
    serde_json::from_str(&fs::read_to_string(fixture("said.json")).unwrap()).unwrap()
}

/// What this version says of the same.
fn says(desk: &Desk) -> Value {
    let ids: Vec<Value> = said()["records"].as_array().unwrap().iter().map(|record| record["id"].clone()).collect();
    let rows = desk.records().unwrap();
    let whole = rows.iter().map(|row| serde_json::to_value(desk.record(row.id).unwrap()).unwrap());
    let mut records: Vec<Value> = whole.filter(|record| ids.contains(&record["id"])).collect();
    // The older version did not say when an envelope came.
    records.iter_mut().for_each(|record| drop(record.as_object_mut().unwrap().remove("came_at")));
    // Nor did it keep anything about alleged actors apart; no form of its time said so of a question.
    for screening in records.iter_mut().filter_map(|record| record["screening"].as_object_mut()) {
        assert_eq!(screening.remove("actors"), Some(serde_json::json!([])));
        assert_eq!(screening.remove("actors_shut"), Some(0.into()));
    }
    serde_json::json!({
        "records": records, "requests": desk.requests().unwrap(), "referrals": desk.referrals().unwrap(),
        "conflicts": desk.conflicts().unwrap(), "published": desk.published().unwrap(),
        "audit": desk.audit(None).unwrap(), "entries": desk.verify_audit().unwrap(),
    })
}

#[test]
fn an_older_desk_opens_and_says_what_it_said() {
    let (folder, dir) = old_desk();
    assert!(
        matches!(Desk::open(&dir, &secret("another river stone lamp winter field")).err().unwrap().to_string(), text if text.contains("does not open"))
    );
    assert!(!dir.join(COPY).exists(), "nothing is begun without the passphrase");
    let desk = Desk::open(&dir, &secret(PASSPHRASE)).unwrap();
    let (before, mut after) = (said(), says(&desk));
    // The older version was copied after it had said all this; the entry about that is one more.
    after["audit"].as_array_mut().unwrap().remove(0);
    after["entries"] = (after["entries"].as_u64().unwrap() - 1).into();
    for (what, said) in before.as_object().unwrap() {
        assert_eq!(&after[what], said, "{what}");
    }
    assert_eq!(desk.records().unwrap().len(), 16, "none is lost, the erased one is not among them");
    let record = desk
        .records()
        .unwrap()
        .into_iter()
        .find(|row| desk.record(row.id).unwrap().screening.unwrap().attachments.len() == 1);
    let mut file = Vec::new();
    desk.file(record.unwrap().id, "photo.jpg", &mut file, now()).unwrap();
    assert_eq!(file, b"a picture of nothing at all");
    // Once: the copy was made the first time and is not made again, and nothing changes any more.
    drop(desk);
    let copy = fs::read(dir.join(COPY)).unwrap();
    let desk = Desk::open(&dir, &secret(PASSPHRASE)).unwrap();
    assert_eq!(
        fs::read_dir(&dir)
            .unwrap()
            .filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().starts_with(COPY))
            .count(),
        1
    );
    assert!(fs::read(dir.join(COPY)).unwrap() == copy);
    assert_eq!(says(&desk)["records"], before["records"]);
    drop(desk);

    // The copy is the desk as it was: it can be put back, with the passphrase or two shares, and is moved over itself.
    let shares: Vec<Sensitive<String>> =
        fs::read_to_string(fixture("shares")).unwrap().lines().map(secret).take(2).collect();
    let (copy, words) = (dir.join(COPY), secret("winter lamp stone river quiet field"));
    let restored = Desk::restore(&folder.path().join("restored"), &copy, &secret(PASSPHRASE), now()).unwrap();
    let to = folder.path().join("recovered");
    let recovered = Desk::recover(&to, &copy, &shares, &words, StretchParams::FLOOR, now()).unwrap();
    for Restored { desk, caught_up } in [restored, recovered] {
        assert!(matches!(caught_up, Delivery::Later { .. }), "its relay is gone");
        assert!(desk.verify_audit().unwrap() > before["entries"].as_u64().unwrap());
        assert_eq!(serde_json::to_value(desk.published().unwrap()).unwrap(), before["published"]);
    }
}

#[test]
fn people_of_an_older_desk_get_their_keys_after_they_have_signed_in() {
    let (_folder, dir) = old_desk();
    let desk = Desk::open(&dir, &secret(PASSPHRASE)).unwrap();
    assert!(desk.slot_keys().unwrap().iter().all(|slot| slot.keys.is_empty() && !slot.missing.is_empty()));
    let body = "name=case-manager&passphrase=case-manager+river+stone+lamp+winter+field";
    let sign_in = |page: &Page| {
        let answer = page.post("/sign-in", body, "");
        answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned()
    };
    let page = Page::of(Desk::open_for_pages(&dir, &secret(PASSPHRASE)).unwrap());
    let shut = page.get_as("/", &sign_in(&page));
    assert!(shut.contains("does not unwrap all keys") && !shut.contains("At risk or under control"), "{shut}");
    // Any command with the desk's passphrase.
    drop(Desk::open(&dir, &secret(PASSPHRASE)).unwrap());
    let open = page.get_as("/", &sign_in(&page));
    assert!(!open.contains("does not unwrap all keys") && open.contains("At risk or under control"), "{open}");
    let slots = desk.slot_keys().unwrap();
    let of = |name: &str| slots.iter().find(|slot| slot.person == name).unwrap();
    assert!(of("case-manager").missing.is_empty() && of("analyst").keys.is_empty());
}
