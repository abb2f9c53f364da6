//! Large items in an S3-compatible store, a real one.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wayside_relay::{BlobPlace, RelayConfig, serve};
use wayside_seal::item;

use crate::client::{Client, World, expect_stored};
use crate::phone::Phone;

const SERVER: &str = "WAYSIDE_S3_SERVER";
const BUCKET: &str = "wayside";

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs in a process of its own: the store's address and credentials come from the environment.
#[test]
#[ignore = "needs an S3 server: WAYSIDE_S3_SERVER names a program such as moto_server, which takes -p PORT"]
fn large_items_lie_in_the_bucket() {
    let program = std::env::var(SERVER).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(program);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Server(command.spawn().unwrap());
    let endpoint = format!("http://127.0.0.1:{port}");
    let deadline = Instant::now() + Duration::from_secs(60);
    while ureq::put(format!("{endpoint}/{BUCKET}")).send_empty().is_err() {
        assert!(Instant::now() < deadline, "no S3 server");
        std::thread::sleep(Duration::from_millis(100));
    }
    let outcome = Command::new(std::env::current_exe().unwrap())
        .args(["blobs::against_the_bucket", "--exact", "--ignored", "--nocapture"])
        .envs([("AWS_ENDPOINT", endpoint.as_str()), ("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "test")])
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env(SERVER, "started")
        .status()
        .unwrap();
    assert!(outcome.success());
    drop(server);
}

#[test]
#[ignore = "started by large_items_lie_in_the_bucket as a process of its own"]
fn against_the_bucket() {
    if std::env::var(SERVER).as_deref() != Ok("started") {
        return;
    }
    let open = |dir: &Path| {
        let config = RelayConfig::new(dir.to_owned(), "127.0.0.1:0".parse().unwrap());
        serve(&RelayConfig { blobs: BlobPlace::S3 { bucket: BUCKET.to_owned() }, ..config }).unwrap()
    };
    let dir = tempfile::tempdir().unwrap();
    let relay = open(dir.path());
    let desk_token = wayside_relay::read_desk_token(relay.desk_token_file()).unwrap().expose().clone();
    let client = Client::new(relay.address());
    let mut world = World { dir, relay: Some(relay), desk_token, client };
    let mut phone = Phone::enrolled(&world);
    let items = [phone.large_envelope(300_000), phone.any_envelope(1), phone.large_envelope(900_000)];
    items.iter().for_each(|item| expect_stored(&phone.put(&world, item), item));
    // Another relay process later, with nothing of them in its folder but the rows.
    world.relay.take().unwrap().shutdown().unwrap();
    assert!(!world.dir.path().join("blobs").exists());
    let relay = open(world.dir.path());
    world.client = Client::new(relay.address());
    world.relay = Some(relay);
    let held: Vec<_> = world.items().into_iter().map(|item| item.bytes).collect();
    assert!(held == items);
    let objects = || {
        let list = format!("{}/{BUCKET}?list-type=2", std::env::var("AWS_ENDPOINT").unwrap());
        ureq::get(list).call().unwrap().body_mut().read_to_string().unwrap().matches("<Key>").count()
    };
    assert_eq!(objects(), 2);
    assert_eq!(world.delete(&item::id(&items[0]).unwrap()), 200);
    assert_eq!((objects(), world.items().len()), (1, 2));
}
