//! `wayside screen`: what a rule set says of stated indicators. Nothing here belongs to a person, and nothing is stored.

mod args;
mod cases;
mod text;

pub(crate) use args::ScreenArgs;

use serde_json::json;
use wayside_model::Coded as _;
use wayside_screening::cases::Case;
use wayside_screening::{RuleSet, ScreeningError, ilo_delphi_2009};

use crate::error::CliError;
use crate::output::Output;

/// Explains one case, or a file of them.
pub(crate) fn run(args: &ScreenArgs, output: &Output) -> Result<(), CliError> {
    let rules = rule_set(&args.ruleset)?;
    if let Some(file) = &args.cases {
        return cases::run(rules, file);
    }
    let case = Case {
        id: json!("stated"),
        // Clap asks for a profile unless there is a file.
        profile: args.profile.clone().unwrap_or_default(),
        present: args.present.clone(),
        unknown: args.unknown.clone(),
        declined: args.declined.clone(),
        age: args.age.map(|age| age.0),
        born: None,
        quick: args.quick.clone(),
        ledgers: Vec::new(),
        referred_to: None,
    };
    let result = case.evaluate(rules).map_err(|error| refused(&error, ""))?;
    output.result(&result.explanation, || text::explanation(&result.explanation))
}

fn rule_set(id: &str) -> Result<&'static RuleSet, CliError> {
    let rules = ilo_delphi_2009().map_err(|error| refused(&error, ""))?;
    if rules.id() == id {
        return Ok(rules);
    }
    Err(CliError::At { code: wayside_model::ErrorCode::RuleSetUnknown, place: format!("there is {}", rules.id()) })
}

fn refused(error: &ScreeningError, place: &str) -> CliError {
    CliError::At { code: error.code(), place: format!("{place}{error}") }
}
