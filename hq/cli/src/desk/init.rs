//! `wayside desk init`.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use wayside_desk::{Delivery, Desk, Founding};
use wayside_sync::wire;

use crate::clock;
use crate::desk::args::{DeskArgs, InitArgs};
use crate::error::CliError;
use crate::output::Output;
use crate::secrets;

const OUT: &str = "the folder of --shares-out";

#[derive(Serialize)]
struct Made {
    org: String,
    root_fingerprint: String,
    directory: Delivery,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_shares: Option<Vec<String>>,
}

/// Founds the desk.
pub(crate) fn run(args: &DeskArgs, init: &InitArgs, output: &Output) -> Result<(), CliError> {
    let (Some(org), Some(relay), Some(token)) = (&init.org, &init.relay, &init.relay_token) else {
        return Err(CliError::Usage("--org, --relay and --relay-token are needed.".into()));
    };
    let token = wayside_relay::read_desk_token(token)?;
    let roots = init.relay_roots.as_ref().map(std::fs::read_to_string).transpose();
    let roots = roots.map_err(CliError::file("the file of --relay-roots"))?;
    let passphrase = args.secret.read_new("New passphrase for the desk, six words or more")?;
    let founding =
        Founding { org, relay, relay_token: &token, relay_roots: roots.as_deref(), stretch: init.kdf.params() };
    // They are made once: files that cannot be made must be known before there is a desk.
    let mut files = init.shares_out.as_deref().map(share_files).transpose()?;
    let founded = Desk::init(&args.dir, &founding, &passphrase, clock::now()).inspect_err(|_| {
        let _ = init.shares_out.as_deref().map(std::fs::remove_dir_all);
    })?;
    let shares = founded.recovery_shares.each_ref().map(|share| share.expose());
    for (file, share) in files.iter_mut().flatten().zip(shares) {
        writeln!(file, "{share}").and_then(|()| file.sync_all()).map_err(CliError::file(OUT))?;
    }
    let made = Made {
        org: founded.desk.org().to_owned(),
        root_fingerprint: wire::hex(founded.desk.root_fingerprint()),
        directory: founded.directory,
        recovery_shares: init.shares_out.is_none().then(|| shares.map(String::clone).to_vec()),
    };
    output.result(&made, || text(&made))
}

/// A new folder with an empty file for each share.
fn share_files(dir: &Path) -> Result<[File; wayside_desk::SHARES], CliError> {
    std::fs::create_dir(dir).map_err(CliError::file(OUT))?;
    let mut files = Vec::new();
    for n in 1..=wayside_desk::SHARES {
        files.push(secrets::new_file(&dir.join(format!("share-{n}")), OUT)?);
    }
    files.try_into().map_err(|_| CliError::Usage("The shares could not be written.".into()))
}

fn text(made: &Made) -> String {
    let directory = match &made.directory {
        Delivery::Sent => "The relay has the signed directory.".to_owned(),
        Delivery::Later { code } => {
            format!("The relay does not have the directory yet ({code}); the next command sends it.")
        }
    };
    let recovery = made.recovery_shares.as_ref().map_or_else(String::new, |shares| {
        let lines: String = shares.iter().zip(1..).map(|(share, n)| format!("  {n}  {share}\n")).collect();
        format!(
            "\nShares of the recovery secret:\n{lines}\
             Any two of them bring every record back if the desk's keys are lost; one opens nothing. They are shown this once: \
             give them to three people, on paper, away from the desk.\n"
        )
    });
    format!("Desk of {}\nRoot fingerprint {}\n{directory}\n{recovery}", made.org, made.root_fingerprint)
}
