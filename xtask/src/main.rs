#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

mod android;
mod bindings;
mod browser;
mod cargo;
mod count;
mod cross;
mod crypto;
mod demo;
mod docs;
mod elf;
mod failure;
mod faults;
mod forms;
mod hq;
mod kotlin;
mod language;
mod place;
mod postgres;
mod process;
mod python;
mod relay_bench;
mod release;
mod robust;
mod sample;
mod scenarios;
mod shells;
mod shells_lint;
mod shells_swift;
mod sim;
mod size;
mod suite;
mod swift;
mod swift_root;
mod tools;
mod venv;

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::language::Language;
use crate::place::Place;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask demo [ARGUMENTS]          build `wayside` and run `wayside demo` with the same arguments
cargo xtask test [--without LANGUAGE]…  everything that is checked; LANGUAGE is python, kotlin or swift
cargo xtask test --only LANGUAGE      the tests of one language alone
cargo xtask scenarios [--causes] [--only LANGUAGE]
                                      plays every scenario file in Rust, Python, Kotlin and Swift; with --causes also
                                      without what it is about, when it must not hold
cargo xtask robust [--rounds N]       what a call, a page and a cancel cost in each language, and that N rounds leak nothing
cargo xtask bindings LANGUAGE|all [--release]
                                      lay the package out under target/bindings; with --release as apps take it in
cargo xtask cross                     the types of the core for Android and iOS, without their compilers
cargo xtask size [--check]            build the library that ships and write its size into size.json
cargo xtask docs [--check]            write docs/errors.md, docs/cli.md and bindings/api.txt from the programs
cargo xtask forms [--check]           write the built-in forms from their spreadsheets
cargo xtask faults COMMAND [--quick] [--planted]
                                      look for faults of the vault; without COMMAND it says which there are
cargo xtask sim [--planted] [--sqlcipher] [--seeds N] [--from K]
                                      the simulator with its switches for planted faults; `wayside sim` has none
cargo xtask sync-faults [--rounds N]   relays and phones killed, links cut: nothing lost, nothing doubled
cargo xtask relay-bench --database sqlite|postgres [--kill] [--json] [--dev]
                                      durable envelopes a second; --dev with the tests' slower build";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode, Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        eprintln!("{HELP}");
        return Ok(ExitCode::from(2));
    };
    let rest_of: Vec<&str> = rest.iter().map(String::as_str).collect();
    let place = Place::find()?;
    let cargo = || Ok::<_, Failure>(Cargo::new(&place, crypto::choose(&place)?));
    match (command.as_str(), rest_of.as_slice()) {
        ("demo", _) => return Err(demo::demo(&place, &cargo()?, rest)),
        ("test", options) => return suite::suite(&place, &cargo()?, &suite::parse(options)?),
        ("scenarios", options) => match scenarios::parse(options) {
            Some(wanted) => return scenarios::scenarios(&place, &cargo()?, &wanted),
            None => {
                eprintln!("{HELP}");
                return Ok(ExitCode::from(2));
            }
        },
        ("robust", options) => match robust::parse(options) {
            Some(rounds) => return robust::robust(&place, &cargo()?, rounds),
            None => {
                eprintln!("{HELP}");
                return Ok(ExitCode::from(2));
            }
        },
        ("bindings", ["all"]) => bindings::bindings(&place, &cargo()?, &Language::ALL)?,
        ("bindings", ["all", "--release"]) => {
            let cargo = cargo()?;
            Language::ALL.iter().try_for_each(|language| release::release(&place, &cargo, *language))?;
        }
        ("bindings", [name, "--release"]) => release::release(&place, &cargo()?, Language::parse(name)?)?,
        ("bindings", [name]) => bindings::bindings(&place, &cargo()?, &[Language::parse(name)?])?,
        ("cross", []) => cross::cross(&place, &cargo()?)?,
        ("size", ["--check"]) => size::check(&place, &cargo()?)?,
        ("size", []) => size::size(&place, &cargo()?)?,
        ("docs", [] | ["--check"]) => {
            cargo()?.build_bindings()?;
            docs::docs(&place, !rest.is_empty())?;
        }
        ("forms", [] | ["--check"]) => forms::forms(&place, !rest.is_empty())?,
        ("relay-bench", options) => match relay_bench::Options::parse(options) {
            Some(options) => relay_bench::run(&place, &cargo()?, options)?,
            None => {
                eprintln!("{HELP}");
                return Ok(ExitCode::from(2));
            }
        },
        ("sim", _) => return sim::sim(&place, &cargo()?, rest),
        ("sync-faults", []) => sim::sync_faults(&cargo()?, "100")?,
        ("sync-faults", ["--rounds", rounds]) => sim::sync_faults(&cargo()?, rounds)?,
        ("faults", _) => return faults::faults(&place, &cargo()?, rest),
        ("help" | "--help" | "-h", _) => println!("{HELP}"),
        _ => {
            eprintln!("{HELP}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}
