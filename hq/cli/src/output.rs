//! What goes to stdout and what to stderr. With `--json`, stdout holds one document and nothing else.

use std::io::{self, Write};

use serde::Serialize;
use wayside_model::Coded;

use crate::error::CliError;

/// Where results go.
pub(crate) struct Output {
    json: bool,
}

#[derive(Serialize)]
struct Refusal {
    refused: RefusalBody,
}

#[derive(Serialize)]
struct RefusalBody {
    code: &'static str,
    meaning: &'static str,
    advice: &'static str,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

impl Output {
    /// Results as JSON, or as text for people.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether `--json` was given.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// The result of a command: `value` with `--json`, else `text`.
    pub(crate) fn result<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) -> Result<(), CliError> {
        let mut out = if self.json {
            serde_json::to_string_pretty(value)
                .map_err(|_| CliError::File { what: "stdout", kind: io::ErrorKind::Other })?
        } else {
            text()
        };
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        let mut stdout = io::stdout().lock();
        closed_is_done(stdout.write_all(out.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// Text for people while a command runs. Silent with `--json`.
    pub(crate) fn say(&self, line: &str) {
        if !self.json {
            let _ = writeln!(io::stdout().lock(), "{line}");
        }
    }

    /// A line on stderr, with `--json` too.
    pub(crate) fn note(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Says why the command was refused: one line with the stable code, then place and advice.
    pub(crate) fn refusal(&self, error: &CliError) {
        let (code, place) = (error.code(), error.place());
        self.note(&format!("refused: {code}: {}", code.meaning()));
        if let Some(place) = &place {
            self.note(&format!("  where: {place}"));
        }
        self.note(&format!("  advice: {}", code.advice()));
        if self.json && !error.is_told() {
            self.refusal_document(error);
        }
    }

    /// The refusal as a document on stdout.
    pub(crate) fn refusal_document(&self, error: &CliError) {
        let code = error.code();
        let body = RefusalBody {
            code: code.as_str(),
            meaning: code.meaning(),
            advice: code.advice(),
            retryable: code.is_retryable(),
            place: error.place(),
        };
        // The command has failed already; a closed pipe cannot make it worse.
        let _ = self.result(&Refusal { refused: body }, String::new);
    }
}

/// A reader that stopped reading (`| head`) is no failure of the command.
fn closed_is_done(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::file("stdout")(error)),
        _ => Ok(()),
    }
}
