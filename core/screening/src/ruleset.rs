//! A rule set: published indicators, weights and rules as data, with the source of each item. Our own additions are marked
//! as ours and can be switched off.

use serde::{Deserialize, Serialize, Serializer};

use crate::{
    Caveat, Combination, Counts, Dimension, ExploitationType, Guard, Indicator, Outcome, Profile, QuickItem,
    ScreeningError, Sign, Source, SourceRef, Step, StepRule, Verification, Weight,
};

/// Indicators of one dimension that [`RuleSet::subset_counts`] goes through.
const MOST_COUNTED: usize = 20;

/// The document as it is written.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) title: String,
    pub(crate) verification: Verification,
    pub(crate) sources: Vec<Source>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) combinations: Vec<Combination>,
    pub(crate) indicators: Vec<Indicator>,
    pub(crate) quick: Vec<QuickItem>,
    pub(crate) exploitation_types: Vec<ExploitationType>,
    #[serde(default)]
    pub(crate) signs: Vec<Sign>,
    pub(crate) guards: Vec<Guard>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) step_rules: Vec<StepRule>,
    pub(crate) steps: Vec<Step>,
    pub(crate) caveats: Vec<Caveat>,
}

/// A rule set that has been checked: every name in it exists, nothing contradicts itself, no conditions go in a circle.
#[derive(Clone)]
pub struct RuleSet {
    pub(crate) document: Document,
    /// Guards and outcomes in an order in which each only needs what comes before it.
    pub(crate) order: Vec<String>,
}

impl Serialize for RuleSet {
    /// The document as it is written, with everything that may be left out.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(to)
    }
}

impl RuleSet {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.document.id
    }
    /// Its version.
    pub const fn version(&self) -> u32 {
        self.document.version
    }
    /// Its title.
    pub fn title(&self) -> &str {
        &self.document.title
    }
    /// Who compared it with its source.
    pub const fn verification(&self) -> &Verification {
        &self.document.verification
    }
    /// Its publications.
    pub fn sources(&self) -> &[Source] {
        &self.document.sources
    }
    /// Its profiles.
    pub fn profiles(&self) -> &[Profile] {
        &self.document.profiles
    }
    /// One profile.
    pub fn profile(&self, id: &str) -> Option<&Profile> {
        self.document.profiles.iter().find(|profile| profile.id == id)
    }
    /// Its dimensions, in order.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.document.dimensions
    }
    /// The combinations that make a dimension positive, in the order they are tried.
    pub fn combinations(&self) -> &[Combination] {
        &self.document.combinations
    }
    /// Its indicators, in order.
    pub fn indicators(&self) -> &[Indicator] {
        &self.document.indicators
    }
    /// One indicator.
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.document.indicators.iter().find(|indicator| indicator.code == code)
    }
    /// The items of the quick screen.
    pub fn quick(&self) -> &[QuickItem] {
        &self.document.quick
    }
    /// The types of exploitation.
    pub fn exploitation_types(&self) -> &[ExploitationType] {
        &self.document.exploitation_types
    }
    /// Signs a worker can see without asking anything.
    pub fn signs(&self) -> &[Sign] {
        &self.document.signs
    }
    /// The guards.
    pub fn guards(&self) -> &[Guard] {
        &self.document.guards
    }
    /// The outcomes, in the order they are shown.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.document.outcomes
    }
    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.document.steps
    }
    /// The caveats.
    pub fn caveats(&self) -> &[Caveat] {
        &self.document.caveats
    }
    pub(crate) fn step_rules(&self) -> &[StepRule] {
        &self.document.step_rules
    }
    /// Short citations of an item.
    pub(crate) fn cite(&self, source: &[SourceRef]) -> Vec<String> {
        let short = |place: &SourceRef| {
            let source = self.document.sources.iter().find(|source| source.id == place.id)?;
            Some(format!("{}: {}", source.short, place.element))
        };
        source.iter().filter_map(short).collect()
    }

    /// How many subsets of each dimension's indicators make it positive for a profile, and how many there are, by going through
    /// all of them: a check that weights and combinations are those of the published table. Of a dimension with more than 20
    /// indicators only the first 20 count.
    ///
    /// # Errors
    /// `ruleset.unknown` for a profile that it does not have.
    pub fn subset_counts(&self, profile: &str) -> Result<Vec<(String, u32, u32)>, ScreeningError> {
        self.profile(profile).ok_or_else(|| ScreeningError::ProfileUnknown(crate::error::Shown::new(profile)))?;
        let count = |dimension: &Dimension| {
            let weights: Vec<Weight> = (self.indicators().iter())
                .filter(|indicator| indicator.dimension == dimension.id)
                .filter_map(|indicator| indicator.weights.get(profile).copied())
                .take(MOST_COUNTED)
                .collect();
            let all = 1_u32 << weights.len();
            let positive = (0..all).filter(|subset| {
                let taken = weights.iter().enumerate().filter(|(n, _)| subset & (1 << n) != 0);
                Counts::of(taken.map(|(_, weight)| *weight)).branch(self.combinations()).is_some()
            });
            (dimension.id.clone(), positive.fold(0, |count, _| count + 1), all)
        };
        Ok(self.dimensions().iter().map(count).collect())
    }

    /// The same rule set with one of our guards switched on or off.
    ///
    /// # Errors
    /// `indicator.unknown` if there is no such guard.
    pub fn with_guard(mut self, id: &str, on: bool) -> Result<Self, ScreeningError> {
        let guard = self.document.guards.iter_mut().find(|guard| guard.id == id);
        guard.ok_or_else(|| ScreeningError::IndicatorUnknown(crate::error::Shown::new(id)))?.on = on;
        Ok(self)
    }
}
