//! The iOS shell, as far as it can be checked without a Mac: syntax of every file, and the types of the views against a
//! small stand-in for SwiftUI. What touches the Keychain or the device is parsed only.
use crate::failure::{Doing, Failure};
use crate::place::{self, Place};
use crate::{process, swift_root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the plain Swift of the shell is built; its modules are what the views are checked against.
pub(crate) const BUILD: &str = "swift-shell-build";
/// Needs frameworks of the device; the stand-in says what the views see of it.
const DEVICE: [&str; 8] = [
    "BackgroundSending.swift",
    "KeychainKeys.swift",
    "PhoneLooks.swift",
    "PhonePicture.swift",
    "PhoneSaver.swift",
    "PhoneSenses.swift",
    "PhoneVoice.swift",
    "Platform.swift",
];
/// Says that text is a number: if the check lets this pass, it checks nothing.
const FAULT: &str = "import WaysideModel\nlet fault: Int = Words.of(\"en\").common.next\n";

/// Fails with one sentence; the compiler has said where.
pub(crate) fn check(place: &Place, root: &Path) -> Result<(), Failure> {
    let files = swift_files(&place.root.join("ios-demo/App"))?;
    let mut parse = compiler(place, root);
    run(parse.arg("-parse").args(&files), "A file of the iOS shell does not parse.")?;

    let out = place.target.join("swift-shell-check");
    fs::create_dir_all(&out).doing("Making a folder for the check of the views")?;
    let checks = place.root.join("ios-demo/Checks");
    let mut stand_in = compiler(place, root);
    stand_in.args(["-emit-module", "-parse-as-library", "-module-name", "SwiftUI", "-swift-version", "6"]);
    stand_in.arg("-emit-module-path").arg(out.join("SwiftUI.swiftmodule")).arg(checks.join("SwiftUI.swift"));
    run(&mut stand_in, "The stand-in for SwiftUI does not compile.")?;

    let is_view = |f: &&PathBuf| !DEVICE.iter().any(|d| f.ends_with(d));
    let mut views = types(place, root, &out);
    views.args(files.iter().filter(is_view)).arg(checks.join("Platform.swift"));
    run(&mut views, "The views of the iOS shell do not fit its model.")?;

    let fault = out.join("Fault.swift");
    place::put(&fault, FAULT.as_bytes())?;
    match process::succeeds(types(place, root, &out).arg(&fault)) {
        true => Err(Failure::new("The check of the iOS views let a planted mistake pass.")),
        false => Ok(()),
    }
}

/// A compiler that only looks at types, with the modules that the views import.
fn types(place: &Place, root: &Path, out: &Path) -> Command {
    let mut compiler = compiler(place, root);
    compiler.args(["-typecheck", "-parse-as-library", "-swift-version", "6", "-module-name", "App", "-I"]).arg(out);
    compiler.arg("-I").arg(place.target.join(BUILD).join("debug/Modules"));
    compiler.arg("-I").arg(place.package("swift").join("Sources/WaysideFFI"));
    compiler
}

fn compiler(place: &Place, root: &Path) -> Command {
    swift_root::command(place, root, "swiftc")
}

fn run(compiler: &mut Command, otherwise: &str) -> Result<(), Failure> {
    process::run(compiler).map_err(|_| Failure::new(otherwise))
}

fn swift_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).doing("Reading the iOS shell")?;
    let mut files: Vec<_> = entries.filter_map(Result::ok).map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "swift"));
    files.sort();
    Ok(files)
}
