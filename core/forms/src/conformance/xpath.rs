//! Expressions with the result they must have.

use serde_json::Value as Json;

use crate::conformance::{Difference, NotConformance, Report, judge, offset, read, text};
use crate::xpath::bench::{Bench, Outcome};
use crate::xpath::parser::Dialect;

/// Runs `xpath.json`.
///
/// # Errors
/// Where the file is no such file.
pub fn run(file: &str) -> Result<Report, NotConformance> {
    let (all, cases) = read(file, "cases")?;
    Ok(judge(&cases, |case| check(&all, case)))
}

fn check(all: &Json, case: &Json) -> Result<(), Difference> {
    let expected = &case["expected"];
    let cannot = |why: &str| Difference::new(expected.to_string(), why);
    let document = all["docs"][text(case, "doc")].as_str().ok_or_else(|| cannot("no document"))?;
    let root = case["root"].as_str();
    let mut bench = Bench::new(document, root).ok_or_else(|| cannot("no such document"))?;
    bench.clock.offset_minutes = offset(text(case, "tz")).ok_or_else(|| cannot("a time zone that is not known"))?;
    bench.dialect = if text(case, "dialect") == "odk" { Dialect::Odk } else { Dialect::Plain };
    // Places are the document's; the tree begins at `root`.
    let above = root.and_then(|root| root.rsplit_once('/')).map_or("", |(above, _)| above);
    let context = text(case, "context").strip_prefix(above).and_then(|place| bench.node(place));
    let context = context.ok_or_else(|| cannot("no such context node"))?;
    let kind = text(case, "kind");
    let outcome = bench.outcome(text(case, "expression"), context, kind);
    if kind == "error" {
        return if outcome.is_err() { Ok(()) } else { Err(Difference::new("an error", "a value")) };
    }
    let outcome = outcome.map_err(|problem| cannot(&problem))?;
    let (fits, got) = match &outcome {
        Outcome::Boolean(value) => (expected.as_bool() == Some(*value), value.to_string()),
        Outcome::Number(value) => {
            let wanted = number(expected).ok_or_else(|| cannot("no number is expected"))?;
            let fits = match (kind, case["factor"].as_f64()) {
                ("number-rounded", Some(factor)) => same((value * factor).round() / factor, wanted, 1.0 / factor),
                _ => same(*value, wanted, 0.0),
            };
            (fits, value.to_string())
        }
        Outcome::Text(value) if kind == "string-matches" => {
            let pattern = expected.as_str().and_then(|pattern| fancy_regex::Regex::new(pattern).ok());
            let pattern = pattern.ok_or_else(|| cannot("no regular expression is expected"))?;
            (pattern.is_match(value).unwrap_or(false), format!("{value:?}"))
        }
        Outcome::Text(value) => (expected.as_str() == Some(value), format!("{value:?}")),
        Outcome::Nodes(nodes) => {
            let got: Vec<Json> =
                nodes.iter().map(|(place, value)| Json::from([&**place, &**value].as_slice())).collect();
            let got = Json::from(got);
            // Places are the document's again.
            let wanted = expected.as_array().map(|list| {
                let below = |node: &Json| {
                    let place = node[0].as_str()?.strip_prefix(above)?;
                    Some(Json::from([place, node[1].as_str()?].as_slice()))
                };
                list.iter().map(below).collect::<Option<Vec<Json>>>()
            });
            (wanted.flatten().map(Json::from).as_ref() == Some(&got), got.to_string())
        }
    };
    if fits { Ok(()) } else { Err(Difference::new(expected.to_string(), got)) }
}

/// JSON has no NaN and no infinity: those are written as texts.
fn number(expected: &Json) -> Option<f64> {
    expected.as_f64().or_else(|| expected.as_str()?.parse().ok())
}

fn same(value: f64, wanted: f64, tolerance: f64) -> bool {
    let close = tolerance.max(1e-12).max(1e-12 * wanted.abs());
    (value.is_nan() && wanted.is_nan()) || value == wanted || (value - wanted).abs() <= close
}
