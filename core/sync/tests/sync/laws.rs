//! Whatever the link does, the laws hold, and once it works everything arrives. Then the same with a bug planted.

use crate::world::{Case, Fault, Plant, Violation, World, cases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Turns in which a working link must finish; each wait is a turn.
const TURNS: usize = 500;
const CASES: u32 = 2_000;

fn run(case: &Case, plant: Plant) -> Result<World, Violation> {
    let mut world = World::new(case, plant);
    for fault in &case.faults {
        world.turn(*fault)?;
    }
    let start = world.now;
    for _ in 0..TURNS {
        // Done counts only in a round that nothing disturbed.
        if world.turn(Fault::None)? {
            return arrived(world, case);
        }
        // There is no last attempt: after any past, a day of a working link is enough.
        if world.now > start.plus_millis(86_400_000) {
            return Err(Violation::NeverFinished);
        }
    }
    Err(Violation::NeverFinished)
}

fn arrived(world: World, case: &Case) -> Result<World, Violation> {
    let all = world.device.waiting().next().is_none()
        && world.device.views().filter(|item| item.handed_over).all(|item| world.relay.held.contains_key(&item.id))
        && world.device.control.len() as u64 == case.control;
    // An item set aside by a refusal of the relay is allowed; one without it was found on the way.
    if all { Ok(world) } else { Err(Violation::NotAllArrived) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_laws_hold(case in cases()) {
        let result = run(&case, Plant::None).map(|_| ());
        prop_assert_eq!(result, Ok(()));
    }
}

/// Runs random cases with a planted bug until a law breaks.
fn found(plant: Plant) -> Option<Violation> {
    let mut runner = TestRunner::deterministic();
    let strategy = cases();
    (0..CASES).find_map(|_| {
        let case = strategy.new_tree(&mut runner).expect("a case").current();
        run(&case, plant).err()
    })
}

#[test]
fn every_planted_bug_is_found() {
    use Violation::*;
    for (plant, expected) in [
        (Plant::BelievesAnything, vec![HandedOverWithoutProof]),
        (Plant::BelievesAnyHash, vec![HandedOverWithoutProof]),
        (Plant::DeletesOn404, vec![ItemLostOrChanged]),
        (Plant::DeletesWhenHandedOver, vec![ItemLostOrChanged]),
        (Plant::UrgentLast, vec![OutOfTurn]),
        (Plant::NeverWaits, vec![WaitOutOfBounds]),
        (Plant::ObeysAnyRetryAfter, vec![WaitOutOfBounds]),
        (Plant::ThreeTries, vec![SetAsideWithoutReason]),
        (Plant::AsideOnAny4xx, vec![SetAsideWithoutReason]),
        (Plant::TrustsStrangers, vec![SentToStranger]),
        (Plant::SkipsOrders, vec![OrderWithGap]),
    ] {
        let violation = found(plant).unwrap_or_else(|| panic!("{plant:?} was not found"));
        assert!(expected.contains(&violation), "{plant:?} was found as {violation:?}");
    }
    assert_eq!(found(Plant::None), None);
}
