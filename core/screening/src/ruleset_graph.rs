//! Which guard or outcome needs which, and that none needs itself.

use std::collections::BTreeSet;

use crate::ruleset::Document;
use crate::ruleset_check::wrong;
use crate::{Condition, ScreeningError};

/// Every guard and outcome, each after those its condition names.
pub(crate) fn order(document: &Document) -> Result<Vec<String>, ScreeningError> {
    let guards = document.guards.iter().enumerate().map(|(n, g)| (g.id.as_str(), &g.when, format!("guards[{n}].when")));
    let outcomes =
        document.outcomes.iter().enumerate().map(|(n, o)| (o.id.as_str(), &o.when, format!("outcomes[{n}].when")));
    let nodes: Vec<_> = guards.chain(outcomes).collect();
    let rules = document.step_rules.iter().enumerate().map(|(n, rule)| (&rule.when, format!("step_rules[{n}].when")));
    let caveats = document.caveats.iter().enumerate();
    let caveats = caveats.filter_map(|(n, c)| c.when.as_ref().map(|when| (when, format!("caveats[{n}].when"))));
    for (when, at) in nodes.iter().map(|(_, when, at)| (*when, at.clone())).chain(rules).chain(caveats) {
        names_exist(when, document, &at)?;
    }

    let mut done: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for (n, (id, _, at)) in nodes.iter().enumerate() {
        if !seen.insert(*id) {
            return Err(wrong(at.trim_end_matches(".when"), format!("{id} is there twice")));
        }
        visit(n, &nodes, &mut vec![], &mut done)?;
    }
    Ok(done)
}

type Node<'a> = (&'a str, &'a Condition, String);

fn visit(n: usize, nodes: &[Node<'_>], path: &mut Vec<usize>, done: &mut Vec<String>) -> Result<(), ScreeningError> {
    let (id, when, at) = &nodes[n];
    if done.iter().any(|held| held == id) {
        return Ok(());
    }
    if path.contains(&n) {
        return Err(wrong(at, format!("{id} depends on itself")));
    }
    path.push(n);
    let mut needs = Vec::new();
    walk(when, &mut |part| {
        if let Condition::Guard(name) | Condition::Outcome(name) = part {
            needs.extend(nodes.iter().position(|(id, ..)| id == name));
        }
        Ok(())
    })?;
    for next in needs {
        visit(next, nodes, path, done)?;
    }
    path.pop();
    done.push((*id).to_owned());
    Ok(())
}

/// Looks at a condition and all its parts.
fn walk(
    condition: &Condition,
    look: &mut impl FnMut(&Condition) -> Result<(), ScreeningError>,
) -> Result<(), ScreeningError> {
    look(condition)?;
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().try_for_each(|part| walk(part, look)),
        Condition::Not(part) => walk(part, look),
        _ => Ok(()),
    }
}

fn names_exist(condition: &Condition, document: &Document, at: &str) -> Result<(), ScreeningError> {
    let guard = |id: &String| document.guards.iter().any(|guard| guard.id == *id);
    let indicator = |code: &String| document.indicators.iter().any(|indicator| indicator.code == *code);
    let profile = |id: &String| document.profiles.iter().any(|profile| profile.id == *id);
    walk(condition, &mut |part| {
        let missing = match part {
            Condition::Dimension(id) | Condition::IndicatorOf(id) => {
                document.dimensions.iter().all(|dimension| dimension.id != *id).then_some(id)
            }
            Condition::Indicators(codes) => codes.iter().find(|code| !indicator(code)),
            Condition::UnderProfile(ids) => ids.iter().find(|id| !profile(id)),
            Condition::Flagged(id) | Condition::Guard(id) | Condition::GuardOff(id) => (!guard(id)).then_some(id),
            Condition::Outcome(id) => document.outcomes.iter().all(|outcome| outcome.id != *id).then_some(id),
            _ => None,
        };
        missing.map_or(Ok(()), |name| Err(wrong(at, format!("there is no {name}"))))
    })
}
