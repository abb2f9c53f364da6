//! What a device keeps, what it gives away, what it forgets.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Place, json, with_input};

fn interview(place: &Place) {
    let answers = Place::interview("unconfirmed.json");
    let filled = place.device("fill", &["wayside-b2", "--answers", &answers, "--finish"]).done();
    assert_eq!(filled["state"], "finished");
}

#[test]
fn the_key_store_says_that_it_is_software() {
    let place = Place::new().with_device();
    let status = place.device("status", &[]).done();
    assert_eq!(status["key_store"], "software");
    assert_eq!(status["confirmed"], true);
    assert!(place.folder("device/keystore").is_dir(), "beside the vault");
    let locked = json(&["device", "status", &place.path("device"), "--locked"]).done();
    assert_eq!(locked["key_store"], "software");
    assert!(locked.get("device").is_none());
}

#[test]
fn a_wiped_device_still_sends_what_was_sealed() {
    let place = Place::new().with_device();
    interview(&place);
    let dir = place.path("device");
    let refused = with_input(&["--json", "device", "wipe", &dir], "no\n");
    assert_eq!(refused.refused(), "cancelled");
    assert_eq!(json(&["device", "wipe", &dir, "--yes"]).done()["outbox_kept"], true);
    assert_ne!(place.device("queue", &[]).code, 0, "nothing opens any more");
    let sent = json(&["device", "sync", &dir, "--locked"]).done();
    assert!(sent["sent"].as_u64().unwrap() >= 2, "envelope, checkpoint: {sent}");
    place.desk(&["pull"]).done();
    assert_eq!(place.desk(&["list"]).done()[0]["state"], "verified");
}

#[test]
fn the_log_has_codes_and_no_words() {
    let place = Place::new().with_device();
    interview(&place);
    let log = std::fs::read_to_string(place.folder("device/device.log")).unwrap();
    assert!(log.contains(" fill done"), "{log}");
    assert!(log.contains("session.finished"), "{log}");
    assert!(!log.contains("ferry") && !log.contains("/data/") && !log.contains(&place.path("device")), "{log}");
}

#[test]
fn search_finds_a_draft_and_nothing_after_discarding_it() {
    let place = Place::new().with_device();
    let answers = Place::interview("refusal-1-agrees.json");
    let draft = place.device("fill", &["wayside-b2", "--answers", &answers]).done()["draft"].clone();
    let search = || place.device("inspect", &["--for", "salt pans of Velmora"]).done();
    assert!(!search()["hits"].as_array().unwrap().is_empty());
    place.device("discard", &[draft.as_str().unwrap()]).done();
    let after = search();
    assert!(after["hits"].as_array().unwrap().is_empty(), "{after}");
    assert!(after["pieces"].as_u64().unwrap() > 5, "it did look: {after}");
}

#[test]
fn a_revoked_device_keeps_what_it_has() {
    let place = Place::new().with_device();
    interview(&place);
    place.desk(&["pull"]).done();
    let devices = place.desk(&["devices", "list"]).done();
    place.desk(&["devices", "revoke", devices[0]["id"].as_str().unwrap()]).done();
    let ran = place.device("sync", &["--patience", "0"]);
    assert_eq!(ran.refused(), "sync.credential");
    assert_eq!(place.device("queue", &[]).done()[0]["state"], "sealed");
}

#[test]
fn practice_has_the_forms_and_services_of_the_own_device() {
    let place = Place::new().with_device();
    interview(&place);
    let (dir, secret) = (place.path("training"), place.path("secret"));
    let other = place.write("other", "window meadow candle thirty copper river");
    let train = |beside: &str| {
        let beside = ["--beside", beside, "--beside-pin-file", &secret, "--kdf", "floor"];
        json(&[&["device", "train", &dir, "--pin-file", &other], beside.as_slice()].concat())
    };
    assert_eq!(train(&place.path("device")).done()["beside"], true);
    let status = json(&["device", "status", &dir, "--pin-file", &other]).done();
    assert_eq!((&status["training"], &status["site"]), (&true.into(), &"SITE-1".into()), "{status}");
    assert!(json(&["device", "queue", &dir, "--pin-file", &other]).done().as_array().unwrap().is_empty());
    assert_eq!(train(&place.path("device")).done()["training"], true, "brought up to date");
    assert_eq!(train(&place.path("nothing")).refused(), "vault.missing");
    // The own device is never made one for training.
    let own = ["device", "train", &place.path("device"), "--pin-file", &secret];
    assert_eq!(json(&own).refused(), "vault.exists");
    let beside = ["--beside", &place.path("device"), "--beside-pin-file", &secret];
    assert_eq!(json(&[own.as_slice(), &beside].concat()).refused(), "vault.exists");
    assert_eq!(place.device("queue", &[]).done()[0]["state"], "sealed");
}
