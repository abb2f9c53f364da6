//! Whether a form may be opened in an interview, and what may be kept of its answers. Every way to a form goes through here.

use wayside_model::{ConsentLine, ConsentValue, Gate, LegalBasis, Route, Timestamp};

use crate::ScreeningError;
use crate::forms::{Cover, Lock, Training, built_in};
use crate::gates::Coverage;
use crate::interview::{Interview, Mode, Pace, Stage};

/// What may be kept of a form's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keep {
    /// Nothing; what is there must be erased.
    Nothing,
    /// In memory only: no journal, no draft.
    MemoryOnly,
    /// Stored, and sealed to HQ at the end.
    Stored,
}

/// The lock of a form that is not ours: the same gates and the same consent as the quick screen.
const FOREIGN: Lock = Lock { route: None, training: Training::None, cover: Cover::Consent, gender_choice: false };

/// What a form is locked behind; one of others like the quick screen.
pub fn lock_of(form: &str) -> Lock {
    built_in(form).map_or(FOREIGN, |form| form.lock)
}

/// The bases that can stand in for consent, by form.
fn covers(form: &str, basis: LegalBasis) -> bool {
    match form {
        "wayside-b1" | "wayside-b5" => matches!(basis, LegalBasis::VitalInterest | LegalBasis::BestInterests),
        "wayside-b7" => matches!(basis, LegalBasis::VitalInterest | LegalBasis::OtherInterest),
        _ => false,
    }
}

impl Interview {
    /// Whether a form may be opened now, and answers to it taken.
    ///
    /// # Errors
    /// `session.closed` after the end; `session.not_ready`, `session.mode`; `session.step` while an urgent need is acted
    /// on, when it is time to ask whether to go on, or before the offer was accepted; `session.training`,
    /// `session.child_route`; `session.gate` for a gate that is shut.
    pub fn may_open(&self, form: &str, now: Timestamp) -> Result<(), ScreeningError> {
        self.check_ready()?;
        if self.is_about_nobody() {
            return if built_in(form).is_none() { Ok(()) } else { Err(ScreeningError::Mode) };
        }
        let lock = lock_of(form);
        if self.is_acting_on_danger() && form != "wayside-b1" {
            return Err(ScreeningError::Step);
        }
        let fits = match self.mode() {
            Mode::Interview | Mode::SelfAnswer => form != "wayside-b7" || self.policy().observation,
            Mode::Observation => matches!(form, "wayside-b1" | "wayside-b7"),
            Mode::AnonymousAdvice => matches!(form, "wayside-b0" | "wayside-b1" | "wayside-b2"),
            Mode::Leaflet | Mode::AboutNobody => false,
        };
        if !fits {
            return Err(ScreeningError::Mode);
        }
        if !self.authority().has(lock.training) {
            return Err(ScreeningError::Training(lock.training));
        }
        self.check_gates(form)?;
        if lock.route.is_some_and(|route| route != self.gates().route()) {
            return Err(ScreeningError::ChildRoute);
        }
        // The short version for children is put by child-protection staff only.
        let child_quick = form == "wayside-b2" && self.gates().route() == Route::Child;
        if child_quick && !self.authority().has(Training::ChildProtection) {
            return Err(ScreeningError::Training(Training::ChildProtection));
        }
        let detailed = matches!(form, "wayside-b3-al" | "wayside-b3-as");
        if detailed && (self.stage() != Stage::Detailed || self.is_quick_only()) {
            return Err(ScreeningError::Step);
        }
        if lock.gender_choice && !self.gender_was_offered() {
            return Err(ScreeningError::Step);
        }
        let unhurried =
            matches!(form, "wayside-b1" | "wayside-b6" | "wayside-b7") || self.pace(now) != Pace::AskWhetherToGoOn;
        if unhurried { Ok(()) } else { Err(ScreeningError::Step) }
    }

    /// Which gates a form stands behind.
    fn check_gates(&self, form: &str) -> Result<(), ScreeningError> {
        let needed: &[Gate] = match (form, self.mode()) {
            ("wayside-b0" | "wayside-b7", _) | (_, Mode::Observation) => &[],
            ("wayside-b1", _) => &[Gate::Setting],
            ("wayside-b5", _) => &[Gate::Setting, Gate::Interpreter, Gate::Danger, Gate::Age],
            ("wayside-b2", Mode::AnonymousAdvice) => &[Gate::Setting, Gate::Interpreter, Gate::Danger, Gate::Age],
            _ => &[Gate::Setting, Gate::Interpreter, Gate::Danger, Gate::Age, Gate::Consent],
        };
        match needed.iter().find(|gate| !self.gates().stands_open(**gate)) {
            Some(gate) => Err(ScreeningError::GateShut(*gate)),
            None => Ok(()),
        }
    }

    /// What may be kept of a form's answers now. Refusal and withdrawal leave nothing.
    pub fn keep(&self, form: &str) -> Keep {
        if self.is_discarded() || self.mode() == Mode::Leaflet {
            return Keep::Nothing;
        }
        if self.is_about_nobody() {
            return if built_in(form).is_none() { Keep::Stored } else { Keep::Nothing };
        }
        let book = self.gates().book();
        let refused = |line| matches!(book.standing(line, None), Some(ConsentValue::No | ConsentValue::Withdrawn));
        if refused(ConsentLine::C1) {
            return Keep::Nothing;
        }
        if refused(ConsentLine::C2) {
            let advised = self.mode() == Mode::AnonymousAdvice && !self.gates().has_ended();
            return if advised { Keep::MemoryOnly } else { Keep::Nothing };
        }
        if self.gates().coverage() == Coverage::Record {
            return Keep::Stored;
        }
        // The best interests of a child cover nobody whose age turned out otherwise.
        let holds = |basis| basis != LegalBasis::BestInterests || self.gates().route() == Route::Child;
        let basis = lock_of(form).cover == Cover::ConsentOrBasis
            && book.bases().iter().any(|held| covers(form, held.basis) && holds(held.basis));
        if basis { Keep::Stored } else { Keep::MemoryOnly }
    }
}
