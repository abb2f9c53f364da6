//! Hiding small numbers so that nothing published lets them be worked out.
//!
//! Every table counts the same people, so the total ties its cells together: hiding one small cell alone would hide nothing.
//! Cells below the threshold are therefore hidden together with the smallest others, until at least two are hidden and
//! together they count as many as the threshold or more. Where that cannot be reached nothing is published of the
//! table. Hidden cells are not named: which of them are empty does not show.

/// Fewest records a published number may stand for. The Counter-Trafficking Data Collaborative publishes with k = 11.
pub const THRESHOLD: u64 = 11;

/// Which cells are hidden; `None`: the whole table is.
pub(crate) fn hidden(counts: &[u64], k: u64) -> Option<Vec<bool>> {
    let total: u64 = counts.iter().sum();
    if total < k {
        return None;
    }
    let mut hidden: Vec<bool> = counts.iter().map(|count| *count < k).collect();
    if !hidden.contains(&true) {
        return Some(hidden);
    }
    // Smallest first; among equals the first, so that the same numbers always give the same table.
    let mut open: Vec<usize> = (0..counts.len()).filter(|n| !hidden[*n]).collect();
    open.sort_by_key(|n| (counts[*n], *n));
    let enough = |hidden: &[bool]| {
        let sum: u64 = counts.iter().zip(hidden).filter(|(_, hidden)| **hidden).map(|(count, _)| count).sum();
        hidden.iter().filter(|hidden| **hidden).count() >= 2 && sum >= k
    };
    for next in open {
        if enough(&hidden) {
            break;
        }
        hidden[next] = true;
    }
    // One category alone that holds everybody is the total itself.
    enough(&hidden).then_some(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(counts: &[u64]) -> Option<Vec<Option<u64>>> {
        let hidden = hidden(counts, 11)?;
        Some(counts.iter().zip(hidden).map(|(count, hidden)| (!hidden).then_some(*count)).collect())
    }

    #[test]
    fn small_cells_are_never_hidden_alone() {
        assert_eq!(shown(&[20, 30]), Some(vec![Some(20), Some(30)]));
        assert_eq!(shown(&[3, 20, 30]), Some(vec![None, None, Some(30)]));
        assert_eq!(shown(&[3, 4, 20, 30]), Some(vec![None, None, None, Some(30)]), "7 together are too few");
        assert_eq!(shown(&[6, 5, 20]), Some(vec![None, None, Some(20)]));
        assert_eq!(shown(&[0, 20, 30]), Some(vec![None, None, Some(30)]));
        assert_eq!(shown(&[10]), None);
        assert_eq!(shown(&[3, 7]), None);
        assert_eq!(shown(&[11]), Some(vec![Some(11)]));
        assert_eq!(shown(&[]), None);
    }
}
