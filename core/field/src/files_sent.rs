//! Which sealed parts of files belong to which record: to a worker they are one, and it is at HQ only when all of it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use minicbor::{Decode, Encode};
use wayside_model::{EventId, from_canonical, to_canonical};
use wayside_sync::transfer;
use wayside_vault::{QueueRow, QueueState};

use crate::error::FieldError;
use crate::files::Owed;
use crate::outbox_queue::OutboxQueue;
use crate::vault::Inner;

const SETTING: &str = "files-sent";

#[derive(Encode, Decode)]
struct Sent {
    #[n(0)]
    record: EventId,
    #[n(1)]
    file: EventId,
    #[n(2)]
    parts: u32,
}

/// Notes the files that go after a record. To be called before the first part is sealed.
pub(crate) fn note(inner: &Inner, record: EventId, files: &[Owed]) -> Result<(), FieldError> {
    let mut sent = read(inner)?;
    let before = sent.len();
    for owed in files.iter().filter(|owed| owed.goes) {
        if sent.iter().any(|held| held.file == owed.file) {
            continue;
        }
        let Some(file) = inner.store.attachment(owed.file)? else { continue };
        let parts = u32::try_from(transfer::file_parts(file.len)).unwrap_or(u32::MAX);
        sent.push(Sent { record, file: owed.file, parts });
    }
    if sent.len() == before { Ok(()) } else { Ok(inner.store.put_setting(SETTING, &to_canonical(&sent))?) }
}

/// The finished records in their order, each as far as the part of it that is furthest behind.
pub(crate) fn records(inner: &Inner) -> Result<Vec<QueueRow>, FieldError> {
    let (rows, sent) = (inner.store.queue()?, read(inner)?);
    let of = parts(&sent);
    let (mut records, mut places): (Vec<QueueRow>, BTreeMap<EventId, usize>) = Default::default();
    for row in rows {
        let place = of.get(&row.event).and_then(|record| places.get(record)).copied();
        match place.and_then(|place| records.get_mut(place)) {
            Some(record) if is_behind(&row, record) => (record.state, record.at) = (row.state, row.at),
            Some(_) => {}
            None => {
                places.insert(row.event, records.len());
                records.push(row);
            }
        }
    }
    for held in &sent {
        // A file that is still here is not sealed whole.
        if inner.store.attachment(held.file)?.is_some()
            && let Some(record) = places.get(&held.record).and_then(|place| records.get_mut(*place))
            && record.state != QueueState::Quarantined
        {
            record.state = QueueState::Sealed;
        }
    }
    Ok(records)
}

/// How many records wait here of which a neighbour carries all.
pub(crate) fn with_neighbour(inner: &Inner) -> Result<u32, FieldError> {
    // In training there is no outbox, and no neighbour.
    let Ok(outbox) = inner.outbox() else { return Ok(0) };
    let queue = OutboxQueue::new(outbox, Arc::clone(&inner.clock)).read()?;
    let is_left = |row: &QueueRow| {
        let held = queue.row(row.event.as_bytes());
        row.state == QueueState::Sealed && held.is_none_or(|held| held.with_neighbour.is_none())
    };
    let left = inner.store.queue()?.into_iter().filter(is_left).map(|row| row.event).collect();
    let mut left = records_of(inner, left)?;
    for held in read(inner)? {
        if inner.store.attachment(held.file)?.is_some() {
            left.push(held.record);
        }
    }
    let waits = |record: &QueueRow| record.state == QueueState::Sealed && !left.contains(&record.event);
    Ok(u32::try_from(records(inner)?.iter().filter(|record| waits(record)).count()).unwrap_or(u32::MAX))
}

/// The records these events are or belong to, each once.
pub(crate) fn records_of(inner: &Inner, events: Vec<EventId>) -> Result<Vec<EventId>, FieldError> {
    let sent = read(inner)?;
    let of = parts(&sent);
    let mut records: Vec<EventId> = Vec::new();
    for event in events {
        let record = of.get(&event).copied().unwrap_or(event);
        if !records.contains(&record) {
            records.push(record);
        }
    }
    Ok(records)
}

/// Which record each part belongs to.
fn parts(sent: &[Sent]) -> BTreeMap<EventId, EventId> {
    let of = |held: &Sent| {
        let (file, record) = (held.file, held.record);
        (0..held.parts).map(move |n| (transfer::part_event(file, n), record))
    };
    sent.iter().flat_map(of).collect()
}

/// What a person has to look at goes before what waits; of two in one state the later one says since when.
fn is_behind(one: &QueueRow, other: &QueueRow) -> bool {
    let place = |state| match state {
        QueueState::Quarantined => 0,
        QueueState::Sealed => 1,
        QueueState::HandedOver => 2,
        QueueState::HqHasIt => 3,
    };
    (place(one.state), other.at) < (place(other.state), one.at)
}

fn read(inner: &Inner) -> Result<Vec<Sent>, FieldError> {
    let bytes = inner.store.setting(SETTING)?;
    Ok(bytes.map(|bytes| from_canonical(&bytes)).transpose()?.unwrap_or_default())
}
