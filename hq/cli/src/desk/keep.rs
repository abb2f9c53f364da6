//! `wayside desk backup`, `restore` and `recover`: the desk as one sealed file, and back.

use std::path::Path;

use wayside_desk::{Delivery, Desk, DeskError, Restored};
use wayside_model::Sensitive;

use crate::clock;
use crate::desk::args::{BackupArgs, DeskArgs, RecoverArgs, RestoreArgs};
use crate::error::CliError;
use crate::output::Output;

/// Copies the desk into a file.
pub(crate) fn backup(desk: &Desk, dir: &Path, args: &BackupArgs, output: &Output) -> Result<(), CliError> {
    let bytes = desk.backup(dir, &args.out, clock::now())?;
    output.result(&serde_json::json!({ "bytes": bytes }), || {
        format!("{bytes} bytes, sealed: the passphrase of this day opens them, or two shares of the recovery secret.\n")
    })
}

/// Puts a copy back with the passphrase.
pub(crate) fn restore(args: &DeskArgs, restore: &RestoreArgs, output: &Output) -> Result<(), CliError> {
    empty(&args.dir)?;
    let passphrase = args.secret.read("Passphrase of the desk when the copy was made")?;
    told(&Desk::restore(&args.dir, &restore.from, &passphrase, clock::now())?, output)
}

/// Puts a copy back with two shares.
pub(crate) fn recover(args: &DeskArgs, recover: &RecoverArgs, output: &Output) -> Result<(), CliError> {
    empty(&args.dir)?;
    let shares = shares(&recover.share)?;
    let passphrase = args.secret.read_new("New passphrase for the desk, six words or more")?;
    let kdf = recover.kdf.params();
    told(&Desk::recover(&args.dir, &recover.from, &shares, &passphrase, kdf, clock::now())?, output)
}

/// Tells the relay everything again.
pub(crate) fn relay_restored(desk: &Desk, output: &Output) -> Result<(), CliError> {
    desk.relay_restored(clock::now())?;
    output.result(&serde_json::json!({ "state": "told again" }), || {
        "The next `wayside desk pull` tells the relay everything again.\n".to_owned()
    })
}

/// Shares of the recovery secret, each in a file of its own.
pub(crate) fn shares(files: &[std::path::PathBuf]) -> Result<Vec<Sensitive<String>>, CliError> {
    let read = |path| std::fs::read_to_string(path).map(|text| Sensitive::new(text.trim().to_owned()));
    files.iter().map(read).collect::<Result<_, _>>().map_err(CliError::file("a file of --share"))
}

/// Before anybody types a secret for nothing.
fn empty(dir: &Path) -> Result<(), CliError> {
    if dir.join("desk.keys").exists() { Err(CliError::Desk(DeskError::Exists)) } else { Ok(()) }
}

fn told(restored: &Restored, output: &Output) -> Result<(), CliError> {
    let document = serde_json::json!({ "org": restored.desk.org(), "caught_up": restored.caught_up });
    output.result(&document, || match restored.caught_up {
        Delivery::Sent => {
            "The desk is back. `wayside desk pull` fetches what came since the copy was made.\n".to_owned()
        }
        Delivery::Later { code } => format!(
            "The desk is back. It shows no record before it has read the relay's log ({code}): `wayside desk pull`.\n"
        ),
    })
}
