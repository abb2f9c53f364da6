//! The Swift package's own tests, on Linux.
use crate::count::Count;
use crate::failure::Failure;
use crate::hq::Hq;
use crate::place::Place;
use crate::{process, suite, swift_root};

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    let root = swift_root::make(place)?;
    let hq = Hq::start(place, "swift")?;
    let mut swift = swift_root::command(place, &root, "swift");
    hq.tell(&mut swift);
    swift.env("WAYSIDE_LIB_DIR", place.debug());
    swift.arg("test").arg("--package-path").arg(place.package("swift"));
    swift.arg("--scratch-path").arg(place.target.join("swift-build"));
    let (text, status) = process::tee(&mut swift)?;
    suite::settle(Count::of_xctest(&text), status.success(), "Swift")
}
