//! `wayside device verify`, `retention`, `audit`, `secret`, `border`, `panic`, `sweep` and `train`: keeping a vault in order.

use std::sync::Arc;

use serde::Serialize;
use wayside_field::{CancelToken, Duress, ErrorCode, FieldError, TrainingOptions, Vault};

use crate::clock;
use crate::device::args::{BorderArgs, OpenArgs, RetentionArgs, SecretChangeArgs, SweepArgs, TrainArgs};
use crate::device::home::{Home, KEY_STORE_NOTE};
use crate::error::CliError;
use crate::key_store::create_private_folder;
use crate::output::Output;
use crate::secrets::SecretArgs;
use crate::table::Table;

const HOUR_MILLIS: i64 = 60 * 60 * 1000;

#[derive(Serialize)]
struct Retention {
    expired: u64,
    old_drafts: Vec<String>,
    old_unsent: Vec<String>,
    reading_locked: bool,
}

#[derive(Serialize)]
struct AuditLine {
    seq: u64,
    hour: String,
    code: &'static str,
    signed: bool,
}

#[derive(Serialize)]
struct Border {
    complete: bool,
    drafts: u32,
    sealed: u32,
    handed_over: u32,
    hq_has_it: u32,
    quarantined: u32,
}

/// Looks through everything.
pub(crate) fn verify(args: &OpenArgs, output: &Output) -> Result<(), CliError> {
    args.open(None)?.verify()?;
    output.result(&serde_json::json!({ "whole": true }), || "Everything is as it was written last.\n".to_owned())
}

/// Lets go what may go, and names what waits for a person.
pub(crate) fn retention(args: &RetentionArgs, output: &Output) -> Result<(), CliError> {
    let report = args.open.open(args.now)?.apply_retention()?;
    let value = Retention {
        expired: report.expired,
        old_drafts: report.old_drafts.iter().map(ToString::to_string).collect(),
        old_unsent: report.old_unsent.iter().map(ToString::to_string).collect(),
        reading_locked: report.reading_locked,
    };
    output.result(&value, || {
        let mut text = format!("Gone by themselves, because HQ has them: {}.\n", value.expired);
        for (ids, what) in [(&value.old_drafts, "not finished"), (&value.old_unsent, "not acknowledged by HQ")] {
            if !ids.is_empty() {
                text.push_str(&format!("For long {what}, kept until a person decides: {}.\n", ids.join(", ")));
            }
        }
        if value.reading_locked {
            text.push_str("Records are not shown until the next contact with HQ.\n");
        }
        text
    })
}

/// Lists the audit log.
pub(crate) fn audit(args: &OpenArgs, output: &Output) -> Result<(), CliError> {
    let entries = args.open(None)?.audit()?;
    let hour = |hour: i64| clock::text(wayside_model::Timestamp::from_millis(hour.saturating_mul(HOUR_MILLIS)));
    let lines: Vec<AuditLine> = entries
        .iter()
        .map(|entry| AuditLine { seq: entry.seq, hour: hour(entry.hour), code: entry.code, signed: entry.signed })
        .collect();
    output.result(&lines, || {
        let mut table = Table::new(&["number", "hour", "what", "signed"]);
        for line in &lines {
            let signed = if line.signed { "yes" } else { "not yet" }.to_owned();
            table.row([line.seq.to_string(), line.hour.clone(), line.code.to_owned(), signed]);
        }
        table.text("The log is empty.")
    })
}

/// Changes the secret, and sets or takes away the duress code.
pub(crate) fn secret(args: &SecretChangeArgs, output: &Output) -> Result<(), CliError> {
    let home = Home::new(&args.open.dir);
    let old = args.open.secret.read("Secret of this device")?;
    let vault = Vault::open(wayside_field::OpenOptions::new(home.vault_dir()), &old, &home.keys())?;
    let new = SecretArgs::of(args.new_pin_file.clone()).read_new("New secret for this device, six words or more")?;
    let code = match &args.duress_pin_file {
        Some(file) => Some(SecretArgs::of(Some(file.clone())).read_new("Duress code")?),
        None => None,
    };
    let duress = code.as_ref().map(|secret| Duress { secret, wipes: args.duress_wipes });
    vault.change_secret(&old, &new, duress, &home.keys())?;
    vault.lock();
    output.result(&serde_json::json!({ "changed": true, "duress": code.is_some() }), || {
        let duress = if code.is_some() { "A duress code is set." } else { "No duress code is set." };
        format!("The secret is changed. {duress}\n")
    })
}

/// One sync, then everything that HQ has goes.
pub(crate) fn border(args: &BorderArgs, output: &Output) -> Result<(), CliError> {
    let vault = args.open.open(None)?;
    let transport = Arc::new(args.way.transport()?);
    let report = vault.clear_for_border(transport, &CancelToken::new(), None)?;
    let value = Border {
        complete: report.sync.complete,
        drafts: report.drafts,
        sealed: report.queue.waiting,
        handed_over: report.queue.handed_over,
        hq_has_it: report.queue.hq_has_it,
        quarantined: report.queue.quarantined,
    };
    output.result(&value, || {
        let sync = if value.complete { "Everything was sent." } else { "Not everything could be sent." };
        format!(
            "{sync} What HQ has is gone from here.\nStill here: {} interviews that are not finished and can be read, {} records \
             on this device only, {} handed over, {} set aside; none of these records can be read.\n",
            value.drafts, value.sealed, value.handed_over, value.quarantined
        )
    })
}

/// Destroys the keys at once and leaves the files to `sweep`.
pub(crate) fn panic(args: &OpenArgs, output: &Output) -> Result<(), CliError> {
    let home = Home::new(&args.dir);
    args.open(None)?.panic_wipe(&home.keys())?;
    output.result(&serde_json::json!({ "wiped": true }), || {
        "The keys are gone. `wayside device sweep DIR` takes the files; the sealed outbox is kept.\n".to_owned()
    })
}

/// Ends a wipe that was begun.
pub(crate) fn sweep(args: &SweepArgs, output: &Output) -> Result<(), CliError> {
    let home = Home::new(&args.dir);
    if !home.vault_dir().is_dir() {
        return Err(FieldError::new(ErrorCode::VaultMissing).into());
    }
    Vault::sweep(&home.vault_dir(), &home.keys())?;
    let present = Vault::is_present(&home.vault_dir());
    output.result(&serde_json::json!({ "present": present }), || {
        let text = if present { "No wipe was begun here; nothing changed.\n" } else { "Nothing of a vault is here.\n" };
        text.to_owned()
    })
}

/// Makes a vault for training, or gives one what the worker's own device has now.
pub(crate) fn train(args: &TrainArgs, output: &Output) -> Result<(), CliError> {
    let home = Home::new(&args.dir);
    let own = args.beside.as_ref().map(|dir| {
        let secret = SecretArgs::of(args.beside_pin_file.clone());
        OpenArgs { dir: dir.clone(), secret }.open(None)
    });
    let own = own.transpose()?;
    let secret = if own.is_some() && Vault::is_present(&home.vault_dir()) {
        args.secret.read("Secret of the device for training")?
    } else {
        args.secret.read_new("New secret for this device, six words or more")?
    };
    create_private_folder(home.dir()).map_err(CliError::file("the device folder"))?;
    let mut options = TrainingOptions::new(home.vault_dir());
    options.stretch = args.kdf.params();
    let vault = match &own {
        Some(own) => own.train_beside(options, &secret, &home.keys())?,
        None => Vault::train(options, &secret, &home.keys())?,
    };
    vault.install_built_in()?;
    vault.lock();
    output.result(&serde_json::json!({ "training": true, "beside": own.is_some() }), || {
        format!("The vault for training is ready. Nothing in it is sealed to anybody.\n{KEY_STORE_NOTE}\n")
    })
}
