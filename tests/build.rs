//! Cuts the Rust sample out of `docs/integrate.md`, so that what is compiled and run is what a reader copies.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/integrate.md");
    println!("cargo::rerun-if-changed={}", page.display());
    let text = fs::read_to_string(page)?;
    let (_, after) = text.split_once("\n```rust\n").ok_or("the page has no sample for Rust")?;
    let (sample, _) = after.split_once("```\n").ok_or("the sample has no end")?;
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("sample.rs"), sample)?)
}
