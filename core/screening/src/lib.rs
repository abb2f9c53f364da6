#![doc = include_str!("../README.md")]

pub mod age;
pub mod authority;
pub mod before_talk;
pub mod bundle;
mod calendars;
pub mod cases;
mod condition;
pub mod danger;
pub mod digits;
mod dimension;
mod error;
mod evaluate;
pub mod evidence;
mod explanation;
mod facts;
pub mod follow_up;
pub mod form_check;
pub mod forms;
pub mod gates;
pub mod htcds;
pub mod interview;
mod items;
mod ledger;
pub mod locks;
pub mod overrides;
pub mod packs;
pub mod readiness;
pub mod referral;
mod ruleset;
mod ruleset_check;
mod ruleset_graph;
mod ruleset_load;
mod ruleset_parts;
pub mod services;
pub mod words;

use std::sync::LazyLock;

pub use calendars::to_gregorian;
pub use condition::{Condition, Recorded};
pub use dimension::Counts;
pub use error::ScreeningError;
pub use evaluate::evaluate;
pub use explanation::{Because, DimensionResult, Explanation, OutcomeResult, QuickResult, StepResult};
pub use facts::{Facts, Finding, FindingState, QuickFinding};
pub use items::{Item, check_codes, findings};
pub use ledger::Ledger;
pub use ruleset::RuleSet;
pub use ruleset_parts::{
    Caveat, Combination, Dimension, ExploitationType, Guard, Indicator, Outcome, Phase, Profile, QuickItem, Sign,
    Source, SourceRef, Step, StepRule, Verification, Weight, Weights,
};

/// The rule set of the ILO and the European Commission (2009) that is built in; read once.
///
/// # Errors
/// `ruleset.malformed`, which a test of this crate rules out.
pub fn ilo_delphi_2009() -> Result<&'static RuleSet, ScreeningError> {
    static BUILT_IN: LazyLock<Result<RuleSet, ScreeningError>> =
        LazyLock::new(|| RuleSet::from_json(include_str!("../rulesets/ilo-delphi-2009.json")));
    BUILT_IN.as_ref().map_err(Clone::clone)
}
