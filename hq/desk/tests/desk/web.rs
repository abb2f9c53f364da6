//! The page over real HTTP: what it says, what it must not say, and who is kept out.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};

use crate::{World, now, records};
use wayside_desk::{Desk, DeskError, ServiceDesk};
use wayside_model::{AnswerState, Event, RecordedAnswer};
use wayside_screening::words::VERDICT_WORDS;

/// Serves a desk until it is dropped.
pub(crate) struct Page {
    address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

type Stop = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

impl Page {
    pub(crate) fn of(desk: Desk) -> Self {
        let desk = Arc::new(desk);
        Self::serving(move |at, ready, stop| wayside_desk::serve(desk, at, ready, stop))
    }

    pub(crate) fn of_service(desk: Arc<ServiceDesk>) -> Self {
        Self::serving(move |at, ready, stop| wayside_desk::serve_service(desk, at, ready, stop))
    }

    fn serving<F: Future<Output = Result<(), DeskError>>>(
        server: impl FnOnce(SocketAddr, Box<dyn FnOnce(SocketAddr)>, Stop) -> F + Send + 'static,
    ) -> Self {
        let (ready, address) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let any = SocketAddr::from(([127, 0, 0, 1], 0));
            let stop = Box::pin(async {
                let _ = stopped.await;
            });
            runtime.block_on(server(any, Box::new(move |at| ready.send(at).unwrap()), stop)).unwrap();
        });
        Self { address: address.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn get(&self, path: &str) -> String {
        self.ask(path, &self.address.to_string())
    }

    pub(crate) fn get_as(&self, path: &str, cookie: &str) -> String {
        self.send(format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
            self.address
        ))
    }

    pub(crate) fn post(&self, path: &str, body: &str, cookie: &str) -> String {
        self.post_from(&format!("http://{}", self.address), path, body, cookie)
    }

    pub(crate) fn post_from(&self, origin: &str, path: &str, body: &str, cookie: &str) -> String {
        let (host, len) = (self.address, body.len());
        self.send(format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nCookie: {cookie}\r\nContent-Length: {len}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n{body}"
        ))
    }

    /// A form of the page with a file, as a browser sends it.
    pub(crate) fn upload(&self, path: &str, fields: &[(&str, &str)], cookie: &str) -> String {
        self.upload_with(path, fields, &[], cookie)
    }

    /// The same, with the files that belong to it.
    pub(crate) fn upload_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(String, Vec<u8>)],
        cookie: &str,
    ) -> String {
        let (host, mark) = (self.address, "----seven");
        let mut body = Vec::new();
        let mut put = |name: &str, file: &str, value: &[u8]| {
            let head = format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend([head.as_bytes(), value, b"\r\n"].concat());
        };
        for (name, value) in fields {
            put(name, if *name == "file" { "; filename=\"brought\"" } else { "" }, value.as_bytes());
        }
        for (name, bytes) in files {
            put("files", &format!("; filename=\"{name}\""), bytes);
        }
        body.extend(format!("--{mark}--\r\n").as_bytes());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\nContent-Length: {}\r\n\
             Content-Type: multipart/form-data; boundary={mark}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        self.send([head.as_bytes(), &body].concat())
    }

    fn send(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_ref()).unwrap();
        text(stream)
    }

    fn ask(&self, path: &str, host: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        text(stream)
    }
}

/// The whole answer; what is no text, as of a spreadsheet, by marks in its place.
fn text(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

impl Drop for Page {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

/// A desk that pulled these events, and the world it stands in.
fn desk_with(events: &[Event]) -> (World, Page) {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    phone.upload(events);
    assert_eq!(world.desk.pull(now()).unwrap().records, events.len() as u64);
    let second = Desk::open(&world.folder.path().join("desk"), &crate::secret(crate::PASSPHRASE)).unwrap();
    (world, Page::of(second))
}

fn words_of_a_verdict(page: &str) -> Vec<&'static str> {
    let page = page.to_lowercase();
    let found = |word: &&str| page.match_indices(*word).any(|(at, _)| !page[..at].ends_with(char::is_alphanumeric));
    VERDICT_WORDS.iter().flat_map(|(_, words)| *words).copied().chain(["verdict", "victim"]).filter(found).collect()
}

#[test]
fn the_pages_show_what_was_recorded_and_judge_nobody() {
    let events = records::of_every_kind();
    let (_world, page) = desk_with(&events);
    let queue = page.get("/");
    assert!(queue.contains("HQ has it") && queue.contains("Screening is not identification"));
    let child = queue.find("Child protection").unwrap();
    assert!(child < queue.find("Refer to the competent body").unwrap(), "the child's way stands first");
    let mut pages = vec![queue];
    pages.extend(events.iter().map(|event| page.get(&format!("/records/{}", event.id))));
    for text in &pages {
        assert!(text.starts_with("HTTP/1.1 200"));
        assert_eq!(words_of_a_verdict(text), Vec::<&str>::new());
        for part in
            ["<html lang=\"en\">", "<main", "<caption>", "scope=\"col\"", "scope=\"row\"", "Skip to the content"]
        {
            assert!(text.contains(part), "{part}");
        }
    }
    let record = &pages[1];
    for part in ["1S+1M", "one strong and one medium", "/data/dr1", "does not want to say", "Talk and take part"] {
        assert!(record.contains(part), "{part}");
    }
    let open = &pages[3][pages[3].find("could change this").unwrap()..];
    assert!(open.contains("CO2") && open.contains("CO5"), "what is still open is named");
    assert_eq!(words_of_a_verdict("Total SCORE: a victim"), ["victim", "score", "score", "victim"], "the search finds");
    let devices = page.get("/devices");
    let state_word = |word: &&str| *word != "confirmed";
    assert_eq!(words_of_a_verdict(&devices).into_iter().filter(state_word).count(), 0);
    assert!(devices.contains("w-17") && devices.contains("Confirmed"));
}

#[test]
fn hostile_text_stays_text() {
    const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
    let mut event = records::adult(&["EX1"], 10);
    let record = records::interview(&mut event);
    record.site = HOSTILE.to_owned();
    record.worker = HOSTILE.to_owned();
    record.language = HOSTILE.to_owned();
    record.form.id = HOSTILE.to_owned();
    record.form.version = HOSTILE.to_owned();
    record.consents[0].recipient = Some(HOSTILE.to_owned());
    record.consents[0].language = HOSTILE.to_owned();
    record.answers =
        vec![RecordedAnswer { reference: HOSTILE.to_owned(), state: AnswerState::Given, value: HOSTILE.to_owned() }];
    record.explanation = record.explanation.as_ref().map(|json| json.replace("/data/ex1", "<script>alert(2)</script>"));
    let (_world, page) = desk_with(&[event.clone()]);
    for path in ["/".to_owned(), format!("/records/{}", event.id)] {
        let text = page.get(&path);
        assert!(text.contains("&lt;script&gt;alert(1)"), "it is shown: {path}");
        assert!(!text.contains("<script") && !text.contains("<img"), "{path}");
        assert!(!text.contains("\"'>"), "no attribute is left: {path}");
    }
    assert!(page.get(&format!("/records/{}", event.id)).contains("&lt;script&gt;alert(2)"));
    assert!(page.get("/records/%3Cscript%3E").contains("404"));
}

#[test]
fn other_sites_and_other_machines_are_kept_out() {
    let (world, page) = desk_with(&[records::adult(&["EX1"], 10)]);
    let port = page.address.port();
    for host in [format!("evil.example:{port}"), "127.0.0.1:1".to_owned(), "127.0.0.1".to_owned()] {
        let answer = page.ask("/", &host);
        assert!(answer.starts_with("HTTP/1.1 421") && !answer.contains("HQ has it"), "{host}");
    }
    assert!(page.ask("/", &format!("localhost:{port}")).starts_with("HTTP/1.1 200"));
    for path in ["/", "/devices", "/style.css", "/nothing", "/records/00"] {
        let answer = page.get(path).to_lowercase();
        for header in [
            "content-security-policy: default-src 'none'",
            "nosniff",
            "referrer-policy: same-origin",
            "no-store",
            "same-origin",
        ] {
            assert!(answer.contains(header), "{path} {header}");
        }
        assert!(!answer.contains("https://") && !answer.contains("http://"), "nothing from elsewhere: {path}");
    }
    assert!(page.get("/healthz").ends_with("ok\n"));
    assert!(page.get("/style.css").contains("text/css"));
    assert!(page.get("/nothing").starts_with("HTTP/1.1 404"));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for open in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let desk = Desk::open(&world.folder.path().join("desk"), &crate::secret(crate::PASSPHRASE)).unwrap();
        let refused = wayside_desk::serve(Arc::new(desk), open.parse().unwrap(), |_| panic!("it listens"), async {});
        assert!(matches!(runtime.block_on(refused), Err(DeskError::NotLoopback)), "{open}");
    }
}
