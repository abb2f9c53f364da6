//! What the forms before found in the same session with a person: a later result looks at all of it. It stays in memory, and in
//! the draft of the form that is open, as codes and states; the answers themselves are HQ's.

use minicbor::{Decode, Encode};
use wayside_screening::{Facts, Finding, FindingState, QuickFinding};

use crate::journal::FINDINGS;

/// Facts of the forms that are finished. No `Debug`: it holds what a person said.
#[derive(Clone, Default, Encode, Decode)]
pub(crate) struct Earlier {
    #[n(0)]
    profile: Option<String>,
    #[n(1)]
    findings: Vec<Found>,
    #[n(2)]
    quick: Vec<Found>,
    #[n(3)]
    types: Vec<String>,
    #[n(4)]
    needs: Vec<String>,
    #[n(5)]
    signs: Vec<String>,
    #[n(6)]
    high_vulnerability: bool,
    #[n(7)]
    opened: Vec<String>,
}

#[derive(Clone, Encode, Decode)]
struct Found {
    #[n(0)]
    code: String,
    /// Place in [`FINDINGS`].
    #[n(1)]
    state: u8,
    /// The form and the question.
    #[n(2)]
    because: String,
}

impl Found {
    fn of(form: &str, code: &str, state: FindingState, because: &str) -> Self {
        // What an earlier form found names that form already.
        let because = if because.starts_with('/') { format!("{form}{because}") } else { because.to_owned() };
        let state = FINDINGS.iter().position(|held| *held == state).unwrap_or_default() as u8;
        Self { code: code.to_owned(), state, because }
    }

    fn state(&self) -> FindingState {
        FINDINGS.get(usize::from(self.state)).copied().unwrap_or(FindingState::NotAsked)
    }
}

impl Earlier {
    /// What a finished form and those before it found.
    pub(crate) fn of(form: &str, facts: &Facts) -> Self {
        let finding = |held: &Finding| Found::of(form, &held.code, held.state, &held.because);
        let quick = |held: &QuickFinding| Found::of(form, &held.item, held.state, &held.because);
        Self {
            profile: facts.profile.clone(),
            findings: facts.findings.iter().map(finding).collect(),
            quick: facts.quick.iter().map(quick).collect(),
            types: facts.types.clone(),
            needs: facts.needs.clone(),
            signs: facts.signs.clone(),
            high_vulnerability: facts.high_vulnerability,
            opened: facts.opened_dimensions.clone().unwrap_or_default(),
        }
    }

    /// Adds it to the facts of a later form. Indicators go along only under the same profile, or to a form without one: what
    /// counts under one profile says nothing under another.
    pub(crate) fn add_to(&self, facts: &mut Facts) {
        if facts.profile.is_none() || facts.profile == self.profile {
            facts.profile.clone_from(&self.profile);
            facts.findings.extend(self.findings.iter().map(|held| Finding {
                code: held.code.clone(),
                state: held.state(),
                because: held.because.clone(),
                phase: None,
            }));
            if let Some(opened) = &mut facts.opened_dimensions {
                opened.extend(self.opened.iter().cloned());
            }
        }
        facts.quick.extend(self.quick.iter().map(|held| QuickFinding {
            item: held.code.clone(),
            state: held.state(),
            because: held.because.clone(),
        }));
        facts.types.extend(self.types.iter().cloned());
        facts.needs.extend(self.needs.iter().cloned());
        facts.signs.extend(self.signs.iter().cloned());
        facts.urgent |= !self.needs.is_empty();
        facts.high_vulnerability |= self.high_vulnerability;
    }
}
