//! Explores sessions through their public entry points: every state that can be told apart, from the first, until there is no
//! new one. Each is checked against a plain account of what was said: no path stores without a covering line, and no form
//! opens that must not.
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests fail by panicking")]

#[path = "common/site.rs"]
mod site;

use std::collections::{BTreeMap, VecDeque};

use site::{NOW, said, services, site, today};
use wayside_model::{AgeBasis, AgeStatement, ConsentLine, ConsentValue, Gate, LegalBasis};
use wayside_screening::interview::{Interview, Mode, OnStop, Policy};
use wayside_screening::locks::Keep;
use wayside_screening::{FindingState, ScreeningError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Look(Gate, bool),
    Remote,
    Urgent(bool),
    Age(u8),
    Explained,
    Consent(ConsentLine, bool),
    Withdraw(ConsentLine),
    RelyOn(LegalBasis),
    ObserveOnly,
    Gender,
    Quick(bool),
    Offer(bool),
    Proceed,
    Stop(OnStop),
    Danger,
}

fn operations() -> Vec<Op> {
    let mut all =
        vec![Op::Explained, Op::Remote, Op::ObserveOnly, Op::Gender, Op::Proceed, Op::Danger, Op::Age(12), Op::Age(30)];
    for yes in [true, false] {
        all.extend(Gate::ALL.map(|gate| Op::Look(gate, yes)));
        all.extend([ConsentLine::C1, ConsentLine::C2].map(|line| Op::Consent(line, yes)));
        all.extend([Op::Urgent(yes), Op::Quick(yes), Op::Offer(yes)]);
    }
    all.extend([ConsentLine::C1, ConsentLine::C2].map(Op::Withdraw));
    all.extend([LegalBasis::VitalInterest, LegalBasis::OtherInterest].map(Op::RelyOn));
    all.extend([OnStop::KeepAgreed, OnStop::DropAll].map(Op::Stop));
    all
}

fn apply(talk: &mut Interview, op: Op) -> Result<(), ScreeningError> {
    let value = |yes| if yes { ConsentValue::Yes } else { ConsentValue::No };
    match op {
        Op::Look(gate, opens) => talk.look(gate, opens, NOW),
        Op::Remote => talk.interpret_remotely(NOW),
        Op::Urgent(yes) => {
            let mut answers = [FindingState::Absent; 8];
            answers[0] = if yes { FindingState::Present } else { FindingState::Declined };
            talk.urgent(&answers, false, None, NOW)
        }
        Op::Age(years) => {
            let age = AgeStatement::Between { low: years, high: years, basis: AgeBasis::Statement };
            talk.set_age(&age, today(), NOW).map(drop)
        }
        Op::Explained => {
            talk.explained(true);
            Ok(())
        }
        Op::Consent(line, yes) => talk.consent(said(line, value(yes))),
        Op::Withdraw(line) => {
            talk.withdraw(line, NOW);
            Ok(())
        }
        Op::RelyOn(basis) => talk.rely_on(basis, "reason", NOW),
        Op::ObserveOnly => talk.observe_only(),
        Op::Gender => {
            talk.offer_gender_choice(true);
            Ok(())
        }
        Op::Quick(anything) => talk.quick_answered(anything),
        Op::Offer(accepted) => talk.answer_offer(accepted),
        Op::Proceed => talk.proceed(),
        Op::Stop(wish) => {
            talk.stop(wish);
            Ok(())
        }
        Op::Danger => {
            talk.danger();
            Ok(())
        }
    }
}

/// What a caller does with a session: ask whether a form opens, and what may be kept.
trait Machine: Clone {
    fn talk(&self) -> &Interview;
    fn talk_mut(&mut self) -> &mut Interview;
    fn opens(&self, form: &str) -> bool {
        self.talk().may_open(form, NOW).is_ok()
    }
    fn keep(&self, form: &str) -> Keep {
        self.talk().keep(form)
    }
}

#[derive(Clone)]
struct Shipping(Interview);

impl Machine for Shipping {
    fn talk(&self) -> &Interview {
        &self.0
    }
    fn talk_mut(&mut self) -> &mut Interview {
        &mut self.0
    }
}

/// What was said, kept apart from the session: only what succeeded is told to it.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    setting: bool,
    interpreter: bool,
    remote: bool,
    urgent: Option<bool>,
    age: Option<u8>,
    explained: bool,
    talk: Option<bool>,
    record: Option<bool>,
    taken_back: bool,
    vital: bool,
    observation: bool,
    observing: bool,
    gender: bool,
    accepted: bool,
    dropped: bool,
    ended: bool,
}

impl Account {
    fn told(&mut self, op: Op) {
        match op {
            Op::Look(Gate::Setting, yes) => self.setting = yes,
            Op::Look(Gate::Interpreter, yes) => {
                self.interpreter = yes;
                self.remote &= !yes;
            }
            Op::Remote => (self.interpreter, self.remote) = (true, true),
            Op::Look(Gate::Age, yes) => self.age = self.age.filter(|_| yes),
            Op::Look(..) | Op::Quick(_) | Op::Proceed => {}
            Op::Urgent(yes) => self.urgent = Some(yes),
            Op::Age(years) => self.age = Some(years),
            Op::Explained => self.explained = true,
            Op::Consent(line, yes) => {
                let held = if line == ConsentLine::C1 { &mut self.talk } else { &mut self.record };
                self.taken_back |= *held == Some(true) && !yes;
                *held = Some(yes);
                self.ended |= line == ConsentLine::C1 && !yes;
            }
            Op::Withdraw(line) => {
                let held = if line == ConsentLine::C1 { &mut self.talk } else { &mut self.record };
                self.taken_back |= *held == Some(true);
                *held = Some(false);
            }
            Op::RelyOn(LegalBasis::VitalInterest) => self.vital = true,
            Op::RelyOn(_) => self.observation = true,
            Op::ObserveOnly => self.observing = true,
            Op::Gender => self.gender = true,
            Op::Offer(yes) => self.accepted |= yes,
            Op::Stop(wish) => {
                self.ended = true;
                self.dropped |= wish == OnStop::DropAll;
            }
            Op::Danger => self.ended = true,
        }
    }
    fn covered(&self) -> bool {
        self.talk == Some(true) && self.record == Some(true) && self.explained
    }
    fn may_be_stored(&self, form: &str) -> bool {
        let refused = self.talk == Some(false) || self.record == Some(false);
        let basis = match form {
            "wayside-b1" | "wayside-b5" => self.vital,
            "wayside-b7" => self.vital || self.observation,
            _ => false,
        };
        !self.dropped && !self.taken_back && !refused && (self.covered() || basis)
    }
    /// No form may open where this says no. (It may stay shut for its turn: that is not judged here.)
    fn may_open(&self, form: &str) -> bool {
        let talked = self.setting && self.interpreter && self.urgent == Some(false) && self.age.is_some();
        let adult = self.age.is_some_and(|years| years >= 18);
        let calm = self.urgent != Some(true);
        let allowed = match form {
            "wayside-b0" => calm && !self.observing,
            "wayside-b1" => self.setting || self.observing,
            "wayside-b2" => talked && (self.covered() || self.talk == Some(true)),
            "wayside-b3-al" => talked && self.covered() && adult && self.accepted && !self.remote,
            "wayside-b3-as" => talked && self.covered() && adult && self.accepted && self.gender && !self.remote,
            "wayside-b3-c" => talked && self.covered() && !adult,
            "wayside-b5" => talked && !adult,
            "wayside-b7" => calm,
            _ => talked && self.covered(),
        };
        allowed && !self.ended && !self.taken_back
    }
}

const FORMS: [&str; 11] = [
    "wayside-b0",
    "wayside-b1",
    "wayside-b2",
    "wayside-b3-al",
    "wayside-b3-as",
    "wayside-b3-c",
    "wayside-b4",
    "wayside-b5",
    "wayside-b6",
    "wayside-b7",
    "their-own",
];

/// What was seen on the way: how often each form opened and was stored.
#[derive(Default)]
struct Seen {
    states: usize,
    steps: usize,
    opened: BTreeMap<&'static str, usize>,
    stored: BTreeMap<&'static str, usize>,
}

fn check<M: Machine>(machine: &M, account: &Account, seen: &mut Seen) -> bool {
    FORMS.into_iter().all(|form| {
        let (opens, keep) = (machine.opens(form), machine.keep(form));
        *seen.opened.entry(form).or_default() += usize::from(opens);
        *seen.stored.entry(form).or_default() += usize::from(keep == Keep::Stored);
        let discarded = account.dropped || account.taken_back;
        (!opens || account.may_open(form))
            && (keep == Keep::Stored) == account.may_be_stored(form)
            && (!discarded || keep == Keep::Nothing)
    })
}

/// All a caller can see of a session.
fn view<M: Machine>(machine: &M) -> String {
    let talk = machine.talk();
    let gates = Gate::ALL.map(|gate| talk.gates().stands_open(gate));
    let lines = [ConsentLine::C1, ConsentLine::C2].map(|line| talk.gates().book().standing(line, None));
    let flags = (talk.is_acting_on_danger(), talk.is_quick_only(), talk.is_discarded(), talk.gates().has_ended());
    format!("{:?} {:?} {gates:?} {lines:?} {flags:?} {:?}", talk.mode(), talk.stage(), talk.gates().route())
}

fn explore<M: Machine>(start: M) -> Result<Seen, Vec<Op>> {
    let mut seen = Seen::default();
    // Where a state came from, so that a violation can be told as a path.
    let mut known = BTreeMap::from([((view(&start), Account::default()), 0_usize)]);
    let mut came: Vec<Option<(usize, Op)>> = vec![None];
    let mut waiting = VecDeque::from([(start, Account::default(), 0_usize)]);
    let operations = operations();
    while let Some((machine, account, here)) = waiting.pop_front() {
        for op in &operations {
            let (mut next, mut told) = (machine.clone(), account.clone());
            seen.steps += 1;
            let before = next.talk().gates().ledger().len();
            if apply(next.talk_mut(), *op).is_ok() {
                told.told(*op);
            }
            let kept = next.talk().gates().ledger().len() >= before;
            let must_end = matches!(op, Op::Stop(_) | Op::Danger) && !next.talk().gates().has_ended();
            let key = (view(&next), told.clone());
            if known.contains_key(&key) {
                continue;
            }
            if !kept || must_end || !check(&next, &told, &mut seen) {
                let mut path = vec![*op];
                let mut at = here;
                while let Some((from, op)) = came[at] {
                    path.insert(0, op);
                    at = from;
                }
                return Err(path);
            }
            let place = came.len();
            came.push(Some((here, *op)));
            known.insert(key, place);
            waiting.push_back((next, told, place));
        }
    }
    seen.states = known.len();
    Ok(seen)
}

fn begin() -> Interview {
    let role = "trained specialist child_protection";
    Interview::begin(
        Mode::Interview,
        &site(&services(), role),
        Policy { observation: true, questions_after_help: false },
        NOW,
    )
}

#[test]
fn no_path_stores_without_a_covering_line_or_opens_a_form_too_early() {
    match explore(Shipping(begin())) {
        Ok(seen) => {
            println!("{} states, {} steps", seen.states, seen.steps);
            assert!(seen.states > 10_000, "{}", seen.states);
            assert!(seen.opened.values().all(|times| *times > 0), "{:?}", seen.opened);
            assert!(seen.stored.values().all(|times| *times > 0), "{:?}", seen.stored);
        }
        Err(path) => panic!("violated after {path:?}"),
    }
}

/// A session that takes answers to the quick screen before consent.
#[derive(Clone)]
struct AnswersEarly(Interview);

impl Machine for AnswersEarly {
    fn talk(&self) -> &Interview {
        &self.0
    }
    fn talk_mut(&mut self) -> &mut Interview {
        &mut self.0
    }
    fn opens(&self, form: &str) -> bool {
        let ready = self.0.gates().stands_open(Gate::Age) && !self.0.gates().has_ended();
        self.0.may_open(form, NOW).is_ok() || (form == "wayside-b2" && ready)
    }
}

/// A session that stores as soon as the person agrees to talk.
#[derive(Clone)]
struct StoresEarly(Interview);

impl Machine for StoresEarly {
    fn talk(&self) -> &Interview {
        &self.0
    }
    fn talk_mut(&mut self) -> &mut Interview {
        &mut self.0
    }
    fn keep(&self, form: &str) -> Keep {
        let talks = self.0.gates().book().agrees(ConsentLine::C1, None);
        if talks { Keep::Stored } else { self.0.keep(form) }
    }
}

#[test]
fn planted_faults_are_found() {
    let early = explore(AnswersEarly(begin())).err().unwrap();
    assert_eq!(early.last(), Some(&Op::Age(12)), "{early:?}");
    let stored = explore(StoresEarly(begin())).err().unwrap();
    assert_eq!(stored.last(), Some(&Op::Consent(ConsentLine::C1, true)), "{stored:?}");
}
