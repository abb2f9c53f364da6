//! The shim of `tests/faults`, preloaded into this very program, and the page of memory through which it is armed.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
#[cfg(feature = "planted")]
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::real::BEFELL;
use crate::rng::Rng;

#[cfg(feature = "planted")]
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../faults/shim/faults.c");
const CONTROL: &str = "FAULTS_CONTROL";
const DIR: &str = "FAULTS_DIR";

/// Places in the page, as the shim knows them.
const COUNT: usize = 0;
const FAIL_AT: usize = 1;
const ERRNO: usize = 2;
const AFTER: usize = 3;
const TORN: usize = 4;
const FIRED: usize = 5;
#[cfg(feature = "planted")]
const WORDS: usize = 6;

const ENOSPC: i64 = 28;
const EIO: i64 = 5;

/// Whether the shim is loaded: in the program with the switches for planted faults, where it was asked for.
pub fn is_armed() -> bool {
    cfg!(feature = "planted") && std::env::var_os(CONTROL).is_some()
}

/// What befell the files, for the summary.
pub fn befell() -> [(&'static str, u64); 3] {
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    [
        ("calls failed, alone or with all after them", read(&BEFELL.errors)),
        ("writes torn and all after them cut off", read(&BEFELL.torn)),
        ("starts from real files", read(&BEFELL.restarts)),
    ]
}

/// Starts this program anew with the shim in it.
///
/// # Errors
/// What the system says where there is no compiler, or no room.
#[cfg(feature = "planted")]
pub fn start_again() -> std::io::Result<ExitCode> {
    let place = tempfile::tempdir()?;
    let (library, control, files) =
        (place.path().join("faults.so"), place.path().join("control"), place.path().join("files"));
    std::fs::create_dir(&files)?;
    std::fs::write(&control, [0; WORDS * 8])?;
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut compile = Command::new(compiler);
    compile.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(SOURCE).arg("-ldl");
    if !compile.status()?.success() {
        return Err(std::io::ErrorKind::Other.into());
    }
    let mut again = Command::new(std::env::current_exe()?);
    again.args(std::env::args_os().skip(1)).env("LD_PRELOAD", library).env(DIR, files).env(CONTROL, control);
    Ok(if again.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where the phones' files are.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os(DIR).map_or_else(std::env::temp_dir, PathBuf::from)
}

/// From now on one of the next calls that change a file fails: alone, with all after it, or half done; or the disk is full.
pub(crate) fn arm(rng: &mut Rng) {
    let (errno, after, torn) = rng.pick(&[(EIO, 0, 0), (EIO, 1, 0), (EIO, 1, 1), (EIO, 1, 1), (ENOSPC, 2, 0)]);
    for (place, value) in [(COUNT, 0), (ERRNO, errno), (AFTER, after), (TORN, torn), (FIRED, 0)] {
        put(place, value);
    }
    // Last: from here on it counts.
    put(FAIL_AT, 1 + rng.below(40) as i64);
}

/// Nothing fails any more. Whether anything did.
pub(crate) fn disarm() -> bool {
    put(FAIL_AT, 0);
    let fired = get(FIRED) > 0;
    put(FIRED, 0);
    if fired {
        let of = if get(TORN) > 0 { &BEFELL.torn } else { &BEFELL.errors };
        of.fetch_add(1, Ordering::Relaxed);
    }
    fired
}

fn page() -> Option<&'static File> {
    static PAGE: OnceLock<Option<File>> = OnceLock::new();
    let open = || OpenOptions::new().read(true).write(true).open(Path::new(&std::env::var_os(CONTROL)?)).ok();
    PAGE.get_or_init(open).as_ref()
}

fn put(place: usize, value: i64) {
    if let Some(page) = page() {
        let _ = page.write_all_at(&value.to_ne_bytes(), place as u64 * 8);
    }
}

fn get(place: usize) -> i64 {
    let mut bytes = [0; 8];
    let read = page().map(|page| page.read_exact_at(&mut bytes, place as u64 * 8));
    if matches!(read, Some(Ok(()))) { i64::from_ne_bytes(bytes) } else { 0 }
}
