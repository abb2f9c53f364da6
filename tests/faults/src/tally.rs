//! Counting cases and what was bad in them.

/// What a search has seen.
#[derive(Default)]
pub(crate) struct Tally {
    cases: usize,
    bad: usize,
    examples: Vec<String>,
    notes: Vec<String>,
}

impl Tally {
    /// Counts a case; `bad` says what is wrong with it.
    pub(crate) fn case(&mut self, bad: Option<String>) {
        self.cases += 1;
        if let Some(what) = bad {
            self.bad += 1;
            if self.examples.len() < 5 {
                self.examples.push(what);
            }
        }
    }

    /// Counts a case that is bad unless `good`.
    pub(crate) fn check(&mut self, good: bool, what: impl FnOnce() -> String) {
        self.case((!good).then(what));
    }

    /// A figure to print before the result.
    pub(crate) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Prints the result. Whether it is the one that was wanted: nothing bad, or something if a protection was taken away.
    pub(crate) fn ends_well(&self, name: &str, without: Option<&str>) -> bool {
        self.notes.iter().for_each(|note| println!("  {note}"));
        self.examples.iter().for_each(|example| println!("  bad: {example}"));
        let end = match without {
            None => String::new(),
            Some(protection) if self.bad > 0 => format!(": without {protection}, and found"),
            Some(protection) => format!(": without {protection}, and NOT found"),
        };
        println!("{name}: {} cases, {} bad{end}", self.cases, self.bad);
        self.cases > 0 && (self.bad > 0) == without.is_some()
    }
}
