//! Where things are.
use crate::failure::{Doing, Failure};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The source tree and the folder for everything that is made from it.
pub(crate) struct Place {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

impl Place {
    /// The tree this program was built from.
    pub(crate) fn find() -> Result<Self, Failure> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = root.parent().ok_or_else(|| Failure::new("xtask has no folder above it."))?.to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        fs::create_dir_all(&target).doing("Making the target folder")?;
        Ok(Self { root, target })
    }

    /// What cargo's dev profile leaves behind.
    pub(crate) fn debug(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// The `wayside` program.
    pub(crate) fn wayside(&self) -> PathBuf {
        self.debug().join("wayside")
    }

    /// A language package with its generated half.
    pub(crate) fn package(&self, language: &str) -> PathBuf {
        self.target.join("bindings").join(language)
    }
}

/// Writes only what differs, so that build tools see no change where there is none.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if fs::read(path).is_ok_and(|held| held == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).doing(format!("Making {}", folder.display()))?;
    }
    // A new file and not new bytes in the old one: a running program may have the old library mapped.
    let fresh = path.with_extension("fresh");
    fs::write(&fresh, bytes).doing(format!("Writing {}", path.display()))?;
    fs::rename(&fresh, path).doing(format!("Writing {}", path.display()))
}

/// Makes `to` equal to `from`: touches only what differs, removes what is not in `from`.
pub(crate) fn mirror(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).doing(format!("Making {}", to.display()))?;
    for name in names(to)? {
        let (source, copy) = (from.join(&name), to.join(&name));
        if source.exists() && source.is_dir() == copy.is_dir() {
            continue;
        }
        let removed = if copy.is_dir() { fs::remove_dir_all(&copy) } else { fs::remove_file(&copy) };
        removed.doing(format!("Removing {}", copy.display()))?;
    }
    for name in names(from)? {
        let (source, copy) = (from.join(&name), to.join(&name));
        if source.is_dir() {
            mirror(&source, &copy)?;
        } else {
            put(&copy, &fs::read(&source).doing(format!("Reading {}", source.display()))?)?;
        }
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<OsString>, Failure> {
    let doing = || format!("Reading {}", folder.display());
    let entries = fs::read_dir(folder).doing(doing())?;
    entries.map(|entry| entry.map(|e| e.file_name())).collect::<Result<_, _>>().doing(doing())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_exact_and_leaves_equal_files_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        put(&from.join("a/same"), b"1").unwrap();
        put(&from.join("new"), b"2").unwrap();
        put(&to.join("a/same"), b"1").unwrap();
        put(&to.join("a/stale"), b"3").unwrap();
        put(&to.join("gone/deep"), b"4").unwrap();
        let before = fs::metadata(to.join("a/same")).unwrap().modified().unwrap();
        mirror(&from, &to).unwrap();
        assert_eq!(fs::read(to.join("new")).unwrap(), b"2");
        assert!(!to.join("a/stale").exists() && !to.join("gone").exists());
        assert_eq!(fs::metadata(to.join("a/same")).unwrap().modified().unwrap(), before);
    }
}
