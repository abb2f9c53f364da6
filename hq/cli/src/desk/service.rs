//! `wayside desk init --service` and `wayside desk referrals`: the desk of a referral partner, and referrals at HQ.

use std::path::Path;
use std::sync::Arc;

use wayside_desk::{Delivery, Desk, FoundedService, ServiceDesk};
use wayside_model::EventId;
use wayside_screening::referral::State;

use crate::clock;
use crate::desk::args::{DeskArgs, InitArgs, LetterArgs, LetterCommand, ReferralsCommand};
use crate::desk::serve;
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

const RECORD: &str = "the file of --record";

/// Founds a service desk.
pub(crate) fn init(args: &DeskArgs, init: &InitArgs, name: &str, output: &Output) -> Result<(), CliError> {
    let path = init.record.as_deref().ok_or_else(|| CliError::Usage("A service desk needs --record FILE.".into()))?;
    let record = std::fs::read_to_string(path).map_err(CliError::file(RECORD))?;
    let passphrase = args.secret.read_new("New passphrase for the service desk, six words or more")?;
    let made = ServiceDesk::init(&args.dir, &record, name, &passphrase, init.kdf.params(), clock::now())?;
    let FoundedService { desk, words, request } = made;
    let told = serde_json::json!({ "service": name, "device": desk.device(), "words": words, "request": request });
    output.result(&told, || {
        let sent = match request {
            Delivery::Sent => String::new(),
            Delivery::Later { code } => format!("The relay does not have it yet ({code}); `wayside desk pull` tries again.\n"),
        };
        format!(
            "Service desk {name} asks HQ to be enrolled. {sent}Words to compare with HQ's list of devices, by voice or side \
             by side:\n\n  {words}\n\nAfter HQ confirmed them: `wayside desk pull`.\n"
        )
    })
}

/// Opens the service desk of a folder.
pub(crate) fn open(args: &DeskArgs) -> Result<ServiceDesk, CliError> {
    let passphrase = args.secret.read("Passphrase of the service desk")?;
    Ok(ServiceDesk::open(&args.dir, &passphrase)?)
}

/// Fetches letters, sends answers.
pub(crate) fn pull(desk: &ServiceDesk, output: &Output) -> Result<(), CliError> {
    let pulled = desk.pull(clock::now())?;
    output.result(&pulled, || {
        let confirmed = if pulled.confirmed { "" } else { "HQ has not confirmed this desk yet.\n" };
        format!(
            "{confirmed}{} new referrals, {} taken back and to be erased, {} answers sent, {} problems.\n",
            pulled.letters,
            pulled.taken_back,
            pulled.sent,
            pulled.problems.len()
        )
    })
}

/// Serves the service's pages.
pub(crate) fn pages(desk: ServiceDesk, args: &crate::desk::args::ServeArgs, output: &Output) -> Result<(), CliError> {
    serve::until_ctrl_c(output, |ready, stop| wayside_desk::serve_service(Arc::new(desk), args.listen, ready, stop))
}

/// Referrals of the folder's desk, HQ's or a service's.
pub(crate) fn referrals(
    args: &DeskArgs,
    dir: &Path,
    command: &ReferralsCommand,
    hq: impl FnOnce() -> Result<Desk, CliError>,
    output: &Output,
) -> Result<(), CliError> {
    if !ServiceDesk::is_in(dir) {
        return match command {
            ReferralsCommand::List => at_hq(&hq()?, output),
            ReferralsCommand::Letter(_) => {
                Err(CliError::Usage("HQ cannot open a letter: this works in the folder of a service desk.".into()))
            }
        };
    }
    let desk = open(args)?;
    match command {
        ReferralsCommand::List => letters(&desk, output),
        ReferralsCommand::Letter(letter) => one(&desk, letter, output),
    }
}

fn at_hq(desk: &Desk, output: &Output) -> Result<(), CliError> {
    let rows = desk.referrals()?;
    output.result(&rows, || {
        let mut table = Table::new(&["referral", "case", "to", "urgency", "state", "look at it by"]);
        for row in &rows {
            let state = row.steps.last().map(|step| step.state.clone()).unwrap_or_default();
            table.row([
                row.id.to_string(),
                row.case_code.clone(),
                row.recipient.clone(),
                row.urgency.clone(),
                row.problem.clone().unwrap_or(state),
                clock::text(row.follow_up),
            ]);
        }
        table.text("No referral was sent.")
    })
}

fn letters(desk: &ServiceDesk, output: &Output) -> Result<(), CliError> {
    let rows = desk.letters()?;
    output.result(&rows, || {
        let mut table = Table::new(&["referral", "urgency", "state", "came"]);
        for row in &rows {
            let state = match (row.erased_at, row.taken_back) {
                (Some(_), _) => "erased",
                (None, Some(_)) => "taken back: erase it",
                (None, None) => row.steps.last().map_or("", |step| step.state.as_str()),
            };
            table.row([row.id.to_string(), row.urgency.clone(), state.to_owned(), clock::text(row.received_at)]);
        }
        table.text("No referral has come. `wayside desk pull` asks the relay.")
    })
}

fn one(desk: &ServiceDesk, args: &LetterArgs, output: &Output) -> Result<(), CliError> {
    let id: EventId =
        args.id.parse().map_err(|_| CliError::Usage("A referral's id is 32 hexadecimal digits.".into()))?;
    match &args.command {
        LetterCommand::Show => {
            let letter = desk.letter(id)?;
            output.result(&letter, || {
                let mut table = Table::new(&["field", "value"]);
                letter.fields.iter().for_each(|(name, value)| {
                    table.row([name.clone(), value.clone()]);
                });
                format!("The person wants: {}\n\n{}", letter.wants, table.text("Nothing is shared."))
            })
        }
        LetterCommand::Answer(answer) => {
            let state: State = serde_json::from_value(answer.state.clone().into())
                .map_err(|_| CliError::Usage("Answers: accepted, declined, started, done, failed.".into()))?;
            let delivery = desk.answer(id, state, clock::now())?;
            output.result(
                &serde_json::json!({ "referral": args.id, "state": answer.state, "delivery": delivery }),
                || match delivery {
                    Delivery::Sent => "Answered.\n".to_owned(),
                    Delivery::Later { code } => format!("Answered; sent with the next pull ({code}).\n"),
                },
            )
        }
        LetterCommand::Erase => {
            desk.erase(id, clock::now())?;
            output.result(&serde_json::json!({ "referral": args.id, "state": "erased" }), || {
                "Erased here. Copies outside this folder are yours to erase.\n".to_owned()
            })
        }
    }
}
