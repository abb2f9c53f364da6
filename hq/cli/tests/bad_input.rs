//! Bad input gets a code, and nothing is lost.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use common::{Place, files, json};

#[test]
fn a_form_that_does_not_parse_names_its_place() {
    let place = Place::new().with_device();
    let before = place.device("forms", &[]).done();
    let ran = place.device("forms", &["--add", &Place::interview("broken-form.xml")]);
    assert_eq!(ran.refused(), "form.malformed");
    assert!(ran.json()["refused"]["place"].as_str().unwrap().starts_with("line 17"), "{}", ran.stdout);
    assert_eq!(place.device("forms", &[]).done(), before);
    // The same form without the slip goes in.
    let xml = std::fs::read_to_string(Place::interview("broken-form.xml")).unwrap().replace("inptu", "input");
    let one_more = before.as_array().unwrap().len() + 1;
    let after = place.device("forms", &["--add", &place.write("form.xml", &xml)]).done();
    assert_eq!(after.as_array().unwrap().len(), one_more);
}

#[test]
fn wrong_words_are_refused_and_then_made_to_wait() {
    let place = Place::new().with_device();
    let wrong = place.write("wrong", "quiet river stone lamp winter meadow");
    let attempt = || json(&["device", "drafts", &place.path("device"), "--pin-file", &wrong]).refused();
    assert_eq!(attempt(), "vault.wrong_secret");
    place.device("drafts", &[]).done();
    let codes: Vec<String> = (0..7).map(|_| attempt()).collect();
    assert_eq!(codes[0], "vault.wrong_secret");
    assert_eq!(codes.last().unwrap(), "vault.wait", "{codes:?}");
    assert_eq!(place.device("drafts", &[]).refused(), "vault.wait", "the right words have to wait, too");
}

#[test]
fn a_truncated_file_is_damage_and_stays() {
    let place = Place::new().with_device();
    let database = place.folder("device/vault/vault.db");
    let whole = std::fs::read(&database).unwrap();
    for length in [0, 100, whole.len() / 2 + 10] {
        std::fs::write(&database, &whole[..length]).unwrap();
        let before = files(&place.folder("device/vault"));
        assert_eq!(place.device("drafts", &[]).refused(), "vault.damaged", "{length}");
        let after = files(&place.folder("device/vault"));
        for file in before.iter().filter(|(path, _)| !path.ends_with("guesses")) {
            assert!(after.contains(file), "{length}: {}", file.0.display());
        }
    }
    std::fs::write(&database, &whole).unwrap();
    place.device("drafts", &[]).done();
}

#[test]
fn a_relay_that_answers_html_changes_nothing() {
    let place = Place::new().with_device();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let portal = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<html",
            );
        }
    });
    let interview = Place::interview("unconfirmed.json");
    place.device("fill", &["wayside-b2", "--answers", &interview, "--finish"]).done();
    let before = place.device("queue", &[]).done();
    assert_eq!(before[0]["state"], "sealed");
    assert_eq!(place.device("sync", &["--via", &portal, "--patience", "0"]).refused(), "sync.impostor");
    assert_eq!(place.device("queue", &[]).done(), before);
    // Enrolling through it makes nothing.
    place.desk(&["enrol", "--role", "r", "--site", "s", "--out", &place.path("record-2")]).done();
    let args = ["device", "enrol", &place.path("other"), "--record", &place.path("record-2"), "--kdf", "floor"];
    let ran = json(&[&args[..], &["--via", &portal, "--pin-file", &place.path("secret")]].concat());
    assert_eq!(ran.refused(), "sync.impostor");
    assert!(!place.folder("other/vault").exists());
    // And the real relay takes it afterwards.
    assert_eq!(place.device("sync", &[]).done()["queue"]["handed_over"], 1);
}

#[test]
fn entries_that_are_not_understood_are_named_by_number() {
    let place = Place::new().with_device();
    let fill = |text: &str| place.device("fill", &["wayside-b2", "--answers", &place.write("answers.json", text)]);
    let ran = fill(r#"[{"gate":"setting","pass":true},{"gate":"seting","pass":true}]"#);
    assert_eq!(ran.refused(), "entry.malformed");
    assert_eq!(ran.json()["refused"]["place"], "entry 2");
    let ran = fill(r#"[{"gate":"setting","pass":true},{"ref":"/data/where","value":"x"}]"#);
    assert_eq!(ran.refused(), "session.gate");
    assert_eq!(ran.json()["refused"]["place"], "entry 2, gate interpreter");
    let ran = place.device("fill", &["no-such-form", "--answers", &place.path("answers.json")]);
    assert_eq!(ran.refused(), "form.unknown");
}

#[test]
fn an_enrolment_record_with_a_slip_enrols_nothing() {
    let place = Place::new();
    place.desk(&["enrol", "--role", "r", "--site", "s", "--out", &place.path("record")]).done();
    let text = std::fs::read_to_string(place.folder("record")).unwrap();
    let slip = place.write("slip", &text.replacen('A', "B", 1).replacen("WBYSIDE", "WAYSIDE", 1).replacen('Q', "R", 1));
    assert_eq!(place.device("enrol", &["--record", &slip, "--kdf", "floor"]).refused(), "enrol.malformed");
    let weak = place.write("weak", "1234");
    let args = ["device", "enrol", &place.path("device"), "--record", &place.path("record"), "--pin-file", &weak];
    assert_eq!(json(&args).refused(), "vault.weak_secret");
    assert!(!place.folder("device/vault").exists());
    // The code as a picture takes the place of nothing.
    let picture = place.path("code.svg");
    place.desk(&["enrol", "--role", "r", "--site", "s", "--image", &picture]).done();
    let drawn = std::fs::read_to_string(place.folder("code.svg")).unwrap();
    assert!(drawn.contains("<svg") && drawn.contains("<path"));
    assert_eq!(place.desk(&["enrol", "--role", "r", "--site", "s", "--image", &picture]).refused(), "storage.io");
    assert_eq!(std::fs::read_to_string(place.folder("code.svg")).unwrap(), drawn);
    // Neither try used the record up.
    place.device("enrol", &["--record", &place.path("record"), "--kdf", "floor"]).done();
    assert_eq!(place.device("enrol", &["--record", &place.path("record"), "--kdf", "floor"]).refused(), "vault.exists");
}
