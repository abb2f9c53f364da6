//! A form's file and what stands beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use wayside_field::FormFile;
use wayside_forms::{Form, Resources};

use crate::error::CliError;

/// What was found beside a form.
pub(super) struct Beside {
    pub(super) resources: Resources,
    /// What is missing or cannot be read, in words.
    pub(super) problems: Vec<String>,
}

/// The form's XML; a workbook is converted first.
pub(super) fn form_xml(file: &Path) -> Result<String, CliError> {
    let is_workbook = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    if !is_workbook {
        return std::fs::read_to_string(file).map_err(CliError::file("the form"));
    }
    // What Python would say about a missing file is no help.
    std::fs::metadata(file).map_err(CliError::file("the form"))?;
    convert(file)
}

fn convert(workbook: &Path) -> Result<String, CliError> {
    let has_pyxform = |python: &&&str| {
        Command::new(python).args(["-c", "import pyxform"]).output().is_ok_and(|done| done.status.success())
    };
    let Some(python) = ["python3", "python"].iter().find(has_pyxform) else {
        let help =
            "a workbook is converted by pyxform, which Python does not have here: `pip install pyxform` brings it";
        return Err(CliError::Usage(help.to_owned()));
    };
    let folder = tempfile::tempdir().map_err(CliError::file("a folder for the converted form"))?;
    let target = folder.path().join("form.xml");
    let done = Command::new(python)
        .args(["-m", "pyxform.xls2xform", "--skip_validate"])
        .arg(workbook)
        .arg(&target)
        .output()
        .map_err(CliError::file("Python"))?;
    std::fs::read_to_string(&target).map_err(|_| {
        let said = String::from_utf8_lossy(&done.stderr);
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
        CliError::Usage(format!("pyxform does not take this workbook: {}", last.trim()))
    })
}

/// Where the files of a form may be: its media folder, then beside it.
struct Folders([PathBuf; 2]);

impl Folders {
    fn of(file: &Path) -> Self {
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Self([folder.join(format!("{stem}-media")), folder])
    }

    fn find(&self, uri: &str) -> Option<PathBuf> {
        let name = name_of(uri)?;
        self.0.iter().map(|folder| folder.join(name)).find(|path| path.is_file())
    }
}

/// A file name and nothing else: a form cannot point elsewhere.
fn name_of(uri: &str) -> Option<&str> {
    uri.rsplit('/').next().filter(|name| !name.is_empty() && *name != "..")
}

/// The lists that a form names, as far as they are there, to be installed with it.
pub(crate) fn lists(file: &Path, form: &Form) -> Result<Vec<FormFile>, CliError> {
    let folders = Folders::of(file);
    let mut lists = Vec::new();
    for instance in form.external_instances() {
        if let (Some(name), Some(path)) = (name_of(&instance.source), folders.find(&instance.source)) {
            let bytes = std::fs::read(path).map_err(CliError::file("a list of the form"))?;
            lists.push(FormFile { name: name.to_owned(), bytes });
        }
    }
    Ok(lists)
}

/// Looks for the files a form names, beside it and in its media folder.
pub(super) fn beside(file: &Path, form: &Form) -> Beside {
    let folders = Folders::of(file);
    let find = |uri: &str| folders.find(uri);
    let mut found = Beside { resources: Resources::new(), problems: Vec::new() };
    for instance in form.external_instances() {
        if instance.source == "jr://instance/last-saved" {
            continue;
        }
        match find(&instance.source).map(std::fs::read) {
            Some(Ok(bytes)) => {
                if let Err(error) = found.resources.add_file(&instance.source, &bytes) {
                    found.problems.push(format!("{}: {error}", instance.source));
                }
            }
            Some(Err(_)) => found.problems.push(format!("{} cannot be read", instance.source)),
            None => found.problems.push(format!("{} is missing", instance.source)),
        }
    }
    let missing = form.media().into_iter().filter(|uri| find(uri).is_none());
    found.problems.extend(missing.map(|uri| format!("{uri} is missing")));
    found
}
