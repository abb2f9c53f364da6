#![doc = include_str!("../README.md")]

pub mod counting;
pub mod driver;
pub mod guard;
pub mod hostile;
pub mod targets;

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

#[cfg(test)]
mod tests {
    use crate::driver::{Ending, run};
    use crate::targets::{Fault, Target};

    #[test]
    fn nothing_is_found_in_a_short_run() {
        for target in Target::ALL {
            let ending = run(target, Fault::None, 300, 1);
            assert!(matches!(ending, Ending::Clean { runs: 300 }), "{target:?}: {ending:?}");
        }
    }

    #[test]
    fn a_planted_fault_is_found_by_each_target() {
        for (target, fault) in [
            (Target::Form, Fault::PlaceOutside),
            (Target::Form, Fault::DraftCut),
            (Target::Xpath, Fault::Panic),
            (Target::Session, Fault::RefusalChanges),
            (Target::Session, Fault::StaleValue),
        ] {
            let ending = run(target, fault, 3_000, 1);
            assert!(matches!(ending, Ending::Found { .. }), "{target:?} {fault:?}: {ending:?}");
        }
    }
}
