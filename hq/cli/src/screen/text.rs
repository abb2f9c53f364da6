//! An explanation for a person: what is recorded, which rule holds on it, what is still open, what to offer next.

use wayside_model::Route;
use wayside_screening::{DimensionResult, Explanation, Weights};

/// The explanation as text.
pub(crate) fn explanation(found: &Explanation) -> String {
    let way = match found.route {
        Route::Adult => "an adult",
        Route::Child => "a child (not shown to be an adult)",
    };
    let mut lines = vec![format!("Rule set {}, for {way}.", found.ruleset), String::new()];
    for outcome in &found.outcomes {
        let because =
            if outcome.because.is_empty() { String::new() } else { format!(" ({})", outcome.because.join(", ")) };
        lines.push(format!("{}  {}{because}", outcome.id, outcome.text));
    }
    lines.push(String::new());
    for dimension in &found.dimensions {
        lines.extend(one_dimension(dimension, found.weights));
    }
    lines.extend([String::new(), "What can be offered:".to_owned()]);
    for step in &found.steps {
        let consent = step.needs_consent.map_or_else(String::new, |line| format!(" [needs consent {line:?}]"));
        lines.push(format!("  {}{consent}", step.text));
    }
    lines.extend([String::new(), "Keep in mind:".to_owned()]);
    lines.extend(found.caveats.iter().map(|caveat| format!("  {caveat}")));
    lines.join("\n")
}

fn one_dimension(dimension: &DimensionResult, weights: Weights) -> Vec<String> {
    let state = match (weights, &dimension.branch, dimension.upper) {
        (Weights::Unverified, ..) => "weights not verified, no result".to_owned(),
        (_, Some(branch), _) => format!("holds by {branch}"),
        (_, None, true) => format!("undetermined; open: {}", dimension.could_change.join(", ")),
        (_, None, false) => "does not hold on what was recorded".to_owned(),
    };
    let mut lines = vec![format!("{}  {}: {state}", dimension.id, dimension.name)];
    for because in &dimension.because {
        let weight = because.weight.map_or_else(|| "-".to_owned(), |weight| format!("{weight:?}"));
        lines.push(format!("      {} ({weight})  {}", because.indicator, because.text));
        lines.push(format!("            {}", because.source.join("; ")));
    }
    if !dimension.minimal_sets.is_empty() {
        const SHOWN: usize = 6;
        let sets: Vec<String> = dimension.minimal_sets.iter().take(SHOWN).map(|set| set.join(" + ")).collect();
        let more = dimension.minimal_sets.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!("; and {more} more") };
        lines.push(format!("      enough by itself: {}{more}", sets.join("; ")));
    }
    lines
}
