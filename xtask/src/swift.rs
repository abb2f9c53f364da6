//! The Swift package's own tests and those of the iOS shell, on Linux.
use crate::count::Count;
use crate::failure::Failure;
use crate::hq::Hq;
use crate::place::Place;
use crate::{process, shells_swift, suite, swift_root};
use std::path::Path;

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    let root = swift_root::make(place)?;
    let hq = Hq::start(place, "swift")?;
    let package = run(place, &root, &hq, &place.package("swift"), "swift-build")?;
    let model = run(place, &root, &hq, &place.root.join("ios-demo/Model"), shells_swift::BUILD)?;
    shells_swift::check(place, &root)?;
    Ok(package + model)
}

fn run(place: &Place, root: &Path, hq: &Hq, package: &Path, scratch: &str) -> Result<Count, Failure> {
    let mut swift = swift_root::command(place, root, "swift");
    hq.tell(&mut swift);
    swift.env("WAYSIDE_LIB_DIR", place.debug()).env("WAYSIDE_PACKAGE", place.package("swift"));
    swift.arg("test").arg("--package-path").arg(package);
    swift.arg("--scratch-path").arg(place.target.join(scratch));
    let (text, status) = process::tee(&mut swift)?;
    suite::settle(Count::of_xctest(&text), status.success(), "Swift")
}
