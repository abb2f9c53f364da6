//! `wayside device inspect`: looks for a text in everything the device's own keys can read, and in each file as it lies
//! on disk.

use std::collections::BTreeMap;

use serde::Serialize;
use wayside_field::{ErrorCode, FieldError};
use wayside_vault::Vault;

use crate::device::args::InspectArgs;
use crate::device::home::Home;
use crate::error::CliError;
use crate::output::Output;
use crate::search;
use crate::table::Table;

#[derive(Serialize)]
struct Found {
    hits: Vec<Hit>,
    /// Pieces that were decrypted and looked at, and their bytes.
    pieces: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct Hit {
    place: String,
    times: u64,
}

/// Searches.
pub(crate) fn run(args: &InspectArgs, output: &Output) -> Result<(), CliError> {
    let home = Home::new(&args.open.dir);
    if !Vault::is_present(&home.vault_dir()) {
        return Err(FieldError::new(ErrorCode::VaultMissing).into());
    }
    let secret = args.open.secret.read("Secret of this device")?;
    // Straight to the store: opening through the core would mend and apply things, and so change what is looked at.
    let vault = Vault::open(&home.vault_dir(), &secret, &home.keys()).map_err(FieldError::from)?;
    let needles = search::needles(&args.text);
    let mut places: BTreeMap<String, u64> = BTreeMap::new();
    let (mut pieces, mut bytes) = (0, 0);
    vault
        .scan_pages(&mut |place, plain| {
            pieces += 1;
            bytes += plain.len() as u64;
            if search::holds(plain, &needles) {
                *places.entry(place.to_owned()).or_default() += 1;
            }
        })
        .map_err(FieldError::from)?;
    let files = search::files_with(home.dir(), &args.text, &[]).map_err(CliError::file("the device folder"))?;
    for path in files {
        let name = path.strip_prefix(home.dir()).unwrap_or(&path).display().to_string();
        *places.entry(format!("file {name}")).or_default() += 1;
    }
    let hits = places.into_iter().map(|(place, times)| Hit { place, times }).collect();
    let found = Found { hits, pieces, bytes };
    output.result(&found, || text(&found))
}

fn text(found: &Found) -> String {
    let mut table = Table::new(&["found in", "times"]);
    for hit in &found.hits {
        table.row([hit.place.clone(), hit.times.to_string()]);
    }
    format!(
        "{}\nLooked into {} decrypted pieces of {} bytes in all, and every file as it lies on disk.\n",
        table.text("Nothing found."),
        found.pieces,
        found.bytes
    )
}
