//! What an event in the life of a device does to what it holds. Pure; vault and app carry the plan out and do nothing else.

use crate::planted::{self, Fault};

/// What becomes of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Stays as it is.
    Keep,
    /// Is renamed, kept and reported; a new one may stand beside it.
    SetAside,
    /// Is destroyed.
    Destroy,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Plan {
    /// The encrypted database and the keys that read it.
    pub vault: Fate,
    /// Sealed items that were not receipted.
    pub outbox: Fate,
    /// Whether sealing goes on in a new epoch, so that no number is used twice.
    pub new_epoch: bool,
    /// Whether reading is locked until HQ or the worker opens it.
    pub lock: bool,
}

const NOTHING: Plan = Plan { vault: Fate::Keep, outbox: Fate::Keep, new_epoch: false, lock: false };

/// Why a store did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenFailure {
    /// A file is damaged or missing.
    Damaged,
    /// The key store does not answer. Never counted as a wrong secret.
    KeyUnavailable,
    /// Written by a newer version.
    Newer,
    /// The storage cannot be read at present.
    Io,
}

/// Something that happened to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// A store did not open.
    OpenFailed(OpenFailure),
    /// Another worker signs in.
    WorkerChanged,
    /// The worker signs out.
    SignedOut,
    /// The copy is not the one the key store's mark was made for: restored from a backup, or cloned.
    Restored,
    /// HQ does not take this device's records any more.
    Revoked,
    /// A wipe: panic, too many guesses, duress, or HQ's order.
    Wiped {
        /// The order says "everything".
        everything: bool,
    },
    /// No contact with HQ for the time of the lease.
    LeaseOver,
}

/// The plan for what happened. Only a wipe destroys, and only one that says "everything" takes what was not sent.
pub fn plan(turn: Turn) -> Plan {
    match turn {
        Turn::OpenFailed(OpenFailure::Damaged) if planted::is(Fault::RecreateOnOpen) => {
            Plan { vault: Fate::Destroy, outbox: Fate::Destroy, ..NOTHING }
        }
        Turn::OpenFailed(OpenFailure::Damaged) => Plan { vault: Fate::SetAside, new_epoch: true, ..NOTHING },
        Turn::OpenFailed(OpenFailure::KeyUnavailable | OpenFailure::Newer | OpenFailure::Io) => {
            Plan { lock: true, ..NOTHING }
        }
        Turn::WorkerChanged if planted::is(Fault::WorkerChangeClears) => Plan { outbox: Fate::Destroy, ..NOTHING },
        Turn::WorkerChanged | Turn::SignedOut => NOTHING,
        Turn::Restored => Plan { new_epoch: !planted::is(Fault::NumberReusedAfterRestore), ..NOTHING },
        Turn::Revoked | Turn::LeaseOver => Plan { lock: true, ..NOTHING },
        Turn::Wiped { everything } => {
            let all = everything || planted::is(Fault::WipeTakesOutbox);
            let outbox = if all { Fate::Destroy } else { Fate::Keep };
            Plan { vault: Fate::Destroy, outbox, new_epoch: true, lock: true }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_order_for_everything_takes_the_outbox() {
        let failures = [OpenFailure::Damaged, OpenFailure::KeyUnavailable, OpenFailure::Newer, OpenFailure::Io];
        let quiet = [Turn::WorkerChanged, Turn::SignedOut, Turn::Restored, Turn::Revoked, Turn::LeaseOver];
        for turn in failures.map(Turn::OpenFailed).into_iter().chain(quiet) {
            let plan = plan(turn);
            assert_eq!(plan.outbox, Fate::Keep, "{turn:?}");
            assert_ne!(plan.vault, Fate::Destroy, "{turn:?}");
        }
        assert_eq!(plan(Turn::Wiped { everything: false }).outbox, Fate::Keep);
        assert_eq!(plan(Turn::Wiped { everything: true }).outbox, Fate::Destroy);
        assert!(plan(Turn::Restored).new_epoch);
    }
}
