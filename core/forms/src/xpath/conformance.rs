//! Cases agreed by independent engines, read from outside the repository. Without them this checks nothing; the cases that
//! always run stand in the modules of `tests`.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::xpath::parser::Dialect;
use crate::xpath::tests::{Bench, Outcome};

fn folder() -> Option<PathBuf> {
    let given = std::env::var_os("WAYSIDE_CONFORMANCE").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    Some(given.unwrap_or(beside)).filter(|folder| folder.join("xpath.json").is_file())
}

fn fits(case: &Json, bench: &mut Bench) -> Result<bool, String> {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let kind = text("kind");
    bench.clock.offset_minutes = if text("tz") == "America/Phoenix" { -420 } else { 0 };
    bench.dialect = if text("dialect") == "odk" { Dialect::Odk } else { Dialect::Plain };
    let context = bench.node(text("context")).ok_or("no such context node")?;
    let outcome = bench.outcome(text("expression"), context, kind);
    if kind == "error" {
        return Ok(outcome.is_err());
    }
    let expected = &case["expected"];
    Ok(match outcome? {
        Outcome::Boolean(value) => expected.as_bool() == Some(value),
        Outcome::Text(value) => expected.as_str() == Some(&value),
        Outcome::Number(value) => {
            // Rust reads "NaN", "Infinity" and "-0" as JavaScript writes them.
            let wanted = expected.as_f64().or_else(|| expected.as_str()?.parse().ok()).ok_or("no number expected")?;
            let factor = case["factor"].as_f64().unwrap_or(0.0);
            let close = if factor > 0.0 { 1.0 / factor } else { 1e-12_f64.max(1e-12 * wanted.abs()) };
            (value.is_nan() && wanted.is_nan()) || value == wanted || (value - wanted).abs() <= close
        }
    })
}

#[test]
fn agreed_cases_pass() {
    let Some(folder) = folder() else { return };
    let all: Json = serde_json::from_slice(&std::fs::read(folder.join("xpath.json")).unwrap()).unwrap();
    let cases = all["cases"].as_array().unwrap();
    let mut failed = Vec::new();
    for case in cases {
        let mut bench = Bench::new(all["docs"][case["doc"].as_str().unwrap()].as_str().unwrap());
        match fits(case, &mut bench) {
            Ok(true) => {}
            other => failed.push(format!(
                "{} {} {} at {}: wanted {}, {:?}",
                case["id"], case["dialect"], case["expression"], case["context"], case["expected"], other
            )),
        }
    }
    println!("{} of {} agreed XPath cases pass", cases.len() - failed.len(), cases.len());
    assert!(cases.len() > 1000 && failed.is_empty(), "{} fail:\n{}", failed.len(), failed.join("\n"));
}
