//! `wayside device work`, `next`, `close-case`, `request` and `call-me`: what a worker keeps of finished interviews, by code.

use serde::Serialize;
use wayside_field::{CaseRequest, ReferralView, WorkItemView};

use crate::clock;
use crate::device::args::{CaseArgs, ContactArgs, HelpArgs, NextArgs, OpenArgs, RequestArgs, RequestKind};
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

#[derive(Serialize)]
struct Item {
    code: String,
    action: wayside_field::NextAction,
    task: Option<String>,
    due: String,
    is_due: bool,
    referrals: Vec<Referral>,
}

#[derive(Serialize)]
struct Referral {
    recipient: String,
    state: String,
}

impl From<WorkItemView> for Item {
    fn from(item: WorkItemView) -> Self {
        let referral = |held: ReferralView| Referral { recipient: held.recipient, state: held.state };
        Self {
            code: item.code,
            action: item.action,
            task: item.task,
            due: clock::text(item.due),
            is_due: item.is_due,
            referrals: item.referrals.into_iter().map(referral).collect(),
        }
    }
}

/// Lists the cases.
pub(crate) fn list(args: &OpenArgs, output: &Output) -> Result<(), CliError> {
    let items: Vec<Item> = args.open(None)?.work_list()?.into_iter().map(Item::from).collect();
    output.result(&items, || {
        let mut table = Table::new(&["case", "next", "by", "due", "referrals"]);
        for item in &items {
            let action = serde_json::to_value(item.action).ok();
            let action = action.as_ref().and_then(|word| word.as_str()).unwrap_or_default();
            let referrals: Vec<String> =
                item.referrals.iter().map(|held| format!("{} {}", held.recipient, held.state)).collect();
            table.row([
                item.code.clone(),
                item.task.clone().unwrap_or_else(|| action.to_owned()),
                item.due.clone(),
                if item.is_due { "yes" } else { "" }.to_owned(),
                referrals.join(", "),
            ]);
        }
        table.text("No case is open.")
    })
}

/// Sets what to do next.
pub(crate) fn next(args: &NextArgs, output: &Output) -> Result<(), CliError> {
    args.case.open.open(None)?.set_next(&args.case.code, args.action.into(), args.by.at)?;
    output.result(&serde_json::json!({ "case": args.case.code }), || format!("Noted for {}.\n", args.case.code))
}

/// Says how to contact a person now.
pub(crate) fn contact(args: &ContactArgs, output: &Output) -> Result<(), CliError> {
    let view = args.case.open.open(None)?.contact(&args.case.code, args.by.into())?;
    let shown = serde_json::json!({
        "channel": view.channel, "code_word": view.code_word, "trusted_may_answer": view.trusted_may_answer,
        "if_other": view.if_other, "story": view.story, "caller": view.caller,
    });
    output.result(&shown, || {
        let others = if view.trusted_may_answer { "somebody the person named may answer too" } else { "nobody else" };
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().replace('_', " ");
        let by = shown["caller"].as_str().map_or_else(String::new, |_| format!(" by {}", word(&shown["caller"])));
        let story = if view.story.is_empty() { String::new() } else { format!(" ({})", view.story) };
        format!(
            "{}{by}; code word {}; {others}; if somebody else answers: {}{story}.\n",
            word(&shown["channel"]),
            view.code_word,
            word(&shown["if_other"])
        )
    })
}

/// Takes a case off the list.
pub(crate) fn close(args: &CaseArgs, output: &Output) -> Result<(), CliError> {
    args.open.open(None)?.close_case(&args.code)?;
    output.result(&serde_json::json!({ "closed": args.code }), || {
        format!("{} is off the list. What HQ holds stays.\n", args.code)
    })
}

/// Seals to HQ that the worker wants to be called.
pub(crate) fn help(args: &HelpArgs, output: &Output) -> Result<(), CliError> {
    let event = args.open.open(None)?.ask_for_help(!args.hard)?;
    output.result(&serde_json::json!({ "event": event.to_string() }), || {
        "Sealed to HQ; it goes with the next sync.\n".to_owned()
    })
}

/// Seals something to HQ by code.
pub(crate) fn request(args: &RequestArgs, output: &Output) -> Result<(), CliError> {
    let missing = |what: &str| CliError::Usage(format!("{what} is missing."));
    let request = match args.kind {
        RequestKind::Correction => {
            CaseRequest::Correction { text: args.text.clone().ok_or_else(|| missing("--text"))? }
        }
        RequestKind::Withdrawal => CaseRequest::Withdrawal {
            line: args.line.as_deref().and_then(line).ok_or_else(|| missing("--line C1 to C9"))?,
            recipient: args.recipient.clone(),
        },
        RequestKind::Erasure => CaseRequest::Erasure { reason: wayside_field::ErasureReason::PersonAsked },
        RequestKind::TalkedAgain => {
            CaseRequest::TalkedAgain { again: args.again.clone().ok_or_else(|| missing("--again"))? }
        }
    };
    let event = args.case.open.open(None)?.request(&args.case.code, request)?;
    output.result(&serde_json::json!({ "event": event.to_string() }), || {
        "Sealed to HQ; it goes with the next sync.\n".to_owned()
    })
}

fn line(text: &str) -> Option<wayside_field::ConsentLine> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}
