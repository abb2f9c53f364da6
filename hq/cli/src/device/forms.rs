//! `wayside device forms`.

use serde::Serialize;
use wayside_field::{FormSummary, FormTerms};
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
    terms: Option<FormTerms>,
}

impl From<FormSummary> for Form {
    fn from(form: FormSummary) -> Self {
        let FormSummary { id, version, title, languages, built_in, adults_only, terms } = form;
        Self { id, version, title, languages, built_in, adults_only, terms }
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

/// Purpose, sensitivity, days; a form of which nothing was decided has the strictest.
fn decided(terms: &FormTerms) -> String {
    let days = terms.days.map(|days| format!("{days} days"));
    let said = [Some(terms.purpose.clone()), Some(terms.sensitivity.word().replace('_', " ")), days];
    said.into_iter().flatten().filter(|said| !said.is_empty()).collect::<Vec<_>>().join("; ")
}

fn text(forms: &[Form]) -> String {
    let mut table = Table::new(&["form", "version", "title", "languages", "for", "decided by HQ"]);
    for form in forms {
        let about_nobody = form.terms.as_ref().is_some_and(|terms| !terms.about_person);
        let whom = match form.adults_only {
            _ if about_nobody => "not about a person",
            true => "adults",
            false => "everyone",
        };
        table.row([
            form.id.clone(),
            form.version.clone(),
            form.title.clone(),
            form.languages.join(", "),
            whom.to_owned(),
            form.terms.as_ref().map(decided).unwrap_or_default(),
        ]);
    }
    table.text("No form is installed. `--built-in` installs those that come with this program.")
}
