//! `wayside desk enrol`: an enrolment record as text and as a QR code.

use std::io::Write as _;
use std::path::Path;

use qrcode::QrCode;
use qrcode::render::svg;
use qrcode::render::unicode::Dense1x2;
use serde::Serialize;
use wayside_desk::Desk;
use wayside_model::ErrorCode;

use crate::clock;
use crate::desk::args::DeskEnrolArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::secrets;

/// Side of the picture in its own units; it has no fixed size.
const SIDE: u32 = 400;

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
        write_new(path, &record.record, "the file of --out")?;
    }
    // A record too long for a code still works as text.
    let code = QrCode::new(record.record.as_bytes()).ok();
    if let Some(path) = &args.image {
        let too_long =
            || CliError::At { code: ErrorCode::Usage, place: "the record is too long for a code".to_owned() };
        let code = code.as_ref().ok_or_else(too_long)?;
        write_new(path, &code.render::<svg::Color<'_>>().min_dimensions(SIDE, SIDE).build(), "the file of --image")?;
    }
    output.result(&record, || {
        let code = code.map(|code| code.render::<Dense1x2>().build()).unwrap_or_default();
        format!("{code}\n\n{}\n\nHolds until {}, for one device, once.\n", record.record, record.expires)
    })
}

fn write_new(path: &Path, text: &str, what: &'static str) -> Result<(), CliError> {
    let mut file = secrets::new_file(path, what)?;
    writeln!(file, "{text}").and_then(|()| file.sync_all()).map_err(CliError::file(what))
}
