//! `cargo xtask robust`: what the core costs in each language, and that it holds on to nothing: a call, a page, a cancel, and
//! thousands of times everything opened and closed. The tests of each language do it in short; here they do it at length, and
//! what they measured is said together.
use crate::bindings;
use crate::cargo::{Cargo, SELECTION};
use crate::count::Count;
use crate::failure::Failure;
use crate::language::Language;
use crate::place::Place;
use crate::{kotlin, process, python, suite, swift};
use std::process::ExitCode;

/// How often everything is opened and closed, unless said otherwise.
const ROUNDS: &str = "10000";

/// Reads the options: how often.
pub(crate) fn parse<'a>(options: &[&'a str]) -> Option<&'a str> {
    match options {
        [] => Some(ROUNDS),
        ["--rounds", rounds] if rounds.parse::<u32>().is_ok_and(|number| number > 0) => Some(rounds),
        _ => None,
    }
}

pub(crate) fn robust(place: &Place, cargo: &Cargo<'_>, rounds: &str) -> Result<ExitCode, Failure> {
    cargo.build_all()?;
    let told = [("WAYSIDE_ROUNDS", rounds)];
    let mut said = vec![("rust", rust(cargo, &told)?)];
    for language in Language::ALL {
        bindings::lay_out(place, language)?;
        let heard = match language {
            Language::Python => python::robust(place, &told),
            Language::Kotlin => kotlin::robust(place, &told),
            Language::Swift => swift::robust(place, &told),
        };
        said.push((language.name(), heard?));
    }
    println!("---");
    let mut good = true;
    for (language, (text, count)) in said {
        figures(&text, language).for_each(|line| println!("{line}"));
        if count.failed > 0 {
            println!("{language}: {} failed", count.failed);
            good = false;
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rust(cargo: &Cargo<'_>, told: &[(&str, &str)]) -> Result<(String, Count), Failure> {
    let mut test = cargo.command("test");
    test.args(SELECTION).args([
        "--package",
        "wayside-tests",
        "--lib",
        "robust::",
        "--",
        "--nocapture",
        "--test-threads=1",
    ]);
    let (text, status) = process::tee(test.envs(told.iter().copied()))?;
    let count = suite::settle(Count::of_cargo(&text), status.success(), "robust")?;
    Ok((text, count))
}

/// The lines a test printed of what it measured. A runner may have written before them in the same line.
fn figures<'a>(text: &'a str, language: &str) -> impl Iterator<Item = &'a str> {
    let mark = format!("{language}: ");
    text.lines().filter_map(move |line| line.find(&mark).map(|at| &line[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_a_number_above_nothing() {
        assert_eq!(parse(&[]), Some("10000"));
        assert_eq!(parse(&["--rounds", "50"]), Some("50"));
        assert!(
            parse(&["--rounds", "0"]).is_none() && parse(&["--rounds", "many"]).is_none() && parse(&["50"]).is_none()
        );
    }

    #[test]
    fn figures_are_found_behind_what_a_runner_says() {
        let text = "test robust::a ... rust: cancel 6 ms\nok\n.python: a call 8 µs\npython: a page\n";
        assert_eq!(figures(text, "python").collect::<Vec<_>>(), ["python: a call 8 µs", "python: a page"]);
        assert_eq!(figures(text, "rust").collect::<Vec<_>>(), ["rust: cancel 6 ms"]);
    }
}
