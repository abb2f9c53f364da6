//! Files that are there whole or not at all, also after a power cut.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _, Write};
use std::path::{Path, PathBuf};

/// The name a file has while it is being written. A cut leaves it behind; the next write takes it over.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Puts `bytes` in place of the file: a new file, synced, renamed, and the folder synced.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_with(path, |file| file.write_all(bytes))
}

/// As [`replace`], with what `write` puts into the new file.
pub(crate) fn replace_with<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let new = unfinished(path);
    let mut file = options().write(true).create(true).truncate(true).open(&new)?;
    write(&mut file)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&new, path)?;
    Ok(sync_folder(path)?)
}

/// Puts `bytes` at this place of a file that is there, as its end; what stood behind the place goes. They are on the disk when
/// this returns; a cut before leaves a part of them.
pub(crate) fn append(path: &Path, at: u64, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.set_len(at)?;
    file.seek(io::SeekFrom::Start(at))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes names that were given or taken away in the file's folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    File::open(folder)?.sync_all()
}

/// The file's bytes; `None` where there is no file. A file beyond `cap` is not one of ours and gives its first `cap + 1` bytes.
pub(crate) fn read(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut bytes = Vec::new();
    file.take(cap + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Takes the file away, and what an unfinished write left of it, each also where the other cannot go. A file that is not
/// there is fine.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let [file, new] = [path, &unfinished(path)].map(|path| match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    });
    file.and(new)
}

/// For new files: only the app's own user may read them.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the folder where it is missing, for the app's own user alone.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_whole_and_over_a_half_written_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        assert_eq!(read(&path, 100).unwrap(), None);
        replace(&path, b"one").unwrap();
        std::fs::write(unfinished(&path), b"a half-written successor").unwrap();
        assert_eq!(read(&path, 100).unwrap().as_deref(), Some(b"one".as_slice()));
        replace(&path, b"two").unwrap();
        assert_eq!(read(&path, 100).unwrap().as_deref(), Some(b"two".as_slice()));
        assert_eq!(read(&path, 1).unwrap().map(|bytes| bytes.len()), Some(2));
        assert!(!unfinished(&path).exists());
    }
}
