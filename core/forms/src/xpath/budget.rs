//! What an expression may still use. Expressions that lead to others, through a label or the name of a choice, share one.

use std::cell::Cell;

use crate::error::Problem;

/// Bytes of text that count as one step.
const BYTES: usize = 4;
/// What going through a label or a list of choices takes of the depth: the calls between two expressions use as much stack
/// as so many expressions inside each other.
const DETOUR: u32 = 16;

/// Steps and depth that are left.
pub(crate) struct Budget {
    steps: Cell<u64>,
    depth: Cell<u32>,
}

impl Budget {
    pub(crate) fn new(steps: u64, nesting: usize) -> Self {
        // An expression of the greatest depth may still go through a label or two.
        let depth = u32::try_from(nesting).unwrap_or(u32::MAX).saturating_add(2 * DETOUR);
        Self { steps: Cell::new(steps), depth: Cell::new(depth) }
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// Counts work done, so that no expression runs without an end.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), Problem> {
        match self.steps.get().checked_sub(steps as u64) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => Err(Problem::Steps),
        }
    }

    /// Counts a text that is read or made. What is beyond the budget shows at the next step.
    pub(crate) fn charge_text(&self, bytes: usize) {
        self.steps.set(self.steps.get().saturating_sub((bytes / BYTES) as u64));
    }

    /// Goes into an expression; [`Budget::leave`] comes back.
    pub(crate) fn enter(&self) -> Result<(), Problem> {
        match self.depth.get().checked_sub(1) {
            Some(left) => {
                self.depth.set(left);
                Ok(())
            }
            None => Err(Problem::Nesting),
        }
    }

    pub(crate) fn leave(&self) {
        self.depth.set(self.depth.get() + 1);
    }

    /// For an expression that this one leads to. Its steps come back with [`Budget::settle`].
    pub(crate) fn detour(&self) -> Self {
        Self { steps: self.steps.clone(), depth: Cell::new(self.depth.get().saturating_sub(DETOUR)) }
    }

    pub(crate) fn settle(&self, detour: &Self) {
        self.steps.set(detour.steps.get());
    }
}
