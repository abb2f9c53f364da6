//! The Python package's own tests.
use crate::count::Count;
use crate::failure::Failure;
use crate::hq::Hq;
use crate::place::Place;
use crate::{process, suite, venv};
use std::process::Command;

const PACKAGES: [&str; 1] = ["pytest==9.2.0"];

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    let python = venv::python(place, "pytest", &PACKAGES)?;
    let hq = Hq::start(place, "python")?;
    let package = place.package("python");
    let mut pytest = Command::new(python);
    hq.tell(&mut pytest);
    // No caches: they would land beside the sources.
    pytest.args(["-m", "pytest", "-p", "no:cacheprovider", "--color=no", "tests"]).current_dir(&package);
    pytest.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONPATH", package.join("src"));
    let (text, status) = process::tee(&mut pytest)?;
    suite::settle(Count::of_pytest(&text), status.success(), "Python")
}
