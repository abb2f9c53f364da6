//! The built-in forms: spreadsheets by people, XForms by pyxform. The XForms are kept in the tree; this says whether they fit.
use crate::failure::{Doing, Failure};
use crate::place::{self, Place};
use crate::{process, venv};
use std::fs;
use std::path::Path;
use std::process::Command;

const PYXFORM: &str = "pyxform==4.5.0";

/// Rewrites the XForms, or says which one differs by a byte.
pub(crate) fn forms(place: &Place, check: bool) -> Result<(), Failure> {
    let python = venv::python(place, "pyxform", &[PYXFORM])?;
    let kept = place.root.join("core/screening/forms");
    let fresh = place.target.join("forms");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).doing("Removing converted forms")?;
    }
    fs::create_dir_all(&fresh).doing("Making a folder for converted forms")?;
    for (name, _) in files(&kept, ".md")? {
        let mut convert = Command::new(&python);
        convert.env("PYTHONDONTWRITEBYTECODE", "1").arg(kept.join("convert.py")).arg(kept.join(&name));
        process::run(convert.arg(fresh.join(&name).with_extension("xml")))?;
    }
    let (made, held) = (files(&fresh, ".xml")?, files(&kept, ".xml")?);
    if check {
        return compare(&made, &held);
    }
    made.iter().try_for_each(|(name, bytes)| place::put(&kept.join(name), bytes))
}

type Files = Vec<(String, Vec<u8>)>;

fn files(folder: &Path, ending: &str) -> Result<Files, Failure> {
    let mut found = Files::new();
    for entry in fs::read_dir(folder).doing(format!("Reading {}", folder.display()))? {
        let path = entry.doing("Reading a folder")?.path();
        let Some(name) = path.file_name().map(|n| n.to_string_lossy().into_owned()) else { continue };
        if name.ends_with(ending) {
            found.push((name, fs::read(&path).doing(format!("Reading {}", path.display()))?));
        }
    }
    found.sort();
    Ok(found)
}

fn compare(made: &Files, held: &Files) -> Result<(), Failure> {
    if made.is_empty() {
        return Err(Failure::new("The conversion of the built-in forms made no form."));
    }
    let differs = |one: &Files, other: &Files| one.iter().find(|f| !other.contains(f)).map(|(name, _)| name.clone());
    match differs(made, held).or_else(|| differs(held, made)) {
        Some(name) => Err(Failure(format!("{name} is not what its spreadsheet makes: run `cargo xtask forms`."))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_byte_one_more_and_one_less_are_found() {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let made = vec![file("a.xml", "<a/>"), file("b.xml", "<b/>")];
        assert!(compare(&made, &made.clone()).is_ok());
        assert!(compare(&made, &vec![file("a.xml", "<a />"), file("b.xml", "<b/>")]).is_err());
        assert!(compare(&made, &vec![file("a.xml", "<a/>")]).is_err());
        assert!(compare(&vec![file("a.xml", "<a/>")], &made).is_err());
        assert!(compare(&Files::new(), &Files::new()).is_err());
    }
}
