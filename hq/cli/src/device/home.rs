//! A device folder: where its parts are, and how its vault is opened.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use wayside_field::{OpenOptions as VaultOptions, Vault, recent_log};
use wayside_model::Coded as _;

use crate::clock::{self, Moment};
use crate::device::args::OpenArgs;
use crate::error::CliError;
use crate::key_store::{SoftwareKeyStore, private};

/// What is said wherever the key store matters to a person.
pub(crate) const KEY_STORE_NOTE: &str =
    "The key store is in software: who copies the whole folder has only the secret between them and the vault.";

/// A device folder.
pub(crate) struct Home {
    dir: PathBuf,
}

impl Home {
    /// The device folder `dir`. Touches nothing.
    pub(crate) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The folder itself.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The core's folder in it.
    pub(crate) fn vault_dir(&self) -> PathBuf {
        self.dir.join("vault")
    }

    /// The key store, beside the vault.
    pub(crate) fn keys(&self) -> SoftwareKeyStore {
        SoftwareKeyStore::new(&self.dir.join("keystore"))
    }

    /// Appends a line to `device.log`: the command, how it ended, and what the core recorded. Codes and numbers only.
    pub(crate) fn log(&self, command: &str, result: &Result<(), CliError>) {
        if !self.dir.is_dir() {
            return;
        }
        let at = clock::text(clock::now().rounded());
        let end = result.as_ref().map_or_else(|error| error.code().as_str(), |()| "done");
        let mut text = format!("{at} {command} {end}\n");
        for line in recent_log() {
            let _ = writeln!(text, "{at} {command} {} {}", line.code, line.number);
        }
        // A log that cannot be written must not make a command fail that has done its work.
        let _ = private(OpenOptions::new().append(true).create(true))
            .open(self.dir.join("device.log"))
            .and_then(|mut file| file.write_all(text.as_bytes()));
    }
}

impl OpenArgs {
    /// Asks for the secret and opens the vault, with the clock set to `now` if one is given.
    pub(crate) fn open(&self, now: Option<Moment>) -> Result<Vault, CliError> {
        let home = Home::new(&self.dir);
        if !Vault::is_present(&home.vault_dir()) {
            // Asking for a secret that opens nothing would teach people to type it anywhere.
            return Err(CliError::Field(wayside_model::ErrorCode::VaultMissing.into()));
        }
        let secret = self.secret.read("Secret of this device")?;
        let mut options = VaultOptions::new(home.vault_dir());
        options.clock = clock::clock(now);
        Ok(Vault::open(options, &secret, &home.keys())?)
    }
}
