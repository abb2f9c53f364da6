//! A relay as a process of its own, so that it can be killed, watched and counted.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::client::{Client, World};

/// Killed with SIGKILL at the latest when the test is over.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) metrics: std::net::SocketAddr,
    log: PathBuf,
}

impl Process {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::with(dir, &[])
    }

    /// With settings for its environment; `examples/relay_process.rs` lists them.
    pub(crate) fn with(dir: &Path, settings: &[(&str, &str)]) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        let _ = std::fs::remove_file(dir.join("address"));
        let log = dir.join("log");
        let mut command = Command::new(program());
        command.arg(dir).envs(settings.iter().copied());
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

    /// The world around it, in the folder it was started on.
    pub(crate) fn world(&self, dir: TempDir) -> World {
        let desk_token = std::fs::read_to_string(dir.path().join("desk-token")).unwrap().trim().to_owned();
        World { dir, relay: None, desk_token, client: self.client() }
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

/// Cargo builds examples with the tests, beside them.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples/relay_process");
    assert!(program.is_file(), "the example relay_process is not built: run all tests of the crate, or name it too");
    program
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
