//! What the events of a case come to (sync design 3.5). The result depends on the set of events alone: not on the order they
//! came in, not on how often. "Concurrent" is judged by what each event names as seen, never by clocks.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::ConsentValue;

use crate::clock::Stamp;
use crate::planted::{self, Fault};

/// How an event names others: the first eight bytes of their ids.
pub type Seen = [u8; 8];

/// What an event says of its case.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// A note or a visit; only ever added.
    Note(Vec<u8>),
    /// A plain field, such as a phone number or a shelter.
    Plain {
        /// Which.
        field: u16,
        /// Its value.
        value: Vec<u8>,
    },
    /// A line of consent.
    Consent {
        /// Which.
        line: u8,
        /// What was said.
        value: ConsentValue,
    },
    /// A field for safety (risk tier, referral status, safety warning), where the higher value acts.
    Safety {
        /// Which.
        field: u8,
        /// Its value.
        value: u8,
    },
    /// Something is put into a set (indicators, needs, referrals).
    Add {
        /// Which set.
        set: u8,
        /// What.
        value: Vec<u8>,
    },
    /// Something is taken out: names the additions it saw.
    Remove {
        /// Which set.
        set: u8,
        /// The additions.
        adds: Vec<Seen>,
    },
    /// Somebody proposes who takes the case.
    Propose {
        /// Who.
        worker: Vec<u8>,
    },
    /// HQ says who has the case.
    Assign {
        /// Who.
        worker: Vec<u8>,
    },
    /// HQ erases the case.
    Erase,
}

/// One event of a case. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseEvent {
    /// Its id.
    pub id: [u8; 16],
    /// Its place in the order, for ties only.
    pub stamp: Stamp,
    /// The heads of the case as its author knew them.
    pub seen: Vec<Seen>,
    /// What it says.
    pub change: Change,
}

impl CaseEvent {
    /// How others name it.
    pub fn name(&self) -> Seen {
        let mut name = [0; 8];
        name.copy_from_slice(&self.id[..8]);
        name
    }
}

/// What an insertion did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is new.
    New,
    /// It was there; nothing changed.
    Known,
    /// The case is erased: it is not applied, and goes to the sealed quarantine for review.
    AfterErasure,
    /// Another event of the same id is there; nothing changed, HQ has to look.
    Clash,
}

/// The events of one case.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Case {
    events: BTreeMap<[u8; 16], CaseEvent>,
    erased: bool,
}

/// Values of one field that nobody who saw the others has replaced. The first counts.
#[derive(Clone, PartialEq, Eq)]
pub struct Values<T> {
    /// What counts.
    pub acting: T,
    /// The others, each one tap away.
    pub others: Vec<T>,
}

/// A case as it stands. Made again from the events at will.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CaseView {
    /// Everything of it is gone, and stays so.
    pub erased: bool,
    /// Notes by stamp.
    pub notes: Vec<Vec<u8>>,
    /// Plain fields.
    pub plain: BTreeMap<u16, Values<Vec<u8>>>,
    /// Consent lines; the most restrictive counts.
    pub consent: BTreeMap<u8, Values<ConsentValue>>,
    /// Safety fields; the highest counts, all are shown.
    pub safety: BTreeMap<u8, Values<u8>>,
    /// Sets.
    pub sets: BTreeMap<u8, BTreeSet<Vec<u8>>>,
    /// Who has the case, by HQ's word.
    pub assigned: Option<Vec<u8>>,
    /// Proposals that HQ has not answered.
    pub proposed: BTreeSet<Vec<u8>>,
    /// The events no other event has seen; a new event names them.
    pub heads: Vec<Seen>,
}

impl Case {
    /// Takes an event in. An erasure takes everything else out, for good.
    pub fn insert(&mut self, event: CaseEvent) -> Inserted {
        if self.erased && !planted::is(Fault::EditBeatsErasure) {
            return if event.change == Change::Erase { Inserted::Known } else { Inserted::AfterErasure };
        }
        if let Some(known) = self.events.get(&event.id) {
            if *known != event {
                return Inserted::Clash;
            }
            if planted::is(Fault::TombstoneResurrected) {
                let name = event.name();
                self.events
                    .retain(|_, other| !matches!(&other.change, Change::Remove { adds, .. } if adds.contains(&name)));
            }
            return Inserted::Known;
        }
        if event.change == Change::Erase {
            self.events.clear();
            self.erased = true;
            return Inserted::New;
        }
        self.erased = false;
        self.events.insert(event.id, event);
        Inserted::New
    }

    /// Whether it was erased.
    pub const fn is_erased(&self) -> bool {
        self.erased
    }

    /// How many events it holds.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The case as it stands.
    pub fn view(&self) -> CaseView {
        if self.erased {
            return CaseView { erased: true, ..CaseView::default() };
        }
        let past = self.past();
        let mut view = CaseView { heads: heads(&self.events), ..CaseView::default() };
        let mut notes: Vec<_> = Vec::new();
        let mut removed = BTreeSet::new();
        for event in self.events.values() {
            match &event.change {
                Change::Note(text) => notes.push((event.stamp, event.id, text.clone())),
                Change::Remove { set, adds } => removed.extend(adds.iter().map(|add| (*set, *add))),
                _ => {}
            }
        }
        notes.sort();
        view.notes = notes.into_iter().map(|(_, _, text)| text).collect();
        for event in self.events.values() {
            if let Change::Add { set, value } = &event.change
                && !removed.contains(&(*set, event.name()))
            {
                view.sets.entry(*set).or_default().insert(value.clone());
            }
        }
        view.plain = self.standing(
            &past,
            |change| match change {
                Change::Plain { field, value } => Some((*field, value.clone())),
                _ => None,
            },
            |_| false,
            |_| 0,
        );
        view.consent = self.standing(
            &past,
            |change| match change {
                Change::Consent { line, value } => Some((*line, *value)),
                _ => None,
            },
            |_| planted::is(Fault::ConsentByLastWrite),
            |value| restriction(*value),
        );
        view.safety = self.standing(
            &past,
            |change| match change {
                Change::Safety { field, value } => Some((*field, *value)),
                _ => None,
            },
            |_| planted::is(Fault::WarningByLastWrite),
            |value| *value,
        );
        let assigned = self.standing(
            &past,
            |change| match change {
                Change::Assign { worker } => Some(((), worker.clone())),
                _ => None,
            },
            |_| false,
            |_| 0,
        );
        view.assigned = assigned.into_values().next().map(|values| values.acting);
        let answered: BTreeSet<Seen> = self
            .events
            .values()
            .filter(|event| matches!(event.change, Change::Assign { .. }))
            .flat_map(|event| past.get(&event.id).into_iter().flatten().copied())
            .collect();
        for event in self.events.values() {
            if let Change::Propose { worker } = &event.change
                && !answered.contains(&event.name())
            {
                view.proposed.insert(worker.clone());
            }
        }
        view
    }

    /// For each field the events that no other event of the field has seen, the one that counts first: the higher rank, then
    /// the later stamp. `last_write` leaves the rank out.
    fn standing<K: Ord + Copy, V: Clone + PartialEq>(
        &self,
        past: &BTreeMap<[u8; 16], BTreeSet<Seen>>,
        pick: impl Fn(&Change) -> Option<(K, V)>,
        last_write: impl Fn(&V) -> bool,
        rank: impl Fn(&V) -> u8,
    ) -> BTreeMap<K, Values<V>> {
        let mut fields: BTreeMap<K, Vec<(&CaseEvent, V)>> = BTreeMap::new();
        for event in self.events.values() {
            if let Some((key, value)) = pick(&event.change) {
                fields.entry(key).or_default().push((event, value));
            }
        }
        let mut standing = BTreeMap::new();
        for (key, entries) in fields {
            let is_seen = |event: &CaseEvent| {
                entries.iter().any(|(other, _)| past.get(&other.id).is_some_and(|past| past.contains(&event.name())))
            };
            let mut left: Vec<_> = entries.iter().filter(|(event, _)| !is_seen(event)).collect();
            left.sort_by_key(|(event, value)| {
                std::cmp::Reverse((if last_write(value) { 0 } else { rank(value) }, event.stamp, event.id))
            });
            let mut values = left.into_iter().map(|(_, value)| value.clone());
            if let Some(acting) = values.next() {
                standing.insert(key, Values { acting, others: values.collect() });
            }
        }
        standing
    }

    /// For each event the names of all that its author had seen, directly or through others.
    fn past(&self) -> BTreeMap<[u8; 16], BTreeSet<Seen>> {
        let by_name: BTreeMap<Seen, &CaseEvent> = self.events.values().map(|event| (event.name(), event)).collect();
        let mut past = BTreeMap::new();
        for event in self.events.values() {
            let mut seen = BTreeSet::new();
            let mut open: Vec<Seen> = event.seen.clone();
            while let Some(name) = open.pop() {
                if name != event.name() && seen.insert(name) {
                    open.extend(by_name.get(&name).into_iter().flat_map(|parent| parent.seen.iter().copied()));
                }
            }
            past.insert(event.id, seen);
        }
        past
    }
}

fn heads(events: &BTreeMap<[u8; 16], CaseEvent>) -> Vec<Seen> {
    let named: BTreeSet<Seen> = events.values().flat_map(|event| event.seen.iter().copied()).collect();
    events.values().map(CaseEvent::name).filter(|name| !named.contains(name)).collect()
}

/// How restrictive a consent is: a withdrawal says most, because it was said last by the person herself.
const fn restriction(value: ConsentValue) -> u8 {
    match value {
        ConsentValue::Yes => 0,
        ConsentValue::No => 1,
        ConsentValue::Withdrawn => 2,
    }
}
