use proptest::prelude::*;
use proptest::sample::Index;
use wayside_model::{ConsentValue, DeviceId};
use wayside_sync::clock::Stamp;
use wayside_sync::merge::{Case, CaseEvent, Change, Inserted};

/// One event in numbers: they can be printed, events cannot.
type Part = (u8, u8, u8, Vec<Index>, i64, u8, bool);

fn change(kind: u8, a: u8, b: u8) -> Change {
    let consents = [ConsentValue::Yes, ConsentValue::No, ConsentValue::Withdrawn];
    match kind {
        0 => Change::Note(vec![a, b]),
        1 => Change::Plain { field: u16::from(a % 2), value: vec![b % 4] },
        2 | 3 => Change::Consent { line: a % 2, value: consents[usize::from(b % 3)] },
        4 | 5 => Change::Safety { field: a % 2, value: b % 5 },
        6 | 7 => Change::Add { set: a % 2, value: vec![b % 3] },
        8 => Change::Propose { worker: vec![b % 3] },
        _ => Change::Assign { worker: vec![b % 3] },
    }
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let seen = prop::collection::vec(any::<Index>(), 0..3);
    let one = (0..10_u8, any::<u8>(), any::<u8>(), seen, -1_000..1_000_i64, 0..3_u8, any::<bool>());
    prop::collection::vec(one, 0..9)
}

/// Events that saw some of those before them; a removal names additions among these.
fn events(parts: &[Part]) -> Vec<CaseEvent> {
    let mut events: Vec<CaseEvent> = Vec::new();
    for (n, (kind, a, b, seen, ms, device, removes)) in parts.iter().enumerate() {
        let seen: Vec<_> = seen.iter().filter(|_| n > 0).map(|index| events[index.index(n)].name()).collect();
        let is_add =
            |event: &&CaseEvent| matches!(event.change, Change::Add { set: 0, .. }) && seen.contains(&event.name());
        let adds: Vec<_> = events.iter().filter(is_add).map(CaseEvent::name).collect();
        let takes_out = *removes && !adds.is_empty();
        let change = if takes_out { Change::Remove { set: 0, adds } } else { change(*kind, *a, *b) };
        let stamp = Stamp { ms: *ms, counter: n as u16, device: DeviceId::from_bytes([*device; 16]) };
        events.push(CaseEvent { id: [n as u8 + 1; 16], stamp, seen, change });
    }
    events
}

fn case<'a>(events: impl IntoIterator<Item = &'a CaseEvent>) -> Case {
    let mut case = Case::default();
    for event in events {
        case.insert(event.clone());
    }
    case
}

proptest! {
    /// Any order, any repetition, any grouping: the same case.
    #[test]
    fn the_set_alone_decides(parts in parts(), order: u64, twice: Index) {
        let events = events(&parts);
        let straight = case(&events);
        let mut mixed: Vec<&CaseEvent> = events.iter().collect();
        mixed.sort_by_key(|event| wayside_seal::sha256(&[event.id.as_slice(), &order.to_le_bytes()].concat()));
        let shuffled = case(mixed.iter().copied());
        prop_assert!(straight == shuffled && straight.view() == shuffled.view());
        if !events.is_empty() {
            let again = twice.index(events.len());
            let mut repeated = case(mixed.iter().copied().chain([&events[again]]));
            prop_assert!(repeated.view() == straight.view());
            prop_assert_eq!(repeated.insert(events[again].clone()), Inserted::Known);
            // Longer than any above, so that it is none of them.
            let other = CaseEvent { change: Change::Note(vec![200; 3]), ..events[again].clone() };
            prop_assert_eq!(repeated.insert(other), Inserted::Clash);
            prop_assert!(repeated.view() == straight.view());
        }
        let (left, right) = mixed.split_at(mixed.len() / 2);
        prop_assert!(case(right.iter().copied().chain(left.iter().copied())).view() == straight.view());
    }

    /// An erasure anywhere in the order leaves nothing, and nothing comes back.
    #[test]
    fn an_erasure_absorbs(parts in parts(), at: Index) {
        let events = events(&parts);
        let stamp = Stamp { ms: i64::MIN, counter: 0, device: DeviceId::from_bytes([9; 16]) };
        let erase = CaseEvent { id: [99; 16], stamp, seen: Vec::new(), change: Change::Erase };
        let at = at.index(events.len() + 1);
        let mut erased = case(events[..at].iter().chain([&erase]));
        for event in &events[at..] {
            prop_assert_eq!(erased.insert(event.clone()), Inserted::AfterErasure);
        }
        prop_assert!(erased.is_empty() && erased.view().erased && erased.view().notes.is_empty());
        prop_assert_eq!(erased.insert(erase), Inserted::Known);
    }

    /// Among values nobody replaced the strictest consent and the highest warning count, whatever the clocks say.
    #[test]
    fn harm_decides_and_clocks_do_not(values in prop::collection::vec((0..3_u8, 0..9_u8, any::<i64>()), 1..6)) {
        let of = |n: u8| [ConsentValue::Yes, ConsentValue::No, ConsentValue::Withdrawn][usize::from(n)];
        let mut events = Vec::new();
        for (n, (consent, warning, ms)) in values.iter().enumerate() {
            let stamp = Stamp { ms: *ms, counter: 0, device: DeviceId::from_bytes([n as u8; 16]) };
            let event = |kind: u8, change| CaseEvent { id: [n as u8 * 2 + kind; 16], stamp, seen: Vec::new(), change };
            events.push(event(0, Change::Consent { line: 1, value: of(*consent) }));
            events.push(event(1, Change::Safety { field: 1, value: *warning }));
        }
        let view = case(&events).view();
        prop_assert!(view.consent[&1].acting == of(values.iter().map(|value| value.0).max().unwrap()));
        prop_assert_eq!(view.safety[&1].acting, values.iter().map(|value| value.1).max().unwrap());
        prop_assert_eq!(view.safety[&1].others.len() + 1, values.len());
        // Somebody who saw all decides.
        let names = events.iter().map(CaseEvent::name).collect();
        let stamp = Stamp { ms: i64::MIN, counter: 0, device: DeviceId::from_bytes([77; 16]) };
        let decided = CaseEvent { id: [250; 16], stamp, seen: names, change: Change::Consent { line: 1, value: ConsentValue::Yes } };
        let view = case(events.iter().chain([&decided])).view();
        prop_assert!(view.consent[&1].acting == ConsentValue::Yes && view.consent[&1].others.is_empty());
    }
}
