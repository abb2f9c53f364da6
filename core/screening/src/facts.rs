//! What was found, before any rule is applied.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wayside_model::Route;

use crate::{Phase, RuleSet, ScreeningError};

/// What is known of one indicator. Only `Present` and `Observed` count as present; only `Absent` counts as absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// Recorded as present.
    Present,
    /// Seen by the worker; counts as present.
    Observed,
    /// Recorded as not present.
    Absent,
    /// The person does not know, or it was not said when it happened.
    Unknown,
    /// The person did not want to say.
    Declined,
    /// Not asked.
    NotAsked,
}

impl FindingState {
    /// Whether it counts as present.
    pub const fn is_present(self) -> bool {
        matches!(self, Self::Present | Self::Observed)
    }
    /// Whether it could still turn out to be present.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::Declined | Self::NotAsked)
    }
    /// Several answers about one indicator are joined as "or" joins truth values: one present is enough, absent needs all.
    const fn rank(self) -> u8 {
        match self {
            Self::Absent => 0,
            Self::NotAsked => 1,
            Self::Unknown => 2,
            Self::Declined => 3,
            Self::Observed => 4,
            Self::Present => 5,
        }
    }
    pub(crate) const fn or(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }
}

/// One indicator as one answer has it. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// Code of the indicator.
    pub code: String,
    /// What is known.
    pub state: FindingState,
    /// The question it comes from.
    pub because: String,
    /// When it happened, where that was asked.
    pub phase: Option<Phase>,
}

/// One item of the quick screen.
#[derive(Clone, PartialEq, Eq)]
pub struct QuickFinding {
    /// Code of the item.
    pub item: String,
    /// What is known.
    pub state: FindingState,
    /// The question it comes from.
    pub because: String,
}

/// All a rule set is applied to. What is not in it is not an input: least of all whether the person says they agreed.
#[derive(Clone, PartialEq, Eq)]
pub struct Facts {
    /// Profile whose weights count; `None` where only the quick screen was asked.
    pub profile: Option<String>,
    /// Indicators. One that is missing counts as not asked.
    pub findings: Vec<Finding>,
    /// Quick-screen items.
    pub quick: Vec<QuickFinding>,
    /// Types of exploitation the worker ticked.
    pub types: Vec<String>,
    /// An urgent need or danger is recorded.
    pub urgent: bool,
    /// Which ones, by their code in the form.
    pub needs: Vec<String>,
    /// Signs the worker saw. They never count in a dimension; they can only say "look again".
    pub signs: Vec<String>,
    /// A high vulnerability is recorded by the worker.
    pub high_vulnerability: bool,
    /// The way the interview takes.
    pub route: Route,
    /// Dimensions of which at least one question was answered; `None` = all. The others are "not explored".
    pub opened_dimensions: Option<Vec<String>>,
    /// Language of the interview (BCP 47), empty if not known.
    pub language: String,
}

impl Facts {
    /// Nothing found yet.
    pub fn new(profile: Option<&str>, route: Route) -> Self {
        Self {
            profile: profile.map(str::to_owned),
            findings: Vec::new(),
            quick: Vec::new(),
            types: Vec::new(),
            urgent: false,
            needs: Vec::new(),
            signs: Vec::new(),
            high_vulnerability: false,
            route,
            opened_dimensions: None,
            language: String::new(),
        }
    }

    /// Facts given as lists of codes: what is on no list is absent.
    ///
    /// # Errors
    /// `ruleset.unknown` and `indicator.unknown` for names the rule set does not have.
    pub fn stated(
        rules: &RuleSet,
        profile: &str,
        route: Route,
        present: &[&str],
        unknown: &[&str],
        declined: &[&str],
    ) -> Result<Self, ScreeningError> {
        rules.profile(profile).ok_or_else(|| ScreeningError::ProfileUnknown(crate::error::Shown::new(profile)))?;
        let mut states: BTreeMap<&str, FindingState> =
            rules.indicators().iter().map(|indicator| (indicator.code.as_str(), FindingState::Absent)).collect();
        let lists =
            [(present, FindingState::Present), (unknown, FindingState::Unknown), (declined, FindingState::Declined)];
        for (codes, state) in lists {
            for code in codes {
                let held = states
                    .get_mut(code)
                    .ok_or_else(|| ScreeningError::IndicatorUnknown(crate::error::Shown::new(code)))?;
                *held = held.or(state);
            }
        }
        let mut facts = Self::new(Some(profile), route);
        facts.findings = states
            .into_iter()
            .map(|(code, state)| Finding { code: code.to_owned(), state, because: String::new(), phase: None })
            .collect();
        Ok(facts)
    }
}
