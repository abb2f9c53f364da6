//! Weaknesses that the project's own fault searches switch on, one at a time, to show that they would find it. They exist
//! only with the feature `planted`, and even then do nothing until [`plant`] is called. An app never has the feature.

/// One protection taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "planted"), expect(unreachable_pub, reason = "without the feature nobody chooses one"))]
pub enum Weakness {
    /// The database is not encrypted.
    Unkeyed,
    /// Records are stored without a seal of their own.
    NoRecordSeal,
    /// The head file is not compared.
    HeadIgnored,
    /// Whether this copy was the last to be opened is not asked.
    LifeIgnored,
    /// Steps are acknowledged before they are committed.
    EarlyAcknowledge,
    /// Commits are not synced.
    NormalSync,
    /// An error of the storage is taken for success.
    WriteErrorSwallowed,
    /// An item that could not be written counts as kept in the outbox.
    OutboxErrorSwallowed,
    /// The search index keeps what was deleted.
    SearchKeepsDeleted,
    /// A key store that fails counts as a wrong secret.
    KeyStoreErrorIsWrongSecret,
    /// A guess stays counted although the key store failed before anything was looked at.
    FaultCountsAsGuess,
    /// A guess is counted when its answer is known.
    GuessCountedLate,
    /// The slot file is written only where it has changed.
    WritingTells,
    /// A slot that leads to a decoy costs more work than another.
    DecoyCostsMore,
    /// Locking leaves the keys in memory.
    KeyKeptAfterLock,
    /// The key of a case stays after the case was erased.
    CaseKeyKept,
}

#[cfg(feature = "planted")]
mod chosen {
    use super::Weakness;
    use std::sync::Mutex;

    static CHOSEN: Mutex<Option<Weakness>> = Mutex::new(None);

    /// Takes one protection away, for the rest of the process; `None` gives it back.
    pub fn plant(weakness: Option<Weakness>) {
        *CHOSEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = weakness;
    }

    pub(crate) fn is(weakness: Weakness) -> bool {
        *CHOSEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(weakness)
    }
}
#[cfg(feature = "planted")]
pub(crate) use chosen::is;
#[cfg(feature = "planted")]
pub use chosen::plant;

#[cfg(not(feature = "planted"))]
pub(crate) const fn is(_: Weakness) -> bool {
    false
}
