//! `cargo xtask bindings LANGUAGE --release`: the packages as apps take them in. Android's part needs the NDK, Apple's a Mac;
//! the commands are data here, so that they are tested on every machine and run only where they can.
use crate::bindings;
use crate::cargo::Cargo;
use crate::failure::{Doing, Failure};
use crate::language::Language;
use crate::place::{self, Place};
use crate::{elf, process, size, tools, venv};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What builds wheels.
const WHEEL: [&str; 2] = ["setuptools==80.9.0", "wheel==0.45.1"];
/// Phones of 2026 and the emulator.
const ANDROID_ABIS: [&str; 3] = ["arm64-v8a", "armeabi-v7a", "x86_64"];
/// As in `bindings/kotlin/build.gradle.kts`.
const ANDROID_API: &str = "26";
/// As the library for this machine: functions whose code is the same folded, and relocations packed, in the form that
/// Android reads since API 23.
const ANDROID_LINKER: [&str; 2] = ["--icf=all", "--pack-dyn-relocs=android"];

/// One Apple platform: the targets that are joined into one library, and that library's folder.
struct Platform {
    name: &'static str,
    targets: &'static [&'static str],
}

const APPLE: [Platform; 3] = [
    Platform { name: "ios", targets: &["aarch64-apple-ios"] },
    Platform { name: "ios-simulator", targets: &["aarch64-apple-ios-sim", "x86_64-apple-ios"] },
    Platform { name: "macos", targets: &["aarch64-apple-darwin", "x86_64-apple-darwin"] },
];

/// One command: program and arguments.
type Line = Vec<String>;

pub(crate) fn release(place: &Place, cargo: &Cargo<'_>, language: Language) -> Result<(), Failure> {
    cargo.build_bindings()?;
    bindings::lay_out(place, language)?;
    match language {
        Language::Python => wheel(place, cargo),
        Language::Kotlin => {
            need("cargo-ndk", "`cargo install cargo-ndk`, and Android's NDK in ANDROID_NDK_HOME")?;
            need("gradle", "Gradle 9 and Android's SDK in ANDROID_HOME")?;
            let [build, gradle] = android(&place.root, &place.target);
            // Not `CFLAGS`: cargo-ndk writes the phone's target into the variable it finds, and what is built for this
            // machine, as the packer of the forms is, reads that one too.
            run(place, &build, "TARGET_CFLAGS")?;
            aligned(&place.target.join("bindings/jni"))?;
            run(place, &gradle, "TARGET_CFLAGS")
        }
        Language::Swift => {
            need("xcodebuild", "a Mac with Xcode")?;
            let headers = place.target.join("bindings/headers");
            let sources = place.package("swift").join("Sources/WaysideFFI");
            place::put(
                &headers.join("WaysideFFI.h"),
                &fs::read(sources.join("WaysideFFI.h")).doing("Reading the header")?,
            )?;
            place::put(&headers.join("module.modulemap"), MODULE_MAP.as_bytes())?;
            apple(&place.target).iter().try_for_each(|line| run(place, line, "CFLAGS"))
        }
    }
}

/// Plain, and without `link`: the framework links the library itself.
const MODULE_MAP: &str = "module WaysideFFI {\n    header \"WaysideFFI.h\"\n    export *\n}\n";

/// The wheel of this machine, with the library as it ships, installed once and asked something.
fn wheel(place: &Place, cargo: &Cargo<'_>) -> Result<(), Failure> {
    let library = size::shipped(place, cargo)?;
    let package = place.target.join("bindings-release/python");
    place::mirror(&place.package("python"), &package)?;
    place::put(&package.join("src/wayside/libwayside_ffi.so"), &fs::read(library).doing("Reading the library")?)?;
    let python = venv::python(place, "wheel", &WHEEL)?;
    let wheels = place.target.join("bindings-release/wheels");
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--wheel-dir"]).arg(&wheels);
    process::run(pip.arg(&package))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", "--no-index", "--find-links"]);
    process::run(install.arg(&wheels).arg("wayside"))?;
    let ask = "import wayside; assert wayside.recent_log() == []; print(wayside.__file__)";
    process::run(Command::new(&python).args(["-c", ask]).current_dir(&place.target))
}

/// The native libraries, then the archive.
fn android(root: &Path, target: &Path) -> [Line; 2] {
    let mut build = line("cargo ndk --platform");
    build.push(ANDROID_API.to_owned());
    for abi in ANDROID_ABIS {
        build.extend(["--target".to_owned(), abi.to_owned()]);
    }
    build.extend(["--output-dir".to_owned(), shown(&target.join("bindings/jni"))]);
    build.extend(line("rustc --locked --profile shipped --package wayside-ffi --lib --"));
    for flag in ANDROID_LINKER {
        build.extend(["-C".to_owned(), format!("link-arg=-Wl,{flag}")]);
    }
    let mut gradle = line("gradle --project-dir");
    gradle.push(shown(&root.join("bindings/kotlin")));
    gradle.push(format!("-Pwayside.generated={}", target.join("bindings/kotlin").display()));
    gradle.push("assembleRelease".to_owned());
    [build, gradle]
}

/// One library for each platform, then the framework beside `Package.swift`.
fn apple(target: &Path) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut framework = line("xcodebuild -create-xcframework");
    for platform in &APPLE {
        let built = |triple: &str| shown(&target.join(triple).join("shipped/libwayside_ffi.a"));
        for triple in platform.targets {
            lines.push(line(&format!(
                "cargo build --locked --profile shipped --package wayside-ffi --lib --target {triple}"
            )));
        }
        let joined = shown(&target.join("bindings/apple").join(format!("{}.a", platform.name)));
        let mut lipo = line("lipo -create -output");
        lipo.push(joined.clone());
        lipo.extend(platform.targets.iter().map(|triple| built(triple)));
        lines.push(line(&format!("mkdir -p {}", shown(&target.join("bindings/apple")))));
        lines.push(lipo);
        framework.extend(["-library".to_owned(), joined]);
        framework.extend(["-headers".to_owned(), shown(&target.join("bindings/headers"))]);
    }
    framework.extend(["-output".to_owned(), shown(&target.join("bindings/swift/WaysideFFI.xcframework"))]);
    // The tool does not write over one of before.
    lines.push(line(&format!("rm -rf {}", shown(&target.join("bindings/swift/WaysideFFI.xcframework")))));
    lines.push(framework);
    lines
}

/// Every library below the folder can be loaded where pages have 16 KiB.
fn aligned(folder: &Path) -> Result<(), Failure> {
    let mut seen = 0;
    for entry in fs::read_dir(folder).doing("Reading the native libraries")?.filter_map(Result::ok) {
        let library = entry.path().join("libwayside_ffi.so");
        let Ok(bytes) = fs::read(&library) else { continue };
        let abi = entry.file_name().to_string_lossy().into_owned();
        let loaded = elf::check_pages(&bytes).map_err(|problem| Failure(format!("{abi}: {problem}")))?;
        println!("{abi}: {loaded} bytes, OpenSSL included");
        seen += 1;
    }
    match seen == ANDROID_ABIS.len() {
        true => Ok(()),
        false => Err(Failure(format!("{seen} native libraries were built, and {} are wanted.", ANDROID_ABIS.len()))),
    }
}

fn need(program: &str, how: &str) -> Result<(), Failure> {
    match tools::find(program) {
        Some(_) => Ok(()),
        None => Err(Failure(format!("This package needs {program}: {how}."))),
    }
}

/// Runs one command, with the flags for C code in the variable of that name.
fn run(place: &Place, line: &Line, c_flags: &str) -> Result<(), Failure> {
    let Some((program, arguments)) = line.split_first() else { return Ok(()) };
    let mut command = Command::new(program);
    // The system's libcrypto, which cargo may have been told of by `.cargo/config.toml`, is not the phone's.
    command.env("OPENSSL_NO_VENDOR", "0").env(c_flags, size::C_FLAGS);
    process::run(command.args(arguments).current_dir(&place.root))
}

fn line(words: &str) -> Line {
    words.split(' ').map(str::to_owned).collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn android_gets_every_abi_and_the_profile_that_ships() {
        let [build, gradle] = android(Path::new("/r"), Path::new("/t"));
        assert_eq!(
            build.join(" "),
            "cargo ndk --platform 26 --target arm64-v8a --target armeabi-v7a --target x86_64 --output-dir /t/bindings/jni \
             rustc --locked --profile shipped --package wayside-ffi --lib -- -C link-arg=-Wl,--icf=all \
             -C link-arg=-Wl,--pack-dyn-relocs=android"
        );
        assert_eq!(
            gradle.join(" "),
            "gradle --project-dir /r/bindings/kotlin -Pwayside.generated=/t/bindings/kotlin assembleRelease"
        );
        let gradle_file = include_str!("../../bindings/kotlin/build.gradle.kts");
        assert!(
            gradle_file.contains(&format!("minSdk = {ANDROID_API}")) && gradle_file.contains("target/bindings/jni")
        );
    }

    #[test]
    fn apple_builds_each_target_before_it_is_joined() {
        let lines = apple(Path::new("/t"));
        let at = |what: &str| lines.iter().position(|line| line.join(" ").contains(what)).unwrap();
        for platform in &APPLE {
            let joined = at(&format!("lipo -create -output /t/bindings/apple/{}.a", platform.name));
            assert!(platform.targets.iter().all(|triple| at(&format!("--target {triple}")) < joined));
        }
        let framework = lines.last().unwrap().join(" ");
        assert_eq!(framework.matches("-library").count(), APPLE.len());
        assert!(framework.ends_with("-output /t/bindings/swift/WaysideFFI.xcframework"));
        let package = include_str!("../../bindings/swift/Package.swift");
        assert!(package.contains("path: \"WaysideFFI.xcframework\""));
    }
}
