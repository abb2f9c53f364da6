//! Lays the language packages out under `target/bindings`: the hand-written half copied, the other half generated.
use crate::cargo::Cargo;
use crate::failure::{Doing, Failure};
use crate::language::Language;
use crate::place::{self, Place};
use crate::{process, sample};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The library cargo made, with its symbols: the generators read the interface from them.
pub(crate) fn library(place: &Place) -> PathBuf {
    place.debug().join(library_name())
}

/// A Mac's ends otherwise.
fn library_name() -> String {
    format!("{DLL_PREFIX}wayside_ffi{DLL_SUFFIX}")
}

/// Builds what is needed and lays each package out.
pub(crate) fn bindings(place: &Place, cargo: &Cargo<'_>, languages: &[Language]) -> Result<(), Failure> {
    cargo.build_bindings()?;
    languages.iter().try_for_each(|language| lay_out(place, *language))
}

/// Expects the library and the generators to be built.
pub(crate) fn lay_out(place: &Place, language: Language) -> Result<(), Failure> {
    let fresh = place.target.join("bindings/fresh").join(language.name());
    if fresh.exists() {
        fs::remove_dir_all(&fresh).doing("Removing generated files")?;
    }
    fs::create_dir_all(&fresh).doing("Making a folder for generated files")?;
    let by_hand = place.root.join("bindings").join(language.name());
    match language {
        // Maven and Gradle read the rest of the hand-written half where it is.
        Language::Kotlin => {
            place::mirror(&by_hand.join("src/main/kotlin"), &fresh)?;
            generate(place, language, &fresh)?;
        }
        Language::Python => {
            place::mirror(&by_hand, &fresh)?;
            let module = fresh.join("src/wayside");
            generate(place, language, &module)?;
            let types = process::output(Command::new(place.debug().join("wayside-python-types")).arg(library(place)))?;
            place::put(&module.join("__init__.pyi"), &types)?;
            fs::copy(library(place), module.join(library_name())).doing("Copying the library")?;
        }
        Language::Swift => {
            place::mirror(&by_hand, &fresh)?;
            let sources = fresh.join("Sources");
            generate(place, language, &sources.join("Wayside"))?;
            let header = "WaysideFFI.h";
            fs::rename(sources.join("Wayside").join(header), sources.join("WaysideFFI").join(header))
                .doing("Moving the C header")?;
        }
    }
    sample::put(place, language, &fresh)?;
    place::mirror(&fresh, &place.package(language.name()))
}

fn generate(place: &Place, language: Language, out: &Path) -> Result<(), Failure> {
    let mut command = match language {
        Language::Swift => {
            let mut swift = Command::new(place.debug().join("uniffi-bindgen-swift"));
            swift.args(["--swift-sources", "--headers"]).arg(library(place)).arg(out);
            swift
        }
        Language::Kotlin | Language::Python => {
            let mut other = Command::new(place.debug().join("uniffi-bindgen"));
            other.args(["generate", "--no-format", "--language", language.name(), "--out-dir"]);
            other.arg(out).arg(library(place));
            other
        }
    };
    // The generator finds uniffi.toml through cargo's metadata of the folder it runs in.
    process::output(command.current_dir(&place.root)).map(drop)
}
