//! Running a scenario in a process of its own, with the shim preloaded.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::plant;

/// What is done to the process.
#[derive(Clone, Copy, Default)]
pub(crate) struct Harm {
    pub(crate) kill_at: Option<usize>,
    /// Which call, with which number, and what becomes of those after it.
    pub(crate) fail_at: Option<(usize, i32, After)>,
}

/// What becomes of the calls after one that failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum After {
    /// They work.
    Works,
    /// They all fail.
    Fails,
    /// Those that need room fail; taking away, renaming and syncing work.
    IsFull,
}

/// How it ended, and what it said.
pub(crate) struct Ran {
    pub(crate) lines: Vec<String>,
    /// Killed by the shim.
    pub(crate) killed: bool,
    /// Ended by itself and well.
    pub(crate) well: bool,
}

/// Runs the scenario on the files below `root`.
pub(crate) fn scenario(name: &str, root: &Path, seed: usize, harm: Harm) -> Ran {
    run(command(name, root, seed, harm))
}

/// As [`scenario`], and writes down every call for a replay.
pub(crate) fn logged(name: &str, root: &Path, seed: usize, log: &Path) -> Ran {
    let mut command = command(name, root, seed, Harm::default());
    command.env("FAULTS_LOG", log);
    run(command)
}

/// How many calls the scenario makes when nothing happens to it.
pub(crate) fn calls(name: &str, root: &Path, seed: usize) -> usize {
    let count = root.with_extension("count");
    let mut command = command(name, root, seed, Harm::default());
    command.env("FAULTS_COUNT", &count);
    let ran = run(command);
    assert!(ran.well, "{name} does not run through: {:?}", ran.lines.last());
    let text = std::fs::read_to_string(&count).unwrap();
    std::fs::remove_file(count).unwrap();
    text.parse().unwrap()
}

pub(crate) fn command(name: &str, root: &Path, seed: usize, harm: Harm) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("worker").arg(name).arg(root).arg(seed.to_string()).args(plant::arguments());
    command.env("LD_PRELOAD", shim()).env("FAULTS_DIR", root).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(at) = harm.kill_at {
        command.env("FAULTS_KILL_AT", at.to_string());
    }
    if let Some((at, errno, after)) = harm.fail_at {
        command.env("FAULTS_FAIL_AT", at.to_string()).env("FAULTS_ERRNO", errno.to_string());
        command.env("FAULTS_AFTER", (after as u8).to_string());
    }
    command
}

fn run(mut command: Command) -> Ran {
    let mut child = command.spawn().unwrap();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    let status = child.wait().unwrap();
    let killed = std::os::unix::process::ExitStatusExt::signal(&status) == Some(9);
    Ran { lines: text.lines().map(str::to_owned).collect(), killed, well: status.success() }
}

/// The shim, compiled once for each run of this program.
fn shim() -> &'static Path {
    static SHIM: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    &SHIM
        .get_or_init(|| {
            let dir = tempfile::tempdir().unwrap();
            let (source, library) =
                (Path::new(env!("CARGO_MANIFEST_DIR")).join("shim/faults.c"), dir.path().join("faults.so"));
            let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
            let mut compile = Command::new(compiler);
            compile.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
            assert!(compile.status().unwrap().success(), "the shim does not compile");
            (dir, library)
        })
        .1
}
