//! What HQ hands out: checked at the desk with its place, taken whole by a device, and never in a plain file there.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Place, files};
use serde_json::{Value, json};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../core/screening");

fn file(name: &str) -> String {
    format!("{ROOT}/{name}")
}

fn document(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file(name)).unwrap()).unwrap()
}

/// The pack in the tree, changed.
fn pack(place: &Place, change: impl Fn(&mut Value)) -> String {
    let mut pack = document("packs/fr/pack.json");
    change(&mut pack);
    place.write("pack.json", &pack.to_string())
}

fn rules(place: &Place, change: impl Fn(&mut Value)) -> String {
    let mut rules = document("rulesets/ilo-delphi-2009.json");
    change(&mut rules);
    place.write("rules.json", &rules.to_string())
}

/// Id to version of what is in use.
fn in_use(place: &Place) -> Vec<(String, String)> {
    let content = place.device("content", &[]).done();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    content.as_array().unwrap().iter().map(|one| (text(&one["id"]), text(&one["version"]))).collect()
}

fn has(place: &Place, id: &str, version: &str) -> bool {
    in_use(place).contains(&(id.to_owned(), version.to_owned()))
}

#[test]
fn a_pack_goes_from_the_desk_into_the_vault_and_into_no_plain_file() {
    let place = Place::new().with_device();
    let audio = file("packs/fr/audio");
    place.desk(&["hand-out", "pack", &file("packs/fr/pack.json")]).done();
    place.device("sync", &[]).done();
    assert!(has(&place, "pack/fr", "3"));
    let hits = |folder: &std::path::Path| {
        files(folder).iter().filter(|(_, bytes)| memchr::memmem::find(bytes, b"OggS").is_some()).count()
    };
    assert!(hits(std::path::Path::new(&audio)) > 40, "the sound is found where it is plain");
    assert_eq!(hits(&place.folder("device")), 0);
    // Refused at the desk, with the place; devices hear nothing of it.
    let refused = |change: &dyn Fn(&mut Value)| {
        let ran = place.desk(&["hand-out", "pack", &pack(&place, change), "--audio", &audio]);
        (ran.refused(), ran.json()["refused"]["place"].as_str().unwrap_or_default().to_owned())
    };
    let stop = "wayside-b0/data/decide_group/stop:label";
    let without = refused(&|pack| drop(pack["strings"].as_object_mut().unwrap().remove(stop)));
    assert_eq!(without, ("pack.incomplete".to_owned(), format!("language pack: there is no {stop}")));
    let silent = refused(&|pack| {
        pack["version"] = json!(4);
        pack["strings"][stop]["audio"] = json!("0".repeat(64));
    });
    assert_eq!(silent.0, "pack.audio");
    assert!(silent.1.contains(stop), "{}", silent.1);
    assert_eq!(refused(&|pack| pack["version"] = json!(1)).0, "bundle.downgrade");
    assert_eq!(refused(&|pack| pack["stray"] = json!(1)).0, "pack.malformed");
    // A newer one that says one thing anew sends no sound again.
    let before = std::fs::metadata(place.folder("relay/relay.db")).unwrap().len();
    let newer = pack(&place, |pack| {
        pack["version"] = json!(4);
        pack["strings"][stop]["status"] = json!("reviewed");
    });
    place.desk(&["hand-out", "pack", &newer, "--audio", &audio]).done();
    place.device("sync", &[]).done();
    assert!(has(&place, "pack/fr", "4"));
    let after = std::fs::metadata(place.folder("relay/relay.db")).unwrap().len();
    assert!(after - before < 100_000, "{before} to {after}");
}

#[test]
fn who_is_confirmed_later_gets_everything_in_the_order_it_was_handed_out() {
    let place = Place::new();
    place.desk(&["hand-out", "services", &Place::interview("services.json")]).done();
    place.desk(&["hand-out", "rule-set", &rules(&place, |rules| rules["version"] = json!(2))]).done();
    place.desk(&["hand-out", "pack", &file("packs/fr/pack.json")]).done();
    let place = place.with_device_only();
    let wanted = [("pack/fr", "3"), ("ruleset/ilo-delphi-2009", "2"), ("services/SITE-1", "1")];
    assert_eq!(in_use(&place), wanted.map(|(id, version)| (id.to_owned(), version.to_owned())));
}

#[test]
fn a_rule_set_is_refused_with_its_place_and_the_one_before_stays() {
    let place = Place::new().with_device();
    let refused = |change: &dyn Fn(&mut Value)| {
        let ran = place.desk(&["hand-out", "rule-set", &rules(&place, change)]);
        (ran.refused(), ran.json()["refused"]["place"].as_str().unwrap_or_default().to_owned())
    };
    let next = |change: fn(&mut Value)| {
        move |rules: &mut Value| {
            rules["version"] = json!(2);
            change(rules);
        }
    };
    let circle = refused(&next(|rules| rules["guards"][0]["when"] = json!({"outcome": "N4"})));
    assert!(circle.0 == "ruleset.malformed" && circle.1.contains("S1"), "{circle:?}");
    let twice = refused(&next(|rules| rules["indicators"][1]["code"] = json!("DR1")));
    assert_eq!(twice, ("ruleset.malformed".to_owned(), "rule set, indicators[1]: DR1 is there twice".to_owned()));
    let nothing = refused(&next(|rules| rules["guards"][0]["when"] = json!({"indicators": ["NO1"]})));
    assert!(nothing.0 == "ruleset.malformed" && nothing.1.contains("guards[0]"), "{nothing:?}");
    let asks = refused(&next(|rules| rules["quick"][0]["code"] = json!("other")));
    assert!(asks.0 == "indicator.unknown" && asks.1.contains("wayside-b2/data/"), "{asks:?}");
    assert_eq!(refused(&|rules| rules["title"] = json!("Another")).0, "ruleset.downgrade");
    assert_eq!(refused(&next(|rules| rules["id"] = json!("other"))).0, "ruleset.unknown");
    // Changed on its way: whoever did it does not have HQ's key.
    place.desk(&["hand-out", "rule-set", &rules(&place, |rules| rules["version"] = json!(2))]).done();
    let relay = rusqlite::Connection::open(place.folder("relay/relay.db")).unwrap();
    let select = "SELECT counter, bytes FROM control ORDER BY counter DESC LIMIT 1";
    let (row, whole): (i64, Vec<u8>) = relay.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let put = |bytes: &[u8]| relay.execute("UPDATE control SET bytes = ?1 WHERE counter = ?2", (bytes, row)).unwrap();
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    put(&changed);
    place.device("sync", &[]);
    assert!(!has(&place, "ruleset/ilo-delphi-2009", "2"));
    put(&whole);
    place.device("sync", &[]).done();
    assert!(has(&place, "ruleset/ilo-delphi-2009", "2"), "HQ's own comes in");
}

#[test]
fn a_bundle_is_for_work_with_people_only_when_everything_was_reviewed() {
    let place = Place::new().with_device();
    let list = |change: &dyn Fn(&mut Value)| {
        let mut list = json!({"format": 1, "version": 1, "purpose": "training", "expires": "2099-01-01",
            "packs": [file("packs/fr/pack.json")], "rule_sets": [file("rulesets/ilo-delphi-2009.json")]});
        change(&mut list);
        place.desk(&["hand-out", "bundle", &place.write("list.json", &list.to_string())])
    };
    let production = list(&|list| {
        list["purpose"] = json!("production");
        list["reviewed_by"] = json!("a council");
    });
    assert_eq!(production.refused(), "bundle.not_reviewed");
    assert!(production.json()["refused"]["place"].as_str().unwrap().starts_with("nobody has reviewed "));
    assert_eq!(list(&|list| list["expires"] = json!("2020-01-01")).refused(), "bundle.expired");
    assert_eq!(list(&|list| list["stray"] = json!(1)).refused(), "bundle.malformed");
    list(&|list| list["version"] = json!(2)).done();
    assert_eq!(list(&|_| ()).refused(), "bundle.downgrade");
    place.device("sync", &[]).done();
    assert!(has(&place, "bundle", "2"));
}
