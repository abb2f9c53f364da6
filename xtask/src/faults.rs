//! `cargo xtask faults`: the searches of `tests/faults`, built for what was asked.
use crate::cargo::Cargo;
use crate::failure::{Doing, Failure};
use crate::place::Place;
use crate::process;
use std::process::{Command, ExitCode};

/// Builds the searches, with weaknesses to plant only where they are asked for, and runs them with the same arguments.
pub(crate) fn faults(place: &Place, cargo: &Cargo<'_>, arguments: &[String]) -> Result<ExitCode, Failure> {
    let planted = arguments.iter().any(|argument| argument == "--planted");
    let mut build = cargo.command("build");
    build.args(["--quiet", "--locked", "--package", "wayside-faults"]);
    if planted {
        // A target folder of its own, so that no other build ever links a vault that can be weakened.
        build.args(["--features", "planted", "--target-dir"]).arg(place.target.join("planted"));
    }
    process::run(&mut build)?;
    let folder = if planted { place.target.join("planted/debug") } else { place.debug() };
    let status = Command::new(folder.join("wayside-faults")).args(arguments).status().doing("Starting the searches")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
