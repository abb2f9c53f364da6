//! The consent ledger: append-only, and a withdrawal wins over every yes, whatever their order.

use wayside_model::{ConsentEntry, ConsentLine, ConsentValue};

/// Consent lines in the order they were spoken.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Ledger(Vec<ConsentEntry>);

impl Ledger {
    /// An empty ledger.
    pub const fn new() -> Self {
        Self(Vec::new())
    }
    /// Adds an entry. Nothing is ever changed or taken out.
    pub fn append(&mut self, entry: ConsentEntry) {
        self.0.push(entry);
    }
    /// All entries.
    pub fn entries(&self) -> &[ConsentEntry] {
        &self.0
    }
    /// What stands for a line (C4: for one recipient). A withdrawal stays, even if an older copy with a yes is added later:
    /// who takes it back and agrees again does so in a new session.
    pub fn standing(&self, line: ConsentLine, recipient: Option<&str>) -> Option<ConsentValue> {
        let about = || self.0.iter().filter(|entry| entry.line == line && entry.recipient.as_deref() == recipient);
        if about().any(|entry| entry.value == ConsentValue::Withdrawn) {
            return Some(ConsentValue::Withdrawn);
        }
        about().next_back().map(|entry| entry.value)
    }
    /// Whether the person agrees to a line.
    pub fn agrees(&self, line: ConsentLine, recipient: Option<&str>) -> bool {
        self.standing(line, recipient) == Some(ConsentValue::Yes)
    }
    /// Adds what another copy of this ledger holds and this one does not.
    pub fn merge(&mut self, other: &Self) {
        for entry in &other.0 {
            if !self.0.contains(entry) {
                self.0.push(entry.clone());
            }
        }
        self.0.sort_by_key(|entry| (entry.at, entry.line, entry.value));
    }
}
