//! `regex`: the whole text must fit, as ODK's documentation says. Patterns are Java's or JavaScript's, so look-around and
//! back-references occur; they run with a limit on backtracking.

use std::cell::RefCell;
use std::collections::HashMap;

use fancy_regex::{Regex, RegexBuilder};

use crate::error::Problem;

/// Steps back before a pattern is given up.
const BACKTRACKS: usize = 100_000;
/// What a pattern that may go back counts as, in nodes looked at.
pub(crate) const COSTLY: usize = BACKTRACKS;
/// Bytes a compiled pattern may take.
const SIZE: usize = 1 << 20;
/// Compiled patterns kept per thread. A form has few; a hostile one makes the store start again.
const KEPT: usize = 64;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::new(HashMap::new());
}

pub(crate) fn matches_whole(text: &str, pattern: &str) -> Result<bool, Problem> {
    COMPILED.with_borrow_mut(|store| {
        if store.len() >= KEPT && !store.contains_key(pattern) {
            store.clear();
        }
        let compiled = store.entry(pattern.to_owned()).or_insert_with(|| compile(pattern));
        let regex = compiled.as_ref().ok_or(Problem::Regex)?;
        regex.is_match(text).map_err(|_| Problem::Regex)
    })
}

/// Look-around and back-references are found by trying; all other patterns take a time that grows with the text alone.
pub(crate) fn may_go_back(pattern: &str) -> bool {
    let is_reference = |pair: &[u8]| pair[0] == b'\\' && (pair[1].is_ascii_digit() || pair[1] == b'k');
    let special = ["(?=", "(?!", "(?<", "(?>", "(?P=", "(?("].iter().any(|part| pattern.contains(part));
    special || pattern.as_bytes().windows(2).any(is_reference)
}

fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).backtrack_limit(BACKTRACKS).delegate_size_limit(SIZE).build().ok()
}
