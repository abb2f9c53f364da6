//! A real Chromium for the desk's pages, and a Python that drives it.
use crate::failure::Failure;
use crate::place::Place;
use crate::{tools, venv};
use std::path::PathBuf;

/// Drives the browser of the system; it brings none of its own.
const PLAYWRIGHT: [&str; 1] = ["playwright==1.65.2"];

/// Python with Playwright, and the browser. Where there is none and none can be installed, the failure says how to get one.
pub(crate) fn provide(place: &Place) -> Result<(PathBuf, PathBuf), Failure> {
    let python = venv::python(place, "browser", &PLAYWRIGHT)?;
    // The fonts: without them Arabic and Ethiopic are boxes in the pictures.
    tools::need(&["chromium"], &["chromium", "fonts-noto-core"], "Looking at the desk's pages")?;
    let chromium = tools::find("chromium").ok_or_else(|| Failure::new("Chromium went away."))?;
    Ok((python, chromium))
}
