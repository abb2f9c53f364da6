//! The desk and a relay that speaks TLS.

use wayside_desk::{Delivery, Desk, Founding};
use wayside_model::{Coded as _, ErrorCode};
use wayside_relay::{RelayConfig, TlsFiles, read_desk_token};
use wayside_seal::StretchParams;

use crate::{PASSPHRASE, now, secret};

#[test]
fn over_https_the_relay_s_certificate_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let made = |name: &str| rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let (own, other) = (made("localhost"), made("localhost"));
    let (chain, key) = (dir.path().join("chain.pem"), dir.path().join("key.pem"));
    std::fs::write(&chain, own.cert.pem()).unwrap();
    std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let mut config = RelayConfig::new(dir.path().join("relay"), "127.0.0.1:0".parse().unwrap());
    config.tls = Some(TlsFiles { chain, key });
    let relay = wayside_relay::serve(&config).unwrap();
    let token = read_desk_token(relay.desk_token_file()).unwrap();
    let address = format!("https://localhost:{}", relay.address().port());
    let found = |name: &str, roots: Option<&str>| {
        let founding = Founding {
            org: "X",
            relay: &address,
            relay_token: &token,
            relay_roots: roots,
            stretch: StretchParams::FLOOR,
        };
        Desk::init(&dir.path().join(name), &founding, &secret(PASSPHRASE), now()).unwrap()
    };
    let founded = found("desk", Some(&own.cert.pem()));
    assert_eq!(founded.directory, Delivery::Sent);
    drop(founded);
    let desk = Desk::open(&dir.path().join("desk"), &secret(PASSPHRASE)).unwrap();
    assert_eq!(desk.pull(now()).unwrap().items, 0);
    // A certificate nobody vouches for, or another's, gets neither the token nor the directory.
    for (name, roots) in [("public", None), ("other", Some(other.cert.pem()))] {
        assert!(matches!(found(name, roots.as_deref()).directory, Delivery::Later { .. }), "{name}");
        let desk = Desk::open(&dir.path().join(name), &secret(PASSPHRASE)).unwrap();
        let refused = desk.pull(now()).err().map(|error| error.code());
        assert_eq!(refused, Some(ErrorCode::SyncImpostor), "{name}: it is there, and not believed");
    }
}
