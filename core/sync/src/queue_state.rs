//! The states of a queued item and what moves it from one to the next (sync design 3.6). Pure: who calls keeps the result in
//! the transaction that did what the event says.

use minicbor::{Decode, Encode};
use wayside_model::Timestamp;

use crate::SyncClass;
use crate::planted::{self, Fault};

/// Why an item waits for a person or a better link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Hold {
    /// The link costs money or is weak, and the item is large (P4).
    #[n(0)]
    Metered,
    /// The worker asked for it.
    #[n(1)]
    Worker,
    /// The battery is low.
    #[n(2)]
    Battery,
}

/// What is missing before an item can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Block {
    /// The item it refers to has not gone.
    #[n(0)]
    Parent,
    /// The recipient has no key.
    #[n(1)]
    Key,
    /// The relay does not accept this device.
    #[n(2)]
    Credential,
}

/// Why an item is not tried again by itself. It is kept, shown and can leave by a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Quarantine {
    /// The relay or HQ refuses this item for good.
    #[n(0)]
    Refused,
    /// The program ended three times with this item in hand.
    #[n(1)]
    Poison,
    /// Its bytes or their place are not what they should be.
    #[n(2)]
    Integrity,
}

/// Where an item is. There is no state that means "given up".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum State {
    /// An interview that is not finished.
    #[n(0)]
    Draft,
    /// Finished: envelope, number and row are kept in one commit.
    #[n(1)]
    Sealed,
    /// Ready to be sent.
    #[n(2)]
    Queued,
    /// On its way. The offset is a hint; the receiver is asked after a cut.
    #[n(3)]
    Sending {
        /// Bytes the receiver is thought to have.
        #[n(0)]
        offset: u64,
    },
    /// The relay has it.
    #[n(4)]
    RelayStored {
        /// Which life of the relay; a restored relay begins another.
        #[n(0)]
        relay_epoch: u32,
        /// Since when.
        #[n(1)]
        at: Timestamp,
    },
    /// HQ opened it and gave a receipt for exactly these bytes.
    #[n(5)]
    HqAcked {
        /// Since when.
        #[n(0)]
        at: Timestamp,
    },
    /// The bytes are gone from the device; id, hash and this state stay.
    #[n(6)]
    Purged,
    /// Tried again after this moment.
    #[n(7)]
    Backoff {
        /// Until when.
        #[n(0)]
        until: Timestamp,
        /// Why.
        #[n(1)]
        class: SyncClass,
    },
    /// Waits for a person or a better link.
    #[n(8)]
    Held(#[n(0)] Hold),
    /// Waits for something else.
    #[n(9)]
    Blocked(#[n(0)] Block),
    /// Waits for a person's decision; never deleted.
    #[n(10)]
    Quarantined(#[n(0)] Quarantine),
    /// A newer attempt took its place.
    #[n(11)]
    Superseded,
    /// Its case was erased: the content is gone, the id stays.
    #[n(12)]
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
        // A receipt counts whatever was thought of the item: a quarantined one may have gone by a bundle, and what a newer
        // checkpoint covers is vouched for.
        H::HqHas { at } => (waits || matches!(state, S::Quarantined(_) | S::Superseded)).then_some(S::HqAcked { at }),
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
