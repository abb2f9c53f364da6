//! The Python package's own tests.
use crate::count::Count;
use crate::failure::{Doing, Failure};
use crate::hq::Hq;
use crate::place::{self, Place};
use crate::scenarios::{causes, halved};
use crate::{process, suite, venv};
use std::fs;
use std::path::Path;
use std::process::Command;

const PACKAGES: [&str; 2] = ["pytest==9.2.0", "mypy==2.4.1"];
/// Each line is a mistake: if the check of types lets one pass, it checks nothing.
const MISTAKES: [&str; 3] = [
    "wayside.CancelToken().is_cancelled().upper()",
    "wayside.OpenOptions(directory=3)",
    "wayside.AgeStatement.BETWEEN(30, 40, wayside.Gate.AGE)",
];

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    types(place)?;
    Ok(run(place, &["tests"], &[])?.1)
}

/// How many scenario files hold.
pub(crate) fn scenarios(place: &Place, without: bool) -> Result<u64, Failure> {
    let file = |test: &str| format!("tests/test_scenarios.py::{test}");
    let (plain, changed) = (file("test_scenario"), file("test_without_its_cause_it_does_not_hold"));
    let tests: &[&str] = if without { &[&plain, &changed] } else { &[&plain] };
    halved(run(place, tests, causes(without))?.1, without)
}

/// What its robustness tests say.
pub(crate) fn robust(place: &Place, told: &[(&str, &str)]) -> Result<(String, Count), Failure> {
    run(place, &["-s", "tests/test_robust.py"], told)
}

/// The stub says what the module is, and the sample of the page fits it.
fn types(place: &Place) -> Result<(), Failure> {
    let python = venv::python(place, "pytest", &PACKAGES)?;
    let package = place.package("python");
    let mypy = |folder: &Path, module: &str, more: &[&str]| {
        let mut mypy = Command::new(&python);
        mypy.args(["-m", module]).args(more).current_dir(folder);
        mypy.env("PYTHONPATH", folder.join("src")).env("MYPY_CACHE_DIR", place.target.join("mypy"));
        mypy
    };
    process::run(&mut mypy(&package, "mypy", &["--config-file", "pyproject.toml", "tests/sample.py"]))?;
    let fault = place.target.join("python-fault.py");
    for mistake in MISTAKES {
        place::put(&fault, format!("import wayside\n\n{mistake}\n").as_bytes())?;
        if process::succeeds(&mut mypy(
            &package,
            "mypy",
            &["--config-file", "pyproject.toml", &fault.to_string_lossy()],
        )) {
            return Err(Failure(format!("The check of Python's types let a mistake pass: {mistake}")));
        }
    }
    let differs = [
        "--allowlist",
        "types-apart.txt",
        "--ignore-missing-stub",
        "--concise",
        "wayside",
        "--mypy-config-file",
        "pyproject.toml",
    ];
    let stubtest = |folder: &Path| mypy(folder, "mypy.stubtest", &differs);
    process::run(&mut stubtest(&package))?;
    let changed = place.target.join("bindings/python-changed");
    place::mirror(&package, &changed)?;
    let stub = changed.join("src/wayside/__init__.pyi");
    let text = fs::read_to_string(&stub).doing("Reading the stub")?;
    place::put(&stub, text.replace("def lock(self)", "def lock(self, sure: bool)").as_bytes())?;
    match process::succeeds(&mut stubtest(&changed)) {
        true => Err(Failure::new("A stub that differs from the module passed.")),
        false => Ok(()),
    }
}

fn run(place: &Place, tests: &[&str], told: &[(&str, &str)]) -> Result<(String, Count), Failure> {
    let python = venv::python(place, "pytest", &PACKAGES)?;
    let hq = Hq::start(place, "python")?;
    let package = place.package("python");
    let mut pytest = Command::new(python);
    hq.tell(&mut pytest);
    // No caches: they would land beside the sources.
    pytest.args(["-m", "pytest", "-p", "no:cacheprovider", "--color=no"]).args(tests).current_dir(&package);
    pytest.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONPATH", package.join("src"));
    let (text, status) = process::tee(pytest.envs(told.iter().copied()))?;
    let count = suite::settle(Count::of_pytest(&text), status.success(), "Python")?;
    Ok((text, count))
}
