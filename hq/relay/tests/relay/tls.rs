//! TLS 1.3 by the relay itself.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};
use wayside_model::{Coded, ErrorCode};
use wayside_relay::{RelayConfig, TlsFiles, serve};

fn get(address: std::net::SocketAddr, trusted: &CertificateDer<'static>, name: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    write!(stream, "GET /v1/health HTTP/1.1\r\nhost: relay.example\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn only_over_tls_and_only_under_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["relay.example".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["relay.example".to_owned()]).unwrap();
    let (chain, key) = (dir.path().join("chain.pem"), dir.path().join("key.pem"));
    std::fs::write(&chain, own.cert.pem()).unwrap();
    std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let mut config = RelayConfig::new(dir.path().join("relay"), "127.0.0.1:0".parse().unwrap());
    config.tls = Some(TlsFiles { chain: chain.clone(), key: key.clone() });
    let relay = serve(&config).unwrap();
    let answer = get(relay.address(), own.cert.der(), "relay.example").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(get(relay.address(), other.cert.der(), "relay.example").is_err(), "another's certificate is believed");
    assert!(get(relay.address(), own.cert.der(), "other.example").is_err(), "another name is believed");
    let mut plain = TcpStream::connect(relay.address()).unwrap();
    plain.write_all(b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "answered in clear");
    relay.shutdown().unwrap();
    // Files that do not fit are refused before anything listens.
    std::fs::write(&key, other.signing_key.serialize_pem()).unwrap();
    assert_eq!(serve(&config).err().map(|error| error.code()), Some(ErrorCode::RelayListen));
    config.tls = Some(TlsFiles { chain: key, key: chain });
    assert!(serve(&config).is_err());
}
