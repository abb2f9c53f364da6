//! `wayside device fill`: an interview from a file of answers, or by questions in the terminal.

use std::time::Duration;

use serde::Serialize;
use wayside_field::{DraftId, ErrorCode, FieldError, FormSession, Vault};

use crate::device::args::FillArgs;
use crate::device::entries::Entries;
use crate::device::interactive;
use crate::device::view::Finished;
use crate::error::CliError;
use crate::output::Output;

/// How an interview stands when the command ends.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Kept as a draft on the device.
    Draft,
    /// Sealed and queued.
    Finished,
    /// Consent was refused or taken back: nothing of it is anywhere.
    Discarded,
    /// No consent covered it, so it was in memory only and is gone.
    NothingStored,
}

#[derive(Serialize)]
struct Filled {
    draft: String,
    state: State,
    entries: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Finished>,
}

/// Holds the interview.
pub(crate) fn run(args: &FillArgs, output: &Output) -> Result<(), CliError> {
    let entries = args.answers.as_deref().map(Entries::read).transpose()?;
    if let Some(entries) = entries.as_ref().filter(|entries| args.skip > entries.len()) {
        return Err(CliError::Usage(format!("--skip leaves out more than the {} entries of the file.", entries.len())));
    }
    let vault = args.open.open(args.now)?;
    let mut session = begin(&vault, args)?;
    let draft = session.id().to_string();
    output.note(&format!("draft {draft}"));
    let done = match &entries {
        Some(entries) => play(entries, args, &mut session, output)?,
        None => interactive::run(&mut session, output)?,
    };
    let (state, record) = close(&mut session, args.finish || args.interactive)?;
    let filled = Filled { draft, state, entries: done, record };
    output.result(&filled, || text(&filled))
}

fn begin(vault: &Vault, args: &FillArgs) -> Result<FormSession, CliError> {
    match &args.draft {
        None => Ok(vault.start_session(&args.form, &args.language, args.mode.into())?),
        Some(id) => {
            let id = parse_draft(id)?;
            let known = vault
                .drafts()?
                .into_iter()
                .find(|draft| draft.id == id)
                .ok_or(FieldError::new(ErrorCode::SessionUnknown))?;
            if known.form != args.form {
                return Err(CliError::Usage("The draft belongs to another form.".into()));
            }
            Ok(vault.resume_session(id)?)
        }
    }
}

/// Does the entries one after the other; an acknowledged entry is durable as soon as consent covers the interview.
fn play(entries: &Entries, args: &FillArgs, session: &mut FormSession, output: &Output) -> Result<usize, CliError> {
    let of = entries.len();
    for index in args.skip..of {
        std::thread::sleep(Duration::from_millis(args.pace));
        entries.apply(index, session)?;
        let number = index + 1;
        if !is_open(session) {
            output.note(&format!("ended {number} of {of}"));
            return Ok(number);
        }
        let kept = if session.is_stored() { "kept" } else { "in memory" };
        output.note(&format!("{kept} {number} of {of}"));
    }
    Ok(of)
}

fn close(session: &mut FormSession, finish: bool) -> Result<(State, Option<Finished>), CliError> {
    if !is_open(session) {
        return Ok((State::Discarded, None));
    }
    if !session.is_stored() {
        session.discard()?;
        return Ok((State::NothingStored, None));
    }
    if !finish {
        return Ok((State::Draft, None));
    }
    let report = session.finish()?;
    Ok((State::Finished, Some(Finished::from(report))))
}

/// Whether the interview can go on. A refused consent closes it.
pub(crate) fn is_open(session: &FormSession) -> bool {
    session.page().is_ok()
}

/// Reads a draft's id.
pub(crate) fn parse_draft(text: &str) -> Result<DraftId, CliError> {
    text.parse().map_err(|_| CliError::Usage("A draft's id is 32 hexadecimal digits.".into()))
}

fn text(filled: &Filled) -> String {
    match (filled.state, &filled.record) {
        (State::Finished, Some(record)) => record.text(),
        (State::Draft | State::Finished, _) => format!("Kept as draft {}\n", filled.draft),
        (State::Discarded, _) => "Consent was refused or taken back. Nothing of this interview is kept.\n".to_owned(),
        (State::NothingStored, _) => "No consent covers a record. Nothing of this interview is kept.\n".to_owned(),
    }
}
