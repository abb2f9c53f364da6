//! HQ as a person has it: relay and desk as the program `wayside`, each call a process of its own.

use serde_json::Value;
use std::env;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The desk's secret. It guards nothing but test data.
const PASSPHRASE: &str = "amber lantern quiet harbour maple stone";

/// Staff codes of the two who order a wipe together. Their passphrases are the desk's.
const OFFICERS: [&str; 2] = ["ko-1", "ko-2"];

/// A worker with every training and no office.
pub(crate) const ROLE: &str = "interviewer trained specialist child_protection";

/// A relay that runs and a desk that knows it, in a folder that goes away with this.
pub struct Hq {
    folder: TempDir,
    relay: Child,
    url: String,
}

impl Hq {
    /// Starts both. The program has to be built: `cargo build` does.
    pub fn start() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(said)?;
        std::fs::write(folder.path().join("secret"), PASSPHRASE).map_err(said)?;
        let relay = serve(folder.path(), "127.0.0.1:0")?;
        // Whatever goes wrong from here on, the relay is ended.
        let mut hq = Self { folder, relay, url: String::new() };
        hq.url = hq.wait_until_ready()?;
        let url = hq.url.clone();
        let token = hq.folder.path().join("relay/desk-token");
        let init = ["init", "--org", "Test", "--kdf", "floor", "--relay", &url, "--relay-token"];
        hq.desk_with(&init, &token)?;
        let scenarios = crate::root().join("tests/scenarios");
        hq.desk_with(&["hand-out", "services"], &scenarios.join("demo/services.json"))?;
        for form in ["forms/household.xml", "forms/shelters.xml"] {
            hq.desk_with(&["hand-out", "form"], &scenarios.join(form))?;
        }
        Ok(hq)
    }

    fn wait_until_ready(&mut self) -> Result<String, String> {
        let stdout = self.relay.stdout.take().ok_or("the relay has no output")?;
        let ready = serde_json::Deserializer::from_reader(BufReader::new(stdout)).into_iter::<Value>().next();
        let ready = ready.ok_or("the relay said nothing")?.map_err(said)?;
        Ok(ready["url"].as_str().unwrap_or_default().to_owned())
    }

    /// Ends the relay as a power cut does, and starts it again at the same address.
    #[cfg(test)]
    pub(crate) fn cut_the_relay(&mut self) -> Result<(), String> {
        self.relay.kill().map_err(said)?;
        self.relay.wait().map_err(said)?;
        let listen = self.url.split_once("://").map_or("", |(_, address)| address.trim_end_matches('/')).to_owned();
        self.relay = serve(self.folder.path(), &listen)?;
        self.wait_until_ready().map(drop)
    }

    /// A fresh enrolment record, as its QR code would carry it.
    pub(crate) fn enrolment_record(&self, role: &str) -> Result<String, String> {
        let file = self.folder.path().join("record");
        self.desk_with(&["enrol", "--role", role, "--site", "SITE-1", "--worker", "W1", "--out"], &file)?;
        let record = std::fs::read_to_string(&file).map_err(said)?;
        std::fs::remove_file(&file).map_err(said)?;
        Ok(record.trim().to_owned())
    }

    /// Runs `wayside desk …` and reads its JSON.
    pub(crate) fn desk(&self, arguments: &[&str]) -> Result<Value, String> {
        let mut desk = Command::new(program()?);
        desk.args(["--json", "desk", "--dir"]).arg(self.folder.path().join("desk"));
        desk.arg("--pin-file").arg(self.folder.path().join("secret")).args(arguments);
        let done = desk.stdin(Stdio::null()).output().map_err(said)?;
        if !done.status.success() {
            return Err(format!("desk {}: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr)));
        }
        serde_json::from_slice(&done.stdout).map_err(said)
    }

    /// Takes a bundle in and gives back one with what is for its devices.
    pub(crate) fn answer_bundle(&self, bundle: &[u8]) -> Result<Vec<u8>, String> {
        let (came, goes) = (self.folder.path().join("came"), self.folder.path().join("goes"));
        std::fs::write(&came, bundle).map_err(said)?;
        let taken = self.desk_with(&["bundle", "import"], &came)?;
        let devices: Vec<&str> = taken["devices"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let out = goes.to_string_lossy();
        self.desk(&[&["bundle", "export", "--out", out.as_ref()], devices.as_slice()].concat())?;
        let bytes = std::fs::read(&goes).map_err(said)?;
        std::fs::remove_file(&goes).map_err(said)?;
        Ok(bytes)
    }

    /// Hands a file out to one device as a trial, changed at some places, and without the desk's own checks.
    pub(crate) fn hand_out(
        &self,
        what: &str,
        file: &Path,
        set: &[(Vec<Value>, Value)],
        device: &str,
        with: &[String],
    ) -> Result<(), String> {
        let mut trial = vec!["--device", device, "--unchecked"];
        trial.extend(with.iter().map(String::as_str));
        let mut path = file.to_owned();
        if !set.is_empty() {
            let mut document: Value = serde_json::from_slice(&std::fs::read(file).map_err(said)?).map_err(said)?;
            set.iter().for_each(|(place, value)| put(&mut document, place, value));
            path = self.folder.path().join("changed.json");
            std::fs::write(&path, document.to_string()).map_err(said)?;
        }
        // The sound beside the file goes along; with a changed one it does not, for the device has it.
        let path = path.to_string_lossy();
        self.desk(&[&["hand-out", what, &path], trial.as_slice()].concat()).map(drop)
    }

    /// Asks for a device to be wiped, and lets so many officers sign. They get their slots with the first order.
    pub(crate) fn wipe(&self, device: &str, signatures: usize) -> Result<(), String> {
        let secret = self.folder.path().join("secret");
        let people = self.desk(&["people", "list"])?;
        if people.as_array().is_none_or(Vec::is_empty) {
            for officer in OFFICERS {
                let add = ["people", "add", officer, "--role", "key-officer", "--kdf", "floor", "--slot-pin-file"];
                self.desk_with(&add, &secret)?;
            }
        }
        let number = self.desk(&["wipe", "ask", device])?["order"].to_string();
        for officer in OFFICERS.iter().take(signatures) {
            let approve = ["wipe", "approve", device, "--order", &number, "--as", officer, "--slot-pin-file"];
            self.desk_with(&approve, &secret)?;
        }
        Ok(())
    }

    /// The file of the desk's passphrase, which is also the officers'.
    #[cfg(test)]
    pub(crate) fn secret_file(&self) -> PathBuf {
        self.folder.path().join("secret")
    }

    pub(crate) fn desk_with(&self, arguments: &[&str], last: &Path) -> Result<Value, String> {
        let last = last.to_string_lossy();
        self.desk(&[arguments, &[last.as_ref()]].concat())
    }
}

/// Puts a value at a place of a document; `null` takes out what is there.
fn put(document: &mut Value, place: &[Value], value: &Value) {
    let Some((step, rest)) = place.split_first() else { return document.clone_from(value) };
    match (document, step) {
        (Value::Object(fields), Value::String(name)) if rest.is_empty() && value.is_null() => drop(fields.remove(name)),
        (Value::Object(fields), Value::String(name)) => put(fields.entry(name).or_insert(Value::Null), rest, value),
        (Value::Array(items), Value::Number(at)) => {
            let at = at.as_u64().and_then(|at| usize::try_from(at).ok());
            at.and_then(|at| items.get_mut(at)).into_iter().for_each(|item| put(item, rest, value));
        }
        _ => {}
    }
}

impl Drop for Hq {
    fn drop(&mut self) {
        // Its store is made for being cut off at any moment.
        let _ = self.relay.kill();
        let _ = self.relay.wait();
    }
}

fn serve(folder: &Path, listen: &str) -> Result<Child, String> {
    let mut serve = Command::new(program()?);
    serve.args(["--json", "relay", "--dir"]).arg(folder.join("relay")).args(["serve", "--listen", listen]);
    serve.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(said)
}

/// The program beside the test programs.
pub(crate) fn program() -> Result<PathBuf, String> {
    let test = env::current_exe().map_err(said)?;
    let beside = test.ancestors().nth(2).map(|folder| folder.join("wayside"));
    beside.filter(|path| path.is_file()).ok_or_else(|| "`wayside` is not built: run `cargo build`".to_owned())
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
