//! Large items in an S3-compatible store, a real one.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wayside_seal::item;

use crate::client::expect_stored;
use crate::phone::Phone;
use crate::process::Process;

const SERVER: &str = "WAYSIDE_S3_SERVER";
const BUCKET: &str = "wayside";

/// An S3 server with an empty bucket. Killed when the test is over.
struct Server {
    child: Child,
    endpoint: String,
}

impl Server {
    fn start() -> Self {
        let program = std::env::var(SERVER).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { child: command.spawn().unwrap(), endpoint: format!("http://127.0.0.1:{port}") };
        let deadline = Instant::now() + Duration::from_secs(60);
        while ureq::put(format!("{}/{BUCKET}", server.endpoint)).send_empty().is_err() {
            assert!(Instant::now() < deadline, "no S3 server");
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    fn objects(&self) -> usize {
        let list = format!("{}/{BUCKET}?list-type=2", self.endpoint);
        ureq::get(list).call().unwrap().body_mut().read_to_string().unwrap().matches("<Key>").count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "wants an S3 server: WAYSIDE_S3_SERVER names a program that takes -H HOST -p PORT; `cargo xtask test` brings one"]
fn large_items_lie_in_the_bucket() {
    let server = Server::start();
    let settings = [
        ("RELAY_BUCKET", BUCKET),
        ("AWS_ENDPOINT", server.endpoint.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    let dir = tempfile::tempdir().unwrap();
    let mut process = Process::with(dir.path(), &settings);
    let mut world = process.world(dir);
    let mut phone = Phone::enrolled(&world);
    let items = [phone.large_envelope(300_000), phone.any_envelope(1), phone.large_envelope(900_000)];
    items.iter().for_each(|item| expect_stored(&phone.put(&world, item), item));
    // Another process later, with nothing of them in its folder but the rows.
    process.kill();
    assert!(!world.dir.path().join("blobs").exists());
    let again = Process::with(world.dir.path(), &settings);
    world.client = again.client();
    let held: Vec<_> = world.items().into_iter().map(|item| item.bytes).collect();
    assert!(held == items);
    assert_eq!(server.objects(), 2);
    assert_eq!(world.delete(phone.device, &item::id(&items[0]).unwrap()), 200);
    assert_eq!((server.objects(), world.items().len()), (1, 2));
}
