//! Conditions of guards, outcomes and caveats, as data. A condition that holds says what it rests on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wayside_model::Route;

/// A kind of record a condition can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// Any indicator that is present.
    Indicator,
    /// Any quick-screen item with a yes.
    Quick,
    /// Any type of exploitation.
    Type,
    /// A sign the worker saw.
    Sign,
    /// An urgent need or danger.
    Urgent,
    /// A high vulnerability.
    Vulnerability,
    /// Indicators of a profile were asked, not the quick screen alone.
    Profile,
    /// The profile's weights are not established.
    UnverifiedWeights,
    /// Nobody has signed the rule set off.
    UnreviewedRules,
}

/// A condition.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Each holds.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold. Rests on nothing that could be named.
    Not(Box<Self>),
    /// The interview takes this way.
    Route(Route),
    /// The dimension is positive on what was recorded.
    Dimension(String),
    /// A dimension whose questions were opened is undetermined.
    AnyUndetermined(bool),
    /// Any of these indicators is present.
    Indicators(Vec<String>),
    /// Any indicator of this dimension is present.
    IndicatorOf(String),
    /// Any indicator is present under one of these profiles.
    UnderProfile(Vec<String>),
    /// A quick item or type of exploitation is recorded that sets this guard off.
    Flagged(String),
    /// Something of this kind is recorded.
    Recorded(Recorded),
    /// The guard fires.
    Guard(String),
    /// The guard is switched off.
    GuardOff(String),
    /// The outcome holds.
    Outcome(String),
}

/// What conditions look at.
pub(crate) struct View<'a> {
    pub(crate) route: Route,
    pub(crate) profile: Option<&'a str>,
    /// Per dimension: positive, undetermined and opened.
    pub(crate) dimensions: Vec<(&'a str, bool, bool)>,
    /// Present indicators: code and dimension.
    pub(crate) present: Vec<(&'a str, &'a str)>,
    /// Quick items with a yes, and the guards each sets off.
    pub(crate) quick: Vec<(&'a str, &'a [String])>,
    /// Ticked types of exploitation, and the guards each sets off.
    pub(crate) types: Vec<(&'a str, &'a [String])>,
    pub(crate) signs: Vec<&'a str>,
    pub(crate) urgent: bool,
    pub(crate) needs: Vec<&'a str>,
    pub(crate) high_vulnerability: bool,
    pub(crate) unverified_weights: bool,
    pub(crate) unreviewed_rules: bool,
    pub(crate) guards_off: Vec<&'a str>,
    /// Guards and outcomes found so far, with what they rest on; `None` = does not hold.
    pub(crate) found: BTreeMap<&'a str, Option<Vec<String>>>,
}

/// What a condition that holds rests on.
type Reasons = Option<Vec<String>>;

fn names<'s>(names: impl Iterator<Item = &'s str>) -> Reasons {
    let names: Vec<String> = names.map(str::to_owned).collect();
    if names.is_empty() { None } else { Some(names) }
}

fn plain(holds: bool) -> Reasons {
    holds.then(Vec::new)
}

impl Condition {
    /// `None` if it does not hold, otherwise what it rests on.
    pub(crate) fn reasons(&self, view: &View<'_>) -> Reasons {
        match self {
            Self::All(parts) => {
                let held: Option<Vec<_>> = parts.iter().map(|part| part.reasons(view)).collect();
                held.map(together)
            }
            Self::Any(parts) => {
                let held: Vec<_> = parts.iter().filter_map(|part| part.reasons(view)).collect();
                if held.is_empty() { None } else { Some(together(held)) }
            }
            Self::Not(part) => plain(part.reasons(view).is_none()),
            Self::Route(route) => plain(view.route == *route),
            Self::Dimension(id) => {
                names(view.dimensions.iter().filter(|(held, positive, _)| held == id && *positive).map(|held| held.0))
            }
            Self::AnyUndetermined(wanted) => {
                let open = names(view.dimensions.iter().filter(|(_, _, open)| *open).map(|held| held.0));
                if *wanted { open } else { plain(open.is_none()) }
            }
            Self::Indicators(codes) => {
                names(view.present.iter().map(|held| held.0).filter(|code| codes.iter().any(|wanted| wanted == code)))
            }
            Self::IndicatorOf(id) => names(view.present.iter().filter(|held| held.1 == id).map(|held| held.0)),
            Self::UnderProfile(ids) => {
                let under = view.profile.is_some_and(|profile| ids.iter().any(|id| id == profile));
                names(view.present.iter().filter(|_| under).map(|held| held.0))
            }
            Self::Flagged(guard) => names(
                view.quick.iter().chain(&view.types).filter(|(_, guards)| guards.contains(guard)).map(|held| held.0),
            ),
            Self::Recorded(kind) => view.recorded(*kind),
            Self::Guard(id) | Self::Outcome(id) => {
                let held = view.found.get(id.as_str()).is_some_and(Option::is_some);
                held.then(|| vec![id.clone()])
            }
            Self::GuardOff(id) => names(view.guards_off.iter().copied().filter(|off| off == id)),
        }
    }
}

impl View<'_> {
    fn recorded(&self, kind: Recorded) -> Reasons {
        match kind {
            Recorded::Indicator => names(self.present.iter().map(|held| held.0)),
            Recorded::Quick => names(self.quick.iter().map(|held| held.0)),
            Recorded::Type => names(self.types.iter().map(|held| held.0)),
            Recorded::Sign => names(self.signs.iter().copied()),
            Recorded::Urgent => names(self.needs.iter().copied()).or(self.urgent.then(|| vec!["urgent".to_owned()])),
            Recorded::Vulnerability => self.high_vulnerability.then(|| vec!["vulnerability".to_owned()]),
            Recorded::Profile => plain(self.profile.is_some()),
            Recorded::UnverifiedWeights => plain(self.unverified_weights),
            Recorded::UnreviewedRules => plain(self.unreviewed_rules),
        }
    }
}

/// Joins reasons, each once, in the order they were found.
fn together(lists: Vec<Vec<String>>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for reason in lists.into_iter().flatten() {
        if !all.contains(&reason) {
            all.push(reason);
        }
    }
    all
}
