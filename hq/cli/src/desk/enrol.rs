//! `wayside desk enrol`: an enrolment record as text and as a QR code.

use std::io::Write as _;
use std::path::Path;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde::Serialize;
use wayside_desk::Desk;

use crate::clock;
use crate::desk::args::DeskEnrolArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::secrets;

#[derive(Serialize)]
struct Record {
    record: String,
    expires: String,
}

/// Makes a record.
pub(crate) fn run(desk: &Desk, args: &DeskEnrolArgs, output: &Output) -> Result<(), CliError> {
    let made = desk.enrol(&args.role, &args.site, &args.worker, clock::now())?;
    let record = Record { record: made.to_text(), expires: clock::text(made.expires) };
    if let Some(path) = &args.out {
        write_new(path, &record.record)?;
    }
    output.result(&record, || {
        // A record too long for a code still works as text.
        let code =
            QrCode::new(record.record.as_bytes()).map(|code| code.render::<Dense1x2>().build()).unwrap_or_default();
        format!("{code}\n\n{}\n\nHolds until {}, for one device, once.\n", record.record, record.expires)
    })
}

fn write_new(path: &Path, text: &str) -> Result<(), CliError> {
    const WHAT: &str = "the file of --out";
    let mut file = secrets::new_file(path, WHAT)?;
    writeln!(file, "{text}").and_then(|()| file.sync_all()).map_err(CliError::file(WHAT))
}
