//! Which protections each search has to miss.

#[cfg(feature = "planted")]
pub(crate) use planted::{arguments, give_back, of, take_away};

#[cfg(feature = "planted")]
mod planted {
    use std::sync::Mutex;

    use wayside_vault::planted::{Weakness, plant};

    /// The search, a name for its protection, and what the vault is without it.
    const ALL: [(&str, &str, Weakness); 14] = [
        ("scan", "database key", Weakness::Unkeyed),
        ("tamper", "record seal", Weakness::NoRecordSeal),
        ("rollback", "head file", Weakness::HeadIgnored),
        ("kill", "commit before acknowledging", Weakness::EarlyAcknowledge),
        ("powercut", "full syncs", Weakness::NormalSync),
        ("iofault", "write errors", Weakness::WriteErrorSwallowed),
        ("erase", "secure delete in the index", Weakness::SearchKeepsDeleted),
        ("keystore", "errors of their own", Weakness::KeyStoreErrorIsWrongSecret),
        ("keystore", "taking back what was no guess", Weakness::FaultCountsAsGuess),
        ("keystore", "counting before looking", Weakness::GuessCountedLate),
        ("keystore", "writing on every path", Weakness::WritingTells),
        ("keystore", "equal work on every path", Weakness::DecoyCostsMore),
        ("memory", "wiping at lock", Weakness::KeyKeptAfterLock),
        ("handoff", "shredding of case keys", Weakness::CaseKeyKept),
    ];

    static TAKEN: Mutex<Option<&str>> = Mutex::new(None);

    /// The protections that the search of this name is for.
    pub(crate) fn of(search: &str) -> impl Iterator<Item = &'static str> {
        ALL.iter().filter(move |(name, ..)| *name == search).map(|(_, protection, _)| *protection)
    }

    /// Takes a protection away, here and in every process that is started from now on.
    pub(crate) fn take_away(protection: &str) {
        let (_, name, weakness) = ALL.iter().find(|(_, name, _)| *name == protection).unwrap();
        plant(Some(*weakness));
        *TAKEN.lock().unwrap() = Some(name);
    }

    /// Puts it back.
    pub(crate) fn give_back() {
        plant(None);
        *TAKEN.lock().unwrap() = None;
    }

    /// Arguments that take the same protection away in a process that is started now.
    pub(crate) fn arguments() -> Vec<String> {
        TAKEN.lock().unwrap().map(|name| vec!["--plant".to_owned(), name.to_owned()]).unwrap_or_default()
    }
}

#[cfg(not(feature = "planted"))]
mod whole {
    const MISSING: &str = "this build has no weaknesses to plant: use `cargo xtask faults … --planted`";

    pub(crate) fn of(_: &str) -> std::iter::Empty<&'static str> {
        panic!("{MISSING}")
    }
    pub(crate) fn take_away(_: &str) {
        panic!("{MISSING}")
    }
    pub(crate) const fn give_back() {}
    pub(crate) const fn arguments() -> Vec<String> {
        Vec::new()
    }
}
#[cfg(not(feature = "planted"))]
pub(crate) use whole::{arguments, give_back, of, take_away};
