//! The Swift package's own tests and those of the iOS shell, on Linux.
use crate::count::Count;
use crate::failure::{Doing, Failure};
use crate::hq::Hq;
use crate::place::{self, Place};
use crate::scenarios::{causes, said};
use crate::{process, shells_swift, suite, swift_root};
use std::fs;
use std::path::Path;

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    let root = swift_root::make(place)?;
    let hq = Hq::start(place, "swift")?;
    let (_, package) = run(place, &root, &hq, &place.package("swift"), BUILD, &[], &[])?;
    begin_anew_after_a_change(place)?;
    let (_, model) = run(place, &root, &hq, &place.root.join("ios-demo/Model"), shells_swift::BUILD, &[], &[])?;
    shells_swift::check(place, &root)?;
    Ok(package + model)
}

/// Where a type that the shell imports has another layout, Swift leaves objects as they were that hold one, and they crash.
fn begin_anew_after_a_change(place: &Place) -> Result<(), Failure> {
    let folder = place.target.join(shells_swift::BUILD);
    let built_with = folder.join("Wayside.swift");
    let surface = place.package("swift").join("Sources/Wayside/Wayside.swift");
    let surface = fs::read(surface).doing("Reading the generated Swift")?;
    if folder.exists() && fs::read(&built_with).ok().as_ref() != Some(&surface) {
        fs::remove_dir_all(&folder).doing("Removing an older build of the iOS shell")?;
    }
    place::put(&built_with, &surface)
}

/// How many scenario files hold.
pub(crate) fn scenarios(place: &Place, without: bool) -> Result<u64, Failure> {
    let root = swift_root::make(place)?;
    let hq = Hq::start(place, "swift")?;
    let package = place.package("swift");
    let play = |test: &str, told: &[(&str, &str)]| run(place, &root, &hq, &package, BUILD, &["--filter", test], told);
    if without {
        let (_, count) = play("ScenarioTests/testWithoutItsCauseNoneHolds", causes(true))?;
        if count.failed > 0 {
            return Err(Failure::new("a scenario holds without what it is about; its name is above."));
        }
    }
    let (text, _) = play("ScenarioTests/testEveryScenarioHolds", &[])?;
    said(&text, "swift")
}

/// What its robustness tests say.
pub(crate) fn robust(place: &Place, told: &[(&str, &str)]) -> Result<(String, Count), Failure> {
    let root = swift_root::make(place)?;
    let hq = Hq::start(place, "swift")?;
    run(place, &root, &hq, &place.package("swift"), BUILD, &["--filter", "RobustTests"], told)
}

/// Where the package is built.
const BUILD: &str = "swift-build";

fn run(
    place: &Place,
    root: &Path,
    hq: &Hq,
    package: &Path,
    scratch: &str,
    more: &[&str],
    told: &[(&str, &str)],
) -> Result<(String, Count), Failure> {
    let mut swift = swift_root::command(place, root, "swift");
    hq.tell(&mut swift);
    swift.env("WAYSIDE_LIB_DIR", place.debug()).env("WAYSIDE_PACKAGE", place.package("swift"));
    swift.arg("test").arg("--package-path").arg(package);
    swift.arg("--scratch-path").arg(place.target.join(scratch)).args(more).envs(told.iter().copied());
    let (text, status) = process::tee(&mut swift)?;
    let count = suite::settle(Count::of_xctest(&text), status.success(), "Swift")?;
    Ok((text, count))
}
