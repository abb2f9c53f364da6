//! `cargo xtask size`: how large the library is that goes onto a phone, and that it has no switch of the tests.
//!
//! Building it takes minutes, so `cargo xtask size --check` only compares the record: the limit holds, and the crates in the
//! library are those it was measured with. Who brings another crate in has to measure again.
use crate::cargo::Cargo;
use crate::failure::{Doing, Failure};
use crate::place::{self, Place};
use crate::process;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const RECORD: &str = "size.json";
/// What an app should grow by at most, without OpenSSL: phones in the field have 16 GB and a link by the megabyte. Not reached.
const AIM: u64 = 4_000_000;
/// What is held meanwhile. It only ever goes down.
const LIMIT: u64 = 6_600_000;
/// Folds functions whose code is the same, and packs relocations: a twelfth of the whole.
const LINKER: [&str; 5] = ["--", "-C", "link-arg=-Wl,--icf=all", "-C", "link-arg=-Wl,-z,pack-relative-relocs"];
/// C code without tables for unwinding, 180 kB: every callback from SQLite into Rust catches a panic before it comes to C.
pub(crate) const C_FLAGS: &str = "-fno-asynchronous-unwind-tables";
/// What a test says to make the core panic; `bindings/ffi/src/planted.rs`.
const PLANTED: &[u8] = b"planted panic in the core";

/// Builds the library as it ships, stripped. Gives its path.
pub(crate) fn shipped(place: &Place, cargo: &Cargo<'_>) -> Result<PathBuf, Failure> {
    let mut rustc = cargo.command("rustc");
    rustc.args(["--locked", "--profile", "shipped", "--package", "wayside-ffi", "--lib"]).args(LINKER);
    rustc.env("CFLAGS", C_FLAGS);
    process::run(&mut rustc)?;
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

/// Measures, writes the record, and fails above the limit.
pub(crate) fn size(place: &Place, cargo: &Cargo<'_>) -> Result<(), Failure> {
    let bytes = fs::metadata(shipped(place, cargo)?).doing("Looking at the library")?.len();
    let record = render(bytes, &crates(cargo)?);
    place::put(&place.root.join(RECORD), record.as_bytes())?;
    println!("{bytes} bytes stripped, {LIMIT} allowed, {AIM} aimed at");
    within(bytes)
}

/// Compares the record with the limit and with the crates of today.
pub(crate) fn check(place: &Place, cargo: &Cargo<'_>) -> Result<(), Failure> {
    let record = fs::read_to_string(place.root.join(RECORD)).doing(format!("Reading {RECORD}"))?;
    judge(&record, &crates(cargo)?)
}

fn judge(record: &str, crates: &BTreeSet<String>) -> Result<(), Failure> {
    let bytes = record
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"stripped_bytes\": ")?.trim_end_matches(',').parse().ok());
    let bytes: u64 = bytes.ok_or_else(|| Failure(format!("{RECORD} does not say the size.")))?;
    within(bytes)?;
    if record != render(bytes, crates) {
        return Err(Failure(format!(
            "The library has other crates than {RECORD} was measured with: run `cargo xtask size`."
        )));
    }
    Ok(())
}

fn within(bytes: u64) -> Result<(), Failure> {
    match bytes <= LIMIT {
        true => Ok(()),
        false => Err(Failure(format!("The library has {bytes} bytes, and {LIMIT} are allowed."))),
    }
}

fn render(bytes: u64, crates: &BTreeSet<String>) -> String {
    let crates = crates.iter().map(|name| format!("    \"{name}\"")).collect::<Vec<_>>().join(",\n");
    format!(
        "{{\n  \"library\": \"libwayside_ffi.so\",\n  \"target\": \"x86_64-unknown-linux-gnu\",\n  \"profile\": \"shipped\",\n  \
         \"openssl\": \"the system's, not counted\",\n  \"stripped_bytes\": {bytes},\n  \"limit_bytes\": {LIMIT},\n  \"aim_bytes\": {AIM},\n  \
         \"crates\": [\n{crates}\n  ]\n}}\n"
    )
}

/// What is in the library, without versions: an update is not news, another crate is.
fn crates(cargo: &Cargo<'_>) -> Result<BTreeSet<String>, Failure> {
    let mut tree = cargo.command("tree");
    tree.args(["--locked", "--offline", "--package", "wayside-ffi", "--edges", "normal,no-proc-macro"]);
    tree.args(["--target", "x86_64-unknown-linux-gnu", "--prefix", "none", "--format", "{p}"]);
    let text = String::from_utf8_lossy(&process::output(&mut tree)?).into_owned();
    Ok(text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

fn has_planted(library: &[u8]) -> bool {
    library.windows(PLANTED.len()).any(|window| window == PLANTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crates(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_record_holds_for_its_crates_and_below_the_limit() {
        let held = crates(&["ring", "uniffi"]);
        assert_eq!(judge(&render(LIMIT, &held), &held), Ok(()));
        assert!(judge(&render(LIMIT + 1, &held), &held).is_err());
        assert!(judge(&render(LIMIT, &held), &crates(&["ring", "tokio", "uniffi"])).is_err());
        assert!(judge("{}\n", &held).is_err());
    }

    #[test]
    fn a_switch_is_found() {
        assert!(has_planted(b"\0planted panic in the core\0"));
        assert!(!has_planted(b"\0planted panic in the cor\0"));
    }
}
