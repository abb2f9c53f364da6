//! `wayside desk`: HQ's side as commands. Each opens the desk with its passphrase, does one thing and leaves.

mod args;
mod bundle;
mod devices;
mod directory;
mod enrol;
mod export;
mod facts;
mod hand_out;
mod init;
mod keep;
mod opened;
mod people;
mod people_args;
mod records;
mod rights;
mod search;
mod serve;
mod service;
mod terms_args;

pub(crate) use args::DeskArgs;

use std::path::Path;

use wayside_desk::{Desk, ServiceDesk};
use wayside_model::Sensitive;

use crate::error::CliError;
use crate::output::Output;
use args::{DeskCommand, DevicesCommand};
use people_args::PeopleCommand;

/// Does one desk command.
pub(crate) fn run(args: &DeskArgs, output: &Output) -> Result<(), CliError> {
    let dir = args.dir.as_path();
    match &args.command {
        DeskCommand::Init(init) => match &init.service {
            Some(name) => service::init(args, init, name, output),
            None => init::run(args, init, output),
        },
        DeskCommand::Enrol(enrol) => enrol::run(&open(args, dir)?, enrol, output),
        DeskCommand::Devices(devices) => {
            let desk = open(args, dir)?;
            match &devices.command {
                DevicesCommand::List => devices::list(&desk, output),
                DevicesCommand::Confirm(id) => devices::confirm(&desk, id, output),
                DevicesCommand::Revoke(id) => devices::revoke(&desk, id, output),
            }
        }
        DeskCommand::People(command) => {
            let (desk, own) = open_with(args, dir)?;
            match &command.command {
                PeopleCommand::Add(person) => people::add(&desk, dir, &own, person, output),
                PeopleCommand::List => people::list(&desk, output),
                PeopleCommand::Role(role) => people::role(&desk, dir, &own, role, output),
                PeopleCommand::End(person) => people::end(&desk, dir, &own, person, output),
            }
        }
        DeskCommand::Directory(command) => {
            let (desk, own) = open_with(args, dir)?;
            directory::run(&desk, dir, &own, &command.command, output)
        }
        DeskCommand::HandOut(hand_out) => hand_out::run(&open(args, dir)?, &hand_out.command, output),
        DeskCommand::Lost(device) => people::lost(&open(args, dir)?, device, output),
        DeskCommand::Publish(publish) => people::publish(&open(args, dir)?, publish, output),
        DeskCommand::VerifyAudit => people::verify_audit(&open(args, dir)?, output),
        DeskCommand::Export(export) => export::export(&open(args, dir)?, export, output),
        DeskCommand::OwnCopy(copy) => export::own_copy(&open(args, dir)?, copy, output),
        DeskCommand::File(file) => export::file(&open(args, dir)?, file, output),
        DeskCommand::Retention(retention) => export::retention(&open(args, dir)?, retention, output),
        DeskCommand::Extend(extend) => export::extend(&open(args, dir)?, extend, output),
        DeskCommand::Bundle(bundle) => bundle::run(&open(args, dir)?, &bundle.command, output),
        DeskCommand::Backup(backup) => keep::backup(&open(args, dir)?, dir, backup, output),
        DeskCommand::Restore(restore) => keep::restore(args, restore, output),
        DeskCommand::Recover(recover) => keep::recover(args, recover, output),
        DeskCommand::RelayRestored => keep::relay_restored(&open(args, dir)?, output),
        DeskCommand::Requests(requests) => rights::requests(&open(args, dir)?, &requests.command, output),
        DeskCommand::Actors(actors) => rights::actors(&open(args, dir)?, &actors.command, output),
        DeskCommand::Wipe(wipe) => rights::wipe(&open(args, dir)?, &wipe.command, output),
        DeskCommand::Referrals(referrals) => {
            service::referrals(args, dir, &referrals.command, || open(args, dir), output)
        }
        DeskCommand::Pull if ServiceDesk::is_in(dir) => service::pull(&service::open(args)?, output),
        DeskCommand::Serve(serve) if ServiceDesk::is_in(dir) => service::pages(service::open(args)?, serve, output),
        DeskCommand::Pull => records::pull(&open(args, dir)?, output),
        DeskCommand::List => records::list(&open(args, dir)?, output),
        DeskCommand::Show(show) => records::show(&open(args, dir)?, show, output),
        DeskCommand::Serve(serve) => serve::run(open_for_pages(args, dir)?, serve, output),
        DeskCommand::PagesKey(key) => serve::pages_key(&open(args, dir)?, dir, key, output),
        DeskCommand::Facts => facts::run(&open(args, dir)?, output),
        DeskCommand::Search(search) => search::run(&open(args, dir)?, dir, search, output),
    }
}

fn open(args: &DeskArgs, dir: &Path) -> Result<Desk, CliError> {
    Ok(open_with(args, dir)?.0)
}

/// The desk for its pages: without the keys of records, once anybody has a slot.
fn open_for_pages(args: &DeskArgs, dir: &Path) -> Result<Desk, CliError> {
    if !dir.join("desk.keys").exists() {
        return Err(CliError::Desk(wayside_desk::DeskError::Missing));
    }
    let passphrase = args.secret.read("Passphrase of the pages, or of the desk")?;
    Ok(Desk::open_for_pages(dir, &passphrase)?)
}

/// The desk and its passphrase, for what opens another of its key files.
fn open_with(args: &DeskArgs, dir: &Path) -> Result<(Desk, Sensitive<String>), CliError> {
    if !dir.join("desk.keys").exists() {
        // Asking for a passphrase that opens nothing would teach people to type it anywhere.
        return Err(CliError::Desk(wayside_desk::DeskError::Missing));
    }
    let passphrase = args.secret.read("Passphrase of the desk")?;
    Ok((Desk::open(dir, &passphrase)?, passphrase))
}
