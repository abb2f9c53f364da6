//! `cargo xtask scenarios`: every scenario file in every language, and one line each of how many hold.
use crate::bindings;
use crate::cargo::{Cargo, SELECTION};
use crate::count::Count;
use crate::failure::{Doing, Failure};
use crate::language::Language;
use crate::place::Place;
use crate::{kotlin, process, python, suite, swift};
use std::fs;
use std::process::ExitCode;

/// The options: one language, `rust` among them, and whether each file is played without its cause as well.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    only: Option<&'a str>,
    causes: bool,
}

/// Reads the options.
pub(crate) fn parse<'a>(options: &[&'a str]) -> Option<Wanted<'a>> {
    match options {
        [] => Some(Wanted::default()),
        ["--only", only] => Some(Wanted { only: Some(*only), causes: false }),
        ["--causes", rest @ ..] => parse(rest).map(|wanted| Wanted { causes: true, ..wanted }),
        _ => None,
    }
}

/// Plays them in Rust and in these languages, or in one alone.
pub(crate) fn scenarios(place: &Place, cargo: &Cargo<'_>, wanted: &Wanted<'_>) -> Result<ExitCode, Failure> {
    let Wanted { only, causes } = *wanted;
    let languages = match only {
        None => Language::ALL.to_vec(),
        Some("rust") => Vec::new(),
        Some(name) => vec![Language::parse(name)?],
    };
    let files = files(place)?;
    cargo.build_all()?;
    let mut lines = Vec::new();
    if only.is_none_or(|name| name == "rust") {
        lines.push(("rust", rust(cargo, causes)));
    }
    for language in languages {
        bindings::lay_out(place, language)?;
        let held = match language {
            Language::Python => python::scenarios(place, causes),
            Language::Kotlin => kotlin::scenarios(place, causes),
            Language::Swift => swift::scenarios(place, causes),
        };
        lines.push((language.name(), held));
    }
    println!("---");
    let mut all_hold = true;
    for (name, held) in lines {
        match held {
            Ok(held) => {
                println!("{name}: {held} of {files}");
                all_hold &= held == files;
            }
            Err(problem) => {
                println!("{name}: {problem}");
                all_hold = false;
            }
        }
    }
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Also what they reach: a code or an outcome that none of them reaches is a failure here.
fn rust(cargo: &Cargo<'_>, causes: bool) -> Result<u64, Failure> {
    let run = |arguments: &[&str]| {
        let mut test = cargo.command("test");
        let (text, status) = process::tee(test.args(SELECTION).args(arguments))?;
        Ok::<_, Failure>((text, status.success()))
    };
    let (text, well) = run(&["--test", "reach"])?;
    suite::settle(Count::of_cargo(&text), well, "reach")?;
    if !well {
        return Err(Failure::new("Not every code and outcome is reached; the names are above."));
    }
    if causes {
        let (text, well) = run(&["--test", "scenarios", "without_its_cause_no_scenario_holds", "--", "--exact"])?;
        suite::settle(Count::of_cargo(&text), well, "scenarios")?;
        if !well {
            return Err(Failure::new("A scenario holds without what it is about; its name is above."));
        }
    }
    let (text, _) = run(&["--test", "scenarios", "every_scenario_holds", "--", "--exact", "--nocapture"])?;
    said(&text, "rust")
}

/// What a runner is told so that each file is played without its cause too; otherwise it takes a few of them.
pub(crate) fn causes(all: bool) -> &'static [(&'static str, &'static str)] {
    if all { &[("WAYSIDE_CAUSES", "all")] } else { &[] }
}

/// How many files hold, of a count in which each file may stand twice: as it is, and without its cause.
pub(crate) fn halved(count: Count, causes: bool) -> Result<u64, Failure> {
    match (causes, count.failed) {
        (false, _) => Ok(count.passed),
        (true, 0) => Ok(count.passed / 2),
        (true, failed) => Err(Failure(format!("{failed} of {} are not as they should be.", count.passed + failed))),
    }
}

/// The number before `of` in a runner's own line, `swift: 81 of 82`.
pub(crate) fn said(text: &str, language: &str) -> Result<u64, Failure> {
    let prefix = format!("{language}: ");
    let counts = text.lines().filter_map(|line| line.trim().strip_prefix(&prefix)?.split_once(" of "));
    counts
        .filter_map(|(held, _)| held.parse().ok())
        .next_back()
        .ok_or_else(|| Failure(format!("{language} said no count.")))
}

fn files(place: &Place) -> Result<u64, Failure> {
    let folder = fs::read_dir(place.root.join("tests/scenarios")).doing("Reading the scenarios")?;
    let files = folder.filter_map(Result::ok).filter(|entry| entry.path().extension().is_some_and(|e| e == "json"));
    Ok(files.count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_either_form() {
        assert_eq!(parse(&["--causes", "--only", "swift"]), Some(Wanted { only: Some("swift"), causes: true }));
        assert_eq!(parse(&["--only"]), None);
    }

    #[test]
    fn a_count_is_read_and_never_made_up() {
        assert_eq!(said("swift: 3 of 4\nTest Suite …\n  swift: 81 of 82\n", "swift"), Ok(81));
        assert!(said("rust: 82 of 82\n", "swift").is_err());
        assert!(said("swift: all of them\n", "swift").is_err());
    }
}
