//! A file of cases: one JSON object a line in, one explanation a line out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use wayside_screening::RuleSet;
use wayside_screening::cases::Case;

use crate::error::CliError;
use crate::screen::refused;

/// Explains each case of a file. Stops at the first line that is refused; what came before it has been printed.
pub(crate) fn run(rules: &RuleSet, file: &Path) -> Result<(), CliError> {
    let input: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).map_err(CliError::file("the file of cases"))?))
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let done = each_line(rules, input, &mut out);
    let flushed = out.flush();
    done?;
    ignore_closed(flushed).map(drop)
}

fn each_line(rules: &RuleSet, input: impl BufRead, out: &mut impl Write) -> Result<(), CliError> {
    for (n, line) in input.lines().enumerate() {
        let line = line.map_err(CliError::file("the file of cases"))?;
        if line.trim().is_empty() {
            continue;
        }
        let place = format!("line {}: ", n + 1);
        let result = Case::from_json(&line).and_then(|case| case.evaluate(rules));
        let result = result.map_err(|error| refused(&error, &place))?;
        let text = serde_json::to_string(&result).map_err(|_| CliError::file("stdout")(io::ErrorKind::Other.into()))?;
        if !ignore_closed(writeln!(out, "{text}"))? {
            return Ok(());
        }
    }
    Ok(())
}

/// False where the reader has stopped reading, which is no failure.
fn ignore_closed(written: io::Result<()>) -> Result<bool, CliError> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(CliError::file("stdout")(error)),
    }
}
