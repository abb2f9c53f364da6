//! `wayside device bundle`: sealed items and HQ's entries as a file.

use std::io::Write as _;

use serde::Serialize;
use wayside_field::OutboxSession;

use crate::device::args::BundleCommand;
use crate::device::home::Home;
use crate::error::CliError;
use crate::output::Output;
use crate::secrets;

const OUT: &str = "the file of --out";

#[derive(Serialize)]
struct Imported {
    complete: bool,
    received: u32,
    carried: u32,
    known: u32,
    released: u32,
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct Refused {
    code: &'static str,
    count: u32,
}

/// Writes or takes in a bundle.
pub(crate) fn run(command: &BundleCommand, output: &Output) -> Result<(), CliError> {
    match command {
        BundleCommand::Export { dir, out } => {
            let bytes = OutboxSession::open(&Home::new(dir).vault_dir())?.export_bundle()?;
            let mut file = secrets::new_file(out, OUT)?;
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(CliError::file(OUT))?;
            output.result(&serde_json::json!({ "bytes": bytes.len() }), || {
                format!(
                    "{} bytes, all of them sealed or signed. Nothing counts as sent before HQ's receipt.\n",
                    bytes.len()
                )
            })
        }
        BundleCommand::Import { dir, file } => {
            let bytes = std::fs::read(file).map_err(CliError::file("the bundle"))?;
            let report = OutboxSession::open(&Home::new(dir).vault_dir())?.import_bundle(&bytes)?;
            let refused = report.refused.iter().map(|(code, count)| Refused { code: code.as_str(), count: *count });
            let imported = Imported {
                complete: report.complete,
                received: report.received,
                carried: report.carried,
                known: report.known,
                released: report.released,
                refused: refused.collect(),
            };
            output.result(&imported, || text(&imported))
        }
    }
}

fn text(imported: &Imported) -> String {
    let mut text = format!(
        "{} entries of HQ for this device, {} pieces carried for others, {} known, {} given up: HQ has them.\n",
        imported.received, imported.carried, imported.known, imported.released
    );
    if !imported.complete {
        text.push_str("The file was cut off or damaged; what was whole was taken.\n");
    }
    for refused in &imported.refused {
        text.push_str(&format!("Refused: {} × {}\n", refused.count, refused.code));
    }
    text
}
