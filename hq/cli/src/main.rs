#![doc = include_str!("../README.md")]

mod args;
mod bench;
mod clock;
mod demo;
mod desk;
mod device;
mod error;
mod forms;
mod glossary;
mod http;
mod key_store;
mod markdown;
mod output;
mod progress;
mod relay;
mod screen;
mod search;
mod secrets;
mod sim;
mod table;
mod wire;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_as_the_help_says(&error),
    };
    let output = output::Output::new(cli.json);
    match run(cli.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.refusal(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Help asked for goes to stdout and is no failure; everything else is said on stderr, and with `--json` as a document too.
fn not_as_the_help_says(error: &clap::Error) -> ExitCode {
    // Nothing is left to do if even this cannot be printed.
    let _ = error.print();
    if error.use_stderr() && std::env::args().any(|arg| arg == "--json") {
        output::Output::new(true).refusal_document(&error::CliError::Usage("see stderr".into()));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn run(command: args::Command, output: &output::Output) -> Result<(), error::CliError> {
    match command {
        args::Command::Device(args) => device::run(&args, output),
        args::Command::Desk(args) => desk::run(&args, output),
        args::Command::Relay(args) => relay::run(&args, output),
        args::Command::Screen(args) => screen::run(&args, output),
        args::Command::Demo(args) => demo::run(&args, output),
        args::Command::Form(args) => forms::form(&args, output),
        args::Command::Conformance(args) => forms::conformance(&args, output),
        args::Command::Bench(args) => forms::bench(&args, output),
        args::Command::Sim(args) => sim::run(&args, output),
        args::Command::Wire(args) => wire::run(&args, output),
        args::Command::Glossary => glossary::run(output),
        args::Command::HelpMarkdown => markdown::run(output),
    }
}
