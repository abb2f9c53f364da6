//! `cargo xtask demo`: build once, then become the demo.
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::place::Place;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Returns only if the demo could not be started: its exit code and its signals are its own.
pub(crate) fn demo(place: &Place, cargo: &Cargo<'_>, arguments: &[String]) -> Failure {
    if let Err(failure) = cargo.build_wayside() {
        return failure;
    }
    let error = Command::new(place.wayside()).arg("demo").args(arguments).exec();
    Failure(format!("Starting the demo: {error}."))
}
