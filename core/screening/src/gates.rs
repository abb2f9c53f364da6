//! The gates before the first question, and the consent that covers a record. The order and the meaning of each gate:
//! `wayside_model::Gate`. Everything here is decided by the core; a screen can only ask.

use wayside_model::{
    AgeStatement, CivilDate, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, Gate, GateRecord,
    Route, StopReason, Timestamp,
};

use crate::age::{self, AgeReading};
use crate::{Ledger, ScreeningError};

/// What may be kept of this interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// Nothing: what was stored must be erased.
    None,
    /// A record: C1 and C2 stand.
    Record,
}

/// The state of one interview's gates. No `Debug`: it holds an age and a consent ledger.
#[derive(Clone, Default)]
pub struct Gates {
    open: [bool; 5],
    records: Vec<GateRecord>,
    age: Option<(AgeStatement, AgeReading)>,
    ledger: Ledger,
    ended: bool,
    stopped: Option<StopReason>,
}

/// The gates a worker goes through; the sixth, consent, is opened by its lines.
const BEFORE_CONSENT: [Gate; 5] = [Gate::Services, Gate::Setting, Gate::Interpreter, Gate::Danger, Gate::Age];

/// BCP 47 for a language that is not known.
const UNDETERMINED: &str = "und";

const fn place(gate: Gate) -> usize {
    gate as usize
}

impl Gates {
    /// All shut.
    pub fn new() -> Self {
        Self::default()
    }

    /// The gate that is waited for; `None` once all are open, and also after the end, so that it does not say whether
    /// questions may be put: [`Self::is_open_for_questions`] does.
    pub fn expects(&self) -> Option<Gate> {
        if self.ended {
            return None;
        }
        let shut = BEFORE_CONSENT.into_iter().find(|gate| !self.open[place(*gate)]);
        shut.or_else(|| (self.coverage() == Coverage::None).then_some(Gate::Consent))
    }

    /// Records that a worker looked at a gate, and whether it opens. One that does not, or no longer, shuts everything
    /// behind it until it is opened again.
    ///
    /// # Errors
    /// `session.closed` after the end; `session.gate_order` while a gate before it is shut; `session.gate` for opening the
    /// age gate (see [`Self::set_age`]) and for consent (see [`Self::consent`]).
    pub fn look(&mut self, gate: Gate, opens: bool, at: Timestamp) -> Result<(), ScreeningError> {
        self.may_touch(gate)?;
        match gate {
            Gate::Consent => return Err(ScreeningError::GateNeedsMore(gate)),
            Gate::Age if opens => return Err(ScreeningError::GateNeedsMore(gate)),
            Gate::Age => self.age = None,
            Gate::Services | Gate::Setting | Gate::Interpreter | Gate::Danger => {}
        }
        self.set(gate, opens, at);
        Ok(())
    }

    /// Takes what is known of the age and opens the age gate; may be corrected later. Ask back first where
    /// [`age::second_reading`] finds another calendar the year could be of.
    ///
    /// # Errors
    /// `age.implausible`, and as [`Self::look`]. After an error the age held before still stands.
    pub fn set_age(
        &mut self,
        statement: &AgeStatement,
        today: CivilDate,
        at: Timestamp,
    ) -> Result<Route, ScreeningError> {
        self.may_touch(Gate::Age)?;
        let reading = age::route(statement, today)?;
        self.age = Some((*statement, reading));
        self.set(Gate::Age, true, at);
        Ok(reading.route)
    }

    /// Takes a consent line as it was spoken. C1 comes before C2, C2 before all others. A no to C1, and a no or a
    /// withdrawal of C1 or C2 after a yes, ends the interview: nothing covers a record from then on.
    ///
    /// # Errors
    /// `session.gate_order` while a gate before consent is shut; `session.consent` for a line whose turn it is not, one
    /// that was withdrawn, C4 without a recipient or another line with one; `session.closed` after the end.
    pub fn consent(&mut self, entry: ConsentEntry) -> Result<(), ScreeningError> {
        if entry.recipient.is_some() != (entry.line == ConsentLine::C4) {
            return Err(ScreeningError::Consent(entry.line));
        }
        if entry.value == ConsentValue::Withdrawn {
            self.take_back(entry);
            return Ok(());
        }
        self.may_touch(Gate::Consent)?;
        let standing = self.ledger.standing(entry.line, entry.recipient.as_deref());
        let turn = match entry.line {
            ConsentLine::C1 => true,
            ConsentLine::C2 => self.ledger.agrees(ConsentLine::C1, None),
            _ => self.coverage() == Coverage::Record,
        };
        if !turn || standing == Some(ConsentValue::Withdrawn) {
            return Err(ScreeningError::Consent(entry.line));
        }
        self.ended |= entry.value == ConsentValue::No && ends(entry.line, standing);
        self.append(entry);
        Ok(())
    }

    /// Takes a line back, also after the end; of C4 the lines of all recipients (one of them: [`Self::consent`]). For a line
    /// never agreed to this is a no. Who spoke and how is taken from the line that is taken back.
    pub fn withdraw(&mut self, line: ConsentLine, at: Timestamp) {
        let mut about: Vec<ConsentEntry> = Vec::new();
        for entry in self.ledger.entries().iter().filter(|entry| entry.line == line) {
            about.retain(|held| held.recipient != entry.recipient);
            about.push(entry.clone());
        }
        if about.is_empty() && line != ConsentLine::C4 {
            let (value, by, how) = (ConsentValue::No, ConsentGiver::Person, ConsentHow::Oral);
            let (recipient, interpreter, script, data_set) = (None, None, None, None);
            let language = UNDETERMINED.to_owned();
            about.push(ConsentEntry { line, value, by, how, recipient, language, at, interpreter, script, data_set });
        }
        for entry in about {
            self.take_back(ConsentEntry { at, ..entry });
        }
    }

    fn take_back(&mut self, mut entry: ConsentEntry) {
        let standing = self.ledger.standing(entry.line, entry.recipient.as_deref());
        if standing == Some(ConsentValue::Withdrawn) {
            return;
        }
        let was_yes = standing == Some(ConsentValue::Yes);
        entry.value = if was_yes { ConsentValue::Withdrawn } else { ConsentValue::No };
        self.ended |= ends(entry.line, standing);
        self.append(entry);
    }

    /// Ends the interview from any state. What was agreed to keep stays covered.
    pub fn stop(&mut self, reason: StopReason) {
        self.ended = true;
        self.stopped.get_or_insert(reason);
    }

    /// What may be kept now.
    pub fn coverage(&self) -> Coverage {
        if self.ledger.agrees(ConsentLine::C1, None) && self.ledger.agrees(ConsentLine::C2, None) {
            Coverage::Record
        } else {
            Coverage::None
        }
    }
    /// Whether questions may be put and answers taken: every gate is open, a record is covered, nothing has ended it.
    pub fn is_open_for_questions(&self) -> bool {
        !self.ended && self.open.iter().all(|open| *open) && self.coverage() == Coverage::Record
    }
    /// Whether a gate was looked at last and did not open.
    pub fn is_refused(&self, gate: Gate) -> bool {
        self.records.iter().rfind(|record| record.gate == gate).is_some_and(|record| !record.passed)
    }
    /// Whether a form may be used with this person; forms for adults need an age that shows one.
    ///
    /// # Errors
    /// `session.child_route`.
    pub fn may_use(&self, adult_only: bool) -> Result<(), ScreeningError> {
        if adult_only && self.route() != Route::Adult { Err(ScreeningError::ChildRoute) } else { Ok(()) }
    }
    /// The way the interview takes; the child's while no age shows otherwise.
    pub fn route(&self) -> Route {
        self.age.map_or(Route::Child, |(_, reading)| reading.route)
    }
    /// What was said of the age and how it reads.
    pub fn age(&self) -> Option<&(AgeStatement, AgeReading)> {
        self.age.as_ref()
    }
    /// The consent ledger.
    pub fn ledger(&self) -> &[ConsentEntry] {
        self.ledger.entries()
    }
    /// The whole ledger: consent lines, legal bases, who must not know.
    pub const fn book(&self) -> &Ledger {
        &self.ledger
    }
    pub(crate) const fn book_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }
    /// Whether a gate stands open.
    pub fn stands_open(&self, gate: Gate) -> bool {
        BEFORE_CONSENT.contains(&gate) && self.open[place(gate)]
            || gate == Gate::Consent && self.coverage() == Coverage::Record
    }
    /// Which gates were looked at, in order.
    pub fn records(&self) -> &[GateRecord] {
        &self.records
    }
    /// Whether it has ended: stopped, refused or withdrawn.
    pub const fn has_ended(&self) -> bool {
        self.ended
    }
    /// Why it was stopped, if it was.
    pub const fn stopped(&self) -> Option<StopReason> {
        self.stopped
    }

    fn may_touch(&self, gate: Gate) -> Result<(), ScreeningError> {
        if self.ended {
            return Err(ScreeningError::Ended);
        }
        match BEFORE_CONSENT.into_iter().find(|before| *before < gate && !self.open[place(*before)]) {
            Some(expected) => Err(ScreeningError::GateOrder { expected }),
            None => Ok(()),
        }
    }

    fn set(&mut self, gate: Gate, passed: bool, at: Timestamp) {
        self.open[place(gate)] = passed;
        self.records.push(GateRecord { gate, passed, at: at.rounded() });
    }

    /// The consent gate is looked at with each word about C1 or C2.
    fn append(&mut self, entry: ConsentEntry) {
        let (line, at) = (entry.line, entry.at.rounded());
        self.ledger.append(ConsentEntry { at, ..entry });
        if matches!(line, ConsentLine::C1 | ConsentLine::C2) {
            let passed = self.coverage() == Coverage::Record;
            self.records.push(GateRecord { gate: Gate::Consent, passed, at });
        }
    }
}

/// Whether a no to this line ends the interview: C1 always, C2 after a yes.
fn ends(line: ConsentLine, standing: Option<ConsentValue>) -> bool {
    line == ConsentLine::C1 || (line == ConsentLine::C2 && standing == Some(ConsentValue::Yes))
}
