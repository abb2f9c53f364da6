//! Explores the gates through their public entry points: every sequence of operations up to a length, then every state
//! that is new, until there is none. In each state it is checked against a plain account of what was said that nothing
//! is open that must not be.
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests fail by panicking")]

use std::collections::{BTreeSet, VecDeque};

use wayside_model::{
    AgeBasis, AgeStatement, CivilDate, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, Gate, Route,
    StopReason, Timestamp,
};
use wayside_screening::ScreeningError;
use wayside_screening::gates::{Coverage, Gates};

const NOW: Timestamp = Timestamp::from_millis(0);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Pass(Gate),
    Fail(Gate),
    Age(u8),
    Consent(ConsentLine, ConsentValue),
    Withdraw(ConsentLine),
    Stop(StopReason),
}

fn operations() -> Vec<Op> {
    let mut all: Vec<Op> = Gate::ALL.into_iter().flat_map(|gate| [Op::Pass(gate), Op::Fail(gate)]).collect();
    all.extend([Op::Age(12), Op::Age(30), Op::Age(250)]);
    for line in [ConsentLine::C1, ConsentLine::C2, ConsentLine::C6] {
        all.extend([ConsentValue::Yes, ConsentValue::No, ConsentValue::Withdrawn].map(|v| Op::Consent(line, v)));
        all.push(Op::Withdraw(line));
    }
    all.extend([Op::Stop(StopReason::Stopped), Op::Stop(StopReason::Danger)]);
    all
}

/// What is explored: the gates, or gates with a planted fault.
trait Machine: Clone {
    fn gates(&self) -> &Gates;
    fn apply(&mut self, op: Op) -> Result<(), ScreeningError>;
    fn is_open(&self) -> bool;
}

fn apply(gates: &mut Gates, op: Op) -> Result<(), ScreeningError> {
    let today = CivilDate::new(2024, 5, 1).unwrap();
    let (by, how) = (ConsentGiver::Person, ConsentHow::Oral);
    match op {
        Op::Pass(gate) => gates.look(gate, true, NOW),
        Op::Fail(gate) => gates.look(gate, false, NOW),
        Op::Age(years) => {
            let statement = AgeStatement::Between { low: years, high: years, basis: AgeBasis::Statement };
            gates.set_age(&statement, today, NOW).map(|_| ())
        }
        Op::Consent(line, value) => gates.consent(ConsentEntry {
            line,
            value,
            by,
            how,
            recipient: None,
            language: "en".into(),
            at: NOW,
            interpreter: None,
            script: None,
            data_set: None,
        }),
        Op::Withdraw(line) => {
            gates.withdraw(line, NOW);
            Ok(())
        }
        Op::Stop(reason) => {
            gates.stop(reason);
            Ok(())
        }
    }
}

#[derive(Clone, Default)]
struct Shipping(Gates);

impl Machine for Shipping {
    fn gates(&self) -> &Gates {
        &self.0
    }
    fn apply(&mut self, op: Op) -> Result<(), ScreeningError> {
        apply(&mut self.0, op)
    }
    fn is_open(&self) -> bool {
        self.0.is_open_for_questions()
    }
}

/// An account of what was said, kept apart from the gates: only what succeeded is told to it.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    passed: BTreeSet<Gate>,
    agreed: BTreeSet<ConsentLine>,
    refused_after_yes: bool,
    talk_refused: bool,
    stopped: bool,
    age: Option<u8>,
}

impl Account {
    fn told(&mut self, op: Op) {
        match op {
            Op::Pass(gate) => _ = self.passed.insert(gate),
            Op::Fail(gate) => {
                self.passed.remove(&gate);
                self.age = self.age.filter(|_| gate != Gate::Age);
            }
            Op::Age(years) => {
                self.age = Some(years);
                self.passed.insert(Gate::Age);
            }
            Op::Consent(line, ConsentValue::Yes) => _ = self.agreed.insert(line),
            Op::Consent(line, _) | Op::Withdraw(line) => {
                let had = self.agreed.remove(&line);
                self.refused_after_yes |= had && line != ConsentLine::C6;
                self.talk_refused |= line == ConsentLine::C1;
            }
            Op::Stop(_) => self.stopped = true,
        }
    }
    fn covered(&self) -> bool {
        self.agreed.contains(&ConsentLine::C1) && self.agreed.contains(&ConsentLine::C2)
    }
    fn may_be_open(&self) -> bool {
        let gates = Gate::ALL.into_iter().filter(|gate| *gate != Gate::Consent);
        let over = self.stopped || self.refused_after_yes || self.talk_refused;
        self.covered() && !over && gates.clone().all(|gate| self.passed.contains(&gate))
    }
}

/// All a caller can see of the gates, except how long the lists have grown.
fn seen<M: Machine>(machine: &M) -> String {
    let gates = machine.gates();
    let lines = [ConsentLine::C1, ConsentLine::C2, ConsentLine::C6].map(|line| {
        let values: BTreeSet<_> = gates.ledger().iter().filter(|e| e.line == line).map(|e| e.value).collect();
        (values, gates.ledger().iter().rfind(|e| e.line == line).map(|e| e.value))
    });
    let open = gates.expects();
    format!("{:?} {open:?} {lines:?} {:?} {}", gates.route(), gates.stopped(), machine.is_open())
}

/// The path to a state in which something is wrong.
type Violation = Vec<Op>;

fn check<M: Machine>(machine: &M, account: &Account) -> bool {
    let gates = machine.gates();
    let covered = gates.coverage() == Coverage::Record;
    machine.is_open() == account.may_be_open()
        && covered == account.covered()
        && (gates.route() == Route::Adult) == account.age.is_some_and(|years| years >= 18)
}

/// Visits every state that can be told apart. Number of states and steps taken, or the first violation.
fn explore<M: Machine>(start: M) -> Result<(usize, usize), Violation> {
    let mut known = BTreeSet::from([(seen(&start), Account::default())]);
    let mut waiting = VecDeque::from([(start, Account::default(), Vec::new())]);
    let mut steps = 0;
    while let Some((machine, account, path)) = waiting.pop_front() {
        for op in operations() {
            let (mut next, mut told, mut path) = (machine.clone(), account.clone(), path.clone());
            path.push(op);
            steps += 1;
            let before = next.gates().ledger().to_vec();
            if next.apply(op).is_ok() {
                told.told(op);
            }
            let kept = next.gates().ledger().starts_with(&before);
            if !kept || !check(&next, &told) {
                return Err(path);
            }
            if known.insert((seen(&next), told.clone())) {
                waiting.push_back((next, told, path));
            }
        }
    }
    Ok((known.len(), steps))
}

#[test]
fn no_path_opens_questions_without_a_covering_line() {
    match explore(Shipping::default()) {
        Ok((states, steps)) => {
            println!("{states} states, {steps} steps");
            assert!(states > 500, "{states} states");
        }
        Err(path) => panic!("open without cover after {path:?}"),
    }
}

/// All sequences of three, from the moment the consent gate waits: without taking states for equal.
#[test]
fn short_sequences_one_by_one() {
    let mut start = (Shipping::default(), Account::default());
    for gate in [Gate::Services, Gate::Setting, Gate::Interpreter, Gate::Danger] {
        start.0.apply(Op::Pass(gate)).unwrap();
        start.1.told(Op::Pass(gate));
    }
    start.0.apply(Op::Age(30)).unwrap();
    start.1.told(Op::Age(30));
    let mut now = vec![start];
    let mut opened = 0;
    for _ in 0..3 {
        let mut next = Vec::new();
        for (machine, account) in &now {
            for op in operations() {
                let (mut machine, mut account) = (machine.clone(), account.clone());
                if machine.apply(op).is_ok() {
                    account.told(op);
                }
                assert!(check(&machine, &account));
                opened += usize::from(machine.is_open());
                next.push((machine, account));
            }
        }
        now = next;
    }
    assert!(opened > 0, "the exploration reaches open questions at all");
}

/// Gates whose questions open with the first yes, before a record is agreed to.
#[derive(Clone, Default)]
struct OpensEarly(Gates);

impl Machine for OpensEarly {
    fn gates(&self) -> &Gates {
        &self.0
    }
    fn apply(&mut self, op: Op) -> Result<(), ScreeningError> {
        apply(&mut self.0, op)
    }
    fn is_open(&self) -> bool {
        let agreed = self.0.ledger().iter().any(|e| e.line == ConsentLine::C1 && e.value == ConsentValue::Yes);
        self.0.is_open_for_questions() || (agreed && !self.0.has_ended())
    }
}

/// Gates that forget a withdrawal that comes after the end.
#[derive(Clone, Default)]
struct ForgetsWithdrawal(Gates);

impl Machine for ForgetsWithdrawal {
    fn gates(&self) -> &Gates {
        &self.0
    }
    fn apply(&mut self, op: Op) -> Result<(), ScreeningError> {
        if matches!(op, Op::Withdraw(_)) && self.0.has_ended() { Ok(()) } else { apply(&mut self.0, op) }
    }
    fn is_open(&self) -> bool {
        self.0.is_open_for_questions()
    }
}

#[test]
fn planted_faults_are_found() {
    let early = explore(OpensEarly::default()).unwrap_err();
    assert_eq!(early.last(), Some(&Op::Consent(ConsentLine::C1, ConsentValue::Yes)));
    let forgetful = explore(ForgetsWithdrawal::default()).unwrap_err();
    assert!(matches!(forgetful.last(), Some(Op::Withdraw(_))));
}
