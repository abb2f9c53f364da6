//! The documents that are written by programs: the error glossary, the commands, and the surface of the bindings.
use crate::bindings;
use crate::failure::{Doing, Failure};
use crate::place::{self, Place};
use crate::process;
use std::fs;
use std::process::Command;

/// Rewrites them, or says which one is out of date. Expects the program, the library and the generators to be built.
pub(crate) fn docs(place: &Place, check: bool) -> Result<(), Failure> {
    let program = |command: &str| {
        let mut wayside = Command::new(place.wayside());
        wayside.arg(command);
        wayside
    };
    let mut surface = Command::new(place.debug().join("wayside-api"));
    surface.arg(bindings::library(place));
    let documents = [
        ("docs/errors.md", program("glossary")),
        ("docs/cli.md", program("help-markdown")),
        ("bindings/api.txt", surface),
    ];
    for (document, mut command) in documents {
        let fresh = process::output(&mut command)?;
        let path = place.root.join(document);
        if !check {
            place::put(&path, &fresh)?;
        } else if let Some(line) = difference(&fs::read(&path).doing(format!("Reading {document}"))?, &fresh) {
            return Err(Failure(format!("{document} is out of date from line {line}: run `cargo xtask docs`.")));
        }
    }
    Ok(())
}

/// The first line, from 1, that is not the same in both.
fn difference(held: &[u8], fresh: &[u8]) -> Option<usize> {
    let (held, fresh) = (held.split(|byte| *byte == b'\n'), fresh.split(|byte| *byte == b'\n'));
    let equal = held.clone().zip(fresh.clone()).take_while(|(one, other)| one == other).count();
    (equal < held.count() || equal < fresh.count()).then_some(equal + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(difference(b"a\nb\n", b"a\nb\n"), None);
        assert_eq!(difference(b"a\nb\n", b"a\nc\n"), Some(2));
        assert_eq!(difference(b"a\nb\n", b"a\nb\nc\n"), Some(3));
        assert_eq!(difference(b"a\nb\n", b"a\n"), Some(2));
    }
}
