//! Searches files as they lie on disk.

use std::io;
use std::path::{Path, PathBuf};

/// The files below `folder` that hold `text`, also as UTF-16 and in hexadecimal or base64 (at each of its three offsets).
/// Folders named in `leave_out` are not entered.
pub(crate) fn files_with(folder: &Path, text: &str, leave_out: &[&str]) -> io::Result<Vec<PathBuf>> {
    let needles = needles(text);
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() {
                if !leave_out.contains(&name) {
                    folders.push(path);
                }
            } else if holds(&std::fs::read(&path).or_else(gone)?, &needles) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The text in the spellings in which it could lie somewhere.
pub(crate) fn needles(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut needles = vec![
        bytes.to_vec(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
    ];
    needles.extend((0..3).map(|offset| base64_core(bytes, offset)));
    needles.retain(|needle| needle.len() >= 4);
    needles
}

/// Whether one of the needles is in `hay`.
pub(crate) fn holds(hay: &[u8], needles: &[Vec<u8>]) -> bool {
    needles.iter().any(|needle| memchr::memmem::find(hay, needle).is_some())
}

/// The letters of base64 that depend on these bytes alone, if they begin `offset` bytes into a group of three.
fn base64_core(bytes: &[u8], offset: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let whole = &bytes[((3 - offset) % 3).min(bytes.len())..];
    whole
        .chunks_exact(3)
        .flat_map(|group| {
            let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
            [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize])
        })
        .collect()
}

/// A file that went away while we looked (a write-ahead log, say) holds nothing any more.
fn gone(error: io::Error) -> io::Result<Vec<u8>> {
    if error.kind() == io::ErrorKind::NotFound { Ok(Vec::new()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_there_in_each_spelling() {
        let dir = tempfile::tempdir().unwrap();
        let text = "salt pans";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        // base64 of "xsalt pans" and "salt pans".
        for (name, bytes) in [
            ("plain", b"..salt pans..".as_slice()),
            ("utf16", &utf16),
            ("hex", b"73616c742070616e73"),
            ("base64-1", b"eHNhbHQgcGFucw=="),
            ("base64-0", b"c2FsdCBwYW5z"),
            ("nothing", b"salt and pans"),
        ] {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        std::fs::create_dir(dir.path().join("left-out")).unwrap();
        std::fs::write(dir.path().join("left-out/plain"), text).unwrap();
        let names: Vec<String> = files_with(dir.path(), text, &["left-out"])
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["base64-0", "base64-1", "hex", "plain", "utf16"]);
    }
}
