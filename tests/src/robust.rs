//! What an app lives through, in Rust: the sample of `docs/integrate.md`, a peer that never answers, opening and closing.

use crate::device::Device;
use crate::host::{MemoryKeys, Network};
use crate::hq::Hq;
use crate::scenario::{Link, With};
use std::io::Read as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use wayside_field::{
    CancelToken, ErrorCode, Failure, OutboxSession, SessionMode, SystemClock, Transport, WireRequest, WireResponse,
};

mod sample {
    #![allow(clippy::print_stdout, unreachable_pub, reason = "the sample is the page's")]
    include!(concat!(env!("OUT_DIR"), "/sample.rs"));
}

fn ready(hq: &Hq) -> Device {
    let mut device = Device::enrol(hq, Arc::new(SystemClock)).unwrap();
    device.make_ready(hq).unwrap();
    device
}

#[test]
fn the_sample_of_the_page_runs() {
    let hq = Hq::start().unwrap();
    let device = ready(&hq);
    device.vault.lock();
    let keys: &MemoryKeys = device.keys();
    let queue = sample::interview(&device.directory, &Device::secret(), keys, Arc::new(Network(Link::Relay))).unwrap();
    assert_eq!((queue.waiting, queue.handed_over), (0, 1));
}

/// A connection to a peer that accepts and never answers; `abort` cuts it.
struct Silent {
    peer: TcpListener,
    open: Mutex<Option<TcpStream>>,
}

impl Transport for Silent {
    fn exchange(&self, _: WireRequest) -> Result<WireResponse, Failure> {
        let mut connection = TcpStream::connect(self.peer.local_addr().unwrap()).unwrap();
        *self.open.lock().unwrap() = Some(connection.try_clone().unwrap());
        let heard = connection.read(&mut [0]);
        assert_eq!(heard.unwrap_or(0), 0, "nobody says anything");
        Err(Failure::Cancelled)
    }
    fn abort(&self) {
        if let Some(connection) = self.open.lock().unwrap().as_ref() {
            connection.shutdown(Shutdown::Both).unwrap();
        }
    }
}

#[test]
fn cancel_ends_a_sync_with_a_peer_that_never_answers_within_100_ms() {
    let hq = Hq::start().unwrap();
    let device = ready(&hq);
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..5 {
        let link = Arc::new(Silent { peer: TcpListener::bind("127.0.0.1:0").unwrap(), open: Mutex::default() });
        let token = CancelToken::new();
        std::thread::scope(|scope| {
            let call = scope.spawn(|| device.vault.sync(link.clone(), &token, None).err().map(|error| error.code));
            let _accepted = link.peer.accept().unwrap();
            std::thread::sleep(Duration::from_millis(50));
            let start = Instant::now();
            token.cancel();
            assert_eq!(call.join().unwrap(), Some(ErrorCode::Cancelled));
            times.push(start.elapsed());
        });
    }
    times.sort();
    println!("rust: cancel {:?}, at most {:?}", times[2], times[4]);
    assert!(times[2] < Duration::from_millis(100), "{times:?}");
}

fn files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Open files are counted for the whole process, so this test is one of its own: `cargo test -- --ignored`.
#[test]
#[ignore = "counts the open files of the process: run alone"]
fn opening_and_closing_leaks_nothing() {
    let hq = Hq::start().unwrap();
    let mut device = ready(&hq);
    let cycle = |device: &mut Device| {
        device.open(With::Right).unwrap();
        let mut session = device.vault.start_session("household", "en", SessionMode::Interview).unwrap();
        session.page().unwrap();
        session.discard().unwrap();
        device.vault.lock();
        OutboxSession::open(&device.directory).unwrap().begin_sync().unwrap()
    };
    for _ in 0..5 {
        drop(cycle(&mut device));
    }
    let before = files();
    let cycles = std::env::var("WAYSIDE_CYCLES").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let start = Instant::now();
    for _ in 0..cycles {
        drop(cycle(&mut device));
    }
    println!("rust: {cycles} cycles of {:?}; files {before} -> {}", start.elapsed() / cycles, files());
    assert_eq!(files(), before);
    let kept = cycle(&mut device);
    assert!(files() > before, "a handle that is kept is seen");
    drop(kept);
}
