//! Secrets on disk: 32-byte keys sealed under a stretched passphrase. Written once, never over another file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use minicbor::{Decode, Encode};
use wayside_model::{Sensitive, from_canonical, to_canonical};
use wayside_seal::stretch::{StretchParams, stretch};
use wayside_seal::{Key, SealError, aead, random};
use zeroize::Zeroizing;

use crate::DeskError;

const VERSION: u8 = 1;

/// What the secrets of a file are for. Bound into the seal, so that one file cannot stand in for another.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Purpose {
    /// Signing key, case-team key and database key of the desk.
    #[n(1)]
    Desk,
    /// The organisation's root: signs directories and nothing else.
    #[n(2)]
    Root,
    /// The second recipient of every record, and the root again, for the day the desk's keys are lost.
    #[n(3)]
    Recovery,
    /// The signing key of one person at the desk. Kept in the database, not in a file.
    #[n(4)]
    Person,
    /// Signing key, opening key, database key and upload token of a service desk.
    #[n(5)]
    Service,
    /// Signing key and database key, for the pages.
    #[n(6)]
    Pages,
}

#[derive(Encode, Decode)]
struct KeyFile {
    #[n(0)]
    head: Head,
    #[cbor(n(1), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Head {
    #[n(0)]
    version: u8,
    #[n(1)]
    purpose: Purpose,
    #[cbor(n(2), with = "minicbor::bytes")]
    salt: [u8; 16],
    #[n(3)]
    memory_kib: u32,
    #[n(4)]
    passes: u32,
}

/// Seals `keys` into a new file, synced to the disk before this returns. Fails with `desk.exists` where a file is.
pub(crate) fn write_new(
    path: &Path,
    purpose: Purpose,
    secret: &Sensitive<String>,
    params: StretchParams,
    keys: &[&Key],
) -> Result<(), DeskError> {
    write_file(path, &seal(purpose, secret, params, keys)?)
}

/// Opens a file of `N` keys. Fails with `desk.locked` on a wrong secret, `desk.missing` where no file is, `desk.newer` and
/// `desk.damaged`.
pub(crate) fn read<const N: usize>(
    path: &Path,
    purpose: Purpose,
    secret: &Sensitive<String>,
) -> Result<[Key; N], DeskError> {
    open(&read_file(path)?, purpose, secret)
}

/// The bytes of a key file. Fails with `desk.missing` where none is.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, DeskError> {
    std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => DeskError::Missing,
        _ => error.into(),
    })
}

/// Seals `keys` under a stretched secret.
pub(crate) fn seal(
    purpose: Purpose,
    secret: &Sensitive<String>,
    params: StretchParams,
    keys: &[&Key],
) -> Result<Vec<u8>, DeskError> {
    let salt = random::bytes()?;
    let head = Head { version: VERSION, purpose, salt, memory_kib: params.memory_kib, passes: params.passes };
    let mut plain = Zeroizing::new(Vec::with_capacity(keys.len() * 32));
    keys.iter().for_each(|key| plain.extend_from_slice(key.expose()));
    let key = stretch(secret.expose().as_bytes(), &head.salt, params)?;
    let sealed = aead::seal(&key, &to_canonical(&head), &plain)?;
    Ok(to_canonical(&KeyFile { head, sealed }))
}

/// Opens what [`seal`] made. Fails with `desk.locked`, `desk.newer`, `desk.damaged`.
pub(crate) fn open<const N: usize>(
    bytes: &[u8],
    purpose: Purpose,
    secret: &Sensitive<String>,
) -> Result<[Key; N], DeskError> {
    let KeyFile { head, sealed } = from_canonical(bytes)?;
    if head.version > VERSION {
        return Err(DeskError::Newer);
    }
    if head.version != VERSION || head.purpose != purpose {
        return Err(DeskError::Damaged);
    }
    let params = StretchParams { memory_kib: head.memory_kib, passes: head.passes };
    params.check().map_err(|_| DeskError::Damaged)?;
    let key = stretch(secret.expose().as_bytes(), &head.salt, params)?;
    let plain = aead::open(&key, &to_canonical(&head), &sealed).map_err(|error| match error {
        SealError::Broken => DeskError::Locked,
        _ => DeskError::Damaged,
    })?;
    let keys: Option<Vec<Key>> = plain.chunks(32).map(|chunk| chunk.try_into().ok().map(Key::from_bytes)).collect();
    keys.and_then(|keys| keys.try_into().ok()).ok_or(DeskError::Damaged)
}

/// Makes a file that only its owner can read.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => DeskError::Exists,
        _ => error.into(),
    })?;
    file.write_all(bytes)?;
    file.sync_all()?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "quiet river stone lamp winter field";

    fn secret(text: &str) -> Sensitive<String> {
        Sensitive::new(text.to_owned())
    }

    #[test]
    fn only_the_words_open_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.keys");
        let keys = [Key::from_bytes([1; 32]), Key::from_bytes([2; 32])];
        let write = || write_new(&path, Purpose::Desk, &secret(WORDS), StretchParams::FLOOR, &[&keys[0], &keys[1]]);
        write().unwrap();
        assert!(matches!(write(), Err(DeskError::Exists)));

        let read_back = read::<2>(&path, Purpose::Desk, &secret(WORDS)).unwrap();
        assert!(read_back == keys);
        assert!(matches!(read::<2>(&path, Purpose::Desk, &secret("other")), Err(DeskError::Locked)));
        assert!(matches!(read::<2>(&path, Purpose::Root, &secret(WORDS)), Err(DeskError::Damaged)));
        assert!(matches!(read::<1>(&path, Purpose::Desk, &secret(WORDS)), Err(DeskError::Damaged)));
        assert!(matches!(read::<2>(&folder.path().join("no"), Purpose::Desk, &secret(WORDS)), Err(DeskError::Missing)));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_changed_or_cut_file_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.keys");
        write_new(&path, Purpose::Desk, &secret(WORDS), StretchParams::FLOOR, &[&Key::from_bytes([1; 32])]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for place in [whole.len() - 1, whole.len() / 2] {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert!(matches!(read::<1>(&path, Purpose::Desk, &secret(WORDS)), Err(DeskError::Locked)), "{place}");
        }
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(matches!(read::<1>(&path, Purpose::Desk, &secret(WORDS)), Err(DeskError::Damaged)), "{length}");
        }
    }
}
