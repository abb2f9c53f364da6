//! `wayside device`: what a phone's app does, as commands. Each call opens the device's folder, does one thing and leaves.
//!
//! A device folder holds `vault/` (the core's folder with its outbox), `keystore/` (the software key store, beside the
//! vault and never inside it) and `device.log` (codes and numbers).

mod args;
mod bundle;
mod carry;
mod content;
mod drafts;
mod enrol;
mod entries;
mod fill;
mod forms;
mod home;
mod inspect;
mod interactive;
mod keeping;
mod queue;
mod status;
mod sync;
mod view;
mod way;
mod wipe;
mod work;

pub(crate) use args::DeviceArgs;

use crate::error::CliError;
use crate::output::Output;
use args::DeviceCommand;

/// Does one device command and notes in the folder's log how it ended.
pub(crate) fn run(args: &DeviceArgs, output: &Output) -> Result<(), CliError> {
    let (name, dir) = args.command.name_and_dir();
    let home = home::Home::new(dir);
    let result = run_one(&args.command, output);
    home.log(name, &result);
    result
}

fn run_one(command: &DeviceCommand, output: &Output) -> Result<(), CliError> {
    match command {
        DeviceCommand::Enrol(args) => enrol::run(args, output),
        DeviceCommand::Forms(args) => forms::run(args, output),
        DeviceCommand::Fill(args) => fill::run(args, output),
        DeviceCommand::Finish(args) => drafts::finish(args, output),
        DeviceCommand::Discard(args) => drafts::discard(args, output),
        DeviceCommand::Drafts(args) => drafts::list(args, output),
        DeviceCommand::Queue(args) => queue::run(args, output),
        DeviceCommand::Sync(args) => sync::run(args, output),
        DeviceCommand::Bundle(args) => bundle::run(&args.command, output),
        DeviceCommand::Carry(args) => carry::run(args, output),
        DeviceCommand::Status(args) => status::run(args, output),
        DeviceCommand::AcceptRollback(args) => status::accept_rollback(args, output),
        DeviceCommand::Work(args) => work::list(args, output),
        DeviceCommand::Next(args) => work::next(args, output),
        DeviceCommand::Contact(args) => work::contact(args, output),
        DeviceCommand::CloseCase(args) => work::close(args, output),
        DeviceCommand::Request(args) => work::request(args, output),
        DeviceCommand::CallMe(args) => work::help(args, output),
        DeviceCommand::Content(args) => content::run(args, output),
        DeviceCommand::Inspect(args) => inspect::run(args, output),
        DeviceCommand::Wipe(args) => wipe::run(args, output),
        DeviceCommand::Verify(args) => keeping::verify(args, output),
        DeviceCommand::Retention(args) => keeping::retention(args, output),
        DeviceCommand::Audit(args) => keeping::audit(args, output),
        DeviceCommand::Secret(args) => keeping::secret(args, output),
        DeviceCommand::Border(args) => keeping::border(args, output),
        DeviceCommand::Panic(args) => keeping::panic(args, output),
        DeviceCommand::Sweep(args) => keeping::sweep(args, output),
        DeviceCommand::Train(args) => keeping::train(args, output),
    }
}
