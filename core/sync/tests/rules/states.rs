use wayside_model::Timestamp;
use wayside_seal::ItemKind;
use wayside_seal::item::Header;
use wayside_sync::SyncClass;
use wayside_sync::queue::{Queue, Row};
use wayside_sync::queue_state::{Block, Happening, Hold, Quarantine, State, Word, next, word};

const AT: Timestamp = Timestamp::from_millis(0);

const STATES: [State; 13] = [
    State::Draft,
    State::Sealed,
    State::Queued,
    State::Sending { offset: 3 },
    State::RelayStored { relay_epoch: 1, at: AT },
    State::HqAcked { at: AT },
    State::Purged,
    State::Backoff { until: AT, class: SyncClass::Transient },
    State::Held(Hold::Metered),
    State::Blocked(Block::Parent),
    State::Quarantined(Quarantine::Poison),
    State::Superseded,
    State::Erased,
];

const HAPPENINGS: [Happening; 16] = [
    Happening::Finished,
    Happening::Scheduled,
    Happening::Sent { offset: 5 },
    Happening::RelayHas { relay_epoch: 2, at: AT },
    Happening::HqHas { at: AT },
    Happening::GraceOver,
    Happening::Failed { until: AT, class: SyncClass::Transient },
    Happening::Hold(Hold::Worker),
    Happening::Release,
    Happening::Block(Block::Key),
    Happening::Quarantine(Quarantine::Refused),
    Happening::Retry,
    Happening::Stale,
    Happening::Supersede,
    Happening::Erase,
    Happening::Restart,
];

/// What the design forbids, looked for in every pair of state and happening.
#[test]
fn nothing_ends_without_hq() {
    for state in STATES {
        for happening in HAPPENINGS {
            let Some(after) = next(state, happening) else { continue };
            let case = format!("{state:?} {happening:?} {after:?}");
            if matches!(after, State::HqAcked { .. }) {
                assert!(matches!(happening, Happening::HqHas { .. }), "{case}");
            }
            if after == State::Purged {
                assert!(matches!(state, State::HqAcked { .. }) && happening == Happening::GraceOver, "{case}");
            }
            if word(after) == Word::HqHasIt && word(state) != Word::HqHasIt {
                assert!(matches!(happening, Happening::HqHas { .. }), "{case}");
            }
            if after == State::Erased {
                let gone = matches!(state, State::Draft | State::HqAcked { .. } | State::Purged | State::Superseded);
                assert!(gone, "what is on its way still goes: {case}");
            }
            assert!(!matches!(state, State::Erased | State::Purged) || after == State::Erased, "{case}");
        }
    }
}

#[test]
fn a_queue_comes_back_from_its_bytes() {
    let mut queue = Queue::default();
    for (n, state) in STATES.into_iter().enumerate() {
        let kind = [ItemKind::EpochHeader, ItemKind::Envelope, ItemKind::Checkpoint][n % 3];
        let header = Header { kind, priority: 1, device_epoch: 4, id: [n as u8; 16], seq: n as u64 };
        let row = Row::sealed(&header, [n as u8; 32], 300, AT);
        queue.add(Row { state, failures: 7, crashes: 2, in_hand: n % 2 == 0, ..row });
    }
    let bytes = queue.to_bytes();
    assert_eq!(Queue::from_bytes(&bytes), Some(queue));
    for cut in 0..bytes.len() {
        assert_eq!(Queue::from_bytes(&bytes[..cut]), None, "cut at {cut}");
    }
}

/// From every state in which an item waits, HQ can still come to have it.
#[test]
fn no_state_is_a_dead_end() {
    for start in STATES {
        let (mut seen, mut open) = (vec![start], vec![start]);
        while let Some(state) = open.pop() {
            for after in HAPPENINGS.iter().filter_map(|happening| next(state, *happening)) {
                if !seen.contains(&after) {
                    seen.push(after);
                    open.push(after);
                }
            }
        }
        let ends = matches!(start, State::Purged | State::Erased);
        assert!(ends || seen.contains(&State::Purged), "{start:?}");
    }
}
