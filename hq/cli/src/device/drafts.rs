//! `wayside device drafts`, `finish` and `discard`.

use serde::Serialize;

use crate::clock;
use crate::device::args::{DraftArgs, OpenArgs};
use crate::device::fill::parse_draft;
use crate::device::view::Finished;
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

#[derive(Serialize)]
struct Draft {
    draft: String,
    form: String,
    started: String,
}

/// Lists the drafts.
pub(crate) fn list(args: &OpenArgs, output: &Output) -> Result<(), CliError> {
    let drafts: Vec<Draft> = args
        .open(None)?
        .drafts()?
        .into_iter()
        .map(|draft| Draft { draft: draft.id.to_string(), form: draft.form, started: clock::text(draft.started) })
        .collect();
    output.result(&drafts, || {
        let mut table = Table::new(&["draft", "form", "started"]);
        for draft in &drafts {
            table.row([draft.draft.clone(), draft.form.clone(), draft.started.clone()]);
        }
        table.text("No interview is unfinished.")
    })
}

/// Seals a draft and queues it.
pub(crate) fn finish(args: &DraftArgs, output: &Output) -> Result<(), CliError> {
    let id = parse_draft(&args.draft)?;
    let mut session = args.open.open(args.now)?.resume_session(id)?;
    let finished = Finished::from(session.finish()?);
    output.result(&finished, || finished.text())
}

/// Erases a draft.
pub(crate) fn discard(args: &DraftArgs, output: &Output) -> Result<(), CliError> {
    let id = parse_draft(&args.draft)?;
    args.open.open(args.now)?.resume_session(id)?.discard()?;
    output.result(&serde_json::json!({ "discarded": args.draft }), || "Nothing of this draft is kept.\n".to_owned())
}
