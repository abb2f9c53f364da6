//! Cargo, always with one selection of crates, so that features unify the same way and nothing is built twice.
use crate::failure::Failure;
use crate::place::Place;
use crate::process;
use std::env;
use std::process::Command;

/// Every crate, with the features that ship: none has the switches for planted faults.
pub(crate) const SELECTION: [&str; 2] = ["--locked", "--workspace"];
/// The simulator with its switches for planted faults. Features unify within one selection, so it is never built together
/// with the program and the library that everything else is tested with.
pub(crate) const SIMULATOR: [&str; 5] = ["--locked", "--package", "wayside-sim", "--features", "planted"];

/// How this run calls cargo.
pub(crate) struct Cargo<'a> {
    place: &'a Place,
    system_crypto: bool,
}

impl<'a> Cargo<'a> {
    pub(crate) fn new(place: &'a Place, system_crypto: bool) -> Self {
        Self { place, system_crypto }
    }

    /// A cargo command in the root of the tree.
    pub(crate) fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.place.root).arg(subcommand);
        if !self.system_crypto {
            // The cargo that started this program may have set it from a file that was there until a moment ago.
            command.env_remove("OPENSSL_NO_VENDOR");
        }
        command
    }

    /// Everything the tests run, also the programs and libraries that other languages use.
    pub(crate) fn build_all(&self) -> Result<(), Failure> {
        process::run(self.command("build").args(SELECTION).arg("--all-targets"))
    }

    /// The one program. Of the workspace only what it needs is built.
    pub(crate) fn build_wayside(&self) -> Result<(), Failure> {
        process::run(self.command("build").arg("--quiet").args(SELECTION).args(["--bin", "wayside"]))
    }

    /// The library the language packages load, and the generators that read it.
    pub(crate) fn build_bindings(&self) -> Result<(), Failure> {
        process::run(self.command("build").args(SELECTION).args(["--lib", "--bins"]))
    }
}
