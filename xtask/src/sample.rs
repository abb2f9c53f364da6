//! The samples of `docs/integrate.md`, cut out of the page, so that what is compiled and run is what a reader copies.
use crate::failure::{Doing, Failure};
use crate::language::Language;
use crate::place::{self, Place};
use std::fs;
use std::path::Path;

const PAGE: &str = "docs/integrate.md";

/// Puts the sample of a language among its tests. `package` is the package as it is laid out.
pub(crate) fn put(place: &Place, language: Language, package: &Path) -> Result<(), Failure> {
    let page = fs::read_to_string(place.root.join(PAGE)).doing(format!("Reading {PAGE}"))?;
    let sample = block(&page, language.name()).ok_or_else(|| Failure(format!("{PAGE} has no {}.", language.name())))?;
    let (file, head) = match language {
        Language::Kotlin => (place.target.join("bindings/kotlin-sample/Sample.kt"), "package sample\n\n"),
        Language::Python => (package.join("tests/sample.py"), ""),
        Language::Swift => (package.join("Tests/WaysideTests/Sample.swift"), ""),
    };
    place::put(&file, format!("{head}{sample}").as_bytes())
}

/// The first block of this language.
fn block<'a>(page: &'a str, language: &str) -> Option<&'a str> {
    let (_, after) = page.split_once(&format!("\n```{language}\n"))?;
    after.split_once("```\n").map(|(block, _)| block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_cut_out_whole() {
        let page = "# Page\n\n```swift\nlet a = 1\n```\n\n```kotlin\nval a = 1\nval b = 2\n```\n";
        assert_eq!(block(page, "kotlin"), Some("val a = 1\nval b = 2\n"));
        assert_eq!(block(page, "swift"), Some("let a = 1\n"));
        assert_eq!(block(page, "python"), None);
    }
}
