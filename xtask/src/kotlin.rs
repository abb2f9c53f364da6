//! The Kotlin package's own tests and those of the Android shell, on the JVM in one run of Maven, then the app in Android's
//! own classes.
use crate::count::Count;
use crate::failure::Failure;
use crate::hq::Hq;
use crate::place::Place;
use crate::scenarios::{causes, halved};
use crate::{android, process, shells, suite, tools};
use std::path::PathBuf;
use std::process::Command;

const PROGRAMS: [&str; 3] = ["mvn", "java", "python3"];
const PROGRAM_PACKAGES: [&str; 3] = ["maven", "default-jre-headless", "python3"];

pub(crate) fn test(place: &Place) -> Result<Count, Failure> {
    shells::borders(place)?;
    tools::need(&PROGRAMS, &PROGRAM_PACKAGES, "The Kotlin part")?;
    // What draws the pictures of the screens loads these, also where no window is ever opened.
    let drawing = ["libGL.so.1", "libX11.so.6", "libfontconfig.so.1"];
    tools::need_libraries(&drawing, &["libgl1", "libx11-6", "libfontconfig1"], "The Kotlin part")?;
    let hq = Hq::start(place, "kotlin")?;
    Ok(run(place, &hq, &[], &[])?.1 + android::test(place, &hq)?)
}

/// How many scenario files hold.
pub(crate) fn scenarios(place: &Place, without: bool) -> Result<u64, Failure> {
    tools::need(&PROGRAMS, &PROGRAM_PACKAGES, "The Kotlin part")?;
    let tests = if without {
        "-Dtest=ScenarioTest#scenarios+withoutItsCauseNoneHolds"
    } else {
        "-Dtest=ScenarioTest#scenarios"
    };
    let hq = Hq::start(place, "kotlin")?;
    halved(run(place, &hq, &["-pl", "../bindings/kotlin", tests], causes(without))?.1, without)
}

/// What its robustness tests say.
pub(crate) fn robust(place: &Place, told: &[(&str, &str)]) -> Result<(String, Count), Failure> {
    tools::need(&PROGRAMS, &PROGRAM_PACKAGES, "The Kotlin part")?;
    let hq = Hq::start(place, "kotlin")?;
    run(place, &hq, &["-pl", "../bindings/kotlin", "-Dtest=RobustTest"], told)
}

fn run(place: &Place, hq: &Hq, more: &[&str], told: &[(&str, &str)]) -> Result<(String, Count), Failure> {
    let (text, status) = process::tee(&mut maven(place, hq, more, told))?;
    if !cannot_get(&text) {
        return settle(text, status.success());
    }
    // Not every repository of an ordinary network has what is Google's.
    let (text, status) = process::tee(maven(place, hq, more, told).arg("-Pgoogle"))?;
    if cannot_get(&text) {
        return Err(Failure::new(
            "Maven could not get what the Kotlin part needs from Maven Central and Google's Maven.",
        ));
    }
    settle(text, status.success())
}

fn maven(place: &Place, hq: &Hq, more: &[&str], told: &[(&str, &str)]) -> Command {
    let define = |name: &str, path: PathBuf| format!("-D{name}={}", path.display());
    let mut maven = Command::new("mvn");
    hq.tell(&mut maven);
    maven.args(["-B", "-ntp", "-f"]).arg(place.root.join("android-demo/pom.xml"));
    maven.arg(define("wayside.generated", place.package("kotlin")));
    maven.arg(define("wayside.sample", place.target.join("bindings/kotlin-sample")));
    maven.arg(define("wayside.library", place.debug()));
    maven.arg(define("wayside.build", place.target.join("kotlin")));
    // A red test of the package must not hide what the screens have to say; it is counted all the same.
    maven.args(["-Dmaven.test.failure.ignore=true", "test"]).args(more).envs(told.iter().copied());
    maven
}

fn cannot_get(text: &str) -> bool {
    let said = ["Could not resolve dependencies", "could not be resolved", "Unable to find artifact"];
    said.iter().any(|s| text.contains(s))
}

fn settle(text: String, well: bool) -> Result<(String, Count), Failure> {
    let count = suite::settle(Count::of_surefire(&text), well, "Kotlin")?;
    Ok((text, count))
}
