//! Kill -9 in the middle of uploads: what was acknowledged is there afterwards, once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use wayside_sync::{Method, read_stored};

use crate::client::{Client, World, start};
use crate::phone::{Phone, path};
use crate::process::Process;

#[path = "../../../../xtask/src/postgres.rs"]
#[expect(dead_code, reason = "not everything of it is used here")]
mod server;

const KILLS: usize = 4;

/// Acknowledged items that are not held, and items held more than once.
fn losses(acknowledged: &BTreeSet<Vec<u8>>, held: &[Vec<u8>]) -> (usize, usize) {
    let mut counts = BTreeMap::new();
    held.iter().for_each(|item| *counts.entry(item).or_insert(0) += 1);
    let lost = acknowledged.iter().filter(|item| !counts.contains_key(item)).count();
    (lost, counts.values().filter(|count| **count > 1).count())
}

#[test]
fn killed_while_uploading() {
    let mut world = World::new();
    let mut phones: Vec<_> = (0..4).map(|_| Phone::enrolled(&world)).collect();
    world.relay.take().unwrap().shutdown().unwrap();
    let acknowledged = Mutex::new(BTreeSet::new());
    let mut unanswered = 0;
    for kill in 0..KILLS {
        let mut process = Process::start(world.dir.path());
        let (client, acknowledged) = (&process.client(), &acknowledged);
        std::thread::scope(|scope| {
            let senders: Vec<_> = phones
                .iter_mut()
                .map(|phone| {
                    scope.spawn(move || {
                        // Until the line breaks.
                        loop {
                            let item = phone.any_envelope(1);
                            let reply = client.try_send(Method::Put, &path(&item), &item, Some(&phone.bearer()));
                            let Ok(reply) = reply else { return 1 };
                            read_stored(&reply, &wayside_seal::sha256(&item)).unwrap();
                            acknowledged.lock().unwrap().insert(item);
                        }
                    })
                })
                .collect();
            let enough = (kill + 1) * 30;
            while acknowledged.lock().unwrap().len() < enough {
                std::thread::sleep(Duration::from_millis(1));
            }
            process.kill();
            unanswered += senders.into_iter().map(|sender| sender.join().unwrap()).sum::<usize>();
        });
    }
    assert_eq!(unanswered, KILLS * phones.len(), "the kill came while items were under way");
    let relay = start(world.dir.path());
    world.client = Client::new(relay.address());
    world.relay = Some(relay);
    let held: Vec<_> = world.items().into_iter().map(|item| item.bytes).collect();
    let mut acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= KILLS * 30);
    assert_eq!(losses(&acknowledged, &held), (0, 0));
    // The comparison finds what is not so.
    acknowledged.insert(b"never stored".to_vec());
    let twice = [held.as_slice(), &held[..1]].concat();
    assert_eq!(losses(&acknowledged, &twice), (1, 1));
}

/// Two relays on one PostgreSQL. One is killed under load; the phones go on with the other, and nothing is lost or doubled.
#[test]
fn one_of_two_relays_is_killed() {
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let server = server::Postgres::start(&cache).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (here, there) = (dir.path().join("one"), dir.path().join("two"));
    let url = server.url();
    let mut one = Process::with(&here, &[("RELAY_DATABASE", &url)]);
    // Both show the desk one token.
    std::fs::create_dir_all(&there).unwrap();
    std::fs::copy(here.join("desk-token"), there.join("desk-token")).unwrap();
    let two = Process::with(&there, &[("RELAY_DATABASE", &url)]);
    let token = std::fs::read_to_string(here.join("desk-token")).unwrap().trim().to_owned();
    let mut world = World { dir, relay: None, desk_token: token, client: one.client() };
    // Enrolled with the one, known to the other.
    let mut phones: Vec<_> = (0..6).map(|_| Phone::enrolled(&world)).collect();
    let acknowledged = Mutex::new(BTreeSet::new());
    let (first, second, shared) = (&one.client(), &two.client(), &acknowledged);
    std::thread::scope(|scope| {
        let senders: Vec<_> = phones
            .iter_mut()
            .enumerate()
            .map(|(n, phone)| {
                scope.spawn(move || {
                    let (mut moved, mut client) = (false, if n % 2 == 0 { first } else { second });
                    for _ in 0..60 {
                        let item = phone.any_envelope(1);
                        loop {
                            match client.try_send(Method::Put, &path(&item), &item, Some(&phone.bearer())) {
                                Ok(reply) => {
                                    read_stored(&reply, &wayside_seal::sha256(&item)).unwrap();
                                    shared.lock().unwrap().insert(item);
                                    break;
                                }
                                Err(_) => {
                                    assert!(!moved, "the other relay fails, too");
                                    (moved, client) = (true, second);
                                }
                            }
                        }
                    }
                    moved
                })
            })
            .collect();
        while shared.lock().unwrap().len() < 60 {
            std::thread::sleep(Duration::from_millis(1));
        }
        one.kill();
        let moved = senders.into_iter().map(|sender| sender.join().unwrap()).filter(|moved| *moved).count();
        assert_eq!(moved, 3, "the kill came while items were under way");
    });
    world.client = two.client();
    let held: Vec<_> = world.items().into_iter().map(|item| item.bytes).collect();
    let acknowledged = acknowledged.into_inner().unwrap();
    assert_eq!((acknowledged.len(), losses(&acknowledged, &held)), (360, (0, 0)));
    assert_eq!(held.len(), 360);
}
