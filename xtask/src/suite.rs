//! `cargo xtask test`: everything that is checked, and one count of it.
use crate::cargo::{Cargo, SELECTION, SIMULATOR};
use crate::count::Count;
use crate::failure::{Doing as _, Failure};
use crate::language::Language;
use crate::place::Place;
use crate::{bindings, browser, docs, forms, kotlin, process, python, shells_lint, size, swift, venv};
use std::fs;
use std::process::ExitCode;
use std::time::Instant;

/// A real S3 server for the relay's large items.
const S3_SERVER: [&str; 1] = ["moto[server]==5.2.4"];

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Languages to leave out.
    without: Vec<Language>,
    /// One language's own tests, and nothing else.
    only: Option<Language>,
}

/// Reads the options.
pub(crate) fn parse(options: &[&str]) -> Result<Wanted, Failure> {
    let mut wanted = Wanted::default();
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match (*option, options.next()) {
            ("--without", Some(name)) => wanted.without.push(Language::parse(name)?),
            ("--only", Some(name)) => wanted.only = Some(Language::parse(name)?),
            ("--without" | "--only", None) => {
                return Err(Failure::new("--without and --only want python, kotlin or swift after them."));
            }
            (other, _) => return Err(Failure(format!("`{other}` is no option of `cargo xtask test`."))),
        }
    }
    Ok(wanted)
}

/// Runs it all and prints the closing lines. What a later part does not need does not stop it.
pub(crate) fn suite(place: &Place, cargo: &Cargo<'_>, wanted: &Wanted) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    if let Some(language) = wanted.only {
        let mut closing = Closing::default();
        stage("build", start);
        cargo.build_all()?;
        stage(language.name(), start);
        closing.part(language.name(), one(place, language));
        return Ok(closing.print());
    }
    stage("formatting", start);
    process::run(cargo.command("fmt").args(["--all", "--check"]))?;
    stage("clippy", start);
    let strictly = ["--all-targets", "--", "-D", "warnings"];
    process::run(cargo.command("clippy").args(SELECTION).args(strictly))?;
    process::run(cargo.command("clippy").args(SIMULATOR).args(strictly))?;
    stage("build", start);
    cargo.build_all()?;

    let mut closing = Closing::default();
    stage("rust", start);
    closing.part("rust", rust(place, cargo));
    closing.check(shipped(place));
    stage("documents", start);
    closing.check(docs::docs(place, true));
    stage("forms", start);
    closing.check(forms::forms(place, true));
    closing.check(size::check(place, cargo));
    closing.check(shells_lint::check(place));
    for language in Language::ALL {
        if wanted.without.contains(&language) {
            closing.lines.push(format!("{:<7} left out on request (--without {0})", language.name()));
            continue;
        }
        stage(language.name(), start);
        closing.part(language.name(), one(place, language));
    }
    Ok(closing.print())
}

fn one(place: &Place, language: Language) -> Result<Count, Failure> {
    bindings::lay_out(place, language)?;
    match language {
        Language::Python => python::test(place),
        Language::Kotlin => kotlin::test(place),
        Language::Swift => swift::test(place),
    }
}

fn rust(place: &Place, cargo: &Cargo<'_>) -> Result<Count, Failure> {
    let s3 = venv::python(place, "s3", &S3_SERVER)?.with_file_name("moto_server");
    let (playwright, chromium) = browser::provide(place)?;
    let run = |selection: &[&str], more: &[&str], what: &str| {
        let mut test = cargo.command("test");
        test.args(selection).args(more).env("WAYSIDE_S3_SERVER", &s3);
        test.env("WAYSIDE_PLAYWRIGHT", &playwright).env("WAYSIDE_CHROMIUM", &chromium);
        let (text, status) = process::tee(&mut test)?;
        settle(Count::of_cargo(&text), status.success(), what)
    };
    let quick = run(&SELECTION, &["--no-fail-fast"], "Rust")?;
    // What a plain `cargo test` leaves out: it takes long, or wants a server or a browser that this command brings.
    let long = ["--no-fail-fast", "--test", "relay", "--test", "desk", "--", "--ignored"];
    Ok(quick + run(&SELECTION, &long, "relay's and desk's")? + run(&SIMULATOR, &["--no-fail-fast"], "simulator's")?)
}

/// What everything else is tested with, and what ships, knows no switch for planted faults.
fn shipped(place: &Place) -> Result<(), Failure> {
    for file in [place.wayside(), bindings::library(place)] {
        if has_switch(&fs::read(&file).doing(format!("Reading {}", file.display()))?) {
            return Err(Failure(format!("{} was built with the switch for planted faults.", file.display())));
        }
    }
    Ok(())
}

/// The part of a symbol that the module `planted::switch` leaves in whatever is built with it.
fn has_switch(program: &[u8]) -> bool {
    let symbol = b"7planted6switch";
    program.windows(symbol.len()).any(|window| window == symbol)
}

/// A runner that ends badly without a red test has failed all the same.
pub(crate) fn settle(count: Count, well: bool, runner: &str) -> Result<Count, Failure> {
    let count = count.or_zero_fails(runner)?;
    if !well && count.failed == 0 {
        return Err(Failure(format!("The {runner} runner failed after {} passed tests.", count.passed)));
    }
    Ok(count)
}

fn stage(name: &str, start: Instant) {
    println!("--- {name} ({} s)", start.elapsed().as_secs());
}

/// What is said at the end.
#[derive(Default)]
struct Closing {
    lines: Vec<String>,
    problems: Vec<Failure>,
    sum: Count,
}

impl Closing {
    fn part(&mut self, name: &str, result: Result<Count, Failure>) {
        match result {
            Ok(count) => {
                self.lines.push(format!("{name:<7} ran: {} of {} good", count.passed, count.passed + count.failed));
                self.sum = self.sum + count;
            }
            Err(problem) => {
                self.lines.push(format!("{name:<7} did not finish"));
                self.check(Err(problem));
            }
        }
    }

    /// A check that is not a test of its own counts only when it fails.
    fn check(&mut self, result: Result<(), Failure>) {
        if let Err(problem) = result {
            println!("{problem}");
            self.problems.push(problem);
            self.sum.failed += 1;
        }
    }

    fn print(self) -> ExitCode {
        println!("---");
        self.problems.iter().for_each(|p| println!("{p}"));
        self.lines.iter().for_each(|l| println!("{l}"));
        println!("{} passed, {} failed", self.sum.passed, self.sum.failed);
        if self.sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_out_must_be_spelt_right() {
        let parsed = parse(&["--without", "swift", "--without", "kotlin"]).unwrap();
        assert_eq!((parsed.without, parsed.only), (vec![Language::Swift, Language::Kotlin], None));
        assert_eq!(parse(&["--only", "python"]).unwrap().only, Some(Language::Python));
        assert!(parse(&["--without"]).is_err());
        assert!(parse(&["--without", "switf"]).is_err());
        assert!(parse(&["--skip", "swift"]).is_err());
    }

    #[test]
    fn the_switch_is_found_in_a_symbol() {
        assert!(has_switch(b"\0_ZN12wayside_sync7planted6switch7PLANTED17hE\0"));
        assert!(!has_switch(b"\0_ZN12wayside_sync7planted2is17hE\0"));
    }

    #[test]
    fn a_bad_end_is_never_counted_as_good() {
        let good = Count { passed: 3, failed: 0 };
        assert!(settle(good, true, "any").is_ok());
        assert!(settle(good, false, "any").is_err());
        assert!(settle(Count::default(), true, "any").is_err());
        let mut closing = Closing::default();
        closing.part("any", Err(Failure::new("It is missing.")));
        assert_eq!(closing.sum, Count { passed: 0, failed: 1 });
    }
}
