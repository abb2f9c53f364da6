//! The token the desk shows to the relay, in a file only its owner reads. Made at the first start, then never changed.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use wayside_model::Sensitive;
use wayside_sync::wire::{bearer, token_of};

use crate::RelayError;

/// Name of the file in the relay's folder.
pub(crate) const FILE_NAME: &str = "desk-token";

/// The bearer text in a token file.
pub fn read_desk_token(file: &Path) -> Result<Sensitive<String>, RelayError> {
    let text = Sensitive::new(std::fs::read_to_string(file)?);
    let token = text.expose().trim_end();
    if token_of(token).is_none() {
        return Err(RelayError::DeskToken);
    }
    Ok(Sensitive::new(token.to_owned()))
}

/// SHA-256 of the token; makes the file if there is none.
pub(crate) fn load_or_make(dir: &Path) -> Result<[u8; 32], RelayError> {
    let file = dir.join(FILE_NAME);
    if !file.try_exists()? {
        make(dir, &file)?;
    }
    let token = token_of(read_desk_token(&file)?.expose()).ok_or(RelayError::DeskToken)?;
    Ok(wayside_seal::sha256(&token))
}

fn make(dir: &Path, file: &Path) -> Result<(), RelayError> {
    let token = wayside_seal::random::bytes::<32>().map_err(|_| RelayError::Random)?;
    let new = dir.join("desk-token.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&new)?;
    writeln!(out, "{}", bearer(&token))?;
    out.sync_all()?;
    std::fs::rename(&new, file)?;
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_for_its_owner_and_a_damaged_one_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let first = load_or_make(dir.path()).unwrap();
        assert_eq!(load_or_make(dir.path()).unwrap(), first);
        let file = dir.path().join(FILE_NAME);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&file, "not a token").unwrap();
        assert_eq!(load_or_make(dir.path()), Err(RelayError::DeskToken));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a token");
    }
}
