//! Facts in, explanation out.

use std::collections::BTreeMap;

use crate::condition::View;
use crate::dimension::{can_turn, minimal_sets};
use crate::error::Shown;
use crate::{
    Because, Counts, Dimension, DimensionResult, Explanation, Facts, Finding, FindingState, Indicator, OutcomeResult,
    QuickResult, RuleSet, ScreeningError, StepResult, Weight, Weights,
};

/// Applies a rule set. The result does not depend on the order of the findings, and more facts never take a positive
/// dimension away.
///
/// # Errors
/// `ruleset.unknown` for a profile, `indicator.unknown` for a code the rule set does not have.
pub fn evaluate(rules: &RuleSet, facts: &Facts) -> Result<Explanation, ScreeningError> {
    let weights = match &facts.profile {
        Some(id) => rules.profile(id).ok_or_else(|| ScreeningError::ProfileUnknown(Shown::new(id)))?.weights,
        None => Weights::Given,
    };
    let states = joined(rules, facts)?;
    let types = known_types(rules, facts)?;
    let signs = known_signs(rules, facts)?;
    let dimensions: Vec<_> =
        rules.dimensions().iter().map(|dimension| look_at(dimension, rules, facts, weights, &states)).collect();
    let quick = quick_results(rules, facts)?;

    let present = rules.indicators().iter().filter(|i| states[i.code.as_str()].is_present());
    let mut view = View {
        route: facts.route,
        profile: facts.profile.as_deref(),
        dimensions: dimensions.iter().map(|d| (d.id.as_str(), d.lower, d.explored && d.upper && !d.lower)).collect(),
        present: present.map(|i| (i.code.as_str(), i.dimension.as_str())).collect(),
        quick: (rules.quick().iter())
            .filter(|item| quick.iter().any(|q| q.item == item.code && q.state.is_present()))
            .map(|item| (item.code.as_str(), item.guards.as_slice()))
            .collect(),
        types: types.iter().map(|kind| (kind.code.as_str(), kind.guards.as_slice())).collect(),
        signs: signs.iter().map(|sign| sign.code.as_str()).collect(),
        urgent: facts.urgent,
        needs: facts.needs.iter().map(String::as_str).collect(),
        high_vulnerability: facts.high_vulnerability,
        unverified_weights: weights == Weights::Unverified,
        unreviewed_rules: rules.verification().reviewed_by.is_none(),
        guards_off: rules.guards().iter().filter(|guard| !guard.on).map(|guard| guard.id.as_str()).collect(),
        found: BTreeMap::new(),
    };
    for id in &rules.order {
        let guard = rules.guards().iter().find(|guard| guard.id == *id);
        let when = guard
            .map(|guard| (guard.on, &guard.when))
            .or_else(|| rules.outcomes().iter().find(|outcome| outcome.id == *id).map(|outcome| (true, &outcome.when)));
        if let Some((on, when)) = when {
            let reasons = if on { when.reasons(&view) } else { None };
            view.found.insert(id, reasons);
        }
    }

    let profile = facts.profile.as_deref().unwrap_or("quick");
    Ok(Explanation {
        ruleset: format!("{}/{profile}@{}", rules.id(), rules.version()),
        profile: facts.profile.clone(),
        weights,
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        route: facts.route,
        quick,
        types: types.iter().map(|kind| kind.code.clone()).collect(),
        signs: signs.iter().map(|sign| sign.code.clone()).collect(),
        outcomes: outcomes(rules, &view),
        caveats: caveats(rules, facts, &view),
        steps: steps(rules, &view),
        dimensions,
    })
}

/// One state for each indicator of the rule set.
fn joined<'r>(rules: &'r RuleSet, facts: &Facts) -> Result<BTreeMap<&'r str, FindingState>, ScreeningError> {
    let mut states: BTreeMap<&str, Option<FindingState>> =
        rules.indicators().iter().map(|indicator| (indicator.code.as_str(), None)).collect();
    for finding in &facts.findings {
        let held = states
            .get_mut(finding.code.as_str())
            .ok_or_else(|| ScreeningError::IndicatorUnknown(Shown::new(&finding.code)))?;
        *held = Some(held.map_or(finding.state, |state| state.or(finding.state)));
    }
    Ok(states.into_iter().map(|(code, state)| (code, state.unwrap_or(FindingState::NotAsked))).collect())
}

fn known_types<'r>(rules: &'r RuleSet, facts: &Facts) -> Result<Vec<&'r crate::ExploitationType>, ScreeningError> {
    for code in &facts.types {
        if !rules.exploitation_types().iter().any(|kind| kind.code == *code) {
            return Err(ScreeningError::IndicatorUnknown(Shown::new(code)));
        }
    }
    Ok(rules.exploitation_types().iter().filter(|kind| facts.types.contains(&kind.code)).collect())
}

fn known_signs<'r>(rules: &'r RuleSet, facts: &Facts) -> Result<Vec<&'r crate::Sign>, ScreeningError> {
    if let Some(stray) = facts.signs.iter().find(|code| !rules.signs().iter().any(|sign| sign.code == **code)) {
        return Err(ScreeningError::IndicatorUnknown(Shown::new(stray)));
    }
    Ok(rules.signs().iter().filter(|sign| facts.signs.contains(&sign.code)).collect())
}

fn look_at(
    dimension: &Dimension,
    rules: &RuleSet,
    facts: &Facts,
    weights: Weights,
    states: &BTreeMap<&str, FindingState>,
) -> DimensionResult {
    let indicators = || rules.indicators().iter().filter(|indicator| indicator.dimension == dimension.id);
    let weight = |indicator: &Indicator| match (weights, &facts.profile) {
        (Weights::Given, Some(profile)) => indicator.weights.get(profile).copied(),
        _ => None,
    };
    let weighed = |wanted: fn(FindingState) -> bool| -> Vec<(&str, Weight)> {
        indicators()
            .filter(|indicator| wanted(states[indicator.code.as_str()]))
            .filter_map(|indicator| Some((indicator.code.as_str(), weight(indicator)?)))
            .collect()
    };
    let (present, open) = (weighed(FindingState::is_present), weighed(FindingState::is_open));
    let count = |list: &[(&str, Weight)]| Counts::of(list.iter().map(|(_, weight)| *weight));
    let (has, could) = (count(&present), count(&open));
    let combinations = rules.combinations();
    let branch = has.branch(combinations);
    let upper = has.and(could).branch(combinations).is_some();
    let explored =
        facts.profile.is_some() && facts.opened_dimensions.as_ref().is_none_or(|opened| opened.contains(&dimension.id));
    let could_change = (0..open.len()).filter(|at| {
        let others = open.iter().enumerate().filter(|(other, _)| other != at).map(|(_, (_, weight))| *weight);
        can_turn(has, Counts::of(others), open[*at].1, combinations)
    });
    DimensionResult {
        id: dimension.id.clone(),
        name: dimension.name.clone(),
        explored,
        lower: branch.is_some(),
        upper,
        s: has.s,
        m: has.m,
        w: has.w,
        branch: branch.map(|combination| combination.branch.clone()),
        because: indicators().flat_map(|indicator| because(indicator, weight(indicator), rules, facts)).collect(),
        minimal_sets: minimal_sets(&present, combinations),
        could_change: if explored && upper && branch.is_none() {
            could_change.map(|at| open[at].0.to_owned()).collect()
        } else {
            Vec::new()
        },
    }
}

/// The answers that make an indicator present.
fn because(indicator: &Indicator, weight: Option<Weight>, rules: &RuleSet, facts: &Facts) -> Vec<Because> {
    let mut behind: Vec<&Finding> = (facts.findings.iter())
        .filter(|finding| finding.code == indicator.code && finding.state.is_present())
        .collect();
    behind.sort_by_key(|finding| (finding.because.as_str(), finding.phase));
    let explain = |finding: &Finding| Because {
        answer_id: finding.because.clone(),
        phase: finding.phase,
        indicator: indicator.code.clone(),
        text: indicator.text.clone(),
        state: finding.state,
        weight,
        source: rules.cite(&indicator.source),
    };
    behind.into_iter().map(explain).collect()
}

fn quick_results(rules: &RuleSet, facts: &Facts) -> Result<Vec<QuickResult>, ScreeningError> {
    if let Some(stray) = facts.quick.iter().find(|found| !rules.quick().iter().any(|item| item.code == found.item)) {
        return Err(ScreeningError::IndicatorUnknown(Shown::new(&stray.item)));
    }
    let mut results = Vec::new();
    for item in rules.quick() {
        let about = facts.quick.iter().filter(|found| found.item == item.code);
        let Some(found) = about.reduce(|held, next| if held.state.or(next.state) == held.state { held } else { next })
        else {
            continue;
        };
        results.push(QuickResult {
            answer_id: found.because.clone(),
            item: item.code.clone(),
            text: item.text.clone(),
            state: found.state,
            points_to: if found.state.is_present() { item.points_to.clone() } else { Vec::new() },
            source: rules.cite(&item.source),
        });
    }
    Ok(results)
}

fn outcomes(rules: &RuleSet, view: &View<'_>) -> Vec<OutcomeResult> {
    let held = |outcome: &crate::Outcome| {
        let because = view.found.get(outcome.id.as_str())?.clone()?;
        Some(OutcomeResult { id: outcome.id.clone(), text: outcome.text.clone(), because, cite: outcome.cite.clone() })
    };
    rules.outcomes().iter().filter_map(held).collect()
}

fn caveats(rules: &RuleSet, facts: &Facts, view: &View<'_>) -> Vec<String> {
    let holds = |caveat: &&crate::Caveat| caveat.when.as_ref().is_none_or(|when| when.reasons(view).is_some());
    let mut all: Vec<String> = rules.caveats().iter().filter(holds).map(|caveat| caveat.text.clone()).collect();
    if !facts.language.is_empty() {
        all.push(format!("Language of the interview: {}.", facts.language));
    }
    all
}

/// The steps of the outcomes that hold, then those of the step rules, each once with all that calls for it.
fn steps(rules: &RuleSet, view: &View<'_>) -> Vec<StepResult> {
    let mut wanted: Vec<(&str, Vec<String>)> = Vec::new();
    let mut want = |id, reasons: &[String]| match wanted.iter_mut().find(|(held, _)| *held == id) {
        Some((_, because)) => {
            because.extend(reasons.iter().filter(|r| !because.contains(r)).cloned().collect::<Vec<_>>())
        }
        None => wanted.push((id, reasons.to_vec())),
    };
    for outcome in rules.outcomes() {
        if view.found.get(outcome.id.as_str()).is_some_and(Option::is_some) {
            outcome.steps.iter().for_each(|step| want(step.as_str(), std::slice::from_ref(&outcome.id)));
        }
    }
    for rule in rules.step_rules() {
        if let Some(reasons) = rule.when.reasons(view) {
            rule.steps.iter().for_each(|step| want(step.as_str(), &reasons));
        }
    }
    let result = |(id, because): (&str, Vec<String>)| {
        let step = rules.steps().iter().find(|step| step.id == id)?;
        Some(StepResult {
            step: step.id.clone(),
            text: step.text.clone(),
            needs_consent: step.needs_consent,
            because,
            directory_entries: Vec::new(),
        })
    };
    wanted.into_iter().filter_map(result).collect()
}
