//! Which envelopes a device's signed checkpoints vouch for. Pure: hashes in, numbers out.

use std::collections::{BTreeMap, BTreeSet};

use wayside_seal::chain::next_head;

/// A signed statement: after envelope `upto`, the chain's head is `head`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Anchor {
    pub(crate) upto: u64,
    pub(crate) head: [u8; 32],
}

/// What the checkpoints say about the envelopes that came.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// Vouched for: the chain from a signed head to a signed head runs through them.
    pub(crate) covered: BTreeSet<u64>,
    /// All envelopes of their stretch came, and they do not make the signed head.
    pub(crate) contradicted: BTreeSet<u64>,
    /// Some envelope of their stretch did not come.
    pub(crate) interrupted: BTreeSet<u64>,
    /// Numbers that did not come, as ranges with both ends included.
    pub(crate) missing: Vec<(u64, u64)>,
}

/// Walks from each signed head to the next. A stretch that does not fit says nothing against the next one, because that
/// begins at a signed head again.
pub(crate) fn check(first_head: [u8; 32], envelopes: &BTreeMap<u64, [u8; 32]>, checkpoints: &[Anchor]) -> Coverage {
    let checkpoints: BTreeSet<Anchor> = checkpoints.iter().copied().filter(|anchor| anchor.upto > 0).collect();
    let mut coverage = Coverage::default();
    // Heads signed for the same number: one, unless a device was copied.
    let (mut before, mut here) = ((0, vec![first_head]), (0, Vec::new()));
    for Anchor { upto, head } in &checkpoints {
        if here.0 != *upto {
            if here.0 != 0 {
                before = here;
            }
            here = (*upto, Vec::new());
        }
        let stretch = before.0 + 1..=*upto;
        let came: Vec<(&u64, &[u8; 32])> = envelopes.range(stretch.clone()).collect();
        let numbers = came.iter().map(|(seq, _)| **seq);
        if came.len() as u64 != upto - before.0 {
            coverage.interrupted.extend(numbers);
        } else if before.1.iter().any(|start| came.iter().fold(*start, |at, (_, hash)| next_head(&at, hash)) == *head) {
            coverage.covered.extend(numbers);
        } else {
            coverage.contradicted.extend(numbers);
        }
        here.1.push(*head);
    }
    let last = checkpoints.iter().map(|anchor| anchor.upto).chain(envelopes.keys().copied()).max().unwrap_or(0);
    coverage.missing = missing(envelopes, last);
    coverage
}

fn missing(envelopes: &BTreeMap<u64, [u8; 32]>, last: u64) -> Vec<(u64, u64)> {
    let mut ranges = Vec::new();
    let mut next = 1;
    for seq in envelopes.keys().copied().chain([last + 1]) {
        if seq > next {
            ranges.push((next, seq - 1));
        }
        next = seq + 1;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: [u8; 32] = [9; 32];

    fn chain(count: u64) -> (BTreeMap<u64, [u8; 32]>, Vec<Anchor>) {
        let mut head = FIRST;
        let mut anchors = vec![Anchor { upto: 0, head }];
        let mut envelopes = BTreeMap::new();
        for seq in 1..=count {
            let hash = [seq as u8; 32];
            head = next_head(&head, &hash);
            envelopes.insert(seq, hash);
            anchors.push(Anchor { upto: seq, head });
        }
        (envelopes, anchors)
    }

    fn set(numbers: &[u64]) -> BTreeSet<u64> {
        numbers.iter().copied().collect()
    }

    #[test]
    fn one_checkpoint_covers_all_before_it_and_nothing_after() {
        let (envelopes, anchors) = chain(5);
        let found = check(FIRST, &envelopes, &[anchors[3]]);
        assert_eq!(found.covered, set(&[1, 2, 3]));
        assert!(found.contradicted.is_empty() && found.interrupted.is_empty() && found.missing.is_empty());
        assert_eq!(check(FIRST, &envelopes, &[]), Coverage::default());
    }

    #[test]
    fn a_missing_envelope_interrupts_its_stretch_only() {
        let (mut envelopes, anchors) = chain(6);
        envelopes.remove(&3);
        let found = check(FIRST, &envelopes, &[anchors[1], anchors[4], anchors[6]]);
        assert_eq!(found.covered, set(&[1, 5, 6]));
        assert_eq!(found.interrupted, set(&[2, 4]));
        assert_eq!(found.missing, [(3, 3)]);
    }

    #[test]
    fn a_changed_envelope_contradicts_its_stretch_only() {
        let (mut envelopes, anchors) = chain(6);
        envelopes.insert(3, [77; 32]);
        let found = check(FIRST, &envelopes, &[anchors[1], anchors[4], anchors[6]]);
        assert_eq!(found.covered, set(&[1, 5, 6]));
        assert_eq!(found.contradicted, set(&[2, 3, 4]));
        let other_start = check([8; 32], &envelopes, &[anchors[1]]);
        assert_eq!(other_start.contradicted, set(&[1]), "the start is bound to the epoch's header");
    }

    #[test]
    fn the_end_may_be_missing_too() {
        let (mut envelopes, anchors) = chain(6);
        envelopes.retain(|seq, _| ![1, 5, 6].contains(seq));
        let found = check(FIRST, &envelopes, &[anchors[6]]);
        assert_eq!(found.missing, [(1, 1), (5, 6)]);
        assert!(found.covered.is_empty());
        assert_eq!(check(FIRST, &BTreeMap::new(), &[anchors[2]]).missing, [(1, 2)]);
    }

    #[test]
    fn two_heads_for_one_number_do_not_take_a_receipt_back() {
        let (envelopes, anchors) = chain(4);
        let fork = Anchor { upto: 2, head: [1; 32] };
        let found = check(FIRST, &envelopes, &[anchors[2], fork, anchors[4]]);
        assert_eq!(found.covered, set(&[1, 2, 3, 4]));
        assert_eq!(found.contradicted, set(&[1, 2]), "the fork shows");
    }
}
