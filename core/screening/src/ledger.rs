//! The consent ledger: append-only, and a withdrawal wins over every yes, whatever their order. The legal basis stands apart
//! from consent, and so does the list of who must not know.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wayside_model::{BasisRecord, ConsentEntry, ConsentLine, ConsentValue, Timestamp, Withheld};

/// Consent lines in the order they were spoken.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ledger {
    entries: Vec<ConsentEntry>,
    withheld: Vec<Withheld>,
    bases: Vec<BasisRecord>,
}

impl Ledger {
    /// An empty ledger.
    pub const fn new() -> Self {
        Self { entries: Vec::new(), withheld: Vec::new(), bases: Vec::new() }
    }
    /// Adds an entry. Nothing is ever changed or taken out.
    pub fn append(&mut self, entry: ConsentEntry) {
        self.entries.push(entry);
    }
    /// Adds somebody who must not know. It stays: who may know after all gets a line of their own in a new session.
    pub fn withhold(&mut self, withheld: Withheld) {
        if !self.withheld.contains(&withheld) {
            self.withheld.push(withheld);
        }
    }
    /// Records a legal basis.
    pub fn rely_on(&mut self, basis: BasisRecord) {
        if !self.bases.contains(&basis) {
            self.bases.push(basis);
        }
    }
    /// All entries.
    pub fn entries(&self) -> &[ConsentEntry] {
        &self.entries
    }
    /// Who must not know.
    pub fn withheld(&self) -> &[Withheld] {
        &self.withheld
    }
    /// The legal bases.
    pub fn bases(&self) -> &[BasisRecord] {
        &self.bases
    }
    /// Whether this recipient must not know.
    pub fn is_withheld_from(&self, recipient: &str) -> bool {
        self.withheld.iter().any(|held| held.from == recipient)
    }
    /// What stands for a line (C4: for one recipient). A withdrawal stays, even if an older copy with a yes is added later:
    /// who takes it back and agrees again does so in a new session.
    pub fn standing(&self, line: ConsentLine, recipient: Option<&str>) -> Option<ConsentValue> {
        let about =
            || self.entries.iter().filter(|entry| entry.line == line && entry.recipient.as_deref() == recipient);
        if about().any(|entry| entry.value == ConsentValue::Withdrawn) {
            return Some(ConsentValue::Withdrawn);
        }
        about().next_back().map(|entry| entry.value)
    }
    /// Whether the person agrees to a line.
    pub fn agrees(&self, line: ConsentLine, recipient: Option<&str>) -> bool {
        self.standing(line, recipient) == Some(ConsentValue::Yes)
    }
    /// When a line was taken back.
    pub fn withdrawn_at(&self, line: ConsentLine, recipient: Option<&str>) -> Option<Timestamp> {
        let about = |entry: &&ConsentEntry| {
            entry.line == line && entry.recipient.as_deref() == recipient && entry.value == ConsentValue::Withdrawn
        };
        self.entries.iter().filter(about).map(|entry| entry.at).min()
    }
    /// The fields this recipient may get: those of the last yes that still stands.
    pub fn data_set(&self, recipient: &str) -> BTreeSet<String> {
        if !self.agrees(ConsentLine::C4, Some(recipient)) {
            return BTreeSet::new();
        }
        let about =
            |entry: &&ConsentEntry| entry.line == ConsentLine::C4 && entry.recipient.as_deref() == Some(recipient);
        let last = self.entries.iter().rfind(about);
        last.and_then(|entry| entry.data_set.clone()).into_iter().flatten().collect()
    }
    /// Adds what another copy of this ledger holds and this one does not.
    pub fn merge(&mut self, other: &Self) {
        for entry in &other.entries {
            if !self.entries.contains(entry) {
                self.entries.push(entry.clone());
            }
        }
        // Times are rounded: of two words at one moment the copies may know the order differently, and have to agree on one.
        // The narrower of two sets of fields comes last, and holds.
        self.entries.sort_by_key(|entry| {
            let fields = entry.data_set.as_ref().map_or(0, Vec::len);
            (entry.at, entry.line, entry.value, entry.recipient.clone(), Reverse(fields), entry.data_set.clone())
        });
        other.withheld.iter().for_each(|held| self.withhold(held.clone()));
        self.withheld.sort();
        other.bases.iter().for_each(|basis| self.rely_on(basis.clone()));
        self.bases.sort_by_key(|basis| (basis.at, basis.basis as u8));
    }
}
