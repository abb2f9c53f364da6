//! The two documents that the program writes itself.
use crate::failure::{Doing, Failure};
use crate::place::{self, Place};
use crate::process;
use std::fs;
use std::process::Command;

/// Document and the command whose output it is.
const GENERATED: [(&str, &str); 2] = [("docs/errors.md", "glossary"), ("docs/cli.md", "help-markdown")];

/// Rewrites them, or says which one is out of date. Expects the program to be built.
pub(crate) fn docs(place: &Place, check: bool) -> Result<(), Failure> {
    for (document, command) in GENERATED {
        let fresh = process::output(Command::new(place.wayside()).arg(command))?;
        let path = place.root.join(document);
        if !check {
            place::put(&path, &fresh)?;
        } else if fs::read(&path).doing(format!("Reading {document}"))? != fresh {
            return Err(Failure(format!("{document} is out of date: run `cargo xtask docs`.")));
        }
    }
    Ok(())
}
