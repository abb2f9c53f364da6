//! A relay with a certificate of its own, and a device that speaks HTTPS to it and to no other.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Place, json};

#[test]
fn a_device_speaks_https_to_the_relay_it_was_told_to_trust_and_to_no_other() {
    let place = Place::over_tls().with_device();
    assert!(place.relay_url.starts_with("https://"));
    let answers = Place::interview("unconfirmed.json");
    let finished = place.device("fill", &["wayside-b2", "--finish", "--answers", &answers]).done();
    let event = finished["record"]["event"].as_str().unwrap().to_owned();

    // Without a word about certificates, and with another's: nothing is sent, and everything waits.
    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let other = place.write("other.pem", &other.cert.pem());
    let (home, secret) = (place.path("device"), place.path("secret"));
    let sync = ["device", "sync", &home, "--pin-file", &secret, "--patience", "1"];
    for way in [&[][..], &["--relay-roots", &other]] {
        assert_eq!(json(&[&sync[..], way].concat()).refused(), "sync.impostor");
    }
    let none = place.write("none.pem", "not a certificate");
    assert_eq!(json(&[&sync[..], &["--relay-roots", &none]].concat()).refused(), "desk.relay_address");
    place.desk(&["pull"]).done();
    assert_ne!(place.desk(&["show", &event]).code, 0, "nothing may have been sent");

    place.device("sync", &[]).done();
    place.desk(&["pull"]).done();
    place.desk(&["show", &event]).done();
}
