//! Programs of the system that the tests call, and how to get them where they are missing.
use crate::failure::Failure;
use crate::process;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

/// Where a program is, if it can be started by name.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Makes sure each program is there. Debian's packages are installed where this runs as root.
pub(crate) fn need(programs: &[&str], packages: &[&str], what_for: &str) -> Result<(), Failure> {
    provide(&|| programs.iter().filter(|p| find(p).is_none()).copied().collect(), packages, what_for)
}

/// As `need`, for libraries that a program loads by name.
pub(crate) fn need_libraries(names: &[&str], packages: &[&str], what_for: &str) -> Result<(), Failure> {
    let missing = || {
        // Outside an administrator's PATH on Debian.
        let out = Command::new("/sbin/ldconfig").arg("-p").output();
        let known = out.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
        names.iter().filter(|n| !known.contains(**n)).copied().collect()
    };
    provide(&missing, packages, what_for)
}

fn provide<'a>(missing: &dyn Fn() -> Vec<&'a str>, packages: &[&str], what_for: &str) -> Result<(), Failure> {
    if missing().is_empty() {
        return Ok(());
    }
    let names = missing().join(" and ");
    if !is_root() || find("apt-get").is_none() {
        return Err(Failure(format!(
            "{what_for} needs {names}, which only root can install here: apt-get install {}.",
            packages.join(" ")
        )));
    }
    apt_install(packages);
    match missing().is_empty() {
        true => Ok(()),
        false => {
            Err(Failure(format!("{what_for} needs {names}, and apt-get could not install {}.", packages.join(" "))))
        }
    }
}

/// Installs Debian's packages. Whether that worked is for the caller to look at.
pub(crate) fn apt_install(packages: &[&str]) {
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "-y", "--no-install-recommends"]).args(packages);
    if !process::succeeds(&mut install) {
        // A machine fresh from its image has no package lists.
        process::succeeds(Command::new("apt-get").arg("update"));
        process::succeeds(&mut install);
    }
}

/// Whether packages can be installed and a root for another system can be unpacked.
pub(crate) fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    // "Uid: real effective saved file-system"
    let uids = status.lines().find_map(|l| l.strip_prefix("Uid:")).unwrap_or_default();
    uids.split_whitespace().nth(1) == Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        assert!(find("sh").is_some());
        assert!(need(&["sh"], &["dash"], "Anything").is_ok());
        assert!(find("no-such-program-here").is_none());
        assert!(need_libraries(&["libc.so.6"], &["libc6"], "Anything").is_ok());
    }
}
