//! A device of the demo: its folder, its words, and the commands it runs.

use serde_json::Value;

use crate::demo::child::Ran;
use crate::demo::world::{INTERVIEW_TIME, World};
use crate::error::CliError;

/// One device.
pub(crate) struct DemoDevice {
    /// Its folder's name in the work folder.
    pub(crate) name: &'static str,
    /// Its id, once enrolled.
    pub(crate) id: String,
    /// The words it showed.
    pub(crate) words: String,
    /// The record it was enrolled with.
    pub(crate) record: String,
}

impl DemoDevice {
    /// The arguments of a command on this device, with its own words or those of another file.
    pub(crate) fn args(&self, world: &World<'_>, command: &str, more: &[&str]) -> Vec<String> {
        self.args_with(world, command, more, &format!("{}.words", self.name))
    }

    /// As `args`, with the words of this file.
    pub(crate) fn args_with(&self, world: &World<'_>, command: &str, more: &[&str], words: &str) -> Vec<String> {
        let mut all = vec!["device".to_owned(), command.to_owned(), world.path(self.name)];
        all.extend(more.iter().map(|word| (*word).to_owned()));
        all.extend(["--pin-file".to_owned(), world.path(words)]);
        all
    }

    /// Runs a command that may be refused.
    pub(crate) fn attempt(&self, world: &World<'_>, command: &str, more: &[&str]) -> Result<Ran, CliError> {
        world.attempt(&refs(&self.args(world, command, more)))
    }

    /// Runs a command that has to work.
    pub(crate) fn run(&self, world: &World<'_>, command: &str, more: &[&str]) -> Result<Value, CliError> {
        world.run(&refs(&self.args(world, command, more)))
    }

    /// Plays an interview from a file, at the demo's fixed moment.
    pub(crate) fn fill(&self, world: &World<'_>, form: &str, answers: &str, more: &[&str]) -> Result<Value, CliError> {
        let mut all = vec![form, "--answers", answers, "--now", INTERVIEW_TIME];
        all.extend_from_slice(more);
        self.run(world, "fill", &all)
    }

    /// The states of its finished records.
    pub(crate) fn queue(&self, world: &World<'_>) -> Result<Vec<String>, CliError> {
        let queue = self.run(world, "queue", &[])?;
        let states = queue.as_array().into_iter().flatten().map(|item| text(&item["state"]));
        Ok(states.collect())
    }
}

/// Borrowed arguments.
pub(crate) fn refs(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

/// A value as text; empty if it is none.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
