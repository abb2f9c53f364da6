//! `wayside desk init`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use wayside_desk::{Delivery, Desk, Founding};

use crate::clock;
use crate::desk::args::{DeskArgs, InitArgs};
use crate::error::CliError;
use crate::key_store::private;
use crate::output::Output;

#[derive(Serialize)]
struct Made {
    org: String,
    root_fingerprint: String,
    directory: Delivery,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_words: Option<String>,
}

/// Founds the desk.
pub(crate) fn run(args: &DeskArgs, init: &InitArgs, output: &Output) -> Result<(), CliError> {
    let token = wayside_relay::read_desk_token(&init.relay_token)?;
    let passphrase = args.secret.read_new("New passphrase for the desk, six words or more")?;
    let founding = Founding { org: &init.org, relay: &init.relay, relay_token: &token, stretch: init.kdf.params() };
    let founded = Desk::init(&args.dir, &founding, &passphrase, clock::now())?;
    let words = founded.recovery_words.expose();
    if let Some(path) = &init.recovery_out {
        write_new(path, words)?;
    }
    let made = Made {
        org: founded.desk.org().to_owned(),
        root_fingerprint: hex(founded.desk.root_fingerprint()),
        directory: founded.directory,
        recovery_words: init.recovery_out.is_none().then(|| words.clone()),
    };
    output.result(&made, || text(&made))
}

fn text(made: &Made) -> String {
    let directory = match &made.directory {
        Delivery::Sent => "The relay has the signed directory.".to_owned(),
        Delivery::Later { code } => {
            format!("The relay does not have the directory yet ({code}); the next command sends it.")
        }
    };
    let recovery = made.recovery_words.as_ref().map_or_else(String::new, |words| {
        format!(
            "\nRecovery words: {words}\n\
             They open every record if the desk's keys are lost. They are shown this once: write them down and keep them \
             away from the desk.\n"
        )
    });
    format!("Desk of {}\nRoot fingerprint {}\n{directory}\n{recovery}", made.org, made.root_fingerprint)
}

fn write_new(path: &Path, words: &str) -> Result<(), CliError> {
    const WHAT: &str = "the file of --recovery-out";
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(path).map_err(CliError::file(WHAT))?;
    file.write_all(words.as_bytes()).and_then(|()| file.sync_all()).map_err(CliError::file(WHAT))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
