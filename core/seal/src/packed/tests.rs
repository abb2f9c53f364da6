use proptest::prelude::*;
use wayside_model::{AnswerState, CaseId, Event, EventId, Timestamp, to_canonical};

use super::sample::{ID, layout, with as event};
use super::{PACKED, PLAIN, Packing};
use crate::SealError;

fn check(event: &Event, codec: u8) -> usize {
    let layouts = [layout()];
    let packing = Packing { layouts: &layouts, dictionary: b"wants shelter tonight", worker: "W-1", site: "S-1" };
    let packed = packing.pack(event).unwrap();
    assert_eq!(packed[0], codec);
    let back = packing.unpack(&packed, ID).unwrap();
    assert_eq!(to_canonical(&back), to_canonical(event));
    packed.len()
}

const GIVEN: AnswerState = AnswerState::Given;

#[test]
fn what_fits_the_layout_is_packed_and_comes_back() {
    let all = [
        (0, GIVEN, "no"),
        (1, GIVEN, "a c"),
        (2, GIVEN, "-5"),
        (3, GIVEN, "1987-03-31"),
        (4, GIVEN, "-0.93602 179.99999 0 0"),
        (5, GIVEN, "wants shelter"),
    ];
    let length = check(&event(&all, "en", 1_700_000_100_000, 900_000), PACKED);
    assert!(length < 45, "{length}");
    check(&event(&[(0, AnswerState::Declined, ""), (3, AnswerState::Unknown, "")], "ti", 1_700_000_000_001, 0), PACKED);
    check(&event(&[], "ar", 1_700_000_000_000, 99_999_999), PACKED);
}

#[test]
fn what_does_not_fit_goes_as_it_is() {
    for odd in [
        (0, GIVEN, "maybe"),
        (1, GIVEN, "c a"),
        (1, GIVEN, "a  c"),
        (2, GIVEN, "+7"),
        (2, GIVEN, "121"),
        (3, GIVEN, "87-3-31"),
        (4, GIVEN, "1 2"),
        (5, GIVEN, "nul \u{0} within"),
        (0, AnswerState::Declined, "yes"),
        (9, GIVEN, "not in the form"),
    ] {
        check(&event(&[odd], "en", 1_700_000_100_000, 0), PLAIN);
    }
    check(&event(&[], "en", 0, 0), PLAIN);
    check(&event(&[(1, GIVEN, "a"), (0, GIVEN, "yes")], "en", 1_700_000_100_000, 0), PLAIN);
}

#[test]
fn another_layout_or_context_is_noticed() {
    let event = event(&[(0, GIVEN, "no")], "en", 1_700_000_100_000, 0);
    let layouts = [layout()];
    let packing = Packing { layouts: &layouts, dictionary: b"", worker: "W-1", site: "S-1" };
    let packed = packing.pack(&event).unwrap();
    let other_worker = Packing { worker: "W-2", ..packing };
    assert_eq!(other_worker.unpack(&packed, ID).err(), Some(SealError::Malformed));
    assert_eq!(packing.unpack(&packed, EventId::from_bytes([1; 16])).err(), Some(SealError::Malformed));
    assert_eq!(Packing { layouts: &[], ..packing }.unpack(&packed, ID).err(), Some(SealError::Malformed));
    let plain = Packing { layouts: &[], ..packing }.pack(&event).unwrap();
    assert_eq!(packing.unpack(&plain, EventId::from_bytes([1; 16])).err(), Some(SealError::Malformed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn any_answers_come_back(
        answers in proptest::collection::vec((0..8_usize, any::<bool>(), "[ -~]{0,9}|yes|no|a b|12|2020-02-30|1.5 2.5 0 0"), 0..7),
        start in -10_i64..3_000_000_000_000, took in -5_i64..10_000_000, at in any::<Option<i64>>(), own: bool,
    ) {
        let answers: Vec<_> = answers.iter()
            .map(|(n, given, value)| (*n, if *given { GIVEN } else { AnswerState::NotAsked }, value.as_str())).collect();
        let mut event = event(&answers, "en", start, took);
        event.at = at.map_or(event.at, Timestamp::from_millis);
        if !own {
            event.case = CaseId::from_bytes([4; 16]);
        }
        let layouts = [layout()];
        let packing = Packing { layouts: &layouts, dictionary: b"yes no", worker: "W-1", site: "" };
        let packed = packing.pack(&event).unwrap();
        prop_assert!(packing.unpack(&packed, ID).unwrap() == event);
    }
    #[test]
    fn any_bytes_are_only_refused(bytes: Vec<u8>) {
        let layouts = [layout()];
        let packing = Packing { layouts: &layouts, dictionary: b"x", worker: "", site: "" };
        let _ = packing.unpack(&bytes, ID);
        let tagged = [&[PACKED], layouts[0].tag().as_slice(), &bytes].concat();
        let _ = packing.unpack(&tagged, ID);
    }
}
