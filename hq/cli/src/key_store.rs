//! A key store in software, for machines without a hardware one: training, tests, the demo.
//!
//! The key is a file of 32 random bytes in a folder beside the vault. Who copies the whole device folder copies the key
//! too, so the level is `Software` and the core asks for six words instead of a short PIN.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ring::hmac;
use wayside_field::{HardwareLevel, KeyStore, KeyStoreError};
use wayside_seal::random;
use zeroize::Zeroizing;

const KEY_LEN: usize = 32;

/// Keys as files in one folder.
pub(crate) struct SoftwareKeyStore {
    folder: PathBuf,
}

impl SoftwareKeyStore {
    /// A key store in this folder. Touches nothing yet.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn path(&self, alias: &str) -> Result<PathBuf, KeyStoreError> {
        // An alias becomes a file name; anything that could lead elsewhere is refused.
        let plain = !alias.is_empty()
            && !alias.starts_with('.')
            && alias.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if plain { Ok(self.folder.join(format!("{alias}.key"))) } else { Err(KeyStoreError::Unexpected) }
    }

    fn key(&self, alias: &str) -> Result<Zeroizing<[u8; KEY_LEN]>, KeyStoreError> {
        let mut file = fs::File::open(self.path(alias)?).map_err(|error| match error.kind() {
            ErrorKind::NotFound => KeyStoreError::Invalidated,
            _ => KeyStoreError::Unavailable,
        })?;
        let mut key = Zeroizing::new([0_u8; KEY_LEN]);
        file.read_exact(key.as_mut()).map_err(|_| KeyStoreError::Unavailable)?;
        Ok(key)
    }
}

impl KeyStore for SoftwareKeyStore {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::Software
    }

    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        let path = self.path(alias)?;
        let key = Zeroizing::new(random::bytes::<KEY_LEN>().map_err(|_| KeyStoreError::Unavailable)?);
        create_private_folder(&self.folder).map_err(|_| KeyStoreError::Unavailable)?;
        let mut file = private(OpenOptions::new().write(true).create_new(true)).open(path).map_err(|error| {
            if error.kind() == ErrorKind::AlreadyExists {
                KeyStoreError::Unexpected
            } else {
                KeyStoreError::Unavailable
            }
        })?;
        file.write_all(key.as_ref()).and_then(|()| file.sync_all()).map_err(|_| KeyStoreError::Unavailable)?;
        sync_folder(&self.folder).map_err(|_| KeyStoreError::Unavailable)
    }

    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let key = self.key(alias)?;
        Ok(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()), data).as_ref().to_vec())
    }

    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        match fs::remove_file(self.path(alias)?) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(KeyStoreError::Unavailable),
            _ => sync_folder(&self.folder).or(Ok(())),
        }
    }

    fn limited_use(&self) -> bool {
        false
    }
}

/// Makes a folder that only its owner can enter.
pub(crate) fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Files that only their owner can read.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder).and_then(|folder| folder.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_answers_until_it_is_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let keys = SoftwareKeyStore::new(&dir.path().join("keystore"));
        assert_eq!(keys.mac("one", b"data"), Err(KeyStoreError::Invalidated), "there is no key yet");
        keys.create("one").unwrap();
        keys.create("two").unwrap();
        let first = keys.mac("one", b"data").unwrap();
        assert_eq!(first.len(), 32);
        assert_eq!(keys.mac("one", b"data").unwrap(), first);
        assert_ne!(keys.mac("one", b"date").unwrap(), first);
        assert_ne!(keys.mac("two", b"data").unwrap(), first);
        assert_eq!(keys.create("one"), Err(KeyStoreError::Unexpected), "a key is never made over another");
        assert_eq!(keys.mac("one", b"data").unwrap(), first);
        keys.delete("one").unwrap();
        assert_eq!(keys.mac("one", b"data"), Err(KeyStoreError::Invalidated));
    }

    #[test]
    fn an_alias_leads_nowhere_else() {
        let keys = SoftwareKeyStore::new(Path::new("nowhere"));
        for alias in ["", "../x", "a/b", ".hidden", "a b"] {
            assert_eq!(keys.create(alias), Err(KeyStoreError::Unexpected), "{alias}");
        }
    }
}
