//! The result: what was recorded, which rule fired on it, what is still open, what to do next. There is no field for a
//! number that ranks people and none for a verdict, and none will be added.

use serde::{Deserialize, Serialize};
use wayside_model::{CivilDate, ConsentLine, Route};

use crate::services::{Need, Services};
use crate::{FindingState, Phase, RuleSet, Weight, Weights};

/// Why the rule set says what it says. Its JSON stands in the record. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Rule set, profile and version, as `ilo-delphi-2009/AL@1`; the profile is `quick` where only the quick screen was asked.
    pub ruleset: String,
    /// Profile, if any.
    pub profile: Option<String>,
    /// Whether the profile's weights may be used.
    pub weights: Weights,
    /// Version of this engine.
    pub engine_version: String,
    /// The way the interview took.
    pub route: Route,
    /// Every dimension of the rule set, in its order.
    pub dimensions: Vec<DimensionResult>,
    /// Quick-screen items that were put, in the rule set's order.
    pub quick: Vec<QuickResult>,
    /// Types of exploitation that were ticked, in the rule set's order.
    pub types: Vec<String>,
    /// Signs the worker saw, in the rule set's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<String>,
    /// What follows, in the rule set's order.
    pub outcomes: Vec<OutcomeResult>,
    /// What a reader must keep in mind.
    pub caveats: Vec<String>,
    /// What can be offered next.
    pub steps: Vec<StepResult>,
}

/// One dimension.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionResult {
    /// `D1` to `D6`.
    pub id: String,
    /// Its name in plain words.
    pub name: String,
    /// Whether any of its questions was answered. Where not, nothing is said about it.
    pub explored: bool,
    /// Positive if everything open were absent.
    pub lower: bool,
    /// Positive if everything open were present.
    pub upper: bool,
    /// Strong indicators present.
    pub s: u32,
    /// Medium indicators present.
    pub m: u32,
    /// Weak indicators present.
    pub w: u32,
    /// The first combination that holds.
    pub branch: Option<String>,
    /// The indicators that are present, with the answers behind them.
    pub because: Vec<Because>,
    /// Where positive: each smallest set of present indicators that is enough.
    pub minimal_sets: Vec<Vec<String>>,
    /// Where undetermined: open indicators that could turn it.
    pub could_change: Vec<String>,
}

/// One answer behind an indicator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// The question; empty where the facts did not come from a form.
    pub answer_id: String,
    /// When it happened, where that was asked.
    pub phase: Option<Phase>,
    /// Code of the indicator.
    pub indicator: String,
    /// The indicator in plain words.
    pub text: String,
    /// Said or observed.
    pub state: FindingState,
    /// Its weight; `None` where the profile has none for it.
    pub weight: Option<Weight>,
    /// Where the indicator comes from.
    pub source: Vec<String>,
}

/// One item of the quick screen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickResult {
    /// The question.
    pub answer_id: String,
    /// Code of the item.
    pub item: String,
    /// The item in plain words.
    pub text: String,
    /// What is known.
    pub state: FindingState,
    /// Where present: the dimensions it points to. It never counts in them.
    pub points_to: Vec<String>,
    /// Where the item comes from.
    pub source: Vec<String>,
}

/// One outcome that holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeResult {
    /// `N1` to `N9`.
    pub id: String,
    /// What it says to the worker.
    pub text: String,
    /// Dimensions, indicators, items and guards it rests on.
    pub because: Vec<String>,
    /// Sources.
    pub cite: Vec<String>,
}

/// One next step that can be offered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    /// Id of the step.
    pub step: String,
    /// What to do.
    pub text: String,
    /// The consent line it needs first.
    pub needs_consent: Option<ConsentLine>,
    /// The outcomes and guards that call for it.
    pub because: Vec<String>,
    /// Codes of the site's services that can take it on, best first; see [`Explanation::name_services`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directory_entries: Vec<String>,
}

impl Explanation {
    /// Names the site's services for each step. What is known of the person decides which; an embassy is never named here.
    pub fn name_services(&mut self, rules: &RuleSet, services: &Services, need: &Need, today: CivilDate) {
        for result in &mut self.steps {
            let sectors = rules.steps().iter().find(|step| step.id == result.step).map(|step| step.sectors.clone());
            let Some(sectors) = sectors.filter(|sectors| !sectors.is_empty()) else { continue };
            let need = Need { sectors, no_asylum: false, ..need.clone() };
            let fitting = services.suggest(&need, today);
            result.directory_entries = fitting.into_iter().map(|service| service.code.clone()).collect();
        }
    }
}
