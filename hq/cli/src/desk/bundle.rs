//! `wayside desk bundle`: what came on a stick or with another phone, and what goes back.

use std::io::Write as _;

use wayside_desk::Desk;
use wayside_model::DeviceId;

use crate::clock;
use crate::desk::args::DeskBundleCommand;
use crate::error::CliError;
use crate::output::Output;
use crate::secrets;

const OUT: &str = "the file of --out";

/// Takes in or writes a bundle.
pub(crate) fn run(desk: &Desk, command: &DeskBundleCommand, output: &Output) -> Result<(), CliError> {
    match command {
        DeskBundleCommand::Import { file } => {
            let bytes = std::fs::read(file).map_err(CliError::file("the bundle"))?;
            let done = desk.import_bundle(&bytes, clock::now())?;
            output.result(&done, || {
                let mut text = format!(
                    "{} new items, {} known; {} records became verified.\n",
                    done.items, done.known, done.records
                );
                if !done.complete {
                    text.push_str("The file was cut off or damaged; what was whole was taken.\n");
                }
                for (code, count) in &done.refused {
                    text.push_str(&format!("Refused: {count} × {code}\n"));
                }
                text
            })
        }
        DeskBundleCommand::Export { out, devices } => {
            let ids = devices.iter().map(|id| id.parse()).collect::<Result<Vec<DeviceId>, _>>();
            let ids = ids.map_err(|_| CliError::Usage("A device's id is 32 hexadecimal digits.".into()))?;
            let bytes = desk.export_bundle(&ids)?;
            let mut file = secrets::new_file(out, OUT)?;
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(CliError::file(OUT))?;
            output.result(&serde_json::json!({ "bytes": bytes.len() }), || {
                format!("{} bytes, signed and not sealed: certificates and receipts name no person.\n", bytes.len())
            })
        }
    }
}
