//! A relay as a process of its own, so that it can be killed, watched and counted.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wayside_model::Sensitive;
use wayside_relay::{Database, Limits, RelayConfig, serve};

use crate::client::Client;

const FOLDER: &str = "WAYSIDE_RELAY_TEST_FOLDER";
const DATABASE: &str = "WAYSIDE_RELAY_TEST_DATABASE";
const CONNECTIONS: &str = "WAYSIDE_RELAY_TEST_CONNECTIONS";

/// Not a test of its own: the process. Without the folder in its environment it does nothing.
#[test]
#[ignore = "started by other tests as a process of its own"]
fn relay_process() {
    let Some(dir) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mut config = RelayConfig { log: true, ..RelayConfig::new(dir.clone(), "127.0.0.1:0".parse().unwrap()) };
    config.metrics = Some(config.listen);
    if let Ok(url) = std::env::var(DATABASE) {
        config.database = Database::Postgres { url: Sensitive::new(url), roots: None };
    }
    if let Ok(connections) = std::env::var(CONNECTIONS) {
        config.limits = Limits { connections: connections.parse().unwrap(), ..Limits::default() };
    }
    let relay = serve(&config).unwrap();
    let addresses = format!("{} {}", relay.address(), relay.metrics().unwrap());
    std::fs::write(dir.join("address.new"), addresses).unwrap();
    std::fs::rename(dir.join("address.new"), dir.join("address")).unwrap();
    relay.run_until_signal().unwrap();
}

/// Killed with SIGKILL at the latest when the test is over.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) metrics: std::net::SocketAddr,
    log: PathBuf,
}

impl Process {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::with(dir, None, None)
    }

    pub(crate) fn with(dir: &Path, database: Option<&str>, connections: Option<usize>) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        let _ = std::fs::remove_file(dir.join("address"));
        let log = dir.join("log");
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["process::relay_process", "--exact", "--ignored", "--nocapture"]).env(FOLDER, dir);
        database.map(|url| command.env(DATABASE, url));
        connections.map(|number| command.env(CONNECTIONS, number.to_string()));
        command.stdout(Stdio::null()).stderr(std::fs::File::options().create(true).append(true).open(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Ok(text) = std::fs::read_to_string(dir.join("address")) {
                let (address, metrics) = text.split_once(' ').unwrap();
                return Self { child, address: address.parse().unwrap(), metrics: metrics.parse().unwrap(), log };
            }
            assert!(
                child.try_wait().unwrap().is_none() && Instant::now() < deadline,
                "the relay process does not start"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub(crate) fn metrics(&self) -> String {
        let url = format!("http://{}/metrics", self.metrics);
        let mut text = String::new();
        ureq::get(&url).call().unwrap().body_mut().as_reader().read_to_string(&mut text).unwrap();
        text
    }

    /// Memory of the process that is its own, in KiB.
    pub(crate) fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
