//! Python environments under `target/`, made once for each list of packages.
use crate::failure::{Doing, Failure};
use crate::place::Place;
use crate::{process, tools};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The Python of an environment that holds exactly these packages. Kept until the list changes.
pub(crate) fn python(place: &Place, name: &str, packages: &[&str]) -> Result<PathBuf, Failure> {
    let folder = place.target.join("venv").join(name);
    let python = folder.join("bin/python");
    let stamp = folder.join("packages.txt");
    let wanted = packages.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|held| held == wanted) && process::succeeds(Command::new(&python).arg("-V"))
    {
        return Ok(python);
    }
    tools::need(&["python3"], &["python3", "python3-venv"], "The Python part")?;
    if folder.exists() {
        fs::remove_dir_all(&folder).doing(format!("Removing {}", folder.display()))?;
    }
    make(&folder)?;
    let install = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet"];
    process::run(Command::new(&python).args(install).args(packages))
        .map_err(|_| Failure(format!("pip could not get {} from the Python package index.", packages.join(", "))))?;
    fs::write(&stamp, wanted).doing("Noting what was installed")?;
    Ok(python)
}

fn make(folder: &std::path::Path) -> Result<(), Failure> {
    let venv = || process::succeeds(Command::new("python3").args(["-m", "venv"]).arg(folder));
    if venv() {
        return Ok(());
    }
    // Debian ships the module apart from the interpreter.
    if tools::is_root() && tools::find("apt-get").is_some() {
        tools::apt_install(&["python3-venv"]);
    }
    match venv() {
        true => Ok(()),
        false => Err(Failure::new("Python's venv module is missing; on Debian it is the package python3-venv.")),
    }
}
