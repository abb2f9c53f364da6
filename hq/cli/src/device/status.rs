//! `wayside device status`.

use serde::Serialize;
use wayside_field::{ErrorCode, FieldError, KeyStore as _, Vault};

use crate::device::args::{OpenArgs, StatusArgs};
use crate::device::home::{Home, KEY_STORE_NOTE};
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

#[derive(Serialize)]
struct Status {
    key_store: &'static str,
    #[serde(flatten)]
    open: Option<Open>,
}

#[derive(Serialize)]
struct Open {
    device: String,
    words: String,
    confirmed: bool,
    revoked: bool,
    role: String,
    site: String,
    rolled_back: bool,
    training: bool,
    forms: usize,
    drafts: usize,
    sealed: u32,
    handed_over: u32,
    hq_has_it: u32,
    quarantined: u32,
    carried: u32,
    carried_handed_over: u32,
}

/// Shows what the device is.
pub(crate) fn run(args: &StatusArgs, output: &Output) -> Result<(), CliError> {
    let home = Home::new(&args.open.dir);
    if !Vault::is_present(&home.vault_dir()) {
        return Err(FieldError::new(ErrorCode::VaultMissing).into());
    }
    let open = if args.locked { None } else { Some(look(&args.open.open(None)?)?) };
    let status = Status { key_store: level_name(&home), open };
    output.result(&status, || text(&status))
}

/// Goes on with an old copy.
pub(crate) fn accept_rollback(args: &OpenArgs, output: &Output) -> Result<(), CliError> {
    let vault = args.open(None)?;
    let was = vault.status()?.rolled_back;
    vault.accept_rollback()?;
    output.result(&serde_json::json!({ "accepted": was }), || {
        let text = if was { "Goes on with the old copy.\n" } else { "This is no old copy; nothing changed.\n" };
        text.to_owned()
    })
}

fn level_name(home: &Home) -> &'static str {
    match home.keys().level() {
        wayside_field::HardwareLevel::Software => "software",
        _ => "hardware",
    }
}

fn look(vault: &Vault) -> Result<Open, FieldError> {
    let (status, queue) = (vault.status()?, vault.queue_status()?);
    Ok(Open {
        device: status.device.to_string(),
        words: status.words,
        confirmed: status.confirmed,
        revoked: status.revoked,
        role: status.role,
        site: status.site,
        rolled_back: status.rolled_back,
        training: status.training,
        forms: vault.forms()?.len(),
        drafts: vault.drafts()?.len(),
        sealed: queue.waiting,
        handed_over: queue.handed_over,
        hq_has_it: queue.hq_has_it,
        quarantined: queue.quarantined,
        carried: queue.carried,
        carried_handed_over: queue.carried_handed_over,
    })
}

fn text(status: &Status) -> String {
    let mut table = Table::new(&["what", "is"]);
    let mut row = |what: &str, is: String| table.row([what.to_owned(), is]);
    row("key store", status.key_store.to_owned());
    match &status.open {
        None => row("vault", "there, locked".to_owned()),
        Some(open) => {
            row("device", open.device.clone());
            row("words", open.words.clone());
            row("confirmed by HQ", yes_no(open.confirmed));
            row("revoked by HQ", yes_no(open.revoked));
            row("role, site", format!("{}, {}", open.role, open.site));
            row("for training", yes_no(open.training));
            row("an old copy", yes_no(open.rolled_back));
            row("forms, drafts", format!("{}, {}", open.forms, open.drafts));
            row("on this device only", open.sealed.to_string());
            row("handed over to the relay", open.handed_over.to_string());
            row("HQ has it", open.hq_has_it.to_string());
            row("set aside", open.quarantined.to_string());
            row("items carried for others", open.carried.to_string());
            row("of these, the relay has", open.carried_handed_over.to_string());
        }
    }
    format!("{}{KEY_STORE_NOTE}\n", table.text(""))
}

fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
