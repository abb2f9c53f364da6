//! A run is a list of actions made from the seed. Each action brings a seed of its own, so that leaving others out does not
//! change it: that is what makes a failing run shrink.

use crate::rng::Rng;
use crate::tally::Fault;

/// What one phone records in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    Screening,
    Photo,
    Urgent,
    Note,
    Plain,
    Consent,
    Warning,
    Add,
    Remove,
    Propose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A phone finishes an event.
    Record(Record),
    /// An interview begins and is left as a draft.
    Draft,
    /// A phone speaks with its relay for some exchanges.
    Sync { exchanges: usize, faults: bool },
    /// The desk fetches, opens, receipts and posts.
    Pull,
    /// A phone writes a bundle; it goes to the desk or to another phone that carries it.
    Bundle,
    /// A carrier meets HQ with a file, and the phones it carries for.
    Carry,
    /// A phone hands over to another one beside it.
    Meet,
    /// HQ sends a phone what it knows of a case.
    Share,
    /// HQ says who has a case.
    Assign,
    /// HQ erases a case.
    Erase,
    /// HQ revokes a phone.
    Revoke,
    /// HQ orders a wipe.
    Wipe { everything: bool },
    /// One fault that is not of the link.
    Fault(Fault),
    /// Time passes.
    Wait(i64),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Action {
    pub(crate) what: What,
    pub(crate) phone: usize,
    pub(crate) case: usize,
    pub(crate) seed: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) phones: usize,
    pub(crate) relays: usize,
    pub(crate) cases: usize,
    pub(crate) actions: Vec<Action>,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

pub(crate) fn plan(seed: u64) -> Plan {
    let mut rng = Rng::new(seed ^ 0x5eed_0f5e_ed5e_ed00);
    let phones = 1 + rng.below(3);
    let relays = 1 + rng.below(2);
    let cases = 1 + rng.below(4);
    let length = 8 + rng.below(40);
    let mut actions: Vec<_> = (0..length).map(|_| action(&mut rng, phones, cases)).collect();
    if rng.one_in(16) {
        put_back(&mut rng, &mut actions, phones, cases);
    }
    Plan { seed, phones, relays, cases, actions }
}

/// A phone breaks after its work has gone, and the copy of before is put back and worked with. Left to chance these five come in
/// this order, on one phone, once in thousands of seeds, which is more than real files are run with.
fn put_back(rng: &mut Rng, actions: &mut Vec<Action>, phones: usize, cases: usize) {
    let (phone, at) = (rng.below(phones), rng.below(actions.len() + 1));
    let steps = [
        What::Fault(Fault::Backup),
        What::Record(Record::Screening),
        What::Sync { exchanges: 14, faults: false },
        What::Fault(Fault::Restore),
        What::Record(Record::Screening),
    ];
    let steps = steps.map(|what| Action { what, phone, case: rng.below(cases), seed: rng.next() });
    actions.splice(at..at, steps);
}

fn action(rng: &mut Rng, phones: usize, cases: usize) -> Action {
    let records = [
        Record::Screening,
        Record::Screening,
        Record::Photo,
        Record::Urgent,
        Record::Note,
        Record::Plain,
        Record::Consent,
        Record::Consent,
        Record::Warning,
        Record::Warning,
        Record::Add,
        Record::Remove,
        Record::Propose,
    ];
    let what = match rng.below(100) {
        0..30 => What::Record(rng.pick(&records)),
        30..32 => What::Draft,
        32..56 => What::Sync { exchanges: 1 + rng.below(14), faults: !rng.one_in(3) },
        56..66 => What::Pull,
        66..69 => What::Bundle,
        69..71 => What::Carry,
        71..75 => What::Share,
        75..77 => What::Meet,
        77 => What::Assign,
        78 => What::Erase,
        79 => {
            if rng.one_in(2) {
                What::Revoke
            } else {
                What::Pull
            }
        }
        80 => What::Wipe { everything: rng.one_in(4) },
        81..92 => What::Fault(rng.pick(Fault::OF_PLACES)),
        _ => What::Wait(rng.pick(&[MINUTE, 20 * MINUTE, 5 * 60 * MINUTE, DAY, 8 * DAY])),
    };
    Action { what, phone: rng.below(phones), case: rng.below(cases), seed: rng.next() }
}
