//! A bad link: a TCP proxy that adds delay, limits the rate and cuts connections, as a phone meets it at the edge of a
//! network. It sees sealed bytes only, and changes none.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How bad the link is.
#[derive(Clone)]
pub(crate) struct LinkPlan {
    /// Delay before the first byte of each request and each answer.
    pub(crate) latency: Duration,
    /// Highest rate, in bytes a second and direction.
    pub(crate) bytes_per_second: u64,
    /// Cuts, in order: each at so many bytes sent towards the relay since the one before.
    pub(crate) cuts: Vec<Cut>,
}

/// One cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// After so many bytes: the relay gets half a request.
    Request(u64),
    /// After so many bytes the next answer is lost: the relay has stored, and the device cannot know.
    Answer(u64),
}

/// What happened on the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LinkCounts {
    /// Connections made.
    pub(crate) connections: u32,
    /// Connections cut.
    pub(crate) cuts: u32,
    /// Bytes sent towards the relay.
    pub(crate) bytes: u64,
}

struct State {
    plan: LinkPlan,
    relay: SocketAddr,
    up: AtomicBool,
    connections: AtomicU32,
    cut: AtomicU32,
    bytes: AtomicU64,
    /// Cuts still to come, and bytes since the last.
    left: Mutex<(Vec<Cut>, u64)>,
}

/// A running link. It ends with the process.
pub(crate) struct Link {
    state: Arc<State>,
    address: SocketAddr,
}

const PIECE: usize = 256;

impl Link {
    /// Listens on loopback and passes on to `relay`.
    pub(crate) fn start(relay: SocketAddr, plan: LinkPlan) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let mut cuts = plan.cuts.clone();
        cuts.reverse();
        let state = Arc::new(State {
            plan,
            relay,
            up: AtomicBool::new(false),
            connections: AtomicU32::new(0),
            cut: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            left: Mutex::new((cuts, 0)),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || state.carry(stream));
            }
        });
        Ok(Self { state, address })
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets connections through, or drops each at once.
    pub(crate) fn set_up(&self, up: bool) {
        self.state.up.store(up, Ordering::SeqCst);
    }

    /// What happened so far.
    pub(crate) fn counts(&self) -> LinkCounts {
        LinkCounts {
            connections: self.state.connections.load(Ordering::SeqCst),
            cuts: self.state.cut.load(Ordering::SeqCst),
            bytes: self.state.bytes.load(Ordering::SeqCst),
        }
    }
}

impl State {
    fn carry(self: Arc<Self>, device: TcpStream) {
        if !self.up.load(Ordering::SeqCst) {
            return;
        }
        let Ok(relay) = TcpStream::connect(self.relay) else { return };
        self.connections.fetch_add(1, Ordering::SeqCst);
        let (Ok(device_read), Ok(relay_read)) = (device.try_clone(), relay.try_clone()) else { return };
        let lose_answer = Arc::new(AtomicBool::new(false));
        let (state, lose, answers) = (Arc::clone(&self), Arc::clone(&lose_answer), device);
        let back = thread::spawn(move || state.answers(relay_read, answers, &lose));
        self.requests(device_read, relay, &lose_answer);
        let _ = back.join();
    }

    fn requests(&self, mut from: TcpStream, mut to: TcpStream, lose_answer: &AtomicBool) {
        let mut piece = [0; PIECE];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            self.delay(count, count < PIECE);
            let due = self.count(count as u64);
            if due == Some(Due::Now) {
                let _ = to.write_all(&piece[..count / 2]);
                self.cut(&from, &to);
                return;
            }
            if due == Some(Due::Answer) {
                lose_answer.store(true, Ordering::SeqCst);
            }
            if to.write_all(&piece[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }

    fn answers(&self, mut from: TcpStream, mut to: TcpStream, lose_answer: &AtomicBool) {
        let mut piece = [0; PIECE];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            if lose_answer.load(Ordering::SeqCst) {
                self.cut(&from, &to);
                return;
            }
            self.delay(count, count < PIECE);
            if to.write_all(&piece[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }

    fn delay(&self, count: usize, ends: bool) {
        let at_rate = Duration::from_micros(count as u64 * 1_000_000 / self.plan.bytes_per_second.max(1));
        // A short piece is the end of a message: that is where a round trip is felt.
        thread::sleep(at_rate + if ends { self.plan.latency } else { Duration::ZERO });
    }

    fn cut(&self, one: &TcpStream, other: &TcpStream) {
        self.cut.fetch_add(1, Ordering::SeqCst);
        let _ = one.shutdown(Shutdown::Both);
        let _ = other.shutdown(Shutdown::Both);
    }

    fn count(&self, bytes: u64) -> Option<Due> {
        self.bytes.fetch_add(bytes, Ordering::SeqCst);
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.1 += bytes;
        let due = match left.0.last()? {
            Cut::Request(after) if left.1 >= *after => Due::Now,
            Cut::Answer(after) if left.1 >= *after => Due::Answer,
            _ => return None,
        };
        left.0.pop();
        left.1 = 0;
        Some(due)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Now,
    Answer,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut piece = [0; 64];
                    while let Ok(count @ 1..) = stream.read(&mut piece) {
                        if stream.write_all(&piece[..count]).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        address
    }

    fn link(cuts: Vec<Cut>) -> Link {
        let plan = LinkPlan { latency: Duration::from_millis(1), bytes_per_second: 1_000_000, cuts };
        let link = Link::start(echo(), plan).unwrap();
        link.set_up(true);
        link
    }

    fn talk(link: &Link, text: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(link.address)?;
        stream.write_all(text)?;
        stream.shutdown(Shutdown::Write)?;
        let mut back = Vec::new();
        stream.read_to_end(&mut back)?;
        Ok(back)
    }

    #[test]
    fn passes_on_unchanged_and_cuts_as_planned() {
        let link = link(vec![Cut::Request(8), Cut::Answer(8)]);
        assert_eq!(talk(&link, b"short").unwrap(), b"short");
        assert_ne!(talk(&link, b"0123456789").unwrap_or_default(), b"0123456789", "half a request");
        assert_eq!(talk(&link, b"0123456789").unwrap_or_default(), b"", "the answer is lost");
        assert_eq!(talk(&link, b"0123456789").unwrap(), b"0123456789");
        assert_eq!(link.counts().cuts, 2);
    }

    #[test]
    fn nothing_passes_while_it_is_down() {
        let link = link(Vec::new());
        link.set_up(false);
        assert_eq!(talk(&link, b"x").unwrap_or_default(), b"");
        assert_eq!(link.counts().connections, 0);
    }
}
