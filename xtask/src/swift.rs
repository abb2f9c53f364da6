//! The Swift package's own tests and those of the iOS shell, on Linux.
use crate::count::Count;
use crate::failure::{Doing, Failure};
use crate::hq::Hq;
use crate::place::{self, Place};
use crate::scenarios::said;
use crate::{process, shells_swift, suite, swift_root};
use std::fs;
use std::path::Path;

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    let root = swift_root::make(place)?;
    let hq = Hq::start(place, "swift")?;
    let (_, package) = run(place, &root, &hq, &place.package("swift"), BUILD, &[])?;
    begin_anew_after_a_change(place)?;
    let (_, model) = run(place, &root, &hq, &place.root.join("ios-demo/Model"), shells_swift::BUILD, &[])?;
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
pub(crate) fn scenarios(place: &Place, causes: bool) -> Result<u64, Failure> {
    let root = swift_root::make(place)?;
    let hq = Hq::start(place, "swift")?;
    let package = place.package("swift");
    if causes {
        let (_, count) =
            run(place, &root, &hq, &package, BUILD, &["--filter", "ScenarioTests/testWithoutItsCauseNoneHolds"])?;
        if count.failed > 0 {
            return Err(Failure::new("a scenario holds without what it is about; its name is above."));
        }
    }
    let (text, _) = run(place, &root, &hq, &package, BUILD, &["--filter", "ScenarioTests/testEveryScenarioHolds"])?;
    said(&text, "swift")
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
) -> Result<(String, Count), Failure> {
    let mut swift = swift_root::command(place, root, "swift");
    hq.tell(&mut swift);
    swift.env("WAYSIDE_LIB_DIR", place.debug()).env("WAYSIDE_PACKAGE", place.package("swift"));
    // All of them where this test alone is run.
    if more.iter().any(|word| word.ends_with("testWithoutItsCauseNoneHolds")) {
        swift.env("WAYSIDE_CAUSES", "all");
    }
    swift.arg("test").arg("--package-path").arg(package);
    swift.arg("--scratch-path").arg(place.target.join(scratch)).args(more);
    let (text, status) = process::tee(&mut swift)?;
    let count = suite::settle(Count::of_xctest(&text), status.success(), "Swift")?;
    Ok((text, count))
}
