//! `wayside desk init`.

use std::io::Write as _;

use serde::Serialize;
use wayside_desk::{Delivery, Desk, Founding};
use wayside_sync::wire;

use crate::clock;
use crate::desk::args::{DeskArgs, InitArgs};
use crate::error::CliError;
use crate::output::Output;
use crate::secrets;

const OUT: &str = "the file of --recovery-out";

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
    // They are made once: a file that cannot be made must be known before there is a desk.
    let out = init.recovery_out.as_deref().map(|path| secrets::new_file(path, OUT)).transpose()?;
    let founded = Desk::init(&args.dir, &founding, &passphrase, clock::now()).inspect_err(|_| {
        let _ = init.recovery_out.as_deref().map(std::fs::remove_file);
    })?;
    let words = founded.recovery_words.expose();
    if let Some(mut file) = out {
        file.write_all(words.as_bytes()).and_then(|()| file.sync_all()).map_err(CliError::file(OUT))?;
    }
    let made = Made {
        org: founded.desk.org().to_owned(),
        root_fingerprint: wire::hex(founded.desk.root_fingerprint()),
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
