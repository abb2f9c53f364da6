//! Whether a shared library can be loaded where pages have 16 KiB, as on Android 15 and later.

const PAGE: u64 = 16 * 1024;
const LOAD: u64 = 1;

/// A part that is loaded: what it is aligned to, and how much of the file it is.
struct Part {
    align: u64,
    bytes: u64,
}

/// Gives the bytes that are loaded, which is what is left of the file once it is stripped. Says what is wrong: no ELF file,
/// or a part to load that is aligned to less.
pub(crate) fn check_pages(file: &[u8]) -> Result<u64, String> {
    let parts = parts(file).ok_or("it is not a library for Linux or Android.")?;
    if parts.is_empty() {
        return Err("it has nothing to load.".to_owned());
    }
    match parts.iter().find(|part| part.align < PAGE) {
        None => Ok(parts.iter().map(|part| part.bytes).sum()),
        Some(part) => Err(format!("a part is aligned to {} bytes, and {PAGE} are needed.", part.align)),
    }
}

/// From the program headers (ELF-64 and ELF-32, least byte first).
fn parts(file: &[u8]) -> Option<Vec<Part>> {
    let number = |at: usize, len: usize| {
        let bytes = file.get(at..at.checked_add(len)?)?;
        Some(bytes.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    if file.get(..4)? != b"\x7fELF" || number(5, 1)? != 1 {
        return None;
    }
    let is_64 = number(4, 1)? == 2;
    let (table, size, count) = if is_64 {
        (number(32, 8)?, number(54, 2)?, number(56, 2)?)
    } else {
        (number(28, 4)?, number(42, 2)?, number(44, 2)?)
    };
    let mut found = Vec::new();
    for index in 0..count {
        let at = usize::try_from(table.checked_add(index * size)?).ok()?;
        if number(at, 4)? == LOAD {
            found.push(if is_64 {
                Part { align: number(at + 48, 8)?, bytes: number(at + 32, 8)? }
            } else {
                Part { align: number(at + 28, 4)?, bytes: number(at + 16, 4)? }
            });
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of 64 bytes and one part to load.
    fn library(align: u64) -> Vec<u8> {
        let mut file = vec![0; 64 + 56];
        file[..6].copy_from_slice(b"\x7fELF\x02\x01");
        file[32] = 64;
        file[54] = 56;
        file[56] = 1;
        file[64] = 1;
        file[64 + 32] = 7;
        file[64 + 48..].copy_from_slice(&align.to_le_bytes());
        file
    }

    #[test]
    fn small_pages_are_found() {
        assert_eq!(check_pages(&library(16 * 1024)), Ok(7));
        assert_eq!(check_pages(&library(64 * 1024)), Ok(7));
        assert!(check_pages(&library(4 * 1024)).is_err());
    }

    #[test]
    fn what_is_no_library_is_not_taken_for_a_good_one() {
        for cut in [0, 3, 40, 64, 100] {
            assert!(check_pages(&library(PAGE)[..cut]).is_err(), "cut at {cut}");
        }
        assert!(check_pages(b"MZ and more").is_err());
    }

    /// The program that runs this test was linked here, for pages of 4 KiB.
    #[test]
    fn a_real_file_is_read() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(parts(&own).unwrap().iter().any(|part| part.bytes > 0));
    }
}
