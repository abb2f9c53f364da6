//! The parts a rule set is made of, as they stand in its JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wayside_model::ConsentLine;

use crate::Condition;
use crate::services::Sector;

/// How much an indicator weighs in a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Weight {
    /// Strong.
    S,
    /// Medium.
    M,
    /// Weak.
    W,
}

/// When a fact happened. The same fact can be another indicator, of another weight, in another phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before leaving.
    Before,
    /// On the way.
    Way,
    /// At a place of work, or where the person was held, on the way too.
    Place,
}

/// Whether a profile's weights may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// They are given.
    Given,
    /// They are not established: indicators are listed, no dimension has a result.
    Unverified,
}

/// One of the lists an instrument has for different groups of people.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `AL`, `CL`, `AS`, `CS`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether its weights may be used.
    pub weights: Weights,
}

/// A publication something rests on.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Id within this rule set.
    pub id: String,
    /// Short form, shown beside an indicator.
    pub short: String,
    /// Publication.
    pub publication: String,
    /// Year, where known.
    pub year: Option<u16>,
    /// What may be done with it, and what we did.
    pub licence_note: String,
}

/// A place in a source.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRef {
    /// Id of the source.
    pub id: String,
    /// The element of it.
    pub element: String,
}

/// A group of indicators that the rule looks at together.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// `D1` to `D6`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// One indicator.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Our code.
    pub code: String,
    /// The dimension it belongs to.
    pub dimension: String,
    /// What it means, in our words, for a worker.
    pub text: String,
    /// The phases it can happen in.
    pub phases: Vec<Phase>,
    /// Its weight in each profile whose list has it.
    #[serde(deserialize_with = "crate::ruleset_load::no_key_twice")]
    pub weights: BTreeMap<String, Weight>,
    /// Where it comes from.
    pub source: Vec<SourceRef>,
}

/// A smallest combination of present indicators that makes a dimension positive.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Combination {
    /// Its name, as `1S+1M`.
    pub branch: String,
    /// Strong indicators it needs.
    pub s: u32,
    /// Medium indicators it needs.
    pub m: u32,
    /// Weak indicators it needs.
    pub w: u32,
}

/// A safety rule of ours beside the published rule.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// `S1`, `S2`.
    pub id: String,
    /// Always true: what a publisher wrote is never a guard.
    pub ours: bool,
    /// Whether it is switched on.
    pub on: bool,
    /// What it is for; shown where it fires.
    pub text: String,
    /// When it fires.
    pub when: Condition,
}

/// An item of the quick screen.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuickItem {
    /// Our code.
    pub code: String,
    /// What it asks about.
    pub text: String,
    /// Guards that a yes sets off.
    pub guards: Vec<String>,
    /// Dimensions whose questions a yes points to.
    pub points_to: Vec<String>,
    /// Whether it is put to adults only.
    pub adults_only: bool,
    /// Where the topic comes from.
    pub source: Vec<SourceRef>,
}

/// A type of exploitation, recorded apart from the profile.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExploitationType {
    /// Our code.
    pub code: String,
    /// What it means.
    pub text: String,
    /// Guards it sets off.
    pub guards: Vec<String>,
}

/// Something a worker can see without asking. It supports what was said and never counts in a dimension.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// Our code.
    pub code: String,
    /// What it means.
    pub text: String,
    /// Where it comes from.
    pub source: Vec<SourceRef>,
}

/// Something that can follow.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// `N1` to `N9`.
    pub id: String,
    /// What it says to the worker.
    pub text: String,
    /// When it holds.
    pub when: Condition,
    /// Sources, short.
    pub cite: Vec<String>,
    /// Ids of the steps to offer.
    pub steps: Vec<String>,
}

/// A next step.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Id.
    pub id: String,
    /// What to do.
    pub text: String,
    /// The consent line it needs first.
    pub needs_consent: Option<ConsentLine>,
    /// Sectors of the services that can take it on. An embassy is never one of them.
    #[serde(default)]
    pub sectors: Vec<Sector>,
}

/// Steps to offer beside those of the outcomes.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRule {
    /// When.
    pub when: Condition,
    /// Ids of the steps.
    pub steps: Vec<String>,
}

/// What a reader must keep in mind.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caveat {
    /// The sentence.
    pub text: String,
    /// When; always if not given.
    #[serde(default)]
    pub when: Option<Condition>,
}

/// Who compared this document with its source.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// Who signed it off; `None` while nobody has.
    pub reviewed_by: Option<String>,
    /// When (ISO date).
    pub reviewed_on: Option<String>,
    /// What was compared, and what is still to be.
    pub note: String,
}
