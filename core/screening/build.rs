//! Packs the built-in forms: as they are they would be a twelfth of the library that goes onto a phone.

use std::path::Path;
use std::{env, fs, io};

/// zstd's best without its largest windows: half a second for all forms, once a build.
const LEVEL: i32 = 19;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=forms");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for entry in fs::read_dir("forms")? {
        let form = entry?.path();
        if let (Some("xml"), Some(name)) = (form.extension().and_then(|end| end.to_str()), form.file_name()) {
            fs::write(Path::new(&out).join(name), zstd::bulk::compress(&fs::read(&form)?, LEVEL)?)?;
        }
    }
    Ok(())
}
