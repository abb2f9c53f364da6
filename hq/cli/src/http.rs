//! The way to the relay over HTTP, for the device commands. Redirects are not followed: the relay sends none.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Request, header};
use ureq::tls::TlsConfig;
use wayside_field::{Failure, Method, Transport, WireRequest, WireResponse};

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest time for one exchange; an item of 64 kB at 9.6 kbit/s fits in.
const EXCHANGE: Duration = Duration::from_secs(90);
/// Largest body that is read: what the wire format allows.
const LARGEST_BODY: u64 = 8 * wayside_sync::wire::MAX_BODY_BYTES as u64;

type Outcome = Result<WireResponse, Failure>;

/// One agent with its kept-alive connections.
pub(crate) struct HttpTransport {
    agent: Agent,
    via: Option<String>,
    running: Mutex<Option<Sender<Outcome>>>,
    aborted: AtomicBool,
}

impl HttpTransport {
    /// A transport that goes to the relay itself, or `via` another address that passes everything on. HTTPS is checked as
    /// `tls` says.
    pub(crate) fn new(via: Option<String>, tls: TlsConfig) -> Self {
        Self { agent: agent(tls), via, running: Mutex::new(None), aborted: AtomicBool::new(false) }
    }

    fn address(&self, url: &str) -> String {
        match &self.via {
            None => url.to_owned(),
            Some(via) => format!("{}{}", via.trim_end_matches('/'), path_of(url)),
        }
    }
}

impl Transport for HttpTransport {
    fn exchange(&self, request: WireRequest) -> Outcome {
        let (sender, receiver) = mpsc::channel();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
        // Looked at after the sender is known: an abort a moment ago has either found it or stands here.
        if self.aborted.load(Ordering::SeqCst) {
            return Err(Failure::Cancelled);
        }
        let agent = self.agent.clone();
        let url = self.address(&request.url);
        // A thread of its own for the socket, so that `abort` does not have to wait for a dead link.
        std::thread::spawn(move || {
            let _ = sender.send(exchange(&agent, &url, request));
        });
        receiver.recv().unwrap_or(Err(Failure::Unexpected))
    }

    fn abort(&self) {
        self.aborted.store(true, Ordering::SeqCst);
        if let Some(running) = self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let _ = running.send(Err(Failure::Cancelled));
        }
    }
}

/// An agent with the limits above. It reads no proxy from the environment.
fn agent(tls: TlsConfig) -> Agent {
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(EXCHANGE))
        .build()
        .into()
}

fn exchange(agent: &Agent, url: &str, request: WireRequest) -> Outcome {
    let mut builder = Request::builder().uri(url).method(request.method.as_str());
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let sent = match request.method {
        Method::Get => builder.body(()).map_err(ureq::Error::from).and_then(|ready| agent.run(ready)),
        _ => builder.body(request.body).map_err(ureq::Error::from).and_then(|ready| agent.run(ready)),
    };
    let mut response = sent.map_err(|error| failure(&error))?;
    let field = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let content_type = field(header::CONTENT_TYPE).unwrap_or_default().to_owned();
    let retry_after_seconds = field(header::RETRY_AFTER).and_then(|text| text.trim().parse().ok());
    let body = response.body_mut().with_config().limit(LARGEST_BODY).read_to_vec().map_err(|error| failure(&error))?;
    Ok(WireResponse { status: response.status().as_u16(), content_type, retry_after_seconds, body })
}

fn failure(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(_) => Failure::Timeout,
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => Failure::Timeout,
        ureq::Error::Io(error) if wayside_desk::is_untrusted(error) => Failure::UntrustedPeer,
        ureq::Error::Io(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Failure::NoPath,
        ureq::Error::Tls(_) => Failure::UntrustedPeer,
        _ => Failure::Unexpected,
    }
}

/// Path and query of an absolute address.
fn path_of(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    url[after_scheme..].find('/').map_or("", |at| &url[after_scheme + at..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::time::Instant;

    fn request(url: &str) -> WireRequest {
        WireRequest { id: 1, method: Method::Put, url: url.to_owned(), headers: Vec::new(), body: vec![1, 2, 3] }
    }

    fn answering(reply: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/v1/items/1", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(reply.as_bytes());
        });
        address
    }

    #[test]
    fn a_reply_comes_back_as_it_is() {
        let url = answering(
            "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Type: text/html\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nhi",
        );
        let response = HttpTransport::new(None, TlsConfig::default()).exchange(request(&url)).ok().unwrap();
        assert_eq!(
            (response.status, response.content_type.as_str(), response.body.as_slice()),
            (302, "text/html", b"hi".as_slice())
        );
        assert_eq!(response.retry_after_seconds, Some(7));
    }

    #[test]
    fn another_way_keeps_the_path() {
        let transport = HttpTransport::new(Some("http://127.0.0.1:9/".into()), TlsConfig::default());
        assert_eq!(transport.address("http://relay.example:80/v1/items/1?a=b"), "http://127.0.0.1:9/v1/items/1?a=b");
        assert_eq!(path_of("http://relay.example"), "");
    }

    #[test]
    fn nobody_there_is_no_path() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(
            HttpTransport::new(None, TlsConfig::default()).exchange(request(&format!("http://{free}/"))).err()
                == Some(Failure::NoPath)
        );
    }

    #[test]
    fn abort_does_not_wait_for_a_dead_link() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let transport = Arc::new(HttpTransport::new(None, TlsConfig::default()));
        let other = Arc::clone(&transport);
        let began = Instant::now();
        let waiting = std::thread::spawn(move || other.exchange(request(&url)).err());
        let _held_open = listener.accept().unwrap();
        transport.abort();
        assert!(waiting.join().unwrap() == Some(Failure::Cancelled));
        let after = transport.exchange(request(&transport.address("http://127.0.0.1:9/"))).err();
        assert!(after == Some(Failure::Cancelled), "an exchange that begins just after");
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}
