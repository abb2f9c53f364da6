//! Faults that can be planted on the shipping path, one at a time, so that the simulator can show that it finds them.
//!
//! Only the feature `planted` brings the switch in. Without it [`is`] is a constant `false` and every planted line is gone
//! from the program; the packages for phones are built without it.

macro_rules! faults {
    ($($name:ident $word:literal $doc:literal;)+) => {
        /// A fault seen in other software of this kind (sync design, section 1), or close to one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(not(feature = "planted"), allow(dead_code, unreachable_pub, reason = "switched on in the simulator only"))]
        pub enum Fault { $(#[doc = $doc] $name,)+ }

        #[cfg(feature = "planted")]
        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
            /// The name shown to people.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

faults! {
    NotFoundDeletes "404 deletes" "An answer with status 404 removes the item.";
    RefusalDeletes "any 4xx deletes" "An answer with any status from 400 to 499 removes the item.";
    EqualBodiesCollapse "equal bodies collapse" "Two events with the same content count as one.";
    ReceiptByEnd "receipt by end only" "A receipt counts for all numbers up to its last.";
    ReceiptForOtherBytes "receipt for other bytes accepted" "A receipt counts without a look at the hash.";
    RecreateOnOpen "recreate on open" "What does not open is made anew.";
    TombstoneResurrected "tombstone resurrected" "What was removed comes back with a late copy of its addition.";
    EditBeatsErasure "edit beats erasure" "An event after an erasure brings the case back.";
    UnknownStatusPermanent "520 permanent" "A status of the 5xx range that is not known counts as a refusal for good.";
    ThreeTries "three tries then silence" "After three failures an item is never tried again, and nothing shows it.";
    PortalIsSuccess "portal HTML = success" "Any answer with status 200 counts as the relay's.";
    WorkerChangeClears "queue cleared on worker change" "When another worker signs in, the queue is emptied.";
    NumberReusedAfterRestore "sequence reused after restore" "A restored copy goes on with the numbers of its time.";
    AttachmentFromZero "attachment restarts at 0" "After a cut a large item is sent again from its first byte.";
    ConsentByLastWrite "consent by last write" "Of concurrent consents the latest clock wins.";
    WarningByLastWrite "safety warning by last write" "Of concurrent safety warnings the latest clock wins.";
    RelayShownAsHq "relay's acknowledgement shown as HQ's" "What the relay has is shown as if HQ had it.";
    PoisonBlocks "a poison item blocks" "An item that keeps failing is tried again before all others.";
    PhotoBeforeUrgent "photo before P0" "The largest item goes first.";
    WipeTakesOutbox "wipe takes the outbox" "A wipe destroys what was not sent.";
    CarrierDropsOnRelay "carrier drops on the relay's word" "What is carried for others goes once the relay has it.";
    NeighbourIsRelay "a neighbour counts as the relay" "What a neighbour carries counts as handed over.";
}

#[cfg(feature = "planted")]
mod switch {
    use super::Fault;
    use std::cell::Cell;

    thread_local! {
        static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
    }

    /// Plants a fault for this thread, or none.
    pub fn plant(fault: Option<Fault>) {
        PLANTED.set(fault);
    }

    pub(crate) fn is(fault: Fault) -> bool {
        PLANTED.get() == Some(fault)
    }
}

#[cfg(feature = "planted")]
pub(crate) use switch::is;
#[cfg(feature = "planted")]
pub use switch::plant;

#[cfg(not(feature = "planted"))]
pub(crate) const fn is(_: Fault) -> bool {
    false
}
