//! Secrets come from a hidden prompt or a file that the user names; never from an argument or the environment, where
//! other users and crash reports can see them.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use wayside_field::StretchParams;
use wayside_model::Sensitive;
use zeroize::Zeroizing;

use crate::error::CliError;
use crate::key_store::private;

/// Cost of stretching a secret.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kdf {
    /// 64 MiB of memory, three passes.
    Default,
    /// 19 MiB, two passes: the lowest that is accepted, for demos and tests.
    Floor,
}

impl Kdf {
    /// As the core takes it.
    pub(crate) const fn params(self) -> StretchParams {
        match self {
            Self::Default => StretchParams::DEFAULT,
            Self::Floor => StretchParams::FLOOR,
        }
    }
}

/// Where the secret comes from.
#[derive(clap::Args)]
pub(crate) struct SecretArgs {
    /// File whose first line is the secret. Without it the secret is asked for, hidden.
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
}

impl SecretArgs {
    /// A second secret of the same command, which has a file argument of another name.
    pub(crate) const fn of(pin_file: Option<PathBuf>) -> Self {
        Self { pin_file }
    }
    /// The secret of something that exists.
    pub(crate) fn read(&self, asked: &str) -> Result<Sensitive<String>, CliError> {
        self.in_file().unwrap_or_else(|| prompt(asked))
    }

    /// The secret of something new: where a person types it, twice.
    pub(crate) fn read_new(&self, asked: &str) -> Result<Sensitive<String>, CliError> {
        if let Some(read) = self.in_file() {
            return read;
        }
        let first = prompt(asked)?;
        let second = prompt("Once more")?;
        if first == second { Ok(first) } else { Err(CliError::Usage("The two entries differ.".into())) }
    }

    fn in_file(&self) -> Option<Result<Sensitive<String>, CliError>> {
        let path = self.pin_file.as_ref()?;
        Some(
            std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .map_err(CliError::file("the file of --pin-file"))
                .and_then(|text| match text.lines().next().map(str::trim) {
                    Some(line) if !line.is_empty() => Ok(Sensitive::new(line.to_owned())),
                    _ => Err(CliError::Usage("The file of --pin-file holds no secret.".into())),
                }),
        )
    }
}

fn prompt(asked: &str) -> Result<Sensitive<String>, CliError> {
    match rpassword::prompt_password(format!("{asked}: ")) {
        Ok(secret) => Ok(Sensitive::new(secret)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(CliError::file("the terminal")(error)),
        Err(_) => Err(CliError::Usage("There is no terminal to ask for the secret: give --pin-file FILE.".into())),
    }
}

/// A file that was not there before and that only its owner reads; `what` names it in an error.
pub(crate) fn new_file(path: &Path, what: &'static str) -> Result<File, CliError> {
    private(OpenOptions::new().write(true).create_new(true)).open(path).map_err(CliError::file(what))
}
