//! `cargo xtask cross`: the types of the whole core for Android and iOS, checked without their compilers. A stand-in writes an
//! empty object for every C file, so Rust code, its `cfg`s and its bindings are checked for the target; C code is not.
use crate::cargo::Cargo;
use crate::failure::{Doing, Failure};
use crate::place::{self, Place};
use crate::process;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

const TARGETS: [&str; 2] = ["aarch64-linux-android", "aarch64-apple-ios"];

/// Takes the place of a C compiler: preprocesses as this machine does, and compiles nothing.
const STAND_IN: &str = r#"#!/bin/bash
out=; prev=; pre=; inc=(); src=()
for x in "$@"; do
  [ "$prev" = -o ] && out=$x
  case "$prev" in -I|-isystem) inc+=("-I$x") ;; esac
  prev=$x
  case "$x" in -E) pre=1 ;; -I?*|-D*) inc+=("$x") ;; *.c) src+=("$x") ;; esac
done
[ -n "$pre" ] && exec cc -E "${inc[@]}" "${src[@]}"
[ -n "$out" ] || exit 1
exec cc -c -x c /dev/null -o "$out"
"#;

pub(crate) fn cross(place: &Place, cargo: &Cargo<'_>) -> Result<(), Failure> {
    process::run(Command::new("rustup").args(["target", "add"]).args(TARGETS))
        .map_err(|_| Failure(format!("rustup could not get {}.", TARGETS.join(" and "))))?;
    let folder = place.target.join("cross");
    let stand_in = folder.join("cc");
    place::put(&stand_in, STAND_IN.as_bytes())?;
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).doing("Making the stand-in a program")?;
    let openssl = openssl(&folder)?;
    for target in TARGETS {
        let name = target.replace('-', "_");
        let mut check = cargo.command("check");
        check.args(["--locked", "--package", "wayside-ffi", "--target", target]);
        check.env(format!("CC_{name}"), &stand_in).env(format!("AR_{name}"), "ar").env("SDKROOT", &folder);
        check.env("OPENSSL_NO_VENDOR", "1").env("OPENSSL_DIR", &openssl).env("OPENSSL_LIBS", "crypto");
        process::run(&mut check)?;
        println!("{target}: the types fit");
    }
    Ok(())
}

/// This machine's headers, and a library that is never linked.
fn openssl(folder: &Path) -> Result<std::path::PathBuf, Failure> {
    let home = folder.join("openssl");
    for from in ["/usr/include/openssl", "/usr/include/x86_64-linux-gnu/openssl"] {
        for entry in fs::read_dir(from).into_iter().flatten().filter_map(Result::ok) {
            let bytes = fs::read(entry.path()).doing("Reading OpenSSL's headers")?;
            place::put(&home.join("include/openssl").join(entry.file_name()), &bytes)?;
        }
    }
    fs::create_dir_all(home.join("lib")).doing("Making a folder for a library")?;
    process::run(Command::new("ar").arg("rcs").arg(home.join("lib/libcrypto.a")))?;
    Ok(home)
}
