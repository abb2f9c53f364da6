//! `wayside form`, `wayside conformance` and `wayside bench forms`: the forms engine by itself.

mod args;
mod bench;
mod clock;
mod conformance;
mod files;
mod fill;
mod show;
mod walk;

pub(crate) use args::{BenchArgs, ConformanceArgs, FormArgs};
pub(crate) use files::lists;

use std::sync::Arc;

use wayside_forms::{Env, Form, FormError};
use wayside_model::{Coded, Timestamp};

use crate::error::CliError;
use crate::output::Output;

/// `wayside form FILE`
pub(crate) fn form(args: &FormArgs, output: &Output) -> Result<(), CliError> {
    let xml = files::form_xml(&args.file)?;
    let form = Arc::new(Form::parse(&xml).map_err(refused)?);
    let beside = files::beside(&args.file, &form);
    if args.fill { fill::run(form, &beside, output) } else { show::run(&form, &beside, output) }
}

/// `wayside conformance xpath|traces FILE`
pub(crate) fn conformance(args: &ConformanceArgs, output: &Output) -> Result<(), CliError> {
    conformance::run(args, output)
}

/// `wayside bench forms DIR`
pub(crate) fn bench(args: &BenchArgs, output: &Output) -> Result<(), CliError> {
    bench::run(args, output)
}

fn refused(error: FormError) -> CliError {
    CliError::At { code: error.code(), place: error.to_string() }
}

/// A session that gives the same bytes whenever it is run.
fn env(now: Timestamp) -> Env {
    Env {
        now,
        offset_minutes: 0,
        instance_id: "uuid:00000000-0000-4000-8000-000000000000".to_owned(),
        random_seed: 1,
        device_id: String::new(),
        username: String::new(),
        email: String::new(),
        phone_number: String::new(),
    }
}
