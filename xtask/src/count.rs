//! How many tests ran, read from what each runner prints at its end.
use crate::failure::Failure;
use std::iter::Sum;
use std::ops::Add;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Add for Count {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Add::add)
    }
}

impl Count {
    /// `test result: ok. 12 passed; 0 failed; …`, once for each test program.
    pub(crate) fn of_cargo(text: &str) -> Self {
        let lines = text.lines().map(str::trim_start).filter(|l| l.starts_with("test result:"));
        lines.map(|l| Self { passed: before(l, " passed"), failed: before(l, " failed") }).sum()
    }

    /// The last line of pytest: `=== 1 failed, 12 passed, 1 error in 0.42s ===`.
    pub(crate) fn of_pytest(text: &str) -> Self {
        let closing =
            |l: &&str| (l.contains(" passed") || l.contains(" failed") || l.contains(" error")) && l.contains(" in ");
        let line = text.lines().rev().find(closing).unwrap_or_default();
        Self { passed: before(line, " passed"), failed: before(line, " failed") + before(line, " error") }
    }

    /// The total of Maven's Surefire, once for each module: `Tests run: 9, Failures: 0, Errors: 0, Skipped: 0`.
    pub(crate) fn of_surefire(text: &str) -> Self {
        let totals = text.lines().filter(|l| l.contains("Tests run:") && !l.contains("Time elapsed"));
        let total = |line: &str| {
            let failed = after(line, "Failures: ") + after(line, "Errors: ");
            let run = after(line, "Tests run: ");
            Self { passed: run.saturating_sub(failed + after(line, "Skipped: ")), failed }
        };
        totals.map(total).sum()
    }

    /// The closing lines of JUnit 4: `OK (7 tests)`, or `Tests run: 7,  Failures: 1`.
    pub(crate) fn of_junit4(text: &str) -> Self {
        let line = |l: &&str| l.starts_with("OK (") || l.starts_with("Tests run: ");
        let Some(line) = text.lines().rev().find(line) else { return Self::default() };
        let (run, failed) = (after(line, "OK (") + after(line, "Tests run: "), after(line, "Failures: "));
        Self { passed: run.saturating_sub(failed), failed }
    }

    /// XCTest's line for each test: `Test Case 'ScenarioTests.testRefusal' passed (0.5 seconds)`. Its totals count
    /// assertions, and once for each suite, so they are not used.
    pub(crate) fn of_xctest(text: &str) -> Self {
        let ended = |how: &str| {
            let line = |l: &&str| l.trim_start().starts_with("Test Case '") && l.contains(how);
            text.lines().filter(line).count() as u64
        };
        Self { passed: ended("' passed ("), failed: ended("' failed (") }
    }

    /// A runner that ran nothing proves nothing.
    pub(crate) fn or_zero_fails(self, runner: &str) -> Result<Self, Failure> {
        if self.passed + self.failed == 0 {
            return Err(Failure(format!("The {runner} runner ran no test at all.")));
        }
        Ok(self)
    }
}

/// The number just before a word.
fn before(line: &str, word: &str) -> u64 {
    line.split_once(word).map_or(0, |(head, _)| last_number(head))
}

/// The number just after a word.
fn after(line: &str, word: &str) -> u64 {
    let Some((_, tail)) = line.split_once(word) else { return 0 };
    let digits: String = tail.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn last_number(text: &str) -> u64 {
    text.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|d| d.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: u64, failed: u64) -> Count {
        Count { passed, failed }
    }

    #[test]
    fn cargo_is_summed_over_all_programs() {
        let text = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                    test result: FAILED. 10 passed; 2 failed; 0 ignored\n";
        assert_eq!(Count::of_cargo(text), count(13, 2));
    }

    #[test]
    fn pytest_counts_errors_as_failures() {
        assert_eq!(Count::of_pytest("====== 12 passed in 0.42s ======\n"), count(12, 0));
        assert_eq!(Count::of_pytest("2 failed, 12 passed, 1 skipped, 1 error in 0.42s\n"), count(12, 3));
        assert_eq!(Count::of_pytest("no tests ran in 0.01s\n"), count(0, 0));
    }

    #[test]
    fn surefire_takes_the_totals_and_not_the_classes() {
        let text = "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1.2 s -- in A\n\
                    [ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 1.2 s <<< FAILURE! -- in B\n\
                    [ERROR] Tests run: 9, Failures: 1, Errors: 1, Skipped: 1\n\
                    [INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0\n";
        assert_eq!(Count::of_surefire(text), count(11, 2));
    }

    #[test]
    fn junit_4_says_how_many_at_its_end() {
        assert_eq!(Count::of_junit4("JUnit version 4.13.2\n...\nTime: 3.2\n\nOK (7 tests)\n\n"), count(7, 0));
        assert_eq!(Count::of_junit4("FAILURES!!!\nTests run: 7,  Failures: 2\n"), count(5, 2));
    }

    #[test]
    fn xctest_counts_each_test_once() {
        let text = "Test Case 'A.testOne' started at 2026-01-01\nTest Case 'A.testOne' passed (0.5 seconds)\n\
                    A.swift:3: error: A.testTwo : failed\nA.swift:4: error: A.testTwo : failed\n\
                    Test Case 'A.testTwo' failed (0.5 seconds)\nTest Case 'A.testThree' skipped (0.1 seconds)\n\
                    \t Executed 3 tests, with 1 test skipped and 2 failures (0 unexpected) in 0.5 (0.5) seconds\n";
        assert_eq!(Count::of_xctest(text), count(1, 1));
    }

    #[test]
    fn nothing_run_is_a_failure() {
        for text in ["", "error: no such module", "BUILD SUCCESS"] {
            for read in [Count::of_cargo, Count::of_pytest, Count::of_surefire, Count::of_junit4, Count::of_xctest] {
                assert!(read(text).or_zero_fails("any").is_err());
            }
        }
        assert!(count(0, 1).or_zero_fails("any").is_ok());
    }
}
