//! Twenty records over a real loopback connection that is held to 9.6 kbit/s and 300 ms each way: once, against the clock.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use wayside_sync::session::{Heard, Peer, Receiver, Sender};

use crate::wire::figures::Outbox;

const BITS_PER_S: f64 = 9_600.0;
const ONE_WAY: Duration = Duration::from_millis(300);

/// Seconds until the last acknowledgement was read.
pub(crate) fn seconds(mut outbox: Outbox) -> Result<f64, String> {
    let wrong = |error: std::io::Error| format!("the loopback link failed: {}", error.kind());
    let relay = TcpListener::bind("127.0.0.1:0").map_err(wrong)?;
    let link = TcpListener::bind("127.0.0.1:0").map_err(wrong)?;
    let (relay_at, link_at) = (relay.local_addr().map_err(wrong)?, link.local_addr().map_err(wrong)?);
    std::thread::spawn(move || receive(&relay));
    std::thread::spawn(move || -> std::io::Result<()> {
        let (device, _) = link.accept()?;
        let relay = TcpStream::connect(relay_at)?;
        let (up, down) = ((device.try_clone()?, relay.try_clone()?), (relay, device));
        std::thread::spawn(move || shaped(up.0, up.1));
        shaped(down.0, down.1)
    });
    let mut stream = TcpStream::connect(link_at).map_err(wrong)?;
    stream.set_nodelay(true).map_err(wrong)?;
    let (start, mut out, mut buffer) = (Instant::now(), Vec::new(), [0; 4_096]);
    let mut sender = Sender::begin(Peer::Relay, outbox.hello, &mut out).map_err(|_| "no session".to_owned())?;
    loop {
        while sender.next(&outbox, &mut out).map_err(|error| error.to_string())? {}
        stream.write_all(&out).map_err(wrong)?;
        out.clear();
        if outbox.is_empty() {
            return Ok(start.elapsed().as_secs_f64());
        }
        let count = stream.read(&mut buffer).map_err(wrong)?;
        if count == 0 {
            return Err("the loopback link was closed".to_owned());
        }
        sender.hear(&buffer[..count], &mut outbox).map_err(|_| "answers do not fit".to_owned())?;
    }
}

fn receive(relay: &TcpListener) -> std::io::Result<()> {
    let (mut stream, _) = relay.accept()?;
    let (mut receiver, mut buffer) = (Receiver::default(), [0; 4_096]);
    let refused = |_| std::io::Error::from(std::io::ErrorKind::InvalidData);
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        let (mut down, mut items) = (Vec::new(), 0);
        for heard in receiver.hear(&buffer[..count]).map_err(refused)? {
            match heard {
                Heard::Hello(_) => receiver.resume(1, Vec::new(), &mut down).map_err(refused)?,
                Heard::Item(bytes) => {
                    receiver.kept(&bytes);
                    items += 1;
                }
            }
        }
        if items > 0 {
            receiver.acknowledge(100, &mut down).map_err(refused)?;
        }
        stream.write_all(&down)?;
    }
}

/// Passes bytes on at the rate and with the delay of the link.
fn shaped(mut from: TcpStream, mut to: TcpStream) -> std::io::Result<()> {
    let (mut free, mut buffer) = (Instant::now(), [0; 600]);
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return to.shutdown(Shutdown::Write);
        }
        free = free.max(Instant::now() - ONE_WAY) + Duration::from_secs_f64(count as f64 * 8.0 / BITS_PER_S);
        let arrival = free + ONE_WAY;
        std::thread::sleep(arrival.saturating_duration_since(Instant::now()));
        to.write_all(&buffer[..count])?;
    }
}
