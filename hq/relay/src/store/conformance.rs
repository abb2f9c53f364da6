//! What each call of a store means, tried on every kind: SQLite, and a real PostgreSQL.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use wayside_model::{DeviceId, Sensitive, Timestamp};
use wayside_sync::wire::TokenTicket;

use super::*;

#[path = "../../../../xtask/src/postgres.rs"]
#[expect(dead_code, reason = "not everything of it is used here")]
mod server;

const LATER: Timestamp = Timestamp::from_millis(i64::MAX);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Runs a case on both kinds, each in a store that is new.
fn on_both<F: Future<Output = ()>>(case: impl Fn(Arc<dyn Store>) -> F) {
    let dir = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let open = |database| Arc::from(runtime.block_on(open(dir.path(), &database)).unwrap());
    runtime.block_on(case(open(Database::Sqlite)));
    let server = postgres();
    runtime.block_on(case(open(Database::Postgres { url: Sensitive::new(server.url()), roots: None })));
    drop(runtime);
}

fn postgres() -> server::Postgres {
    let cache = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    server::Postgres::start(&cache).unwrap()
}

fn device(n: u8) -> DeviceId {
    DeviceId::from_bytes([n; 16])
}

fn item(id: u8, bytes: &[u8]) -> NewItem {
    let len = bytes.len() as u64;
    NewItem { id: [id; 16], sha256: wayside_seal::sha256(bytes), len, bytes: Some(bytes.to_vec()), carrier: None }
}

async fn admit(store: &dyn Store, n: u8) -> DeviceId {
    let ticket = TokenTicket { sha256: [n; 32], expires: LATER };
    store.add_token(ticket).await.unwrap();
    assert_eq!(store.enrol(request(n, n, n), Timestamp::from_millis(0)).await.unwrap(), Enrolled::New);
    device(n)
}

fn request(token: u8, of: u8, upload: u8) -> Enrolment {
    let bytes = vec![token, of, upload];
    let sha256 = wayside_seal::sha256(&bytes);
    Enrolment { device: device(of), token_sha256: [token; 32], upload_sha256: [upload; 32], sha256, bytes }
}

#[test]
fn put_if_absent_alone_and_in_batches() {
    on_both(|store| async move {
        store.probe().await.unwrap();
        let one = admit(&*store, 1).await;
        let put = |items: Vec<NewItem>| store.put_items(one, items);
        assert_eq!(put(vec![item(1, b"one")]).await.unwrap(), [Put::New]);
        assert_eq!(put(vec![item(1, b"one")]).await.unwrap(), [Put::Duplicate]);
        assert_eq!(put(vec![item(1, b"two")]).await.unwrap(), [Put::Conflict]);
        let batch =
            vec![item(2, b"one"), item(1, b"two"), item(2, b"one"), item(3, b"x"), item(3, b"y"), item(1, b"one")];
        let states = [Put::New, Put::Conflict, Put::Duplicate, Put::New, Put::Conflict, Put::Duplicate];
        assert_eq!(put(batch).await.unwrap(), states);
        assert_eq!(put(vec![]).await.unwrap(), []);
        let page = store.items(0, 10).await.unwrap();
        let bytes: Vec<_> = page.items.iter().map(|item| item.bytes.clone().unwrap()).collect();
        assert_eq!(bytes, [b"one".to_vec(), b"one".to_vec(), b"x".to_vec()]);
        assert!(!page.more && page.items.iter().all(|item| item.device == one));
        let known = Known { len: 1, sha256: wayside_seal::sha256(b"x"), deleted: false };
        assert_eq!(store.known(one, [3; 16]).await.unwrap(), Some(known));
        assert_eq!(store.known(one, [9; 16]).await.unwrap(), None);
        assert_eq!(store.device([1; 32]).await.unwrap().unwrap().held, 7);
    });
}

#[test]
fn pages_end_by_number_and_by_size_and_miss_nothing() {
    on_both(|store| async move {
        let one = admit(&*store, 1).await;
        for n in 0..13 {
            store.put_items(one, vec![item(n, &vec![n; 700_000])]).await.unwrap();
        }
        for limit in [1, 4, 500, 0, usize::MAX] {
            let (mut after, mut seen) = (0, Vec::new());
            loop {
                let page = store.items(after, limit).await.unwrap();
                assert!(page.items.len() <= 7, "a page grew to {} items", page.items.len());
                after = page.items.last().map_or(after, |item| item.cursor);
                seen.extend(page.items.iter().map(|item| item.bytes.as_ref().unwrap()[0]));
                if !page.more {
                    break;
                }
            }
            assert_eq!(seen, (0..13).collect::<Vec<_>>());
        }
    });
}

/// A reader that goes on after the last cursor it saw, while many write: it must see everything, each thing once.
#[test]
fn a_reader_beside_writers_misses_nothing() {
    on_both(|store| async move {
        let one = admit(&*store, 1).await;
        let writers: Vec<_> = (0..8_u8)
            .map(|writer| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    for n in 0..20_u8 {
                        let id = writer * 20 + n;
                        assert_eq!(store.put_items(one, vec![item(id, &[id])]).await.unwrap(), [Put::New]);
                    }
                })
            })
            .collect();
        let (mut after, mut seen) = (0, Vec::new());
        while seen.len() < 160 {
            let page = store.items(after, 7).await.unwrap();
            after = page.items.last().map_or(after, |item| item.cursor);
            seen.extend(page.items.into_iter().map(|item| item.bytes.unwrap()[0]));
            let done = writers.iter().all(tokio::task::JoinHandle::is_finished);
            assert!(!done || page.more || seen.len() == 160 || !store.items(after, 1).await.unwrap().items.is_empty());
        }
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 160);
    });
}

#[test]
fn a_deleted_item_is_gone_and_does_not_come_back() {
    on_both(|store| async move {
        let one = admit(&*store, 1).await;
        assert_eq!(store.delete_item(one, [1; 16]).await.unwrap(), None);
        store.put_items(one, vec![item(1, b"one"), item(2, b"two")]).await.unwrap();
        let gone = Deleted { sha256: wayside_seal::sha256(b"one"), in_blobs: false };
        for _ in 0..2 {
            assert_eq!(store.delete_item(one, [1; 16]).await.unwrap(), Some(gone));
        }
        assert_eq!(store.put_items(one, vec![item(1, b"one")]).await.unwrap(), [Put::Duplicate]);
        assert_eq!(store.put_items(one, vec![item(1, b"other")]).await.unwrap(), [Put::Conflict]);
        let page = store.items(0, 10).await.unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(store.device([1; 32]).await.unwrap().unwrap().held, 3);
        // An item that lies in the blob store says so when it goes.
        store.put_items(one, vec![NewItem { bytes: None, ..item(5, b"large") }]).await.unwrap();
        assert!(store.items(page.items[0].cursor, 1).await.unwrap().items[0].bytes.is_none());
        assert!(store.delete_item(one, [5; 16]).await.unwrap().unwrap().in_blobs);
    });
}

/// A device that learned another's id, or made it up, stands in nobody's way.
#[test]
fn an_id_is_a_device_s_own() {
    on_both(|store| async move {
        let (one, two) = (admit(&*store, 1).await, admit(&*store, 2).await);
        assert_eq!(store.put_items(two, vec![item(1, b"squat")]).await.unwrap(), [Put::New]);
        assert_eq!(
            store.put_items(one, vec![item(1, b"one"), item(1, b"one")]).await.unwrap(),
            [Put::New, Put::Duplicate]
        );
        let both = store.put_items(two, vec![item(1, b"one"), item(1, b"squat")]).await.unwrap();
        assert_eq!(both, [Put::Conflict, Put::Duplicate]);
        assert_eq!(store.known(two, [1; 16]).await.unwrap().map(|known| known.len), Some(5));
        assert!(store.delete_item(one, [1; 16]).await.unwrap().is_some());
        let page = store.items(0, 10).await.unwrap();
        assert_eq!(page.items.iter().map(|item| item.device).collect::<Vec<_>>(), [two]);
        // The same large item of both: its bytes go with the last one that names them.
        for of in [one, two] {
            store.put_items(of, vec![NewItem { bytes: None, ..item(7, b"large") }]).await.unwrap();
        }
        assert!(!store.delete_item(one, [7; 16]).await.unwrap().unwrap().in_blobs);
        assert!(store.delete_item(two, [7; 16]).await.unwrap().unwrap().in_blobs);
    });
}

/// What a carrier brings lies beside what the owner brings, and each pays for its own.
#[test]
fn a_carrier_pays_for_what_it_brings() {
    on_both(|store| async move {
        let (one, two, three) = (admit(&*store, 1).await, admit(&*store, 2).await, admit(&*store, 3).await);
        let by = |carrier, id, bytes: &[u8]| NewItem { carrier: Some(carrier), ..item(id, bytes) };
        let held =
            async |n: u8| store.device([n; 32]).await.unwrap().map(|device| (device.held, device.carried)).unwrap();
        let mixed = vec![by(two, 1, b"carried"), item(2, b"own"), by(three, 1, b"carried"), by(two, 3, b"more")];
        let states = [Put::New, Put::New, Put::Duplicate, Put::New];
        assert_eq!(store.put_items(one, mixed).await.unwrap(), states, "brought by two is held once");
        assert_eq!((held(1).await, held(2).await, held(3).await), ((3, 0), (0, 11), (0, 0)));
        // One device's own and what it carries, in one go.
        let (own, others) = tokio::join!(
            store.put_items(two, vec![item(9, b"own of two")]),
            store.put_items(one, vec![by(two, 4, b"x")])
        );
        assert_eq!((own.unwrap(), others.unwrap()), (vec![Put::New], vec![Put::New]));
        assert_eq!(held(2).await, (10, 12));
        let page = store.items(0, 10).await.unwrap();
        let said: std::collections::BTreeMap<u8, _> =
            page.items.iter().map(|held| (held.bytes.as_ref().unwrap()[0], (held.device, held.carrier))).collect();
        assert_eq!(page.items.len(), 5);
        assert_eq!((said[&b'c'], said[&b'x'], said[&b'o']), ((one, Some(two)), (one, Some(two)), said[&b'o']));
        assert!(page.items.iter().all(|held| held.device == one || held.carrier.is_none()));
        store.delete_item(one, [1; 16]).await.unwrap();
        assert_eq!(held(2).await, (10, 5));
        assert_eq!(store.put_items(one, vec![by(three, 1, b"carried")]).await.unwrap(), [Put::Duplicate]);
        assert_eq!((held(2).await, held(3).await), ((10, 5), (0, 0)), "and does not come back");
        assert!(store.is_enrolled(one).await.unwrap() && !store.is_enrolled(device(9)).await.unwrap());
    });
}

#[test]
fn parts_follow_each_other_and_old_uploads_make_room() {
    on_both(|store| async move {
        let (one, two) = (admit(&*store, 1).await, admit(&*store, 2).await);
        let append = |of: DeviceId, id: u8, offset: u64, bytes: &[u8]| {
            store.append(of, Part { id: [id; 16], offset, bytes: bytes.to_vec() })
        };
        assert_eq!(append(one, 1, 5, b"late").await.unwrap(), 0);
        assert_eq!(append(one, 1, 0, b"abc").await.unwrap(), 3);
        assert_eq!(append(one, 1, 3, b"de").await.unwrap(), 5);
        assert_eq!(append(one, 1, 3, b"de").await.unwrap(), 5, "the answer got lost");
        assert_eq!(append(one, 1, 9, b"x").await.unwrap(), 5);
        assert_eq!(append(one, 1, 5, b"").await.unwrap(), 5);
        assert_eq!(append(two, 1, 0, b"other").await.unwrap(), 5, "each device has its own");
        assert_eq!(store.uploaded(one, [1; 16]).await.unwrap(), b"abcde");
        assert_eq!(store.upload_len(one, [1; 16]).await.unwrap(), 5);
        assert_eq!(store.upload_len(one, [8; 16]).await.unwrap(), 0);
        assert_eq!(store.device([1; 32]).await.unwrap().unwrap().held, 5);
        assert_eq!(append(one, 1, 0, b"anew").await.unwrap(), 4);
        for id in 2..=5 {
            append(one, id, 0, b"xy").await.unwrap();
        }
        assert_eq!(store.uploaded(one, [1; 16]).await.unwrap(), b"", "the oldest of five went");
        assert_eq!(store.device([1; 32]).await.unwrap().unwrap().held, 8);
        store.drop_upload(one, [2; 16]).await.unwrap();
        assert_eq!(store.device([1; 32]).await.unwrap().unwrap().held, 6);
        assert!(store.revoke(one).await.unwrap());
        assert_eq!(
            store.device([1; 32]).await.unwrap().unwrap(),
            Device { id: one, revoked: true, held: 0, carried: 0 }
        );
        assert_eq!(store.uploaded(two, [1; 16]).await.unwrap(), b"other");
    });
}

#[test]
fn a_token_is_good_once_and_for_its_time() {
    on_both(|store| async move {
        let at = Timestamp::from_millis;
        for token in [1, 2, 3] {
            let ticket = TokenTicket { sha256: [token; 32], expires: at(1000) };
            assert_eq!(store.add_token(ticket).await.unwrap(), Put::New);
            assert_eq!(store.add_token(ticket).await.unwrap(), Put::Duplicate);
            assert_eq!(store.add_token(TokenTicket { expires: at(5000), ..ticket }).await.unwrap(), Put::Conflict);
        }
        let enrol = async |request: Enrolment, now| store.enrol(request, at(now)).await.unwrap();
        assert_eq!(enrol(request(9, 1, 1), 0).await, Enrolled::Unknown);
        assert_eq!(enrol(request(1, 1, 1), 999).await, Enrolled::New);
        assert_eq!(enrol(request(1, 1, 1), 99_999).await, Enrolled::Again);
        assert_eq!(enrol(request(1, 2, 2), 999).await, Enrolled::Used);
        assert_eq!(enrol(request(2, 2, 2), 1000).await, Enrolled::Expired);
        assert_eq!(enrol(request(2, 1, 2), 999).await, Enrolled::Taken, "a device that is enrolled already");
        assert_eq!(enrol(request(2, 2, 1), 999).await, Enrolled::Taken, "another's upload token");
        assert_eq!(enrol(request(2, 2, 2), 999).await, Enrolled::New, "a refused request does not use the token up");
        let page = store.enrolments(0).await.unwrap();
        assert_eq!(page.enrolments.len(), 2);
        assert!(!page.more && page.enrolments[0].bytes == request(1, 1, 1).bytes);
        assert_eq!(store.enrolments(page.enrolments[0].cursor).await.unwrap().enrolments.len(), 1);
        assert_eq!(
            store.device([1; 32]).await.unwrap().unwrap(),
            Device { id: device(1), revoked: false, held: 0, carried: 0 }
        );
        assert_eq!(store.device([7; 32]).await.unwrap(), None);
        assert!(!store.revoke(device(9)).await.unwrap());
        assert!(store.revoke(device(1)).await.unwrap() && store.revoke(device(1)).await.unwrap());
        assert!(store.device([1; 32]).await.unwrap().unwrap().revoked);
        assert!(!store.device([2; 32]).await.unwrap().unwrap().revoked);
    });
}

#[test]
fn two_requests_with_one_token_admit_one() {
    on_both(|store| async move {
        store.add_token(TokenTicket { sha256: [1; 32], expires: LATER }).await.unwrap();
        let tries: Vec<_> = (1..9)
            .map(|n| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.enrol(request(1, n, n), Timestamp::from_millis(0)).await.unwrap() })
            })
            .collect();
        let mut new = 0;
        for enrolled in tries {
            match enrolled.await.unwrap() {
                Enrolled::New => new += 1,
                other => assert_eq!(other, Enrolled::Used),
            }
        }
        assert_eq!(new, 1);
    });
}

#[test]
fn a_control_log_is_counted_without_gaps_per_device() {
    on_both(|store| async move {
        let (one, two) = (admit(&*store, 1).await, admit(&*store, 2).await);
        let put = async |of, counter, bytes: &[u8]| store.put_control(of, counter, bytes.to_vec()).await.unwrap();
        assert_eq!(put(device(9), 1, b"a").await, PutControl::NoDevice);
        for counter in [0, 2, u64::MAX] {
            assert_eq!(put(one, counter, b"a").await, PutControl::OutOfOrder);
        }
        assert_eq!(put(one, 1, b"a").await, PutControl::New);
        assert_eq!(put(one, 1, b"a").await, PutControl::Duplicate);
        assert_eq!(put(one, 1, b"b").await, PutControl::Conflict);
        for counter in 2..=150 {
            assert_eq!(put(one, counter, b"x").await, PutControl::New);
        }
        assert_eq!(put(two, 1, &vec![7; 70_000]).await, PutControl::New);
        assert_eq!(put(two, 2, b"z").await, PutControl::New);
        let page = async |of, after| {
            let page = store.control(of, after).await.unwrap();
            (page.entries.first().map(|entry| entry.counter), page.entries.len(), page.more)
        };
        assert_eq!(page(one, 0).await, (Some(1), 100, true));
        assert_eq!(page(one, 100).await, (Some(101), 50, false));
        assert_eq!(page(one, u64::MAX).await, (None, 0, false));
        assert_eq!(page(two, 0).await, (Some(1), 1, true), "a page ends by size");
    });
}

#[test]
fn the_directory_is_the_last_one() {
    on_both(|store| async move {
        assert_eq!(store.directory().await.unwrap(), None);
        for body in [b"one", b"two"] {
            store.put_directory(body.to_vec()).await.unwrap();
            assert_eq!(store.directory().await.unwrap().as_deref(), Some(body.as_slice()));
        }
    });
}

/// PostgreSQL alone: what only a server can do wrong.
#[test]
fn a_server_that_does_not_promise_durability_is_refused_and_one_that_comes_back_is_used_again() {
    let mut server = postgres();
    let runtime = runtime();
    let url = server.url();
    let open = |url: &str| runtime.block_on(postgres::Postgres::open(url, None));
    let fast = format!("{url}?options=-c%20synchronous_commit%3Doff");
    let store = open(&fast).unwrap();
    runtime.block_on(async {
        let one = admit(&store, 1).await;
        assert_eq!(store.put_items(one, vec![item(1, b"one")]).await.unwrap(), [Put::New]);
    });
    assert_eq!(open("postgres://wayside@db.example.org/x").err(), Some(RelayError::DatabaseUrl));
    assert_eq!(open("no address").err(), Some(RelayError::DatabaseUrl));
    server.kill();
    runtime.block_on(async {
        // A process of the killed server goes on until it sees that it is alone; what it takes is as durable as before.
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while store.put_items(device(1), vec![item(2, b"two")]).await.is_ok() {
            assert!(std::time::Instant::now() < deadline, "a server that is gone takes items");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!(matches!(store.probe().await, Err(RelayError::Server { .. })));
    });
    server.restart().unwrap();
    runtime.block_on(async {
        store.probe().await.unwrap();
        assert_eq!(
            store.put_items(device(1), vec![item(1, b"one"), item(2, b"two")]).await.unwrap()[0],
            Put::Duplicate
        );
        assert_eq!(store.items(0, 9).await.unwrap().items.len(), 2);
    });
    // A server that only reads is not in order, though it answers.
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("ALTER SYSTEM SET default_transaction_read_only = on").await.unwrap();
        client.execute("SELECT pg_reload_conf()", &[]).await.unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while store.probe().await.is_ok() {
            assert!(std::time::Instant::now() < deadline, "a server that cannot write is taken for good");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        store.items(0, 9).await.unwrap();
        client.batch_execute("SET default_transaction_read_only = off").await.unwrap();
        client.batch_execute("ALTER SYSTEM RESET default_transaction_read_only").await.unwrap();
        client.execute("SELECT pg_reload_conf()", &[]).await.unwrap();
        while store.probe().await.is_err() {
            assert!(std::time::Instant::now() < deadline, "it does not recover");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // A database of version 1 goes on.
        let two = "ALTER TABLE item DROP COLUMN carrier; ALTER TABLE device DROP COLUMN carried;
                   UPDATE schema_version SET version = 2;";
        let one = "ALTER TABLE item DROP CONSTRAINT item_pkey, ADD PRIMARY KEY (id); DROP INDEX item_in_blobs;
                   UPDATE schema_version SET version = 1";
        for older in [two.to_owned(), format!("{two}{one}")] {
            client.batch_execute(&older).await.unwrap();
            let again = postgres::Postgres::open(&url, None).await.unwrap();
            assert_eq!(again.items(0, 9).await.unwrap().items.len(), 2);
            let carried = NewItem { carrier: Some(device(1)), ..item(3, b"three") };
            again.put_items(device(1), vec![carried]).await.unwrap();
            assert_eq!(again.items(0, 9).await.unwrap().items[2].carrier, Some(device(1)));
            again.delete_item(device(1), [3; 16]).await.unwrap();
            client.batch_execute("DELETE FROM item WHERE deleted").await.unwrap();
            let version = client.query_one("SELECT version FROM schema_version", &[]).await.unwrap().get::<_, i32>(0);
            assert_eq!(version, 3);
        }
    });
    // A newer schema is left alone.
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let mode = "SELECT 1 FROM pg_settings WHERE name = 'fsync' AND setting = 'on'";
        assert_eq!(client.query(mode, &[]).await.unwrap().len(), 1);
        client.execute("UPDATE schema_version SET version = 99", &[]).await.unwrap();
        assert_eq!(postgres::Postgres::open(&url, None).await.err(), Some(RelayError::NewerSchema));
        client.batch_execute("ALTER SYSTEM SET fsync = off").await.unwrap();
        client.execute("SELECT pg_reload_conf()", &[]).await.unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while postgres::Postgres::open(&url, None).await.err() != Some(RelayError::Setting("fsync")) {
            assert!(std::time::Instant::now() < deadline, "a server without fsync is used");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    drop(store);
}
