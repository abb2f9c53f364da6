//! Kill -9 in the middle of uploads: what was acknowledged is there afterwards, once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use wayside_sync::{Method, read_stored};

use crate::client::{Client, World, start};
use crate::phone::{Phone, path};

const FOLDER: &str = "WAYSIDE_RELAY_TEST_FOLDER";
const KILLS: usize = 4;

/// Not a test of its own: the process that gets killed. Without the folder in its environment it does nothing.
#[test]
#[ignore = "started by killed_while_uploading as a process of its own"]
fn relay_process() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let dir = Path::new(&dir);
    let relay = start(dir);
    std::fs::write(dir.join("address.new"), relay.address().to_string()).unwrap();
    std::fs::rename(dir.join("address.new"), dir.join("address")).unwrap();
    relay.run_until_signal().unwrap();
}

/// A relay process; killed with SIGKILL at the latest when the test is over.
struct Process(Child);

impl Process {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(dir: &Path) -> (Process, Client) {
    let _ = std::fs::remove_file(dir.join("address"));
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["crash::relay_process", "--exact", "--ignored"]).env(FOLDER, dir).stdout(Stdio::null());
    let process = Process(command.spawn().unwrap());
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Ok(address) = std::fs::read_to_string(dir.join("address")) {
            return (process, Client::new(address.parse().unwrap()));
        }
        assert!(Instant::now() < deadline, "the relay process does not start");
        std::thread::sleep(Duration::from_millis(5));
    }
}

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
        let (mut process, client) = spawn(world.dir.path());
        let (client, acknowledged) = (&client, &acknowledged);
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
