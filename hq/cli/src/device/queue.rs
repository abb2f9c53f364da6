//! `wayside device queue`.

use serde::Serialize;

use crate::clock;
use crate::device::args::OpenArgs;
use crate::device::view::{state_name, state_text};
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

#[derive(Serialize)]
struct Item {
    event: String,
    state: &'static str,
    since: String,
}

/// Lists the finished records.
pub(crate) fn run(args: &OpenArgs, output: &Output) -> Result<(), CliError> {
    let queue = args.open(None)?.queue()?;
    let items: Vec<Item> = queue
        .iter()
        .map(|item| Item {
            event: item.event.to_string(),
            state: state_name(item.state),
            since: clock::text(item.since),
        })
        .collect();
    output.result(&items, || {
        let mut table = Table::new(&["record", "where it is", "since"]);
        for item in &queue {
            table.row([item.event.to_string(), state_text(item.state).to_owned(), clock::text(item.since)]);
        }
        table.text("No record was finished on this device.")
    })
}
