//! The world of the demo: a work folder, the processes in it, and what was found so far.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use wayside_seal::{random, words};

use crate::demo::DemoArgs;
use crate::demo::checks::Check;
use crate::demo::child::{Ran, Runner};
use crate::error::CliError;
use crate::key_store::create_private_folder;
use crate::output::Output;

/// The moment at which the interviews are held: ages must not change with the day on which the demo runs.
pub(crate) const INTERVIEW_TIME: &str = "2026-06-01T09:30:00+03:00";

/// What one check found.
#[derive(Clone, Serialize)]
pub(crate) struct Finding {
    /// Its name.
    pub(crate) check: String,
    /// Whether it holds.
    pub(crate) holds: bool,
    /// What was seen.
    pub(crate) saw: String,
}

/// One process that took part.
#[derive(Clone, Serialize)]
pub(crate) struct Process {
    /// What it did.
    pub(crate) name: String,
    /// Its process id.
    pub(crate) pid: u32,
}

/// Everything the steps share.
pub(crate) struct World<'a> {
    /// The work folder.
    pub(crate) dir: PathBuf,
    /// Starts processes.
    pub(crate) runner: Runner,
    output: &'a Output,
    sabotage: Option<Check>,
    findings: RefCell<Vec<Finding>>,
    processes: RefCell<Vec<Process>>,
}

impl<'a> World<'a> {
    /// A world in this folder.
    pub(crate) fn new(dir: &Path, args: &DemoArgs, output: &'a Output) -> Result<Self, CliError> {
        create_private_folder(dir).map_err(CliError::file("the work folder"))?;
        let dir = dir.canonicalize().map_err(CliError::file("the work folder"))?;
        let runner = Runner::new(&dir.join("logs"))?;
        let (findings, processes) = (RefCell::default(), RefCell::default());
        Ok(Self { dir, runner, output, sabotage: args.sabotage, findings, processes })
    }

    /// A path inside the work folder, as an argument.
    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.join(name).to_string_lossy().into_owned()
    }

    /// Whether this check's fault is to be planted.
    pub(crate) fn sabotages(&self, check: Check) -> bool {
        self.sabotage == Some(check)
    }

    /// Whether a person watches the progress of a sync.
    pub(crate) fn is_watched(&self) -> bool {
        !self.output.is_json() && std::io::IsTerminal::is_terminal(&std::io::stderr())
    }

    /// Begins a step.
    pub(crate) fn heading(&self, text: &str) {
        self.output.say(&format!("\n{text}"));
    }

    /// Tells what happens.
    pub(crate) fn tell(&self, text: &str) {
        for line in text.trim_end().lines() {
            self.output.say(&format!("   {line}"));
        }
    }

    /// Notes what a check found.
    pub(crate) fn check(&self, check: Check, holds: bool, saw: impl Into<String>) {
        let finding = Finding { check: check.name(), holds, saw: saw.into() };
        let mark = if holds { "ok    " } else { "FAILED" };
        self.output.say(&format!("   {mark} {}: {}", finding.check, check.promise()));
        self.output.say(&format!("          {}", finding.saw));
        self.findings.borrow_mut().push(finding);
    }

    /// What all checks found so far.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.findings.borrow().clone()
    }

    /// All processes so far.
    pub(crate) fn processes(&self) -> Vec<Process> {
        self.processes.borrow().clone()
    }

    /// Notes a process.
    pub(crate) fn note_process(&self, name: impl Into<String>, pid: u32) {
        self.processes.borrow_mut().push(Process { name: name.into(), pid });
    }

    /// Runs a command that may be refused.
    pub(crate) fn attempt(&self, args: &[&str]) -> Result<Ran, CliError> {
        let ran = self.runner.run(args)?;
        self.note_process(short(args), ran.pid);
        Ok(ran)
    }

    /// Runs a command that has to work.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Value, CliError> {
        self.attempt(args)?.done(&short(args))
    }

    /// Runs a desk command that has to work.
    pub(crate) fn desk(&self, args: &[&str]) -> Result<Value, CliError> {
        self.attempt_desk(args)?.done(&args.join(" "))
    }

    /// Runs a desk command that may be refused.
    pub(crate) fn attempt_desk(&self, args: &[&str]) -> Result<Ran, CliError> {
        let (dir, words) = (self.path("desk"), self.path("desk.words"));
        let mut all = vec!["desk", "--dir", &dir, "--pin-file", &words];
        all.extend_from_slice(args);
        self.attempt(&all)
    }

    /// Writes six random words as a secret, and says in which file.
    pub(crate) fn make_words(&self, name: &str) -> Result<String, CliError> {
        let words = words::proquint(&random::bytes::<12>()?).replace('-', " ");
        self.write(name, &words)
    }

    /// Writes a file of the work folder and says where it is.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<String, CliError> {
        let path = self.dir.join(name);
        if let Some(folder) = path.parent() {
            create_private_folder(folder).map_err(CliError::file("the work folder"))?;
        }
        std::fs::write(&path, text).map_err(CliError::file("a file of the demo"))?;
        Ok(path.to_string_lossy().into_owned())
    }
}

/// The words of a command without its options and paths, for lists of processes.
fn short(args: &[&str]) -> String {
    const FLAGS: [&str; 3] = ["--built-in", "--finish", "--locked"];
    let mut words = Vec::new();
    let mut rest = args.iter();
    while let Some(word) = rest.next() {
        if word.starts_with("--") {
            if !FLAGS.contains(word) {
                rest.next();
            }
        } else if word.bytes().all(|b| b.is_ascii_lowercase()) {
            words.push(*word);
        }
    }
    if let Some(dir) = args.get(2).filter(|_| args.first() == Some(&"device")) {
        words.push(Path::new(dir).file_name().and_then(|name| name.to_str()).unwrap_or_default());
    }
    words.join(" ")
}
