//! From the answers of form B0 to the gates: what a worker ticks there opens nothing that the core does not check.

use wayside_model::{AnswerState, Gate, Timestamp};

use crate::interview::Interview;
use crate::{Item, ScreeningError};

/// Whether every question of a gate was answered so that it opens; `None` if the form has none for it.
fn opens(items: &[Item<'_>], gate: Gate) -> Option<bool> {
    let asked = items.iter().filter(|item| extension(item, "gate") == Some(gate.name()));
    // C1 and C2 are lines of the ledger, with who said them and how; a tick in a form is not one.
    let mut asked = asked.filter(|item| extension(item, "consent").is_none()).peekable();
    asked.peek()?;
    Some(asked.all(|item| {
        let answers = extension(item, "opens").unwrap_or("yes");
        item.state == AnswerState::Given && answers.split_ascii_whitespace().any(|answer| answer == item.value)
    }))
}

fn extension<'a>(item: &Item<'a>, name: &str) -> Option<&'a str> {
    item.extensions.iter().find(|(held, _)| *held == name).map(|(_, value)| *value)
}

/// What B0 found at the setting and interpreter gates, in their order, up to the first that does not open.
///
/// # Errors
/// `session.gate` where no service is there for this person.
pub fn found(items: &[Item<'_>]) -> Result<Vec<(Gate, bool)>, ScreeningError> {
    if opens(items, Gate::Services) == Some(false) {
        return Err(ScreeningError::GateShut(Gate::Services));
    }
    let mut found = Vec::new();
    for gate in [Gate::Setting, Gate::Interpreter] {
        let open = opens(items, gate) == Some(true);
        found.push((gate, open));
        if !open {
            break;
        }
    }
    Ok(found)
}

/// The code of the interpreter, where there is one and it was noted.
pub fn interpreter<'a>(items: &[Item<'a>]) -> Option<&'a str> {
    let mut noted = items.iter().filter(|item| extension(item, "role") == Some("interpreter"));
    noted.find(|item| item.state == AnswerState::Given && !item.value.is_empty()).map(|item| item.value)
}

/// Longest code of an interpreter, as form B0 takes it.
const LONGEST_CODE: usize = 12;

/// Whether this can be an interpreter's code: letters, digits and hyphens, as form B0 takes it. A name with a space, or in
/// another script, is none.
pub fn is_code(text: &str) -> bool {
    (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether everything that stands before a consent was explained and understood.
pub fn is_explained(items: &[Item<'_>]) -> bool {
    opens(items, Gate::Consent) == Some(true)
}

impl Interview {
    /// Takes the answers of B0: the setting and the interpreter, and whether everything was explained. One answer that does
    /// not fit shuts its gate and leaves those behind it alone.
    ///
    /// # Errors
    /// As [`Interview::accept_interpreter`] and [`found`].
    pub fn before_talk(&mut self, items: &[Item<'_>], at: Timestamp) -> Result<(), ScreeningError> {
        self.explained(is_explained(items));
        found(items)?.into_iter().try_for_each(|(gate, open)| match interpreter(items) {
            Some(code) if open && gate == Gate::Interpreter => self.accept_interpreter(code, false, at),
            _ => self.look(gate, open, at),
        })
    }
}
