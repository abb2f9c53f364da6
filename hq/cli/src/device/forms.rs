//! `wayside device forms`.

use serde::Serialize;
use wayside_field::FormSummary;
use wayside_forms::Form as XForm;

use crate::device::args::FormsArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

#[derive(Serialize)]
struct Form {
    id: String,
    version: String,
    title: String,
    languages: Vec<String>,
    built_in: bool,
    adults_only: bool,
}

impl From<FormSummary> for Form {
    fn from(form: FormSummary) -> Self {
        let FormSummary { id, version, title, languages, built_in, adults_only } = form;
        Self { id, version, title, languages, built_in, adults_only }
    }
}

/// Installs what is asked for, then lists what is there.
pub(crate) fn run(args: &FormsArgs, output: &Output) -> Result<(), CliError> {
    let xml = match &args.add {
        Some(path) => Some(std::fs::read_to_string(path).map_err(CliError::file("the file of --add"))?),
        None => None,
    };
    let vault = args.open.open(None)?;
    if args.built_in {
        vault.install_built_in()?;
    }
    if let (Some(path), Some(xml)) = (&args.add, xml) {
        // One that does not parse is refused by the vault, with its place.
        let files = XForm::parse(&xml).map_or(Ok(Vec::new()), |form| crate::forms::lists(path, &form))?;
        vault.install_form_with(&xml, &files)?;
    }
    let forms: Vec<Form> = vault.forms()?.into_iter().map(Form::from).collect();
    output.result(&forms, || text(&forms))
}

fn text(forms: &[Form]) -> String {
    let mut table = Table::new(&["form", "version", "title", "languages", "for"]);
    for form in forms {
        let whom = if form.adults_only { "adults" } else { "everyone" };
        table.row([
            form.id.clone(),
            form.version.clone(),
            form.title.clone(),
            form.languages.join(", "),
            whom.to_owned(),
        ]);
    }
    table.text("No form is installed. `--built-in` installs those that come with this program.")
}
