//! The tree has the layout, and its source files the sizes, that the project promises.

use std::path::{Path, PathBuf};
use wayside_tests::root;

const TOP: [&str; 22] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "ARCHITECTURE.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "deny.toml",
    "rust-toolchain.toml",
    "core",
    "bindings",
    "android-demo",
    "ios-demo",
    "hq",
    "tests",
    "docs/adr",
    "bindings/api.txt",
    "docs/errors.md",
    "docs/integrate.md",
    "docs/cli.md",
    "docs/threat-model.md",
    "xtask",
];
const CORE: [&str; 7] = ["model", "forms", "seal", "vault", "sync", "screening", "field"];
/// No source file is longer.
const LONGEST: usize = 600;
/// Half of them are not longer than this.
const MEDIAN: usize = 150;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !["target", "build"].contains(&name.as_str()) {
            sources(&path, found);
        } else if path
            .extension()
            .is_some_and(|ending| ["rs", "kt", "swift", "py"].iter().any(|known| ending == *known))
        {
            found.push(path);
        }
    }
}

fn lengths() -> Vec<(usize, PathBuf)> {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    let lines = |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_default().lines().count();
    let mut lengths: Vec<_> = files.into_iter().map(|path| (lines(&path), path)).collect();
    lengths.sort();
    lengths
}

#[test]
fn every_part_of_the_layout_is_there() {
    let missing: Vec<_> = TOP.iter().filter(|part| !root().join(part).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for crate_folder in CORE {
        for file in ["Cargo.toml", "README.md", "src/lib.rs"] {
            assert!(root().join("core").join(crate_folder).join(file).is_file(), "core/{crate_folder}/{file}");
        }
    }
}

#[test]
fn source_files_stay_short() {
    let lengths = lengths();
    assert!(lengths.len() > 300, "only {} source files were found", lengths.len());
    let too_long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > LONGEST).collect();
    assert!(too_long.is_empty(), "{too_long:?}");
    let (median, _) = lengths[lengths.len() / 2];
    println!("{} source files, median {median} lines, longest {}", lengths.len(), lengths[lengths.len() - 1].0);
    assert!(median <= MEDIAN, "the median is {median} lines");
}
