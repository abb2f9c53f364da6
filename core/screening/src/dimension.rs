//! The published rule for one dimension, three-valued: what holds if everything open were absent, and if it were present.

use crate::{Combination, Weight};

/// How many indicators of each weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Strong.
    pub s: u32,
    /// Medium.
    pub m: u32,
    /// Weak.
    pub w: u32,
}

impl Counts {
    /// Counts weights.
    pub fn of(weights: impl Iterator<Item = Weight>) -> Self {
        weights.fold(Self::default(), Self::with)
    }
    /// One more of this weight.
    pub fn with(self, weight: Weight) -> Self {
        match weight {
            Weight::S => Self { s: self.s + 1, ..self },
            Weight::M => Self { m: self.m + 1, ..self },
            Weight::W => Self { w: self.w + 1, ..self },
        }
    }
    /// Those of both.
    pub const fn and(self, other: Self) -> Self {
        Self { s: self.s + other.s, m: self.m + other.m, w: self.w + other.w }
    }
    /// The first combination that holds, if any; a dimension is positive if there is one.
    pub fn branch(self, combinations: &[Combination]) -> Option<&Combination> {
        combinations.iter().find(|c| self.s >= c.s && self.m >= c.m && self.w >= c.w)
    }
}

/// Each smallest set of `present` that is enough: a combination's numbers taken from the indicators of each weight. As no
/// combination holds another, no set holds another.
pub(crate) fn minimal_sets(present: &[(&str, Weight)], combinations: &[Combination]) -> Vec<Vec<String>> {
    let of = |weight| -> Vec<usize> { (0..present.len()).filter(|i| present[*i].1 == weight).collect() };
    let (strong, medium, weak) = (of(Weight::S), of(Weight::M), of(Weight::W));
    let mut sets = Vec::new();
    for combination in combinations {
        for s in choose(&strong, combination.s) {
            for m in choose(&medium, combination.m) {
                for w in choose(&weak, combination.w) {
                    let mut places: Vec<usize> = s.iter().chain(&m).chain(&w).copied().collect();
                    places.sort_unstable();
                    sets.push(places.into_iter().map(|i| present[i].0.to_owned()).collect());
                }
            }
        }
    }
    sets
}

/// All ways to take `count` of `from`, in order.
fn choose(from: &[usize], count: u32) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut ways = Vec::new();
    for (at, first) in from.iter().enumerate() {
        for mut rest in choose(&from[at + 1..], count - 1) {
            rest.insert(0, *first);
            ways.push(rest);
        }
    }
    ways
}

/// Whether one more of `weight` can turn the dimension, together with some of the other open ones or none: positive with
/// it, not positive without it.
pub(crate) fn can_turn(present: Counts, others: Counts, weight: Weight, combinations: &[Combination]) -> bool {
    let positive = |counts: Counts| counts.branch(combinations).is_some();
    (0..=others.s).any(|s| {
        (0..=others.m).any(|m| {
            (0..=others.w).any(|w| {
                let without = present.and(Counts { s, m, w });
                !positive(without) && positive(without.with(weight))
            })
        })
    })
}
