//! The border table of `ARCHITECTURE.md` beside what cargo knows of the crates.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// What a crate uses: ours, and of the others the ones a reviewer has to know about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Uses {
    /// Crates of this workspace.
    pub ours: BTreeSet<String>,
    /// Sensitive crates of others.
    pub outside: BTreeSet<String>,
}

/// Whoever uses one of these holds keys, files, sockets or a foreign border.
const SENSITIVE: [&str; 20] = [
    "aes",
    "argon2",
    "axum",
    "ed25519-dalek",
    "hpke",
    "hyper",
    "hyper-util",
    "object_store",
    "openssl",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "tokio",
    "tokio-postgres",
    "tokio-postgres-rustls",
    "tokio-rustls",
    "uniffi",
    "ureq",
    "x25519-dalek",
];

/// The table as it is written: crate, and what stands in its two columns.
pub fn table(architecture: &str) -> BTreeMap<String, Uses> {
    let rows = architecture.lines().filter(|line| line.starts_with("| `"));
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    rows.filter_map(|row| {
        let cells: Vec<&str> = row.split('|').collect();
        let [_, name, _, ours, outside, _, _] = cells.as_slice() else { return None };
        Some((names(name).pop_first()?, Uses { ours: names(ours), outside: names(outside) }))
    })
    .collect()
}

/// What cargo says of every crate of the workspace; what only tests use is left out.
pub fn graph() -> Result<BTreeMap<String, Uses>, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version=1", "--no-deps", "--offline"]).current_dir(crate::root());
    let output = cargo.output().map_err(|error| error.to_string())?;
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata names no packages")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let members: BTreeSet<String> = packages.iter().map(|package| text(&package["name"])).collect();
    let of = |package: &Value| {
        let mut uses = Uses::default();
        let shipped = |dependency: &&Value| dependency["kind"].as_str() != Some("dev");
        for dependency in package["dependencies"].as_array().into_iter().flatten().filter(shipped) {
            let name = text(&dependency["name"]);
            if members.contains(&name) {
                uses.ours.insert(name);
            } else if SENSITIVE.contains(&name.as_str()) {
                uses.outside.insert(name);
            }
        }
        uses
    };
    Ok(packages.iter().map(|package| (text(&package["name"]), of(package))).collect())
}

/// One line for each difference.
pub fn differences(table: &BTreeMap<String, Uses>, graph: &BTreeMap<String, Uses>) -> Vec<String> {
    let names: BTreeSet<&String> = table.keys().chain(graph.keys()).collect();
    let differs = |name: &&&String| table.get(**name) != graph.get(**name);
    let line = |name: &String| format!("{name}: the table has {:?}, cargo has {:?}", table.get(name), graph.get(name));
    names.iter().filter(differs).map(|name| line(name)).collect()
}
