//! The process that things are done to. It says on its output what was acknowledged, one line each, after the call that
//! acknowledged it has returned.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use wayside_model::Coded;
use wayside_vault::VaultError;

use crate::scenario;

pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let [name, root, seed, rest @ ..] = arguments else { return ExitCode::from(2) };
    if let [flag, protection] = rest
        && flag == "--plant"
    {
        crate::plant::take_away(protection);
    }
    let seed = seed.parse().unwrap_or(0);
    match scenario::run(name, Path::new(root), seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("err {}", error.code()));
            ExitCode::from(3)
        }
    }
}

/// One line, in one call, so that a kill cannot cut it.
pub(crate) fn say(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
}

/// Tries again once, as an app does: what failed once may go through now.
pub(crate) fn twice<T>(mut work: impl FnMut() -> Result<T, VaultError>) -> Result<T, VaultError> {
    match work() {
        Err(error @ (VaultError::StorageFull | VaultError::StorageIo)) => {
            say(&format!("failed {}", error.code()));
            work()
        }
        done => done,
    }
}
