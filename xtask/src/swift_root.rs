//! A Swift toolchain for machines that have none: Debian's, unpacked into a folder of its own and entered by bubblewrap.
use crate::failure::{Doing, Failure};
use crate::place::Place;
use crate::{process, tools};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Swift itself, what it links against, and the libcrypto that the library of the core wants.
const PACKAGES: &str = "swiftlang,libc6-dev,libstdc++-14-dev,libc-bin,coreutils,bash,dash,libssl3t64";
const SUITE: &str = "trixie";
const MIRROR: &str = "http://deb.debian.org/debian";
/// Half of the folder, and nothing that compiling or testing reads.
const NOT_NEEDED: [&str; 8] = [
    "usr/libexec/swift/lib/swift_static",
    "usr/libexec/swift/lib/swift/embedded",
    "usr/libexec/swift/bin/clangd",
    "usr/libexec/swift/bin/sourcekit-lsp",
    "usr/libexec/swift/bin/docc",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
];
/// More of the same; the names carry versions.
const NOT_NEEDED_BY_PREFIX: [(&str, &str); 4] = [
    ("usr/libexec/swift/bin", "lldb"),
    ("usr/libexec/swift/lib", "liblldb"),
    ("usr/libexec/swift/lib", "libsourcekitd"),
    ("usr/libexec/swift/lib", "libLTO"),
];

/// The folder, made on first use and kept.
pub(crate) fn make(place: &Place) -> Result<PathBuf, Failure> {
    let root = place.target.join("swift-root");
    if root.join("usr/libexec/swift/bin/swift-frontend").exists() {
        tools::need(&["bwrap"], &["bubblewrap"], "The Swift part")?;
        return Ok(root);
    }
    tools::need(&["mmdebstrap", "bwrap"], &["mmdebstrap", "bubblewrap"], "The Swift part")?;
    if !tools::is_root() {
        return Err(Failure::new(
            "Unpacking the Swift toolchain the first time needs root; afterwards it is not needed.",
        ));
    }
    // Made beside and renamed, so that half a folder is never taken for a whole one.
    let fresh = place.target.join("swift-root.fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).doing("Removing half a Swift folder")?;
    }
    let mut unpack = Command::new("mmdebstrap");
    // Only unpacked: no maintainer script runs.
    unpack.args(["--quiet", "--mode=root", "--variant=extract"]).arg(format!("--include={PACKAGES}"));
    process::run(unpack.arg(SUITE).arg(&fresh).arg(mirror()))
        .map_err(|_| Failure(format!("Debian's Swift toolchain could not be had from {}.", mirror())))?;
    trim(&fresh)?;
    fs::rename(&fresh, &root).doing("Keeping the Swift folder")?;
    Ok(root)
}

/// A program inside the folder; the source tree and `target` are seen at their own paths, the network is shared.
pub(crate) fn command(place: &Place, root: &Path, program: &str) -> Command {
    let mut inside = Command::new("bwrap");
    inside.arg("--bind").arg(root).arg("/");
    inside.args(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]);
    for (option, folder) in [("--ro-bind", &place.root), ("--bind", &place.target)] {
        inside.arg(option).arg(folder).arg(folder);
    }
    inside.args(["--setenv", "PATH", "/usr/libexec/swift/bin:/usr/bin:/bin", "--setenv", "HOME", "/tmp"]);
    inside.arg("--die-with-parent").arg("--chdir").arg(&place.target).arg(program);
    inside
}

/// The mirror this machine is set up with, if it is a Debian.
fn mirror() -> String {
    let sources = fs::read_to_string("/etc/apt/sources.list.d/debian.sources").unwrap_or_default();
    let uris = sources.lines().filter_map(|l| l.strip_prefix("URIs:")).flat_map(str::split_whitespace);
    uris.map(|u| u.trim_end_matches('/')).find(|u| u.ends_with("/debian")).unwrap_or(MIRROR).to_owned()
}

fn trim(root: &Path) -> Result<(), Failure> {
    let mut doomed: Vec<PathBuf> = NOT_NEEDED.iter().map(|p| root.join(p)).collect();
    for (folder, prefix) in NOT_NEEDED_BY_PREFIX {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        let names = entries.filter_map(Result::ok).filter(|e| e.file_name().to_string_lossy().starts_with(prefix));
        doomed.extend(names.map(|e| e.path()));
    }
    for path in doomed {
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(&path).doing("Trimming the Swift folder")?,
            Ok(_) => fs::remove_file(&path).doing("Trimming the Swift folder")?,
            Err(_) => {}
        }
    }
    Ok(())
}
