//! The Kotlin package's own tests, on the JVM.
use crate::count::Count;
use crate::failure::Failure;
use crate::hq::Hq;
use crate::place::Place;
use crate::{process, suite, tools};
use std::process::Command;

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    tools::need(&["mvn", "java"], &["maven", "default-jre-headless"], "The Kotlin part")?;
    let hq = Hq::start(place, "kotlin")?;
    let define = |name: &str, path: std::path::PathBuf| format!("-D{name}={}", path.display());
    let mut maven = Command::new("mvn");
    hq.tell(&mut maven);
    maven.args(["-B", "-ntp", "-f"]).arg(place.root.join("bindings/kotlin/pom.xml"));
    maven.arg(define("wayside.generated", place.package("kotlin")));
    maven.arg(define("wayside.library", place.debug()));
    maven.arg(define("wayside.build", place.target.join("kotlin")));
    let (text, status) = process::tee(maven.arg("test"))?;
    if text.contains("Could not resolve dependencies") || text.contains("could not be resolved") {
        return Err(Failure::new("Maven could not get what the Kotlin part needs from Maven Central."));
    }
    suite::settle(Count::of_surefire(&text), status.success(), "Kotlin")
}
