//! Real relay, real desk, real phone: the relay killed, the phone killed, the link cut at every exchange. Nothing is lost and
//! nothing doubled at the desk. The quick form runs with all tests; the long one is `cargo xtask sync-faults`.

use crate::device::Device;
use crate::host::Network;
use crate::hq::{Hq, ROLE, program};
use crate::phone_sync::{large_record, record};
use crate::scenario::Link;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use wayside_field::{CancelToken, Failure, Method, Transport, WireRequest, WireResponse};

/// Records that were finished and are not at the desk, and records that are there more than once.
fn losses(finished: usize, listed: &[String]) -> (usize, usize) {
    let different = listed.iter().collect::<BTreeSet<_>>().len();
    (finished.saturating_sub(different), listed.len() - different)
}

fn events(hq: &Hq) -> Vec<String> {
    hq.desk(&["pull"]).unwrap();
    let records = hq.desk(&["list"]).unwrap();
    let event = |record: &Value| record["id"].as_str().unwrap_or_else(|| panic!("{record:#}")).to_owned();
    records.as_array().unwrap().iter().map(event).collect()
}

/// The comparison finds what is not so.
fn assert_whole(finished: usize, listed: &[String]) {
    assert!(finished > 0);
    assert_eq!(losses(finished, listed), (0, 0));
    assert_eq!(losses(finished, &listed[1..]), (1, 0));
    assert_eq!(losses(finished, &[listed, &listed[..1]].concat()), (0, 1));
}

/// A phone as the program is it: every call a process of its own.
struct Phone {
    folder: tempfile::TempDir,
}

impl Phone {
    fn enrolled(hq: &Hq) -> Self {
        let phone = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::write(phone.folder.path().join("secret"), "river copper window meadow candle thirty").unwrap();
        let file = phone.folder.path().join("record");
        std::fs::write(&file, hq.enrolment_record(ROLE).unwrap()).unwrap();
        phone.run("enrol", &["--kdf", "floor", "--record", &file.to_string_lossy()]);
        hq.desk(&["pull"]).unwrap();
        let device = phone.run("status", &[])["device"].as_str().unwrap().to_owned();
        hq.desk(&["devices", "confirm", &device]).unwrap();
        phone.run("sync", &[]);
        phone.run("forms", &["--built-in"]);
        phone
    }

    fn command(&self, verb: &str, more: &[&str]) -> Command {
        let mut command = Command::new(program().unwrap());
        command.args(["--json", "device", verb]).arg(self.folder.path().join("device")).args(more);
        command.arg("--pin-file").arg(self.folder.path().join("secret")).stdin(Stdio::null());
        command
    }

    fn run(&self, verb: &str, more: &[&str]) -> Value {
        let done = self.command(verb, more).output().unwrap();
        assert!(done.status.success(), "{verb}: {}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_slice(&done.stdout).unwrap_or(Value::Null)
    }

    fn record(&self) {
        let answers = crate::root().join("tests/scenarios/demo/unconfirmed.json");
        self.run("fill", &["wayside-b2", "--finish", "--answers", &answers.to_string_lossy()]);
    }

    fn begin_sync(&self) -> Child {
        let mut command = self.command("sync", &["--patience", "2", "--retry-within", "50"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// Each round finishes a record and ends the phone or the relay while the phone syncs, a little later from round to round.
fn killed(rounds: usize) {
    let mut hq = Hq::start().unwrap();
    let phone = Phone::enrolled(&hq);
    let mut under_way = 0;
    for round in 0..rounds {
        phone.record();
        let mut sync = phone.begin_sync();
        std::thread::sleep(Duration::from_millis(40 + (round as u64 * 67) % 400));
        under_way += usize::from(sync.try_wait().unwrap().is_none());
        if round % 2 == 0 {
            sync.kill().unwrap();
            sync.wait().unwrap();
        } else {
            hq.cut_the_relay().unwrap();
            sync.wait().unwrap();
        }
    }
    assert!(under_way > 0, "every sync was over before anything was killed");
    phone.run("sync", &[]);
    let listed = events(&hq);
    assert_whole(rounds, &listed);
    phone.run("sync", &[]);
    let status = phone.run("status", &[]);
    assert_eq!((status["sealed"].as_u64(), status["handed_over"].as_u64()), (Some(0), Some(0)), "{status:#}");
}

/// Where in an exchange the link is cut.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Before the request.
    Before,
    /// Within the request: the relay gets half of it.
    Within,
    /// Before the reply: the relay has done what was asked.
    After,
}

/// The real relay, over a link that is cut at one exchange and dead from then on.
struct CutAt {
    exchange: usize,
    cut: Cut,
    count: AtomicUsize,
}

impl Transport for CutAt {
    fn exchange(&self, request: WireRequest) -> Result<WireResponse, Failure> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        if count < self.exchange {
            return Network(Link::Relay).exchange(request);
        }
        match self.cut {
            Cut::After if count == self.exchange => drop(Network(Link::Relay).exchange(request)),
            Cut::Within if count == self.exchange => half(&request),
            _ => {}
        }
        Err(Failure::Cancelled)
    }
    fn abort(&self) {}
}

/// The head and half of the body, then nothing more.
fn half(request: &WireRequest) {
    let Some((host, path)) = request.url.strip_prefix("http://").and_then(|rest| rest.split_once('/')) else { return };
    if request.method == Method::Get {
        return;
    }
    let mut stream = TcpStream::connect(host).unwrap();
    let mut head = format!("{} /{path} HTTP/1.1\r\nHost: {host}\r\n", request.method.as_str());
    request.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    head.push_str(&format!("Content-Length: {}\r\n\r\n", request.body.len()));
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&request.body[..request.body.len() / 2]).unwrap();
}

/// Each round finishes a record and cuts the link at one exchange; with a large one, at each of its parts, too.
fn cut(exchanges: usize) {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    let (mut finished, mut cuts) = (0, 0);
    for exchange in 0..exchanges {
        for at in [Cut::Before, Cut::Within, Cut::After] {
            if matches!(at, Cut::Within) && exchange % 3 == 0 {
                large_record(&mut device)
            } else {
                record(&mut device)
            }
            finished += 1;
            let link = Arc::new(CutAt { exchange, cut: at, count: AtomicUsize::new(0) });
            let report = device.vault.sync(link.clone(), &CancelToken::new(), None).unwrap();
            cuts += usize::from(link.count.load(Ordering::Relaxed) > exchange);
            assert!(report.obstacle.is_none() || !report.complete, "{exchange} {at:?}");
        }
    }
    assert!(cuts >= exchanges, "only {cuts} syncs were cut");
    device.sync(Link::Relay).unwrap();
    assert_whole(finished, &events(&hq));
    device.sync(Link::Relay).unwrap();
    let queue = device.vault.queue_status().unwrap();
    assert_eq!((queue.waiting, queue.handed_over, queue.quarantined), (0, 0, 0));
    assert_eq!(queue.hq_has_it as usize, finished);
}

/// How many, where `cargo xtask sync-faults` asks for more than the quick form.
fn rounds() -> Option<usize> {
    std::env::var("WAYSIDE_ROUNDS").ok().map(|text| text.parse().unwrap())
}

#[test]
fn killed_relays_and_phones_lose_and_double_nothing() {
    killed(rounds().unwrap_or(4));
}

#[test]
fn a_link_cut_at_every_exchange_loses_and_doubles_nothing() {
    cut(rounds().map_or(3, |rounds| 3.max(rounds / 5)));
}
