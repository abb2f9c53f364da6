//! Which judgement of a worker may stand beside a result.

use wayside_model::Timestamp;

use crate::authority::Authority;
use crate::{Explanation, RuleSet, ScreeningError};

pub use wayside_model::{Override, OverrideReason};

/// Outcomes that nobody sets aside: an urgent need, and a child. A wrong age is corrected at the age gate.
const NEVER_SET_ASIDE: [&str; 2] = ["N1", "N2"];

/// Makes an override. More is free, with a reason; less needs a supervisor.
///
/// # Errors
/// `ruleset.unknown` for an outcome the rule set does not have; `session.supervisor` for setting one aside without one;
/// `session.reason` where nothing is added or set aside, and for an outcome that nobody sets aside.
pub fn make(
    rules: &RuleSet,
    computed: &Explanation,
    added: &[&str],
    set_aside: &[&str],
    reason: OverrideReason,
    by: Authority,
    at: Timestamp,
) -> Result<Override, ScreeningError> {
    let known = |id: &&str| rules.outcomes().iter().any(|outcome| outcome.id == **id);
    if let Some(stray) = added.iter().chain(set_aside).find(|id| !known(id)) {
        return Err(ScreeningError::ProfileUnknown(crate::error::Shown::new(stray)));
    }
    let held = |id: &&&str| computed.outcomes.iter().any(|outcome| outcome.id == ***id);
    let added: Vec<String> = added.iter().filter(|id| !held(id)).map(|id| (*id).to_owned()).collect();
    let set_aside: Vec<String> = set_aside.iter().filter(|id| held(id)).map(|id| (*id).to_owned()).collect();
    if (added.is_empty() && set_aside.is_empty()) || set_aside.iter().any(|id| NEVER_SET_ASIDE.contains(&id.as_str())) {
        return Err(ScreeningError::Reason);
    }
    if !set_aside.is_empty() && !by.is_supervisor() {
        return Err(ScreeningError::Supervisor);
    }
    Ok(Override { added, set_aside, reason, supervised: by.is_supervisor(), at: at.rounded() })
}
