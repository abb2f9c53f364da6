//! `wayside wire`: what one record costs on the wire, measured on the code that ships: event, packing, seal, session.

mod figures;
mod layout;
mod loopback;
mod records;
mod slow_link;

use std::path::PathBuf;

use clap::Args;

use crate::error::CliError;
use crate::output::Output;

/// Measure what a record costs on the wire.
#[derive(Args)]
pub(crate) struct WireArgs {
    /// Records as JSON Lines, one object `{"pool", "meta", "answers"}` a line, of the form committed beside this command; at
    /// least 300 of pool `test` (Latin) and 300 of pool `ar` (Arabic). Without it, synthetic ones are made.
    #[arg(long, value_name = "FILE")]
    records: Option<PathBuf>,
}

/// Measures, shows each figure with its limit, and fails where one is beyond it.
pub(crate) fn run(args: &WireArgs, output: &Output) -> Result<(), CliError> {
    let records = match &args.records {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(CliError::file("the records"))?;
            records::read(&text).map_err(|line| CliError::Usage(format!("line {line} of the records is not one")))?
        }
        None => records::synthetic(300),
    };
    let figures = figures::measure(&records, &[layout::layout()]).map_err(CliError::Demo)?;
    output.result(&figures, || figures.text())?;
    let beyond = figures.beyond();
    if beyond.is_empty() { Ok(()) } else { Err(CliError::Checks(beyond.join(", "))) }
}
