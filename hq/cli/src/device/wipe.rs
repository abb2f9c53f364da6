//! `wayside device wipe`.

use std::io::Write as _;

use wayside_field::{ErrorCode, FieldError, Vault};

use crate::device::args::WipeArgs;
use crate::device::home::Home;
use crate::error::CliError;
use crate::output::Output;

/// Destroys the keys, then the files.
pub(crate) fn run(args: &WipeArgs, output: &Output) -> Result<(), CliError> {
    let home = Home::new(&args.dir);
    if !home.vault_dir().is_dir() {
        return Err(FieldError::new(ErrorCode::VaultMissing).into());
    }
    if !args.yes {
        confirm(args.everything)?;
    }
    Vault::wipe(&home.vault_dir(), &home.keys())?;
    let outbox = home.vault_dir().join("outbox");
    if args.everything && outbox.is_dir() {
        std::fs::remove_dir_all(&outbox).map_err(CliError::file("the outbox"))?;
    }
    let kept = outbox.is_dir();
    output.result(&serde_json::json!({ "wiped": true, "outbox_kept": kept }), || {
        if kept {
            "Wiped. The sealed outbox is kept: `wayside device sync DIR --locked` still sends it.\n".to_owned()
        } else {
            "Wiped, with everything that was not sent.\n".to_owned()
        }
    })
}

fn confirm(everything: bool) -> Result<(), CliError> {
    let what = if everything { "keys, drafts, lists and everything unsent" } else { "keys, drafts and lists" };
    let _ = write!(std::io::stderr().lock(), "This destroys {what} of this device for good. Type WIPE to go on: ");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(CliError::file("stdin"))?;
    if line.trim() == "WIPE" { Ok(()) } else { Err(FieldError::new(ErrorCode::Cancelled).into()) }
}
