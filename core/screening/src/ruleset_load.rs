//! Reading a rule set. Whatever is wrong is refused with its place, and the rule set before stays in use.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserializer;
use serde::de::{Error, MapAccess, Visitor};

use crate::error::Shown;
use crate::ruleset::Document;
use crate::{RuleSet, ScreeningError, Weight, ruleset_check, ruleset_graph};

/// Longest rule set that is read, in bytes. The built-in one has less than a tenth of it.
const LONGEST: usize = 1 << 20;

impl RuleSet {
    /// Reads and checks a rule set.
    ///
    /// # Errors
    /// `ruleset.malformed` with line and column, or with the place in the document.
    pub fn from_json(text: &str) -> Result<Self, ScreeningError> {
        if text.len() > LONGEST {
            return Err(ScreeningError::RuleSetSyntax { line: 0, column: 0, problem: "longer than 1 MiB".to_owned() });
        }
        let document: Document = serde_json::from_str(text).map_err(|error| ScreeningError::RuleSetSyntax {
            line: error.line(),
            column: error.column(),
            problem: error.to_string(),
        })?;
        ruleset_check::check(&document)?;
        let order = ruleset_graph::order(&document)?;
        Ok(Self { document, order })
    }

    /// Reads the rule set that is to take the place of this one. On an error this one stays in use.
    ///
    /// # Errors
    /// As [`Self::from_json`]; `ruleset.unknown` for another rule set's text; `ruleset.downgrade` for a lower version, or
    /// for another text under the version that is held.
    pub fn successor(&self, text: &str) -> Result<Self, ScreeningError> {
        let next = Self::from_json(text)?;
        if next.id() != self.id() {
            return Err(ScreeningError::ProfileUnknown(Shown::new(next.id())));
        }
        // Equal text is no change; serialising compares content and not white space.
        let same = || serde_json::to_value(&next.document).ok() == serde_json::to_value(&self.document).ok();
        if next.version() < self.version() || (next.version() == self.version() && !same()) {
            return Err(ScreeningError::RuleSetDowngrade { held: self.version(), offered: next.version() });
        }
        Ok(next)
    }
}

/// Weights of an indicator, refusing a profile that is named twice: two weights would contradict each other, and the last
/// one would win in silence.
pub(crate) fn no_key_twice<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Weight>, D::Error> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = BTreeMap<String, Weight>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a weight for each profile")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Self::Value, A::Error> {
            let mut weights = BTreeMap::new();
            while let Some((profile, weight)) = pairs.next_entry::<String, Weight>()? {
                if weights.contains_key(&profile) {
                    return Err(A::Error::custom("a profile has two weights"));
                }
                weights.insert(profile, weight);
            }
            Ok(weights)
        }
    }
    from.deserialize_map(Pairs)
}
