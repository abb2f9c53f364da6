//! Which libcrypto SQLCipher is linked with: the system's where it can be built against, otherwise one built from source.
use crate::failure::{Doing, Failure};
use crate::place::Place;
use crate::process;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Read by cargo through the `include` of `.cargo/config.toml`.
const SYSTEM: &str = "[env]\nOPENSSL_NO_VENDOR = \"1\"\n";

/// Writes or removes `system-crypto.toml`. Says whether the system's libcrypto is used.
pub(crate) fn choose(place: &Place) -> Result<bool, Failure> {
    let system = system_has_it();
    // Cargo reads it at this fixed place, wherever its own output goes.
    apply(&place.root.join("target/system-crypto.toml"), system)?;
    Ok(system)
}

/// Changes the file only if needed: cargo compares time stamps.
fn apply(file: &Path, system: bool) -> Result<(), Failure> {
    if system {
        return crate::place::put(file, SYSTEM.as_bytes());
    }
    match fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e).doing(format!("Removing {}", file.display())),
        _ => Ok(()),
    }
}

fn system_has_it() -> bool {
    let pkg_config = || Command::new(env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into()));
    if !process::succeeds(pkg_config().args(["--exists", "libcrypto >= 3"])) {
        return false;
    }
    let Ok(out) = pkg_config().args(["--variable=includedir", "libcrypto"]).output() else { return false };
    let folder = String::from_utf8_lossy(&out.stdout).trim().to_owned();
    !folder.is_empty() && Path::new(&folder).join("openssl/crypto.h").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_follows_the_finding_and_is_left_alone_when_right() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("system-crypto.toml");
        apply(&file, false).unwrap();
        assert!(!file.exists());
        apply(&file, true).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), SYSTEM);
        let written = fs::metadata(&file).unwrap().modified().unwrap();
        apply(&file, true).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);
        fs::write(&file, "[env]\n").unwrap();
        apply(&file, true).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), SYSTEM);
        apply(&file, false).unwrap();
        assert!(!file.exists());
    }
}
