//! From a form's answers to findings, by the screening attributes on its questions (namespace `urn:wayside:xforms:1`).

use wayside_model::{AnswerState, Route};

use crate::error::Shown;
use crate::{Facts, Finding, FindingState, Phase, QuickFinding, RuleSet, ScreeningError};

/// One node of a form with its answer. Nodes that are not relevant at present are left out, or have the state `NotAsked`.
/// No `Debug`: it holds what a person said.
#[derive(Clone)]
pub struct Item<'a> {
    /// The node.
    pub reference: &'a str,
    /// Its attributes in our namespace: local name and value.
    pub extensions: Vec<(&'a str, &'a str)>,
    /// Kind of answer.
    pub state: AnswerState,
    /// The value as the instance holds it, empty if none.
    pub value: &'a str,
}

impl<'a> Item<'a> {
    fn extension(&self, name: &str) -> Option<&'a str> {
        self.extensions.iter().find(|(held, _)| *held == name).map(|(_, value)| *value)
    }
    fn wrong(&self, problem: &'static str) -> ScreeningError {
        ScreeningError::FormMapping { reference: self.reference.to_owned(), problem }
    }
    /// The answer to a question with the options yes, no, unknown, declined and observed.
    fn finding_state(&self) -> Result<FindingState, ScreeningError> {
        Ok(match (self.state, self.value) {
            (AnswerState::Declined, _) | (AnswerState::Given, "declined") => FindingState::Declined,
            (AnswerState::Unknown, _) | (AnswerState::Given, "unknown") => FindingState::Unknown,
            (AnswerState::NotAsked, _) | (AnswerState::Given, "" | "not_asked") => FindingState::NotAsked,
            (AnswerState::Given, "yes") => FindingState::Present,
            (AnswerState::Given, "no") => FindingState::Absent,
            (AnswerState::Given, "observed") => FindingState::Observed,
            (AnswerState::Given, _) => return Err(self.wrong("an option here has no meaning for screening")),
        })
    }
    fn choices(&self) -> impl Iterator<Item = &'a str> {
        let given = if self.state == AnswerState::Given { self.value } else { "" };
        given.split_ascii_whitespace()
    }
}

/// The findings of a form's answers.
///
/// # Errors
/// `indicator.unknown` for a code the rule set does not have; `form.unsupported` for attributes that do not fit together:
/// a fact without indicators, a phase in which the indicator cannot happen, an option without a meaning.
pub fn findings(items: &[Item<'_>], rules: &RuleSet) -> Result<Vec<Finding>, ScreeningError> {
    let mut all = Vec::new();
    for item in items {
        let finding = |code: &str, state, phase| Finding {
            code: code.to_owned(),
            state,
            because: item.reference.to_owned(),
            phase,
        };
        if let Some(fact) = item.extension("fact") {
            let when = items.iter().find(|other| other.extension("when") == Some(fact));
            let state = item.finding_state()?;
            for (code, phases) in phase_codes(item, rules)? {
                if !state.is_present() {
                    all.push(finding(code, state, None));
                    continue;
                }
                match when.map_or(Ok(Err(FindingState::Unknown)), when_it_happened)? {
                    Err(open) => all.push(finding(code, open, None)),
                    Ok(chosen) => {
                        let mut hit = phases.iter().filter(|phase| chosen.contains(phase)).peekable();
                        if hit.peek().is_none() {
                            all.push(finding(code, FindingState::Absent, None));
                        }
                        all.extend(hit.map(|phase| finding(code, state, Some(*phase))));
                    }
                }
            }
        } else if let Some(code) = item.extension("indicator") {
            known(code, rules)?;
            all.push(finding(code, item.finding_state()?, None));
        }
    }
    Ok(all)
}

/// Whether a rule set has all that a form's question asks for by its attributes, so that no answer to it is lost on the rules.
///
/// # Errors
/// `indicator.unknown` with the place.
pub fn check_codes(rules: &RuleSet, at: &str, attributes: &[(&str, &str)]) -> Result<(), ScreeningError> {
    let known = |attribute: &str, name: &str| match attribute {
        "indicator" => rules.indicator(name).is_some(),
        "quick" => rules.quick().iter().any(|item| item.code == name),
        "sign" => rules.signs().iter().any(|sign| sign.code == name),
        "profile" => name == "quick" || rules.profile(name).is_some(),
        _ => true,
    };
    for (attribute, value) in attributes {
        let names = value.split_ascii_whitespace().map(|pair| pair.split_once(':').map_or(pair, |(_, code)| code));
        if let Some(name) = names.into_iter().find(|name| !known(attribute, name)) {
            return Err(ScreeningError::FormAsks { at: at.to_owned(), name: Shown::new(name) });
        }
    }
    Ok(())
}

/// The phases chosen, or the state each code gets while none is.
fn when_it_happened(when: &Item<'_>) -> Result<Result<Vec<Phase>, FindingState>, ScreeningError> {
    let chosen: Vec<_> = when.choices().map(|name| phase(name, when)).collect::<Result<_, _>>()?;
    Ok(match (chosen.is_empty(), when.state) {
        (false, _) => Ok(chosen),
        (true, AnswerState::Declined) => Err(FindingState::Declined),
        (true, _) => Err(FindingState::Unknown),
    })
}

fn phase(name: &str, item: &Item<'_>) -> Result<Phase, ScreeningError> {
    match name {
        "before" => Ok(Phase::Before),
        "way" => Ok(Phase::Way),
        "place" => Ok(Phase::Place),
        _ => Err(item.wrong("an option here is not a phase")),
    }
}

/// Reads `before:CR5 way:CR5 place:CO1`: each code with its phases.
fn phase_codes<'a>(item: &Item<'a>, rules: &RuleSet) -> Result<Vec<(&'a str, Vec<Phase>)>, ScreeningError> {
    let mapping = item.extension("indicator").ok_or_else(|| item.wrong("no indicator is named"))?;
    let mut codes: Vec<(&str, Vec<Phase>)> = Vec::new();
    for pair in mapping.split_ascii_whitespace() {
        let (name, code) = pair.split_once(':').ok_or_else(|| item.wrong("a phase is not joined to an indicator"))?;
        let phase = phase(name, item)?;
        if !known(code, rules)?.phases.contains(&phase) {
            return Err(item.wrong("an indicator is asked in a phase it cannot happen in"));
        }
        match codes.iter_mut().find(|(held, _)| *held == code) {
            Some((_, phases)) => phases.push(phase),
            None => codes.push((code, vec![phase])),
        }
    }
    Ok(codes)
}

fn known<'r>(code: &str, rules: &'r RuleSet) -> Result<&'r crate::Indicator, ScreeningError> {
    rules.indicator(code).ok_or_else(|| ScreeningError::IndicatorUnknown(Shown::new(code)))
}

impl Facts {
    /// The facts of a form's answers. The profile is the one the form names; `quick` stands for a quick screen without
    /// indicators.
    ///
    /// # Errors
    /// As [`findings`], and `ruleset.unknown` for a profile the rule set does not have.
    pub fn collect(
        rules: &RuleSet,
        profile: impl AsRef<str>,
        items: &[Item<'_>],
        route: Route,
        language: &str,
    ) -> Result<Self, ScreeningError> {
        let profile = Some(profile.as_ref()).filter(|id| *id != "quick");
        if let Some(id) = profile {
            rules.profile(id).ok_or_else(|| ScreeningError::ProfileUnknown(Shown::new(id)))?;
        }
        let mut facts = Self::new(profile, route);
        facts.findings = findings(items, rules)?;
        for item in items {
            if let Some(code) = item.extension("quick") {
                facts.quick.push(QuickFinding {
                    item: code.to_owned(),
                    state: item.finding_state()?,
                    because: item.reference.to_owned(),
                });
            }
        }
        for item in items {
            if let Some((when, need)) = item.extension("urgent").and_then(|named| named.split_once(':')) {
                let seen = when == "yes" && item.value == "observed";
                if item.state == AnswerState::Given && (item.value == when || seen) {
                    facts.needs.push(need.to_owned());
                }
            }
            if let Some(sign) = item.extension("sign").filter(|_| item.finding_state() == Ok(FindingState::Present)) {
                facts.signs.push(sign.to_owned());
            }
            let high = item.extension("vulnerability").is_some() && item.choices().any(|choice| choice == "high");
            facts.high_vulnerability |= high;
        }
        facts.urgent = !facts.needs.is_empty();
        let types = items.iter().filter(|item| item.extension("role") == Some("types"));
        facts.types = types.flat_map(Item::choices).map(str::to_owned).collect();
        facts.opened_dimensions = Some(opened(&facts.findings, rules));
        facts.language = language.to_owned();
        Ok(facts)
    }
}

/// The dimensions of which at least one question got an answer, be it "unknown" or "declined".
fn opened(findings: &[Finding], rules: &RuleSet) -> Vec<String> {
    let answered = |dimension: &str| {
        findings
            .iter()
            .filter(|finding| finding.state != FindingState::NotAsked)
            .any(|finding| rules.indicator(&finding.code).is_some_and(|indicator| indicator.dimension == dimension))
    };
    rules.dimensions().iter().map(|d| d.id.clone()).filter(|id| answered(id)).collect()
}
