//! A relay and a desk of their own for each language's tests: real processes on loopback, as the shells will meet them.
use crate::failure::{Doing, Failure};
use crate::place::{self, Place};
use crate::process;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The desk's secret in these tests. It guards nothing but test data.
const PASSPHRASE: &str = "amber lantern quiet harbour maple stone\n";

/// HQ for as long as this lives; then the relay is ended.
pub(crate) struct Hq {
    relay: Child,
    variables: Vec<(&'static str, PathBuf)>,
    url: String,
}

impl Hq {
    /// An empty HQ. What an earlier run left is removed.
    pub(crate) fn start(place: &Place, language: &str) -> Result<Self, Failure> {
        let folder = place.target.join("hq").join(language);
        if folder.exists() {
            fs::remove_dir_all(&folder).doing("Removing the HQ of an earlier run")?;
        }
        let (relay_dir, desk_dir) = (folder.join("relay"), folder.join("desk"));
        let pin_file = folder.join("desk-pin");
        place::put(&pin_file, PASSPHRASE.as_bytes())?;
        let address = free_address()?;
        let url = format!("http://{address}");
        let mut serve = Command::new(place.wayside());
        serve.args(["relay", "--dir"]).arg(&relay_dir).arg("serve").arg("--listen").arg(address.to_string());
        let relay = serve.stdin(Stdio::null()).stdout(Stdio::null()).spawn().doing("Starting the relay")?;
        let hq = Self {
            relay,
            variables: vec![
                ("WAYSIDE_BIN", place.wayside()),
                ("WAYSIDE_DESK_DIR", desk_dir.clone()),
                ("WAYSIDE_DESK_PIN_FILE", pin_file.clone()),
                ("WAYSIDE_SCENARIOS", place.root.join("tests/scenarios")),
            ],
            url: url.clone(),
        };
        wait_for(address)?;
        let mut init = Command::new(place.wayside());
        init.args(["desk", "--dir"]).arg(&desk_dir).arg("--pin-file").arg(&pin_file);
        init.args(["init", "--org", "Test organisation", "--kdf", "floor", "--relay", &url])
            .arg("--relay-token")
            .arg(relay_dir.join("desk-token"));
        process::output(&mut init)?;
        Ok(hq)
    }

    /// Tells a runner where everything is.
    pub(crate) fn tell(&self, runner: &mut Command) {
        runner.envs(self.variables.iter().map(|(name, path)| (name, path))).env("WAYSIDE_RELAY_URL", &self.url);
    }
}

impl Drop for Hq {
    fn drop(&mut self) {
        // Its store is made for being cut off at any moment.
        let _ = self.relay.kill();
        let _ = self.relay.wait();
    }
}

/// An address nobody listens on at this moment.
fn free_address() -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing("Looking for a free port")?;
    listener.local_addr().doing("Looking for a free port")
}

fn wait_for(address: SocketAddr) -> Result<(), Failure> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(50));
    }
    Err(Failure::new("The relay did not answer within 20 seconds."))
}
