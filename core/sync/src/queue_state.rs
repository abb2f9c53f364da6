//! The states of a queued item and what moves it from one to the next (sync design 3.6). Pure: who calls keeps the result in
//! the transaction that did what the event says.

use wayside_model::Timestamp;

use crate::SyncClass;
use crate::planted::{self, Fault};

/// Why an item waits for a person or a better link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hold {
    /// The link costs money or is weak, and the item is large (P4).
    Metered,
    /// The worker asked for it.
    Worker,
    /// The battery is low.
    Battery,
}

/// What is missing before an item can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// The item it refers to has not gone.
    Parent,
    /// The recipient has no key.
    Key,
    /// The relay does not accept this device.
    Credential,
}

/// Why an item is not tried again by itself. It is kept, shown and can leave by a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quarantine {
    /// The relay or HQ refuses this item for good.
    Refused,
    /// The program ended three times with this item in hand.
    Poison,
    /// Its bytes or their place are not what they should be.
    Integrity,
}

/// Where an item is. There is no state that means "given up".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// An interview that is not finished.
    Draft,
    /// Finished: envelope, number and row are kept in one commit.
    Sealed,
    /// Ready to be sent.
    Queued,
    /// On its way. The offset is a hint; the receiver is asked after a cut.
    Sending {
        /// Bytes the receiver is thought to have.
        offset: u64,
    },
    /// The relay has it.
    RelayStored {
        /// Which life of the relay; a restored relay begins another.
        relay_epoch: u32,
        /// Since when.
        at: Timestamp,
    },
    /// HQ opened it and gave a receipt for exactly these bytes.
    HqAcked {
        /// Since when.
        at: Timestamp,
    },
    /// The bytes are gone from the device; id, hash and this state stay.
    Purged,
    /// Tried again after this moment.
    Backoff {
        /// Until when.
        until: Timestamp,
        /// Why.
        class: SyncClass,
    },
    /// Waits for a person or a better link.
    Held(Hold),
    /// Waits for something else.
    Blocked(Block),
    /// Waits for a person's decision; never deleted.
    Quarantined(Quarantine),
    /// A newer attempt took its place.
    Superseded,
    /// Its case was erased: the content is gone, the id stays.
    Erased,
}

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Happening {
    /// The interview was finished.
    Finished,
    /// The scheduler saw it.
    Scheduled,
    /// Bytes went out.
    Sent {
        /// Bytes the receiver is thought to have.
        offset: u64,
    },
    /// The relay named the hash of these bytes.
    RelayHas {
        /// Which life of the relay.
        relay_epoch: u32,
        /// When.
        at: Timestamp,
    },
    /// A receipt of HQ that verified, for this number and hash.
    HqHas {
        /// When.
        at: Timestamp,
    },
    /// The time to look back is over.
    GraceOver,
    /// A failure that passes.
    Failed {
        /// When to try again.
        until: Timestamp,
        /// Why.
        class: SyncClass,
    },
    /// To be held.
    Hold(Hold),
    /// What held or blocked it is over, or its time has come.
    Release,
    /// Something is missing.
    Block(Block),
    /// To be shown to a person.
    Quarantine(Quarantine),
    /// A person or an update says: try again.
    Retry,
    /// The relay has had it for long without a word of HQ, or begins a new life.
    Stale,
    /// A newer attempt takes its place.
    Supersede,
    /// Its case is erased.
    Erase,
    /// The program starts.
    Restart,
}

/// The state after `happening`, or `None` where it does not apply: then nothing changes.
///
/// Only HQ's receipt leads to [`State::HqAcked`], and only from there a path leads to [`State::Purged`].
pub fn next(state: State, happening: Happening) -> Option<State> {
    use Happening as H;
    use State as S;
    let waits = matches!(
        state,
        S::Sealed
            | S::Queued
            | S::Sending { .. }
            | S::RelayStored { .. }
            | S::Backoff { .. }
            | S::Held(_)
            | S::Blocked(_)
    );
    match happening {
        H::Finished => matches!(state, S::Draft).then_some(S::Sealed),
        H::Scheduled => matches!(state, S::Sealed).then_some(S::Queued),
        H::Sent { offset } => {
            matches!(state, S::Queued | S::Sending { .. } | S::Backoff { .. }).then_some(S::Sending { offset })
        }
        H::RelayHas { relay_epoch, at } => waits.then_some(S::RelayStored { relay_epoch, at }),
        // A receipt counts whatever was thought of the item: a quarantined one may have gone by a bundle.
        H::HqHas { at } => (waits || matches!(state, S::Quarantined(_))).then_some(S::HqAcked { at }),
        H::GraceOver => matches!(state, S::HqAcked { .. }).then_some(S::Purged),
        H::Failed { until, class } => {
            matches!(state, S::Queued | S::Sending { .. } | S::Backoff { .. }).then_some(S::Backoff { until, class })
        }
        H::Hold(why) => matches!(state, S::Queued | S::Sending { .. } | S::Backoff { .. }).then_some(S::Held(why)),
        H::Release => matches!(state, S::Held(_) | S::Blocked(_) | S::Backoff { .. }).then_some(S::Queued),
        H::Block(why) => matches!(state, S::Queued | S::Sending { .. } | S::Backoff { .. }).then_some(S::Blocked(why)),
        H::Quarantine(why) => waits.then_some(S::Quarantined(why)),
        H::Retry => matches!(state, S::Quarantined(_) | S::Held(_) | S::Blocked(_)).then_some(S::Queued),
        H::Stale => matches!(state, S::RelayStored { .. }).then_some(S::Queued),
        H::Supersede => waits.then_some(S::Superseded),
        // What is on its way still goes: the chain cannot be followed without it, and HQ destroys the content unseen.
        H::Erase => matches!(state, S::Draft | S::HqAcked { .. } | S::Purged | S::Superseded).then_some(S::Erased),
        // What was in the air is asked for again; a wait is computed anew.
        H::Restart => matches!(state, S::Sealed | S::Sending { .. } | S::Backoff { .. }).then_some(S::Queued),
    }
}

/// What a screen may say of an item. The words never run ahead of the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// Not finished.
    Draft,
    /// On this device, not sent.
    OnThisDevice,
    /// The relay has it; HQ may not.
    HandedOver,
    /// HQ has it.
    HqHasIt,
    /// A person has to decide.
    NeedsYou,
    /// Erased by order.
    Erased,
}

/// The word for a state.
pub fn word(state: State) -> Word {
    match state {
        State::Draft => Word::Draft,
        State::RelayStored { .. } if planted::is(Fault::RelayShownAsHq) => Word::HqHasIt,
        State::RelayStored { .. } => Word::HandedOver,
        State::HqAcked { .. } | State::Purged => Word::HqHasIt,
        State::Quarantined(_) => Word::NeedsYou,
        State::Erased => Word::Erased,
        State::Sealed
        | State::Queued
        | State::Sending { .. }
        | State::Backoff { .. }
        | State::Held(_)
        | State::Blocked(_)
        | State::Superseded => Word::OnThisDevice,
    }
}
