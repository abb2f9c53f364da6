//! The Android app in Android's own classes: the same screens and view models, the real window, key store and background
//! work, on the JVM. Maven gets the parts; the compiler and the runner among them do the rest.
use crate::count::Count;
use crate::failure::{Doing, Failure};
use crate::hq::Hq;
use crate::place::Place;
use crate::{process, suite};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is compiled together: the screens, the app, and the tests.
const SOURCES: [&str; 4] = [
    "android-demo/screens/src/main/kotlin",
    "android-demo/app/src/jvm/kotlin",
    "android-demo/app/src/main/kotlin",
    TESTS,
];
const TESTS: &str = "android-demo/phone/src/test/kotlin";
const COMPILER: &str = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler";

/// Wants what the Kotlin part has compiled before: the package of the core, and HQ for its tests.
pub(crate) fn test(place: &Place, hq: &Hq) -> Result<Count, Failure> {
    let folder = place.target.join("kotlin/phone");
    get(place)?;
    let mut unpack = Command::new("python3");
    unpack.arg(place.root.join("android-demo/phone/unpack.py"));
    unpack.args(["archives", "unpacked", "resources"].map(|name| folder.join(name)));
    process::run(&mut unpack)?;

    let tools = fs::read_to_string(folder.join("classpath")).doing("Reading what Maven got")?;
    let path = class_path(place, &folder, tools.trim())?;
    let plugin = tools.trim().split(':').find(|jar| jar.contains("kotlin-compose-compiler-plugin-embeddable"));
    let plugin = plugin.ok_or_else(|| Failure::new("Maven got no compiler plugin for Compose."))?;
    let classes = folder.join("classes");
    if classes.exists() {
        fs::remove_dir_all(&classes).doing("Removing the classes of an earlier run")?;
    }
    let mut compile = Command::new("java");
    compile.args([
        "-Xmx1g",
        "-cp",
        tools.trim(),
        COMPILER,
        "-no-stdlib",
        "-no-reflect",
        "-jvm-target",
        "17",
        "-Werror",
    ]);
    compile.arg(format!("-Xplugin={plugin}")).args(["-cp", &path]).arg("-d").arg(&classes);
    compile.args(SOURCES.map(|source| place.root.join(source))).arg(folder.join("resources"));
    process::run(&mut compile)
        .map_err(|_| Failure::new("The Android app does not compile against Android's classes."))?;

    let run = |class: &str| {
        let mut run = Command::new("java");
        hq.tell(&mut run);
        let define = |name: &str, path: PathBuf| format!("-D{name}={}", path.display());
        // What stands in for Android's files reaches into Java's.
        run.args(["-Xmx1500m", "--add-opens=java.base/java.io=ALL-UNNAMED"]);
        run.arg(define("jna.library.path", place.debug()));
        run.arg(define("wayside.pictures", folder.join("pictures")));
        run.arg(define("wayside.fonts", place.root.join("android-demo/screens/fonts")));
        run.arg("-Drobolectric.offline=true").arg(define("robolectric.dependency.dir", folder.join("android")));
        run.arg("-cp").arg(format!("{}:{path}", classes.display())).args(["org.junit.runner.JUnitCore", class]);
        let (text, status) = process::tee(&mut run)?;
        suite::settle(Count::of_junit4(&text), status.success(), "Android")
    };
    // Each in a process of its own: the core keeps the callbacks of one set of classes, and each system has its own.
    tests(place)?.iter().try_fold(Count::default(), |count, class| Ok(count + run(class)?))
}

/// The classes that hold tests, by the names of their files.
fn tests(place: &Place) -> Result<Vec<String>, Failure> {
    let files = fs::read_dir(place.root.join(TESTS)).doing("Looking for the tests of the Android app")?;
    let names = files.filter_map(Result::ok).map(|file| file.file_name().to_string_lossy().into_owned());
    let mut classes: Vec<String> =
        names.filter_map(|name| Some(format!("org.wayside.app.{}", name.strip_suffix(".kt")?))).collect();
    classes.retain(|class| class.ends_with("Test"));
    classes.sort();
    Ok(classes)
}

/// Gets the parts, from Google's Maven too where the first repository does not have them.
fn get(place: &Place) -> Result<(), Failure> {
    let mut maven = Command::new("mvn");
    maven.args(["-B", "-ntp", "-q", "-f"]).arg(place.root.join("android-demo/phone/pom.xml"));
    maven.arg(format!("-Dwayside.build={}", place.target.join("kotlin").display())).arg("initialize");
    if process::succeeds(&mut maven) {
        return Ok(());
    }
    process::run(maven.arg("-Pgoogle")).map_err(|_| {
        Failure::new("Maven could not get what the Android part needs from Maven Central and Google's Maven.")
    })
}

/// The archives of Android first, then the core, and Android itself last: it has copies of others' classes.
fn class_path(place: &Place, folder: &Path, tools: &str) -> Result<String, Failure> {
    let entries = fs::read_dir(folder.join("unpacked")).doing("Reading the unpacked archives")?;
    let mut parts: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    parts.sort();
    parts.extend(["kotlin/classes", "kotlin/test-classes"].map(|name| place.target.join(name)));
    let mut parts: Vec<String> = parts.iter().map(|part| part.display().to_string()).collect();
    parts.push(tools.to_owned());
    Ok(parts.join(":"))
}
