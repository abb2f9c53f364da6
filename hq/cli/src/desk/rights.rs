//! `wayside desk requests`, `wipe` and `actors`: what somebody has to decide, orders that two people sign, and what opens to one
//! when a second one agrees.

use wayside_desk::{Delivery, Desk, RequestKind};
use wayside_model::EventId;

use crate::clock;
use crate::desk::args::{
    ActorsAgreeArgs, ActorsCommand, AskArgs, DecideArgs, LiftArgs, RequestsCommand, WipeApproveArgs, WipeAskArgs,
    WipeCommand,
};
use crate::desk::records::record_id;
use crate::error::CliError;
use crate::output::Output;
use crate::secrets::SecretArgs;
use crate::table::Table;

/// Requests of people.
pub(crate) fn requests(desk: &Desk, command: &RequestsCommand, output: &Output) -> Result<(), CliError> {
    match command {
        RequestsCommand::List => list(desk, output),
        RequestsCommand::Ask(args) => ask(desk, args, output),
        RequestsCommand::Decide(args) => decide(desk, args, output),
        RequestsCommand::Lift(LiftArgs { case }) => {
            desk.lift_restriction(case, clock::now())?;
            output.result(&serde_json::json!({ "case": case, "state": "open" }), || {
                "The record can be used again.\n".into()
            })
        }
    }
}

fn list(desk: &Desk, output: &Output) -> Result<(), CliError> {
    let rows = desk.requests()?;
    output.result(&rows, || {
        let mut table = Table::new(&["request", "kind", "case", "asked", "decision"]);
        for row in &rows {
            table.row([
                row.id.to_string(),
                row.kind.word().to_owned(),
                row.case_code.clone(),
                clock::text(row.asked_at),
                row.decision.clone().unwrap_or_else(|| "waits".to_owned()),
            ]);
        }
        table.text("Nothing was asked for.")
    })
}

fn ask(desk: &Desk, args: &AskArgs, output: &Output) -> Result<(), CliError> {
    let kind = RequestKind::of(&args.kind)
        .ok_or_else(|| CliError::Usage("Kinds: erasure, rectification, restriction.".into()))?;
    let id = desk.ask(kind, &args.case, &args.text, clock::now())?;
    output.result(&serde_json::json!({ "request": id }), || format!("{id}\n"))
}

fn decide(desk: &Desk, args: &DecideArgs, output: &Output) -> Result<(), CliError> {
    let id: EventId =
        args.id.parse().map_err(|_| CliError::Usage("A request's id is 32 hexadecimal digits.".into()))?;
    let delivery = desk.decide(id, !args.refuse, &args.reason, clock::now())?;
    let decision = if args.refuse { "refused" } else { "granted" };
    output.result(&serde_json::json!({ "request": args.id, "decision": decision, "delivery": delivery }), || {
        match delivery {
            Delivery::Sent => format!("The request is {decision}.\n"),
            Delivery::Later { code } => {
                format!("The request is {decision}. The relay hears of it with the next pull ({code}).\n")
            }
        }
    })
}

/// Answers about alleged actors: who asked, who agrees.
pub(crate) fn actors(desk: &Desk, command: &ActorsCommand, output: &Output) -> Result<(), CliError> {
    match command {
        ActorsCommand::List => {
            let rows = desk.releases(clock::now())?;
            output.result(&rows, || {
                let mut table = Table::new(&["record", "case", "asked by", "agreed by", "until"]);
                for row in &rows {
                    table.row([
                        row.id.to_string(),
                        row.case_code.clone(),
                        row.asked_by.clone(),
                        row.agreed_by.clone().unwrap_or_else(|| "waits".to_owned()),
                        clock::text(row.until),
                    ]);
                }
                table.text("Nobody asked for any.")
            })
        }
        ActorsCommand::Agree(args) => agree(desk, args, output),
    }
}

fn agree(desk: &Desk, args: &ActorsAgreeArgs, output: &Output) -> Result<(), CliError> {
    let id = record_id(&args.id)?;
    let passphrase = SecretArgs::of(args.slot_pin_file.clone()).read("Your own passphrase at the desk")?;
    desk.agree_release(&args.name, &passphrase, id, &args.asked_by, clock::now())?;
    output.result(&serde_json::json!({ "record": args.id, "asked_by": args.asked_by, "agreed": true }), || {
        "Agreed. Who asked can read these answers for a day; it stands in the audit.
"
        .into()
    })
}

/// Orders to wipe.
pub(crate) fn wipe(desk: &Desk, command: &WipeCommand, output: &Output) -> Result<(), CliError> {
    match command {
        WipeCommand::List => {
            let rows = desk.wipes()?;
            output.result(&rows, || {
                let mut table = Table::new(&["device", "order", "everything", "signed by", "sent"]);
                for row in &rows {
                    let everything = if row.everything { "also unsent" } else { "keeps the outbox" };
                    let sent = if row.sent { "sent" } else { "waits" };
                    table.row([
                        row.device.to_string(),
                        row.number.to_string(),
                        everything.to_owned(),
                        row.approved_by.join(" "),
                        sent.to_owned(),
                    ]);
                }
                table.text("No order was asked for.")
            })
        }
        WipeCommand::Ask(WipeAskArgs { device, everything }) => {
            let number = desk.ask_wipe(super::devices::id(device)?, *everything, clock::now())?;
            output.result(&serde_json::json!({ "device": device.id, "order": number }), || {
                format!("Order {number} waits for the signatures of two key officers: `wayside desk wipe approve`.\n")
            })
        }
        WipeCommand::Approve(args) => approve(desk, args, output),
    }
}

fn approve(desk: &Desk, args: &WipeApproveArgs, output: &Output) -> Result<(), CliError> {
    let device = super::devices::id(&args.device)?;
    let passphrase = SecretArgs::of(args.slot_pin_file.clone()).read("Your own passphrase at the desk")?;
    let delivery = desk.approve_wipe(&args.name, &passphrase, device, args.order, clock::now())?;
    let sent = desk.wipes()?.iter().any(|row| (row.device, row.number) == (device, args.order) && row.sent);
    output.result(
        &serde_json::json!({ "device": args.device.id, "signed": true, "sent": sent, "delivery": delivery }),
        || {
            if sent {
                "Signed twice: the order is on its way. The device obeys it at its next sync, also while it is locked.\n".into()
            } else {
                "Signed. Another key officer has to sign, too.\n".into()
            }
        },
    )
}
