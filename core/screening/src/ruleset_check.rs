//! What a rule set must fulfil beyond its shape.

use std::collections::BTreeSet;

use crate::ruleset::Document;
use crate::services::Sector;
use crate::{Combination, Indicator, ScreeningError, SourceRef, Weights, words};

type Checked = Result<(), ScreeningError>;

pub(crate) fn wrong(at: impl Into<String>, problem: impl Into<String>) -> ScreeningError {
    ScreeningError::RuleSetContent { at: at.into(), problem: problem.into() }
}

/// The names a rule set defines.
struct Names<'a> {
    sources: BTreeSet<&'a str>,
    dimensions: BTreeSet<&'a str>,
    guards: BTreeSet<&'a str>,
    steps: BTreeSet<&'a str>,
}

pub(crate) fn check(document: &Document) -> Checked {
    if document.id.is_empty() || !document.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(wrong("id", "only letters, digits and hyphens"));
    }
    if document.version == 0 {
        return Err(wrong("version", "versions count from 1"));
    }
    let reviewed = &document.verification;
    if reviewed.reviewed_by.is_some() != reviewed.reviewed_on.is_some() {
        return Err(wrong("verification", "who and when belong together"));
    }
    let names = Names {
        sources: unique("sources", document.sources.iter().map(|source| source.id.as_str()))?,
        dimensions: unique("dimensions", document.dimensions.iter().map(|dimension| dimension.id.as_str()))?,
        guards: unique("guards", document.guards.iter().map(|guard| guard.id.as_str()))?,
        steps: unique("steps", document.steps.iter().map(|step| step.id.as_str()))?,
    };
    unique("profiles", document.profiles.iter().map(|profile| profile.id.as_str()))?;
    unique("indicators", document.indicators.iter().map(|indicator| indicator.code.as_str()))?;
    unique("quick", document.quick.iter().map(|item| item.code.as_str()))?;
    unique("signs", document.signs.iter().map(|sign| sign.code.as_str()))?;
    for (n, sign) in document.signs.iter().enumerate() {
        cited(&format!("signs[{n}]"), &sign.source, &names)?;
    }
    unique("exploitation_types", document.exploitation_types.iter().map(|kind| kind.code.as_str()))?;
    combinations(&document.combinations)?;
    for (n, indicator) in document.indicators.iter().enumerate() {
        check_indicator(&format!("indicators[{n}]"), indicator, document, &names)?;
    }
    for (n, item) in document.quick.iter().enumerate() {
        let at = format!("quick[{n}]");
        cited(&at, &item.source, &names)?;
        each(&at, "points_to", &item.points_to, &names.dimensions)?;
        each(&at, "guards", &item.guards, &names.guards)?;
    }
    for (n, kind) in document.exploitation_types.iter().enumerate() {
        each(&format!("exploitation_types[{n}]"), "guards", &kind.guards, &names.guards)?;
    }
    for (n, guard) in document.guards.iter().enumerate() {
        if !guard.ours {
            return Err(wrong(format!("guards[{n}].ours"), "a guard is never a publisher's rule"));
        }
    }
    for (n, outcome) in document.outcomes.iter().enumerate() {
        each(&format!("outcomes[{n}]"), "steps", &outcome.steps, &names.steps)?;
    }
    for (n, step) in document.steps.iter().enumerate() {
        if step.sectors.contains(&Sector::Embassy) {
            return Err(wrong(format!("steps[{n}].sectors"), "no step leads to an embassy"));
        }
    }
    for (n, rule) in document.step_rules.iter().enumerate() {
        each(&format!("step_rules[{n}]"), "steps", &rule.steps, &names.steps)?;
    }
    plain_words(document)
}

fn unique<'a>(at: &str, names: impl Iterator<Item = &'a str>) -> Result<BTreeSet<&'a str>, ScreeningError> {
    let mut held = BTreeSet::new();
    for (n, name) in names.enumerate() {
        if name.is_empty() {
            return Err(wrong(format!("{at}[{n}]"), "has no name"));
        }
        if !held.insert(name) {
            return Err(wrong(format!("{at}[{n}]"), format!("{name} is there twice")));
        }
    }
    Ok(held)
}

fn each(at: &str, field: &str, named: &[String], known: &BTreeSet<&str>) -> Checked {
    match named.iter().enumerate().find(|(_, name)| !known.contains(name.as_str())) {
        Some((n, name)) => Err(wrong(format!("{at}.{field}[{n}]"), format!("there is no {name}"))),
        None => Ok(()),
    }
}

fn cited(at: &str, source: &[SourceRef], names: &Names<'_>) -> Checked {
    if source.is_empty() {
        return Err(wrong(format!("{at}.source"), "an item without a source"));
    }
    match source.iter().enumerate().find(|(_, place)| !names.sources.contains(place.id.as_str())) {
        Some((n, place)) => Err(wrong(format!("{at}.source[{n}]"), format!("there is no {}", place.id))),
        None => Ok(()),
    }
}

fn check_indicator(at: &str, indicator: &Indicator, document: &Document, names: &Names<'_>) -> Checked {
    if !names.dimensions.contains(indicator.dimension.as_str()) {
        return Err(wrong(format!("{at}.dimension"), format!("there is no {}", indicator.dimension)));
    }
    if indicator.phases.is_empty() {
        return Err(wrong(format!("{at}.phases"), "an indicator that can happen in no phase"));
    }
    for profile in indicator.weights.keys() {
        let at = format!("{at}.weights.{profile}");
        match document.profiles.iter().find(|known| known.id == *profile).map(|known| known.weights) {
            None => return Err(wrong(at, "there is no such profile")),
            Some(Weights::Unverified) => {
                return Err(wrong(at, "a weight for a profile whose weights are not verified"));
            }
            Some(Weights::Given) => {}
        }
    }
    cited(at, &indicator.source, names)
}

/// A combination's name says its numbers, and none holds another: a set that is enough would not be smallest.
fn combinations(all: &[Combination]) -> Checked {
    if all.is_empty() {
        return Err(wrong("combinations", "there is none"));
    }
    let within = |a: &Combination, b: &Combination| a.s <= b.s && a.m <= b.m && a.w <= b.w;
    for (n, combination) in all.iter().enumerate() {
        let at = format!("combinations[{n}]");
        let parts = [(combination.s, "S"), (combination.m, "M"), (combination.w, "W")];
        let name: Vec<_> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, weight)| format!("{count}{weight}")).collect();
        if name.is_empty() {
            return Err(wrong(at, "holds without any indicator"));
        }
        if name.join("+") != combination.branch {
            return Err(wrong(format!("{at}.branch"), format!("its numbers say {}", name.join("+"))));
        }
        if all.iter().enumerate().any(|(other, held)| other != n && within(held, combination)) {
            return Err(wrong(at, "holds another combination"));
        }
    }
    Ok(())
}

/// No sentence that reaches a person or a worker may sound like a verdict.
fn plain_words(document: &Document) -> Checked {
    let texts = (document.indicators.iter().map(|i| (&i.code, &i.text)))
        .chain(document.quick.iter().map(|i| (&i.code, &i.text)))
        .chain(document.exploitation_types.iter().map(|i| (&i.code, &i.text)))
        .chain(document.signs.iter().map(|i| (&i.code, &i.text)))
        .chain(document.guards.iter().map(|i| (&i.id, &i.text)))
        .chain(document.outcomes.iter().map(|i| (&i.id, &i.text)))
        .chain(document.steps.iter().map(|i| (&i.id, &i.text)))
        .chain(document.dimensions.iter().map(|i| (&i.id, &i.name)))
        .chain(document.caveats.iter().map(|i| (&i.text, &i.text)));
    for (name, text) in texts {
        if let Some(word) = words::verdict_in(text) {
            return Err(wrong(format!("text of {name}"), format!("“{word}” sounds like a verdict")));
        }
    }
    Ok(())
}
