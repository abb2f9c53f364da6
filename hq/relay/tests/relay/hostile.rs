//! Clients that mean harm, or behave as if they did: bounded memory, typed answers, and the others are served.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use wayside_sync::wire::{self, Health};
use wayside_sync::{Method, read};

use crate::client::{World, expect_refused, expect_stored};
use crate::phone::{Phone, path};
use crate::process::Process;

/// A world around a relay process.
fn world(connections: usize) -> (Process, World) {
    let dir = tempfile::tempdir().unwrap();
    let process = Process::with(dir.path(), &[("RELAY_CONNECTIONS", &connections.to_string())]);
    let world = process.world(dir);
    (process, world)
}

fn connect(process: &Process) -> TcpStream {
    let stream = TcpStream::connect(process.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a request for the relay's health is answered; nothing if the line is closed without a word.
fn health(process: &Process) -> String {
    let mut stream = connect(process);
    let _ = stream.write_all(b"GET /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    answer(&mut stream)
}

#[test]
fn many_connections_take_little_memory_and_the_surplus_is_told_to_come_back() {
    flood(1_500);
}

#[test]
#[ignore = "takes a minute and ten thousand sockets; `cargo xtask test` runs it"]
fn ten_thousand_connections() {
    flood(10_000);
}

/// Connections with half a request each, against a relay that takes 200.
fn flood(number: usize) {
    let (process, world) = world(200);
    let mut phone = Phone::enrolled(&world);
    let before = process.memory_kib();
    let half = || {
        let mut stream = TcpStream::connect(process.address).ok()?;
        stream.write_all(b"PUT /v1/items/00 HTTP/1.1\r\nhost: x\r\n").ok()?;
        Some(stream)
    };
    // A full backlog refuses one; the next one gets through.
    let mut held: Vec<_> = (0..number).filter_map(|_| half()).collect();
    assert!(held.len() > number / 2, "{} of {number} connections", held.len());
    let grown = process.memory_kib().saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB for {} connections", held.len());
    // The first ones may have been given up by now, and in the thick of it a line is closed without a word. Who asks
    // again gets an answer in the relay's own words. None is let go meanwhile: that would make room.
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        held.extend((0..250).filter_map(|_| half()));
        let text = health(&process);
        let full = process.metrics().contains("wayside_connections 200\n");
        if full && text.starts_with("HTTP/1.1 503") {
            assert!(text.contains("retry-after: ") && text.contains(wire::MEDIA_TYPE), "{text}");
            break;
        }
        assert!(Instant::now() < deadline, "full: {full}, answered: {text}");
        std::thread::sleep(Duration::from_secs(2));
    }
    assert!(process.metrics().contains("wayside_connections_refused_total "));
    // When they go, the phone is served at once.
    drop(held);
    let deadline = Instant::now() + Duration::from_secs(30);
    let item = phone.any_envelope(1);
    loop {
        match world.client.try_send(Method::Put, &path(&item), &item, Some(&phone.bearer())) {
            Ok(reply) if reply.status == 201 || reply.status == 200 => break,
            _ => assert!(Instant::now() < deadline, "not served after the connections went"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn large_bodies_of_strangers_and_of_devices_take_no_lasting_memory() {
    let (process, world) = world(500);
    let mut phone = Phone::enrolled(&world);
    let item = phone.any_envelope(1);
    let large = vec![0x12; 6 * wire::MAX_BODY_BYTES];
    let before = process.memory_kib();
    std::thread::scope(|scope| {
        for n in 0..24 {
            let (world, item, large, bearer) = (&world, &item, &large, phone.bearer());
            scope.spawn(move || match n % 3 {
                0 => {
                    let reply = world.client.send(Method::Put, &path(item), large, None);
                    expect_refused(&reply, 401, "sync.credential");
                }
                1 => {
                    let reply = world.client.send(Method::Put, &path(item), large, Some(&bearer));
                    expect_refused(&reply, 413, "sync.refused");
                }
                _ => {
                    let reply = world.client.send(Method::Post, wire::ENROLMENTS, large, None);
                    expect_refused(&reply, 413, "sync.refused");
                }
            });
        }
    });
    let grown = process.memory_kib().saturating_sub(before);
    assert!(grown < 96 * 1024, "{grown} KiB");
    expect_stored(&phone.put(&world, &item), &item);
}

#[test]
fn slow_and_broken_requests_do_not_hold_up_others() {
    let (process, world) = world(100);
    let mut phone = Phone::enrolled(&world);
    let bearer = phone.bearer();
    let item = phone.any_envelope(1);
    // Bodies that never come, each announced as a whole megabyte.
    let mut slow: Vec<_> = (0..60)
        .map(|_| {
            let mut stream = connect(&process);
            let path = path(&item);
            write!(
                stream,
                "PUT {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {bearer}\r\ncontent-length: 1048576\r\n\r\nx"
            )
            .unwrap();
            stream
        })
        .collect();
    let start = Instant::now();
    let reply = phone.put(&world, &item);
    expect_stored(&reply, &item);
    assert!(start.elapsed() < Duration::from_secs(5));
    slow.clear();
    for nonsense in [
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\u{16}\u{3}\u{1}",
        "PUT /v1/items/0 HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    ] {
        let mut stream = connect(&process);
        stream.write_all(nonsense.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let text = answer(&mut stream);
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 400") || text.starts_with("HTTP/1.1 404"), "{text}");
    }
    let mut stream = connect(&process);
    let long = "x".repeat(1 << 20);
    let _ = write!(stream, "GET /v1/health HTTP/1.1\r\nhost: x\r\nx-long: {long}\r\n\r\n");
    let text = answer(&mut stream);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    assert_eq!(read::<Health>(&world.client.send(Method::Get, wire::HEALTH, b"", None)).unwrap().version, 1);
}

#[test]
fn guessing_tokens_is_slowed_down_and_replay_does_nothing() {
    let (process, world) = world(500);
    let mut phone = Phone::enrolled(&world);
    let item = phone.any_envelope(1);
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for n in 0..900_u32 {
        let reply = world.client.send(Method::Put, &path(&item), b"", Some(&format!("{n:064x}")));
        *statuses.entry(reply.status).or_default() += 1;
    }
    assert!(statuses[&401] >= 400 && statuses[&429] > 100, "{statuses:?}");
    // The device is not slowed down by them.
    for _ in 0..50 {
        expect_stored(&phone.put(&world, &item), &item);
    }
    assert_eq!(world.items().len(), 1);
    // Nothing of it is in the log but kinds of requests.
    let log = process.log();
    for told in [
        r#""route":"/v1/items/{id}","status":401,"code":"sync.credential""#,
        r#""status":429"#,
        r#""route":"/v1/enrolments""#,
    ] {
        assert!(log.contains(told), "the log does not say {told}");
    }
    let id = wire::hex(&wayside_seal::item::id(&item).unwrap());
    let (bearer, device) = (phone.bearer(), phone.device.to_string());
    for secret in [id.as_str(), &bearer, &device, &world.desk_token, "127.0.0.1"] {
        assert!(!log.contains(secret), "the log holds an id, a token or an address");
    }
    let metrics = process.metrics();
    assert!(metrics.contains("wayside_requests_total{status=\"4xx\"} 900\n"), "{metrics}");
}
