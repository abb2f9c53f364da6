//! `wayside desk hand-out`.

use std::path::{Path, PathBuf};

use serde::Serialize;
use wayside_desk::{BundleList, Delivery, Desk, HandedForm, Whom};
use wayside_field::FieldError;
use wayside_forms::Form;
use wayside_model::{FormTerms, Sensitivity};

use crate::desk::args::{ContentFileArgs, HandOutCommand, PackArgs};
use crate::desk::terms_args::{FormFileArgs, SensitivityArg};
use crate::error::CliError;
use crate::output::Output;

#[derive(Serialize)]
struct HandedOut {
    content: String,
    delivery: Delivery,
}

/// Hands one file to the devices.
pub(crate) fn run(desk: &Desk, command: &HandOutCommand, output: &Output) -> Result<(), CliError> {
    let (content, delivery) = match command {
        HandOutCommand::Services(args) => {
            let (site, delivery) = desk.hand_out_services(&read(&args.file)?, whom(args)?)?;
            (format!("services of {site}"), delivery)
        }
        HandOutCommand::Form(form_args) => {
            let (args, terms) = (&form_args.content, terms(form_args));
            let xml = read(&args.file)?;
            let form = parse(&xml)?;
            let handed = HandedForm { id: form.id(), version: form.version(), xml: &xml, terms: terms.as_ref() };
            (format!("form {}", form.id()), desk.hand_out_form(&handed, whom(args)?)?)
        }
        HandOutCommand::RuleSet(args) => desk.hand_out_rule_set(&read(&args.file)?, whom(args)?)?,
        HandOutCommand::Pack(PackArgs { content: args, audio }) => {
            let folder = audio.clone().unwrap_or_else(|| beside(&args.file, "audio"));
            desk.hand_out_pack(&read(&args.file)?, &files(&folder)?, whom(args)?)?
        }
        HandOutCommand::Bundle(args) => bundle(desk, args)?,
    };
    let done = HandedOut { content, delivery };
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

fn bundle(desk: &Desk, form_args: &FormFileArgs) -> Result<(String, Delivery), CliError> {
    let args = &form_args.content;
    let list = BundleList::from_json(&read(&args.file)?)?;
    let mut audio = Vec::new();
    for pack in list.packs() {
        audio.extend(files(&beside(&beside(&args.file, pack), "audio"))?);
    }
    let json = list.compose(|name| read(&beside(&args.file, name)))?;
    Ok(desk.hand_out_bundle(&json, &audio, terms(form_args).as_ref(), whom(args)?)?)
}

/// What was decided of forms of others; nothing where no purpose was said.
fn terms(args: &FormFileArgs) -> Option<FormTerms> {
    let purpose = args.purpose.clone()?;
    let sensitivity = match args.sensitivity {
        SensitivityArg::Restricted => Sensitivity::Restricted,
        SensitivityArg::Confidential => Sensitivity::Confidential,
        SensitivityArg::StrictlyConfidential => Sensitivity::StrictlyConfidential,
    };
    Some(FormTerms { purpose, sensitivity, days: args.days, about_person: !args.not_about_a_person })
}

fn whom(args: &ContentFileArgs) -> Result<Whom, CliError> {
    let Some(id) = &args.device else { return Ok(Whom::Everybody) };
    let device = id.parse().map_err(|_| CliError::Usage("A device's id is 32 hexadecimal digits.".into()))?;
    Ok(Whom::One { device, unchecked: args.unchecked })
}

fn parse(xml: &str) -> Result<Form, CliError> {
    Ok(Form::parse(xml).map_err(FieldError::from)?)
}

fn beside(file: &Path, name: impl AsRef<Path>) -> PathBuf {
    file.with_file_name("").join(name)
}

/// The Opus files of a folder; none where there is no folder.
fn files(folder: &Path) -> Result<Vec<Vec<u8>>, CliError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unread = || CliError::file("the folder of audio files");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(unread())?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "opus"))
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).map_err(unread())).collect()
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(CliError::file("the file to hand out"))
}
