//! Processes of the demo: each command is this program again, started anew, so that nothing is shared but files and sockets.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::CliError;

/// Starts processes and keeps what they write to stderr.
pub(crate) struct Runner {
    program: PathBuf,
    logs: PathBuf,
    count: std::cell::Cell<u32>,
}

/// A command that has ended.
pub(crate) struct Ran {
    /// Its process id.
    pub(crate) pid: u32,
    /// Its exit code; none after a signal.
    pub(crate) code: Option<i32>,
    /// Its document on stdout; null if there was none.
    pub(crate) json: Value,
}

impl Ran {
    /// The code of a refusal.
    pub(crate) fn refused(&self) -> Option<&str> {
        self.json["refused"]["code"].as_str()
    }

    /// The document, if the command did what it was asked.
    pub(crate) fn done(self, what: &str) -> Result<Value, CliError> {
        if self.code == Some(0) {
            return Ok(self.json);
        }
        let how = self.refused().map_or_else(|| format!("exit {:?}", self.code), |code| format!("refused: {code}"));
        Err(CliError::Demo(format!("`{what}` did not work: {how}")))
    }
}

/// A process that runs on, killed when this is dropped.
pub(crate) struct Service {
    child: Child,
    /// What it said when it was ready.
    pub(crate) ready: Value,
    // Kept open: a service that writes to a closed pipe would end.
    _stdout: BufReader<ChildStdout>,
}

impl Service {
    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Runner {
    /// Runs this program; logs go to the folder `logs`.
    pub(crate) fn new(logs: &Path) -> Result<Self, CliError> {
        let program = std::env::current_exe().map_err(CliError::file("this program"))?;
        std::fs::create_dir_all(logs).map_err(CliError::file("the work folder"))?;
        Ok(Self { program, logs: logs.to_owned(), count: std::cell::Cell::new(0) })
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Ran, CliError> {
        self.start(args, false)?.end()
    }

    /// Starts a command without waiting for it; `shown` leaves its stderr on the terminal.
    pub(crate) fn start(&self, args: &[&str], shown: bool) -> Result<Running, CliError> {
        let stderr = if shown { Stdio::inherit() } else { self.log(args)?.into() };
        let child = self.command(args).stderr(stderr).spawn().map_err(CliError::file("this program"))?;
        Ok(Running { child })
    }

    /// Starts a command and leaves it running once it has said that it is ready.
    pub(crate) fn serve(&self, args: &[&str]) -> Result<Service, CliError> {
        let mut child = self.command(args).stderr(self.log(args)?).spawn().map_err(CliError::file("this program"))?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or_else(no_pipe)?);
        let first = serde_json::Deserializer::from_reader(&mut stdout).into_iter::<Value>().next();
        match first {
            Some(Ok(ready)) if ready.get("refused").is_none() => Ok(Service { child, ready, _stdout: stdout }),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                Err(CliError::Demo(format!("`{}` did not start", args.join(" "))))
            }
        }
    }

    /// Starts a command, waits until its stderr shows `count` lines that begin with `prefix`, and kills it at once.
    pub(crate) fn kill_after(&self, args: &[&str], prefix: &str, count: usize) -> Result<(u32, Vec<String>), CliError> {
        let mut child = self.command(args).stderr(Stdio::piped()).spawn().map_err(CliError::file("this program"))?;
        let pid = child.id();
        let stderr = BufReader::new(child.stderr.take().ok_or_else(no_pipe)?);
        let (mut lines, mut seen) = (Vec::new(), 0);
        for line in stderr.lines() {
            let line = line.map_err(CliError::file("a pipe"))?;
            seen += usize::from(line.starts_with(prefix));
            lines.push(line);
            if seen == count {
                break;
            }
        }
        // On Unix this is SIGKILL: the process gets no chance to tidy up.
        child.kill().map_err(CliError::file("a process of the demo"))?;
        child.wait().map_err(CliError::file("a process of the demo"))?;
        Ok((pid, lines))
    }

    /// Starts a command in the foreground, with the terminal as its own. The result is its exit code.
    pub(crate) fn foreground(&self, args: &[&str]) -> Result<bool, CliError> {
        let status = Command::new(&self.program).args(args).status().map_err(CliError::file("this program"))?;
        Ok(status.success())
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--json").args(args).stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    fn log(&self, args: &[&str]) -> Result<File, CliError> {
        self.count.set(self.count.get() + 1);
        let words: Vec<&str> =
            args.iter().filter(|word| word.bytes().all(|b| b.is_ascii_lowercase())).copied().collect();
        let path = self.logs.join(format!("{:03}-{}.log", self.count.get(), words.join("-")));
        File::create(path).map_err(CliError::file("a log of the demo"))
    }
}

/// A command that may still run.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Waits for its end.
    pub(crate) fn end(mut self) -> Result<Ran, CliError> {
        let pid = self.child.id();
        let mut text = String::new();
        let mut stdout = self.child.stdout.take().ok_or_else(no_pipe)?;
        stdout.read_to_string(&mut text).map_err(CliError::file("a pipe"))?;
        let status = self.child.wait().map_err(CliError::file("a process of the demo"))?;
        Ok(Ran { pid, code: status.code(), json: serde_json::from_str(&text).unwrap_or(Value::Null) })
    }
}

/// Asks `ready` again and again until it says yes, for at most `limit`.
pub(crate) fn wait_until(limit: Duration, mut ready: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + limit;
    loop {
        if ready() {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn no_pipe() -> CliError {
    CliError::Demo("a process has no pipe".into())
}
