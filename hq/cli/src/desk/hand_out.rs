//! `wayside desk hand-out`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wayside_desk::{Delivery, Desk, HandedForm, Whom};
use wayside_field::FieldError;
use wayside_forms::Form;
use wayside_model::{CivilDate, ErrorCode};
use wayside_screening::bundle::{Bundle, ParsedForm, Purpose};
use wayside_screening::forms::{BUILT_IN, NAMESPACE};

use crate::desk::args::{ContentFileArgs, HandOutCommand, PackArgs};
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
        HandOutCommand::Form(args) => {
            let xml = read(&args.file)?;
            let form = parse(&xml)?;
            let handed = HandedForm { id: form.id(), version: form.version(), xml: &xml };
            (format!("form {}", form.id()), desk.hand_out_form(&handed, whom(args)?)?)
        }
        HandOutCommand::RuleSet(args) => {
            let forms = built_in(&[])?;
            let forms: Vec<ParsedForm<'_>> = forms.iter().map(parsed).collect();
            desk.hand_out_rule_set(&read(&args.file)?, &forms, whom(args)?)?
        }
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

/// The files of a bundle, named from where the list lies.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    format: u32,
    version: u32,
    purpose: Purpose,
    #[serde(default)]
    reviewed_by: Option<String>,
    expires: CivilDate,
    #[serde(default)]
    rule_sets: Vec<PathBuf>,
    #[serde(default)]
    forms: Vec<PathBuf>,
    #[serde(default)]
    services: Option<PathBuf>,
    #[serde(default)]
    packs: Vec<PathBuf>,
}

fn bundle(desk: &Desk, args: &ContentFileArgs) -> Result<(String, Delivery), CliError> {
    let list: List = serde_json::from_str(&read(&args.file)?).map_err(|error| CliError::At {
        code: ErrorCode::BundleMalformed,
        place: format!("line {}, column {}", error.line(), error.column()),
    })?;
    let all =
        |names: &[PathBuf]| names.iter().map(|name| read(&beside(&args.file, name))).collect::<Result<Vec<_>, _>>();
    let (rule_sets, packs, xmls) = (all(&list.rule_sets)?, all(&list.packs)?, all(&list.forms)?);
    let mut audio = Vec::new();
    for pack in &list.packs {
        audio.extend(files(&beside(&beside(&args.file, pack), "audio"))?);
    }
    let brought: Vec<Form> = xmls.iter().map(|xml| parse(xml)).collect::<Result<_, _>>()?;
    let ids: Vec<&str> = brought.iter().map(Form::id).collect();
    let staying = built_in(&ids)?;
    let forms: Vec<ParsedForm<'_>> = staying.iter().chain(&brought).map(parsed).collect();
    let bundle = Bundle {
        format: list.format,
        version: list.version,
        purpose: list.purpose,
        reviewed_by: list.reviewed_by,
        expires: list.expires,
        rule_sets,
        forms: brought.iter().map(|form| form.id().to_owned()).zip(xmls.clone()).collect::<BTreeMap<_, _>>(),
        services: list.services.as_ref().map(|name| read(&beside(&args.file, name))).transpose()?,
        packs,
    };
    let json =
        serde_json::to_string(&bundle).map_err(|_| CliError::At { code: ErrorCode::Bug, place: String::new() })?;
    Ok(desk.hand_out_bundle(&json, &forms, &audio, whom(args)?)?)
}

fn whom(args: &ContentFileArgs) -> Result<Whom, CliError> {
    let Some(id) = &args.device else { return Ok(Whom::Everybody) };
    let device = id.parse().map_err(|_| CliError::Usage("A device's id is 32 hexadecimal digits.".into()))?;
    Ok(Whom::One { device, unchecked: args.unchecked })
}

fn parse(xml: &str) -> Result<Form, CliError> {
    Ok(Form::parse(xml).map_err(FieldError::from)?)
}

/// The forms that come with the program, but for those of these ids.
fn built_in(but: &[&str]) -> Result<Vec<Form>, CliError> {
    BUILT_IN.iter().filter(|form| !but.contains(&form.id)).map(|form| parse(form.xml)).collect()
}

/// A form as the screening rules look at it.
fn parsed<'a>(form: &'a Form) -> ParsedForm<'a> {
    // The BCP 47 code stands in brackets.
    let code = |name: &'a String| name.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    let fields = form.questions().map(|question| {
        let ours = question.attributes().iter().filter(|attribute| attribute.namespace == NAMESPACE);
        (question.reference(), ours.map(|attribute| (attribute.name.as_str(), attribute.value.as_str())).collect())
    });
    ParsedForm { id: form.id(), languages: form.languages().iter().map(code).collect(), fields: fields.collect() }
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
