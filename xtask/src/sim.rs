//! `cargo xtask sim`: the simulator with its switches for planted faults. `cargo xtask sync-faults`: real processes.
use crate::cargo::{Cargo, SELECTION, SIMULATOR};
use crate::failure::{Doing, Failure};
use crate::place::Place;
use crate::process;
use std::process::{Command, ExitCode};

/// Builds the simulator optimised, in a target folder of its own so that no other build ever links what can be weakened,
/// and runs it with the same arguments.
pub(crate) fn sim(place: &Place, cargo: &Cargo<'_>, arguments: &[String]) -> Result<ExitCode, Failure> {
    let folder = place.target.join("planted");
    let mut build = cargo.command("build");
    build.args(["--quiet", "--release"]).args(SIMULATOR).args(["--bin", "wayside-sim", "--target-dir"]).arg(&folder);
    process::run(&mut build)?;
    let program = folder.join("release/wayside-sim");
    let status = Command::new(program).args(arguments).status().doing("Starting the simulator")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Real processes, killed, and a real link, cut: the long form of a test that runs with all others in short.
pub(crate) fn sync_faults(cargo: &Cargo<'_>, rounds: &str) -> Result<(), Failure> {
    cargo.build_wayside()?;
    let mut test = cargo.command("test");
    test.args(SELECTION).args(["--lib", "--", "--nocapture", "real_processes"]);
    process::run(test.env("WAYSIDE_ROUNDS", rounds))
}
