//! What an app lives through, in Rust: the sample of `docs/integrate.md`, a peer that never answers, opening and closing.

use crate::device::Device;
use crate::host::{MemoryKeys, Network};
use crate::hq::Hq;
use crate::player;
use crate::scenario::{Link, With};
use std::io::Read as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use wayside_field::{
    CancelToken, ErrorCode, Failure, OutboxSession, SessionMode, Transport, WireRequest, WireResponse,
};

mod sample {
    #![allow(clippy::print_stdout, unreachable_pub, reason = "the sample is the page's")]
    include!(concat!(env!("OUT_DIR"), "/sample.rs"));
}

#[test]
fn the_sample_of_the_page_runs() {
    let hq = Hq::start().unwrap();
    let device = Device::ready(&hq);
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
    let device = Device::ready(&hq);
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

/// What a page costs with no binding between; the other languages say it of theirs.
#[test]
fn a_page_costs_microseconds() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    device.session = Some(device.vault.start_session("household", "en", SessionMode::Interview).unwrap());
    player::entries(&mut device, &crate::root().join("tests/scenarios/entries/household-agreed.json")).unwrap();
    let session = device.session.as_mut().unwrap();
    let best = (0..5).map(|_| {
        let start = Instant::now();
        (0..100).for_each(|_| drop(session.page().unwrap()));
        start.elapsed() / 100
    });
    let best = best.min().unwrap();
    println!("rust: a page {best:?}");
    assert!(best < Duration::from_millis(20));
}

/// Files of this folder that the process has open. Those of tests beside this one are in folders of their own.
fn open_files(folder: &Path) -> usize {
    let handles = std::fs::read_dir("/proc/self/fd").unwrap();
    // Another thread may close its file between listing and looking.
    let files = handles.filter_map(|handle| std::fs::read_link(handle.ok()?.path()).ok());
    files.filter(|file| file.starts_with(folder)).count()
}

#[test]
fn opening_and_closing_leaks_nothing() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    // The vault itself, which is slow on purpose, with every fiftieth.
    let cycle = |device: &mut Device, number: u32| {
        if number.is_multiple_of(50) {
            device.open(With::Right).unwrap();
        }
        let mut session = device.vault.start_session("household", "en", SessionMode::Interview).unwrap();
        session.page().unwrap();
        session.discard().unwrap();
        drop(device.vault.begin_sync().unwrap());
        OutboxSession::open(&device.directory).unwrap().begin_sync().unwrap()
    };
    for number in 0..51 {
        drop(cycle(&mut device, number));
    }
    let folder = device.directory.canonicalize().unwrap();
    let before = open_files(&folder);
    let cycles = std::env::var("WAYSIDE_ROUNDS").map_or(200, |text| text.parse().unwrap());
    let start = Instant::now();
    for number in 1..=cycles {
        drop(cycle(&mut device, number));
    }
    let after = open_files(&folder);
    println!("rust: {cycles} cycles of {:?}; files {before} -> {after}", start.elapsed() / cycles);
    assert_eq!(after, before);
    let kept = cycle(&mut device, 1);
    assert!(open_files(&folder) > before, "a handle that is kept is seen");
    drop(kept);
}
