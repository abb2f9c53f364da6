//! `cargo xtask size`: how large the library is that goes onto a phone, and that it has no switch of the tests.
use crate::cargo::Cargo;
use crate::failure::{Doing, Failure};
use crate::place::{self, Place};
use crate::process;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What an app may grow by, without OpenSSL: phones in the field have 16 GB and a link by the megabyte.
const LIMIT: u64 = 4_000_000;
/// What a test says to make the core panic; `bindings/ffi/src/planted.rs`.
const PLANTED: &[u8] = b"planted panic in the core";

/// Builds the library as it ships, stripped. Gives its path.
pub(crate) fn shipped(place: &Place, cargo: &Cargo<'_>) -> Result<PathBuf, Failure> {
    process::run(cargo.command("build").args([
        "--locked",
        "--profile",
        "shipped",
        "--package",
        "wayside-ffi",
        "--lib",
    ]))?;
    let built = place.target.join("shipped/libwayside_ffi.so");
    let stripped = place.target.join("shipped/stripped/libwayside_ffi.so");
    place::put(&stripped, &fs::read(&built).doing("Reading the library")?)?;
    process::run(Command::new("strip").arg("--strip-unneeded").arg(&stripped))?;
    let bytes = fs::read(&stripped).doing("Reading the library")?;
    if has_planted(&bytes) {
        return Err(Failure::new("What ships has the switch that makes the core panic."));
    }
    Ok(stripped)
}

/// Measures, and fails above the limit.
pub(crate) fn size(place: &Place, cargo: &Cargo<'_>) -> Result<(), Failure> {
    let bytes = fs::metadata(shipped(place, cargo)?).doing("Looking at the library")?.len();
    println!("{bytes} bytes stripped, {LIMIT} allowed");
    within(bytes)
}

fn within(bytes: u64) -> Result<(), Failure> {
    match bytes <= LIMIT {
        true => Ok(()),
        false => Err(Failure(format!("The library has {bytes} bytes, and {LIMIT} are allowed."))),
    }
}

fn has_planted(library: &[u8]) -> bool {
    library.windows(PLANTED.len()).any(|window| window == PLANTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_limit_is_refused() {
        assert_eq!(within(LIMIT), Ok(()));
        assert!(within(LIMIT + 1).is_err());
    }

    #[test]
    fn a_switch_is_found() {
        assert!(has_planted(b"\0planted panic in the core\0"));
        assert!(!has_planted(b"\0planted panic in the cor\0"));
    }
}
