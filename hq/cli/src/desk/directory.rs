//! `wayside desk directory`, and signing it when an officer comes or goes.

use std::path::Path;

use serde::Serialize;
use wayside_desk::{Delivery, Desk};
use wayside_model::Sensitive;

use crate::clock;
use crate::desk::args::{DirectoryCommand, DirectorySignArgs};
use crate::error::CliError;
use crate::output::Output;
use crate::secrets::SecretArgs;

/// The root's file in the desk's folder, until somebody carries it away.
const ROOT: &str = "root.key";

/// What became of the directory.
#[derive(Serialize)]
pub(crate) struct Signed {
    version: u64,
    delivery: Delivery,
}

/// Shows or signs it.
pub(crate) fn run(
    desk: &Desk,
    dir: &Path,
    passphrase: &Sensitive<String>,
    command: &DirectoryCommand,
    output: &Output,
) -> Result<(), CliError> {
    match command {
        DirectoryCommand::Show => {
            let view = desk.directory()?;
            output.result(&view, || {
                let officers = if view.officers.is_empty() { "nobody".to_owned() } else { view.officers.join(", ") };
                let due = if view.due { "An officer came or went since: sign it anew.\n" } else { "" };
                format!(
                    "Version {}, until {}\nMay order a wipe, two together: {officers}\n{due}",
                    view.version,
                    clock::text(view.expires)
                )
            })
        }
        DirectoryCommand::Sign(args) => {
            let signed = sign(desk, dir, passphrase, args)?;
            output.result(&signed, || signed.text())
        }
    }
}

fn sign(desk: &Desk, dir: &Path, passphrase: &Sensitive<String>, args: &DirectorySignArgs) -> Result<Signed, CliError> {
    let root = args.root.clone().unwrap_or_else(|| dir.join(ROOT));
    let own = args.root_pin_file.clone().map(|file| SecretArgs::of(Some(file)).read("Passphrase of the root"));
    let own = own.transpose()?;
    let (version, delivery) = desk.sign_directory(&root, own.as_ref().unwrap_or(passphrase), clock::now())?;
    Ok(Signed { version, delivery })
}

/// After an officer came or went: signs at once where the root is in the folder and opens with the desk's passphrase.
/// `None` where there is nothing to sign or somebody has to bring the root.
pub(crate) fn sign_if_due(desk: &Desk, dir: &Path, passphrase: &Sensitive<String>) -> Result<Option<Signed>, CliError> {
    if !desk.directory()?.due || !dir.join(ROOT).exists() {
        return Ok(None);
    }
    match desk.sign_directory(&dir.join(ROOT), passphrase, clock::now()) {
        Ok((version, delivery)) => Ok(Some(Signed { version, delivery })),
        Err(wayside_desk::DeskError::Locked) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// What to say after an officer came or went.
pub(crate) fn note(desk: &Desk, signed: Option<&Signed>) -> Result<String, CliError> {
    Ok(match signed {
        Some(signed) => signed.text(),
        None if desk.directory()?.due => {
            "Devices do not know yet: bring the root and run `wayside desk directory sign --root FILE`.\n".to_owned()
        }
        None => String::new(),
    })
}

impl Signed {
    fn text(&self) -> String {
        match &self.delivery {
            Delivery::Sent => format!("Directory {} is signed; devices get it with their next sync.\n", self.version),
            Delivery::Later { code } => format!(
                "Directory {} is signed. The relay does not have it yet ({code}); `wayside desk pull` tries again.\n",
                self.version
            ),
        }
    }
}
