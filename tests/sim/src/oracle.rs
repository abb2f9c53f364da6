//! A second account of the merge rules, written apart from the first and as plainly as can be: no graph, only "who saw whom",
//! worked out for every pair.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::ConsentValue;
use wayside_sync::merge::{CaseEvent, CaseView, Change, Seen};

/// Whether the projection of `events` is what the rules say. `erased`: an erasure was among what came in.
pub(crate) fn agrees(events: &[CaseEvent], erased: bool, view: &CaseView) -> bool {
    if erased {
        return *view == CaseView { erased: true, ..CaseView::default() };
    }
    let unique: BTreeMap<[u8; 16], &CaseEvent> = events.iter().map(|event| (event.id, event)).collect();
    let events: Vec<&CaseEvent> = unique.into_values().collect();
    let n = events.len();
    let mut saw = vec![vec![false; n]; n];
    for (a, one) in events.iter().enumerate() {
        for (b, other) in events.iter().enumerate() {
            saw[a][b] = a != b && one.seen.contains(&other.name());
        }
    }
    for k in 0..n {
        for a in 0..n {
            for b in 0..n {
                saw[a][b] |= saw[a][k] && saw[k][b];
            }
        }
    }
    // The events of one field that none of the field has seen.
    let standing = |of: &dyn Fn(&Change) -> bool| -> Vec<usize> {
        let field: Vec<usize> = (0..n).filter(|a| of(&events[*a].change)).collect();
        field.iter().copied().filter(|a| !field.iter().any(|b| saw[*b][*a])).collect()
    };
    let mut consents = BTreeSet::new();
    let mut warnings = BTreeSet::new();
    let mut plains = BTreeSet::new();
    for event in &events {
        match &event.change {
            Change::Consent { line, .. } => drop(consents.insert(*line)),
            Change::Safety { field, .. } => drop(warnings.insert(*field)),
            Change::Plain { field, .. } => drop(plains.insert(*field)),
            _ => {}
        }
    }
    let consent_fits = consents.len() == view.consent.len()
        && consents.iter().all(|line| {
            let values: Vec<ConsentValue> =
                standing(&|change| matches!(change, Change::Consent { line: l, .. } if l == line))
                    .into_iter()
                    .filter_map(
                        |a| if let Change::Consent { value, .. } = events[a].change { Some(value) } else { None },
                    )
                    .collect();
            let strictest = [ConsentValue::Withdrawn, ConsentValue::No, ConsentValue::Yes]
                .into_iter()
                .find(|value| values.contains(value));
            view.consent
                .get(line)
                .is_some_and(|shown| Some(shown.acting) == strictest && shown.others.len() + 1 == values.len())
        });
    let safety_fits = warnings.len() == view.safety.len()
        && warnings.iter().all(|field| {
            let mut values: Vec<u8> =
                standing(&|change| matches!(change, Change::Safety { field: f, .. } if f == field))
                    .into_iter()
                    .filter_map(
                        |a| if let Change::Safety { value, .. } = events[a].change { Some(value) } else { None },
                    )
                    .collect();
            view.safety.get(field).is_some_and(|shown| {
                let mut all = vec![shown.acting];
                all.extend(&shown.others);
                all.sort_unstable();
                values.sort_unstable();
                Some(&shown.acting) == values.last() && all == values
            })
        });
    let plain_fits = plains.len() == view.plain.len()
        && plains.iter().all(|field| {
            let ids = standing(&|change| matches!(change, Change::Plain { field: f, .. } if f == field));
            let winner = ids.iter().max_by_key(|a| events[**a].stamp);
            view.plain.get(field).is_some_and(|shown| {
                winner.is_some_and(
                    |a| matches!(&events[*a].change, Change::Plain { value, .. } if *value == shown.acting),
                ) && shown.others.len() + 1 == ids.len()
            })
        });
    let mut sets: BTreeMap<u8, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for add in &events {
        if let Change::Add { set, value } = &add.change {
            let taken_out = events.iter().any(|other| {
                matches!(&other.change, Change::Remove { set: s, adds } if s == set && adds.contains(&add.name()))
            });
            if !taken_out {
                sets.entry(*set).or_default().insert(value.clone());
            }
        }
    }
    let is_assign = |change: &Change| matches!(change, Change::Assign { .. });
    let assigned = standing(&is_assign).into_iter().max_by_key(|a| (events[*a].stamp, events[*a].id));
    let assigned = assigned.and_then(|a| match &events[a].change {
        Change::Assign { worker } => Some(worker.clone()),
        _ => None,
    });
    let mut proposed = BTreeSet::new();
    for a in 0..n {
        if let Change::Propose { worker } = &events[a].change
            && !(0..n).any(|b| is_assign(&events[b].change) && saw[b][a])
        {
            proposed.insert(worker.clone());
        }
    }
    let named = |event: &CaseEvent| events.iter().any(|other| other.seen.contains(&event.name()));
    let heads: BTreeSet<Seen> = events.iter().filter(|event| !named(event)).map(|event| event.name()).collect();
    let people_fit = assigned == view.assigned && proposed == view.proposed;
    let heads_fit = heads.len() == view.heads.len() && view.heads.iter().all(|head| heads.contains(head));
    let notes = events.iter().filter(|event| matches!(event.change, Change::Note(_))).count();
    let fields_fit = consent_fits && safety_fits && plain_fits && people_fit && heads_fit;
    fields_fit && sets == view.sets && notes == view.notes.len() && !view.erased
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_model::DeviceId;
    use wayside_sync::clock::Stamp;
    use wayside_sync::merge::Case;

    fn event(n: u8, seen: &[u8], change: Change) -> CaseEvent {
        let stamp = Stamp { ms: i64::from(n), counter: 0, device: DeviceId::from_bytes([n; 16]) };
        CaseEvent { id: [n; 16], stamp, seen: seen.iter().map(|n| [*n; 8]).collect(), change }
    }

    #[test]
    fn a_projection_that_is_wrong_about_people_or_heads_is_seen() {
        let worker = |n: u8| vec![n];
        let events = [
            event(1, &[], Change::Propose { worker: worker(7) }),
            event(2, &[], Change::Propose { worker: worker(8) }),
            event(3, &[1], Change::Assign { worker: worker(7) }),
            event(4, &[1], Change::Assign { worker: worker(9) }),
        ];
        let mut case = Case::default();
        for event in &events {
            case.insert(event.clone());
        }
        let view = case.view();
        assert_eq!((view.assigned.clone(), view.proposed.len(), view.heads.len()), (Some(worker(9)), 1, 3));
        assert!(agrees(&events, false, &view));
        assert!(!agrees(&events, false, &CaseView { assigned: Some(worker(7)), ..view.clone() }));
        assert!(!agrees(&events, false, &CaseView { proposed: BTreeSet::new(), ..view.clone() }));
        assert!(!agrees(&events, false, &CaseView { heads: view.heads[1..].to_vec(), ..view.clone() }));
        assert!(!agrees(&events[..3], false, &view));
    }
}
