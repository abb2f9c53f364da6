//! How often each fault, state and class of failure occurred. A zero means that the run proved nothing about it.

use std::collections::BTreeMap;

macro_rules! faults {
    ($($name:ident $place:ident $word:literal;)+) => {
        /// The fault matrix (sync design 3.10): faults of the link, and faults of the places at its ends.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Fault { $($name,)+ }
        impl Fault {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)+];
            pub(crate) const fn word(self) -> &'static str { match self { $(Self::$name => $word,)+ } }
            const fn is_link(self) -> bool { match self { $(Self::$name => faults!(@ $place),)+ } }
        }
    };
    (@ link) => { true };
    (@ place) => { false };
}

faults! {
    Drop link "request dropped";
    DropReply link "reply dropped";
    Duplicate link "request delivered twice";
    Reorder link "an older request delivered again";
    TruncateUp link "request cut off";
    TruncateDown link "reply cut off";
    FlipUp link "bit flipped in a request";
    FlipDown link "bit flipped in a reply";
    Html link "HTML instead of a reply";
    Unknown5xx link "status 520 and its like";
    Known5xx link "status 500 to 511, 408, 425, 429";
    Known4xx link "status 4xx with the relay's code";
    Strange4xx link "status 404 or another 4xx with an unknown code";
    WrongPeer link "wrong certificate";
    WrongHash link "answer that names other bytes";
    Gap link "control entries with a gap";
    Kill place "program killed";
    KillInFinish place "program killed between outbox and commit";
    StorageFull place "storage full";
    StorageIo place "storage cannot be read";
    TornWrite place "last write torn";
    Damaged place "vault damaged at open";
    KeyStore place "key store silent";
    Clock place "clock off by up to ten years";
    Backup place "backup taken";
    Restore place "backup restored";
    Clone place "phone cloned";
    WorkerChange place "another worker signs in";
    SameIdTwice place "other bytes under a known id at the relay";
    Forged place "item of another author under a device's name";
    OldReceipt place "receipt for other bytes";
    Poison place "an item ends the program";
    SickItem place "the relay fails for one item";
    RelayRestored place "relay restored from an old copy";
    Metered place "metered link";
    MissingKey place "recipient without a key";
    Update place "a person or an update retries";
    ReadAgain place "the desk reads its relays again from the start";
    CarrierLoses place "carrier loses half";
    CarrierSpoils place "carrier brings spoiled bytes";
    CarrierRepeats place "carrier brings everything again";
}

impl Fault {
    pub(crate) const OF_PLACES: &'static [Self] = &Self::places();

    const fn count_places() -> usize {
        let (mut count, mut at) = (0, 0);
        while at < Self::ALL.len() {
            count += if Self::ALL[at].is_link() { 0 } else { 1 };
            at += 1;
        }
        count
    }
    const fn places() -> [Self; Self::count_places()] {
        let mut places = [Self::Kill; Self::count_places()];
        let (mut to, mut at) = (0, 0);
        while at < Self::ALL.len() {
            if !Self::ALL[at].is_link() {
                places[to] = Self::ALL[at];
                to += 1;
            }
            at += 1;
        }
        places
    }
    pub(crate) fn links() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|fault| fault.is_link())
    }
}

/// The states of sync design 3.6.
pub(crate) const STATES: [&str; 13] = [
    "DRAFT",
    "SEALED",
    "QUEUED",
    "SENDING",
    "RELAY_STORED",
    "HQ_ACKED",
    "PURGED",
    "BACKOFF",
    "HELD",
    "BLOCKED",
    "QUARANTINED",
    "SUPERSEDED",
    "ERASED",
];

/// The classes of sync design 3.7.
pub(crate) const CLASSES: [&str; 9] =
    ["no path", "impostor", "transient", "offset", "credential", "permanent item", "poison", "integrity", "storage"];

/// What HQ's intake says of an envelope that opened. Without the second, exactly once was never put to the test.
pub(crate) const VERDICTS: [&str; 2] = ["new", "known"];

/// What carriers did. With a zero the promises about them were never put to the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carried {
    Taken,
    HandedOver,
    LetGo,
    BroughtBack,
    WithNeighbour,
    FromNeighbour,
    Refused,
}

impl Carried {
    const ALL: [Self; 7] = [
        Self::Taken,
        Self::HandedOver,
        Self::LetGo,
        Self::BroughtBack,
        Self::WithNeighbour,
        Self::FromNeighbour,
        Self::Refused,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken to carry",
            Self::HandedOver => "handed to the relay",
            Self::LetGo => "let go on HQ's receipt",
            Self::BroughtBack => "entries brought back to their phone",
            Self::WithNeighbour => "handed to a neighbour without a file",
            Self::FromNeighbour => "entries fetched from a neighbour",
            Self::Refused => "refused by a neighbour",
        }
    }
}

/// Counts of one run or many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    counts: BTreeMap<(&'static str, &'static str), u64>,
}

impl Tally {
    /// All zeros, so that what never occurred is seen.
    pub fn new() -> Self {
        let mut tally = Self::default();
        let names = Fault::ALL.iter().map(|fault| ("fault", fault.word()));
        let names = names.chain(STATES.map(|state| ("state", state))).chain(CLASSES.map(|class| ("class", class)));
        let names = names.chain(VERDICTS.map(|verdict| ("intake", verdict)));
        let names = names.chain(Carried::ALL.map(|carried| ("carrier", carried.word())));
        for name in names {
            tally.counts.insert(name, 0);
        }
        tally
    }
    pub(crate) fn fault(&mut self, fault: Fault) {
        *self.counts.entry(("fault", fault.word())).or_default() += 1;
    }
    pub(crate) fn state(&mut self, state: &'static str) {
        *self.counts.entry(("state", state)).or_default() += 1;
    }
    pub(crate) fn class(&mut self, class: &'static str) {
        *self.counts.entry(("class", class)).or_default() += 1;
    }
    pub(crate) fn carried(&mut self, what: Carried, count: u64) {
        *self.counts.entry(("carrier", what.word())).or_default() += count;
    }
    pub(crate) fn verdicts(&mut self, counts: [u64; 2]) {
        for (verdict, count) in VERDICTS.into_iter().zip(counts) {
            *self.counts.entry(("intake", verdict)).or_default() += count;
        }
    }
    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        for (name, count) in &other.counts {
            *self.counts.entry(*name).or_default() += count;
        }
    }
    /// Kind (fault, state, class, intake, carrier), name and count.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> + '_ {
        self.counts.iter().map(|((kind, name), count)| (*kind, *name, *count))
    }
    /// What never occurred.
    pub fn zeros(&self) -> Vec<&'static str> {
        self.counts.iter().filter(|(_, count)| **count == 0).map(|((_, name), _)| *name).collect()
    }
}
