//! `wayside desk export`, `own-copy`, `file`, `retention` and `extend`: files that leave the desk, and how long HQ keeps what it has.

use std::io::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use wayside_desk::{Desk, ExportFormat, RetentionClass};
use wayside_model::Timestamp;

use crate::clock;
use crate::desk::args::{ExportArgs, ExtendArgs, FileArgs, OwnCopyArgs, RetentionArgs};
use crate::error::CliError;
use crate::output::Output;
use crate::secrets;
use crate::table::Table;

const OUT: &str = "the file of --out";

/// Writes a file of everything.
pub(crate) fn export(desk: &Desk, args: &ExportArgs, output: &Output) -> Result<(), CliError> {
    let format = ExportFormat::of(&args.format).ok_or_else(|| {
        let words = ExportFormat::ALL.map(ExportFormat::word).join(", ");
        CliError::Usage(format!("There is no such format. Formats: {words}."))
    })?;
    write(&args.out, &desk.export(format, clock::now())?, output)
}

/// Writes what is kept of one person, for that person.
pub(crate) fn own_copy(desk: &Desk, args: &OwnCopyArgs, output: &Output) -> Result<(), CliError> {
    write(&args.out, desk.own_copy(&args.case, clock::now())?.as_bytes(), output)
}

/// Writes a file of a record.
pub(crate) fn file(desk: &Desk, args: &FileArgs, output: &Output) -> Result<(), CliError> {
    let id = args.id.parse().map_err(|_| CliError::Usage("RECORD is an id as `desk list` shows it.".into()))?;
    let mut bytes = Vec::new();
    desk.file(id, &args.name, &mut bytes, clock::now())?;
    write(&args.out, &bytes, output)
}

fn write(path: &Path, bytes: &[u8], output: &Output) -> Result<(), CliError> {
    let mut file = secrets::new_file(path, OUT)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(CliError::file(OUT))?;
    output.result(&serde_json::json!({ "bytes": bytes.len() }), || {
        format!("{} bytes. What is in the file is not sealed: guard it.\n", bytes.len())
    })
}

/// Shows or sets how long each class is kept.
pub(crate) fn retention(desk: &Desk, args: &RetentionArgs, output: &Output) -> Result<(), CliError> {
    if let (Some(class), Some(days)) = (&args.class, args.days) {
        let class = RetentionClass::of(class).ok_or_else(|| CliError::Usage("Classes: adult, child.".into()))?;
        desk.set_retention(class, days, clock::now())?;
    }
    let rows = desk.retention()?;
    output.result(&rows, || {
        let mut table = Table::new(&["class", "days"]);
        for (class, days) in &rows {
            table.row([class.word().to_owned(), days.to_string()]);
        }
        table.text("")
    })
}

/// Keeps one case longer.
pub(crate) fn extend(desk: &Desk, args: &ExtendArgs, output: &Output) -> Result<(), CliError> {
    let day = NaiveDate::parse_from_str(&args.until, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    let day = day.ok_or_else(|| CliError::Usage("--until is a day such as 2027-03-31.".into()))?;
    let until = Timestamp::from_millis(day.and_utc().timestamp_millis());
    desk.extend(&args.case, until, &args.reason, clock::now())?;
    output.result(&serde_json::json!({ "case": args.case, "until": args.until }), || {
        format!("Kept until {}.\n", args.until)
    })
}
