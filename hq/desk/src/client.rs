//! The desk's side of the HTTP API. Blocking; nothing is believed that does not carry the relay's media type.

use std::time::Duration;

use ureq::http;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use wayside_model::ErrorCode;
use wayside_seal::sha256;
use wayside_sync::wire;
use zeroize::Zeroizing;

use crate::DeskError;

/// A whole request, answer included. Pages of items may be large and a link slow, so it is long.
const TIMEOUT: Duration = Duration::from_secs(120);
/// How many items are asked for at once.
pub(crate) const ITEMS_A_PAGE: u32 = 64;
/// The largest answer that is read: a page of items of the largest size, and room for what frames them.
const MAX_ANSWER: u64 = (ITEMS_A_PAGE as u64 + 1) * wire::MAX_BODY_BYTES as u64;

pub(crate) struct Client {
    agent: ureq::Agent,
    base: String,
    bearer: Zeroizing<String>,
}

impl Client {
    /// `token` is the text of the relay's `desk-token` file; `roots` the certificates (PEM) to trust alone, where the relay's is
    /// not from a public authority. Refuses an address over which the token would travel in clear, and roots that are none.
    pub(crate) fn new(relay: &str, token: &str, roots: Option<&str>) -> Result<Self, DeskError> {
        let base = relay.trim().trim_end_matches('/').to_owned();
        if !is_usable(&base) {
            return Err(DeskError::RelayAddress);
        }
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("")
            .tls_config(relay_tls(roots)?)
            .build();
        let bearer = Zeroizing::new(format!("Bearer {}", token.trim()));
        Ok(Self { agent: config.into(), base, bearer })
    }

    /// Reads bytes that prove themselves, such as the directory.
    pub(crate) fn fetch(&self, path: &str) -> Result<Vec<u8>, DeskError> {
        self.send("GET", path, &[])
    }

    /// Reads and decodes one page.
    pub(crate) fn get<T: for<'b> minicbor::Decode<'b, ()>>(&self, path: &str) -> Result<T, DeskError> {
        let body = self.send("GET", path, &[])?;
        wire::decode(&body).ok_or(DeskError::Relay(ErrorCode::SyncImpostor))
    }

    /// Hands bytes over. Returns only when the relay said that it holds exactly these.
    pub(crate) fn write(&self, method: &str, path: &str, body: &[u8]) -> Result<(), DeskError> {
        let answer = self.send(method, path, body)?;
        let stored: wire::Stored = wire::decode(&answer).ok_or(DeskError::Relay(ErrorCode::SyncImpostor))?;
        if stored.sha256 == sha256(body) { Ok(()) } else { Err(DeskError::Relay(ErrorCode::SyncConflict)) }
    }

    /// Has something deleted.
    pub(crate) fn delete(&self, path: &str) -> Result<(), DeskError> {
        self.send("DELETE", path, &[]).map(drop)
    }

    fn send(&self, method: &str, path: &str, body: &[u8]) -> Result<Vec<u8>, DeskError> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", self.bearer.as_str())
            .header("Accept", wire::MEDIA_TYPE);
        if !matches!(method, "GET" | "DELETE") {
            request = request.header("Content-Type", wire::MEDIA_TYPE);
        }
        let answer = if matches!(method, "GET" | "DELETE") {
            request.body(()).map_err(|_| DeskError::RelayAddress).and_then(|r| self.agent.run(r).map_err(failure))
        } else {
            request.body(body).map_err(|_| DeskError::RelayAddress).and_then(|r| self.agent.run(r).map_err(failure))
        };
        let mut answer = answer?;
        let ours =
            answer.headers().get("content-type").and_then(|value| value.to_str().ok()).is_some_and(wire::is_ours);
        let status = answer.status().as_u16();
        if !ours {
            return Err(DeskError::Relay(without_our_type(status)));
        }
        let bytes = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec().map_err(failure)?;
        if matches!(status, 200 | 201) {
            return Ok(bytes);
        }
        let named = wire::decode::<wire::Problem>(&bytes)
            .and_then(|problem| ErrorCode::ALL.iter().copied().find(|code| code.as_str() == problem.code));
        Err(DeskError::Relay(named.unwrap_or_else(|| by_status(status))))
    }
}

/// How the certificate of a relay is checked: against `roots` (PEM) alone where they are given, else against the public
/// authorities.
///
/// # Errors
/// `desk.relay_address` if there is no certificate in `roots`.
pub fn relay_tls(roots: Option<&str>) -> Result<TlsConfig, DeskError> {
    let Some(pem) = roots else { return Ok(TlsConfig::default()) };
    let mut own = Vec::new();
    for item in parse_pem(pem.as_bytes()) {
        if let PemItem::Certificate(root) = item.map_err(|_| DeskError::RelayAddress)? {
            own.push(root);
        }
    }
    if own.is_empty() {
        return Err(DeskError::RelayAddress);
    }
    Ok(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&own)).build())
}

/// HTTPS, or plain HTTP to this machine.
fn is_usable(base: &str) -> bool {
    let Ok(uri) = base.parse::<http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    let bare = uri.path() == "/" && uri.query().is_none() && !base.contains('@');
    match uri.scheme_str() {
        Some("https") => bare && !host.is_empty(),
        Some("http") => bare && is_loopback_name(host),
        _ => false,
    }
}

/// Whether a host as it stands in an address means this machine.
pub(crate) fn is_loopback_name(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Overload answers of a proxy are passing; anything else that is not ours is somebody else's.
const fn without_our_type(status: u16) -> ErrorCode {
    match status {
        429 | 502..=504 => ErrorCode::SyncTransient,
        _ => ErrorCode::SyncImpostor,
    }
}

const fn by_status(status: u16) -> ErrorCode {
    match status {
        401 | 403 => ErrorCode::SyncCredential,
        409 => ErrorCode::SyncConflict,
        408 | 425 | 429 | 500..=599 => ErrorCode::SyncTransient,
        _ => ErrorCode::SyncRefused,
    }
}

/// Whether this is a certificate that is not believed, or no TLS at all: ureq passes both on as what the socket said.
pub fn is_untrusted(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::InvalidData
}

fn failure(error: ureq::Error) -> DeskError {
    DeskError::Relay(match error {
        ureq::Error::Timeout(_) => ErrorCode::SyncTimeout,
        ureq::Error::Tls(_) | ureq::Error::Protocol(_) | ureq::Error::BodyExceedsLimit(_) => ErrorCode::SyncImpostor,
        ureq::Error::Io(error) if is_untrusted(&error) => ErrorCode::SyncImpostor,
        _ => ErrorCode::SyncNoPath,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_never_travels_in_clear() {
        for good in ["http://127.0.0.1:7000", "http://[::1]:7000/", "http://localhost:1", "https://relay.example.org"] {
            assert!(Client::new(good, "t", None).is_ok(), "{good}");
        }
        for bad in [
            "",
            "relay.example.org",
            "http://relay.example.org",
            "http://10.0.0.5:7000",
            "http://localhost.example.org",
            "http://127.0.0.1@example.org",
            "ftp://127.0.0.1",
            "https://relay.example.org/path",
            "https://relay.example.org/?q=1",
        ] {
            assert!(matches!(Client::new(bad, "t", None), Err(DeskError::RelayAddress)), "{bad}");
        }
    }

    #[test]
    fn roots_that_are_none_are_refused_early() {
        for bad in ["", "no certificate"] {
            let made = Client::new("https://relay.example.org", "t", Some(bad));
            assert!(matches!(made, Err(DeskError::RelayAddress)), "{bad}");
        }
    }

    #[test]
    fn nobody_listening_is_no_path() {
        let client = Client::new("http://127.0.0.1:1", "t", None).unwrap();
        let error = client.get::<wire::Health>(wire::HEALTH).unwrap_err();
        assert!(matches!(error, DeskError::Relay(ErrorCode::SyncNoPath)));
    }

    #[test]
    fn a_captive_portal_is_told_from_the_relay() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let portal = std::thread::spawn(move || {
            use std::io::{Read, Write};
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).unwrap();
            let page = "<html>Sign in</html>";
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
            write!(stream, "{head}Content-Length: {}\r\n\r\n{page}", page.len()).unwrap();
        });
        let client = Client::new(&format!("http://{address}"), "t", None).unwrap();
        let error = client.write("PUT", wire::desk_directory(), b"bytes").unwrap_err();
        assert!(matches!(error, DeskError::Relay(ErrorCode::SyncImpostor)));
        portal.join().unwrap();
    }
}
