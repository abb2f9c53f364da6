//! Answer files: a JSON list of entries.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wayside_field::{Entry, ErrorCode, FieldError, FormSession};
use zeroize::Zeroizing;

use crate::error::CliError;

/// A file from this size on goes in pieces of it.
const PIECE: usize = 256 * 1024;

/// The entries of one file, all read before the first is done.
pub(crate) struct Entries {
    list: Vec<Entry>,
    folder: PathBuf,
}

impl Entries {
    /// Reads a file.
    ///
    /// Errors: `entry.malformed` with the number of the entry; `storage.io`.
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let text =
            std::fs::read_to_string(path).map(Zeroizing::new).map_err(CliError::file("the file of --answers"))?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { list: parse(&text)?, folder })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Does entry `index`, counted from 0. Files to attach are looked for beside the answer file.
    pub(crate) fn apply(&self, index: usize, session: &mut FormSession) -> Result<(), CliError> {
        let entry = self.list.get(index).ok_or_else(|| malformed(index + 1))?;
        let done = match entry {
            Entry::Attach { attach, file, pieces } => {
                let path = self.folder.join(file);
                let mut file = File::open(&path).map_err(CliError::file("a file to attach"))?;
                let extension = path.extension().and_then(|text| text.to_str()).unwrap_or_default();
                attach_from(session, attach, extension, &mut file, *pieces)?
            }
            entry => session.apply(entry),
        };
        done.map_err(|error| {
            let inner = CliError::Field(error).place().map_or_else(String::new, |place| format!(", {place}"));
            CliError::At { code: error.code, place: format!("entry {}{inner}", index + 1) }
        })
    }
}

/// A small file goes into the record, a larger one in pieces, and never as a whole into memory.
fn attach_from(
    session: &mut FormSession,
    reference: &str,
    extension: &str,
    file: &mut File,
    pieces: Option<u32>,
) -> Result<Result<(), FieldError>, CliError> {
    let size = pieces.map_or(PIECE, |size| size.max(1) as usize);
    let mut piece = Zeroizing::new(Vec::with_capacity(size));
    let mut next = |piece: &mut Vec<u8>| {
        piece.clear();
        file.take(size as u64).read_to_end(piece).map_err(CliError::file("a file to attach"))
    };
    if next(&mut piece)? < size && pieces.is_none() {
        return Ok(session.attach(reference, extension, piece.to_vec()).map(drop));
    }
    let name = match session.begin_file(reference, extension) {
        Ok(name) => name,
        Err(error) => return Ok(Err(error)),
    };
    while !piece.is_empty() {
        if let Err(error) = session.append_file(&name, &piece) {
            return Ok(session.cancel_file(&name).and(Err(error)));
        }
        next(&mut piece)?;
    }
    Ok(session.end_file(&name).map(drop))
}

fn parse(text: &str) -> Result<Vec<Entry>, CliError> {
    let values: Vec<Value> = serde_json::from_str(text).map_err(|error| CliError::At {
        code: ErrorCode::EntryMalformed,
        place: format!("line {}, column {}", error.line(), error.column()),
    })?;
    let read = |(index, value)| serde_json::from_value(value).map_err(|_| malformed(index + 1));
    values.into_iter().enumerate().map(read).collect()
}

fn malformed(number: usize) -> CliError {
    CliError::At { code: ErrorCode::EntryMalformed, place: format!("entry {number}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_model::Coded as _;

    #[test]
    fn the_place_of_a_slip_is_named() {
        assert_eq!(parse(r#"[{"gate":"setting","pass":true}]"#).ok().unwrap().len(), 1);
        for (text, place) in [
            (r#"[{"gate":"setting","pass":true},{"gat":1}]"#, "entry 2"),
            ("[\n{]", "line 2, column 2"),
            ("{}", "line 1, column 0"),
        ] {
            let error = parse(text).err().unwrap();
            assert_eq!(error.code(), ErrorCode::EntryMalformed);
            assert_eq!(error.place().as_deref(), Some(place), "{text}");
        }
    }
}
