//! `wayside desk search`: looks for a text in everything HQ can open, and in the files as they lie on disk.

use std::path::Path;

use serde::Serialize;
use wayside_desk::Desk;
use zeroize::Zeroizing;

use crate::clock;
use crate::desk::args::SearchArgs;
use crate::desk::{keep, opened};
use crate::error::CliError;
use crate::output::Output;
use crate::search;
use crate::table::Table;

#[derive(Serialize)]
struct Found {
    hits: Vec<Hit>,
    records: usize,
    envelopes_opened: usize,
    envelopes_shut: usize,
}

#[derive(Serialize)]
struct Hit {
    place: String,
}

/// Searches.
pub(crate) fn run(desk: &Desk, dir: &Path, args: &SearchArgs, output: &Output) -> Result<(), CliError> {
    desk.note_owner("searched", "", clock::now())?;
    let needles = search::needles(&args.text);
    let mut found = Found { hits: Vec::new(), records: 0, envelopes_opened: 0, envelopes_shut: 0 };
    for row in desk.records()? {
        let record = desk.record(row.id)?;
        let json = serde_json::to_vec(&record).map(Zeroizing::new).unwrap_or_default();
        found.records += 1;
        if search::holds(&json, &needles) {
            found.hits.push(Hit { place: format!("record {}", row.id) });
        }
    }
    files(dir, &args.text, "desk file", &mut found)?;
    if let Some(relay) = &args.relay_dir {
        files(relay, &args.text, "relay file", &mut found)?;
        let key = wayside_desk::open_recovery_key(dir, &keep::shares(&args.share)?)?;
        let items = opened::open_all(relay, &key)?;
        (found.envelopes_opened, found.envelopes_shut) = (items.plain.len(), items.shut);
        let hits = items.plain.iter().filter(|plain| search::holds(plain, &needles)).count();
        found.hits.extend((0..hits).map(|_| Hit { place: "an envelope at the relay, opened".to_owned() }));
    }
    output.result(&found, || text(&found))
}

fn files(folder: &Path, text: &str, whose: &str, found: &mut Found) -> Result<(), CliError> {
    let paths = search::files_with(folder, text, &[]).map_err(CliError::file("a folder to search"))?;
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        found.hits.push(Hit { place: format!("{whose} {name}") });
    }
    Ok(())
}

fn text(found: &Found) -> String {
    let mut table = Table::new(&["found in"]);
    for hit in &found.hits {
        table.row([hit.place.clone()]);
    }
    format!(
        "{}\nLooked into {} records, {} envelopes opened at the relay ({} stayed shut), and every file.\n",
        table.text("Nothing found."),
        found.records,
        found.envelopes_opened,
        found.envelopes_shut
    )
}
