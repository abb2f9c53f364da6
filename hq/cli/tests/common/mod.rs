//! Runs the built binary, as a person or a script does.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, clippy::panic)]

use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub const SECRET: &str = "quiet river stone lamp winter field";

pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }
    pub fn done(self) -> Value {
        assert_eq!(self.code, 0, "{} {}", self.stdout, self.stderr);
        self.json()
    }
    pub fn refused(&self) -> String {
        assert_eq!(self.code, 1, "{} {}", self.stdout, self.stderr);
        let code = self.json()["refused"]["code"].as_str().unwrap().to_owned();
        assert!(self.stderr.contains(&format!("refused: {code}: ")), "{}", self.stderr);
        code
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wayside"));
    command.args(args).stdin(Stdio::null());
    command
}

pub fn plain(args: &[&str]) -> Ran {
    command(args).output().unwrap().into()
}

pub fn json(args: &[&str]) -> Ran {
    plain(&[&["--json"], args].concat())
}

pub fn with_input(args: &[&str], input: &str) -> Ran {
    let mut child = command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that ends early does not read all of it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap().into()
}

/// A relay, a desk and as many devices as asked for, in a folder that goes away with it.
pub struct Place {
    dir: TempDir,
    relay: Child,
    pub relay_url: String,
    /// What commands that speak to the relay are told beside.
    way: Vec<String>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.relay.kill();
        let _ = self.relay.wait();
    }
}

impl Place {
    pub fn new() -> Self {
        Self::of(tempfile::tempdir().unwrap(), &[], &[])
    }

    /// With a relay that speaks TLS under a certificate of its own.
    pub fn over_tls() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let (chain, key) = (dir.path().join("chain.pem"), dir.path().join("key.pem"));
        std::fs::write(&chain, own.cert.pem()).unwrap();
        std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
        let [chain, key] = [chain, key].map(|path| path.to_str().unwrap().to_owned());
        Self::of(dir, &["--tls-chain", &chain, "--tls-key", &key], &["--relay-roots", &chain])
    }

    fn of(dir: TempDir, relay: &[&str], way: &[&str]) -> Self {
        std::fs::write(dir.path().join("secret"), SECRET).unwrap();
        let relay_dir = dir.path().join("relay");
        let serve = ["--json", "relay", "--dir", relay_dir.to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"];
        let mut relay = command(&[&serve, relay].concat()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(relay.stdout.take().unwrap());
        let ready: Value = serde_json::Deserializer::from_reader(stdout).into_iter().next().unwrap().unwrap();
        let relay_url = ready["url"].as_str().unwrap().to_owned();
        let place = Self { dir, relay, relay_url, way: way.iter().map(|arg| (*arg).to_owned()).collect() };
        let token = place.path("relay/desk-token");
        let init = ["init", "--org", "Test", "--relay", &place.relay_url, "--relay-token", &token, "--kdf", "floor"];
        place.desk(&[&init, way].concat()).done();
        place
    }

    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn folder(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.folder(name), text).unwrap();
        self.path(name)
    }

    pub fn desk(&self, args: &[&str]) -> Ran {
        json(&[&["desk", "--dir", &self.path("desk"), "--pin-file", &self.path("secret")], args].concat())
    }

    pub fn device(&self, command: &str, args: &[&str]) -> Ran {
        json(&self.device_args(command, args).iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub fn device_args(&self, command: &str, args: &[&str]) -> Vec<String> {
        let mut all = vec!["device".to_owned(), command.to_owned(), self.path("device")];
        all.extend(args.iter().map(|arg| (*arg).to_owned()));
        if matches!(command, "enrol" | "sync" | "border") {
            all.extend(self.way.iter().cloned());
        }
        all.extend(["--pin-file".to_owned(), self.path("secret")]);
        all
    }

    /// Enrols the device `device` and makes it ready: forms, HQ's confirmation, the site's services.
    pub fn with_device(self) -> Self {
        self.desk(&["hand-out", "services", &Self::interview("services.json")]).done();
        self.with_device_only()
    }

    /// The same with what was handed out before.
    pub fn with_device_only(self) -> Self {
        let role = "screener trained specialist child_protection";
        self.desk(&["enrol", "--role", role, "--site", "SITE-1", "--out", &self.path("record")]).done();
        let enrolled = self.device("enrol", &["--record", &self.path("record"), "--kdf", "floor"]).done();
        self.device("forms", &["--built-in"]).done();
        self.desk(&["pull"]).done();
        self.desk(&["devices", "confirm", enrolled["device"].as_str().unwrap()]).done();
        self.device("sync", &[]).done();
        self
    }

    /// The demo's answer file of this name.
    pub fn interview(name: &str) -> String {
        format!("{}/../../tests/scenarios/demo/{name}", env!("CARGO_MANIFEST_DIR"))
    }
}

/// Name and bytes of every file below a folder, logs left out.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().is_some_and(|name| name != "device.log") {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}
