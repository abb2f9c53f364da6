//! The Python package's own tests.
use crate::count::Count;
use crate::failure::Failure;
use crate::hq::Hq;
use crate::place::Place;
use crate::scenarios::halved;
use crate::{process, suite, venv};
use std::process::Command;

const PACKAGES: [&str; 1] = ["pytest==9.2.0"];

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    run(place, &["tests"], false)
}

/// How many scenario files hold.
pub(crate) fn scenarios(place: &Place, causes: bool) -> Result<u64, Failure> {
    let file = |test: &str| format!("tests/test_scenarios.py::{test}");
    let (plain, without) = (file("test_scenario"), file("test_without_its_cause_it_does_not_hold"));
    let tests: &[&str] = if causes { &[&plain, &without] } else { &[&plain] };
    halved(run(place, tests, causes)?, causes)
}

fn run(place: &Place, tests: &[&str], causes: bool) -> Result<Count, Failure> {
    let python = venv::python(place, "pytest", &PACKAGES)?;
    let hq = Hq::start(place, "python")?;
    let package = place.package("python");
    let mut pytest = Command::new(python);
    hq.tell(&mut pytest);
    // No caches: they would land beside the sources.
    pytest.args(["-m", "pytest", "-p", "no:cacheprovider", "--color=no"]).args(tests).current_dir(&package);
    pytest.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONPATH", package.join("src"));
    if causes {
        pytest.env("WAYSIDE_CAUSES", "all");
    }
    let (text, status) = process::tee(&mut pytest)?;
    suite::settle(Count::of_pytest(&text), status.success(), "Python")
}
