//! `wayside desk hand-out`.

use std::path::Path;

use serde::Serialize;
use wayside_desk::{Delivery, Desk, HandedForm};
use wayside_field::FieldError;
use wayside_forms::Form;

use crate::desk::args::HandOutCommand;
use crate::error::CliError;
use crate::output::Output;

#[derive(Serialize)]
struct HandedOut {
    content: String,
    delivery: Delivery,
}

/// Hands one file to the devices.
pub(crate) fn run(desk: &Desk, command: &HandOutCommand, output: &Output) -> Result<(), CliError> {
    let done = match command {
        HandOutCommand::Services(args) => {
            let (site, delivery) = desk.hand_out_services(&read(&args.file)?)?;
            HandedOut { content: format!("services of {site}"), delivery }
        }
        HandOutCommand::Form(args) => {
            let xml = read(&args.file)?;
            let form = Form::parse(&xml).map_err(FieldError::from)?;
            let delivery = desk.hand_out_form(&HandedForm { id: form.id(), version: form.version(), xml: &xml })?;
            HandedOut { content: format!("form {}", form.id()), delivery }
        }
    };
    output.result(&done, || match &done.delivery {
        Delivery::Sent => format!("Handed out: {}. Devices get it with their next sync.\n", done.content),
        Delivery::Later { code } => {
            format!(
                "Signed: {}. The relay does not have it yet ({code}); `wayside desk pull` tries again.\n",
                done.content
            )
        }
    })
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(CliError::file("the file to hand out"))
}
